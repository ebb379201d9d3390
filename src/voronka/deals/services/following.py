"""Keeping open tasks in step with what they hang on: the client's hours, the company's, who works here."""

from collections import defaultdict
from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet

from voronka.deals.models import Deal
from voronka.deals.services.locking import calling_hours
from voronka.deals.services.opening import PROMISED, pool_of, priority_of, window_of
from voronka.work import queries as queue
from voronka.work import services as work

CHUNK = 500


@transaction.atomic
def follow_client(client_id: int) -> int:
    """Give the open tasks of a client's deals his present call window and priority; return how many.

    A promised time stays promised: its window is judged anew by the moment that was promised.
    """
    return _follow(_locked(Deal.objects.filter(client_id=client_id, state=Deal.State.OPEN)))


def follow_company() -> int:
    """Give the open tasks of all clients without hours of their own the company's present ones; return how many.

    Chunk by chunk, each a transaction of its own; doing it again changes nothing.
    """
    moved, after = 0, 0
    while True:
        with transaction.atomic():
            rows = Deal.objects.filter(pk__gt=after, state=Deal.State.OPEN, client__call_opens_minute=None)
            deals = _locked(rows, most=CHUNK)
            moved += _follow(deals)
        if len(deals) < CHUNK:
            return moved
        after = deals[-1].pk


def follow_deal(deal: Deal) -> None:
    """Let a task that was opened again catch up with what has changed since: hours, priority, who it waits for.

    The caller holds the deal's lock; the task may have any window that a person has chosen before.
    """
    task = deal.open_task
    if task is None:
        return
    if not queue.is_always_open(task.window_id):
        _follow([deal])
    work.hand_tasks([task.pk], pool_id=pool_of(deal), employee_id=deal.responsible_id)


def _locked(rows: QuerySet[Deal], most: int | None = None) -> list[Deal]:
    """Lock the deals first, then read them: a press that was under way may have given them another task."""
    ids = list(rows.select_for_update(of=("self",)).order_by("id").values_list("id", flat=True)[:most])
    found = Deal.objects.select_related("client", "company", "open_task").filter(pk__in=ids).order_by("id")
    return list(found)


def _follow(deals: Sequence[Deal]) -> int:
    windows: dict[tuple[str, int, int], int] = {}
    places: dict[tuple[int, int], list[int]] = defaultdict(list)
    for deal in deals:
        assert deal.open_task is not None
        hours = calling_hours(deal)
        if deal.open_task.band == PROMISED:
            window_id = window_of(hours, deal.open_task.ready_at)
        else:
            key = (hours.window.zone, hours.window.opens_minute, hours.window.closes_minute)
            window_id = windows[key] if key in windows else windows.setdefault(key, window_of(hours))
        places[window_id, priority_of(deal)].append(deal.open_task.pk)
    return sum(
        work.move_tasks(ids, window_id=window_id, priority=priority) for (window_id, priority), ids in places.items()
    )
