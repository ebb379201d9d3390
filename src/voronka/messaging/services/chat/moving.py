"""A talk of the site goes on in Telegram: by an address with a key that is told to its visitor and used once.

Who opens it may be anybody whom its visitor has sent it to, so no card of a client comes along, or the bot would tell a
stranger how another one's orders are: a colleague says whose the talk is, by one press (operating.likely_clients).
What was typed on the site, and by which browser, comes along only to a place of which nobody knows whose it is.
"""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from voronka.kit.errors import Conflict
from voronka.messaging.models import ChannelState, Talk
from voronka.messaging.services.chat import speaking
from voronka.messaging.services.chat.lines import add_line, lock_talk

LASTS = timedelta(minutes=15)
CODE = "crossed"  # the line of what happened, in both talks; its text is the public id of the other


def telegram_name() -> str:
    """Return the name of the bot by which talks of the site may go on, "" where there is none."""
    rows = ChannelState.objects.filter(
        account__kind="telegram", account__is_on=True, account__for_all=True, state="ok", known_as__startswith="@"
    )
    return (rows.order_by("account_id").values_list("known_as", flat=True).first() or "").removeprefix("@")


@transaction.atomic
def offer_move(*, talk: Talk, now: datetime) -> str:
    """Return the address by which a talk goes on in Telegram; the one before it holds no more.

    Raises Conflict `no_telegram` where there is no bot, or the visitor is blocked.
    """
    name, row = telegram_name(), lock_talk(pk=talk.pk)
    if not name or row is None or row.blocked_at is not None:
        raise Conflict(_("This talk cannot go on in Telegram."), code="no_telegram")
    key = secrets.token_urlsafe(24)
    row.move_key, row.move_till = _sign(key), now + LASTS
    row.save(update_fields=["move_key", "move_till"])
    return f"https://t.me/{name}?start={key}"


def _sign(key: str) -> str:
    return sha256(key.encode()).hexdigest()


def move_here(talk: Talk, key: str, *, now: datetime) -> bool:
    """Let a talk of the site go on in a locked one of Telegram; tell whether the key was one that holds."""
    was = lock_talk(move_key=_sign(key), channel="chat")
    if was is None or was.move_till is None or was.move_till < now or was.blocked_at is not None:
        return False
    was.move_key, was.move_till = "", None
    was.save(update_fields=["move_key", "move_till"])
    if talk.client_id in (None, was.client_id):
        talk.visitor, talk.phone, talk.email = (
            talk.visitor or was.visitor,
            talk.phone or was.phone,
            talk.email or was.email,
        )
    talk.department_id = talk.department_id or was.department_id
    if talk.owner_id is None and was.owner_id is not None:
        talk.owner_id, talk.given_at, talk.with_bot = was.owner_id, now, False
    talk.save(update_fields=["visitor", "phone", "email", "department", "owner", "given_at", "with_bot"])
    add_line(was, by="event", code=CODE, text=talk.public_id, now=now)
    add_line(talk, by="event", code=CODE, text=was.public_id, now=now)
    return True


def greet_moved(talk: Talk, *, now: datetime) -> None:
    """Say in Telegram that the talk goes on there."""
    speaking.silence(talk, why="taken", now=now)
    with translation.override(talk.language):
        add_line(talk, by="bot", text=_("We go on with our talk here. Write what you want to say."), now=now)
