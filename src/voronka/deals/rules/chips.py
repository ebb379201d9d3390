"""Quick times for the next call: hours good for both sides, each with both clocks, none when calls are not allowed.

Names are codes and values; the screen says "in 5 min", "today 18:00", "Monday 9:00". Where the two sides
do not agree which day it is, a weekday is named, never "tomorrow".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from voronka.deals.rules.sides import CallHours, WorkHours
from voronka.kit.clocks import day_bounds, first_change, wall

SOON_MINUTES = (5, 60)
EVENING = 18
MORNING = 10
WEEK_MORNING = 9
LEAST_AHEAD = timedelta(minutes=90)
LOOK_AHEAD_DAYS = 14
QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)


class ChipKind(StrEnum):
    """How a chip is named: by minutes from now, by today or tomorrow, by weekday, by date (a week off and more)."""

    IN_MINUTES = "in"
    TODAY = "today"
    TOMORROW = "tomorrow"
    WEEKDAY = "weekday"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Chip:
    """A time offered. `client` and `mine` are the wall clocks (aware, local); `minutes` is set for `in`.

    `load` is how many tasks the caller has in the hour from then, to the quarter. `days_differ` tells that the two
    calendars show different days then.
    """

    kind: ChipKind
    at: datetime
    client: datetime
    mine: datetime
    minutes: int | None
    load: int

    @property
    def weekday(self) -> int:
        """The client's weekday then, 0 is Monday."""
        return self.client.weekday()

    @property
    def days_differ(self) -> bool:
        """Whether it is another day for me."""
        return self.client.date() != self.mine.date()


@dataclass(frozen=True, slots=True)
class _Desk:
    """What all chips of one strip look at."""

    now: datetime
    client_zone: str
    my_zone: str
    window: CallHours
    schedule: WorkHours | None
    load: Mapping[datetime, int]

    def suits(self, at: datetime) -> bool:
        """Whether calls are allowed at the moment and I am at work."""
        return self.window.is_open(at) and (self.schedule is None or self.schedule.is_working(at))

    def hours(self, day: date) -> list[datetime]:
        """Return the whole hours of the client's local day that suit both and are well ahead."""
        return [at for at in whole_hours(day, self.client_zone) if at >= self.now + LEAST_AHEAD and self.suits(at)]

    def chip(self, at: datetime, minutes: int | None = None) -> Chip:
        """Return the chip of a moment under its right name."""
        client, mine = wall(at, self.client_zone), wall(at, self.my_zone)
        start = at - timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
        load = sum(self.load.get(start + QUARTER * number, 0) for number in range(4))
        kind = ChipKind.IN_MINUTES if minutes is not None else self._kind(client, mine)
        return Chip(kind, at, client, mine, minutes, load)

    def _kind(self, client: datetime, mine: datetime) -> ChipKind:
        days = (client.date() - wall(self.now, self.client_zone).date()).days
        my_days = (mine.date() - wall(self.now, self.my_zone).date()).days
        if client.date() == mine.date() and days == my_days and days < 2:
            return ChipKind.TOMORROW if days else ChipKind.TODAY
        return ChipKind.WEEKDAY if days < 7 else ChipKind.DATE


def whole_hours(day: date, zone: str) -> list[datetime]:
    """Return the moments of a local day at which its clock shows a whole hour; twice where it comes twice."""
    at, end = day_bounds(day, zone)
    found: list[datetime] = []
    while at < end:
        clock = wall(at, zone)
        if clock.minute == 0 and clock.second == 0:
            found.append(at)
        after = at + HOUR - timedelta(minutes=clock.minute, seconds=clock.second)
        at = first_change(zone, at, after) or after
    return found


def chips(
    now: datetime,
    client_zone: str,
    my_zone: str,
    window: CallHours,
    schedule: WorkHours | None = None,
    load: Mapping[datetime, int] | None = None,
) -> list[Chip]:
    """Return up to five times to offer, soonest first.

    In 5 minutes, in an hour, an evening hour of today, a morning hour of the next day that suits both, and of the
    next Monday. What does not suit is left out; near times are offered to a caller who works late. `load` counts
    my tasks by quarters of an hour of UTC.
    """
    now = now.astimezone(UTC)
    desk = _Desk(now, client_zone, my_zone, window, schedule, load or {})
    found = list(_soon(desk))
    today = wall(now, client_zone).date()
    evening = min(desk.hours(today), key=lambda at: abs(wall(at, client_zone).hour - EVENING), default=None)
    if evening is not None:
        found.append(desk.chip(evening))
    found += _mornings(desk, today)
    times: dict[datetime, Chip] = {}
    for chip in found:
        times.setdefault(chip.at, chip)
    return [times[at] for at in sorted(times)]


def _soon(desk: _Desk) -> Iterator[Chip]:
    late = desk.schedule is not None and not desk.schedule.is_working(desk.now)
    for minutes in SOON_MINUTES:
        at = desk.now + timedelta(minutes=minutes)
        if desk.suits(at) or (late and desk.window.is_open(at)):
            yield desk.chip(at, minutes)


def _mornings(desk: _Desk, today: date) -> list[Chip]:
    """Return the next day with hours for both, and the Monday after it, or else the next such day again."""
    found: list[Chip] = []
    for number in range(1, LOOK_AHEAD_DAYS + 1):
        day = today + timedelta(days=number)
        is_week_start = day.weekday() == 0
        if found and not is_week_start and wall(found[0].at, desk.client_zone).weekday() != 0:
            continue
        hours = desk.hours(day)
        if hours:
            wanted = WEEK_MORNING if is_week_start else MORNING
            found.append(desk.chip(_from_hour(hours, wanted, desk.client_zone)))
        if len(found) == 2:
            break
    return found


def _from_hour(hours: list[datetime], wanted: int, zone: str) -> datetime:
    """Return the first of the hours that is not before the wanted one, else the last."""
    return next((at for at in hours if wall(at, zone).hour >= wanted), hours[-1])
