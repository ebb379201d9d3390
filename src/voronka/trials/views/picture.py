"""The band of a test as a picture: how the difference narrowed with time, and where it stopped."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from voronka.trials.models import Look

TOP, BOTTOM = 12.0, 190.0
HEIGHT = 222
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across with its words."""

    at: str
    words: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The drawing, all numbers as SVG takes them. `stop` is where the test ended, empty while it runs."""

    width: int
    height: int
    left: str
    right: str
    base: str
    band: str
    line: str
    rows: list[Tick]
    zero: str
    days: list[Tick]
    stop: str
    ahead: str


def draw(
    looks: Sequence[Look],
    *,
    width: int,
    until: float,
    ended: float | None,
    say: Callable[[float], str],
    say_day: Callable[[int], str],
) -> Picture | None:
    """Draw looks that had a band; None where fewer than two had. `until` is the last hour of the axis."""
    seen = [one for one in looks if one.low is not None and one.high is not None]
    if len(seen) < 2:
        return None
    left, right = 74.0, width - 8.0
    bounds = [(one.estimate, one.low or 0.0, one.high or 0.0) for one in seen]
    low, high = _range(bounds)
    until = max(until, float(seen[-1].hour), 1.0)

    def x(hour: float) -> float:
        return left + (right - left) * min(hour / until, 1.0)

    def y(value: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * (min(max(value, low), high) - low) / (high - low)

    hours = [x(one.hour) for one in seen]
    over = [f"{a:.1f} {y(one[2]):.1f}" for a, one in zip(hours, bounds, strict=True)]
    under = [f"{a:.1f} {y(one[1]):.1f}" for a, one in zip(hours, bounds, strict=True)]
    middle = [f"{a:.1f} {y(one[0]):.1f}" for a, one in zip(hours, bounds, strict=True)]
    last = y(bounds[-1][0])
    return Picture(
        width=width,
        height=HEIGHT,
        left=f"{left:.1f}",
        right=f"{right:.1f}",
        base=f"{BOTTOM:.1f}",
        band="M" + "L".join([*over, *reversed(under)]) + "Z",
        line="M" + "L".join(middle),
        rows=[Tick(f"{y(one):.1f}", say(one)) for one in _ticks(low, high)],
        zero=f"{y(0.0):.1f}",
        days=[Tick(f"{x(day * 24):.1f}", say_day(day)) for day in _days(until, width)],
        stop="" if ended is None else f"{x(ended):.1f}",
        ahead=f"M{hours[-1]:.1f} {last:.1f}H{right:.1f}",
    )


def _range(bounds: Sequence[tuple[float, float, float]]) -> tuple[float, float]:
    """Return what the axis shows: all that the later half of the looks says, and zero; the wide beginning is cut."""
    late = bounds[len(bounds) // 2 :]
    low = min(0.0, *(one[1] for one in late), *(one[0] for one in bounds))
    high = max(0.0, *(one[2] for one in late), *(one[0] for one in bounds))
    room = (high - low) * 0.08 or 1.0
    return low - room, high + room


def _ticks(low: float, high: float) -> list[float]:
    rough = (high - low) / 4
    scale = 10 ** math.floor(math.log10(rough))
    step = next(one for one in _STEPS if one * scale >= rough) * scale
    first = math.ceil(low / step)
    return [n * step for n in range(first, math.floor(high / step) + 1)]


def _days(until: float, width: int) -> list[int]:
    whole = max(int(until // 24), 1)
    step = max(math.ceil(whole / (5 if width > 500 else 3)), 1)
    return list(range(0, whole + 1, step))
