"""Of a letter what its writer said, apart from what he quotes below it."""

import re
from collections.abc import Sequence

# By what programs begin the letter that is answered; in the languages of those who write to us.
_HEADS = (
    re.compile(r"^\s*On .{6,200}\bwrote:\s*$", re.IGNORECASE),
    re.compile(r"^.{6,200}\b(?:пишет|писал\(?а?\)?|написала?|написал\(а\)):\s*$", re.IGNORECASE),
    re.compile(r"^\s*-{2,}\s*(?:original|forwarded|исходное|пересылаемое) (?:message|сообщение)", re.IGNORECASE),
    re.compile(r"^\s*(?:from|от|от кого):\s.{0,200}@", re.IGNORECASE),
    re.compile(r"^_{20,}\s*$"),
)  # fmt: skip
MOST_LINES = 2_000


def split_quote(text: str) -> tuple[str, str]:
    """Return what was said and what was quoted below it; an answer between quoted lines stays whole.

    A letter that has nothing of its own is all said: better shown twice than not at all.
    """
    lines = text.split("\n")
    if len(lines) > MOST_LINES:
        return text.strip(), ""
    at = next((place for place in range(len(lines)) if _begins(lines, place)), len(lines))
    said, quoted = "\n".join(lines[:at]).strip(), "\n".join(lines[at:]).strip()
    return (said, quoted) if said else (text.strip(), "")


def _begins(lines: Sequence[str], at: int) -> bool:
    """Tell whether a quotation begins at a line and goes on to the end."""
    line = lines[at]
    if any(one.match(line) for one in _HEADS):
        return True
    # A line of the head may be broken in two.
    if at + 1 < len(lines) and any(one.match(f"{line} {lines[at + 1]}") for one in _HEADS[:2]):
        return True
    return line.startswith(">") and all(one.startswith(">") or not one.strip() for one in lines[at:])
