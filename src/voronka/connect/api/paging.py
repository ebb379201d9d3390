"""Cursors of operations: read from what came, written into what goes out."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from voronka.connect.rules.cursors import BadCursor, read_cursor, write_cursor
from voronka.kit.errors import Invalid


def place_of(cursor: str, asked: Mapping[str, str]) -> str:
    """Return where a page begins, empty for the first. Raises Invalid for a cursor of another list."""
    try:
        return read_cursor(cursor, asked)
    except BadCursor as error:
        raise bad_cursor() from error


def before_of(cursor: str, asked: Mapping[str, str]) -> int | None:
    """Return the number that a page begins behind, None for the first page. Raises Invalid."""
    place = place_of(cursor, asked)
    if not place:
        return None
    if not place.isascii() or not place.isdecimal() or len(place) > 18:
        raise bad_cursor()
    return int(place)


def cursor_of(place: str, asked: Mapping[str, str]) -> str | None:
    """Return the cursor of the next page, None at the end."""
    return write_cursor(place, asked) or None


def bad_cursor() -> Invalid:
    """Return the refusal of a cursor that cannot be read."""
    message = _("This cursor belongs to another list: begin again without it.")
    return Invalid(message, code="bad_cursor", fields={"cursor": message})
