"""The funnel of a period: how far its closed deals got, where the others were lost, and what to say first.

A deal that was closed without money got as far as the stage in which it was closed; one that was won got through all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from voronka.audience.rules.shares import ENOUGH, SURE, change, share

SLOWER = 1.2  # times the time before: worth saying


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of a period: deals that came to it, were lost in it (with their sum), went on; time in seconds."""

    reached: int
    lost: int
    lost_sum: Decimal
    seconds: float | None

    @property
    def passed(self) -> int:
        """How many went on, or to the money from the last stage."""
        return self.reached - self.lost

    @property
    def share(self) -> float | None:
        """The share that went on, None when none came."""
        return share(self.passed, self.reached)


def steps_of(
    stage_ids: Sequence[int],
    won: int,
    lost: Mapping[int, tuple[int, Decimal]],
    seconds: Mapping[int, float],
) -> list[Step]:
    """Return the stages in their order. Deals closed in a stage that is gone count as lost in the first one."""
    gone = [lost[stage] for stage in lost if stage not in stage_ids]
    steps, left = [], won + sum(count for count, _sum in lost.values())
    for at, stage in enumerate(stage_ids):
        here = [lost[stage]] if stage in lost else []
        if at == 0:
            here += gone
        count = sum(one[0] for one in here)
        steps.append(Step(left, count, sum((one[1] for one in here), Decimal(0)), seconds.get(stage)))
        left -= count
    return steps


@dataclass(frozen=True, slots=True)
class Finding:
    """What is said first: `kind` is losing, better, steady, alone, few or none; `at` the stage it is about."""

    kind: str
    at: int | None = None
    is_slower: bool = False
    others: tuple[int, ...] = ()


def find(now: Sequence[Step], was: Sequence[Step]) -> Finding:
    """Return what stands out: the stage that loses most more deals than before, beyond chance; else the best news."""
    if not now or now[0].reached == 0:
        return Finding("none")
    fallen = [at for at in range(len(now)) if _change(now[at], was[at]) < -SURE]
    risen = [at for at in range(len(now)) if _change(now[at], was[at]) > SURE]
    if fallen:
        worst = max(fallen, key=lambda at: _more_lost(now[at], was[at]))
        return Finding("losing", worst, _is_slower(now[worst], was[worst]), tuple(at for at in fallen if at != worst))
    narrow = _narrowest(now)
    if narrow is None:
        return Finding("few")
    if was[0].reached == 0:
        return Finding("alone", narrow)
    if risen:
        return Finding("better", max(risen, key=lambda at: -_more_lost(now[at], was[at])))
    return Finding("steady", narrow)


def _change(now: Step, was: Step) -> float:
    return change(now.passed, now.reached, was.passed, was.reached)


def _more_lost(now: Step, was: Step) -> float:
    return now.reached * ((was.share or 0) - (now.share or 0))


def _is_slower(now: Step, was: Step) -> bool:
    return now.seconds is not None and was.seconds is not None and now.seconds > was.seconds * SLOWER


def _narrowest(now: Sequence[Step]) -> int | None:
    """Return the stage that lets the smallest share through among those with enough deals."""
    known = [at for at, step in enumerate(now) if step.reached >= ENOUGH]
    return min(known, key=lambda at: now[at].share or 0) if known else None


def stage_to_open(finding: Finding, now: Sequence[Step]) -> int:
    """Return the stage whose losses are shown when nobody chose one: the finding's, else where most are lost."""
    if finding.at is not None:
        return finding.at
    return max(range(len(now)), key=lambda at: now[at].lost, default=0)
