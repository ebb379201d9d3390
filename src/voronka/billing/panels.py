"""What documents and money put on shared screens: the section, settings, the card of a client, the timeline."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.urls import reverse, reverse_lazy
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from voronka.billing import events
from voronka.billing.models import Document, Payment
from voronka.billing.permissions import ISSUE, SEE_DOCUMENTS, SEE_MONEY, SET_UP, TAKE_MONEY
from voronka.billing.queries.documents import reachable
from voronka.billing.queries.lists import PAPERS, PAYMENTS, count_papers, count_payments
from voronka.billing.queries.surplus import waiting_surpluses
from voronka.billing.services import order_page
from voronka.billing.services.carrying import OrderMoney
from voronka.billing.services.notices import NOTICE
from voronka.catalogue.queries.asked import is_state
from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.events import RecordedEvent
from voronka.kit.lists import ListKind, register_list
from voronka.kit.notices import NoticeSeed, ToldNotice, tells_notice
from voronka.kit.panels import Panel, register_panel
from voronka.kit.screens import Quick, Section, register_quick, register_section
from voronka.kit.settings_menu import SettingsGroup, SettingsPage, register_settings_page
from voronka.kit.timeline import Told, tells
from voronka.orders import ports
from voronka.orders import queries as orders

register_section(
    Section("billing", gettext_lazy("Money"), reverse_lazy("billing:home"), order=55, right=SEE_DOCUMENTS)
)
register_list(ListKind(PAPERS, "billing:documents", SEE_DOCUMENTS, is_state, count_papers))
register_list(ListKind(PAYMENTS, "billing:payments", SEE_MONEY, is_state, count_payments))
register_settings_page(
    SettingsPage(
        "requisites",
        gettext_lazy("Requisites"),
        gettext_lazy("Who the company is on paper, its bank accounts, logo, stamp and signatures"),
        "building-bank",
        "billing:requisites",
        SET_UP,
        SettingsGroup.MONEY,
        order=10,
        words=gettext_lazy("INN KPP bank account VAT stamp logo signature legal entity"),
    )
)
register_settings_page(
    SettingsPage(
        "numbering",
        gettext_lazy("Numbers of documents"),
        gettext_lazy("How papers of each kind are numbered, where counting begins"),
        "hash",
        "billing:numbering",
        SET_UP,
        SettingsGroup.MONEY,
        order=20,
        words=gettext_lazy("number invoice prefix"),
    )
)
register_settings_page(
    SettingsPage(
        "papers",
        gettext_lazy("Own texts of documents"),
        gettext_lazy("Papers that the company writes itself, with places for values"),
        "file-text",
        "billing:templates",
        SET_UP,
        SettingsGroup.MONEY,
        order=30,
        words=gettext_lazy("contract template act quote"),
    )
)
register_settings_page(
    SettingsPage(
        "providers",
        gettext_lazy("Payments by link"),
        gettext_lazy("The provider that clients pay by, his keys, a sandbox to try it"),
        "link",
        "billing:providers",
        SET_UP,
        SettingsGroup.MONEY,
        order=40,
        words=gettext_lazy("YooKassa SBP card acquiring online"),
    )
)
register_quick(Quick(gettext_lazy("New invoice"), "billing:document-new", "KeyI", ISSUE))
register_panel(
    Panel(
        "client",
        "billing.documents",
        gettext_lazy("Documents"),
        "side",
        40,
        lambda public_id: reverse("billing:client-documents", args=[public_id]),
        SEE_DOCUMENTS,
    )
)
register_panel(
    Panel(
        "order",
        "billing.papers",
        gettext_lazy("Documents and payments"),
        "side",
        20,
        lambda public_id: reverse("billing:order-papers", args=[public_id]),
        SEE_DOCUMENTS,
    )
)


@tells("documents", gettext_lazy("Documents"), events.DocumentIssued, events.DocumentVoided, events.PaymentAllocated)
def tell_documents(rows: Sequence[RecordedEvent], actor: Actor) -> Mapping[int, Told]:
    """Tell papers that were issued and voided and money that came for them: those that the reader may see."""
    seen = Document.objects.filter(reachable(actor), pk__in=[row.subject_id for row in rows]).in_bulk()
    told = {}
    for row in rows:
        paper = seen.get(row.subject_id)
        if paper is None:
            continue
        amount = Decimal(str(row.payload.get("amount", paper.amount)))
        said, icon, kind = {
            "billing.DocumentIssued": (_("Document issued"), "file-invoice", "thin"),
            "billing.DocumentVoided": (_("Document void"), "x", "thin"),
            "billing.PaymentAllocated": (_("Paid") if amount > 0 else _("Payment taken off"), "cash", "gain"),
        }[row.name]
        money = wording.money(amount, paper.currency, actor.language)
        head = format_html("<b>{}</b> · № {} · {} · {}", said, paper.number, money, row.by)
        told[row.seq] = Told(icon, head, kind, url=reverse("billing:document", args=[paper.public_id]))
    return told


@tells_notice(NOTICE)
def tell_surpluses(seeds: Sequence[NoticeSeed], actor: Actor) -> Mapping[int, ToldNotice]:
    """Tell of money that waits to be given back, so long as it does."""
    rows = waiting_surpluses().in_bulk([one.detail_id for one in seeds]) if actor.may(TAKE_MONEY) else {}
    found = orders.named_orders(actor, [one.subject_id for one in rows.values()])
    told = {}
    for seed in seeds:
        row = rows.get(seed.detail_id)
        if row is None:
            continue
        money = wording.money(row.amount, row.payment.currency, actor.language)
        what = _("%(sum)s to give back to a client") % {"sum": money}
        order, more = found.get(row.subject_id), ""
        url = reverse("billing:payment", args=[row.payment.public_id])
        if order is not None:
            more = _("Order № %(number)d costs less than was paid for it.") % {"number": order[0]}
            url = reverse("orders:order", args=[order[1]])
        told[seed.id] = ToldNotice(what, more, url, "arrow-back-up")
    return told


@tells("documents", gettext_lazy("Documents"), events.PaymentRefunded, events.SurplusChanged)
def tell_back(rows: Sequence[RecordedEvent], actor: Actor) -> Mapping[int, Told]:
    """Tell money that went back to a client, or waits for that, to those who see payments."""
    if not actor.may(SEE_MONEY):
        return {}
    seen = Payment.objects.in_bulk([row.subject_id for row in rows])
    told = {}
    for row in rows:
        payment, way = seen.get(row.subject_id), str(row.payload.get("way", ""))
        said = {
            "": _("Money given back"), "freed": _("Paid too much: to give back"), "credit": _("Left to the client"),
        }.get(way)  # fmt: skip
        amount = abs(Decimal(str(row.payload["amount"])))
        if payment is None or said is None or row.payload.get("is_void"):
            continue
        if row.name == "billing.PaymentRefunded" and Decimal(str(row.payload["amount"])) < 0:
            said = _("The provider has not given it back")
        money = wording.money(amount, payment.currency, actor.language)
        head = format_html("<b>{}</b> · {} · {}", said, money, row.by)
        told[row.seq] = Told("cash", head, "thin", url=reverse("billing:payment", args=[payment.public_id]))
    return told


ports.register_money(OrderMoney())
ports.register_pay_ways(order_page.ways)
ports.register_papers(order_page.papers, order_page.open_paper)
