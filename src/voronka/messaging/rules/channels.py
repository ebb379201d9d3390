"""What the channels of talks go by: their names, how a line goes over the border, how long texts are cut."""

import uuid
from collections.abc import Iterable

CHANNELS = ("chat", "telegram", "email", "sms")
ACCOUNT_KINDS = ("telegram", "email")
# A line that came; one that goes: it waits, is being handed over, was taken, will not be tried again, nobody knows.
FATES = ("came", "waiting", "handed", "sent", "failed", "unknown")
MOST_SECRET = 1_000
FILE_KIND = "talk_line"  # what the files of lines that cross the border are kept as
MOST_IN = 20_000  # signs of what came; more is cut and said so
ATTEMPTS = 5

_SPACE = uuid.UUID("5a0e3f5e-6a52-4d0c-9a43-6d1d0f1f7a10")


def key_of(*named: object) -> uuid.UUID:
    """Return our id of a thing that the outside names: the same however often it is told of."""
    return uuid.uuid5(_SPACE, "\x1f".join(str(one) for one in named))


def fate_of(states: Iterable[str]) -> str:
    """Return how a line stands by the states of its parts: the worst of them."""
    found = set(states)
    return next((one for one in ("failed", "unknown", "handed", "waiting", "sent", "came") if one in found), "")


def cut(text: str, most: int) -> list[str]:
    """Cut a text into pieces of at most `most` UTF-16 units, as messengers count them.

    It is cut at an empty line, a line, a word, else between signs, never inside a pair of surrogates; nothing is lost
    but the spaces at which it was cut.
    """
    pieces: list[str] = []
    left = text.strip()
    while units(left) > most:
        head = _head(left, most)
        at = next((found for mark in ("\n\n", "\n", " ") if (found := head.rfind(mark)) > len(head) // 2), len(head))
        pieces.append(left[:at].rstrip())
        left = left[at:].lstrip()
    return [*pieces, left] if left else pieces


def units(text: str) -> int:
    """Return how many UTF-16 units a text has."""
    return len(text) + sum(ord(sign) > 0xFFFF for sign in text)


def _head(text: str, most: int) -> str:
    """Return the longest beginning of at most `most` units."""
    count = 0
    for place, sign in enumerate(text):
        count += 2 if ord(sign) > 0xFFFF else 1
        if count > most:
            return text[:place]
    return text
