"""The map of a scenario: what the bot says and asks in a talk, and by what it goes one way or another.

Unlike an automation's it may lead back, as a menu does; but never in a circle in which nobody is asked.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar, Literal

from voronka.flows.rules.maps import Map

SUBJECT = "talk"
MOST_AT_ONCE = 30  # nodes gone through for one message; more is a mistake of the map
MOST_ANSWER = 500
About = Literal["text", "choice", "phone", "email", "number", "date"]


class Scene(Map):
    """The map of a scenario; `of` tells it from an automation's where it is kept."""

    kinds: ClassVar[frozenset[str]] = frozenset({"say", "ask", "fork", "keep", "check", "act", "person"})
    turns: ClassVar[bool] = True

    of: Literal["talk"] = "talk"


def read_map(stored: Mapping[str, Any]) -> Map:
    """Return a map of its stored form, of an automation or of a scenario. Raises ValueError."""
    return (Scene if stored.get("of") == SUBJECT else Map).model_validate(stored)


def idle_circles(held: Map) -> list[str]:
    """Return the nodes of circles in which nobody is asked: who came there would never come out."""
    moves = {one.id: [to for to in one.exits.values() if to] for one in held.nodes if one.kind != "ask"}
    found = []
    for start in moves:
        seen: set[str] = set()
        waiting = list(moves[start])
        while waiting:
            here = waiting.pop()
            if here == start:
                found.append(start)
                break
            if here in seen or here not in moves:
                continue
            seen.add(here)
            waiting += moves[here]
    return found


_SPACES, _NO_WORD = re.compile(r"\s+"), re.compile(r"[^\w]+")
_MAIL = re.compile(r"^[^@\s,;<>\"']{1,64}@[^@\s,;<>\"']{1,180}\.[^@\s.,;<>\"']{2,24}$")
_NUMBER = re.compile(r"(?<![\w+])\+[0-9][0-9 ()-]{8,20}[0-9](?![\w])")
_DATE = re.compile(r"^(\d{1,2})[./-](\d{1,2})[./-](\d{2}|\d{4})$")
_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})$")


def plain(text: str) -> str:
    """Return a text as it is compared: one line, without case and the marks around it."""
    return _SPACES.sub(" ", text).strip(" .,!?;:«»\"'()").casefold().replace("ё", "е")


def chosen(text: str, titles: Sequence[str]) -> int | None:
    """Return which of the buttons a text means: by its words, or by its number in the list."""
    said = plain(text)
    for at, title in enumerate(titles):
        if said and said == plain(title):
            return at
    number = said.rstrip(".)")
    if number.isascii() and number.isdecimal() and len(number) < 3 and 1 <= int(number) <= len(titles):
        return int(number) - 1
    return None


def first_line(text: str) -> str:
    """Return the line that an answer stands in: in a letter a name and regards stand under it."""
    return text.strip().partition("\n")[0].strip()


def read_answer(about: str, text: str) -> str | None:
    """Return an answer as it is kept, None for what is none of its kind."""
    said = text.replace("\0", "").strip()[:MOST_ANSWER]
    match about:
        case "phone":
            return _phone(said)
        case "email":
            return said if _MAIL.match(said) else None
        case "number":
            return _number(said)
        case "date":
            return _day(said)
    return said or None


def _phone(said: str) -> str | None:
    if any(sign.isalpha() for sign in said):  # a contact that was shared has a name before its number
        found = _NUMBER.findall(said)
        return _phone(found[0]) if len(found) == 1 else None
    digits = "".join(sign for sign in said if sign.isascii() and sign.isdecimal())
    if not 10 <= len(digits) <= 15:
        return None
    if len(digits) == 11 and digits[0] == "8" and not said.lstrip().startswith("+"):
        digits = "7" + digits[1:]
    return f"+7{digits}" if len(digits) == 10 else f"+{digits}"


def _number(said: str) -> str | None:
    text = said.replace("\u00a0", "").replace(" ", "").replace(",", ".")
    if not re.fullmatch(r"-?\d{1,12}(\.\d{1,4})?", text, re.ASCII):
        return None
    try:
        return f"{Decimal(text).normalize():f}"
    except InvalidOperation:
        return None


def _day(said: str) -> str | None:
    found, iso = _DATE.match(said), _ISO.match(said)
    try:
        if iso is not None:
            return date(int(iso[1]), int(iso[2]), int(iso[3])).isoformat()
        if found is not None:
            year = int(found[3]) + (2000 if len(found[3]) == 2 else 0)
            return date(year, int(found[2]), int(found[1])).isoformat()
    except ValueError:
        return None
    return None


def compares(held: str, how: str, wanted: str) -> bool:
    """Tell whether an answer is as a branch wants it: is, not, has, more, less, filled."""
    match how:
        case "filled":
            return bool(held)
        case "is":
            return plain(held) == plain(wanted)
        case "not":
            return plain(held) != plain(wanted)
        case "has":
            return bool(plain(wanted)) and plain(wanted) in plain(held)
    one, other = _number(held), _number(wanted)
    if one is None or other is None:
        one, other = _day(held), _day(wanted)  # ISO days are in order as texts are
        return one is not None and other is not None and (one > other if how == "more" else one < other)
    return Decimal(one) > Decimal(other) if how == "more" else Decimal(one) < Decimal(other)


def words_of(text: str) -> list[str]:
    """Return the words by which a scenario begins: parted by commas."""
    return [found for one in text.split(",") if (found := plain(one))]


def has_word(text: str, words: Sequence[str]) -> bool:
    """Tell whether a message is one of the words or has it whole."""
    said = f" {_NO_WORD.sub(' ', plain(text))} "
    return any(f" {_NO_WORD.sub(' ', one)} " in said for one in words)
