"""An SMS written by hand: through the same gate as everything else, once however often its form is sent."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.kit import outbox
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.messaging.models import Message, SmsProvider
from voronka.messaging.permissions import WRITE
from voronka.messaging.queries.messages import sms_address
from voronka.messaging.rules.sms import Tariff
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
    tariff = tariff_of(sms.traffic)
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
        parts=tariff.parts(sms.text),
        cost=tariff.cost(sms.text),
    )
    plan([draft], now=now)
    return Message.objects.get(cause=sms.operation, client_id=client.pk)


def tariff_of(traffic: str) -> Tariff:
    """Return how the provider that would be tried first takes texts."""
    ways = list_ways().get(traffic, [])
    return tariff_with(ways[0].provider) if ways else Tariff()


def tariff_with(provider: SmsProvider) -> Tariff:
    """Return how a provider takes texts."""
    return Tariff(provider.price, "latin1" if provider.settings.get("alphabet") == "latin1" else "gsm")
