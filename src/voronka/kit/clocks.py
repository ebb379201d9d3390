"""Local time: wall clocks of IANA zones, right on the days when they are moved.

Moments are aware; those returned are in UTC. A wall time that was skipped means the first moment after the
gap; one that came twice means the first of the two.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

MINUTES_A_DAY = 1440
_STEP = timedelta(hours=6)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Placed:
    """A wall time turned into a moment; `moved` tells that the clock skipped the asked time."""

    at: datetime
    moved: bool


@cache
def known_zones() -> frozenset[str]:
    """Return the names of all zones that a person, a client or a company may have.

    Those that mean another clock on each machine, and that the database may not know, are left out.
    """
    return frozenset(available_timezones() - {"localtime", "Factory", "posixrules"})


@lru_cache(maxsize=1024)
def zone_info(name: str) -> ZoneInfo:
    """Return the zone of this IANA name. Raises ValueError when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"no such zone: {name!r}") from error


def is_zone(name: str) -> bool:
    """Tell whether the name is a zone this installation knows."""
    try:
        zone_info(name)
    except ValueError:
        return False
    return True


def hold_half_hour(opens: int, closes: int) -> bool:
    """Tell whether the minutes of a day from `opens` to `closes` hold a whole half-hour, by which calls are planned."""
    return -(-opens // 30) < closes // 30


def wall(at: datetime, zone: str) -> datetime:
    """Return the same moment on the wall clock of the zone (aware, local)."""
    return at.astimezone(zone_info(zone))


def offset(at: datetime, zone: str) -> timedelta:
    """Return how far ahead of UTC the zone is at the moment."""
    return wall(at, zone).utcoffset() or timedelta()


def place(day: date, minute: int, zone: str) -> Placed:
    """Return the moment when the zone's clock shows the minute (0..1440) of the day."""
    info = zone_info(zone)
    naive = datetime.combine(day, time()) + timedelta(minutes=minute)
    at = naive.replace(tzinfo=info).astimezone(UTC)
    if at.astimezone(info).replace(tzinfo=None) == naive:
        return Placed(at, moved=False)
    # Read with the offset after the gap, a skipped time lies before the change; with the one before it, after.
    before = naive.replace(tzinfo=info, fold=1).astimezone(UTC)
    return Placed(first_change(zone, before, at) or at, moved=True)


def day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """Return the first moment of a local day and of the day after: 23, 24 or 25 hours apart."""
    return place(day, 0, zone).at, place(day + timedelta(days=1), 0, zone).at


def first_change(zone: str, start: datetime, end: datetime) -> datetime | None:
    """Return the first moment in (start, end] at which the zone's clock is moved, to the second, or None.

    Two changes that cancel each other within six hours are not seen; no zone has had such.
    """
    known = offset(start, zone)
    low = start
    while low < end:
        high = min(low + _STEP, end)
        if offset(high, zone) != known:
            return _bisected(zone, known, low, high)
        low = high
    return None


def _bisected(zone: str, known: timedelta, low: datetime, high: datetime) -> datetime:
    """Return the moment in (low, high] from which the offset is no longer the known one."""
    low, high = low.astimezone(UTC), high.astimezone(UTC)
    while high - low > _SECOND:
        middle = low + (high - low) / 2
        low, high = (middle, high) if offset(middle, zone) == known else (low, middle)
    whole = high.replace(microsecond=0)
    return whole if whole > low and offset(whole, zone) != known else high
