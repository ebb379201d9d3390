"""Widgets as their pages show them, with what came of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Min, Q, Sum
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.loyalty import queries as loyalty
from voronka.orders import queries as orders
from voronka.site.models import NotShown, Showing, Site, VisitEvent, Widget, WidgetVariant
from voronka.site.permissions import SEE, SET_UP
from voronka.site.queries import sites

COUNTED_DAYS, BOUGHT_DAYS = 30, 7
MOST_WIDGETS = 200
ZERO = Decimal(0)


@dataclass(slots=True)
class Numbers:
    """What came of a widget: how often it was shown, closed, acted in; who bought within a week of it, for how much.

    `given` is what its codes took off, `refused` how often it was not shown, by reason.
    """

    shown: int = 0
    closed: int = 0
    acted: int = 0
    bought: int = 0
    money: Decimal = ZERO
    given: Decimal = ZERO
    refused: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Funnel:
    """What became of a variant: how often it was shown, acted in, closed."""

    shown: int = 0
    acted: int = 0
    closed: int = 0


def get_site(actor: Actor, public_id: str) -> Site:
    """Return a site whose widgets the actor may see. Raises Denied, NotFound."""
    return sites.get_site(actor, public_id, SEE)


def list_widgets(actor: Actor, site: Site, *, gone: bool = False) -> list[Widget]:
    """Return the widgets of a site, those that are on first; with `gone` those in the archive. Raises Denied."""
    actor.require(SEE)
    return list(Widget.objects.filter(site=site, is_gone=gone).order_by("-is_on", "-id")[:MOST_WIDGETS])


def count_put_away(actor: Actor, site: Site) -> int:
    """Return how many widgets of a site are in its archive. Raises Denied."""
    actor.require(SEE)
    return Widget.objects.filter(site=site, is_gone=True).count()


def get_widget(actor: Actor, public_id: str, *, with_gone: bool = False) -> Widget:
    """Return a widget that the actor may change; with `with_gone` from the archive too. Raises Denied, NotFound."""
    actor.require(SET_UP)
    kept = {} if with_gone else {"is_gone": False}
    found = Widget.objects.select_related("site").filter(public_id=public_id, **kept).first()
    if found is None:
        raise NotFound(_("There is no such widget."))
    return found


def see_widget(actor: Actor, public_id: str) -> Widget:
    """Return a widget whose numbers the actor may see. Raises Denied, NotFound."""
    actor.require(SEE)
    found = Widget.objects.select_related("site").filter(public_id=public_id, is_gone=False).first()
    if found is None:
        raise NotFound(_("There is no such widget."))
    return found


def variants_of(widget_ids: Sequence[int], trial_ids: Sequence[int]) -> dict[int, list[WidgetVariant]]:
    """Return the variants of widgets in some tests, by widget; those of test 0 are drafts."""
    found: dict[int, list[WidgetVariant]] = {one: [] for one in widget_ids}
    rows = WidgetVariant.objects.filter(widget__in=list(found), trial_id__in=list(trial_ids))
    for one in rows.order_by("widget_id", "number"):
        found[one.widget_id].append(one)
    return found


def funnels_of(variants: Iterable[WidgetVariant]) -> Mapping[str, Funnel]:
    """Return what became of variants, by their public ids; of those shown to nobody nothing."""
    arms = {one.public_id: one.widget_id for one in variants}
    rows = Showing.objects.filter(widget__in=set(arms.values()), arm__in=list(arms), shown_at__isnull=False)
    acted, closed = (Count("id", filter=Q(state=one)) for one in ("acted", "closed"))
    counted = rows.order_by().values_list("arm").annotate(shown=Count("id"), acted=acted, closed=closed)
    return {arm: Funnel(*numbers) for arm, *numbers in counted}


def widgets_for_scenarios() -> list[tuple[str, str]]:
    """Return the widgets of all sites that a scenario may show: public id and name, by name."""
    rows = Widget.objects.filter(is_gone=False).order_by("name", "id")
    return list(rows.values_list("public_id", "name")[:MOST_WIDGETS])


def find_widget(public_id: str) -> int | None:
    """Return the id of a widget that is there."""
    return Widget.objects.filter(public_id=public_id, is_gone=False).values_list("id", flat=True).first()


def numbers_of(widget_ids: Sequence[int], now: datetime) -> Mapping[int, Numbers]:
    """Return what came of widgets in the last thirty days, by their ids."""
    found: dict[int, Numbers] = {one: Numbers() for one in widget_ids}
    since = now - timedelta(days=COUNTED_DAYS)
    rows = Showing.objects.filter(widget__in=list(found), shown_at__gte=since).order_by()
    counted = rows.values("widget_id").annotate(
        shown=Count("id"), closed=Count("id", filter=Q(state="closed")), acted=Count("id", filter=Q(state="acted"))
    )
    for one in counted:
        each = found[one["widget_id"]]
        each.shown, each.closed, each.acted = one["shown"], one["closed"], one["acted"]
    refused = NotShown.objects.filter(widget__in=list(found), day__gte=since.date()).order_by()
    for widget_id, reason, many in refused.values_list("widget_id", "reason").annotate(many=Sum("count")):
        found[widget_id].refused[reason] = many
    codes = dict(rows.exclude(code="").values_list("code", "widget_id"))
    for code, took in loyalty.taken_by(list(codes)).items():
        found[codes[code]].given += took
    _add_bought(found, rows, since)
    return found


def _add_bought(found: Mapping[int, Numbers], rows: Any, since: datetime) -> None:  # a query set of showings
    """Add who bought within a week of having been shown a widget: by our orders, else by what his browser told."""
    told = _told_purchases(found, since)
    buyers = Q(visitor__client__isnull=False) | Q(visitor__in=list(told))
    firsts = (
        rows.filter(buyers).values_list("widget_id", "visitor_id", "visitor__client_id").annotate(at=Min("shown_at"))
    )
    shown = list(firsts)
    placed = defaultdict[int, list[tuple[datetime, Decimal]]](list)
    for client_id, at, total in orders.placed_since({client for _w, _v, client, _at in shown if client}, since):
        placed[client_id].append((at, total))
    for widget_id, visitor_id, client_id, at in shown:
        ends = at + timedelta(days=BOUGHT_DAYS)
        sums = _within(placed.get(client_id, ()), at, ends) or _within(told.get(visitor_id, ()), at, ends)
        found[widget_id].bought += bool(sums)
        found[widget_id].money += sum(sums, ZERO)


def _within(bought: Iterable[tuple[datetime, Decimal]], start: datetime, end: datetime) -> list[Decimal]:
    return [total for at, total in bought if start <= at < end]


def _told_purchases(found: Mapping[int, Numbers], since: datetime) -> dict[int, list[tuple[datetime, Decimal]]]:
    """Return purchases that browsers told of, by visitor; a page of thanks that was reloaded is one purchase."""
    seen = Showing.objects.filter(widget__in=list(found), shown_at__gte=since).values("visitor_id")
    rows = VisitEvent.objects.filter(kind="purchase", at__gte=since, visit__visitor__in=seen).order_by("at", "id")
    told = defaultdict[int, list[tuple[datetime, Decimal]]](list)
    known = set[tuple[int, str]]()
    for visitor_id, at, about in rows.values_list("visit__visitor_id", "at", "about"):
        key = (visitor_id, str(about.get("number", "")))
        if key[1] and key in known:
            continue
        known.add(key)
        told[visitor_id].append((at, Decimal(str(about.get("sum") or 0))))
    return told
