"""When a client may be called, by the client's own clock.

A window is half-open: at its closing minute calls are no longer made. It goes by the wall clock, as people
do: in an hour that comes twice it is open twice, in a skipped hour it cannot open. See
docs/algorithms/calling-hours.md.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from voronka.kit.clocks import MINUTES_A_DAY, day_bounds, first_change, is_zone, offset, wall

SNAP_MINUTES = 30


@dataclass(frozen=True, slots=True)
class Hours:
    """Minutes of a local day, 0..1440. Hours that close before they open go over midnight."""

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if problem := hours_problem(self.opens, self.closes):
            raise ValueError(problem)

    def holds(self, minute: int) -> bool:
        """Tell whether the minute of the day lies in the hours."""
        if self.opens < self.closes:
            return self.opens <= minute < self.closes
        return minute >= self.opens or minute < self.closes


def hours_problem(opens: int, closes: int) -> str | None:
    """Return why these minutes cannot be hours: `out_of_day`, `empty`; None when they can."""
    if not (0 <= opens < MINUTES_A_DAY and 0 <= closes <= MINUTES_A_DAY):
        return "out_of_day"
    return "empty" if opens == closes else None


COMPANY_HOURS = Hours(9 * 60, 20 * 60)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time from `start` up to, not including, `end`."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class CallWindow:
    """Hours of the day in the client's zone at which he may be called, each day but the days off.

    `closed_weekdays`: 0 is Monday. Raises ValueError for hours, a zone or a week in which no call is possible.
    """

    zone: str
    opens_minute: int
    closes_minute: int
    closed_weekdays: frozenset[int] = frozenset()
    closed_dates: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if problem := hours_problem(self.opens_minute, self.closes_minute):
            raise ValueError(problem)
        if not is_zone(self.zone):
            raise ValueError("unknown_zone")
        if len(self.closed_weekdays & set(range(7))) == 7:
            raise ValueError("never_open")

    @property
    def hours(self) -> Hours:
        """The hours of an open day."""
        return Hours(self.opens_minute, self.closes_minute)

    @property
    def never_closes(self) -> bool:
        """Whether calls are allowed at any moment."""
        whole = self.opens_minute == 0 and self.closes_minute == MINUTES_A_DAY
        return whole and not self.closed_weekdays and not self.closed_dates

    def is_open(self, at: datetime) -> bool:
        """Tell whether the client may be called at the moment."""
        return self._is_open_on(wall(at, self.zone))

    def next_open(self, at: datetime) -> datetime:
        """Return the first moment, `at` or later, when the client may be called."""
        return self._first(at.astimezone(UTC), is_open=True)

    def closes_at(self, at: datetime) -> datetime | None:
        """Return when calls must stop; None when the window is closed at the moment or never closes."""
        if self.never_closes or not self.is_open(at):
            return None
        return self._first(at.astimezone(UTC), is_open=False)

    def spans(self, start: datetime, end: datetime) -> list[Span]:
        """Return the open stretches between two moments, in order."""
        found: list[Span] = []
        at = self.next_open(start)
        while at < end:
            closes = self.closes_at(at) or end
            found.append(Span(at, min(closes, end)))
            at = self.next_open(closes)
        return found

    def spans_on(self, day: date) -> list[Span]:
        """Return the open stretches of the client's local day."""
        return list(_spans_on(self, day))

    def _allows(self, day: date) -> bool:
        return day.weekday() not in self.closed_weekdays and day not in self.closed_dates

    def _is_open_on(self, clock: datetime) -> bool:
        return self._allows(clock.date()) and self.hours.holds(clock.hour * 60 + clock.minute)

    def _first(self, at: datetime, *, is_open: bool) -> datetime:
        """Return the first moment from `at` on at which the window is open, or is not.

        While the clock is not moved, local time runs evenly, so the answer is read off the dial; when a
        change of the clock comes before it, look again from the change.
        """
        while True:
            ahead = offset(at, self.zone)
            found = self._first_on_dial(at.replace(tzinfo=None) + ahead, is_open=is_open)
            answer = (found - ahead).replace(tzinfo=UTC)
            change = first_change(self.zone, at, answer) if answer > at else None
            if change is None:
                return answer
            at = change

    def _first_on_dial(self, clock: datetime, *, is_open: bool) -> datetime:
        """Return the same for a local clock that is never moved: the state changes only at these minutes."""
        while self._is_open_on(clock) is not is_open:
            midnight = datetime.combine(clock.date(), time())
            marks = (midnight + timedelta(minutes=m) for m in (self.opens_minute, self.closes_minute, MINUTES_A_DAY))
            clock = min(mark for mark in marks if mark > clock)
        return clock


@lru_cache(maxsize=4096)
def _spans_on(window: CallWindow, day: date) -> tuple[Span, ...]:
    """Return the open stretches of a day: reckoned once, since a page asks for those of many clients alike."""
    return tuple(window.spans(*day_bounds(day, window.zone)))


ALWAYS = CallWindow("UTC", 0, MINUTES_A_DAY)


def company_window(zone: str, own: Hours | None = None, company: Hours = COMPANY_HOURS) -> CallWindow:
    """Return the window of a client: the client's own hours, else the company's (9:00-20:00 unless changed)."""
    hours = own or company
    return snapped(CallWindow(zone, hours.opens, hours.closes))


def snapped(window: CallWindow) -> CallWindow:
    """Return the window narrowed to half-hours, so that few windows serve many clients.

    Hours that hold no whole half-hour raise ValueError("too_short"): rather no call than one at a wrong time.
    """
    opens = -(-window.opens_minute // SNAP_MINUTES) * SNAP_MINUTES
    closes = window.closes_minute // SNAP_MINUTES * SNAP_MINUTES
    length = (window.closes_minute - window.opens_minute) % MINUTES_A_DAY or MINUTES_A_DAY
    lost = opens - window.opens_minute + window.closes_minute - closes
    if lost >= length:
        raise ValueError("too_short")
    if opens == MINUTES_A_DAY:
        opens = 0
    if closes == 0:
        closes = MINUTES_A_DAY
    return replace(window, opens_minute=opens, closes_minute=closes)
