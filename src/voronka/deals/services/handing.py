"""Handing a deal over: its responsible employee changes, and its open task waits for him."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.deals import events
from voronka.deals.models import Deal
from voronka.deals.permissions import ASSIGN
from voronka.deals.services.locking import locked_deal
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, NotFound
from voronka.kit.events import publish
from voronka.work import services as work


@transaction.atomic
def hand_over(*, actor: Actor, deal_public_id: str, to_employee_id: int, now: datetime) -> Deal:
    """Make another employee responsible for an open deal, with its next step as it stands.

    Raises Denied without the right to assign, Conflict for a closed deal, NotFound for an unknown employee.
    """
    actor.require(ASSIGN)
    deal = locked_deal(deal_public_id)
    if deal.state != Deal.State.OPEN or deal.open_task is None:
        raise Conflict(_("The deal is closed already. Open the next client."), code="deal_closed")
    if all(one.pk != to_employee_id for one in accounts.list_employees()):
        raise NotFound(_("There is no such employee."))
    was = deal.responsible_id
    if was == to_employee_id:
        return deal
    deal.responsible_id = to_employee_id
    deal.save(update_fields=["responsible"])
    work.give_task(
        deal.open_task.pk,
        employee_id=to_employee_id,
        pool_key=f"employee:{to_employee_id}",
        client_id=deal.client_id,
    )
    publish(
        events.ResponsibleChanged(
            deal_id=deal.pk, client_id=deal.client_id, from_employee_id=was, to_employee_id=to_employee_id
        ),
        at=now,
    )
    return deal


@dataclass(frozen=True, slots=True)
class HandedDeal:
    """A deal as the queue hands it over (work.ports.HandsOver)."""

    deal_id: int

    def hand_over(self, *, actor: Actor, to_employee_id: int, now: datetime) -> None:
        """Give the deal and its open task to an employee."""
        public_id = Deal.objects.values_list("public_id", flat=True).get(pk=self.deal_id)
        hand_over(actor=actor, deal_public_id=public_id, to_employee_id=to_employee_id, now=now)
