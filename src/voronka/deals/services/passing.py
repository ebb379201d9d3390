"""One open deal passes to another employee or to the common pool, its open task with it."""

from datetime import datetime

from voronka.deals import events
from voronka.deals.models import Deal
from voronka.deals.services.opening import pool_of
from voronka.kit.events import publish
from voronka.work import services as work


def pass_deal(deal: Deal, to_employee_id: int | None, *, now: datetime) -> bool:
    """Make somebody else responsible for an open deal; the caller holds its lock and has asked the right."""
    was = deal.responsible_id
    if was == to_employee_id:
        return False
    deal.responsible_id = to_employee_id
    deal.save(update_fields=["responsible"])
    if deal.open_task_id is not None:
        work.hand_tasks([deal.open_task_id], pool_id=pool_of(deal), employee_id=to_employee_id)
    publish(
        events.ResponsibleChanged(
            deal_id=deal.pk, client_id=deal.client_id, from_employee_id=was, to_employee_id=to_employee_id
        ),
        at=now,
    )
    return True
