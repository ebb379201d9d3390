"""The feed: whose turn it is, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from voronka.deals.queries.desk import my_pools
from voronka.kit.actors import Actor
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
