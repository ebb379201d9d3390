"""The deals behind a figure: exactly those it counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from voronka.audience.models import DealFact, DealGoods
from voronka.audience.queries.figures import COLD, Asked

# What a figure of deals is counted by: the moment, whose it is, and further conditions.
FIGURES: dict[str, tuple[str, str, Q]] = {
    "opened": ("opened_at", "responsible_id", Q()),
    "answered": ("answered_at", "answered_by", ~Q(source__in=COLD)),
    "closed": ("closed_at", "closed_by", Q()),
    "won": ("closed_at", "closed_by", Q(state="won")),
    "lost": ("closed_at", "closed_by", Q(state="lost")),
    "archived": ("closed_at", "closed_by", Q(state="archived")),
    "gone": ("closed_at", "closed_by", ~Q(state="won")),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One deal behind a figure: when, who, why."""

    deal_id: int
    at: datetime
    employee_id: int | None
    reason: str
    state: str
    wait_seconds: int | None


def find_facts(
    asked: Asked, figure: str, *, of_pool: bool = False, stage_ids: Sequence[int] | None = None, reason: str = ""
) -> QuerySet[DealFact]:
    """Return the facts that a figure of the first period counts, newest first. Raises KeyError for no such figure.

    `of_pool` narrows to those of nobody; `reason` may be a code, or archived for deals closed without one.
    """
    moment, who, more = FIGURES[figure]
    found = DealFact.objects.filter(more, **{f"{moment}__gte": asked.now[0], f"{moment}__lt": asked.now[1]})
    if of_pool:
        found = found.filter(**{who: None})
    elif asked.employee_ids is not None:
        found = found.filter(**{f"{who}__in": list(asked.employee_ids)})
    if asked.pipeline_id is not None:
        found = found.filter(pipeline_id=asked.pipeline_id)
    if asked.source:
        found = found.filter(source=asked.source)
    if asked.products is not None:
        sold = DealGoods.objects.filter(product_id__in=list(asked.products))
        found = found.filter(deal_id__in=sold.values("deal_id"))
    if stage_ids is not None:
        found = found.filter(stage_id__in=list(stage_ids))
    if reason:
        found = found.filter(reason="" if reason == "archived" else reason)
    return found.order_by(f"-{moment}", "-deal_id")


def read_lines(found: QuerySet[DealFact], figure: str, *, offset: int, limit: int) -> list[Line]:
    """Return lines of the facts found for a figure."""
    moment, who, _more = FIGURES[figure]
    rows = found.values_list("deal_id", moment, who, "reason", "state", "wait_seconds")[offset : offset + limit]
    return [Line(*row) for row in rows]
