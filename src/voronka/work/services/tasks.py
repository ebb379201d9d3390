"""Verbs of tasks for people: set, change, tick, discuss, finish, take up again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid
from voronka.kit.events import publish
from voronka.kit.files import store_file
from voronka.kit.ids import new_public_id
from voronka.kit.models import StoredFile
from voronka.work import events, ports
from voronka.work.models import Assignment, CheckItem, Reminder, Task, TaskKind
from voronka.work.permissions import SET_TASKS
from voronka.work.queries.tasks import get_assignment
from voronka.work.rules.bands import Band, Priority
from voronka.work.rules.tasks import (
    LONGEST_CHECK,
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_CHECKS,
    missing,
)
from voronka.work.services.notices import notify
from voronka.work.services.planning import FURTHEST
from voronka.work.services.queue import pool_for, window_for

HAND = "hand"
MOST_MIB = 20
MOST_FILES = 30


@dataclass(frozen=True, slots=True)
class TaskDraft:
    """What a person typed: `about` is `client:PUBLIC_ID`, `deal:...` or empty; `kind` a public id or empty."""

    title: str
    employee_id: int
    due_at: datetime | None
    why: str = ""
    about: str = ""
    kind: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    checks: Sequence[str] = ()
    high: bool = False
    parent: str = ""


@transaction.atomic
def set_task(
    *, actor: Actor, draft: TaskDraft, now: datetime, files: Sequence[tuple[str, IO[bytes], str]] = ()
) -> Task:
    """Set a task for an employee or oneself, with its checklist and files (name, bytes, type).

    What its kind requires has to be there. Raises Invalid with the problems at their fields, Denied without the right
    over the executor, Conflict under a task that is done.
    """
    executor = find_executor(actor, draft.employee_id)
    kind = _kind(draft.kind)
    about = ports.find_about(actor, draft.about) if draft.about else None
    clean = replace(draft, title=tidy_line(draft.title), why=draft.why.strip(), checks=_checks(draft.checks))
    problems = problems_of(clean, kind, has_about=about is not None, files=len(files), now=now)
    if draft.about and about is None:
        problems["about"] = _("There is no such record, or you may not see it.")
    parent = _open_parent(actor, draft.parent) if draft.parent else None
    if problems:
        raise Invalid(_("Not set: mend the marked places."), fields=problems)
    assert clean.due_at is not None
    task = _make(clean, executor, about, now)
    Assignment.objects.create(
        task=task,
        kind=kind,
        author_id=actor.employee_id,
        parent=parent,
        why=clean.why,
        answers={label: clean.answers.get(label, "").strip() for label in (kind.asks if kind else [])},
    )
    add_checks(task, clean.checks)
    for name, source, content_type in files[:MOST_FILES]:
        keep_file(task, actor, source, name, content_type, now)
    publish(
        events.TaskSet(
            task_id=task.pk,
            client_id=task.client_id,
            author_id=actor.employee_id,
            employee_id=executor,
            due_at=clean.due_at.isoformat(),
        )
    )
    if executor != actor.employee_id:
        notify(Reminder.Kind.ASSIGNED, [executor], task=task, key=f"assigned:{task.pk}:{executor}", now=now)
    return task


def _open_parent(actor: Actor, public_id: str) -> Task:
    """Lock the task that gets a subtask, so that nobody finishes it meanwhile. Raises NotFound, Conflict."""
    parent: Task = get_assignment(actor, public_id).task
    rows = Task.objects.select_for_update().filter(pk=parent.pk, is_open=True)
    if rows.values_list("id").first() is None:
        raise Conflict(_("This task is done already."), code="task_closed")
    return parent


def _make(draft: TaskDraft, executor: int, about: ports.About | None, now: datetime) -> Task:
    task = Task(
        public_id=new_public_id(),
        kind=HAND,
        title=draft.title,
        subject_kind=about.kind if about else "task",
        subject_id=about.id if about else 0,
        client_id=about.client_id if about else None,
        pool_id=pool_for(f"desk:{executor}"),
        employee_id=executor,
        window_id=window_for("UTC", 0, 1440),
        band=Band.BACKLOG,
        priority=Priority.HIGH if draft.high else Priority.USUAL,
        ready_at=now,
        due_at=draft.due_at,
        made_at=now,
    )
    task.save(force_insert=True)
    if about is None:
        task.subject_id = task.pk
        task.save(update_fields=["subject_id"])
    return task


def tidy_line(text: str) -> str:
    """Return a typed line without spare spaces."""
    return " ".join(text.split())


def _checks(lines: Sequence[str]) -> list[str]:
    return [tidy for line in lines if (tidy := tidy_line(line))]


def _kind(public_id: str) -> TaskKind | None:
    if not public_id:
        return None
    found = TaskKind.objects.filter(public_id=public_id, is_active=True).first()
    if found is None:
        message = _("This choice is no longer in the list.")
        raise Invalid(message, fields={"kind": message})
    return found


def find_executor(actor: Actor, employee_id: int) -> int:
    """Return the employee when the actor may set him tasks. Raises Invalid, Denied."""
    found = next((one for one in accounts.list_employees() if one.pk == employee_id), None)
    if found is None:
        message = _("Choose who is to do it.")
        raise Invalid(message, fields={"employee": message})
    actor.require(SET_TASKS, owner_id=found.pk, team_id=found.team_id)
    return found.pk


def problems_of(
    draft: TaskDraft, kind: TaskKind | None, *, has_about: bool, files: int, now: datetime
) -> dict[str, str]:
    """Return what is wrong with a typed task, by field; empty when it may be set."""
    problems: dict[str, str] = {}
    if not draft.title:
        problems["title"] = _("Say what is to be done.")
    elif len(draft.title) > LONGEST_TITLE:
        problems["title"] = _("Longer than %(limit)s signs.") % {"limit": LONGEST_TITLE}
    if len(draft.why) > LONGEST_TEXT:
        problems["why"] = _("Longer than %(limit)s signs.") % {"limit": LONGEST_TEXT}
    problems |= due_problem(draft.due_at, now)
    if len(draft.checks) > MOST_CHECKS or any(len(line) > LONGEST_CHECK for line in draft.checks):
        problems["checks"] = _("At most %(n)s lines of %(limit)s signs.") % {"n": MOST_CHECKS, "limit": LONGEST_CHECK}
    if kind is not None:
        given = {"why": bool(draft.why), "about": has_about, "checklist": bool(draft.checks), "file": files > 0}
        for code in missing(kind.requires, kind.asks, given=given, answers=draft.answers):
            problems.setdefault(_FIELDS.get(code, code), required_words(code))
    return problems


_FIELDS = {"checklist": "checks", "file": "file", "why": "why", "about": "about"}


def required_words(code: str) -> str:
    """Return what a kind of tasks wants, in words."""
    return {
        "why": _("A task of this kind says why."),
        "about": _("A task of this kind is about a client or a deal."),
        "checklist": _("A task of this kind has a checklist."),
        "file": _("A task of this kind has a file."),
    }.get(code, _("A task of this kind needs an answer here."))


def due_problem(due_at: datetime | None, now: datetime) -> dict[str, str]:
    """Return what is wrong with a deadline, by field; nothing when it is sound."""
    if due_at is None:
        return {"due": _("Say by when: a task without a deadline is forgotten.")}
    if due_at <= now:
        return {"due": _("That time has passed.")}
    return {"due": _("That is more than a year ahead.")} if due_at > now + FURTHEST else {}


def add_checks(task: Task, lines: Sequence[str], start: int = 0) -> None:
    """Add lines to a checklist from a position on."""
    CheckItem.objects.bulk_create(
        [CheckItem(task=task, position=start + number, text=line) for number, line in enumerate(lines)]
    )


def keep_file(task: Task, actor: Actor, source: IO[bytes], name: str, content_type: str, now: datetime) -> StoredFile:
    """Keep a file of a task, 20 MB at most."""
    return store_file(
        source,
        name=name,
        subject_kind="task",
        subject_id=task.pk,
        added_by=actor.employee_id,
        now=now,
        content_type=content_type or "application/octet-stream",
        most_mib=MOST_MIB,
    )
