"""Verbs of the planner: a task gets another time, or another executor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Denied, Invalid, NotFound
from voronka.kit.events import publish
from voronka.kit.subjects import Subject, open_capability, subject_kind
from voronka.people import queries as people
from voronka.work import ports, queries
from voronka.work.events import TaskHandedOver, TaskRescheduled
from voronka.work.models import Task
from voronka.work.permissions import PLAN, SEE_LOAD
from voronka.work.rules.bands import Band, due_at_for
from voronka.work.rules.shared_hours import good_moment
from voronka.work.services.queue import pool_for, window_for

FURTHEST = timedelta(days=400)
MOST_TAKEN = 50
UNDO_SECONDS = 600  # the toast shows ten; a toast that was looked at longer still works
_SALT = "voronka.work.rescheduled"


@dataclass(frozen=True, slots=True)
class Rescheduled:
    """A moved task: its time now and before, whether it is a promise, and the word by which it goes back."""

    task: Task
    was_at: datetime
    undo: str


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What passed over, and what of the named tasks stayed: closed, promised or given away meanwhile."""

    taken: Sequence[Task]
    left: Sequence[Task]


class QuietHours(Conflict):
    """The client is not called at that time; `proposal` is the next good moment for both sides."""

    code = "quiet_hours"

    def __init__(self, task: Task, at: datetime, proposal: datetime, zone: str) -> None:
        super().__init__(_("The client is not called at that time."))
        self.task, self.at, self.proposal, self.zone = task, at, proposal, zone


@transaction.atomic
def reschedule_task(
    *, actor: Actor, public_id: str, at: datetime, now: datetime, agreed: bool = False
) -> Rescheduled:
    """Give an open task another time.

    A promised call stays promised; a task without a time becomes a dated one. Outside the client's calling hours
    only what the client himself wants is set (`agreed`), and that is a promise. Raises NotFound, Conflict for a closed
    task or a client in a colleague's hands, Invalid for a time gone by, QuietHours with the next good moment.
    """
    task = _locked(actor, public_id)
    at = _sound_moment(at, now)
    window_id, band = task.window_id, task.band
    if task.client_id is not None and not is_by_hand(task):
        hours = queries.CallingHours.of_client(people.get_client_row(task.client_id), accounts.get_company_rules())
        holder = queries.held_by_others(task.client_id, actor.employee_id or 0, now=now)
        if holder is not None:
            raise Conflict(_("A colleague is talking to this client now."), code="held")
        quiet = not hours.is_open(at)
        if quiet and not agreed:
            schedule = queries.schedule_of(actor.employee_id, actor.zone.key)
            raise QuietHours(task, at, good_moment(hours.window, at, schedule), hours.window.zone)
        window = ("UTC", 0, 1440) if quiet else (
            hours.window.zone, hours.window.opens_minute, hours.window.closes_minute
        )  # fmt: skip
        window_id = window_for(*window)
        band = Band.PROMISED if quiet else band
    if band in (Band.FRESH, Band.BACKLOG):
        band = Band.DUE
    undo = signing.dumps(
        [task.pk, task.ready_at.isoformat(), task.band, task.window_id, _iso(task.due_at), at.isoformat(),
         actor.employee_id], salt=_SALT, compress=True,
    )  # fmt: skip
    was_at = task.ready_at
    due_at = task.due_at if is_by_hand(task) else due_at_for(band, at)
    _write(task, at=at, band=band, window_id=window_id, due_at=due_at)
    publish(_event(task, was_at), at=now)
    return Rescheduled(task, was_at, undo)


@transaction.atomic
def undo_reschedule(*, actor: Actor, undo: str, now: datetime) -> Task:
    """Put a task that the actor moved back exactly; `undo` is the signed word that the move gave out.

    Raises NotFound for one moved by somebody else, Conflict `too_late`, or `moved_on` where it was moved or done since.
    """
    try:
        task_id, was_at, band, window_id, due_at, at, employee_id = signing.loads(
            undo, salt=_SALT, max_age=UNDO_SECONDS
        )
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise Conflict(_("This can no longer be taken back."), code="too_late") from error
    task = Task.objects.select_related("pool").select_for_update(of=("self",)).filter(pk=task_id).first()
    if task is None or employee_id != actor.employee_id:
        raise NotFound(_("There is no such task, or it is not yours."))
    if not task.is_open or task.ready_at != datetime.fromisoformat(at):
        raise Conflict(_("The task has been moved or done since."), code="moved_on")
    left, deadline = task.ready_at, datetime.fromisoformat(due_at) if due_at else None
    if is_by_hand(task):
        deadline = task.due_at  # it did not move with the task, and its author may have set another since
    _write(task, at=datetime.fromisoformat(was_at), band=band, window_id=window_id, due_at=deadline)
    publish(_event(task, left, undone=True), at=now)
    return task


