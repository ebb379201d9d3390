"""Parts of an order on a scale of days: where each bar begins and ends."""

from dataclasses import dataclass
from datetime import date, timedelta

DAYS, STEP = 14, 30
WIDTH = DAYS * STEP
BACK = 4  # so many days before today are shown where the order is older


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a lane in units of the scale: `past` is done or under way, `ahead` still to come; widths may be 0."""

    x: int
    past: int
    ahead_x: int
    ahead: int
    is_done: bool


@dataclass(frozen=True, slots=True)
class Scale:
    """The days that are shown, where today and the promise stand; the promise is None where it is not in sight."""

    days: tuple[date, ...]
    now: int
    promise: int | None
    off: tuple[int, ...]

    @property
    def first(self) -> date:
        """Return the first day shown."""
        return self.days[0]


def scale_of(begun: date, today: date, promised: date | None) -> Scale:
    """Return the fourteen days from the beginning of an order on, or from some days ago where it began long ago."""
    first = max(begun, today - timedelta(days=BACK))
    if promised is not None and promised > first + timedelta(days=DAYS - 1):
        first = min(today, promised - timedelta(days=DAYS - 1)) if promised - today < timedelta(days=DAYS) else first
    days = tuple(first + timedelta(days=number) for number in range(DAYS))
    off = tuple(number * STEP for number, day in enumerate(days) if day.weekday() >= 5)
    in_sight = promised is not None and days[0] <= promised <= days[-1]
    promise = _x(first, promised) + STEP // 2 if in_sight and promised is not None else None
    return Scale(days, _x(first, today) + STEP // 2, promise, off)


def bar_of(scale: Scale, since: date, until: date | None, today: date, *, is_done: bool) -> Bar:
    """Return the bar of what began on a day and ends, or is due, on another; None is a day nobody knows."""
    last = until or max(since, today)
    left = _held(_x(scale.first, since))
    right = _held(_x(scale.first, max(last, since)) + STEP)
    if is_done:
        return Bar(left, max(right - left, 6), right, 0, is_done=True)
    now = min(max(scale.now, left), WIDTH)
    past = max(0, min(now, right) - left) if since <= today else 0
    return Bar(left, past, left, max(right - left, 6), is_done=False)


def _x(first: date, day: date) -> int:
    return (day - first).days * STEP


def _held(x: int) -> int:
    return min(max(x, 0), WIDTH)
