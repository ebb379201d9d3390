"""How orders go: time per step, delays and causes, shares on time and perfect, plan and fact of income and cost.

Read from what a listener keeps of each order, so that it is a moment behind: docs/adr/0013, 0046.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Avg, Count, DateTimeField, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from voronka.kit.actors import Actor, Reach, all_rights
from voronka.kit.tenancy import current_company_id
from voronka.orders.models import OrderFact, Status
from voronka.orders.permissions import SEE
from voronka.orders.queries.reach import owners_reached

ZERO = Decimal("0.00")
COST_RIGHT = "stock.see_cost"


@dataclass(frozen=True, slots=True)
class StepTime:
    """How long orders stay in a status: stays that ended, mean and median in minutes, how many over the norm."""

    status: Status
    count: int
    mean_minutes: float
    median_minutes: float
    over_norm: int


@dataclass(frozen=True, slots=True)
class Delay:
    """Orders late for one cause (empty: nobody has said why): how many, how many hours each on average."""

    cause: str
    count: int
    hours: float


@dataclass(frozen=True, slots=True)
class Shares:
    """Of orders that were promised for a time in the period and are due: how many came in time, how many were perfect.

    Perfect: in time, in one shipment with nothing waited for, nothing given back, the sum never changed.
    """

    count: int
    on_time: int
    perfect: int

    @property
    def on_time_share(self) -> float | None:
        """Part of 1 that came in time; None of no orders."""
        return self.on_time / self.count if self.count else None

    @property
    def perfect_share(self) -> float | None:
        """Part of 1 that was perfect; None of no orders."""
        return self.perfect / self.count if self.count else None


@dataclass(frozen=True, slots=True)
class Money:
    """Of orders placed in the period and not cancelled: what they come to and what has come, in the company's money.

    `planned_cost` is what the goods were worth when ordered, `cost` what those that left were. Costs are None for who
    may not see them.
    """

    count: int
    planned_income: Decimal
    income: Decimal
    planned_cost: Decimal | None
    cost: Decimal | None


def may_see_cost(actor: Actor) -> bool:
    """Tell whether the actor sees what goods cost the company."""
    return any(one.code == COST_RIGHT and actor.may(one) for one in all_rights())


_STAYS = """
    SELECT s.status_id, count(*), avg(s.minutes), percentile_cont(0.5) WITHIN GROUP (ORDER BY s.minutes),
      count(*) FILTER (WHERE t.norm_minutes IS NOT NULL AND s.minutes > t.norm_minutes)
    FROM orders_orderfact f CROSS JOIN LATERAL unnest(f.statuses, f.minutes) AS s (status_id, minutes)
      JOIN orders_status t ON t.company_id = %(company)s AND t.id = s.status_id
    WHERE f.company_id = %(company)s AND f.made_at >= %(since)s AND f.made_at < %(until)s
      AND (%(owners)s::bigint[] IS NULL OR f.responsible_id IS NULL OR f.responsible_id = ANY (%(owners)s))
    GROUP BY s.status_id"""


def time_per_step(actor: Actor, since: datetime, until: datetime) -> list[StepTime]:
    """Return how long orders placed in the period have stayed in each status, in the order of statuses."""
    if actor.reach(SEE) is Reach.NONE:
        return []
    asked: dict[str, Any] = {
        "company": current_company_id(),
        "since": since,
        "until": until,
        "owners": owners_reached(actor),
    }
    with connection.cursor() as cursor:
        cursor.execute(_STAYS, asked)
        rows = {row[0]: row[1:] for row in cursor.fetchall()}
    found = Status.objects.filter(pk__in=rows).order_by("position", "id")
    return [_step(one, *rows[one.pk]) for one in found]


def _step(status: Status, count: int, mean: float, median: float, over: int) -> StepTime:
    return StepTime(status, count, mean, median, over)


def _reached(actor: Actor) -> "QuerySet[OrderFact]":
    """Return what is kept of the orders within reach."""
    if actor.reach(SEE) is Reach.NONE:
        return OrderFact.objects.none()
    owners = owners_reached(actor)
    mine = Q() if owners is None else Q(responsible_id=None) | Q(responsible_id__in=owners)
    return OrderFact.objects.filter(mine)


def _due(actor: Actor, since: datetime, until: datetime, now: datetime) -> "QuerySet[OrderFact]":
    """Return the orders whose first promise was for the period and has passed, or was kept already."""
    rows = _reached(actor).filter(first_promised_at__gte=since, first_promised_at__lt=until, is_cancelled=False)
    return rows.filter(Q(first_promised_at__lte=now) | Q(came_at__isnull=False))


def _came(now: datetime) -> Coalesce:
    """Return when an order came to the client; one that has not come yet is as late as it is now."""
    return Coalesce(F("came_at"), Value(now, output_field=DateTimeField()))


def delays(actor: Actor, since: datetime, until: datetime, *, now: datetime) -> list[Delay]:
    """Return late orders of the period by their causes, the most frequent first."""
    rows = _due(actor, since, until, now).annotate(came=_came(now)).filter(came__gt=F("first_promised_at"))
    late = rows.values_list("order__late_cause").annotate(n=Count("id"), late=Avg(F("came") - F("first_promised_at")))
    told = [Delay(cause, count, mean.total_seconds() / 3600) for cause, count, mean in late.order_by()]
    return sorted(told, key=lambda one: (-one.count, one.cause))


def shares(actor: Actor, since: datetime, until: datetime, *, now: datetime) -> Shares:
    """Return how many orders of the period came in time, and how many were perfect."""
    on_time = Q(came__lte=F("first_promised_at"))
    told = (
        _due(actor, since, until, now)
        .annotate(came=_came(now))
        .aggregate(
            count=Count("id"),
            on_time=Count("id", filter=on_time),
            perfect=Count("id", filter=on_time & Q(is_flawed=False)),
        )
    )
    return Shares(told["count"], told["on_time"], told["perfect"])


def money(actor: Actor, since: datetime, until: datetime) -> Money:
    """Return plan and fact of income and cost of the orders placed in the period."""
    rows = _reached(actor).filter(made_at__gte=since, made_at__lt=until, is_cancelled=False)
    told = rows.aggregate(
        count=Count("id"), planned=Sum("total"), came=Sum("paid"), cost=Sum("cost"), left=Sum("left_cost")
    )
    has_cost = may_see_cost(actor)
    return Money(
        told["count"],
        told["planned"] or ZERO,
        told["came"] or ZERO,
        (told["cost"] or ZERO) if has_cost else None,
        (told["left"] or ZERO) if has_cost else None,
    )
