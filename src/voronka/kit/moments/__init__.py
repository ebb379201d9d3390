"""Typed dates: "завтра в 10", "через 2 часа", "next friday afternoon" become moments.

Times are read by the client's clock unless the phrase says whose it is ("по моему времени", "my time", "мск").
What was not said is assumed and marked so: a day without an hour means 10:00, a part of the day its usual hour.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from voronka.kit.moments.draft import Misread
from voronka.kit.moments.phrases import understood
from voronka.kit.moments.settle import settled
from voronka.kit.moments.words import normalised, tokens

__all__ = ["Moment", "Unread", "parse_moment"]

LONGEST = 100
MOSCOW = "Europe/Moscow"
_MINE = re.compile(
    r"\b(?:по (?:моим|нашим) часам|по (?:моему|нашему)(?: времени)?|мое время|у (?:меня|нас)|(?:my|our) time)\b"
)
_MOSCOW = re.compile(r"\b(?:по московскому(?: времени)?|по москве|по мск|мск|msk|moscow(?: time)?)\b")
_CLIENT = re.compile(
    r"\b(?:по (?:его|ее|их) (?:времени|часам)|по (?:времени|часам) клиента|у (?:клиента|него|нее|них)"
    r"|(?:his|her|their|client(?:'s)?|local) time)\b"
)
_LAYOUT = str.maketrans("qwertyuiop[]asdfghjkl;'zxcvbnm,.`", "йцукенгшщзхъфывапролджэячсмитьбюё")


@dataclass(frozen=True, slots=True)
class Moment:
    """A phrase understood.

    `at` is in UTC, `zone` is the clock by which it was read. `assumed`: the hour was not said. `moved`: the clock
    skips the hour that was said, `at` is the first moment after the gap.
    """

    at: datetime
    zone: str
    assumed: bool
    moved: bool


@dataclass(frozen=True, slots=True)
class Unread:
    """A phrase not taken: `empty`, `too_long`, `not_understood`, `past`, `no_such_date`, `no_such_time`, `too_far`."""

    reason: str


def parse_moment(text: str, now: datetime, zone: str, *, my_zone: str | None = None) -> Moment | Unread:
    """Return the moment that the phrase means, always later than `now`, or why there is none. Never raises.

    `zone` is the client's, `my_zone` that of the person who types. Russian typed on an English layout is
    understood too.
    """
    if len(text) > LONGEST:
        return Unread("too_long")
    plain = normalised(text)
    if not plain:
        return Unread("empty")
    found = _parsed(plain, now, zone, my_zone)
    if isinstance(found, Unread) and found.reason == "not_understood" and plain.isascii():
        other = _parsed(normalised(plain.translate(_LAYOUT)), now, zone, my_zone)
        if isinstance(other, Moment):
            return other
    return found


def _parsed(plain: str, now: datetime, zone: str, my_zone: str | None) -> Moment | Unread:
    try:
        said, clock = _whose(plain, zone, my_zone)
        cut = tokens(said)
        if not cut:
            raise Misread
        found = settled(understood(cut), now, clock)
        return Moment(found.at.astimezone(UTC), clock, found.assumed, found.moved)
    except Misread as misread:
        return Unread(misread.reason)
    except (OverflowError, ValueError):
        return Unread("too_far")  # beyond the calendar


def _whose(plain: str, zone: str, my_zone: str | None) -> tuple[str, str]:
    """Return the phrase without the words that say whose clock is meant, and the zone of that clock."""
    for pattern, clock in ((_MINE, my_zone), (_MOSCOW, MOSCOW), (_CLIENT, zone)):
        rest, count = pattern.subn(" ", plain)
        if count:
            if clock is None:
                raise Misread
            return rest, clock
    return plain, zone
