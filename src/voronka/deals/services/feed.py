"""The feed: whose turn it is, and why."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from voronka.deals.models import Deal
from voronka.deals.queries.desk import my_pools
from voronka.kit.actors import Actor
from voronka.work import services as work


@dataclass(frozen=True, slots=True)
class Turn:
    """The client the feed gave: the deal's public id, and what the choice was made by."""

    deal_public_id: str
    taken: work.Taken


@transaction.atomic
def take_next(*, actor: Actor, now: datetime) -> Turn | None:
    """Give the actor the next client of his feed and hold him; None when nobody may be called now."""
    taken = work.take_next(actor=actor, pool_ids=my_pools(actor), now=now)
    if taken is None:
        return None
    public_id = Deal.objects.values_list("public_id", flat=True).get(pk=taken.subject.id)
    return Turn(public_id, taken)


def look_ahead(*, actor: Actor, besides: int | None, now: datetime) -> Turn | None:
    """Return who would come after the task in hand; nothing is held or counted, a colleague may still take him."""
    taken = work.look_ahead(actor=actor, pool_ids=my_pools(actor), besides=besides, now=now)
    if taken is None:
        return None
    return Turn(Deal.objects.values_list("public_id", flat=True).get(pk=taken.subject.id), taken)
