"""Who is mentioned in a text: @ and the whole name of a colleague, as the completion puts it."""

import re
from collections.abc import Mapping

MENTIONS_LIMIT = 20
_BEFORE = re.compile(r"[\w.@]\Z")  # an address like anna@example.com mentions nobody


def mentioned(text: str, people: Mapping[int, str]) -> list[int]:
    """Return the ids of the people whose names follow an @, in the order of the text, each once.

    The case does not matter, Ё is Е; of names that begin alike the longest that fits counts; people of one name are all
    meant.
    """
    plain = _plain(text)
    names: dict[str, list[int]] = {}
    for person, name in people.items():
        if _plain(name).strip():
            names.setdefault(_plain(name), []).append(person)
    longest = sorted(names, key=len, reverse=True)
    found: list[int] = []
    at = plain.find("@")
    while at >= 0 and len(found) < MENTIONS_LIMIT:
        if not _BEFORE.search(plain[:at]):
            name = next((known for known in longest if _stands(plain, at + 1, known)), "")
            found += [one for one in names.get(name, ()) if one not in found]
        at = plain.find("@", at + 1)
    return found[:MENTIONS_LIMIT]


def _stands(text: str, at: int, name: str) -> bool:
    end = at + len(name)
    return text.startswith(name, at) and not (end < len(text) and (text[end].isalnum() or text[end] == "_"))


def _plain(text: str) -> str:
    """Return a text of the same length to compare by."""
    return (
        "".join(one if len(one.lower()) != 1 else one.lower() for one in text)
        .replace("ё", "е")
        .replace("\u00a0", " ")
    )
