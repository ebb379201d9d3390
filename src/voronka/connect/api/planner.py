"""Operations of the planner: a day by the hour, load of colleagues, tasks moved in time or taken over."""

from datetime import date
from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Query, Router

from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import operation
from voronka.connect.api.problems import QuietTime
from voronka.connect.rules import scopes
from voronka.connect.schemas import planner as docs
from voronka.connect.schemas.common import IdInPath
from voronka.connect.schemas.outer import Outer
from voronka.kit.actors import Actor
from voronka.kit.clocks import wall
from voronka.kit.errors import Invalid, NotFound
from voronka.work import services
from voronka.work.queries import planner as queries

router = Router(tags=["planner"])
RIGHT = "work.plan"
LOOSE_MOST, FURTHEST_DAYS = 200, 800
Whose = Annotated[str, Query(max_length=40, description="me or an employee.")]


def _whose(actor: Actor, word: str) -> queries.Whose:
    try:
        return queries.get_whose(actor, "" if word == "me" else word or "-")
    except NotFound as missing:
        raise Invalid(missing.message, fields={"employee": missing.message}) from missing


@operation(
    router,
    "GET",
    "/day",
    scope=scopes.PLANNER_READ,
    answer=docs.PlannerDay,
    right=RIGHT,
    summary=gettext_lazy("Show a day of an employee by the hour: what is planned, which hours are free"),
)
def get_day(
    request: ApiRequest,
    on: Annotated[date | None, Query(description="A day of his clock; today where none is named.")] = None,
    employee: Whose = "me",
) -> docs.PlannerDay:
    """Return the hours of a day, the working ones and those outside that hold something."""
    actor, now = request.auth.actor, request.auth.now
    whose = _whose(actor, employee)
    today = wall(now, whose.zone).date()
    day = on or today
    if abs((day - today).days) > FURTHEST_DAYS:
        message = _("At most %(most)s days from today.") % {"most": FURTHEST_DAYS}
        raise Invalid(message, fields={"on": message})
    return docs.day_out(queries.get_plan(actor, whose, [day], now=now, all_cards=True), whose, now)


@operation(
    router,
    "GET",
    "/loose",
    scope=scopes.PLANNER_READ,
    answer=docs.LooseTasks,
    right=RIGHT,
    summary=gettext_lazy("List the open tasks of an employee that have no time ahead of them"),
)
def list_loose(request: ApiRequest, employee: Whose = "me") -> docs.LooseTasks:
    """Return the tasks without a time ahead, overdue ones first."""
    actor = request.auth.actor
    found = queries.list_loose(actor, _whose(actor, employee), now=request.auth.now, most=LOOSE_MOST)
    return docs.LooseTasks(items=[docs.planned_out(one) for one in found.cards], total=found.total)


@operation(
    router,
    "GET",
    "/colleagues",
    scope=scopes.PLANNER_READ,
    answer=docs.Mates,
    right=RIGHT,
    summary=gettext_lazy("Show how busy today is: one's own day and those of colleagues"),
)
def list_mates(request: ApiRequest) -> docs.Mates:
    """Return today's load, of oneself first."""
    found = queries.list_team_day(request.auth.actor, now=request.auth.now)
    return docs.Mates(items=[docs.mate_out(one) for one in found])


@operation(
    router,
    "GET",
    "/colleagues/{employee}/tasks",
    scope=scopes.PLANNER_READ,
    answer=docs.MateTasks,
    right=RIGHT,
    summary=gettext_lazy("List the tasks of a colleague's day that may be taken over"),
)
def list_to_take(request: ApiRequest, employee: IdInPath) -> docs.MateTasks:
    """Return a colleague's tasks of today without promises, the soonest first."""
    _mate, cards = queries.list_to_take(request.auth.actor, employee, now=request.auth.now)
    return docs.MateTasks(items=[docs.planned_out(one) for one in cards])


@operation(
    router,
    "POST",
    "/tasks/{task}/time",
    scope=scopes.PLANNER_WRITE,
    answer=docs.Moved,
    summary=gettext_lazy("Move a task to another time"),
)
def move_task(request: ApiRequest, task: IdInPath, sent: docs.NewTime) -> docs.Moved:
    """Move an open task. Outside the client's calling hours it is the problem `quiet_hours` with a `better` moment."""
    actor, now = request.auth.actor, request.auth.now
    try:
        moved = services.reschedule_task(actor=actor, public_id=task, at=sent.at, now=now, agreed=sent.agreed)
    except services.QuietHours as quiet:
        more = {"better": quiet.proposal.isoformat(), "zone": quiet.zone}
        raise QuietTime(quiet.message, more=more) from quiet
    (card,) = queries.cards_of(actor, [moved.task])
    return docs.Moved(task=docs.planned_out(card), was_at=moved.was_at, undo=moved.undo)


@operation(
    router,
    "POST",
    "/undo",
    scope=scopes.PLANNER_WRITE,
    answer=docs.PlannedTask,
    summary=gettext_lazy("Put a moved task back to its time"),
)
def undo_move(request: ApiRequest, sent: docs.UndoMove) -> docs.PlannedTask:
    """Put a task back exactly, within ten minutes and while nobody has moved or done it."""
    actor = request.auth.actor
    task = services.undo_reschedule(actor=actor, undo=sent.undo, now=request.auth.now)
    return docs.planned_out(queries.cards_of(actor, [task])[0])


@operation(
    router,
    "POST",
    "/take",
    scope=scopes.PLANNER_WRITE,
    answer=docs.TakenOver,
    right=RIGHT,
    summary=gettext_lazy("Take tasks of an overloaded colleague over"),
)
def take_over(request: ApiRequest, sent: docs.TakeGiven) -> docs.TakenOver:
    """Take unpromised tasks of a colleague; those closed or promised meanwhile stay, and are named."""
    actor = request.auth.actor
    done = services.take_over(
        actor=actor,
        from_employee_id=Outer.load(actor).inner(sent.employee, "employee"),
        public_ids=sent.tasks,
        now=request.auth.now,
    )
    taken = queries.cards_of(actor, done.taken)
    left = queries.cards_of(actor, done.left)
    return docs.TakenOver(
        taken=[docs.planned_out(one) for one in taken], left=[docs.planned_out(one) for one in left]
    )
