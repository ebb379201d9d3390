"""Geometry of the small pictures: scale, load, queue, ribbon, ring. Plain numbers in, SVG coordinates out.

Coordinates are strings so that no locale turns a point into a comma. Hours are floats on the client's day 0-24;
a lane may run past midnight (to > 24) and is then drawn in two pieces.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import pi


def at(value: float) -> str:
    """A coordinate with one digit, without a needless zero."""
    return f"{value:.1f}".removesuffix(".0")


@dataclass(frozen=True)
class Box:
    """A rectangle of a picture."""

    x: str
    width: str
    y: str = "0"
    height: str = "0"


@dataclass(frozen=True)
class Mark:
    """A tick or label of a picture: where it stands, what it says, how it is drawn."""

    x: str
    text: str = ""
    kind: str = ""
    y: str = "0"
    anchor: str = "middle"


@dataclass(frozen=True)
class Stroke:
    """Ticks of one kind as one path."""

    kind: str
    d: str


def strokes(marks: Iterable[Mark], foot: int) -> list[Stroke]:
    """Standing ticks down to `foot`, one path for each kind, in the order in which the kinds appear."""
    kinds: dict[str, list[str]] = {}
    for mark in marks:
        kinds.setdefault(mark.kind, []).append(f"M{mark.x} {mark.y}V{foot}")
    return [Stroke(kind, "".join(parts)) for kind, parts in kinds.items()]


def lane(start: float, end: float, unit: float) -> list[Box]:
    """Hours from start to end as boxes, `unit` points an hour; past midnight it begins again on the left."""
    pieces = [(start, min(end, 24.0)), (0.0, end - 24.0)] if end > 24 else [(start, end)]
    return [Box(at(a * unit), at((b - a) * unit)) for a, b in pieces if b > a]


@dataclass(frozen=True)
class Scale:
    """The graduated scale of a client's day, 264 points wide."""

    call: list[Box]
    work: list[Box]
    meet: list[Box]
    ticks: str
    labels: list[Mark]
    now: str


HOUR = 11


def scale(
    now: float,
    call: Sequence[float],
    work: Sequence[float] = (),
    meet: Sequence[float] = (),
) -> Scale:
    """Scale for the clock: `now` and lanes in hours of the client's day, each a row of beginnings and ends."""

    def boxes(hours: Sequence[float]) -> list[Box]:
        pairs = zip(hours[::2], hours[1::2], strict=True)
        return [box for start, end in pairs for box in lane(start, end, HOUR)]

    ends = {0: "start", 24: "end"}
    return Scale(
        call=boxes(call),
        work=boxes(work),
        meet=boxes(meet),
        ticks="".join(f"M{at(h * HOUR)} 33v{3 if h % 6 else 6}" for h in range(25)),
        labels=[Mark(at(h * HOUR), text=str(h), anchor=ends.get(h, "middle")) for h in (0, 6, 12, 18, 24)],
        now=at(now * HOUR),
    )


@dataclass(frozen=True)
class LoadHour:
    """One hour of the day's load: done solid, planned open."""

    hour: int
    total: int
    is_now: bool
    x_bar: str
    x_plan: str
    x_text: str
    y_done: str
    done: str
    y_plan: str
    plan: str
    y_text: str


def load(hours: Iterable[Sequence[int]], now: int) -> list[LoadHour]:
    """Columns of the load from (hour, done, planned), 336 points wide and 62 high whatever the largest hour is."""
    rows = [(int(h), int(d), int(p)) for h, d, p in hours]
    width, top = 336 / max(1, len(rows)), 62
    unit = min(6.0, 46 / max([1, *(d + p for _, d, p in rows)]))
    bar = min(15.0, width * 0.45)
    out = []
    for index, (hour, done, plan) in enumerate(rows):
        middle, tall = index * width + width / 2, (done + plan) * unit
        out.append(
            LoadHour(
                hour=hour,
                total=done + plan,
                is_now=hour == now,
                x_bar=at(middle - bar / 2),
                x_plan=at(middle - bar / 2 + 0.5),
                x_text=at(middle),
                y_done=at(top - done * unit),
                done=at(done * unit),
                y_plan=at(top - tall + 0.5),
                plan=at(max(0.0, plan * unit - 1)),
                y_text=at(top - tall - 4),
            )
        )
    return out


