"""The outbox: what leaves the company is written down in the transaction and sent after it.

After a person's press an item waits out the seconds of undo; `call_back` cancels what has not left yet.
Channels register a sender by name; each item is claimed, handed over and settled in steps of its own, so a
crash in the middle leaves it `unknown`, never sent twice by guess.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction

from voronka.kit.models import OutgoingItem
from voronka.kit.tenancy import company_context

log = structlog.get_logger(__name__)

UNDO_SECONDS = 10
CLAIM_MINUTES = 5
ATTEMPTS = 5


class TryLater(Exception):
    """The channel could not hand over now and knows that nothing left: the item may be tried again."""


class GiveUp(Exception):
    """The channel knows that the item can never be handed over; the message tells people why."""


Sender = Callable[[OutgoingItem], None]


@dataclass(frozen=True, slots=True)
class Channel:
    """A way out of the company."""

    name: str
    send: Sender


_channels: dict[str, Channel] = {}


def outgoing_channel(name: str) -> Callable[[Sender], Sender]:
    """Register a function as the sender of the channel `name`.

    It raises TryLater or GiveUp; anything else raised after the hand-over began means `unknown`.
    """

    def register(send: Sender) -> Sender:
        _channels[name] = Channel(name, send)
        return send

    return register


def post(
    channel: str,
    payload: Mapping[str, object],
    *,
    subject: tuple[str, int],
    send_after: datetime,
    client_id: int | None = None,
    cause: uuid.UUID | None = None,
    operation_id: uuid.UUID | None = None,
) -> OutgoingItem:
    """Write one item into the outbox, in the caller's transaction."""
    if channel not in _channels:
        raise ValueError(f"no outgoing channel {channel}")
    return OutgoingItem.objects.create(
        company_id=_company(),
        operation_id=operation_id or uuid.uuid4(),
        channel=channel,
        payload=dict(payload),
        subject_kind=subject[0],
        subject_id=subject[1],
        client_id=client_id,
        cause=cause,
        send_after=send_after,
    )


def call_back(cause: uuid.UUID, *, now: datetime) -> list[OutgoingItem]:
    """Cancel what the cause wrote and has not left; return what could not be called back."""
    OutgoingItem.objects.filter(cause=cause, state=OutgoingItem.State.WAITING).update(
        state=OutgoingItem.State.CANCELLED, settled_at=now
    )
    return list(OutgoingItem.objects.filter(cause=cause).exclude(state=OutgoingItem.State.CANCELLED))


def left_already(cause: uuid.UUID) -> list[OutgoingItem]:
    """Return what the cause sent and nobody can call back any more."""
    return list(
        OutgoingItem.objects.filter(cause=cause).exclude(
            state__in=[OutgoingItem.State.CANCELLED, OutgoingItem.State.WAITING]
        )
    )


def companies_with_due(now: datetime) -> list[int]:
    """Return ids of companies that have something to send at `now`."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company FROM kit_companies_with_due_outgoing(%s) AS company", [now])
        return [row[0] for row in cursor.fetchall()]


def send_due(company_id: int, *, now: datetime, limit: int = 100) -> int:
    """Send the company's due items; return how many were settled."""
    settled = 0
    with company_context(company_id, origin="outbox"):
        for _ in range(limit):
            item = _claim(now)
            if item is None:
                break
            _hand_over(item, now)
            settled += 1
    return settled


def _claim(now: datetime) -> OutgoingItem | None:
    """Take one due item; a claim that was never settled means its worker died: the item is unknown."""
    with transaction.atomic():
        state = OutgoingItem.State
        OutgoingItem.objects.filter(state=state.SENDING, send_after__lte=now).update(
            state=state.UNKNOWN, settled_at=now, error="the hand-over broke in the middle"
        )
        item = (
            OutgoingItem.objects.select_for_update(skip_locked=True)
            .filter(state=state.WAITING, send_after__lte=now)
            .order_by("send_after", "id")
            .first()
        )
        if item is not None:
            item.state, item.attempts = state.SENDING, item.attempts + 1
            item.send_after = now + timedelta(minutes=CLAIM_MINUTES)
            item.save(update_fields=["state", "attempts", "send_after"])
    return item


def _hand_over(item: OutgoingItem, now: datetime) -> None:
    state = OutgoingItem.State
    item.state, item.error, item.settled_at = state.SENT, "", now
    try:
        _channels[item.channel].send(item)
    except TryLater as reason:
        if item.attempts >= ATTEMPTS:
            item.state, item.error = state.FAILED, str(reason)
        else:
            item.state, item.error, item.settled_at = state.WAITING, str(reason), None
            item.send_after = now + timedelta(minutes=5**item.attempts)
    except GiveUp as reason:
        item.state, item.error = state.FAILED, str(reason)
    except Exception as reason:  # noqa: BLE001  (a channel's surprise must not stop the others)
        item.state, item.error = state.UNKNOWN, type(reason).__name__
    with transaction.atomic():
        item.save(update_fields=["state", "error", "settled_at", "send_after"])
    log.info("outgoing settled", channel=item.channel, item=item.pk, state=str(item.state), attempt=item.attempts)


def _company() -> int:
    from voronka.kit.tenancy import current_company_id

    return current_company_id()
