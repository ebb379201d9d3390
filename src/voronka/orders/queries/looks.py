"""Orders by the day they are promised for, and by status: the same ask as the list, drawn another way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Case, CharField, Count, F, OrderBy, Q, QuerySet, Sum, Value, When, Window
from django.db.models.functions import RowNumber

from voronka.kit.actors import Actor
from voronka.orders.models import Order, Status
from voronka.orders.queries.lists import (
    OPEN,
    Ask,
    OrdersPage,
    Row,
    asked_orders,
    cursor_of,
    is_late,
    read_page,
    rows_of,
)
from voronka.orders.queries.orders import WITH

CARDS, MORE, MOST_CARDS = 8, 25, 100
DAY_ROWS = 12
NAMED_DAYS = 7  # today and those after it that stand by themselves
LATE, LATER, NONE = "late", "later", "none"


@dataclass(frozen=True, slots=True)
class Day:
    """Orders promised for one day. `code` is late, later, none, else the day itself; `gone` of them are on the way."""

    code: str
    on: date | None
    count: int
    total: Decimal
    gone: int
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Column:
    """A status of the board: how many stand there, how many are late, what they come to, those that come first."""

    status: Status
    count: int = 0
    late: int = 0
    total: Decimal = Decimal(0)
    rows: Sequence[Row] = ()
    after: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look shows, and the problems of filters by name."""

    days: Sequence[Day] = ()
    columns: Sequence[Column] = ()
    problems: Mapping[str, str] = field(default_factory=dict)


def days_of(actor: Actor, ask: Ask, *, now: datetime, each: int = DAY_ROWS) -> Looked:
    """Return the open orders of an ask by day: late ones, today, each day of a week, later, without a day.

    The days of a week are there even where they are empty. Five statements, whatever there is.
    """
    found, problems = asked_orders(actor, ask, now)
    if problems:
        return Looked(problems=problems)
    today = now.astimezone(actor.zone).date()
    marked = found.filter(phase__in=OPEN).order_by().annotate(day=_day(today, actor, now))
    sums = {
        row["day"]: row
        for row in marked.values("day").annotate(
            many=Count("id"), money=Sum("total"), left=Count("id", filter=Q(phase="shipping"))
        )
    }  # fmt: skip
    firsts = _firsts(actor, marked, "day", each, now)
    codes = [LATE, *(str(today + timedelta(days=ahead)) for ahead in range(NAMED_DAYS)), LATER, NONE]
    days = []
    for code in codes:
        row = sums.get(code)
        if row is None and code in (LATE, LATER, NONE):
            continue
        on = None if code in (LATE, LATER, NONE) else date.fromisoformat(code)
        if row is None:
            days.append(Day(code, on, 0, Decimal(0), 0, []))
        else:
            days.append(Day(code, on, row["many"], row["money"] or Decimal(0), row["left"], firsts.get(code, [])))
    return Looked(days=days)


def board_of(actor: Actor, ask: Ask, *, now: datetime, each: int = CARDS) -> Looked:
    """Return the orders of an ask by status: those of the way that are in use, and others that have some.

    Six statements, whatever there is; the cards of a status come by what is promised first.
    """
    found, problems = asked_orders(actor, ask, now)
    if problems:
        return Looked(problems=problems)
    counted = found.order_by().values("status_id").annotate(
        many=Count("id"), late=Count("id", filter=is_late(now)), money=Sum("total")
    )  # fmt: skip
    sums = {row["status_id"]: row for row in counted}
    statuses = Status.objects.filter(Q(is_on=True, phase__in=OPEN) | Q(pk__in=list(sums)))
    firsts = _firsts(actor, found.order_by(), "status_id", each, now)
    columns = []
    for status in statuses.order_by("position", "id"):
        row, rows = sums.get(status.pk), firsts.get(status.pk, [])
        if row is None:
            columns.append(Column(status))
            continue
        last = rows[-1].order if rows else None
        after = cursor_of(last.promised_at, last.pk) if last is not None and row["many"] > len(rows) else ""
        columns.append(Column(status, row["many"], row["late"], row["money"] or Decimal(0), rows, after))
    return Looked(columns=columns)


def more_of(actor: Actor, ask: Ask, status: Status, after: str, *, now: datetime) -> OrdersPage:
    """Return the orders of a status that stand behind a place of the board."""
    filters = {name: text for name, text in ask.filters.items() if name != "status"} | {"status": status.code}
    return read_page(actor, replace(ask, filters=filters, sort="promised", after=after), now=now, size=MORE)


def _by_promise() -> list[OrderBy | str]:
    return [F("promised_at").asc(nulls_last=True), "id"]


def _firsts(actor: Actor, found: "QuerySet[Order]", by: str, each: int, now: datetime) -> dict[str | int, list[Row]]:
    """Return the orders that come first in each group: those promised first."""
    rank = Window(RowNumber(), partition_by=F(by), order_by=[F("promised_at").asc(nulls_last=True), F("id").asc()])
    groups = dict(found.annotate(rank=rank).filter(rank__lte=each).values_list("id", by))
    orders = list(Order.objects.filter(pk__in=list(groups)).select_related(*WITH).order_by(*_by_promise()))
    firsts: dict[str | int, list[Row]] = {}
    for row in rows_of(actor, orders, now):
        firsts.setdefault(groups[row.order.pk], []).append(row)
    return firsts


def _day(today: date, actor: Actor, now: datetime) -> Case:
    """Return the expression of the group that an order belongs to by its promise, on the actor's own clock."""
    ends = [
        (
            str(today + timedelta(days=ahead)),
            datetime.combine(today + timedelta(days=ahead + 1), time.min, actor.zone),
        )
        for ahead in range(NAMED_DAYS)
    ]
    return Case(
        When(is_late(now), then=Value(LATE)),
        When(promised_at=None, then=Value(NONE)),
        *(When(promised_at__lt=end, then=Value(code)) for code, end in ends),
        default=Value(LATER),
        output_field=CharField(),
    )
