"""Working time: weeks, lunch, single days, stretches off."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

from ninja import Path
from pydantic import Field

from voronka.connect.schemas.common import Given, PublicId, Told
from voronka.work.queries import week_of
from voronka.work.services import Hours, hours_problem

if TYPE_CHECKING:
    from voronka.work.models import DayOff as DayRow
    from voronka.work.models import Leave as LeaveRow
    from voronka.work.models import Schedule as WeekRow

Whose = Annotated[str, Path(max_length=40, example="company", description="`company` or the id of an employee.")]
DayInPath = Annotated[date, Path(example="2026-12-31")]
Opens = Annotated[int, Field(ge=0, le=1439, examples=[540], description="Minutes from midnight.")]
Closes = Annotated[
    int, Field(ge=0, le=1440, examples=[1080], description="Smaller than the beginning: over midnight.")
]
WORKING_WEEK = [{"opens_minute": 540, "closes_minute": 1080}] * 5 + [None, None]
LUNCH = {"opens_minute": 780, "closes_minute": 840}
LeaveKind = Literal["vacation", "sick", "trip", "other"]


class SpanGiven(Given):
    """A stretch of a day."""

    opens_minute: Opens
    closes_minute: Closes


class Span(Told):
    """A stretch of a day, in minutes from midnight."""

    opens_minute: Annotated[int, Field(examples=[540])]
    closes_minute: Annotated[int, Field(examples=[1080])]


class Week(Told):
    """Seven days from Monday, null for a day off. `is_own`: an employee's own week, not the company's."""

    week: Annotated[list[Span | None], Field(examples=[WORKING_WEEK])]
    lunch: Annotated[Span, Field(examples=[LUNCH])] | None
    is_own: bool


class WeekGiven(Given):
    """Seven days from Monday, null for a day off, and the lunch of every day."""

    week: Annotated[
        list[SpanGiven | None],
        Field(
            min_length=7,
            max_length=7,
            examples=[WORKING_WEEK],
        ),
    ]
    lunch: Annotated[SpanGiven, Field(examples=[LUNCH])] | None = None


class Day(Told):
    """A day that is worked or not whatever the week says."""

    on: date
    works: bool
    name: Annotated[str, Field(examples=["New Year holidays"])]


class DayGiven(Given):
    """Whether a day is worked, and why."""

    works: bool = False
    name: Annotated[str, Field(max_length=100, examples=["Stocktaking"])] = ""


class DayList(Told):
    """The single days of a year in order."""

    items: list[Day]


class Leave(Told):
    """Days in a row off work, both ends included."""

    id: PublicId
    kind: LeaveKind
    starts_on: date
    ends_on: date


class LeaveGiven(Given):
    """Days in a row off work, both ends included; a year at most."""

    kind: LeaveKind = "vacation"
    starts_on: Annotated[date, Field(examples=["2026-12-21"])]
    ends_on: Annotated[date, Field(examples=["2026-12-31"])]


class LeaveList(Told):
    """The stretches off that have not ended, in order."""

    items: list[Leave]


class HolidaysGiven(Given):
    """The year of the production calendar of Russia."""

    year: Annotated[int, Field(ge=2000, le=2100, examples=[2027])]


class HolidaysLoaded(Told):
    """How many days were new; those that the company has said something of itself stay."""

    added: Annotated[int, Field(examples=[18])]


def week_out(row: "WeekRow | None", *, is_own: bool) -> Week:
    """Return a stored week, the usual one where there is none."""
    week, lunch = week_of(row)
    return Week(week=[_span(one) for one in week], lunch=_span(lunch), is_own=is_own)


def _span(hours: Hours | None) -> Span | None:
    return Span(opens_minute=hours.opens, closes_minute=hours.closes) if hours is not None else None


def day_out(row: "DayRow") -> Day:
    """Return a single day as it goes out."""
    return Day(on=row.on, works=row.works, name=row.name)


def leave_out(row: "LeaveRow") -> Leave:
    """Return a stretch off as it goes out."""
    return Leave(id=row.public_id, kind=row.kind, starts_on=row.starts_on, ends_on=row.ends_on)


def bad_spans(spans: Sequence[tuple[str, SpanGiven | None]]) -> list[str]:
    """Return the places of those stretches that hold nothing."""
    return [place for place, one in spans if one is not None and hours_problem(one.opens_minute, one.closes_minute)]
