"""When an order can be with the client: by stock, by what is coming, by the supplier's days, by the way of delivery."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

LOOK_DAYS = 400
ZERO = Decimal(0)

Works = Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class Need:
    """A line as the promise sees it: what is `free` where it leaves from, free `elsewhere`, `coming` by day.

    What is elsewhere travels `transfer_days`, what is bought anew takes `supplier_days`, both working days; None where
    no supplier is known.
    """

    line: int
    quantity: Decimal
    free: Decimal = ZERO
    elsewhere: Decimal = ZERO
    transfer_days: int = 1
    coming: Sequence[tuple[date, Decimal]] = ()
    supplier_days: int | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """How it is delivered: working days from readiness, intervals of the day, till when today still counts."""

    days: int = 0
    intervals: Sequence[tuple[time, time]] = ()
    last_hour: time = time(16)
    closes: time = time(20)


@dataclass(frozen=True, slots=True)
class Ready:
    """When a line is at hand and thanks to what: stock, transfer, coming, supplier, unknown (then `on` is None)."""

    line: int
    on: date | None
    code: str


@dataclass(frozen=True, slots=True)
class Promise:
    """The day and hours promised, local; None where a line's day is unknown. `held_by` is the line that decides."""

    on: date | None
    since: time | None = None
    until: time | None = None
    lines: tuple[Ready, ...] = field(default=())
    held_by: Ready | None = None


def ready(need: Need, today: date, works: Works) -> Ready:
    """Return when the goods of a line are at hand: free now, brought from elsewhere, coming, or bought anew."""
    if need.free >= need.quantity:
        return Ready(need.line, today, "stock")
    found: list[tuple[date, str]] = []
    have = need.free + need.elsewhere
    moved = working_day(today, need.transfer_days, works)
    if have >= need.quantity:
        found.append((moved, "transfer"))
    for day, many in sorted(need.coming):
        have += many
        if have >= need.quantity:
            floor = moved if need.elsewhere > 0 else today
            found.append((max(day, floor), "coming"))
            break
    if need.supplier_days is not None:
        bought = working_day(today, need.supplier_days, works)
        found.append((max(bought, moved) if need.elsewhere > 0 else bought, "supplier"))
    if not found:
        return Ready(need.line, None, "unknown")
    on, code = min(found, key=lambda one: one[0])
    return Ready(need.line, on, code)


def working_day(day: date, count: int, works: Works) -> date:
    """Return the day `count` working days later; with 0 the day itself, or the next that is worked.

    Where nothing is worked for a year and more the days are counted as they come.
    """
    left, at = count, day
    for _day in range(LOOK_DAYS):
        if works(at):
            if left == 0:
                return at
            left -= 1
        at += timedelta(days=1)
    return day + timedelta(days=count)


def promise(needs: Sequence[Need], way: Way, now: datetime, works: Works) -> Promise:
    """Return what may be promised at a local moment: never before it, never on a day that is not worked."""
    today = now.date()
    lines = tuple(ready(need, today, works) for need in needs)
    unknown = next((line for line in lines if line.on is None), None)
    if unknown:
        return Promise(None, lines=lines, held_by=unknown)
    last = max(lines, key=lambda line: line.on or today, default=None)
    start = max([today, *(line.on for line in lines if line.on)])
    if start == today and now.time() >= way.last_hour:
        start = today + timedelta(days=1)
    start = working_day(start, 0, works)
    on = working_day(start, way.days, works)
    since, until = _hours(on, way, now)
    if until is None:
        on = working_day(on + timedelta(days=1), 0, works)
        since, until = _hours(on, way, now)
    held = last if last and last.on != today else None
    return Promise(on, since, until, lines, held)


def _hours(on: date, way: Way, now: datetime) -> tuple[time | None, time | None]:
    """Return the first interval of a day that has not begun, the whole day where there are none, nothing if late."""
    moment = now.time() if on == now.date() else time.min
    if not way.intervals:
        return (None, way.closes) if moment < way.closes else (None, None)
    return next(((since, until) for since, until in sorted(way.intervals) if since >= moment), (None, None))
