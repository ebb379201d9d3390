"""What orders put on shared screens: their section, their list, settings, keys, the client's card and timeline."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.urls import reverse, reverse_lazy
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.events import RecordedEvent
from voronka.kit.lists import ListKind, register_list
from voronka.kit.notices import NoticeSeed, ToldNotice, tells_notice
from voronka.kit.panels import Panel, register_panel
from voronka.kit.screens import Quick, Section, register_quick, register_section
from voronka.kit.settings_menu import SettingsGroup, SettingsPage, register_settings_page
from voronka.kit.timeline import Told, tells
from voronka.loyalty.ports import register_likeness, register_sales, register_shop
from voronka.orders import events
from voronka.orders.models import Order, Status
from voronka.orders.permissions import MAKE, SEE, SET_UP
from voronka.orders.queries.asked import count_asked, is_state
from voronka.orders.queries.letters import letters_within, sure_count, writer_of
from voronka.orders.queries.reach import reachable
from voronka.orders.services.friends import FriendSales, in_common, shop_url
from voronka.orders.services.mail.letters import NOTICE

register_sales(FriendSales())
register_likeness(in_common)
register_shop(shop_url)
register_section(Section("orders", gettext_lazy("Orders"), reverse_lazy("orders:order-list"), order=25, right=SEE))
register_list(ListKind("order", "orders:order-list", SEE, is_state, count_asked))
register_quick(Quick(gettext_lazy("New order"), "orders:order-new", "KeyO", MAKE))
register_settings_page(
    SettingsPage(
        "orders",
        gettext_lazy("Orders"),
        gettext_lazy(
            "Statuses and what they ask for, ways of delivery and of payment, orders by letters, where goods leave from"
        ),
        "shopping-cart",
        "orders:settings",
        SET_UP,
        SettingsGroup.SHOP,
        order=20,
        words=gettext_lazy("delivery payment statuses pickup mailbox"),
    )
)
register_panel(
    Panel(
        "client",
        "orders.purchases",
        gettext_lazy("Orders"),
        "side",
        30,
        lambda public_id: reverse("orders:client-orders", args=[public_id]),
        SEE,
    )
)
register_settings_page(
    SettingsPage(
        "order-form",
        gettext_lazy("Order form"),
        gettext_lazy("What strangers see: goods to order, the pages of clients"),
        "building-store",
        "orders:shop-page",
        SET_UP,
        SettingsGroup.SHOP,
        order=30,
        words=gettext_lazy("showcase shop window basket client page"),
    )
)
register_panel(
    Panel(
        "order",
        "orders.client-page",
        gettext_lazy("Client's page"),
        "side",
        60,
        lambda public_id: reverse("orders:client-panel", args=[public_id]),
        SEE,
    )
)


@tells_notice(NOTICE)
def tell_letters(seeds: Sequence[NoticeSeed], actor: Actor) -> Mapping[int, ToldNotice]:
    """Tell of letters that wait: from whom, how much of them is understood."""
    rows = letters_within(actor).select_related("client").in_bulk([one.subject_id for one in seeds])
    told = {}
    for seed in seeds:
        row = rows.get(seed.subject_id)
        if row is None:
            continue
        what = _("%(who)s orders by a letter") % {"who": writer_of(row, actor) or _("Somebody")}
        more = _("Understood lines: %(n)d of %(all)d.") % {"n": sure_count(row), "all": len(row.lines)}
        url = reverse("orders:letter", args=[row.public_id])
        if row.state == row.State.WAITING:
            url = f"{reverse('orders:order-new')}?letter={row.public_id}"
        told[seed.id] = ToldNotice(what, more, url, "mail")
    return told


TOLD = (
    events.OrderPlaced, events.OrderStatusChanged, events.OrderCancelled, events.OrderShipped, events.OrderReturned,
)  # fmt: skip


@tells("orders", gettext_lazy("Orders"), *TOLD)
def tell_orders(rows: Sequence[RecordedEvent], actor: Actor) -> Mapping[int, Told]:
    """Tell what happened to the orders of a client: those that the reader may see."""
    seen = Order.objects.filter(reachable(actor), pk__in=[row.subject_id for row in rows]).in_bulk()
    names = dict(Status.objects.values_list("code", "name"))
    told = {}
    for row in rows:
        order = seen.get(row.subject_id)
        if order is None:
            continue
        said, icon, kind = _said(row, order, names, actor)
        head = format_html("<b>{}</b> · {} · {}", _("Order № %(number)d") % {"number": order.number}, said, row.by)
        told[row.seq] = Told(icon, head, kind, url=reverse("orders:order", args=[order.public_id]))
    return told


def _said(row: RecordedEvent, order: Order, names: Mapping[str, str], actor: Actor) -> tuple[str, str, str]:
    def money(name: str) -> str:
        return wording.money(Decimal(str(row.payload.get(name, 0))), order.currency, actor.language)

    match row.name:
        case "orders.OrderPlaced":
            return _("placed for %(sum)s") % {"sum": money("total")}, "shopping-cart", "gain"
        case "orders.OrderCancelled":
            return pgettext("order", "cancelled"), "x", "late"
        case "orders.OrderShipped":
            return _("shipped"), "truck", "thin"
        case "orders.OrderReturned":
            return _("return for %(sum)s") % {"sum": money("sum")}, "arrow-back-up", "thin"
    code = str(row.payload.get("status", ""))
    return names.get(code, code), "arrow-right", "thin"
