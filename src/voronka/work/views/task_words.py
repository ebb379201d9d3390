"""What lists and pages of tasks say."""

from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.work.models import Assignment, TaskKind
from voronka.work.queries.tasks import Load


def due_words(due_at: datetime | None, actor: Actor, now: datetime) -> str:
    """Return a deadline in a sentence: "tomorrow at 18:00"."""
    return wording.moment(due_at, actor.zone.key, now, actor.language) if due_at is not None else ""


def task_row(one: Assignment, actor: Actor, now: datetime) -> dict[str, object]:
    """Return a task as a row of a list."""
    task = one.task
    late = task.is_open and task.due_at is not None and task.due_at < now
    who = task.employee.name if task.employee is not None and task.employee_id != actor.employee_id else ""
    author = one.author.name if one.author is not None and one.author_id not in (
        actor.employee_id, task.employee_id
    ) else ""  # fmt: skip
    when = due_words(task.due_at, actor, now)
    if not task.is_open and task.closed_at is not None:
        done = _("done %(time)s") if task.outcome == "done" else _("withdrawn %(time)s")
        when = done % {"time": wording.moment(task.closed_at, actor.zone.key, now, actor.language)}
    return {
        "title": task.title,
        "url": reverse("work:task", args=[task.public_id]),
        "about": "",
        "who": _("%(name)s does it") % {"name": who}
        if who
        else _("from %(name)s") % {"name": author}
        if author
        else "",
        "due": when,
        "tone": "late" if late else "",
        "high": task.priority < 2,
        "icon": "checklist" if task.is_open else "check",
        "kind": "",
        "is_closed": not task.is_open,
    }


def requirement_words(kind: TaskKind) -> str:
    """Return what a kind wants: "why, about whom, a checklist"."""
    words = requirement_names()
    wanted = [words[code] for code in kind.requires if code in words]
    return _("It needs: %(what)s.") % {"what": ", ".join([*wanted, *kind.asks])} if wanted or kind.asks else ""


def requirement_names() -> dict[str, str]:
    """Return the names of what a kind may require."""
    return {
        "why": _("why it is needed"),
        "about": _("a client or a deal"),
        "checklist": _("a checklist"),
        "file": _("a file"),
        "result": _("a result when done"),
    }


def load_words(load: Load, day: date | None, actor: Actor, now: datetime) -> str:
    """Return how busy somebody is: "12 of 32 planned, 40 open, 3 overdue"; nothing where it may not be told."""
    if load.planned is None or load.open is None:
        return ""
    parts = []
    if load.is_off:
        parts.append(_("not at work"))
    else:
        parts.append(_("%(planned)s of %(norm)s planned") % {"planned": load.planned, "norm": load.norm})
    parts.append(_("%(n)s open") % {"n": load.open})
    if load.overdue:
        parts.append(ngettext("%(n)s overdue", "%(n)s overdue", load.overdue) % {"n": load.overdue})
    return ", ".join(parts)
