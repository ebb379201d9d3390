"""The feed: whose turn it is, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.deals.queries.desk import get_deal, my_pools
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Denied
from voronka.work import services as work


@dataclass(frozen=True, slots=True)
class Turn:
    """The client the feed gave: the deal's id, and what the choice was made by."""

    deal_id: int
    taken: work.Taken


@transaction.atomic
def take_next(*, actor: Actor, now: datetime, pools: Sequence[int] | None = None) -> Turn | None:
    """Give the actor the next client of his feed and hold him; None when nobody may be called now.

    `pools` are those of `my_pools`, where the caller has them already.
    """
    found = my_pools(actor) if pools is None else list(pools)
    taken = work.take_next(actor=actor, pool_ids=found, now=now)
    return None if taken is None else Turn(taken.subject.id, taken)


def look_ahead(
    *, actor: Actor, besides: int | None, now: datetime, pools: Sequence[int] | None = None
) -> Turn | None:
    """Return who would come after the task in hand; nothing is held or counted, a colleague may still take him."""
    found = my_pools(actor) if pools is None else list(pools)
    taken = work.look_ahead(actor=actor, pool_ids=found, besides=besides, now=now)
    return None if taken is None else Turn(taken.subject.id, taken)


@transaction.atomic
def hold_deal(*, actor: Actor, deal_public_id: str, now: datetime) -> datetime:
    """Hold the client of an open deal for 90 seconds, or for 90 more; return until when. Others in hand are let go.

    Raises NotFound, Denied for one who does not work in the feed, or whom the feed leads (he only holds on to whom it
    gave him), Conflict for a closed deal and for a client in a colleague's hands.
    """
    deal = get_deal(actor, deal_public_id)
    if deal.open_task_id is None:
        raise Conflict(_("The deal is closed already. Open the next client."), code="deal_closed")
    if not work.renew(actor=actor, task_id=deal.open_task_id, now=now):
        if not work.may_work(actor) or actor.is_led:
            raise Denied(_("The feed chooses whom you work with."))
        if not work.hold(actor=actor, task_id=deal.open_task_id, client_id=deal.client_id, now=now):
            raise Conflict(_("A colleague is talking to this client now."), code="held")
        work.let_go_others(actor=actor, task_id=deal.open_task_id)
    return now + timedelta(seconds=work.LEASE_SECONDS)


@transaction.atomic
def release_deal(*, actor: Actor, deal_public_id: str) -> None:
    """Let the client of a deal go; one who is not held is left as he is. Raises NotFound."""
    task_id = get_deal(actor, deal_public_id).open_task_id
    if task_id is not None:
        work.let_go(actor=actor, task_id=task_id)
