"""The address of a client's own page: the id of his invitation, signed; a forged one asks the database nothing."""

import hmac

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils.crypto import salted_hmac

from voronka.kit.ids import ALPHABET, PUBLIC_ID_LENGTH

_SALT, _SIGN = "voronka.care.page", 20  # short: an SMS pays for each sign


def _sign(public_id: str) -> str:
    return salted_hmac(_SALT, public_id, algorithm="sha256").hexdigest()[:_SIGN]


def token_of(public_id: str) -> str:
    """Return what the address of the page ends with."""
    return public_id + _sign(public_id)


def page_address(public_id: str) -> str:
    """Return the whole address of the page, fit for a letter."""
    return settings.SITE + reverse("care:page", args=[token_of(public_id)])


def find_invitation(token: str) -> tuple[int, int] | None:
    """Return company and id of the invitation of a token; None for one that we never signed, or that is gone."""
    public_id, sign = token[:PUBLIC_ID_LENGTH], token[PUBLIC_ID_LENGTH:]
    if len(token) != PUBLIC_ID_LENGTH + _SIGN or not token.isascii() or set(public_id) - set(ALPHABET):
        return None
    if not hmac.compare_digest(sign, _sign(public_id)):
        return None
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company, invitation FROM care_of_sign(%s)", [public_id])
        found = cursor.fetchone()
    return None if found is None else (int(found[0]), int(found[1]))