def queue(done: int, left: int, promised: int = 0, *, limit: int = 112) -> list[Mark]:
    """The day as ticks on 336 points, one per client; past `limit` clients a tick stands for several."""
    total = max(1, done + left)
    each = max(1, -(-total // limit))
    total, promised = -(-total // each), -(-promised // each)
    done = done // each if left else total
    width = 336 / total

    def mark(index: int) -> Mark:
        kind, y = "", "6"
        if index < done:
            kind, y = "is-done", "3"
        elif index == done and left:
            kind, y = "is-now", "0"
        elif index < done + promised:
            kind = "is-promised"
        return Mark(at(index * width + width / 2), kind=kind, y=y)

    return [mark(index) for index in range(total)]


def ring(share: float, radius: float = 6) -> str:
    """Dash array of a ring that is `share` per cent full."""
    length = 2 * pi * radius
    return f"{length * max(0.0, min(100.0, share)) / 100:.1f} {length:.1f}"


@dataclass(frozen=True)
class Ribbon:
    """The day as a scale 1000 points wide, one tick per press."""

    ticks: list[Mark] = field(default_factory=list)
    flags: list[Mark] = field(default_factory=list)
    hours: list[Mark] = field(default_factory=list)
    now: str = "0"


RIBBON_TALL = {"miss": 12, "talk": 26, "step": 46, "paid": 46, "refuse": 26}


def ribbon(presses: Iterable[Sequence[object]], start: int, end: int, now: float) -> Ribbon:
    """Ribbon of (minute of the day, kind[, flag text]) from hour `start` to hour `end`; `now` in minutes.

    Kinds: miss, talk, step, paid, refuse.
    """

    def x(minute: float) -> float:
        return (minute - start * 60) / ((end - start) * 60) * 1000

    ticks, flags = [], []
    for press in presses:
        minute, kind = float(str(press[0])), str(press[1])
        ticks.append(Mark(at(x(minute)), kind=kind, y=str(92 - RIBBON_TALL.get(kind, 26))))
        if len(press) > 2 and press[2]:
            anchor = "end" if x(minute) > 900 else "start" if x(minute) < 60 else "middle"
            flags.append(Mark(at(x(minute)), text=str(press[2]), kind=kind, y="38", anchor=anchor))
    hours = [
        Mark(
            at(x(h * 60)),
            text=f"{h}:00",
            anchor="start" if h == start else "end" if h == end else "middle",
        )
        for h in range(start, end + 1)
    ]
    return Ribbon(ticks, flags, hours, at(x(now)))


def shares(done: int, total: int, size: float = 100) -> str:
    """Part of a length, never outside it."""
    return at(size * max(0.0, min(1.0, done / total if total else 0.0)))


def progress_ticks(done: int, total: int, late: Iterable[int] = ()) -> list[Mark]:
    """A hundred ticks of a run on 1325 points; `late` are the ticks (0-99) that hold a failure."""
    bad = set(late)
    reached = int(100 * done / total) if total else 0

    def mark(index: int) -> Mark:
        kind = "is-now" if index == reached else ""
        if index < reached:
            kind = "is-late" if index in bad else "is-done"
        return Mark(at(index * 13.3 + 4), kind=kind, y="0" if index == reached else "6")

    return [mark(index) for index in range(100)]


def percent(done: int, total: int) -> int:
    """Whole per cent: 0 of nothing, 100 only when all is done."""
    if total <= 0:
        return 0
    return 100 if done >= total else min(99, max(0, 100 * done // total))


@dataclass(frozen=True)
class ClockFace:
    """The client's clock: hour of the day, sky (day, dusk, night) and texts."""

    hour: float
    sky: str
    icon: str
    offset: str
    opens: str
    shuts: str
    left: str


SKY_ICONS = {"day": "sun", "dusk": "sunset-2", "night": "moon-stars"}


def sky(hour: float, call: Sequence[float]) -> str:
    """Colour of the client's window: night outside the calling hours, dusk in the last one, else day."""
    if not call[0] <= hour < call[1]:
        return "night"
    return "dusk" if hour >= call[1] - 1 else "day"


def age(days: int, norm: int, limit: int = 8) -> list[str]:
    """Ticks of an age, one a day: solid past, red over the norm, open ahead."""
    marks = ["is-over" if n >= norm else "is-past" for n in range(min(days, limit))]
    return marks + [""] * max(0, min(norm, limit) - len(marks))


def dots(now: int, of: int) -> list[str]:
    """Dots of a stage (1 to `of`); beyond `of` all are past."""
    return ["is-past" if n < now else "is-now" if n == now else "" for n in range(1, of + 1)]


@dataclass(frozen=True)
class HourBar:
    """Own tasks of an hour as a standing and a lying bar."""

    y: str
    height: str
    text: str
    wide: str
    wide_text: str


def hour_bar(tasks: int) -> HourBar:
    """Nine points a task standing (five tasks fill it), 34 lying; more tasks only show their number."""
    tall, wide = min(tasks, 5) * 9, min(tasks, 5) * 34
    return HourBar(at(56 - tall), at(tall), at(52 - tall), at(wide), at(wide + 7 if tasks else 0))


@dataclass(frozen=True)
class SkyRow:
    """One zone of the picture on the page of signing in."""

    name: str
    sky: str
    time: str
    y: str
    text_y: str
    time_y: str
    day: list[Box]
    dusk: list[Box]


@dataclass(frozen=True)
class SkyLanes:
    """Zones as lanes on the scale of my day, 720 by 676 points."""

    title: str
    mine: str
    now: str
    ticks: list[Mark]
    hours: list[Mark]
    rows: list[SkyRow]


def sky_lanes(rows: Sequence[tuple[str, float, str, str]], now: float, *, title: str, mine: str) -> SkyLanes:
    """Lanes from (name, hours ahead of me, sky, time): calling hours 9-20 of each zone on my scale."""
    unit = 496 / 24

    def boxes(start: float, end: float) -> list[Box]:
        low = start % 24
        return [
            Box(at(132 + float(box.x)), box.width) for box in lane(low, low + end - start, unit) if float(box.width)
        ]

    made = []
    for index, (name, gap, colour, time) in enumerate(rows):
        y = 36 + index * 56
        made.append(
            SkyRow(
                name,
                colour,
                time,
                str(y),
                str(y + 15),
                str(y + 16),
                boxes(9 - gap, 19 - gap),
                boxes(19 - gap, 20 - gap),
            )
        )
    return SkyLanes(
        title=title,
        mine=mine,
        now=at(132 + now * unit),
        ticks=[Mark(at(132 + h * unit), y="18" if h % 6 else "12") for h in range(25)],
        hours=[Mark(at(132 + h * unit), text=str(h)) for h in (0, 6, 12, 18, 24)],
        rows=made,
    )
