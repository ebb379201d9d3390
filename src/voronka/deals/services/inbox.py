"""Sorting the inbox: a waiting request becomes a deal, or joins a client and the deal he has; and back again.

Each verb locks the request's row first and tells what was done when somebody was quicker, so that two people, two
clicks or a repeated delivery make one deal.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.deals.models import Deal
from voronka.deals.permissions import OPEN_DEALS
from voronka.deals.queries.desk import get_deal
from voronka.deals.services.closing import archive_untouched
from voronka.deals.services.opening import open_for_lead
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, NotFound
from voronka.people import queries as people
from voronka.people import services as inbox


@dataclass(frozen=True, slots=True)
class Sorted:
    """What a request came to: its deal, its client's name, whether a deal was opened, or it was all done before."""

    lead_id: str
    deal_public_id: str
    client_name: str
    is_new_deal: bool
    was_repeated: bool = False
    by: str = ""


@transaction.atomic
def accept(*, actor: Actor, public_id: str, now: datetime) -> Sorted:
    """Make a waiting request a deal: a card by its contacts, a deal by the rules of its pipeline.

    A client who has an open deal keeps it: his task becomes fresh. Raises Denied, NotFound, Conflict when it was
    rejected meanwhile.
    """
    return _take_in(actor, public_id, None, now)


@transaction.atomic
def attach(*, actor: Actor, public_id: str, client: str, now: datetime) -> Sorted:
    """Give a waiting request to a client the actor names, whatever its contacts say; his open deal is made fresh.

    Without an open deal one is opened. Raises Denied, NotFound, Conflict when it was rejected meanwhile.
    """
    actor.require(OPEN_DEALS)
    card = people.get_client(actor, client)
    return _take_in(actor, public_id, card.pk, now)


def _take_in(actor: Actor, public_id: str, client_id: int | None, now: datetime) -> Sorted:
    actor.require(OPEN_DEALS)
    lead = inbox.lock_lead(actor, public_id)
    if lead.state in ("accepted", "attached"):
        return _told_again(actor, lead.public_id, lead.outcome, lead.client_id, lead.decided_by_id)
    inbox.require_waiting(lead)
    system = Actor.system(actor.company_id, zone=actor.zone, origin="inbox")
    done = inbox.record_touch(
        actor=system,
        touch=inbox.touch_of(lead),
        now=now,
        client_id=client_id,
        by_hand=True,
    )
    made = open_for_lead(actor=system, client_id=done.client_id, source=lead.channel, asked_at=lead.at, now=now)
    deal = made or _open_deal_of(done.client_id)
    state = "accepted" if client_id is None else "attached"
    inbox.settle_lead(
        lead,
        state,
        actor=actor,
        now=now,
        client_id=done.client_id,
        touch_id=done.touch_id,
        outcome={"deal": deal.public_id, "made": made is not None},
    )
    name = people.client_names([done.client_id], actor).get(done.client_id, "")
    return Sorted(lead.public_id, deal.public_id, name, made is not None)


def _open_deal_of(client_id: int) -> Deal:
    return Deal.objects.filter(client_id=client_id, state=Deal.State.OPEN).order_by("-id")[0]


def _told_again(
    actor: Actor, lead_id: str, outcome: dict[str, object], client_id: int | None, by_id: int | None
) -> Sorted:
    names = people.client_names([client_id], actor) if client_id is not None else {}
    by = accounts.employee_names([by_id]).get(by_id, "") if by_id is not None and by_id != actor.employee_id else ""
    name = names.get(client_id or 0, "")
    return Sorted(lead_id, str(outcome.get("deal", "")), name, False, was_repeated=True, by=by)


@transaction.atomic
def take_back(*, actor: Actor, public_id: str, now: datetime) -> bool:
    """Let a sorted request wait again; the deal it opened is archived while nobody has worked on it.

    False when it waits already. Raises Denied, NotFound, Conflict once somebody has worked on the deal.
    """
    lead = inbox.lock_lead(actor, public_id)
    if lead.state == "waiting":
        return False
    if lead.outcome.get("made"):
        actor.require(OPEN_DEALS)
        if not archive_untouched(str(lead.outcome["deal"]), now=now):
            raise Conflict(_("Somebody has worked on the deal already: it stays."), code="worked_on")
    inbox.put_back(lead, actor=actor, now=now)
    return True


def deal_of(actor: Actor, public_id: str) -> Deal | None:
    """Return the deal of a sorted request as the actor may see it; None where he may not."""
    try:
        return get_deal(actor, public_id)
    except NotFound:
        return None
