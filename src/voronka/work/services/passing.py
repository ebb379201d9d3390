"""Tasks that people set for one employee pass to another, all at once, and come back."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from voronka.kit.events import publish
from voronka.work.events import TaskHandedOver
from voronka.work.models import Reminder, Task
from voronka.work.services.notices import drop_reminders, notify
from voronka.work.services.queue import pool_for

HAND = "hand"


def count_set_tasks(employee_id: int) -> int:
    """Return how many open tasks people have set for an employee."""
    return Task.objects.filter(employee_id=employee_id, kind=HAND, is_open=True).count()


@transaction.atomic
def pass_set_tasks(*, from_employee_id: int, to_employee_id: int, now: datetime) -> list[int]:
    """Give the open tasks that people set for one employee to another; return their ids. The caller asks the right."""
    rows = Task.objects.select_for_update().filter(employee_id=from_employee_id, kind=HAND, is_open=True)
    tasks = list(rows.order_by("id"))
    _give(tasks, to_employee_id)
    for task in tasks:
        drop_reminders(task)
        key = f"assigned:{task.pk}:{to_employee_id}:{now.isoformat()}"
        notify(Reminder.Kind.ASSIGNED, [to_employee_id], task=task, key=key, now=now)
    return [one.pk for one in tasks]


@transaction.atomic
def pass_tasks_back(task_ids: Sequence[int], *, from_employee_id: int, to_employee_id: int) -> int:
    """Give tasks back that are still open and with whom they were given to; return how many."""
    rows = Task.objects.select_for_update().filter(
        pk__in=task_ids, employee_id=from_employee_id, kind=HAND, is_open=True
    )
    tasks = list(rows.order_by("id"))
    for task in tasks:
        drop_reminders(task)
    _give(tasks, to_employee_id)
    return len(tasks)


def _give(tasks: Sequence[Task], to_employee_id: int) -> None:
    if not tasks:
        return
    told = [
        TaskHandedOver(
            task_id=one.pk,
            client_id=one.client_id,
            from_employee_id=one.employee_id,
            to_employee_id=to_employee_id,
        )
        for one in tasks
    ]
    Task.objects.filter(pk__in=[one.pk for one in tasks]).update(
        employee_id=to_employee_id, pool_id=pool_for(f"desk:{to_employee_id}")
    )
    publish(*told)
