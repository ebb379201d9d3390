"""Geometry of the pictures of reports: the stream of the funnel, before and after, answers by hour, ticks.

Plain numbers in, SVG coordinates out, as strings, so that no locale turns a point into a comma.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from voronka.kit.shapes import at

# --- The stream: width is time, height is deals ---------------------------------------------------------------

WIDTH, MIDDLE, HALF = 992, 134, 88
NARROW = 84  # points that a stage needs for its words
SLOPE = 18
DAY = 86_400.0
LEAST = 0.001  # seconds; a stage that took less has no time to draw
LETTER = 8.1  # points of a letter of a stage's name


@dataclass(frozen=True, slots=True)
class StagePlace:
    """Where a stage of the stream stands; `is_scaled` tells that its width is its time."""

    x: str
    x_text: str
    x_count: str
    name: str
    is_scaled: bool


@dataclass(frozen=True, slots=True)
class Stream:
    """The picture of a funnel: its shape, the one before, one stage by itself, the scale of days under it."""

    shape: str
    was: str
    chosen: str
    places: Sequence[StagePlace]
    line: str
    ticks: str
    labels: Sequence[tuple[str, int, str]]  # x, day, anchor
    cuts: Sequence[str]  # x of the words under stages that are not to scale


def stream(
    names: Sequence[str],
    now: Sequence[tuple[int, float | None]],
    was: Sequence[tuple[int, float | None]],
    chosen: int,
) -> Stream:
    """Return the picture of stages with (deals, seconds) now and before.

    A stage too short for its words gets the width that they need, and the scale is cut there.
    """
    unit, scaled = _unit([seconds for _n, seconds in now], [seconds for _n, seconds in was])
    most = max([count for count, _s in (*now, *was)] or [1]) or 1
    widths = [_width(one[1], is_scaled, unit) for one, is_scaled in zip(now, scaled, strict=True)]
    before = [_width(one[1], is_scaled, unit) for one, is_scaled in zip(was, scaled, strict=True)]
    halves = [count / most * HALF for count, _s in now]
    starts = [sum(widths[:n]) for n in range(len(widths))]
    places = [
        StagePlace(at(x), at(x + (8 if n else 0)), at(x + 8), _fit(name, width - 12), is_scaled)
        for n, (x, width, name, is_scaled) in enumerate(zip(starts, widths, names, scaled, strict=True))
    ]
    ticks, labels = _ticks(starts, widths, scaled, unit)
    return Stream(
        shape=_outline(widths, halves),
        was=_outline(before, [count / most * HALF for count, _s in was]) if any(n for n, _s in was) else "",
        chosen=_one(starts[chosen], widths[chosen], halves, chosen) if names else "",
        places=places,
        line=_line(starts, widths, scaled),
        ticks=ticks,
        labels=labels,
        cuts=[at(x) for x, is_scaled in zip(starts, scaled, strict=True) if not is_scaled],
    )


def _unit(now: Sequence[float | None], was: Sequence[float | None]) -> tuple[float, list[bool]]:
    """Return points for a second, and which stages are drawn to scale: those that come out wide enough for words."""
    scaled = [(seconds or 0) >= LEAST for seconds in now]
    while any(scaled):
        room = WIDTH - NARROW * scaled.count(False)
        longest = max(
            sum(seconds or 0 for seconds, is_scaled in zip(times, scaled, strict=True) if is_scaled)
            for times in (now, was)
        )
        unit = room / longest
        narrow = [n for n, seconds in enumerate(now) if scaled[n] and (seconds or 0) * unit < NARROW]
        if not narrow:
            return unit, scaled
        scaled[min(narrow, key=lambda n: now[n] or 0)] = False
    return 0.0, scaled


def _width(seconds: float | None, is_scaled: bool, unit: float) -> float:
    return max((seconds or 0) * unit, SLOPE * 2) if is_scaled else NARROW


def _outline(widths: Sequence[float], halves: Sequence[float]) -> str:
    """Return the closed shape: each stage goes on level and slopes to the height of the next at its end."""
    upper: list[str] = []
    lower: list[str] = []
    x = 0.0
    for n, (width, half) in enumerate(zip(widths, halves, strict=True)):
        following = halves[n + 1] if n + 1 < len(halves) else half
        turn = x + max(0.0, width - SLOPE)
        for px, height in ((x, half), (turn, half), (x + width, following)):
            upper.append(f"{at(px)} {at(MIDDLE - height)}")
            lower.append(f"{at(px)} {at(MIDDLE + height)}")
        x += width
    return f"M{'L'.join([*upper, *reversed(lower)])}Z" if upper else ""


def _one(x: float, width: float, halves: Sequence[float], n: int) -> str:
    half, following = halves[n], halves[n + 1] if n + 1 < len(halves) else halves[n]
    turn, end = x + max(0.0, width - SLOPE), x + width
    return (
        f"M{at(x)} {at(MIDDLE - half)}H{at(turn)}L{at(end)} {at(MIDDLE - following)}V{at(MIDDLE + following)}"
        f"L{at(turn)} {at(MIDDLE + half)}H{at(x)}Z"
    )


def _line(starts: Sequence[float], widths: Sequence[float], scaled: Sequence[bool]) -> str:
    """Return the line of the scale: unbroken under stages to scale, cut by two strokes after those that are not."""
    parts = []
    for x, width, is_scaled in zip(starts, widths, scaled, strict=True):
        end = x + width
        cut = "" if is_scaled else f"M{at(end - 9)} 292l6-8M{at(end - 3)} 292l6-8"
        parts.append(f"M{at(x)} 288H{at(end if is_scaled else end - 6)}{cut}")
    return "".join(parts)


def _ticks(
    starts: Sequence[float], widths: Sequence[float], scaled: Sequence[bool], unit: float
) -> tuple[str, list[tuple[str, int, str]]]:
    """Return ticks of days counted over the stages that are to scale, and the numbers of some of them."""
    total = (
        sum(width for width, is_scaled in zip(widths, scaled, strict=True) if is_scaled) / unit / DAY if unit else 0
    )
    step = next((one for one in (1, 5, 10, 30, 90) if total / one <= 8), 365)
    fine = max(1, step // 5)
    marks, labels, passed = [], [], 0.0
    for x, width, is_scaled in zip(starts, widths, scaled, strict=True):
        if not is_scaled:
            continue
        days = width / unit / DAY
        first = -(-passed // 1)
        for day in range(int(first), int(passed + days) + 1):
            where = x + (day - passed) * unit * DAY
            if day % fine == 0 and where <= x + width:
                marks.append(f"M{at(where)} 288v{8 if day % step == 0 else 4}")
                if day % step == 0 and day and where < WIDTH - 30:
                    labels.append((at(where), day, "middle"))
        passed += days
    return "".join(dict.fromkeys(marks)), list(dict.fromkeys(labels))


def _fit(name: str, width: float) -> str:
    """Cut a name to the width that it has."""
    most = max(3, int(width / LETTER))
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"


# --- Before and after on one line -------------------------------------------------------------------------------

SHIFT = 104


@dataclass(frozen=True, slots=True)
class Shift:
    """Before (an open ring) and after (solid) on one line, and the norm as a tick; empty where there is none."""

    was: str
    now: str
    norm: str
    is_worse: bool


def shift(
    was: float | None, now: float | None, most: float, *, norm: float | None = None, less_is_better: bool
) -> Shift:
    """Return the picture of a change on a line from 0 to `most`; what lies beyond stands at the end."""

    def x(value: float | None) -> str:
        return "" if value is None else at(6 + min(value, most) / (most or 1) * (SHIFT - 12))

    worse = was is not None and now is not None and (now > was if less_is_better else now < was)
    return Shift(x(was), x(now), x(norm), worse)


def strip(parts: Sequence[tuple[str, int]], most: int, *, width: int = 150) -> list[tuple[str, str, str]]:
    """Return code, x and width of each part of a bar whose longest is as wide as `width`; empty parts are left out."""
    found, x = [], 0.0
    for code, count in parts:
        if count:
            wide = count / (most or 1) * width
            found.append((code, at(x), at(max(wide - 1, 0.5))))
            x += wide
    return found


# --- Ticks of a count --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ticks:
    """A tick a piece as two paths: those there were before (or within the norm), and those over."""

    usual: str
    over: str


def ticks(count: float, before: float, most: float, width: int, *, height: int = 14, gap: float = 4.2) -> Ticks:
    """Return ticks of a count in a width; where `most` of them do not fit, a tick stands for several."""
    room = max(1, int((width - 2) / gap))
    piece = max(1.0, most / room)
    shown, usual = round(count / piece), round(min(count, before) / piece)
    if count and not shown:
        shown = 1
    paths = [f"M{at(1 + n * gap)} 1V{height - 1}" for n in range(shown)]
    return Ticks("".join(paths[:usual]), "".join(paths[usual:]))


# --- Answers by hour ---------------------------------------------------------------------------------------------

COLUMN, FOOT, TOP = 20, 164, 22


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour's column: up to the norm, over it, its number above when over, what it was as a dash."""

    hour: int
    x: str
    x_text: str
    y_bar: str
    bar: str
    y_over: str
    over: str
    y_label: str
    label: str
    y_was: str
    x_was: str


