"""How full the hours are.

Tasks are counted in quarters of an hour of UTC: all zones of today are whole quarters away from it, so quarters
add up to the hours of any clock, and the database can count them without knowing zones.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from voronka.kit.clocks import day_bounds, first_change, wall
from voronka.work.rules.hours import Span
from voronka.work.rules.schedule import Schedule

QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)
FULL = 4


@dataclass(frozen=True, slots=True)
class HourLoad:
    """One hour of my day: what was done in it, what is still set for it."""

    start: datetime
    hour: int
    done: int
    planned: int
    is_now: bool

    @property
    def is_full(self) -> bool:
        """Whether more is planned than an hour holds well."""
        return self.planned >= FULL


def quarter_of(at: datetime) -> datetime:
    """Return the start of the quarter of an hour that the moment is in, in UTC."""
    at = at.astimezone(UTC)
    return at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)


def quarters(moments: Iterable[datetime]) -> Counter[datetime]:
    """Count moments by their quarters of an hour."""
    return Counter(quarter_of(at) for at in moments)


def count_in(load: Mapping[datetime, int], start: datetime, end: datetime) -> int:
    """Return how many tasks lie from `start` up to `end`, both at whole quarters."""
    total, at = 0, quarter_of(start)
    while at < end:
        total += load.get(at, 0)
        at += QUARTER
    return total


def hours_of(day: date, zone: str) -> list[Span]:
    """Return the hours of a local day by its own clock: 23, 24 or 25, shorter where the clock is moved by less."""
    at, end = day_bounds(day, zone)
    found: list[Span] = []
    while at < end:
        clock = wall(at, zone)
        whole = min(at + HOUR - timedelta(minutes=clock.minute, seconds=clock.second), end)
        closes = first_change(zone, at, whole) or whole
        found.append(Span(at, closes))
        at = closes
    return found


def my_day(
    day: date, schedule: Schedule, *, done: Mapping[datetime, int], planned: Mapping[datetime, int], now: datetime
) -> list[HourLoad]:
    """Return the working hours of a day with their load, and hours outside them that hold something.

    Hours between the first and the last shown are all there, empty ones too. `done` and `planned` are counted
    by quarters.
    """
    shift = schedule.shift_on(day)
    hours = [
        HourLoad(
            span.start,
            wall(span.start, schedule.zone).hour,
            count_in(done, span.start, span.end),
            count_in(planned, span.start, span.end),
            span.start <= now < span.end,
        )
        for span in hours_of(day, schedule.zone)
    ]
    shown = [
        number
        for number, hour in enumerate(hours)
        if hour.done or hour.planned or (shift and shift.start < hour.start + HOUR and hour.start < shift.end)
    ]
    return hours[shown[0] : shown[-1] + 1] if shown else []
