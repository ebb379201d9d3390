"""What an employee is to be told: due now, missed, ahead; the counts of the top bar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.kit.tenancy import current_company_id
from voronka.work.models import Habit, OverdueRule, Reminder
from voronka.work.queries.planner import Card, cards_of

MOST = 100
SCHEDULED = (Reminder.Kind.PROMISE, Reminder.Kind.DEADLINE)
USUAL_HOURS = 24


@dataclass(frozen=True, slots=True)
class Attention:
    """What the top bar shows: reminders that are due, own tasks that are overdue."""

    due: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Told:
    """A reminder with the card of its task, where it has one."""

    reminder: Reminder
    card: Card | None


def standing(employee_id: int) -> QuerySet[Reminder]:
    """Return the reminders that still stand: not dealt with, their task open and at the time they were made for."""
    rows = Reminder.objects.filter(employee_id=employee_id, done_at=None)
    of_time = Q(task__is_open=True) & (
        Q(kind=Reminder.Kind.PROMISE, moment=F("task__ready_at"), task__employee_id=employee_id)
        | Q(kind=Reminder.Kind.DEADLINE, moment=F("task__due_at"), task__employee_id=employee_id)
        | Q(kind=Reminder.Kind.ASSIGNED)
    )
    return rows.filter(of_time | ~Q(kind__in=[*SCHEDULED, Reminder.Kind.ASSIGNED]))


def list_due(actor: Actor, *, now: datetime) -> list[Told]:
    """Return what the actor has to be told by now and has not dealt with, the oldest first."""
    return tell(actor, list(due_of(actor, now=now).order_by("due_at", "id")[:MOST]))


def list_ahead(actor: Actor, *, now: datetime) -> list[Told]:
    """Return the reminders that are still ahead: own ones and those put off."""
    return tell(actor, list(ahead_of(actor, now=now).order_by("due_at", "id")[:MOST]))


def due_of(actor: Actor, *, now: datetime) -> QuerySet[Reminder]:
    """Return the actor's reminders that are due, in no order."""
    return standing(actor.person_id).filter(due_at__lte=now).select_related("task", "mate")


def ahead_of(actor: Actor, *, now: datetime) -> QuerySet[Reminder]:
    """Return the actor's reminders that are still ahead, in no order."""
    return standing(actor.person_id).filter(due_at__gt=now).select_related("task", "mate")


def tell(actor: Actor, rows: Sequence[Reminder]) -> list[Told]:
    """Return reminders with the cards of their tasks, as the actor may see these: two statements for all."""
    cards = {card.task.pk: card for card in cards_of(actor, [row.task for row in rows if row.task is not None])}
    return [Told(row, cards.get(row.task_id or 0)) for row in rows]


def get_reminder(actor: Actor, public_id: str) -> Reminder:
    """Return a reminder of the actor's own. Raises NotFound."""
    found = Reminder.objects.select_related("task", "mate").filter(
        public_id=public_id, employee_id=actor.employee_id or 0
    )
    row = found.first() if public_id.isalnum() else None
    if row is None:
        raise NotFound(_("There is no such reminder."))
    return row


def kind_of_reminder(reminder_id: int) -> str:
    """Return what a reminder is about while it is not dealt with; "" after that."""
    found = Reminder.objects.filter(pk=reminder_id, done_at=None)
    return found.values_list("kind", flat=True).first() or ""


_COUNTS = """
SELECT (SELECT count(*) FROM work_reminder r LEFT JOIN work_task t ON t.company_id = r.company_id AND t.id = r.task_id
        WHERE r.company_id = %(company)s AND r.employee_id = %(me)s AND r.done_at IS NULL AND r.due_at <= %(now)s
          AND (r.kind NOT IN ('promise', 'deadline', 'assigned')
               OR t.is_open AND (r.kind = 'assigned' OR t.employee_id = r.employee_id
                                 AND r.moment = CASE r.kind WHEN 'promise' THEN t.ready_at ELSE t.due_at END))),
       (SELECT count(*) FROM work_task t
        WHERE t.company_id = %(company)s AND t.employee_id = %(me)s AND t.is_open AND t.due_at < %(now)s)
"""


def count_attention(actor: Actor, *, now: datetime) -> Attention:
    """Return the counts of the top bar by one statement."""
    if actor.employee_id is None:
        return Attention(0, 0)
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"company": current_company_id(), "me": actor.employee_id, "now": now})
        due, overdue = cursor.fetchone()
    return Attention(due, overdue)


def habit_of(employee_id: int) -> Habit:
    """Return how an employee likes to be reminded; the usual way (not saved) for one who has said nothing."""
    return Habit.objects.filter(employee_id=employee_id).first() or Habit(employee_id=employee_id)


def overdue_hours() -> int:
    """Return after how many hours of being overdue the head hears of a task."""
    return OverdueRule.objects.values_list("hours", flat=True).first() or USUAL_HOURS
