"""What holds of campaigns, from plain values: their states, the client's hour, shares of variants, the throttle."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache

from voronka.kit.clocks import known_zones, place, wall

STATES = ("draft", "scheduled", "asks", "running", "paused", "done", "stopped")
# Looked at by the worker.
LIVE = ("scheduled", "running")
ENDED = ("done", "stopped")
_MOVES = {
    "draft": ("scheduled", "running"),
    "scheduled": ("draft", "asks", "running", "stopped"),
    "asks": ("running", "stopped"),
    "running": ("paused", "asks", "done", "stopped"),
    "paused": ("running", "stopped"),
}
# Later than that nobody can take it for granted that the campaign is still wanted.
GRACE = timedelta(minutes=30)
MOST_A_LOOK = timedelta(minutes=1)
WINDOW_DAYS = 7
MOST_WINDOW_DAYS = 60
MOST_VARIANTS = 4
LEAST_PAUSE, USUAL_PAUSE = timedelta(seconds=1), timedelta(seconds=10)


def may_move(state: str, to: str) -> bool:
    """Tell whether a campaign may come from one state to another."""
    return to in _MOVES.get(state, ())


def is_overdue(starts_at: datetime, now: datetime) -> bool:
    """Tell whether the hour of a scheduled campaign passed while nobody looked."""
    return now - starts_at > GRACE


def was_left(seen_at: datetime | None, now: datetime) -> bool:
    """Tell whether a running campaign was not looked at for so long that a person has to say whether it goes on."""
    return seen_at is not None and now - seen_at > GRACE


def client_hour(day: date, minute: int, zone: str, after: datetime) -> datetime:
    """Return the first moment from `after` on at which the client's clock shows the minute, not before the day.

    An hour that the clock skips is the first moment after the gap; one that comes twice is the first of the two.
    """
    day = max(day, wall(after, zone).date())
    at = place(day, minute, zone).at
    return at if at >= after else place(day + timedelta(days=1), minute, zone).at


@lru_cache(maxsize=256)
def first_hour(day: date, minute: int) -> datetime:
    """Return when the first clock on earth shows the minute of the day."""
    return min(place(day, minute, zone).at for zone in known_zones())


def variant_of(sign: str, client_id: int, shares: Sequence[int]) -> int:
    """Return the number (1..) of the variant that a client gets: always the same one, by the shares over many."""
    digest = hashlib.sha256(f"{sign}:{client_id}".encode()).digest()
    point = int.from_bytes(digest[:8], "big") * sum(shares) >> 64
    for number, share in enumerate(shares, start=1):
        if point < share:
            return number
        point -= share
    return len(shares)


def let_through(a_minute: int, freed_at: datetime, now: datetime) -> tuple[int, datetime]:
    """Return how many messages the throttle lets through now, and till when it has let through with them.

    Time that was missed is not made up for: at most a minute's share goes at once.
    """
    begin = max(freed_at, now - MOST_A_LOOK)
    count = int(max(now - begin, timedelta(0)) / timedelta(minutes=1) * a_minute)
    return count, begin + timedelta(minutes=1) * count / a_minute


def next_look(a_minute: int | None, now: datetime) -> datetime:
    """Return when a running campaign is looked at next: as soon as its throttle lets the next one through."""
    if not a_minute:
        return now + USUAL_PAUSE
    return now + min(max(timedelta(minutes=1) / a_minute, LEAST_PAUSE), USUAL_PAUSE)
