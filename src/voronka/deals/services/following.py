"""Keeping open tasks in step with their clients."""

from django.db import transaction

from voronka.deals.models import Deal
from voronka.deals.services.opening import priority_of, window_of
from voronka.deals.services.pressing import calling_hours
from voronka.work import services as work


@transaction.atomic
def follow_client(client_id: int) -> int:
    """Give the open tasks of a client's deals his present call window and priority; return how many.

    A promised time stays promised: its window is judged anew by the moment that was promised.
    """
    deals = (
        Deal.objects.select_related("client", "company", "open_task")
        .filter(client_id=client_id, state=Deal.State.OPEN)
        .order_by("id")
    )
    moved = 0
    for deal in deals:
        assert deal.open_task is not None
        promised_at = deal.open_task.ready_at if deal.open_task.band == 0 else None
        moved += work.move_task(
            deal.open_task.pk,
            window_id=window_of(calling_hours(deal), promised_at),
            priority=priority_of(deal),
        )
    return moved
