"""How long a visitor waits, in working time: by when he is to be answered, how long the first answer took."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol


class Stretch(Protocol):
    """Working time without a break."""

    @property
    def start(self) -> datetime:
        """Return when it begins."""

    @property
    def end(self) -> datetime:
        """Return when it ends."""


def due_after(stretches: "Iterable[Stretch]", at: datetime, minutes: int) -> datetime | None:
    """Return when so many working minutes after a moment are over; None without a time or where nobody ever works.

    `stretches` are those that end after the moment, in order.
    """
    left = timedelta(minutes=minutes)
    if not left:
        return None
    for one in stretches:
        start = max(one.start, at)
        if one.end - start >= left:
            return start + left
        left -= one.end - start
    return None


def working_seconds(stretches: "Iterable[Stretch]", start: datetime, end: datetime) -> int:
    """Return how many seconds of work lie between two moments; `stretches` end after the first, in order."""
    total = timedelta()
    for one in stretches:
        if one.start >= end:
            break
        total += min(one.end, end) - max(one.start, start)
    return int(total.total_seconds())


def next_in_turn(loads: Iterable[tuple[int, int, datetime | None]], most: int) -> int | None:
    """Return whose turn it is of (id, open talks, when one was given last): who has fewest, of these the longest idle.

    Whoever has `most` gets none.
    """
    free = [one for one in loads if one[1] < most]
    return min(free, key=lambda one: (one[1], one[2].timestamp() if one[2] else 0.0, one[0]))[0] if free else None
