"""The board: what stands in each stage of a pipeline, and the cards that come first in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum, Value, Window
from django.db.models.functions import Coalesce, RowNumber

from voronka.deals.models import Deal, Pipeline
from voronka.deals.queries.lists import LIVING, Asked, Found, search_deals
from voronka.deals.queries.shown import shown
from voronka.kit.actors import Actor
from voronka.kit.facets import Facet

CARDS, MORE = 8, 25
NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # deals that were won today stand behind all that wait


@dataclass(slots=True)
class StageSum:
    """What stands in a stage: how many deals, how many of them are overdue, their sums by currency."""

    count: int = 0
    late: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cards:
    """Cards of a stage in their order; `after` asks for those behind them, empty at the end."""

    deals: Sequence[Deal]
    after: str


def search_board(
    actor: Actor, asked: Asked, pipeline: Pipeline, *, now: datetime, known: Mapping[str, Facet] | None = None
) -> Found:
    """Return the deals of a board: open ones of the pipeline that the filters find, and those won since midnight."""
    filters = {code: text for code, text in asked.filters.items() if code not in ("pipeline", "state")}
    found = search_deals(actor, replace(asked, state=LIVING, filters=filters), now=now, known=known)
    return replace(found, rows=found.rows.filter(pipeline=pipeline))


def stage_sums(found: QuerySet[Deal], actor: Actor, *, now: datetime) -> dict[int, StageSum]:
    """Return what stands in each stage; no sums for one who may not see them."""
    rows = found.order_by().values_list("stage_id", "currency").annotate(
        n=Count("id"), late=Count("id", filter=Q(open_task__due_at__lt=now)), total=Sum("sum")
    )  # fmt: skip
    stages: dict[int, StageSum] = {}
    for stage_id, currency, count, late, total in rows:
        one = stages.setdefault(stage_id, StageSum())
        one.count += count
        one.late += late
        if total and actor.sees("deal.sum"):
            one.sums[currency] = total
    return stages


def first_cards(found: QuerySet[Deal], actor: Actor, *, each: int = CARDS) -> dict[int, Cards]:
    """Return the cards that come first in each stage: by the time of the next step, whatever the stage holds."""
    place = Window(RowNumber(), partition_by=F("stage_id"), order_by=[_due().asc(), F("id").asc()])
    firsts = found.order_by().annotate(place=place).filter(place__lte=each + 1).values_list("id", flat=True)
    by_stage: dict[int, list[Deal]] = {}
    for deal in _ordered(Deal.objects.filter(pk__in=list(firsts))):
        by_stage.setdefault(deal.stage_id, []).append(shown(actor, deal))
    return {stage_id: _cut(deals, each) for stage_id, deals in by_stage.items()}


def next_cards(found: QuerySet[Deal], actor: Actor, stage_id: int, after: str) -> Cards:
    """Return the cards of a stage behind the place `after`; a spoilt place is the beginning."""
    rows = found.filter(stage_id=stage_id)
    place = _read(after)
    if place is not None:
        at, pk = place
        rows = rows.annotate(behind=_due()).filter(Q(behind__gt=at) | Q(behind=at, pk__gt=pk))
    return _cut([shown(actor, one) for one in _ordered(rows)[: MORE + 1]], MORE)


def _due() -> Coalesce:
    return Coalesce(F("open_task__ready_at"), Value(NEVER))


def _ordered(rows: QuerySet[Deal]) -> QuerySet[Deal]:
    return rows.select_related("client", "open_task").annotate(due=_due()).order_by("due", "id")


def _cut(deals: Sequence[Deal], most: int) -> Cards:
    kept = deals[:most]
    if len(deals) <= most:
        return Cards(kept, "")
    last = kept[-1]
    at = last.open_task.ready_at if last.open_task is not None else NEVER
    return Cards(kept, f"{at.isoformat()}_{last.pk}")


def _read(text: str) -> tuple[datetime, int] | None:
    moment, _dash, pk = text.rpartition("_")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (at, int(pk)) if at.tzinfo is not None and pk.isdecimal() and len(pk) < 19 else None
