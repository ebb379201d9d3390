"""The list of orders: search, filters, order, pages by key, what the cells of a page need, figures over the list."""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from voronka.kit import facets
from voronka.kit.actors import Actor
from voronka.kit.db.arrays import Array
from voronka.orders.models import Order, OrderLine, OrderPart, Status
from voronka.orders.queries.orders import WITH
from voronka.orders.queries.reach import reachable
from voronka.orders.queries.search import search_orders
from voronka.orders.rules.alike import NEAR, Placed, alike

SUBJECT = "order"
PAGE = 50
SIZES = (50, 100, 200)
DEFAULT_SORT = "-number"
SORTS = {"number": "number", "promised": "promised_at", "total": "total", "made": "made_at"}
OPEN = ("new", "work", "ready", "shipping")
# Whoever asks for one of these says himself which orders are meant; else only those in work are.
SAYS_STATE = ("state", "status", "phase", "due", "late", "made_at", "status_at")
FOUND_LIMIT = 1_000
ON_TIME_DAYS = 30
MOST_LINES = 3


@dataclass(frozen=True, slots=True)
class Ask:
    """What a list is asked for: text to find, filters (kit.facets), order ("-" before the code turns it), page.

    `found` are the orders that the text finds where they were looked for already (`searched`).
    """

    text: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    sort: str = DEFAULT_SORT
    after: str = ""
    found: Sequence[int] | None = None

    @property
    def is_cut(self) -> bool:
        """Tell whether the text finds more orders than are looked through."""
        return self.found is not None and len(self.found) >= FOUND_LIMIT


@dataclass(frozen=True, slots=True)
class Row:
    """An order in a list: its first lines, how many more there are, what is waited for, the order it is like."""

    order: Order
    lines: Sequence[tuple[str, Decimal]]
    more: int
    waits: Decimal
    like: tuple[int, str] | None


@dataclass(frozen=True, slots=True)
class OrdersPage:
    """A page of a list. `after` asks for the next page, empty at the end; `problems` of filters by name."""

    rows: Sequence[Row]
    after: str
    problems: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Step:
    """How many of the orders asked for stand in a status, how many of them are late, what they come to."""

    status: Status
    count: int
    late: int
    total: Decimal


@dataclass(frozen=True, slots=True)
class Figures:
    """How the whole desk stands: orders in work by kind, and what share was delivered in time, 0 to 1."""

    counts: Mapping[str, int]
    on_time: float | None


def is_open_only(ask: Ask) -> bool:
    """Tell whether a list shows only orders in work because nothing it asks says otherwise."""
    named = {facets.split_name(name)[0] for name in ask.filters}
    return not ask.text.strip() and not named & set(SAYS_STATE)


def searched(actor: Actor, ask: Ask) -> Ask:
    """Return an ask whose text was looked for, the newest orders of it: what a page asks of it looks no more."""
    return replace(ask, found=search_orders(actor, ask.text, most=FOUND_LIMIT)) if ask.text.strip() else ask


def asked_orders(actor: Actor, ask: Ask, now: datetime | None = None) -> tuple["QuerySet[Order]", Mapping[str, str]]:
    """Return the orders of an ask in no order, and the problems of filters that made no sense, by name."""
    moment = now or datetime.now(UTC)
    wanted, problems = facets.condition(SUBJECT, dict(ask.filters), actor, now=moment) if ask.filters else (Q(), {})
    found = Order.objects.filter(reachable(actor)).filter(wanted)
    if is_open_only(ask):
        found = found.filter(phase__in=OPEN)
    if ask.text.strip() and not problems:
        found = found.filter(pk__any_of=Array(search_orders(actor, ask.text) if ask.found is None else ask.found))
    return (found.none() if problems else found), problems


def read_page(actor: Actor, ask: Ask, *, now: datetime, size: int = PAGE) -> OrdersPage:
    """Return a page of orders. A wrong filter finds nothing and says why."""
    found, problems = asked_orders(actor, ask, now)
    if problems:
        return OrdersPage([], "", problems)
    code = ask.sort.removeprefix("-")
    column, turn = SORTS.get(code, "number"), "-" if ask.sort.startswith("-") or code not in SORTS else ""
    place = _read_cursor(ask.after, column)
    if place is not None:
        found = found.filter(_behind(column, turn, *place))
    order = F(column).desc(nulls_last=True) if turn else F(column).asc(nulls_last=True)
    # First which, then what of them: else all clients are read to be joined to orders of which a page is shown.
    places = list(found.order_by(order, f"{turn}id").values_list(column, "id")[: size + 1])
    after = cursor_of(*places[size - 1]) if len(places) > size else ""
    return OrdersPage(rows_of(actor, orders_of([pk for _value, pk in places[:size]]), now), after, {})


