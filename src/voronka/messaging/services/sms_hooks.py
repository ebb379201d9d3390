"""The addresses to which providers of SMS post notices: signed by the installation, so nothing is kept of them."""

import hmac
from datetime import datetime

from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from voronka.kit.ids import PUBLIC_ID_LENGTH
from voronka.kit.tenancy import company_context
from voronka.messaging.models import SmsProvider
from voronka.messaging.ports import Forged, sms_kinds
from voronka.messaging.services import sms_asking

_SALT, _SECRET_SALT = "voronka.messaging.sms_hook", "voronka.messaging.sms_hook_secret"
_SIGN, _SECRET = 32, 24


def hook_token(public_id: str) -> str:
    """Return what the address of a provider's notices ends with."""
    return public_id + _sign(public_id)


def hook_secret(public_id: str) -> str:
    """Return the secret line by which a provider signs its notices, to be typed in its cabinet."""
    return salted_hmac(_SECRET_SALT, public_id, algorithm="sha256").hexdigest()[:_SECRET]


def _sign(public_id: str) -> str:
    return salted_hmac(_SALT, public_id, algorithm="sha256").hexdigest()[:_SIGN]


def find_hook(token: str) -> tuple[int, int] | None:
    """Return company and provider of an address; None for one that we never signed, without asking the database."""
    public_id, sign = token[:PUBLIC_ID_LENGTH], token[PUBLIC_ID_LENGTH:]
    if not token.isascii() or not hmac.compare_digest(sign, _sign(public_id)):
        return None
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company, provider FROM messaging_sms_of_hook(%s)", [public_id])
        found = cursor.fetchone()
    return None if found is None else (found[0], found[1])


def take_notice(found: tuple[int, int], body: bytes, *, now: datetime) -> None:
    """Take a notice: what it is about is asked for soon.

    Repeated or late it makes us ask once more, nothing else. Raises Forged, for a provider that posts nothing as well.
    """
    company_id, provider_id = found
    with company_context(company_id, origin="provider"), transaction.atomic():
        provider = SmsProvider.objects.filter(pk=provider_id, is_on=True).first()
        read = sms_kinds()[provider.kind].notice if provider is not None else None
        if provider is None or read is None:
            raise Forged
        notice = read(body, hook_secret(provider.public_id))
        sms_asking.ask_soon(provider.pk, notice.number, now=now)
        if notice.has_answers:
            sms_asking.order_answers(company_id, provider_id)
