"""Reminders as other verbs of the queue make and drop them."""

from collections.abc import Iterable
from datetime import datetime

from voronka.kit.events import publish
from voronka.work.events import ReminderDue
from voronka.work.models import Reminder, Task


def notify(
    kind: Reminder.Kind,
    employee_ids: Iterable[int],
    *,
    key: str,
    now: datetime,
    task: Task | None = None,
    mate_id: int | None = None,
    text: str = "",
    moment: datetime | None = None,
) -> int:
    """Tell employees something at once; a key that was used before tells nobody twice. Returns how many were told."""
    told = 0
    for employee_id in sorted(set(employee_ids)):
        row, made = Reminder.objects.get_or_create(
            employee_id=employee_id,
            key=key[:80],
            defaults={
                "kind": kind,
                "task": task,
                "mate_id": mate_id,
                "text": text[:200],
                "moment": moment,
                "due_at": now,
                "made_at": now,
                "announced_at": now,
            },
        )
        if made:
            told += 1
            publish(ReminderDue(reminder_id=row.pk, employee_id=employee_id))
    return told


def drop_reminders(task: Task) -> None:
    """Forget what was to be told of a task: it is done, withdrawn, or somebody else's. Words to people stay."""
    lasting = (Reminder.Kind.REMARK, Reminder.Kind.RESULT)
    Reminder.objects.filter(task=task, done_at=None).exclude(kind__in=lasting).delete()


def notify_of_task(
    kind: str, employee_ids: Iterable[int], *, key: str, task_id: int, text: str, now: datetime
) -> int:
    """Tell employees something about a task by its id, as `notify` does; parts above know no rows of the queue."""
    task = Task.objects.filter(pk=task_id).first()
    return notify(Reminder.Kind(kind), employee_ids, key=key, now=now, task=task, text=text)


def drop_by_key(start: str) -> int:
    """Forget reminders that have not been dealt with whose keys begin so: what they told of is over."""
    return Reminder.objects.filter(key__startswith=start, done_at=None).delete()[0]