@dataclass(frozen=True, slots=True)
class Wait:
    """The picture of answers by hours and where its norm lies."""

    width: int
    hours: Sequence[Hour]
    y_norm: str


def wait(rows: Sequence[tuple[int, float | None, float | None]], norm: float, labels: Sequence[str]) -> Wait:
    """Return columns of (hour, now, before); a column taller than six norms is cut, its label says how much it is."""
    cap = max(norm * 1.5, min(norm * 6, max([value for _h, *both in rows for value in both if value] or [norm])))
    unit = (FOOT - TOP) / cap

    def y(value: float) -> float:
        return FOOT - min(value, cap) * unit

    hours = []
    for n, ((hour, now, was), label) in enumerate(zip(rows, labels, strict=True)):
        x, value = n * COLUMN + 2, now or 0.0
        is_over = value > norm
        top = min(y(value), y(was or 0))
        hours.append(
            Hour(
                hour, str(x), at(x + 5.5), at(y(min(value, norm))), at(FOOT - y(min(value, norm))),
                at(y(value)), at(y(norm) - y(value)) if is_over else "", at(top - 6), label if is_over else "",
                "" if was is None else at(y(was)), str(x - 3),
            )
        )  # fmt: skip
    return Wait(len(rows) * COLUMN + 22, hours, at(y(norm)))


# --- Presses by day ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Days:
    """Columns of the days of a period as one path, and the line of the period before."""

    columns: str
    was: str
    top: int


def days(now: Sequence[int], was: Sequence[int], width: int, height: int) -> Days:
    """Return columns of `now` and the stepped line of `was`, day by day from the first."""
    count, most = max(len(now), len(was), 1), max([*now, *was, 1])
    step = width / count
    bar = min(14.0, max(1.0, step * 0.62))

    def y(value: int) -> str:
        return at(height - value / most * height)

    columns = "".join(
        f"M{at(n * step + (step - bar) / 2)} {height}V{y(value)}h{at(bar)}V{height}Z"
        for n, value in enumerate(now)
        if value
    )
    line = "".join(f"{'M' if n == 0 else 'L'}{at(n * step)} {y(value)}h{at(step)}" for n, value in enumerate(was))
    return Days(columns, line if any(was) else "", most)
