"""Cursors: where a page begins, opaque to callers and bound to the list they come from."""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping

LONGEST = 2_000


class BadCursor(ValueError):
    """The text is no cursor of this list."""


def _mark(asked: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(sorted(asked.items())).encode()).hexdigest()[:12]


def write_cursor(place: str, asked: Mapping[str, str]) -> str:
    """Return a cursor for a place in the list that `asked` (filters, order) describes; empty for no place."""
    if not place:
        return ""
    return base64.urlsafe_b64encode(f"{_mark(asked)}{place}".encode()).decode().rstrip("=")


def read_cursor(cursor: str, asked: Mapping[str, str]) -> str:
    """Return the place of a cursor. Raises BadCursor for a spoilt one and for one of another list."""
    if not cursor:
        return ""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (ValueError, binascii.Error) as error:
        raise BadCursor(cursor[:20]) from error
    if len(cursor) > LONGEST or text[:12] != _mark(asked) or len(text) == 12:
        raise BadCursor(cursor[:20])
    return text[12:]
