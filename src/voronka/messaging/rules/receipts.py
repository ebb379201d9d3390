"""Receipts of SMS: what providers write into them, and which message they are about.

The text of a receipt is "SMSC vendor specific" (SMPP 3.4, appendix B): fields come in any order, are left out, are
spelt in any case, and the number of a message may be decimal here and hexadecimal there, with zeros before it or not.
"""

import re
from dataclasses import dataclass
from typing import Literal

ReceiptState = Literal["accepted", "delivered", "failed", "unknown"]
Form = Literal["text", "dec", "hex"]

_FIELD = re.compile(r"\b(id|sub|dlvrd|submit ?date|done ?date|stat|err|text)\s*[:=]\s*", re.IGNORECASE)
_STATES: tuple[tuple[str, ReceiptState], ...] = (
    ("DELIV", "delivered"), ("EXPIR", "failed"), ("DELET", "failed"), ("UNDEL", "failed"), ("REJEC", "failed"),
    ("FAIL", "failed"), ("ACCEP", "accepted"), ("ENROU", "accepted"), ("BUFFE", "accepted"), ("SCHED", "accepted"),
    ("SENT", "accepted"), ("UNKNO", "unknown"),
)  # fmt: skip
# message_state of SMPP 3.4, 5.2.28.
_BY_NUMBER: dict[int, ReceiptState] = {
    1: "accepted", 2: "delivered", 3: "failed", 4: "failed", 5: "failed", 6: "accepted", 7: "unknown", 8: "failed",
}  # fmt: skip
_NAMES = ("", "ENROUTE", "DELIVRD", "EXPIRED", "DELETED", "UNDELIV", "ACCEPTD", "UNKNOWN", "REJECTD")
LONGEST_ID = 65


@dataclass(frozen=True, slots=True)
class Told:
    """What a receipt says: the number of the message, its state, the provider's word for it and his error."""

    provider_id: str
    state: ReceiptState
    word: str
    error: str


def read_receipt(text: str, *, known_id: str = "", known_state: int | None = None) -> Told:
    """Read a receipt; what its optional parameters said goes before its text. Nothing in it is surely there."""
    fields = _fields(text)
    word = fields.get("stat", "").split(" ", 1)[0].upper()[:20]
    state: ReceiptState = next((found for begins, found in _STATES if word.startswith(begins)), "unknown")
    if known_state is not None and known_state in _BY_NUMBER:
        state, word = _BY_NUMBER[known_state], word or _NAMES[known_state]
    provider_id = (known_id or fields.get("id", "").split(" ", 1)[0]).strip()[:LONGEST_ID]
    return Told(provider_id, state, word, fields.get("err", "").split(" ", 1)[0][:20])


def _fields(text: str) -> dict[str, str]:
    """Return the fields of a receipt; what follows `text:` is the message's own and is not looked into."""
    found: dict[str, str] = {}
    places = list(_FIELD.finditer(text))
    for place, match in enumerate(places):
        name = match[1].lower().replace(" ", "")
        end = places[place + 1].start() if place + 1 < len(places) else len(text)
        if name == "text":
            break
        found.setdefault(name, text[match.end() : end].strip(" \t\r\n\0;,|"))
    return found


def key_of(provider_id: str, form: Form) -> str:
    """Return a number of a message as it is compared: as text without zeros before it and in small letters, or as the
    value it is written for. One that is not of the form is compared as text.
    """
    bare = provider_id.strip().lower()
    if form == "dec" and bare.isascii() and bare.isdecimal():
        return str(int(bare))
    if form == "hex" and re.fullmatch(r"(?:0x)?[0-9a-f]{1,64}", bare):
        return str(int(bare, 16))
    return bare.lstrip("0") or bare[:1]


def form_of(kept: str) -> Form:
    """Return the form that is kept as a word."""
    return "dec" if kept == "dec" else "hex" if kept == "hex" else "text"


def learn_forms(answered: str, receipted: str) -> tuple[Form, Form] | None:
    """Return the forms in which a number of an answer and that of its receipt are one; None when they never are.

    Taken from one message whose receipt is surely its own: that of a test.
    """
    forms: tuple[tuple[Form, Form], ...] = (("text", "text"), ("hex", "dec"), ("dec", "hex"))
    return next((pair for pair in forms if key_of(answered, pair[0]) == key_of(receipted, pair[1])), None)
