"""The planner: an employee's day by the hour, colleagues' load, tasks moved to another time or taken over."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from voronka.connect.schemas.common import Given, GivenMoment, Moment, Named, PublicId, Told
from voronka.connect.schemas.tasks import BANDS, Band

if TYPE_CHECKING:
    from voronka.work.models import Task as TaskRow
    from voronka.work.queries.planner import Card, MateDay, Plan, Whose

Work = Literal["working", "lunch", "off"]


class PlannedTask(Told):
    """A task with its time: `is_promised` to the client. `name` is the client's, or its own title where it has none."""

    id: PublicId
    kind: Annotated[str, Field(examples=["call"])]
    title: Annotated[str, Field(examples=["Call about the offer"])]
    name: Annotated[str, Field(examples=["Anna Smirnova"])]
    zone: Annotated[str, Field(examples=["Asia/Omsk"], description="The client's; empty without a client.")]
    at: Moment
    band: Band
    is_promised: bool
    is_open: bool


class PlannerHour(Told):
    """An hour of the day by the employee's clock; `starts_at` is null where the clock skips it.

    `is_free`: working time still ahead, with room for one more task.
    """

    hour: Annotated[int, Field(examples=[9])]
    starts_at: datetime | None
    work: Work
    done: int
    tasks: list[PlannedTask]
    is_free: bool


class PlannerDay(Told):
    """A day of an employee: `holds` is how many tasks its hours hold well, 0 on a day off."""

    employee: Named
    zone: Annotated[str, Field(examples=["Europe/Moscow"])]
    on: date
    is_off: bool
    holds: int
    hours: list[PlannerHour]


class LooseTasks(Told):
    """Open tasks with no time ahead, the most pressing first: at most two hundred of `total`."""

    items: list[PlannedTask]
    total: int


class Overload(Told):
    """Hours with more tasks than they hold well: `from_hour` up to `to_hour`, `over` too many."""

    from_hour: int
    to_hour: int
    over: int


class Mate(Told):
    """The day of a colleague, or one's own: what is done and planned today by his clock."""

    employee: Named
    zone: str
    done: int
    planned: int
    overload: Overload | None


class Mates(Told):
    """Oneself and the colleagues whose load one may see, oneself first; at most twelve."""

    items: list[Mate]


class MateTasks(Told):
    """Tasks of a colleague's day that may be taken over: nothing promised, the soonest first; at most fifty."""

    items: list[PlannedTask]


class NewTime(Given):
    """When the task is to be done. `agreed`: the client himself wants it then, outside his calling hours."""

    at: GivenMoment
    agreed: bool = False


class Moved(Told):
    """The task at its new time; `undo` is the word that puts it back, for ten minutes."""

    task: PlannedTask
    was_at: Moment
    undo: Annotated[str, Field(max_length=2_000, examples=["eyJ0YXNrIjoxfQ:1vO2"])]


class UndoMove(Given):
    """The word that the move was answered with."""

    undo: Annotated[str, Field(min_length=1, max_length=2_000, examples=["eyJ0YXNrIjoxfQ:1vO2"])]


class TakeGiven(Given):
    """Whose tasks to take over, and which."""

    employee: PublicId
    tasks: Annotated[list[PublicId], Field(min_length=1, max_length=50)]


class TakenOver(Told):
    """The tasks that are one's own now, and those that stay: closed or promised meanwhile."""

    taken: list[PlannedTask]
    left: list[PlannedTask]


def planned_out(card: "Card") -> PlannedTask:
    """Return a task with its client as it goes out."""
    task: TaskRow = card.task
    return PlannedTask(
        id=task.public_id,
        kind=task.kind,
        title=task.title,
        name=card.name,
        zone=card.zone,
        at=task.ready_at,
        band=BANDS[task.band],
        is_promised=task.band == 0,
        is_open=task.is_open,
    )


def day_out(plan: "Plan", whose: "Whose", now: datetime) -> PlannerDay:
    """Return the first day of a plan as it goes out."""
    day = plan.days[0]
    hours = []
    for hour in day.hours:
        work: Work = "off" if hour.is_off else "lunch" if hour.is_lunch else "working"
        is_ahead = hour.span is not None and hour.span.end > now
        hours.append(
            PlannerHour(
                hour=hour.hour,
                starts_at=hour.span.start if hour.span is not None else None,
                work=work,
                done=hour.done,
                tasks=_tasks(plan.cards, [one.task_id for one in hour.cards]),
                is_free=is_ahead and work == "working" and not hour.is_full,
            )
        )
    return PlannerDay(
        employee=Named(id=whose.public_id, name=whose.name),
        zone=whose.zone,
        on=day.day,
        is_off=day.is_off,
        holds=day.norm,
        hours=hours,
    )


def _tasks(cards: "Mapping[int, Card]", ids: Sequence[int]) -> list[PlannedTask]:
    return [planned_out(cards[one]) for one in ids if one in cards]


def mate_out(mate: "MateDay") -> Mate:
    """Return a colleague's day as it goes out."""
    over = mate.over
    return Mate(
        employee=Named(id=mate.whose.public_id, name=mate.whose.name),
        zone=mate.whose.zone,
        done=mate.done,
        planned=mate.planned,
        overload=Overload(from_hour=over.from_hour, to_hour=over.to_hour, over=over.over) if over else None,
    )
