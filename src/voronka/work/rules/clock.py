"""The client's clock beside mine: what its face shows, how far apart we are, what his sky looks like."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from voronka.kit.clocks import MINUTES_A_DAY, offset, wall
from voronka.work.rules.hours import CallWindow, Span
from voronka.work.rules.schedule import Schedule
from voronka.work.rules.shared_hours import shared_hours

DUSK = timedelta(hours=1)


class Sky(StrEnum):
    """The colour of the client's window: calls are allowed, end within an hour, or are not allowed."""

    DAY = "day"
    DUSK = "dusk"
    NIGHT = "night"


@dataclass(frozen=True, slots=True)
class ClockFace:
    """What a wall clock and a calendar of the zone show; weekday 0 is Monday."""

    zone: str
    hour: int
    minute: int
    day: date
    weekday: int
    offset_minutes: int


@dataclass(frozen=True, slots=True)
class Difference:
    """How far one clock is ahead of another, in minutes; below zero when it is behind."""

    total_minutes: int

    @property
    def sign(self) -> str:
        """`+`, a real minus, or nothing when the clocks agree."""
        return "+" if self.total_minutes > 0 else "\u2212" if self.total_minutes < 0 else ""

    @property
    def hours(self) -> int:
        """Whole hours, without the sign."""
        return abs(self.total_minutes) // 60

    @property
    def minutes(self) -> int:
        """Minutes over the whole hours, without the sign."""
        return abs(self.total_minutes) % 60

    @property
    def figure(self) -> str:
        """The difference as written before its unit: `+4`, `+5:30`, `\u22123`, `0`."""
        return f"{self.sign}{self.hours}:{self.minutes:02}" if self.minutes else f"{self.sign}{self.hours}"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Part of a dial, in minutes of the local day."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DayScale:
    """The client's local day as drawn: when to call, when I work, when both, and where now is."""

    now_minute: int
    call: list[Stretch]
    work: list[Stretch]
    both: list[Stretch]


def clock_face(at: datetime, zone: str) -> ClockFace:
    """Return what clock and calendar of the zone show at the moment."""
    clock = wall(at, zone)
    ahead = int(offset(at, zone).total_seconds() // 60)
    return ClockFace(zone, clock.hour, clock.minute, clock.date(), clock.weekday(), ahead)


def difference(zone: str, mine: str, at: datetime) -> Difference:
    """Return how far the zone's clock is ahead of mine at the moment."""
    apart = offset(at, zone) - offset(at, mine)
    return Difference(round(apart.total_seconds() / 60))


def sky(window: CallWindow, at: datetime) -> Sky:
    """Return the client's sky: night outside calling hours, dusk within an hour of their end."""
    if not window.is_open(at):
        return Sky.NIGHT
    closes = window.closes_at(at)
    return Sky.DUSK if closes is not None and closes - at <= DUSK else Sky.DAY


def day_scale(window: CallWindow, schedule: Schedule | None, at: datetime) -> DayScale:
    """Return the client's local day of the moment for the scale under his clock."""
    clock = wall(at, window.zone)
    day = clock.date()
    work: list[Span] = []
    both: list[Span] = []
    if schedule is not None:
        whole = CallWindow(window.zone, 0, MINUTES_A_DAY)
        work, both = shared_hours(whole, schedule, day), shared_hours(window, schedule, day)
    return DayScale(
        clock.hour * 60 + clock.minute,
        *([_stretch(span, day, window.zone) for span in spans] for spans in (window.spans_on(day), work, both)),
    )


def _stretch(span: Span, day: date, zone: str) -> Stretch:
    start, end = wall(span.start, zone), wall(span.end, zone)
    end_minute = end.hour * 60 + end.minute if end.date() == day else MINUTES_A_DAY
    return Stretch(start.hour * 60 + start.minute, end_minute)
