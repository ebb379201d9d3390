"""Leaving advertising by one press in the letter (RFC 8058): the signed address itself is the key."""

import hmac
from datetime import datetime
from typing import Literal, NamedTuple

from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit.ids import PUBLIC_ID_LENGTH
from voronka.kit.seals import seal
from voronka.messaging import ports
from voronka.messaging.models import Message, MessageStep
from voronka.people import queries as people
from voronka.people import services as clients

_SALT = "voronka.messaging.leave"
_SIGN = 24


class Leaving(NamedTuple):
    """Whose letter an address is of: company and message."""

    company_id: int
    message_id: int


def leave_token(public_id: str) -> str:
    """Return what the address of leaving ends with, for the letter of this message."""
    return public_id + _sign(public_id)


def _sign(public_id: str) -> str:
    return seal(_SALT, public_id)[:_SIGN]


def find_leaving(token: str) -> Leaving | None:
    """Return the letter of a token; None for one that we never signed, without asking the database."""
    public_id, sign = token[:PUBLIC_ID_LENGTH], token[PUBLIC_ID_LENGTH:]
    if not token.isascii() or not hmac.compare_digest(sign, _sign(public_id)):
        return None
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company, message FROM messaging_of_sign(%s)", [public_id])
        found = cursor.fetchone()
    return None if found is None else Leaving(*found)


def has_left(leaving: Leaving) -> bool:
    """Tell whether the client of a letter gets no more advertising by its channel. Inside the letter's company."""
    row = Message.objects.get(pk=leaving.message_id)
    return row.client_id is None or not people.may_advertise(row.client_id, row.channel)


def asked_why(leaving: Leaving, *, now: datetime, writes: bool) -> ports.LeftAsk | None:
    """Return what one who has left is asked on the page, None for nothing. Inside the letter's company."""
    row = Message.objects.get(pk=leaving.message_id)
    return None if row.client_id is None else ports.left_ask(row.pk, row.client_id, now, writes=writes)


@transaction.atomic
def leave(leaving: Leaving, *, now: datetime, how: Literal["press", "complaint"] = "press") -> None:
    """Take the consent to advertising by the letter's channel back, on every card with its address: to whoever reads it
    they are one. Said twice, it is one act.

    A test letter and one whose client is gone have nobody to change anything for. Inside the letter's company.
    """
    row = Message.objects.get(pk=leaving.message_id)
    if row.client_id is None:
        return
    same = people.clients_of_email(row.address) if row.channel == "email" and row.address else []
    there = people.lock_clients([row.client_id, *same])
    agreed = [one for one in sorted(there) if people.may_advertise(one, row.channel)]
    if not agreed:
        return
    no = clients.ConsentDraft(purpose="advertising", channel=row.channel, given=False)
    with translation.override(accounts.get_company_rules().language):
        said = {
            "press": _("one press in the letter “%(subject)s”"),
            "complaint": _("a complaint of the letter “%(subject)s”"),
        }
        source = said[how] % {"subject": row.subject[:120]}
    for one in agreed:
        clients.write_consents(one, [no], source=source, now=now)
    if how == "press" and row.client_id in agreed:
        MessageStep.objects.create(message=row, state=row.state, code="left", at=now)
