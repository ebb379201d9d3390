"""Filling in a field that a stage demands, beside the deal in hand and without a press."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.deals import events
from voronka.deals.models import Deal
from voronka.deals.permissions import PRESS
from voronka.deals.rules.limits import field_of_ask
from voronka.deals.rules.required import SUM, ask_key
from voronka.deals.services.answers import typed_answers
from voronka.deals.services.pressing import locked_deal, team_of
from voronka.deals.services.required import as_kept, ask_of, held
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Denied, Invalid, NotFound
from voronka.kit.events import publish
from voronka.kit.steps import Ask
from voronka.people import queries as clients
from voronka.people import services as people


def field_ask(*, actor: Actor, deal: Deal, code: str) -> Ask:
    """Return the question that takes the value of a field beside an open deal.

    Raises NotFound for a field that is gone or hidden, Denied without the right, Conflict for a closed deal.
    """
    field = field_of_ask(ask_key(code))
    ask = ask_of(code)
    if ask is None or not actor.sees(field):
        raise NotFound(_("There is no such field."))
    actor.require(PRESS, owner_id=deal.responsible_id, team_id=team_of(deal))
    if not actor.writes(field):
        raise Denied(_("Your role may not change the field “%(name)s”.") % {"name": ask.label})
    if deal.state != Deal.State.OPEN:
        raise Conflict(_("The deal is closed already. Open the next client."), code="deal_closed")
    return ask


def as_seen(value: object, kind: str) -> str:
    """Return the value of a field as a form sends back what its reader saw, and as it is typed anew."""
    match kind, value:
        case _, None:
            return ""
        case "person", int():
            return accounts.public_ids_of_employees([value]).get(value, "")
        case _, list():
            return "\n".join(map(str, value))
        case _, bool():
            return "yes" if value else "no"
    return str(value)


@transaction.atomic
def fill_in(*, actor: Actor, deal_public_id: str, code: str, text: str, seen: str | None, now: datetime) -> Deal:
    """Write one field: `deal.sum`, or a custom field of the client by code; an empty text empties it.

    `seen` is the value that the person saw (as_seen): when somebody changed it since, Conflict tells. Raises
    NotFound, Denied, Invalid with the problem at `value`.
    """
    deal = locked_deal(deal_public_id)
    ask = field_ask(actor=actor, deal=deal, code=code)
    clients.lock_client(deal.client_id)
    deal.client = clients.get_client_row(deal.client_id)
    was = held(deal, code)
    if seen is not None and seen.replace("\r\n", "\n") != as_seen(was, ask.kind):
        message = _("Somebody has changed this meanwhile; now it is: %(value)s") % {
            "value": as_seen(was, ask.kind) or "—"
        }
        raise Conflict(message, code="changed_meanwhile", fields={"value": message})
    optional = Ask(ask.key, ask.kind, ask.label, required=False, options=ask.options)
    zone = str(ZoneInfo(deal.client.zone))
    typed, problems = typed_answers([optional], {ask.key: text}, now=now, client_zone=zone, my_zone=str(actor.zone))
    if problems:
        raise Invalid(problems[ask.key], fields={"value": problems[ask.key]})
    value = typed[ask.key]
    if code == SUM:
        if value != deal.sum:
            deal.sum = value
            deal.save(update_fields=["sum"])
            publish(events.DealChanged(deal_id=deal.pk, client_id=deal.client_id, fields=["sum"]), at=now)
        return deal
    people.set_custom_fields(actor=actor, client_id=deal.client_id, values={code: as_kept(value)}, now=now)
    return deal
