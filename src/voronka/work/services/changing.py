"""Verbs of work on a task for people: change it, tick its list, discuss it, keep its files."""

from datetime import datetime
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Denied, Invalid, NotFound
from voronka.kit.events import publish
from voronka.kit.files import delete_file
from voronka.kit.models import StoredFile
from voronka.work import events
from voronka.work.models import Assignment, CheckItem, Remark, Reminder, Task
from voronka.work.permissions import SEE_TASKS, SET_TASKS
from voronka.work.queries.tasks import get_assignment
from voronka.work.rules.bands import Priority
from voronka.work.rules.tasks import LONGEST_CHECK, LONGEST_TEXT, MOST_CHECKS
from voronka.work.services.notices import drop_reminders, notify
from voronka.work.services.queue import pool_for
from voronka.work.services.tasks import (
    MOST_FILES,
    TaskDraft,
    add_checks,
    find_executor,
    keep_file,
    problems_of,
    required_words,
    tidy_line,
)


def locked(actor: Actor, public_id: str, *, as_author: bool = False) -> Assignment:
    """Lock a task by hand that the actor takes part in, or (`as_author`) set himself or rules over.

    Raises NotFound for one out of his sight, Denied for one that he only sees.
    """
    found = get_assignment(actor, public_id)
    Task.objects.select_for_update().filter(pk=found.task_id).values_list("id").first()
    found = get_assignment(actor, public_id)
    if not may_change(actor, found, as_author=as_author):
        raise Denied(_("Only its author may change this task."))
    return found


def may_change(actor: Actor, assignment: Assignment, *, as_author: bool = False) -> bool:
    """Tell whether the actor may work on a task, or (`as_author`) change what it asks for."""
    mine = {assignment.author_id} if as_author else {assignment.author_id, assignment.task.employee_id}
    if actor.employee_id in mine or actor.is_system:
        return True
    if as_author and actor.employee_id == assignment.task.employee_id:
        return False  # one does not rule over oneself: what one was given, its author changes
    executor = assignment.task.employee
    team_id = executor.team_id if executor else None
    ruled = actor.may(SEE_TASKS, owner_id=assignment.task.employee_id, team_id=team_id)
    return ruled and actor.may(SET_TASKS, owner_id=assignment.task.employee_id, team_id=team_id)


@transaction.atomic
def change_task(
    *, actor: Actor, public_id: str, title: str, why: str, due_at: datetime | None, employee_id: int, high: bool,
    now: datetime,
) -> Task:  # fmt: skip
    """Change what an open task asks for, by when and of whom; a new executor is told of it.

    Only its author may, and whoever rules over its executor. Raises Denied, NotFound, Conflict `task_closed`, Invalid.
    """
    found = locked(actor, public_id, as_author=True)
    task: Task = found.task
    require_open(task)
    executor = find_executor(actor, employee_id) if employee_id != task.employee_id else employee_id
    draft = TaskDraft(tidy_line(title), executor, due_at, why.strip())
    problems = problems_of(draft, None, has_about=True, files=1, now=now)
    if due_at == task.due_at:
        problems.pop("due", None)
    if found.kind is not None and "why" in found.kind.requires and not draft.why:
        problems["why"] = required_words("why")
    if problems:
        raise Invalid(_("Not saved: mend the marked places."), fields=problems)
    priority = Priority.HIGH if high else Priority.USUAL
    was = {"title": task.title, "why": found.why, "due_at": task.due_at, "executor": task.employee_id,
           "priority": task.priority}  # fmt: skip
    new = {"title": draft.title, "why": draft.why, "due_at": due_at, "executor": executor, "priority": priority}
    differing = sorted(name for name in new if new[name] != was[name])
    if not differing:
        return task
    task.title, task.due_at, task.priority, found.why = draft.title, due_at, priority, draft.why
    task.employee_id, task.pool_id = executor, pool_for(f"desk:{executor}")
    task.save(update_fields=["title", "due_at", "priority", "employee", "pool"])
    found.save(update_fields=["why"])
    publish(events.TaskChanged(task_id=task.pk, client_id=task.client_id, fields=differing))
    if "executor" in differing:
        drop_reminders(task)
        # By its moment: one to whom a task comes back is told again.
        key = f"assigned:{task.pk}:{executor}:{now.isoformat()}"
        notify(Reminder.Kind.ASSIGNED, others(actor, executor), task=task, key=key, now=now)
    return task


