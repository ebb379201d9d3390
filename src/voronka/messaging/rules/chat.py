"""What a chat goes by: states, limits, whether somebody is there, what of a text is a link."""

import re
import uuid
from collections.abc import Iterator
from typing import NamedTuple

STATES = ("open", "snoozed", "closed")
SPEAKERS = ("visitor", "operator", "bot", "note", "event")
# What happened to a talk, as lines of `event` say it; others have no code.
CODES = (
    "", "taken", "passed", "snoozed", "closed", "reopened", "called", "unsure", "bound", "blocked", "freed",
    "given", "moved", "tagged", "untagged", "rated", "late", "undone", "crossed",
)  # fmt: skip
# When the bot speaks: never, always, in the company's hours, out of them.
BOT_WHEN = ("never", "always", "open", "away")
PUBLIC = ("visitor", "operator", "bot")  # what the visitor sees; notes and events are for colleagues

UNBOUND_DAYS = 365  # how long a talk is kept that nobody bound to a client, where the company says nothing else
MOST_TEXT = 2_000
MOST_A_MINUTE = 20  # lines of one visitor
_LINK = re.compile(r"https?://[^\s<>\"'`«»]{2,1000}", re.IGNORECASE)
_ENDS = ".,;:!?)]}…"


class Piece(NamedTuple):
    """A stretch of a text: what it says, and the address it leads to where it is one."""

    text: str
    href: str = ""


def pieces(text: str) -> Iterator[Piece]:
    """Part a text into plain stretches and addresses of the web; nothing but http and https is ever an address."""
    at = 0
    for found in _LINK.finditer(text):
        address = found.group().rstrip(_ENDS)
        if found.group().startswith(address + ")") and "(" in address:
            address += ")"
        if found.start() > at:
            yield Piece(text[at : found.start()])
        yield Piece(address, address)
        at = found.start() + len(address)
    if at < len(text):
        yield Piece(text[at:])


def is_address(text: str) -> bool:
    """Tell whether a text is one address of the web and nothing else."""
    return [one.href for one in pieces(text)] == [text]


def bot_speaks(when: str, *, is_open: bool) -> bool:
    """Tell whether the settings let the bot speak now."""
    return when == "always" or (when == "open" and is_open) or (when == "away" and not is_open)


def read_key(text: str) -> uuid.UUID | None:
    """Return the id that a browser made for a message, None for what is none."""
    try:
        return uuid.UUID(text[:40])
    except ValueError:
        return None


def first_line(text: str, most: int = 200) -> str:
    """Return a text as one line of a list."""
    return " ".join(text.split())[:most]
