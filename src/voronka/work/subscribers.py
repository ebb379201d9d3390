"""Reactions of the queue to other parts' events, and what open pages hear of it."""

from datetime import UTC, datetime, timedelta

from django.utils import translation

from voronka.accounts import queries as accounts
from voronka.accounts.events import CompanyFounded, NoticeGiven
from voronka.kit.actors import Actor
from voronka.kit.events import RecordedEvent, listens
from voronka.kit.live import LiveMessage, shows
from voronka.work import events, services
from voronka.work.queries import reminders as queries
from voronka.work.rules.holidays import YEARS


@listens("work.holidays", CompanyFounded)
def load_holidays(event: RecordedEvent) -> None:
    """Give a new company of Russia the production calendars of this year and the next, where they are known."""
    rules = accounts.get_company_rules()
    if rules.country != "RU":
        return
    this = datetime.now(UTC).year
    with translation.override(rules.language):
        for year in (this, this + 1):
            if year in YEARS:
                services.load_holidays(actor=Actor.system(event.company_id, origin="listener"), year=year)


@listens("work.kinds", CompanyFounded)
def ship_kinds(event: RecordedEvent) -> None:
    """Give a new company the usual kinds of tasks."""
    with translation.override(accounts.get_company_rules().language):
        services.ship_kinds(actor=Actor.system(event.company_id, origin="listener"))


@listens("work.push", events.ReminderDue, NoticeGiven)
def tell_devices(event: RecordedEvent) -> None:
    """Write down what the devices of one employee are to be told; what is an hour old stands in his list anyway."""
    now = datetime.now(UTC)
    if now - event.at > timedelta(hours=1):
        return
    if event.name == "accounts.NoticeGiven":
        services.push(event.payload["to_employee_id"], "notice", event.subject_id, kind="notice", now=now)
        return
    kind = queries.kind_of_reminder(event.subject_id)
    if kind:
        services.push(event.payload["employee_id"], "reminder", event.subject_id, kind=kind, now=now)


@shows("reminder", events.ReminderDue, events.ReminderSettled)
def reminder_due(event: RecordedEvent) -> LiveMessage:
    """Tell the pages of one employee to look at his reminders."""
    employee_id = event.payload["employee_id"]
    return LiveMessage("reminder", {"reminder": event.subject_id}, frozenset({employee_id}))


@shows("task", events.TaskSet, events.TaskChanged, events.TaskDone, events.TaskDiscussed)
def task_changed(event: RecordedEvent) -> LiveMessage:
    """Tell open pages of tasks that one was changed."""
    return LiveMessage("task", {"task": event.subject_id, "by": event.employee_id or 0})


@shows("planner", events.TaskRescheduled, events.TaskHandedOver)
def planner_changed(event: RecordedEvent) -> LiveMessage:
    """Tell open planners that a task has moved."""
    return LiveMessage("planner", {"task": event.subject_id, "by": event.employee_id or 0})
