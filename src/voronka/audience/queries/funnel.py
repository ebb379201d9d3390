"""The funnel of a pipeline as one value, read by few statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from voronka.audience.queries import figures
from voronka.audience.queries.figures import NOW, WAS, Asked, Closed
from voronka.audience.rules.funnel import Finding, Step, find, stage_to_open, steps_of


@dataclass(frozen=True, slots=True)
class StageRow:
    """A stage of the pipeline as reports need it."""

    stage_id: int
    public_id: str
    name: str
    norm_days: int | None


@dataclass(frozen=True, slots=True)
class Funnel:
    """Both periods of a pipeline, the stage whose losses are shown, and what is said first.

    `reasons` maps (stage, reason) to the deals lost now and before; the empty reason is the archive.
    """

    stages: Sequence[StageRow]
    now: Sequence[Step]
    was: Sequence[Step]
    way: Mapping[int, float]
    finding: Finding
    chosen: int
    won: tuple[int, int]
    won_sum: tuple[Decimal, Decimal]
    reasons: Mapping[tuple[int, str], tuple[int, int]]

    @property
    def is_empty(self) -> bool:
        """Tell whether no deal was closed in the period."""
        return not self.now or self.now[0].reached == 0


def read_funnel(asked: Asked, stages: Sequence[StageRow], chosen: str) -> Funnel:
    """Return the funnel of the asked pipeline; `chosen` is the public id of a stage, or nothing."""
    ids = [one.stage_id for one in stages]
    closed = figures.list_closed_by_stage(asked)
    times = figures.median_stage_seconds(asked, ids)
    both = [_steps(closed, period, ids, times) for period in (NOW, WAS)]
    finding = find(*both)
    at = next((n for n, one in enumerate(stages) if one.public_id == chosen), None)
    return Funnel(
        stages=stages,
        now=both[NOW],
        was=both[WAS],
        way=figures.median_way_seconds(asked),
        finding=finding,
        chosen=stage_to_open(finding, both[NOW]) if at is None else at,
        won=(_won(closed, NOW)[0], _won(closed, WAS)[0]),
        won_sum=(_won(closed, NOW)[1], _won(closed, WAS)[1]),
        reasons=_reasons(closed, ids),
    )


def _steps(
    closed: Sequence[Closed], period: int, ids: Sequence[int], times: Mapping[tuple[int, int], float]
) -> list[Step]:
    lost: dict[int, tuple[int, Decimal]] = {}
    for one in closed:
        if one.period == period and one.state != "won" and one.key is not None:
            count, total = lost.get(one.key, (0, Decimal(0)))
            lost[one.key] = (count + one.count, total + one.sum)
    seconds = {stage: median for (when, stage), median in times.items() if when == period}
    return steps_of(ids, _won(closed, period)[0], lost, seconds)


def _won(closed: Sequence[Closed], period: int) -> tuple[int, Decimal]:
    rows = [one for one in closed if one.period == period and one.state == "won"]
    return sum(one.count for one in rows), sum((one.sum for one in rows), Decimal(0))


def _reasons(closed: Sequence[Closed], ids: Sequence[int]) -> dict[tuple[int, str], tuple[int, int]]:
    found: dict[tuple[int, str], tuple[int, int]] = {}
    for one in closed:
        if one.state != "won" and one.key is not None and ids:
            key = (one.key if one.key in ids else ids[0], one.reason)
            now, was = found.get(key, (0, 0))
            found[key] = (now + one.count, was) if one.period == NOW else (now, was + one.count)
    return found
