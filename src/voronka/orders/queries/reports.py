"""How orders go: time per step, delays and causes, shares on time and perfect, plan and fact of income and cost."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Case, Count, DateTimeField, Exists, F, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from voronka.kit.actors import Actor, Reach, all_rights
from voronka.kit.db.among import not_in
from voronka.kit.models import EventRow
from voronka.kit.tenancy import current_company_id
from voronka.orders.models import Order, OrderPart, Return, Shipment, Status
from voronka.orders.permissions import SEE
from voronka.orders.queries.reach import owners_reached, reachable

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
    SELECT p.status_id, count(*), avg(s.minutes),
      percentile_cont(0.5) WITHIN GROUP (ORDER BY s.minutes),
      count(*) FILTER (WHERE t.norm_minutes IS NOT NULL AND s.minutes > t.norm_minutes)
    FROM (SELECT p.order_id, p.status_id, p.at, lead(p.at) OVER (PARTITION BY p.order_id ORDER BY p.id) AS till
          FROM orders_passage p WHERE p.company_id = %(company)s AND p.order_id IN (
            SELECT o.id FROM orders_order o
            WHERE o.company_id = %(company)s AND o.made_at >= %(since)s AND o.made_at < %(until)s
              AND (%(owners)s::bigint[] IS NULL OR o.responsible_id IS NULL OR o.responsible_id = ANY (%(owners)s)))) p
      JOIN orders_status t ON t.company_id = %(company)s AND t.id = p.status_id
      CROSS JOIN LATERAL (SELECT extract(epoch FROM p.till - p.at) / 60 AS minutes) s
    WHERE p.till IS NOT NULL GROUP BY p.status_id"""


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


def _step(status: Status, count: int, mean: Decimal, median: float, over: int) -> StepTime:
    return StepTime(status, count, float(mean), float(median), over)


def _placed(actor: Actor, since: datetime, until: datetime) -> QuerySet[Order]:
    return Order.objects.filter(reachable(actor), made_at__gte=since, made_at__lt=until)


def _due(actor: Actor, since: datetime, until: datetime, now: datetime) -> QuerySet[Order]:
    """Return the orders whose first promise was for the period and has passed, or was kept already."""
    rows = Order.objects.filter(reachable(actor), first_promised_at__gte=since, first_promised_at__lt=until)
    return rows.exclude(phase="cancelled").filter(Q(first_promised_at__lte=now) | Q(delivered_at__isnull=False))


def _came(now: datetime) -> Coalesce:
    """Return when an order came to the client; one that has not come yet is as late as it is now."""
    closed = Case(When(phase="done", then=F("closed_at")), output_field=DateTimeField())
    return Coalesce(F("delivered_at"), closed, Value(now, output_field=DateTimeField()))


def delays(actor: Actor, since: datetime, until: datetime, *, now: datetime) -> list[Delay]:
    """Return late orders of the period by their causes, the most frequent first."""
    rows = _due(actor, since, until, now).annotate(came=_came(now)).filter(came__gt=F("first_promised_at"))
    found: dict[str, list[timedelta]] = {}
    for cause, came, promised in rows.values_list("late_cause", "came", "first_promised_at"):
        found.setdefault(cause, []).append(came - promised)
    told = [
        Delay(cause, len(each), sum(one.total_seconds() for one in each) / len(each) / 3600)
        for cause, each in found.items()
    ]
    return sorted(told, key=lambda one: (-one.count, one.cause))


def shares(actor: Actor, since: datetime, until: datetime, *, now: datetime) -> Shares:
    """Return how many orders of the period came in time, and how many were perfect."""
    rows = _due(actor, since, until, now).annotate(came=_came(now))
    on_time = Q(came__lte=F("first_promised_at"))
    # Few orders have these: each table is read once, not asked about every order that came in time.
    backs = Return.objects.exclude(state__in=["rejected", "cancelled"])
    waited = OrderPart.objects.filter(kind__in=["purchase", "production"])
    several = (
        Shipment.objects.filter(order=OuterRef("pk"), state__in=["shipped", "delivered"])
        .values("order")
        .annotate(n=Count("id"))
        .filter(n__gt=1)
    )
    changed = EventRow.objects.filter(
        company_id=current_company_id(), name="orders.OrderChanged", subject_kind="order"
    ).exclude(payload__total=F("payload__was"))
    perfect = on_time & not_in("pk", backs.values("order_id")) & not_in("pk", waited.values("order_id"))
    perfect &= not_in("pk", changed.order_by().values("subject_id")) & ~Q(Exists(several))
    told = rows.aggregate(count=Count("id"), on_time=Count("id", filter=on_time), perfect=Count("id", filter=perfect))
    return Shares(told["count"], told["on_time"], told["perfect"])


def money(actor: Actor, since: datetime, until: datetime) -> Money:
    """Return plan and fact of income and cost of the orders placed in the period."""
    rows = _placed(actor, since, until).exclude(phase="cancelled")
    told = rows.aggregate(count=Count("id"), planned=Sum("total"), came=Sum("paid"), cost=Sum("cost"))
    has_cost = may_see_cost(actor)
    left = rows.aggregate(left=Sum("lines__shipped_cost"))["left"] if has_cost else None
    return Money(
        told["count"],
        told["planned"] or ZERO,
        told["came"] or ZERO,
        (told["cost"] or ZERO) if has_cost else None,
        (left or ZERO) if has_cost else None,
    )
