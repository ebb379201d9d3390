"""What becomes known of messages afterwards: receipts of providers, and a person's word on what is unknown."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, NotFound
from voronka.kit.events import Event, publish
from voronka.messaging.events import MessageAccepted, MessageDelivered, MessageFailed
from voronka.messaging.models import Message, MessageStep
from voronka.messaging.permissions import SETTLE
from voronka.messaging.ports import Receipt
from voronka.messaging.queries import get_message
from voronka.messaging.rules.states import moved_by_receipt
from voronka.messaging.services.blocking import BLOCKING, block
from voronka.messaging.services.sending import safe_words


@transaction.atomic
def settle(receipt: Receipt) -> bool:
    """Take a receipt in; return whether it told something new. Doubled, late and unknown ones change nothing."""
    rows = Message.objects.select_for_update().filter(channel=receipt.channel)
    if receipt.message_id is not None:
        row = rows.filter(pk=receipt.message_id).first()
    else:
        found = rows.filter(provider=receipt.provider, provider_id=receipt.provider_id).exclude(provider_id="")
        row = found.order_by("-id").first()
    if row is None:
        return False
    if receipt.state == "failed" and receipt.code in BLOCKING and row.address:
        block(row.channel, row.address, receipt.code, words=safe_words(receipt.words, row.address), at=receipt.at)
    if not moved_by_receipt(row.state, receipt.state):
        return False
    _move(row, receipt.state, receipt.code, safe_words(receipt.words, row.address), receipt.at)
    return True


def _move(row: Message, state: str, code: str, words: str, at: datetime) -> None:
    row.state, row.code = state, code[:40]
    row.ended_at = at if state in {"delivered", "failed"} else None
    row.save(update_fields=["state", "code", "ended_at"])
    MessageStep.objects.create(message=row, state=state, code=row.code, words=words, at=at)
    event: Event
    if state == "failed":
        event = MessageFailed(message_id=row.pk, client_id=row.client_id, channel=row.channel, code=row.code)
    else:
        kind = MessageDelivered if state == "delivered" else MessageAccepted
        event = kind(message_id=row.pk, client_id=row.client_id, channel=row.channel)
    publish(event, at=at)


@transaction.atomic
def settle_by_hand(*, actor: Actor, public_id: str, went: bool, now: datetime) -> None:
    """Say of a message of which nobody knows whether it has left; what did not leave is never sent again by itself.

    Raises Denied, NotFound, and Conflict where it is known meanwhile.
    """
    actor.require(SETTLE)
    asked = get_message(actor, public_id)
    row = Message.objects.select_for_update().filter(pk=asked.pk).first()
    if row is None:
        raise NotFound(_("There is no such message."))
    if row.state != "unknown":
        raise Conflict(_("It is known meanwhile: look again."))
    state, code = ("accepted", "said_sent") if went else ("failed", "said_not_sent")
    _move(row, state, code, actor.name[:300], now)
