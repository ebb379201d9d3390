"""The addresses to which messengers bring news: signed by the installation, each with a secret line in its heading.

Both are made of the account's public id, so what is forged is known by a hash and costs the database nothing.
"""

import hmac
from datetime import datetime

from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from voronka.kit.ids import PUBLIC_ID_LENGTH
from voronka.kit.tenancy import company_context
from voronka.messaging.models import ChannelAccount
from voronka.messaging.ports import Forged, ways
from voronka.messaging.services.channels.coming import take_news

_SALT, _SECRET_SALT = "voronka.messaging.talk_hook", "voronka.messaging.talk_hook_secret"
_SIGN, _SECRET = 32, 43


def hook_token(public_id: str) -> str:
    """Return what the address of an account's news ends with."""
    return public_id + _sign(_SALT, public_id)[:_SIGN]


def hook_secret(public_id: str) -> str:
    """Return the secret line that the messenger puts into a heading of what it brings."""
    return _sign(_SECRET_SALT, public_id)[:_SECRET]


def _sign(salt: str, public_id: str) -> str:
    return str(salted_hmac(salt, public_id, algorithm="sha256").hexdigest())


def is_ours(token: str, secret: str) -> bool:
    """Tell whether an address was signed by us and the secret line is the one that belongs to it."""
    public_id, sign = token[:PUBLIC_ID_LENGTH], token[PUBLIC_ID_LENGTH:]
    right = hmac.compare_digest(sign.encode(), _sign(_SALT, public_id)[:_SIGN].encode())
    return right & hmac.compare_digest(secret.encode("utf-8", "replace"), hook_secret(public_id).encode())


def take_brought(token: str, body: bytes, *, now: datetime) -> str:
    """Take what was brought to an address of ours; return the press that is to be told that it has arrived.

    Brought again, it changes nothing. Raises Forged for what is no news, and where nothing is to be brought.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company, account FROM messaging_account_of_hook(%s)", [token[:PUBLIC_ID_LENGTH]])
        found = cursor.fetchone()
    if found is None:
        raise Forged
    company_id, account_id = found
    with company_context(company_id, origin="telegram"), transaction.atomic():
        account = ChannelAccount.objects.filter(pk=account_id, is_on=True).first()
        read = ways()[account.kind].read if account is not None else None
        if account is None or read is None or account.settings.get("mode") != "webhook":
            raise Forged
        news = read(body)
        take_news(account, news, now=now)
        return news.press
