"""The one open task of a deal: replaced by the step that a press or an automation has set, or closed with the deal."""

from datetime import datetime

from django.utils.translation import gettext as _

from voronka.deals.models import Deal
from voronka.deals.services.drafts import DealDraft
from voronka.deals.services.opening import DUE, PROMISED, pool_of, priority_of, window_of
from voronka.kit.errors import Refusal
from voronka.kit.subjects import Subject
from voronka.work import services as work


def write_next_step(deal: Deal, draft: DealDraft, now: datetime) -> int | None:
    """Put the draft's next step in the place of the open one; return the id of the new task, None for a closed deal.

    The deal is locked. Raises Refusal `no_next_step`: an open deal always has exactly one.
    """
    assert deal.open_task_id is not None
    if draft.closed:
        work.close_task(deal.open_task_id, now=now)
        return None
    step = draft.next_step
    if step is None:
        raise Refusal(
            _("This button leaves the deal without a next step. Ask the head of sales to mend it."),
            code="no_next_step",
        )
    old = deal.open_task
    assert old is not None
    same_owner = "responsible_id" not in draft.before()
    return work.replace_task(
        deal.open_task_id,
        work.NewTask(
            kind=step.kind,
            title=step.title,
            subject=Subject("deal", deal.pk),
            client_id=deal.client_id,
            pool_id=old.pool_id if same_owner else pool_of(deal),
            employee_id=deal.responsible_id,
            window_id=window_of(draft.hours, step.at),
            band=PROMISED if step.promised else DUE,
            priority=priority_of(deal),
            ready_at=step.at,
        ),
        now=now,
    )
