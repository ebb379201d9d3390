"""Reports: the funnel of a pipeline and the work of managers, one period held against another."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from voronka.audience.queries.figures import NOW, WAS, Answered
from voronka.audience.queries.managers import Pair
from voronka.connect.schemas.common import Money, Named, PublicId, Told

if TYPE_CHECKING:
    from voronka.audience.queries.asked import PipelineRow, Report
    from voronka.audience.queries.funnel import Funnel
    from voronka.audience.queries.managers import Managers

Seconds = Annotated[float | None, Field(examples=[1260.0])]
Share = Annotated[float | None, Field(examples=[0.42], description="From 0 to 1.")]


class Days(Told):
    """A stretch of the company's days, both ends in it."""

    first: date
    last: date


class Frame(Told):
    """What was asked: both periods, whose work, which source. Sums are in the company's currency."""

    period: Days
    against: Days
    currency: Annotated[str, Field(examples=["RUB"])]
    manager: Named | None
    source: str


class StageFigures(Told):
    """Deals closed in a period that came to a stage, went on, or were lost in it; the median of their time there."""

    reached: int
    passed: int
    share: Share
    lost: int
    lost_sum: Money
    seconds: Seconds


class FunnelStage(Told):
    """A stage in both periods."""

    id: PublicId
    name: Annotated[str, Field(examples=["Thinking"])]
    norm_days: int | None
    now: StageFigures
    before: StageFigures


class Won(Told):
    """Deals won in a period: how many, for how much, and the median of their whole way."""

    count: int
    sum: Money
    seconds: Seconds


class Loss(Told):
    """How many deals were lost in a stage for a reason; an empty one is the archive."""

    stage: PublicId
    reason: Annotated[str, Field(examples=["expensive"])]
    now: int
    before: int


class FunnelReport(Frame):
    """The funnel of a pipeline: deals closed in the periods."""

    pipeline: Named
    stages: list[FunnelStage]
    won: Won
    won_before: Won
    losses: list[Loss]


class WorkFigures(Told):
    """What was done in a period: `results` are presses by outcome, `answer` the median seconds to the first answer."""

    presses: int
    calls: int
    talks: int
    results: Annotated[dict[str, int], Field(examples=[{"no_answer": 12, "talk": 7}])]
    opened: int
    won: int
    lost: int
    archived: int
    repeats: int
    conversion: Share
    sum: Money
    answered: int
    answer: Seconds


class ManagerRow(Told):
    """The work of an employee, of the common pool (no employee), or of all; `overdue` is of this moment."""

    employee: Named | None
    now: WorkFigures
    before: WorkFigures
    overdue: int


class HourAnswers(Told):
    """First answers to requests of an hour of the day, by the company's clock."""

    hour: int
    count: int
    seconds: Seconds
    count_before: int
    seconds_before: Seconds


class ManagersReport(Frame):
    """The work of those who did something or are late, the most money first; presses are of all pipelines."""

    pipeline: Named | None
    items: list[ManagerRow]
    total: ManagerRow
    hours: list[HourAnswers]


def frame_values(report: "Report") -> dict[str, Any]:
    """Return what was asked as it goes out."""
    who = report.person
    return {
        "period": Days(first=report.period.first, last=report.period.last),
        "against": Days(first=report.against.first, last=report.against.last),
        "currency": report.rules.currency,
        "manager": Named(id=who.public_id, name=who.name) if who is not None else None,
        "source": report.source,
    }


def funnel_out(report: "Report", pipeline: "PipelineRow", found: "Funnel") -> FunnelReport:
    """Return a funnel as it goes out."""
    ids = {one.stage_id: one.public_id for one in pipeline.stages}
    names = ("reached", "passed", "share", "lost", "lost_sum", "seconds")
    both = zip(pipeline.stages, found.now, found.was, strict=True)
    return FunnelReport(
        **frame_values(report),
        pipeline=Named(id=pipeline.public_id, name=pipeline.name),
        stages=[
            FunnelStage(
                id=stage.public_id,
                name=stage.name,
                norm_days=stage.norm_days,
                now=StageFigures(**{name: getattr(now, name) for name in names}),
                before=StageFigures(**{name: getattr(was, name) for name in names}),
            )
            for stage, now, was in both
        ],
        won=Won(count=found.won[NOW], sum=found.won_sum[NOW], seconds=found.way.get(NOW)),
        won_before=Won(count=found.won[WAS], sum=found.won_sum[WAS], seconds=found.way.get(WAS)),
        losses=[
            Loss(stage=ids[stage], reason=reason, now=now, before=before)
            for (stage, reason), (now, before) in sorted(found.reasons.items(), key=lambda one: (-one[1][0], one[0]))
        ],
    )


def row_out(pair: Pair, overdue: int, employee: Named | None = None) -> ManagerRow:
    """Return somebody's work in both periods as it goes out."""
    names = (
        "presses", "calls", "talks", "opened", "won", "lost", "archived", "repeats", "conversion", "sum", "answered",
        "answer",
    )  # fmt: skip
    now, before = (
        WorkFigures(results=dict(one.by_result), **{name: getattr(one, name) for name in names}) for one in pair
    )
    return ManagerRow(employee=employee, now=now, before=before, overdue=overdue)


def hours_out(found: "Managers") -> list[HourAnswers]:
    """Return the first answers by hour of asking as they go out."""
    by_hour: dict[int, dict[int, Answered]] = {}
    for one in found.hours:
        by_hour.setdefault(one.hour or 0, {})[one.period] = one
    return [
        HourAnswers(
            hour=hour,
            count=both[NOW].count if NOW in both else 0,
            seconds=both[NOW].median if NOW in both else None,
            count_before=both[WAS].count if WAS in both else 0,
            seconds_before=both[WAS].median if WAS in both else None,
        )
        for hour, both in sorted(by_hour.items())
    ]
