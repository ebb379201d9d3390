"""Verbs of the end of a task for people: done, no longer wanted, taken up again."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid
from voronka.kit.events import publish
from voronka.work import events
from voronka.work.models import Assignment, Reminder, Task
from voronka.work.rules.tasks import LONGEST_TEXT
from voronka.work.services.changing import locked, others, require_open
from voronka.work.services.notices import drop_reminders, notify


@transaction.atomic
def finish_task(*, actor: Actor, public_id: str, result: str, now: datetime) -> Task:
    """Close a task as done; its author is told.

    Raises Denied, NotFound, Invalid where its kind wants a result, Conflict `task_closed` or `subtasks_open`.
    """
    found = locked(actor, public_id)
    task: Task = found.task
    tidy = result.strip()
    require_open(task)
    if found.kind is not None and "result" in found.kind.requires and not tidy:
        message = _("A task of this kind ends with a result: what came of it?")
        raise Invalid(message, fields={"result": message})
    if len(tidy) > LONGEST_TEXT:
        message = _("Longer than %(limit)s signs.") % {"limit": LONGEST_TEXT}
        raise Invalid(message, fields={"result": message})
    if Assignment.objects.filter(parent=task, task__is_open=True).exists():
        raise Conflict(_("Subtasks are still open: finish or withdraw them first."), code="subtasks_open")
    _close(task, actor, now, "done")
    found.result = tidy
    found.save(update_fields=["result"])
    late = task.due_at is not None and task.due_at < now
    publish(events.TaskDone(task_id=task.pk, client_id=task.client_id, late=late))
    notify(
        Reminder.Kind.RESULT,
        others(actor, found.author_id),
        task=task,
        key=f"result:{task.pk}:{now.isoformat()}",
        text=tidy[:200],
        now=now,
    )
    return task


def _close(task: Task, actor: Actor, now: datetime, outcome: str) -> None:
    task.is_open, task.closed_at, task.outcome, task.closed_by_id = False, now, outcome, actor.employee_id
    task.save(update_fields=["is_open", "closed_at", "outcome", "closed_by"])
    drop_reminders(task)


@transaction.atomic
def withdraw_task(*, actor: Actor, public_id: str, now: datetime) -> Task:
    """Say that a task is no longer wanted, with the subtasks still open under it, and theirs."""
    found = locked(actor, public_id, as_author=True)
    require_open(found.task)
    for below in _open_below(found.task):
        _close(below.task, actor, now, "withdrawn")
        publish(events.TaskWithdrawn(task_id=below.task_id, client_id=below.task.client_id))
    _close(found.task, actor, now, "withdrawn")
    publish(events.TaskWithdrawn(task_id=found.task_id, client_id=found.task.client_id))
    task: Task = found.task
    return task


def _open_below(task: Task) -> list[Assignment]:
    """Lock and return the open tasks under a task, however deep."""
    found: list[Assignment] = []
    parents = [task.pk]
    while parents:
        rows = Assignment.objects.select_related("task").select_for_update(of=("task",))
        below = list(rows.filter(parent_id__in=parents, task__is_open=True).order_by("task_id"))
        found += below
        parents = [one.task_id for one in below]
    return found


@transaction.atomic
def take_up_again(*, actor: Actor, public_id: str, now: datetime) -> Task:
    """Open a finished or withdrawn task again; a deadline gone by becomes a day from now. Repeated, it is harmless."""
    found = locked(actor, public_id)
    task: Task = found.task
    if task.is_open:
        return task
    task.is_open, task.closed_at, task.outcome, task.closed_by_id = True, None, "", None
    if task.due_at is None or task.due_at <= now:
        task.due_at = now + timedelta(days=1)
    task.save(update_fields=["is_open", "closed_at", "outcome", "closed_by", "due_at"])
    publish(events.TaskReopened(task_id=task.pk, client_id=task.client_id))
    notify(
        Reminder.Kind.ASSIGNED,
        others(actor, task.employee_id),
        task=task,
        key=f"again:{task.pk}:{now.isoformat()}",
        now=now,
    )
    return task
