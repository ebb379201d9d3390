"""The one gate before every channel: whether a message may go now, waits, or is refused, and why.

What a client said (his consent, his address that answers no more) refuses for good; what the house lacks (money, a
provider, the switch) makes the message wait, for days at most; his night only delays it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from voronka.kit.clocks import MINUTES_A_DAY, first_change, place, wall
from voronka.messaging.rules.pumping import TO_NUMBER

Traffic = Literal["service", "advertising"]
TOO_LATE = timedelta(days=3)
LOOK_AGAIN = timedelta(minutes=15)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of the client's local day in which nothing is sent, in minutes; over midnight where `begins` is later.

    Equal ends mean that there are none. Raises ValueError for minutes outside of a day.
    """

    begins: int
    ends: int

    def __post_init__(self) -> None:
        """Refuse minutes that no clock shows."""
        if not (0 <= self.begins < MINUTES_A_DAY and 0 <= self.ends < MINUTES_A_DAY):
            raise ValueError("minutes of a day are 0..1439")

    def holds(self, at: datetime, zone: str) -> bool:
        """Tell whether it is quiet at the moment by the clock of the zone."""
        local = wall(at, zone)
        minute = local.hour * 60 + local.minute
        if self.begins <= self.ends:
            return self.begins <= minute < self.ends
        return minute >= self.begins or minute < self.ends

    def ends_at(self, at: datetime, zone: str) -> datetime:
        """Return the first moment from `at` on at which it is not quiet, whatever the clocks are moved in between."""
        while self.holds(at, zone):
            day = wall(at, zone).date()
            ahead = [place(day + timedelta(days=one), self.ends, zone).at for one in (0, 1)]
            until = min(one for one in ahead if one > at)
            at = self._jumped(at, until, zone) or until
        return at

    def begins_at(self, at: datetime, zone: str) -> datetime | None:
        """Return the first moment after `at` at which it is quiet, None where it never is."""
        if self.begins == self.ends:
            return None
        while True:
            local = wall(at, zone)
            gone = timedelta(
                hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond
            )
            until = at + ((timedelta(minutes=self.begins) - gone) % _DAY or _DAY)
            change = first_change(zone, at, until)
            if change is None:
                return until
            if self.holds(change, zone):
                return change
            at = change

    def _jumped(self, at: datetime, until: datetime, zone: str) -> datetime | None:
        """Return the moment before `until` at which the clock is moved past the quiet hours, if it is."""
        while (change := first_change(zone, at, until)) is not None and change < until:
            if not self.holds(change, zone):
                return change
            at = change
        return None


@dataclass(frozen=True, slots=True)
class Cap:
    """So many advertising messages to one client in so many days; `went` are the moments of those that he got."""

    most: int
    days: int
    went: Sequence[datetime] = ()

    def free_at(self, at: datetime) -> datetime | None:
        """Return when one more may go, None when it may at `at`."""
        length = timedelta(days=self.days)
        counted = sorted(one for one in self.went if at - length < one)
        if len(counted) < self.most:
            return None
        return counted[len(counted) - self.most] + length


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a message, its client and the house.

    `consent` is the client's newest word on advertising by this channel, None where he never gave one; `blocked` is why
    the address is not written to (bounce, complaint, stop), else empty; `planned_for` is when it was meant to go.
    """

    traffic: Traffic
    planned_for: datetime
    zone: str
    has_client: bool = True
    has_address: bool = True
    blocked: str = ""
    consent: bool | None = None
    caps: Sequence[Cap] = ()
    quiet: Quiet | None = None
    is_channel_on: bool = True
    is_sending_on: bool = True
    is_set_up: bool = True
    has_budget: bool = True
    limit: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says. `code` is the reason; `until` when it may go (wait), or might (refused by a cap)."""

    kind: Literal["go", "wait", "refuse"]
    code: str = ""
    until: datetime | None = None


GO = Verdict("go")


def decide(facts: Facts, now: datetime) -> Verdict:
    """Judge one message at the moment."""
    return _refused(facts, now) or _waiting(facts, now) or GO


def _refused(facts: Facts, now: datetime) -> Verdict | None:
    code = _standing(facts)
    if code:
        return Verdict("refuse", code)
    if facts.traffic == "service":
        return None
    if not facts.consent:
        return Verdict("refuse", "no_consent" if facts.consent is None else "opted_out")
    busy = [until for one in facts.caps if (until := one.free_at(now)) is not None]
    if busy:
        return Verdict("refuse", "cap", max(busy))
    return Verdict("refuse", "too_late") if now - facts.planned_for > TOO_LATE else None


def _standing(facts: Facts) -> str:
    """Return what stands in the way of messages of both kinds."""
    if not facts.has_client:
        return "no_client"
    if not facts.has_address:
        return "no_address"
    if facts.blocked:
        return f"blocked_{facts.blocked}"
    if not facts.is_channel_on:
        return "channel_off"
    return facts.limit if facts.limit == TO_NUMBER else ""


def _waiting(facts: Facts, now: datetime) -> Verdict | None:
    lacks = (
        (facts.is_sending_on, "sending_off"), (facts.is_set_up, "not_set_up"), (facts.has_budget, "no_budget"),
        (not facts.limit, facts.limit),
    )  # fmt: skip
    for is_there, code in lacks:
        if not is_there:
            return Verdict("wait", code, now + LOOK_AGAIN)
    if facts.quiet is not None and facts.quiet.holds(now, facts.zone):
        return Verdict("wait", "quiet", facts.quiet.ends_at(now, facts.zone))
    return None
