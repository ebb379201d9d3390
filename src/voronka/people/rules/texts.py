"""Text from outside made fit to keep."""

import re
import unicodedata
from dataclasses import dataclass

# Zero-width signs, marks of direction, the byte order mark, invisible operators, soft hyphen, tags' relatives.
_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000e0001]"
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_BREAKS = re.compile("\r\n?|[\x85\u2028\u2029]")
_JOINERS = re.compile("[\u200c\u200d]")
_PLAIN = re.compile(r"[!-~А-яЁё№«»–—](?:[!-~А-яЁё№«»–—]| (?! ))*")
_BLANKS = re.compile("[^\\S\n]+")
_LINES = re.compile(" ?\n ?")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text fit to keep; `reason` is "too_long" when it exceeds the limit (`text` is then cut to it), else empty."""

    text: str
    reason: str = ""


def clean_text(value: object, limit: int = 10_000, *, lines: bool = False) -> Cleaned:
    """Return the text in NFC without control, zero-width and direction signs, its blanks single; emoji stay.

    With `lines` new lines stay (at most two in a row), else they become blanks. `limit` counts signs after cleaning;
    a text many times longer is only cut, not read through. None is an empty text.
    """
    text = value if isinstance(value, str) else "" if value is None else str(value)
    if len(text) <= limit and _PLAIN.fullmatch(text):  # most cells: nothing to clean
        return Cleaned(text.rstrip(" "))
    far_too_long = len(text) > 4 * limit + 1000
    if far_too_long:
        text = text[: 4 * limit + 1000]
    text = _CONTROL.sub(" ", _BREAKS.sub("\n", text))
    # Taking a hidden sign away may bring together signs that compose: hence clean, compose, and look again.
    text = unicodedata.normalize("NFC", _drop_joiners(_HIDDEN.sub("", text)))
    if not lines:
        text = " ".join(text.split())
    else:
        text = _LINES.sub("\n", _BLANKS.sub(" ", text)).strip()
        while "\n\n\n" in text:
            text = text.replace("\n\n\n", "\n\n")
    if len(text) > limit:
        return Cleaned(text[:limit].rstrip("\u200c\u200d").rstrip(), "too_long")
    return Cleaned(text, "too_long" if far_too_long else "")


def _drop_joiners(text: str) -> str:
    """Take away joiners between usual letters, where they only hide differences; emoji keep theirs."""
    if "\u200d" not in text and "\u200c" not in text:
        return text
    kept: list[str] = []
    for place, sign in enumerate(text):
        if _JOINERS.match(sign):
            before = kept[-1] if kept else ""
            after = text[place + 1] if place + 1 < len(text) else ""
            if not (_needs_joiner(before) and _needs_joiner(after)):
                continue
        kept.append(sign)
    return "".join(kept)


def _needs_joiner(sign: str) -> bool:
    """Tell whether a joiner beside the sign may mean something: pictures, Arabic, Indic scripts."""
    return bool(sign) and (
        ord(sign) >= 0x1F000 or 0x2190 <= ord(sign) <= 0x2BFF or sign == "\ufe0f" or 0x0600 <= ord(sign) <= 0x1CFF
    )
