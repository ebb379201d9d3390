"""What deals contribute: sections, pages of settings, and how their events read in a client's timeline."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.urls import reverse, reverse_lazy
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from voronka.accounts import queries as accounts
from voronka.deals import events
from voronka.deals.models import Deal, Pipeline, Press, ShareRule
from voronka.deals.permissions import ASSIGN, EDIT_BUTTONS, OPEN_DEALS, PRESS, SEE_DEALS
from voronka.deals.queries.asked import count_asked, is_state
from voronka.deals.queries.goods import uses_goods
from voronka.deals.queries.history import OwnChange, own_changed
from voronka.deals.queries.shown import comment_shown, effects_shown
from voronka.deals.services import share_words
from voronka.deals.services.own_words import Names, own_words
from voronka.kit import wording
from voronka.kit.actors import CHANGE_SETTINGS, Actor
from voronka.kit.events import RecordedEvent
from voronka.kit.lists import ListKind, register_list
from voronka.kit.panels import Panel, register_panel
from voronka.kit.screens import Section, register_counter, register_section
from voronka.kit.settings_menu import SettingsGroup, SettingsPage, register_settings_page
from voronka.kit.timeline import Told, tells
from voronka.people import queries as clients
from voronka.people import services as people

LONGEST = 120  # signs of a value in a line of the timeline

register_section(Section("workplace", gettext_lazy("Work"), reverse_lazy("deals:workplace"), order=10, right=PRESS))
register_section(
    Section("deal-list", gettext_lazy("Deals"), reverse_lazy("deals:deal-list"), order=20, right=SEE_DEALS)
)
register_list(
    ListKind("deal", "deals:deal-list", SEE_DEALS, is_state, count_asked, also=("deals:board", "deals:funnel"))
)
register_section(
    Section("inbox", gettext_lazy("Requests"), reverse_lazy("deals:inbox"), order=15, right=people.SORT_LEADS)
)


def count_inbox(actor: Actor) -> Mapping[str, int]:
    """Count for the top bar the requests that wait to be sorted."""
    return {"inbox": clients.count_waiting_leads(actor)}


register_counter(count_inbox)


register_settings_page(
    SettingsPage(
        "inbox",
        gettext_lazy("Incoming requests"),
        gettext_lazy("What becomes a deal at once and what is sorted first, blocked senders"),
        "inbox",
        "deals:inbox-settings",
        CHANGE_SETTINGS,
        SettingsGroup.SALES,
        order=20,
        words=gettext_lazy("leads spam blocked"),
    )
)
register_panel(
    Panel(
        "client",
        "deals.deals",
        gettext_lazy("Deals"),
        "main",
        10,
        lambda public_id: reverse("deals:client-deals", args=[public_id]),
        SEE_DEALS,
    )
)
register_panel(
    Panel(
        "client",
        "deals.purchases",
        gettext_lazy("Purchases"),
        "side",
        30,
        lambda public_id: reverse("deals:client-purchases", args=[public_id]),
        SEE_DEALS,
    )
)
register_panel(
    Panel(
        "employee",
        "deals.hand_over",
        gettext_lazy("Open deals"),
        "main",
        10,
        lambda public_id: reverse("deals:hand-over-panel", args=[public_id]),
        ASSIGN,
    )
)
register_panel(
    Panel(
        "import_run",
        "deals.offer",
        gettext_lazy("Into work"),
        "main",
        10,
        lambda public_id: reverse("deals:import-offer", args=[public_id]),
        OPEN_DEALS,
    )
)
register_settings_page(
    SettingsPage(
        "guide",
        gettext_lazy("Beginning"),
        gettext_lazy("Your trade, clients, the first of them, colleagues: in ten minutes"),
        "route",
        "deals:guide",
        CHANGE_SETTINGS,
        SettingsGroup.COMPANY,
        order=5,
        words=gettext_lazy("first day trade template start example"),
    )
)
register_settings_page(
    SettingsPage(
        "pipelines",
        gettext_lazy("Pipelines and buttons"),
        gettext_lazy("Stages, what each button does, who works where, reasons of refusal"),
        "layout-kanban",
        "deals:pipelines",
        EDIT_BUTTONS,
        SettingsGroup.SALES,
        order=10,
        words=gettext_lazy("stages buttons funnel scripts refusal sharing leads"),
    )
)

ICONS = {
    "no_answer": ("phone-x", "late"),
    "call_back": ("phone-outgoing", ""),
    "thinking": ("hourglass", ""),
    "meeting": ("calendar-user", ""),
    "paid": ("currency-ruble", "gain"),
    "refused": ("x", "late"),
    "wrong_number": ("phone-off", "late"),
    "talk": ("phone-outgoing", ""),
    "step": ("arrow-right", ""),
}


# What a reader wants to know first of all that a press did.
TELLING = ("won", "lost", "archive", "task", "stage")


def telling_effect(effects: Sequence[Mapping[str, str]]) -> str:
    """Return the words of the effect that tells most about a press, empty when it did nothing."""
    ranked = sorted(effects, key=lambda one: TELLING.index(one["code"]) if one["code"] in TELLING else len(TELLING))
    return ranked[0]["words"] if ranked else ""


@tells("deals", gettext_lazy("Deals"), events.DealShared)
def tell_shared(rows: Sequence[RecordedEvent], actor: Actor) -> Mapping[int, Told]:
    """Tell to whom deals were given by rules, and why."""
    names = {one.pk: one.name for one in accounts.list_employees(active=False)}
    titles = dict(ShareRule.objects.filter(pk__in=[one.payload["rule_id"] for one in rows]).values_list("id", "name"))
    told = {}
    for one in rows:
        said = one.payload
        rule = titles.get(said["rule_id"], "")
        why = share_words.why_words(said["why"], said["employee_id"], said["figure"], rule, names)
        skipped = share_words.skipped_words(said["skipped"], names)
        told[one.seq] = Told("user-check", why, "thin", text=skipped)
    return told


@tells("calls", gettext_lazy("Calls"), events.ButtonPressed)
def tell_presses(rows: Sequence[RecordedEvent], actor: Actor) -> Mapping[int, Told]:
    """Tell presses: the button, who pressed it, what came of it, what was written down."""
    presses = Press.objects.in_bulk([row.payload["press_id"] for row in rows])
    told = {}
    for row in rows:
        press = presses.get(row.payload["press_id"])
        if press is None:
            continue
        icon, kind = ICONS.get(press.result, ICONS["step"])
        who = row.by
        head = format_html("<b>{}</b> · {}", press.label, who) if who else format_html("<b>{}</b>", press.label)
        if press.undone_at is not None:
            told[row.seq] = Told("arrow-back-up", head, "thin", _("taken back"))
            continue
        url = reverse("deals:press-detail", args=[press.pk])
        telling = telling_effect(effects_shown(actor, press.effects))
        told[row.seq] = Told(icon, head, kind, telling, comment_shown(actor, press.comment), url)
    return told


@tells("changes", gettext_lazy("Changes"), events.DealChanged)
def tell_changes(rows: Sequence[RecordedEvent], actor: Actor) -> Mapping[int, Told]:
    """Tell which fields of a deal were changed, those that the reader sees; of own fields the values too."""
    own = clients.fields_shown(actor, subject="deal", active=False)
    names = {f"custom.{one.code}": one.name for one in own}
    lines = _own_lines(rows, {f"custom.{one.code}": (one.name, one.kind) for one in own}, actor)
    if actor.sees("deal.sum"):
        names["sum"] = _("Sum")
    told = {}
    for row in rows:
        fields = ", ".join(names[code] for code in row.payload["fields"] if code in names)
        head = _("Changed in the deal: %(fields)s") % {"fields": fields}
        if fields:
            text = "\n".join(lines.get(row.seq, ()))
            told[row.seq] = Told("pencil", f"{head} · {row.by}" if row.by else head, "thin", text=text)
    return told


def _own_lines(
    rows: Sequence[RecordedEvent], known: Mapping[str, tuple[str, str]], actor: Actor
) -> dict[int, list[str]]:
    """Return by event what own fields held before and after; `known` are names and kinds of those that are seen."""
    ids = {row.subject_id for row in rows if any(code in known for code in row.payload["fields"])}
    changes = own_changed(ids) if ids else {}
    seen = {row.seq: [one for one in changes.get(row.seq, ()) if one.code in known] for row in rows}
    kept = [
        (known[one.code][1], value) for many in seen.values() for one in many for value in (one.before, one.after)
    ]
    names = Names.of(kept)

    def words(one: OwnChange, value: object) -> str:
        text = " ".join(own_words(value, known[one.code][1], one.currency, actor, names).split()) or "—"
        return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"

    return {
        seq: [f"{known[one.code][0]}: {words(one, one.before)} → {words(one, one.after)}" for one in many]
        for seq, many in seen.items()
    }


@tells("changes", gettext_lazy("Changes"), events.DealGoodsChanged)
def tell_goods(rows: Sequence[RecordedEvent], actor: Actor) -> Mapping[int, Told]:
    """Tell how many goods a deal has and what they come to, to readers who see that."""
    if not uses_goods(actor):
        return {}
    currencies = dict(Deal.objects.filter(pk__in=[row.subject_id for row in rows]).values_list("id", "currency"))
    told = {}
    for row in rows:
        count, amount = int(row.payload["lines"]), row.payload["sum"]
        head = ngettext("%(n)s product in the deal", "%(n)s products in the deal", count) % {"n": count}
        if amount is not None and actor.sees("deal.sum"):
            money = wording.money(Decimal(str(amount)), currencies.get(row.subject_id, "RUB"), actor.language)
            head = _("%(goods)s for %(sum)s") % {"goods": head, "sum": money}
        told[row.seq] = Told("package", f"{head} · {row.by}" if row.by else head, "thin")
    return told


@tells("deals", gettext_lazy("Deals"), events.DealOpened)
def tell_openings(rows: Sequence[RecordedEvent], actor: Actor) -> Mapping[int, Told]:
    """Tell that a deal was opened."""
    names = dict(Pipeline.objects.filter(pk__in=[r.payload["pipeline_id"] for r in rows]).values_list("id", "name"))
    return {
        row.seq: Told(
            "layout-kanban",
            _("Deal opened: %(pipeline)s") % {"pipeline": names.get(row.payload["pipeline_id"], "")},
            "thin",
        )
        for row in rows
    }