def others(actor: Actor, *ids: int | None) -> list[int]:
    """Return these employees but the actor himself."""
    return sorted({one for one in ids if one is not None and one != actor.employee_id})


def require_open(task: Task) -> None:
    """Raise Conflict when a task is closed."""
    if not task.is_open:
        raise Conflict(_("This task is done already."), code="task_closed")


@transaction.atomic
def add_check(*, actor: Actor, public_id: str, text: str) -> None:
    """Add a line to the checklist of an open task. Raises Denied, NotFound, Conflict `task_closed`, Invalid."""
    found = locked(actor, public_id)
    require_open(found.task)
    line, count = tidy_line(text), CheckItem.objects.filter(task=found.task).count()
    if not line or len(line) > LONGEST_CHECK or count >= MOST_CHECKS:
        message = _("At most %(n)s lines of %(limit)s signs.") % {"n": MOST_CHECKS, "limit": LONGEST_CHECK}
        raise Invalid(message, fields={"text": message})
    add_checks(found.task, [line], count)
    publish(events.TaskChanged(task_id=found.task_id, client_id=found.task.client_id, fields=["checklist"]))


@transaction.atomic
def tick(*, actor: Actor, public_id: str, item: str, done: bool, now: datetime) -> None:
    """Tick a line of the checklist, or untick it; repeated, it is harmless. Raises NotFound."""
    found = locked(actor, public_id)
    require_open(found.task)
    line = CheckItem.objects.filter(task=found.task, public_id=item).first()
    if line is None:
        raise NotFound(_("There is no such line."))
    if (line.done_at is not None) == done:
        return
    line.done_at, line.done_by_id = (now, actor.employee_id) if done else (None, None)
    line.save(update_fields=["done_at", "done_by"])
    publish(events.TaskChanged(task_id=found.task_id, client_id=found.task.client_id, fields=["checklist"]))


@transaction.atomic
def say(*, actor: Actor, public_id: str, text: str, now: datetime) -> Remark:
    """Write in the discussion of a task, open or closed; the others who take part in it are told.

    Raises Denied, NotFound, Invalid for an empty or too long text.
    """
    found = locked(actor, public_id)
    tidy = text.strip()
    if not tidy or len(tidy) > LONGEST_TEXT:
        message = _("Write up to %(limit)s signs.") % {"limit": LONGEST_TEXT}
        raise Invalid(message, fields={"text": message})
    remark = Remark.objects.create(task=found.task, author_id=actor.employee_id, text=tidy, at=now)
    publish(events.TaskDiscussed(task_id=found.task_id, remark_id=remark.pk))
    spoke = Remark.objects.filter(task=found.task).values_list("author_id", flat=True).distinct()
    concerned = others(actor, found.author_id, found.task.employee_id, *spoke)
    notify(Reminder.Kind.REMARK, concerned, task=found.task, key=f"remark:{remark.pk}", text=tidy[:200], now=now)
    return remark


@transaction.atomic
def attach(
    *, actor: Actor, public_id: str, source: IO[bytes], name: str, content_type: str, now: datetime
) -> StoredFile:
    """Keep a file with a task. Raises Invalid for one over 20 MB, or more than thirty."""
    found = locked(actor, public_id)
    if StoredFile.objects.filter(subject_kind="task", subject_id=found.task_id).count() >= MOST_FILES:
        message = _("A task holds thirty files at most.")
        raise Invalid(message, fields={"file": message})
    kept = keep_file(found.task, actor, source, name, content_type, now)
    publish(events.TaskChanged(task_id=found.task_id, client_id=found.task.client_id, fields=["files"]))
    return kept


@transaction.atomic
def detach(*, actor: Actor, public_id: str, file_id: str) -> None:
    """Remove a file of a task. Raises NotFound."""
    found = locked(actor, public_id)
    file = StoredFile.objects.filter(subject_kind="task", subject_id=found.task_id, public_id=file_id).first()
    if file is None:
        raise NotFound(_("There is no such file."))
    delete_file(file)
    publish(events.TaskChanged(task_id=found.task_id, client_id=found.task.client_id, fields=["files"]))
