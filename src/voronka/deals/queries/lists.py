"""The list of deals: filters, a page at a time, totals."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from decimal import Decimal

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.expressions import BaseExpression

from voronka.deals.models import Deal
from voronka.deals.queries.desk import visible
from voronka.deals.queries.shown import shown
from voronka.kit import facets
from voronka.kit.actors import Actor
from voronka.kit.keyed import BadPlace, read_page_by
from voronka.people import queries as people

PAGE = 50
COUNT_LIMIT = 10_000
FOUND_LIMIT = 500
OWN = "custom."  # begins the codes of own fields of deals
_RELATED = ("client", "stage", "pipeline", "responsible", "open_task", "loss_reason")
LIVING = "living"  # what a board holds: open deals, and those won today
STATES = ("open", LIVING, "won", "lost", "archived", "all")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: words of the client or his phone, a state (all for any), filters by facet code.

    `columns` are the own fields that the list shows besides, by facet code; `sort` is the own field of deals that it
    stands in the order of, "-" before it turns it, empty for the newest first.
    """

    q: str = ""
    state: str = "open"
    filters: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    sort: str = ""

    def is_plain(self) -> bool:
        """Tell whether nothing but the open deals is asked for."""
        return replace(self, columns=(), sort="") == Asked()


@dataclass(frozen=True, slots=True)
class Found:
    """The deals that are found, and what is wrong with filters by code; a wrong one finds nothing."""

    rows: QuerySet[Deal]
    problems: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the list, newest first; `before` and `after` are the deals to go on from, None at an end."""

    rows: Sequence[Deal]
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Totals:
    """How many deals the filters find and their sums by currency; counting stops at COUNT_LIMIT."""

    count: int
    is_more: bool
    sums: Sequence[tuple[str, Decimal]]


def search_deals(
    actor: Actor, asked: Asked, *, now: datetime, known: Mapping[str, facets.Facet] | None = None
) -> Found:
    """Return the deals that the actor may see and the filters find. `known` are the facets, where the caller has them.

    A filter by state takes the place of the asked state.
    """
    wanted, problems = facets.condition("deal", dict(asked.filters), actor, now=now, known=known)
    if problems:
        return Found(Deal.objects.none(), problems)
    found = Deal.objects.filter(visible(actor)).filter(wanted)
    if asked.state in STATES and asked.state != "all" and "state" not in asked.filters:
        found = found.filter(living(actor, now) if asked.state == LIVING else Q(state=asked.state))
    if asked.q:
        found = found.filter(client_id__in=people.search_clients(actor, asked.q, most=FOUND_LIMIT))
    return Found(found, {})


def living(actor: Actor, now: datetime) -> Q:
    """Return the condition of what a board holds: open deals, and those won since the actor's midnight."""
    midnight = datetime.combine(now.astimezone(actor.zone).date(), time.min, actor.zone)
    return Q(state=Deal.State.OPEN) | Q(state=Deal.State.WON, closed_at__gte=midnight)


def page_of(found: QuerySet[Deal], *, after: str = "", before: str = "") -> Page:
    """Return the page behind the deal `after`, or the one in front of the deal `before`, or the first."""
    rows = found.select_related(*_RELATED)
    cursor = before or after
    at = Deal.objects.filter(public_id=cursor).values_list("id", flat=True).first() if cursor else None
    if before and at is not None:
        taken = list(rows.filter(pk__gt=at).order_by("id")[: PAGE + 1])
        is_more, shown = len(taken) > PAGE, list(reversed(taken[:PAGE]))
        return Page(shown, shown[0].public_id if is_more else None, shown[-1].public_id if shown else None)
    if at is not None:
        rows = rows.filter(pk__lt=at)
    taken = list(rows.order_by("-id")[: PAGE + 1])
    shown = taken[:PAGE]
    first = shown[0].public_id if shown and at is not None else None
    return Page(shown, first, shown[-1].public_id if len(taken) > PAGE else None)


def order_of(asked: Asked, known: Mapping[str, facets.Facet]) -> tuple[BaseExpression | F, bool] | None:
    """Return what the list is sorted by and whether downwards; None for the newest first, and for an unknown order."""
    code = asked.sort.removeprefix("-")
    facet = known.get(code) if code.startswith(OWN) else None
    if facet is None or facet.expression is None:
        return None
    return facet.expression, asked.sort.startswith("-")


def sorted_page(
    found: QuerySet[Deal], order: tuple[BaseExpression | F, bool], place: str, *, size: int = PAGE
) -> tuple[list[Deal], str]:
    """Return the page behind a place in an order, and the next place, empty at the end; a spoilt one begins anew."""
    rows, (expression, down) = found.select_related(*_RELATED), order
    try:
        return read_page_by(rows, expression, place, size, down=down)
    except BadPlace:
        return read_page_by(rows, expression, "", size, down=down)


def walk_deals(
    actor: Actor,
    asked: Asked,
    *,
    now: datetime,
    chunk: int = 500,
    known: Mapping[str, facets.Facet] | None = None,
) -> Iterator[Deal]:
    """Yield every deal that the filters find, as the actor may see it, in chunks: in the asked order of `known`."""
    order, place = order_of(asked, known or {}), ""
    while order is not None:
        page, place = sorted_page(search_deals(actor, asked, now=now).rows, order, place, size=chunk)
        yield from (shown(actor, deal) for deal in page)
        if not place:
            return
    after: int | None = None
    while True:
        rows = search_deals(actor, asked, now=now).rows.select_related(*_RELATED).order_by("-id")
        taken = list((rows if after is None else rows.filter(pk__lt=after))[:chunk])
        for deal in taken:
            after = deal.pk
            yield shown(actor, deal)
        if len(taken) < chunk:
            return


def totals_of(found: QuerySet[Deal], actor: Actor) -> Totals:
    """Return the number of deals and their sums; no sums for one who may not see them, nor when there are too many."""
    count = found.order_by()[: COUNT_LIMIT + 1].count()
    if count > COUNT_LIMIT:
        return Totals(COUNT_LIMIT, True, [])
    if not actor.sees("deal.sum"):
        return Totals(count, False, [])
    sums = found.order_by().values_list("currency").annotate(total=Sum("sum")).order_by("currency")
    return Totals(count, False, [(currency, total) for currency, total in sums if total])


def any_deal() -> bool:
    """Tell whether the company has a deal at all."""
    return Deal.objects.exists()


def list_tags(found: QuerySet[Deal], actor: Actor, *, limit: int = 12) -> list[str]:
    """Return tags of the newest deals found, for the filter to offer."""
    if not actor.sees("deal.tags"):
        return []
    tags: dict[str, None] = {}
    for row in found.exclude(tags=[]).order_by("-id").values_list("tags", flat=True)[:200]:
        tags |= dict.fromkeys(row)
    return sorted(tags)[:limit]
