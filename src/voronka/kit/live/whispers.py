"""What open pages hear at once and nobody needs to know later: that somebody types, that a line was read.

It has no place in the log: it goes by a notice of the database when the transaction ends, and who is not there misses
nothing.
"""

import json

import structlog
from django.db import connection

from voronka.kit.live.messages import LiveMessage
from voronka.kit.tenancy import current_company_id

log = structlog.get_logger(__name__)

CHANNEL = "voronka_whisper"
MOST_BYTES = 7_999  # a notice of PostgreSQL is shorter than 8,000


def whisper(message: LiveMessage) -> None:
    """Tell the pages that hear such a message, within the company of this moment.

    One that is too long for a notice is left out: an error of the database would undo all that its transaction did.
    """
    text = written(current_company_id(), message)
    if len(text) > MOST_BYTES:
        log.warning("a whisper is too long", name=message.name)
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, text])


def written(company_id: int, message: LiveMessage) -> str:
    """Return a message to the pages of a company as it goes by CHANNEL: all of it ASCII, so a sign is a byte."""
    to = None if message.to is None else sorted(message.to)
    return json.dumps([company_id, message.name, dict(message.ids), to, message.room])


def heard(text: str) -> tuple[int, LiveMessage] | None:
    """Return what was whispered and in which company, None for what is no such thing."""
    try:
        company_id, name, ids, to, room = json.loads(text)
        return int(company_id), LiveMessage(name, ids, None if to is None else frozenset(to), room)
    except (ValueError, TypeError):
        return None