def orders_of(ids: Sequence[int]) -> list[Order]:
    """Return orders with what rows of lists say of them, in the given order."""
    known = {one.pk: one for one in Order.objects.filter(pk__any_of=Array(ids)).select_related(*WITH)}
    return [known[pk] for pk in ids if pk in known]


def walk_orders(actor: Actor, ask: Ask, *, now: datetime, chunk: int = 500) -> Iterator[Row]:
    """Yield every order of the ask in its order, page by page, so memory stays flat."""
    after, ask = "", replace(ask, found=search_orders(actor, ask.text)) if ask.text.strip() else ask
    while True:
        page = read_page(actor, replace(ask, after=after), now=now, size=chunk)
        yield from page.rows
        after = page.after
        if not after:
            return


def count_or_none(actor: Actor, ask: Ask, *, most: int) -> int | None:
    """Return how many orders the ask finds, counting no further than `most`; None where a filter makes no sense."""
    found, problems = asked_orders(actor, ask)
    return None if problems else found.order_by()[:most].count()


def steps_of(actor: Actor, ask: Ask, *, now: datetime) -> list[Step]:
    """Return the way of the orders asked for: every status in use that has some or is on the way, ends left out."""
    found, _problems = asked_orders(actor, ask, now)
    rows = found.order_by().values("status_id").annotate(
        many=Count("id"), late=Count("id", filter=is_late(now)), money=Sum("total")
    )  # fmt: skip
    counts = {row["status_id"]: (row["many"], row["late"], row["money"]) for row in rows}
    statuses = Status.objects.filter(Q(is_on=True, phase__in=OPEN) | Q(pk__in=list(counts))).order_by(
        "position", "id"
    )
    return [Step(one, *counts.get(one.pk, (0, 0, Decimal(0)))) for one in statuses]


