"""The buttons of a deal as a program sees them: which may be pressed now, how each may end, what it asks first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from voronka.deals.models import Deal
from voronka.deals.permissions import PRESS
from voronka.deals.queries.desk import get_deal
from voronka.deals.rules.buttons import Button, Buttons, Outcome
from voronka.deals.services import pressing
from voronka.deals.services.locking import locked_deal, team_of
from voronka.kit.actors import Actor
from voronka.kit.errors import Refusal
from voronka.kit.steps import Ask


@dataclass(frozen=True, slots=True)
class OfferedOutcome:
    """A way that a button may end, and what a person answers first; `why_not` says why it cannot be pressed."""

    outcome: Outcome
    asks: Sequence[Ask]
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Offered:
    """A button and its outcomes; the first one is that of a plain press."""

    button: Button
    outcomes: Sequence[OfferedOutcome]


@transaction.atomic
def offered_buttons(*, actor: Actor, deal_public_id: str, now: datetime) -> list[Offered]:
    """Return the live buttons of the deal's stage; none once the deal is closed.

    Raises NotFound for a deal that the actor may not see, Denied where he may not press.
    """
    get_deal(actor, deal_public_id)
    deal = locked_deal(deal_public_id)
    actor.require(PRESS, owner_id=deal.responsible_id, team_id=team_of(deal))
    button_set = pressing.LIVE.first(stage_id=deal.stage_id)
    if button_set is None or deal.state != Deal.State.OPEN:
        return []
    buttons = Buttons.model_validate({"buttons": button_set.buttons}).buttons
    found = []
    for button in buttons:
        outcomes = []
        for outcome in button.outcomes:
            try:
                prepared = pressing.prepared_of(deal, button_set, button, outcome, actor=actor, now=now, dry=True)
                outcomes.append(OfferedOutcome(outcome, prepared.asks))
            except Refusal as refusal:
                outcomes.append(OfferedOutcome(outcome, (), refusal.message))
        found.append(Offered(button, outcomes))
    return found