def _write(task: Task, *, at: datetime, band: int, window_id: int, due_at: datetime | None) -> None:
    task.ready_at, task.band, task.window_id, task.due_at = at, band, window_id, due_at
    task.save(update_fields=["ready_at", "band", "window", "due_at"])


def _event(task: Task, was_at: datetime, *, undone: bool = False) -> TaskRescheduled:
    return TaskRescheduled(
        task_id=task.pk,
        client_id=task.client_id,
        was_at=was_at.isoformat(),
        at=task.ready_at.isoformat(),
        promised=task.band == Band.PROMISED,
        undone=undone,
    )


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _locked(actor: Actor, public_id: str) -> Task:
    task = (
        Task.objects.select_related("employee", "pool")
        .select_for_update(of=("self",))
        .filter(public_id=public_id)
        .first()
    )
    if task is None or not may_plan(actor, task):
        raise NotFound(_("There is no such task, or it is not yours."))
    if not task.is_open:
        raise Conflict(_("This task is done already."), code="task_closed")
    return task


def may_plan(actor: Actor, task: Task) -> bool:
    """Tell whether the actor may move the task; its executor must have been read with it."""
    owner = task.employee
    return actor.may(PLAN, owner_id=task.employee_id, team_id=owner.team_id if owner else None)


def is_by_hand(task: Task) -> bool:
    """Tell whether a person set the task for a person: the feed never gives it, calling hours do not bind it."""
    return str(task.pool.key).startswith("desk:")


def _sound_moment(at: datetime, now: datetime) -> datetime:
    at = at.replace(second=0, microsecond=0)
    if at < now - timedelta(minutes=5):
        raise Invalid(_("That time has passed."), fields={"at": _("That time has passed.")})
    if at > now + FURTHEST:
        message = _("That is more than a year ahead.")
        raise Invalid(message, fields={"at": message})
    return at


def give_task(task_id: int, *, employee_id: int | None, pool_key: str, client_id: int | None) -> None:
    """Let an open task wait for another executor: the owning part has asked the right and locked its record.

    Raises Conflict `task_closed`.
    """
    was = Task.objects.select_for_update().filter(pk=task_id, is_open=True).values_list("employee_id").first()
    if was is None:
        raise Conflict(_("This task is done already."), code="task_closed")
    Task.objects.filter(pk=task_id).update(employee_id=employee_id, pool_id=pool_for(pool_key))
    publish(TaskHandedOver(task_id=task_id, client_id=client_id, from_employee_id=was[0], to_employee_id=employee_id))


@transaction.atomic
def take_over(*, actor: Actor, from_employee_id: int, public_ids: Sequence[str], now: datetime) -> TakenOver:
    """Take unpromised tasks of an overloaded colleague, fifty at most; return those that passed over and the others.

    Promised calls stay with whoever promised them. One that is closed, promised or given away meanwhile stays, and the
    rest passes over. Raises NotFound for somebody whose load the actor may not see, Denied without the right to assign.
    """
    mate = next((one for one in accounts.list_employees() if one.pk == from_employee_id), None)
    if mate is None or not actor.may(SEE_LOAD, owner_id=mate.pk, team_id=mate.team_id):
        raise NotFound(_("There is no such employee."))
    named = Task.objects.select_related("pool").filter(public_id__in=public_ids[:MOST_TAKEN], employee_id=mate.pk)
    taken: list[Task] = []
    left: list[Task] = []
    for task in named.order_by("id"):
        is_free = task.is_open and task.band > Band.PROMISED
        (taken if is_free and _passes_over(task, actor=actor, now=now) else left).append(task)
    return TakenOver(taken, left)


def _passes_over(task: Task, *, actor: Actor, now: datetime) -> bool:
    """Give a task to the actor; False, with nothing changed, where somebody was quicker.

    It is read once more behind the lock of its record: a press would have closed it and set another step.
    """
    try:
        with transaction.atomic():
            _pass_over(task, actor=actor, now=now)
            mine = Task.objects.filter(pk=task.pk, is_open=True, employee_id=actor.person_id)
            if not mine.filter(band__gt=Band.PROMISED).exists():
                raise Conflict(_("This task is done already."), code="task_closed")
    except Conflict:
        task.refresh_from_db(fields=["is_open", "band", "ready_at", "employee"])
        return False
    return True


def _pass_over(task: Task, *, actor: Actor, now: datetime) -> None:
    if is_by_hand(task):
        raise Denied(_("A task for a person is given by its author."))
    if ports.HandsOver not in subject_kind(task.subject_kind).capabilities:
        raise Denied(_("This task cannot change hands."))
    about = Subject(task.subject_kind, task.subject_id)
    record = open_capability(about, ports.HandsOver)  # type: ignore[type-abstract]  # a protocol is all one asks
    record.hand_over(actor=actor, to_employee_id=actor.person_id, now=now)
