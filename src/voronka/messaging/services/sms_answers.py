"""Answers of subscribers: whole, once, on the card of whose number it is; STOP takes the consent back at once."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit.events import publish
from voronka.messaging.events import SmsReceived
from voronka.messaging.models import Message, MessageStep, SmsAnswer, SmsPiece, SmsProvider
from voronka.messaging.ports import Came, Incoming
from voronka.messaging.rules.joining import joined, whole
from voronka.messaging.rules.opting import is_stop
from voronka.messaging.rules.states import STAYS
from voronka.messaging.services.channels.coming import receive
from voronka.people import queries as people
from voronka.people import services as clients

# A centre that did not hear our answer sends again; so does nobody who writes by hand, word for word, that soon.
AGAIN = timedelta(minutes=10)
PIECES_KEPT = timedelta(days=1)
LONGEST, MOST_PARTS = 4000, 20


@transaction.atomic
def take_answer(provider: SmsProvider, told: Incoming, *, now: datetime) -> SmsAnswer | None:
    """Keep an answer and do what it asks; None for one that waits for its other parts, or came before."""
    # Two ways may bring the same answer at once: the row of the provider is the place in the queue.
    SmsProvider.objects.select_for_update(no_key=True).get(pk=provider.pk)
    text = _joined(provider, told, now) if told.part is not None else whole(told.text)
    if text is None:
        return None
    address, text = _address(told.address), text[:LONGEST]
    known = SmsAnswer.objects.filter(provider=provider)
    if told.provider_id:
        is_known = known.filter(number=told.provider_id[:65]).exists()
    else:
        is_known = known.filter(address=address, text=text, at__gt=now - AGAIN).exists()
    if is_known:
        return None
    found = people.clients_of_phone(address) if address else []
    client_id = _of_whom(found, address)
    row = SmsAnswer.objects.create(
        provider=provider, number=told.provider_id[:65], address=address, to=whole(told.to)[:20], text=text,
        client_id=client_id, is_stop=is_stop(text), at=now,
    )  # fmt: skip
    publish(SmsReceived(answer_id=row.pk, client_id=client_id, is_stop=row.is_stop), at=now)
    if address and text:
        came = Came(address, f"sms {row.public_id}", text, phone=address, client_id=client_id, language=_language())
        receive(None, "sms", came, now=now, waits=not row.is_stop)
    if row.is_stop:
        _stop(found, row, provider, now)
    return row


def _language() -> str:
    return accounts.get_company_rules().language


def _address(sent: str) -> str:
    digits = "".join(one for one in sent if one.isascii() and one.isdecimal())[:15]
    return f"+{digits}" if digits else ""


def _joined(provider: SmsProvider, told: Incoming, now: datetime) -> str | None:
    """Keep a part; return the whole text when it was the last that was missing."""
    reference, total, place = told.part or (0, 0, 0)
    if not 1 <= place <= total <= MOST_PARTS:
        return whole(told.text)
    SmsPiece.objects.filter(provider=provider, at__lt=now - PIECES_KEPT).delete()
    octets = told.text.encode("utf-16-be", "surrogatepass")
    same = {"provider": provider, "address": _address(told.address), "reference": reference, "total": total}
    SmsPiece.objects.bulk_create([SmsPiece(**same, place=place, octets=octets, at=now)], ignore_conflicts=True)
    rows = SmsPiece.objects.filter(**same)
    pieces = {one.place: bytes(one.octets).decode("utf-16-be", "surrogatepass") for one in rows}
    text = joined(pieces, total)
    if text is not None:
        rows.delete()
    return text


def _of_whom(found: list[int], address: str) -> int | None:
    """Return the client that an answer is put to: of several with one number, the one who was written to last."""
    if len(found) < 2:
        return found[0] if found else None
    last = Message.objects.filter(channel="sms", client_id__in=found, address=address).order_by("-id").first()
    return found[0] if last is None else last.client_id


def _stop(found: list[int], row: SmsAnswer, provider: SmsProvider, now: datetime) -> None:
    """Take the consent to advertising back of everybody whose number it is; said twice, it is one act."""
    no = clients.ConsentDraft(purpose="advertising", channel="sms", given=False)
    with translation.override(accounts.get_company_rules().language):
        source = _("SMS “%(text)s” from %(number)s through %(provider)s, № %(sign)s") % {
            "text": row.text[:40], "number": row.address, "provider": provider.name[:60], "sign": row.public_id,
        }  # fmt: skip
    for client_id in sorted(people.lock_clients(found)):
        if people.may_advertise(client_id, "sms"):
            clients.write_consents(client_id, [no], source=source, now=now)
            _note_left(client_id, row.address, now)


def _note_left(client_id: int, address: str, now: datetime) -> None:
    """Note which advertising a client said STOP to: the last that went to his number."""
    went = Message.objects.filter(client_id=client_id, channel="sms", traffic="advertising", address=address)
    last = went.filter(handed_at__lte=now, state__in=STAYS).order_by("-handed_at", "-id").first()
    if last is not None:
        MessageStep.objects.create(message=last, state=last.state, code="left", at=now)