def figures_of(actor: Actor, *, now: datetime) -> Figures:
    """Return the counts of the usual lists and the share delivered in time over thirty days: two statements."""
    day = now.astimezone(actor.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    mine = Order.objects.filter(reachable(actor))
    waits = OrderPart.objects.filter(kind__in=["purchase", "production"], state__in=["waiting", "doing"])
    counts = mine.filter(phase__in=OPEN).aggregate(
        open=Count("id"),
        mine=Count("id", filter=Q(responsible_id=actor.employee_id or 0)),
        today=Count("id", filter=Q(promised_at__gte=day, promised_at__lt=day + timedelta(days=1))),
        unpaid=Count("id", filter=Q(paid__lt=F("owed"))),
        late=Count("id", filter=is_late(now)),
        pickup=Count("id", filter=Q(delivery_method__kind="pickup")),
        short=Count("id", filter=Q(pk__in=waits.values("order_id"))),
    )
    since = now - timedelta(days=ON_TIME_DAYS)
    came = mine.filter(delivered_at__gte=since, first_promised_at__isnull=False).aggregate(
        all=Count("delivered_at"),  # not the id: both are read from the index alone
        good=Count("delivered_at", filter=Q(delivered_at__lte=F("first_promised_at"))),
    )
    return Figures(counts, came["good"] / came["all"] if came["all"] else None)


def is_late(now: datetime) -> Q:
    """Return the condition of open orders whose promised moment has passed."""
    return Q(promised_at__lt=now, delivered_at=None, phase__in=OPEN)


def rows_of(actor: Actor, orders: Sequence[Order], now: datetime) -> list[Row]:
    """Return orders as rows of a list: a number of statements that does not depend on theirs."""
    ids = [one.pk for one in orders]
    lines: dict[int, list[OrderLine]] = {}
    for line in OrderLine.objects.filter(order_id__in=ids).order_by("order_id", "position"):
        lines.setdefault(line.order_id, []).append(line)
    waits = dict(
        OrderPart.objects.filter(
            order_id__in=ids, kind__in=["purchase", "production"], state__in=["waiting", "doing"]
        )
        .values_list("order_id")
        .annotate(Sum("quantity"))
        .order_by()
    )
    likes = _likes(actor, orders, lines)
    rows = []
    for one in orders:
        own = lines.get(one.pk, [])
        shown = [(line.name, line.quantity) for line in own[:MOST_LINES]]
        waiting = waits.get(one.pk) or Decimal(0)
        rows.append(Row(one, shown, max(0, len(own) - MOST_LINES), waiting, likes.get(one.pk)))
    return rows


def placed_of(order: Order, lines: Sequence[OrderLine]) -> Placed:
    """Return an order as it is compared with others."""
    goods: dict[int | str, Decimal] = {}
    for line in lines:
        key: int | str = line.variant_id if line.variant_id is not None else line.name
        goods[key] = goods.get(key, Decimal(0)) + line.quantity
    return Placed(order.pk, order.client_id, order.recipient_phone, goods, order.made_at)


def _likes(
    actor: Actor, orders: Sequence[Order], lines: Mapping[int, Sequence[OrderLine]]
) -> dict[int, tuple[int, str]]:
    """Return by order the number and public id of an earlier order that it is likely the same as: new ones only."""
    fresh = [one for one in orders if one.phase == "new"]
    if not fresh:
        return {}
    return {
        pk: found[0]
        for pk, found in likes_of(actor, [(one, placed_of(one, lines.get(one.pk, []))) for one in fresh]).items()
    }


def likes_of(actor: Actor, compared: Sequence[tuple[Order | None, Placed]]) -> dict[int, list[tuple[int, str]]]:
    """Return by id of a compared order the numbers and public ids of earlier orders like it: two statements."""
    moments = [one.made_at for _order, one in compared]
    phones = [one.phone for _order, one in compared if one.phone]
    near = Q(client_id__in={one.client for _order, one in compared})
    if phones:
        near |= Q(recipient_phone__in=phones)
    others = list(
        Order.objects.filter(reachable(actor))
        .filter(near, made_at__gte=min(moments) - NEAR, made_at__lte=max(moments) + NEAR)
        .exclude(phase="cancelled")[:500]
    )
    if not others:
        return {}
    lines: dict[int, list[OrderLine]] = {}
    for line in OrderLine.objects.filter(order_id__in=[one.pk for one in others]):
        lines.setdefault(line.order_id, []).append(line)
    placed = [placed_of(one, lines.get(one.pk, [])) for one in others]
    by_id = {one.pk: one for one in others}
    found = {}
    for order, one in compared:
        alikes = [by_id[like.order] for like in alike(one, placed)]
        earlier = [(like.number, like.public_id) for like in alikes if order is None or like.pk < order.pk]
        if earlier:
            found[one.order] = earlier
    return found


def _behind(column: str, turn: str, value: object, pk: int) -> Q:
    """Return the orders behind a place; those without a value stand last."""
    side = "lt" if turn else "gt"
    if value is None:
        return Q(**{f"{column}__isnull": True, f"pk__{side}": pk})
    after = Q(**{f"{column}__{side}": value}) | Q(**{column: value, f"pk__{side}": pk})
    return after | Q(**{f"{column}__isnull": True})


def cursor_of(value: object, pk: int) -> str:
    """Return the place behind a row, from which the next page begins."""
    said: Any = value.isoformat() if isinstance(value, datetime) else None if value is None else str(value)
    return base64.urlsafe_b64encode(json.dumps([said, pk]).encode()).decode().rstrip("=")


def _read_cursor(text: str, column: str) -> tuple[object, int] | None:
    """Read the place that a page began behind; a spoilt one, or one of another column, is the beginning."""
    if not text:
        return None
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return (None if value is None else _fit(column, str(value))), _whole(pk)
    except (ValueError, TypeError, binascii.Error, OverflowError, RecursionError, ArithmeticError):
        return None


def _fit(column: str, value: str) -> object:
    """Return a value of a cursor as its column has it. Raises ValueError."""
    if column == "number":
        return _whole(value)
    if column == "total":
        found = Decimal(value)
        if not found.is_finite() or abs(found.adjusted()) > 14:
            raise ValueError(value)
        return found
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(value)
    return moment


def _whole(value: object) -> int:
    found = int(str(value))
    if abs(found) >= 2**31:
        raise ValueError(value)
    return found
