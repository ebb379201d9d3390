"""The list of deals: filters, a page at a time, totals."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from voronka.accounts import queries as accounts
from voronka.deals.models import Deal, Pipeline, Stage
from voronka.deals.queries.desk import visible
from voronka.deals.queries.shown import shown
from voronka.kit.actors import Actor
from voronka.people import queries as people

PAGE = 50
COUNT_LIMIT = 10_000
FOUND_LIMIT = 500
STATES = ("open", "won", "lost", "archived", "all")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: public ids, words and codes as they were typed; empty is not asked."""

    q: str = ""
    pipeline: str = ""
    stage: str = ""
    state: str = "open"
    responsible: str = ""
    tag: str = ""

    def is_plain(self) -> bool:
        """Tell whether nothing but the open deals is asked for."""
        return self == Asked()


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


def find_deals(actor: Actor, asked: Asked) -> QuerySet[Deal]:
    """Return the deals that the actor may see and the filters find; a filter that names nothing finds nothing."""
    found = Deal.objects.filter(visible(actor))
    if asked.state in STATES and asked.state != "all":
        found = found.filter(state=asked.state)
    if asked.pipeline:
        found = found.filter(pipeline_id=_id(Pipeline.objects.filter(public_id=asked.pipeline)))
    if asked.stage:
        found = found.filter(stage_id=_id(Stage.objects.filter(public_id=asked.stage)))
    if asked.responsible:
        found = found.filter(_responsible(actor, asked.responsible))
    if asked.tag:
        found = found.filter(tags__contains=[asked.tag]) if actor.sees("deal.tags") else found.none()
    if asked.q:
        ids = people.search_clients(actor, asked.q, most=FOUND_LIMIT)
        found = found.filter(client_id__in=ids)
    return found


def _id(rows: QuerySet[Pipeline] | QuerySet[Stage]) -> int:
    return rows.values_list("id", flat=True).first() or 0


def _responsible(actor: Actor, word: str) -> Q:
    if word == "me":
        return Q(responsible_id=actor.employee_id)
    if word == "pool":
        return Q(responsible=None)
    ids = [one.pk for one in accounts.list_employees(active=False) if one.public_id == word]
    return Q(responsible_id__in=ids)


def page_of(found: QuerySet[Deal], *, after: str = "", before: str = "") -> Page:
    """Return the page behind the deal `after`, or the one in front of the deal `before`, or the first."""
    rows = found.select_related("client", "stage", "pipeline", "responsible", "open_task", "loss_reason")
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


def walk_deals(actor: Actor, asked: Asked, *, chunk: int = 500) -> Iterator[Deal]:
    """Yield every deal that the filters find, newest first, as the actor may see it, in chunks."""
    after: int | None = None
    related = ("client", "stage", "pipeline", "responsible", "open_task", "loss_reason")
    while True:
        rows = find_deals(actor, asked).select_related(*related).order_by("-id")
        taken = list((rows if after is None else rows.filter(pk__lt=after))[:chunk])
        for deal in taken:
            after = deal.pk
            yield shown(actor, deal)
        if len(taken) < chunk:
            return


def names_of(asked: Asked) -> dict[str, str]:
    """Return the names of the records that filters ask for by public id, for people."""
    people_by_id = {one.public_id: one.name for one in accounts.list_employees(active=False)}
    return {
        "pipeline": Pipeline.objects.filter(public_id=asked.pipeline).values_list("name", flat=True).first() or "",
        "stage": Stage.objects.filter(public_id=asked.stage).values_list("name", flat=True).first() or "",
        "responsible": people_by_id.get(asked.responsible, ""),
    }


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
