"""What reports ask of deals: names behind the figures, and the presses that stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection

from voronka.deals.models import Deal, LossReason, Press, Stage
from voronka.deals.queries.desk import visible
from voronka.kit.actors import Actor
from voronka.kit.tenancy import current_company_id
from voronka.people import queries as people

PROMISED, DUE = 0, 2  # bands of the queue


@dataclass(frozen=True, slots=True)
class DealCard:
    """A deal as a line of a report: whose, what about, for how much, where it stands."""

    deal_id: int
    public_id: str
    client: str
    is_vip: bool
    title: str
    sum: Decimal | None
    currency: str
    stage: str
    responsible_id: int | None


@dataclass(frozen=True, slots=True)
class PressCard:
    """A press that stands, as a line of a report."""

    press_id: int
    at: datetime
    label: str
    employee_id: int | None
    deal: DealCard


def existing_ids(ids: Sequence[int]) -> set[int]:
    """Return those of the ids that are deals still."""
    return set(Deal.objects.filter(pk__in=ids).values_list("id", flat=True))


def list_all_stages() -> list[Stage]:
    """Return the stages of all pipelines with them, in the order of both."""
    return list(Stage.objects.select_related("pipeline").order_by("pipeline__position", "pipeline_id", "position"))


def loss_reason_names() -> dict[str, str]:
    """Return the names of the reasons by code, those no longer offered included."""
    return dict(LossReason.objects.values_list("code", "name"))


def cards_of(actor: Actor, ids: Sequence[int]) -> dict[int, DealCard]:
    """Return the deals of these ids that the actor may see, by id."""
    rows = Deal.objects.filter(visible(actor), pk__in=ids).select_related("client", "stage")
    return {one.pk: _card(actor, one) for one in rows}


def _card(actor: Actor, deal: Deal) -> DealCard:
    client = people.shown(actor, deal.client)
    return DealCard(
        deal.pk, deal.public_id, client.name, client.is_vip, deal.title, deal.sum, deal.currency, deal.stage.name,
        deal.responsible_id,
    )  # fmt: skip


def list_presses(
    actor: Actor,
    *,
    employee_ids: Sequence[int] | None,
    of_nobody: bool,
    results: Sequence[str] | None,
    start: datetime,
    end: datetime,
    offset: int,
    limit: int,
) -> tuple[list[PressCard], int]:
    """Return presses of a stretch of time that stand, newest first, and how many of them lie out of the actor's sight.

    `employee_ids` and `results` narrow them; None is everybody's and every kind. `of_nobody`: those of no person.
    """
    found = Press.objects.filter(at__gte=start, at__lt=end, undone_at=None)
    if of_nobody:
        found = found.filter(employee=None)
    elif employee_ids is not None:
        found = found.filter(employee_id__in=employee_ids)
    if results is not None:
        found = found.filter(result__in=results)
    rows = list(
        found.order_by("-at", "-id").values_list("id", "at", "label", "employee_id", "deal_id")[
            offset : offset + limit
        ]
    )
    cards = cards_of(actor, [row[4] for row in rows])
    shown = [PressCard(*row[:4], cards[row[4]]) for row in rows if row[4] in cards]
    return shown, len(rows) - len(shown)


def count_overdue(*, promised_before: datetime, due_before: datetime) -> Mapping[int, int]:
    """Return by employee how many open deals wait for a promised or due step whose time is over."""
    given: list[int | datetime | None] = [current_company_id(), PROMISED, promised_before, DUE, due_before]
    with connection.cursor() as cursor:
        cursor.execute(_OVERDUE, given)
        return dict(cursor.fetchall())


# From the queue's index to the deals: the few that are late, not all that are open.
_OVERDUE = (
    "SELECT employee_id, count(*) FROM work_task WHERE company_id = %s AND is_open AND subject_kind = 'deal'"
    " AND employee_id IS NOT NULL AND (band = %s AND ready_at < %s OR band = %s AND ready_at < %s) GROUP BY 1"
)
