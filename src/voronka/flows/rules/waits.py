"""Until when a walk waits, and which way a split sends it."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from voronka.kit.clocks import place, wall


def minute_of(text: str) -> int:
    """Return the minute of the day of a written hour: "09:30" is 570."""
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def next_hour(now: datetime, minute: int, zone: str) -> datetime:
    """Return the next moment at which the zone's clock shows a minute of the day: `now` itself, if it does so now.

    A time that the clock skips means the first moment after the gap; one that comes twice, the first of the two.
    """
    day = wall(now, zone).date()
    at = place(day, minute, zone).at
    return at if at >= now.replace(second=0, microsecond=0) else place(day + timedelta(days=1), minute, zone).at


def share_of(key: str, shares: Sequence[int]) -> int:
    """Return which of the shares a key falls into: the same one each time it is asked."""
    drawn = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8]) % max(sum(shares), 1)
    for at, share in enumerate(shares):
        if drawn < share:
            return at
        drawn -= share
    return max(len(shares) - 1, 0)
