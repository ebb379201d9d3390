"""The hour strip: the client's hours above, mine below, my load between.

A column is an hour of the client's clock. Hours when calls are not allowed are folded into a night, but for the
first two after calls end, which stay in sight as quiet. Hours when calls are allowed but I am not at work are off.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import islice

from voronka.deals.rules.sides import CallHours, WorkHours
from voronka.kit.clocks import day_bounds, first_change, wall

COLUMNS = 18
QUIET_IN_SIGHT = 2
LONGEST_NIGHT = 14 * 24
PICK_MINUTES = 5
LATEST_MORNING, EARLIEST_EVENING = 11, 22  # a night ends outside of them
FULL = 4
QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)


class ColumnKind(StrEnum):
    """What an hour is good for."""

    FREE = ""
    QUIET = "quiet"
    OFF = "off"
    NIGHT = "night"


@dataclass(frozen=True, slots=True)
class Column:
    """An hour, or a folded night, from `start` up to `end`; `client` and `mine` are wall clocks at the start.

    `pick` is the moment that a press on the column sets: its first five-minute mark when calls are allowed, None when
    there is none. `first_of` is the client's date where the column begins a day, or the strip. `hours` is how
    many hours are folded. `comes_again` marks the second of two equal hours on the day the clock goes back.
    """

    start: datetime
    end: datetime
    client: datetime
    mine: datetime
    kind: ColumnKind
    load: int
    pick: datetime | None = None
    first_of: date | None = None
    hours: int = 1
    comes_again: bool = False

    @property
    def is_full(self) -> bool:
        """Whether more is set for the hour than it holds well."""
        return self.load >= FULL

    @property
    def client_end(self) -> datetime:
        """The client's wall clock at the end: what a folded night lasts until."""
        return self.end.astimezone(self.client.tzinfo)

    @property
    def is_by_day(self) -> bool:
        """Whether folded hours last into the day: of a client who asked for evenings they are no night."""
        return self.kind is ColumnKind.NIGHT and LATEST_MORNING < self.client_end.hour < EARLIEST_EVENING


@dataclass(frozen=True, slots=True)
class StripDay:
    """A day to choose: the client's date, my tasks on it, and whether no hour of it suits both."""

    day: date
    load: int
    is_off: bool


@dataclass(frozen=True, slots=True)
class _Sides:
    now: datetime
    client_zone: str
    my_zone: str
    window: CallHours
    schedule: WorkHours | None
    load: Mapping[datetime, int]

    def column(self, start: datetime) -> Column:
        """Return the hour of the client's clock that begins at the moment."""
        client = wall(start, self.client_zone)
        whole = start + HOUR - timedelta(minutes=client.minute, seconds=client.second)
        end = first_change(self.client_zone, start, whole) or whole
        pick = self._pick(max(start, self.now), end)
        return Column(
            start,
            end,
            client,
            wall(start, self.my_zone),
            self._kind(start, end, pick),
            tasks_in(self.load, start, end),
            pick,
            comes_again=bool(client.fold),
        )

    def _kind(self, start: datetime, end: datetime, pick: datetime | None) -> ColumnKind:
        if pick is None:
            return ColumnKind.QUIET
        working = self.schedule.next_working_moment(start) if self.schedule else start
        return ColumnKind.FREE if working is not None and working < end else ColumnKind.OFF

    def _pick(self, start: datetime, end: datetime) -> datetime | None:
        opens = self.window.next_open(start)
        mark = _rounded_up(opens)
        if mark >= end or not self.window.is_open(mark):
            return None
        return mark


def hour_strip(
    now: datetime,
    client_zone: str,
    my_zone: str,
    window: CallHours,
    schedule: WorkHours | None = None,
    load: Mapping[datetime, int] | None = None,
    *,
    day: date | None = None,
    columns: int = COLUMNS,
) -> list[Column]:
    """Return the strip from the present hour on, or from the start of a chosen day of the client.

    `load` counts my tasks by quarters of an hour of UTC. A day that is past or today begins with the present hour.
    Nights come on top of the number of columns.
    """
    now = now.astimezone(UTC)
    sides = _Sides(now, client_zone, my_zone, window, schedule, load or {})
    start = _hour_start(now, client_zone)
    if day is not None:
        start = max(start, day_bounds(day, client_zone)[0])
    return _labelled(_cut(_folded(_hours(sides, start)), columns))


