"""The feed: whose turn it is, and why."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from voronka.deals.models import Deal, PipelineMember
from voronka.kit.actors import Actor
from voronka.work import queries as queue
from voronka.work import services as work


@dataclass(frozen=True, slots=True)
class Turn:
    """The client the feed gave: the deal's public id, and what the choice was made by."""

    deal_public_id: str
    taken: work.Taken


def pools_of(actor: Actor) -> list[int]:
    """Return the pools an employee is served from: his own and those of the pipelines he works in."""
    pipelines = PipelineMember.objects.filter(employee_id=actor.person_id).values_list("pipeline_id", flat=True)
    keys = [f"employee:{actor.person_id}", *(f"pipeline:{pipeline}" for pipeline in pipelines)]
    return list(queue.pools_by_key(keys).values())


@transaction.atomic
def take_next(*, actor: Actor, now: datetime) -> Turn | None:
    """Give the actor the next client of his feed and hold him; None when nobody may be called now."""
    taken = work.take_next(actor=actor, pool_ids=pools_of(actor), now=now)
    if taken is None:
        return None
    public_id = Deal.objects.values_list("public_id", flat=True).get(pk=taken.subject.id)
    return Turn(public_id, taken)
