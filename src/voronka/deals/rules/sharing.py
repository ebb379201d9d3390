"""To whom a new deal goes: rules in order, each with its people and its way of choosing. Plain values.

The first rule whose conditions hold and which finds somebody decides. A rule that finds nobody lets the next one
try; when none decides, the deal waits in the common pool. See docs/algorithms/sharing.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Way(StrEnum):
    """How a rule chooses among its people."""

    OWNER = "owner"  # whoever has had this client before
    TURN = "turn"  # one after another
    LOAD = "load"  # whoever has the fewest tasks today
    POOL = "pool"  # nobody: the common pool


class Hours(StrEnum):
    """Who counts as being there."""

    ANY = "any"  # at work today or not, but not away
    NOW = "now"  # at work this minute
    NEXT = "next"  # at work this minute, else whoever comes first


class Skip(StrEnum):
    """Why somebody was passed over."""

    AWAY = "away"  # a day off, a vacation, an illness
    OFF_HOURS = "off_hours"
    LATER = "later"  # somebody else comes to work sooner
    NOT_HERE = "not_here"  # works here no longer, or not in this pipeline


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may be given a deal: `load` is his open tasks of today, `starts_at` his next working moment."""

    id: int
    load: int = 0
    is_away: bool = False
    is_working: bool = True
    starts_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it stands: `seats` are its people, none for all of the pipeline; `turn` is who came last."""

    id: int
    way: Way
    hours: Hours = Hours.ANY
    seats: Sequence[int] = ()
    turn: int | None = None
    holds: bool = True


@dataclass(frozen=True, slots=True)
class Decision:
    """Whom the deal goes to (None: the common pool), by which rule, and why.

    `figure` is the load that won, or how many people the turn went round; `skipped` says of each passed over why.
    """

    employee_id: int | None
    rule_id: int | None = None
    way: Way = Way.POOL
    figure: int = 0
    skipped: Mapping[int, Skip] = field(default_factory=dict)


def decide(
    rules: Sequence[Rule], people: Mapping[int, Person], members: Sequence[int], *, owners: Sequence[int] = ()
) -> Decision:
    """Return whom a deal goes to.

    `people` are all who work in the company, by id; `members` those of the pipeline; `owners` who has had the
    client before, the latest first. Nobody outside `people` is ever chosen.
    """
    skipped: dict[int, Skip] = {}
    for rule in rules:
        if not rule.holds:
            continue
        if rule.way is Way.POOL:
            return Decision(None, rule.id, Way.POOL, skipped=skipped)
        wanted = owners if rule.way is Way.OWNER else (rule.seats or members)
        there = _there(wanted, people, rule.hours, skipped)
        if not there:
            continue
        chosen, figure = _chosen(rule, there)
        skipped.pop(chosen.id, None)
        return Decision(chosen.id, rule.id, rule.way, figure, skipped)
    return Decision(None, skipped=skipped)


def _there(
    wanted: Sequence[int], people: Mapping[int, Person], hours: Hours, skipped: dict[int, Skip]
) -> list[Person]:
    """Return who may be chosen, in the order wanted; the others are written down with the reason."""
    found: list[Person] = []
    for employee_id in dict.fromkeys(wanted):
        person = people.get(employee_id)
        if person is None:
            skipped[employee_id] = Skip.NOT_HERE
        elif person.is_away:
            skipped[employee_id] = Skip.AWAY
        elif hours is Hours.NOW and not person.is_working:
            skipped[employee_id] = Skip.OFF_HOURS
        else:
            found.append(person)
    if hours is not Hours.NEXT or not found:
        return found
    soonest = [one for one in found if one.is_working]
    if not soonest:
        known = [one.starts_at for one in found if one.starts_at is not None]
        soonest = [one for one in found if known and one.starts_at == min(known)]
    for one in found:
        if one not in soonest:
            skipped[one.id] = Skip.LATER
    return soonest


def _chosen(rule: Rule, there: Sequence[Person]) -> tuple[Person, int]:
    if rule.way is Way.OWNER:
        return there[0], 0
    ring = sorted(there, key=lambda one: one.id)
    after = [one for one in ring if rule.turn is None or one.id > rule.turn]
    in_turn = [*after, *(one for one in ring if one not in after)]
    if rule.way is Way.TURN:
        return in_turn[0], len(ring)
    least = min(in_turn, key=lambda one: one.load)  # of equals, the one whose turn it is
    return least, least.load
