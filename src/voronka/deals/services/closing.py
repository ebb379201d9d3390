"""Closing a deal that was opened by mistake and that nobody has worked on."""

from datetime import datetime

from voronka.deals import events
from voronka.deals.models import Deal, Press
from voronka.deals.services.locking import locked_deal
from voronka.deals.services.watching import settle_deal
from voronka.kit.events import publish
from voronka.work import services as work


def archive_untouched(public_id: str, *, now: datetime) -> bool:
    """Archive an open deal without a press; False when somebody has pressed on it. A closed one stays closed.

    Inside the transaction of whoever takes its opening back. Raises NotFound.
    """
    deal = locked_deal(public_id)
    if Press.objects.filter(deal=deal, undone_at=None).exists():
        return False
    if deal.state != Deal.State.OPEN or deal.open_task_id is None:
        return True
    task_id = deal.open_task_id
    deal.state, deal.closed_at, deal.open_task = Deal.State.ARCHIVED, now, None
    deal.save(update_fields=["state", "closed_at", "open_task"])
    work.close_task(task_id, now=now, outcome="withdrawn")
    publish(
        events.DealClosed(
            deal_id=deal.pk,
            client_id=deal.client_id,
            state=deal.state,
            sum=str(deal.sum) if deal.sum is not None else None,
            currency=deal.currency,
            reason="",
        ),
        at=now,
    )
    settle_deal(deal.pk, now=now)
    return True
