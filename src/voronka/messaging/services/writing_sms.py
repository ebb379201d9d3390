"""An SMS written by hand: through the same gate as everything else, once however often its form is sent."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.kit import outbox
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.messaging.models import Message
from voronka.messaging.permissions import WRITE
from voronka.messaging.queries.messages import sms_address
from voronka.messaging.rules.sms import cost_of, count
from voronka.messaging.services.planning import Draft, plan
from voronka.messaging.services.sms_sending import list_ways
from voronka.people import queries as people

TEXT_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class HandSms:
    """An SMS as it was typed; `operation` is the form's own id."""

    text: str
    traffic: str
    operation: uuid.UUID


@transaction.atomic
def write_sms_by_hand(*, actor: Actor, client_id: int, sms: HandSms, now: datetime) -> Message:
    """Plan an SMS to a client; it leaves when the seconds of undo are over, if the gate lets it.

    Raises Denied, NotFound, Invalid.
    """
    client = people.get_client_for(actor, WRITE, client_id=client_id)
    people.lock_client(client.pk)
    known = Message.objects.filter(cause=sms.operation, client_id=client.pk).first()
    if known is not None:
        return known
    problems = {}
    if not sms.text.strip() or len(sms.text) > TEXT_LIMIT or "\0" in sms.text:
        problems["text"] = _("From 1 to 1,000 characters.")
    if sms.traffic not in {"service", "advertising"}:
        problems["traffic"] = _("Say whether it is advertising.")
    if problems:
        raise Invalid(_("Not sent: mend the marked places."), fields=problems)
    price = price_of(sms.traffic)
    draft = Draft(
        channel="sms",
        traffic=sms.traffic,
        client_id=client.pk,
        address=sms_address(client.pk),
        body=sms.text,
        due_at=now + timedelta(seconds=outbox.UNDO_SECONDS),
        cause_kind="hand",
        cause=sms.operation,
        author_id=actor.employee_id,
        parts=len(count(sms.text).parts),
        cost=None if price is None else cost_of(sms.text, price),
    )
    plan([draft], now=now)
    return Message.objects.get(cause=sms.operation, client_id=client.pk)


def price_of(traffic: str) -> Decimal | None:
    """Return what a part costs by the provider that would be tried first, None where nobody said."""
    ways = list_ways().get(traffic, [])
    return ways[0].provider.price if ways else None
