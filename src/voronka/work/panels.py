"""What the queue puts on shared screens: the planner's section, settings of hours, how its events read."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from django.urls import reverse, reverse_lazy
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.events import RecordedEvent
from voronka.kit.panels import Panel, register_panel
from voronka.kit.screens import Quick, Section, register_counter, register_quick, register_section
from voronka.kit.settings_menu import SettingsGroup, SettingsPage, register_settings_page
from voronka.kit.timeline import Told, tells
from voronka.people.ports import register_my_day
from voronka.work import events
from voronka.work.models import Assignment, Task
from voronka.work.permissions import MANAGE_HOURS, MANAGE_TASK_KINDS, PLAN, SEE_TASKS, SET_TASKS
from voronka.work.queries.hours import my_day_of
from voronka.work.queries.reminders import count_attention
from voronka.work.queries.tasks import visible


def _count(actor: Actor) -> Mapping[str, int]:
    attention = count_attention(actor, now=datetime.now(UTC))
    return {"bell": attention.due, "work": attention.overdue}


register_counter(_count)
register_my_day(my_day_of)
register_section(Section("work", gettext_lazy("Planner"), reverse_lazy("work:planner"), order=40, right=PLAN))
register_settings_page(
    SettingsPage(
        "hours",
        gettext_lazy("Working hours and days off"),
        gettext_lazy("When the company and each employee work, lunch, public holidays, vacations"),
        "calendar-event",
        "work:hours",
        MANAGE_HOURS,
        SettingsGroup.COMPANY,
        order=40,
        words=gettext_lazy("schedule vacation holiday calendar lunch"),
    )
)
register_settings_page(
    SettingsPage(
        "task-kinds",
        gettext_lazy("Tasks for people"),
        gettext_lazy("Kinds of tasks and what each needs, when the head hears of overdue ones"),
        "checklist",
        "work:kinds",
        MANAGE_TASK_KINDS,
        SettingsGroup.SALES,
        order=40,
        words=gettext_lazy("overdue checklist templates"),
    )
)
register_quick(Quick(gettext_lazy("New task"), "work:task-new", "KeyT", SET_TASKS))
register_panel(
    Panel(
        "client",
        "work.tasks",
        gettext_lazy("Tasks"),
        "side",
        30,
        lambda public_id: reverse("work:client-tasks", args=[public_id]),
        SEE_TASKS,
    )
)


@tells("tasks", gettext_lazy("Tasks"), events.TaskRescheduled)
def tell_moves(rows: Sequence[RecordedEvent], actor: Actor) -> Mapping[int, Told]:
    """Tell that a step was moved: from when, to when, by whom."""
    told = {}
    for row in rows:
        was, at = (
            wording.moment(datetime.fromisoformat(row.payload[key]), actor.zone.key, row.at, actor.language)
            for key in ("was_at", "at")
        )
        said = _("Moved back") if row.payload.get("undone") else _("Moved")
        head = format_html("<b>{}</b> · {}", said, row.by)
        told[row.seq] = Told("calendar-event", head, "thin", text=_("%(was)s → %(at)s") % {"was": was, "at": at})
    return told


@tells("tasks", gettext_lazy("Tasks"), events.TaskSet, events.TaskDone, events.TaskWithdrawn, events.TaskReopened)
def tell_tasks(rows: Sequence[RecordedEvent], actor: Actor) -> Mapping[int, Told]:
    """Tell tasks for people: set, done, no longer wanted, taken up again; those that the reader may see."""
    ids = [row.subject_id for row in rows]
    seen = Assignment.objects.select_related("task").filter(visible(actor), task_id__in=ids)
    tasks: dict[int, Task] = {one.task_id: one.task for one in seen}
    results = {one.task_id: one.result for one in seen}
    said = {
        "work.TaskSet": ("checklist", _("Task set"), "thin"),
        "work.TaskDone": ("check", _("Task done"), "gain"),
        "work.TaskWithdrawn": ("x", _("Task withdrawn"), "thin"),
        "work.TaskReopened": ("arrow-back-up", _("Task taken up again"), "thin"),
    }
    told = {}
    for row in rows:
        task = tasks.get(row.subject_id)
        if task is None:
            continue
        icon, what, kind = said[row.name]
        head = format_html("<b>{}</b> · {} · {}", what, task.title, row.by)
        text = results.get(task.pk, "") if row.name == "work.TaskDone" else ""
        told[row.seq] = Told(icon, head, kind, text=text, url=reverse("work:task", args=[task.public_id]))
    return told