def strip_days(
    now: datetime,
    client_zone: str,
    window: CallHours,
    schedule: WorkHours | None = None,
    load: Mapping[datetime, int] | None = None,
    *,
    days: int = 7,
) -> list[StripDay]:
    """Return the days to choose from, today by the client's clock first."""
    today = wall(now, client_zone).date()
    found: list[StripDay] = []
    for number in range(days):
        day = today + timedelta(days=number)
        start, end = day_bounds(day, client_zone)
        suits = _suits_both(window, schedule, max(start, now.astimezone(UTC)), end)
        found.append(StripDay(day, tasks_in(load or {}, start, end), not suits))
    return found


def tasks_in(load: Mapping[datetime, int], start: datetime, end: datetime) -> int:
    """Return how many tasks, counted by quarters of an hour of UTC, lie from `start` up to `end`."""
    count = -((start - end) // QUARTER)
    return sum(load.get(start + QUARTER * number, 0) for number in range(count))


def _suits_both(window: CallHours, schedule: WorkHours | None, start: datetime, end: datetime) -> bool:
    at = start
    while True:
        opens = window.next_open(at)
        working = schedule.next_working_moment(opens) if schedule else opens
        if working is None or working >= end:
            return False
        if window.is_open(working):
            return True
        at = working


def _rounded_up(at: datetime) -> datetime:
    floor = at.replace(minute=at.minute // PICK_MINUTES * PICK_MINUTES, second=0, microsecond=0)
    return at if floor == at else floor + timedelta(minutes=PICK_MINUTES)


def _hour_start(at: datetime, zone: str) -> datetime:
    """Return when the hour began that the zone's clock shows, not before a change of the clock inside it."""
    clock = wall(at, zone)
    start = at - timedelta(minutes=clock.minute, seconds=clock.second, microseconds=clock.microsecond)
    return first_change(zone, start, at) or start


def _hours(sides: _Sides, start: datetime) -> Iterator[Column]:
    while True:
        column = sides.column(start)
        yield column
        start = column.end


def _folded(hours: Iterator[Column]) -> Iterator[Column]:
    """Yield the hours with long closed stretches folded; the first hours after an open one stay in sight."""
    held: list[Column] = []
    after_open = False
    for hour in hours:
        if hour.kind is ColumnKind.QUIET and len(held) < LONGEST_NIGHT:
            held.append(hour)
            continue
        yield from _night(held, QUIET_IN_SIGHT if after_open else 0)
        held = []
        after_open = True
        yield hour


def _night(held: list[Column], in_sight: int) -> Iterator[Column]:
    yield from held[:in_sight]
    rest = held[in_sight:]
    if len(rest) < 2:
        yield from rest
        return
    first = rest[0]
    yield Column(
        first.start,
        rest[-1].end,
        first.client,
        first.mine,
        ColumnKind.NIGHT,
        sum(hour.load for hour in rest),
        hours=len(rest),
    )


def _cut(cells: Iterator[Column], columns: int) -> list[Column]:
    """Return so many hours with the nights between them; no night ends the strip."""
    found: list[Column] = []
    hours = 0
    for cell in islice(cells, 4 * columns):
        if hours == columns:
            break
        hours += cell.kind is not ColumnKind.NIGHT
        found.append(cell)
    return found


def _labelled(cells: list[Column]) -> list[Column]:
    """Return the cells with the date on the first hour of each day in sight."""
    found: list[Column] = []
    known: date | None = None
    for cell in cells:
        day = cell.client.date()
        if cell.kind is ColumnKind.NIGHT or day == known:
            found.append(cell)
            continue
        known = day
        found.append(replace(cell, first_of=day))
    return found
