"""A long message that came in parts, whole again."""

from collections.abc import Mapping


def joined(parts: Mapping[int, str], total: int) -> str | None:
    """Return the text of all parts, by their places from 1; None while one is missing.

    Phones may cut between the halves of a surrogate pair: they are one character again. A half that stays alone says
    nothing that can be kept.
    """
    if any(number not in parts for number in range(1, total + 1)):
        return None
    return whole("".join(parts[number] for number in range(1, total + 1)))


def whole(text: str) -> str:
    """Return a text with halves of surrogate pairs joined, those alone replaced, and no zero characters."""
    if text.isascii():
        return text.replace("\0", "")
    octets = text.encode("utf-16-be", "surrogatepass")
    return octets.decode("utf-16-be", "replace").replace("\0", "")
