"""How a text becomes SMS: its alphabet, its parts, what makes it dear and what to write instead.

By 3GPP TS 23.038 (GSM 03.38) and 23.040: a text of the default alphabet holds 160 septets, or 153 in each of several
parts; any other is UCS-2 with 70 units, or 67. A character of the extension table takes two septets, one beyond the
Basic Multilingual Plane two units, and neither pair is ever parted.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

ESCAPE = 0x1B
# The place of a character is its code. That of the escape is held by a sign that no text may hold.
_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = {0x0A: "\f", 0x14: "^", 0x28: "{", 0x29: "}", 0x2F: "\\", 0x3C: "[", 0x3D: "~", 0x3E: "]", 0x40: "|",
              0x65: "€"}  # fmt: skip
BASIC = MappingProxyType({sign: code for code, sign in enumerate(_BASIC) if code != ESCAPE})
EXTENSION = MappingProxyType({sign: code for code, sign in _EXTENSION.items()})
# Concatenation counts parts in one octet.
MOST_PARTS = 255
# What an octet means where a provider expects the default alphabet: that, or Latin-1.
Default = Literal["gsm", "latin1"]
_GSM7 = frozenset(BASIC) | frozenset(EXTENSION)
_PLAIN: Mapping[Default, frozenset[str]] = MappingProxyType(
    {"gsm": _GSM7, "latin1": frozenset(one for one in _GSM7 if ord(one) < 0x100)}
)


class Alphabet(StrEnum):
    """What a text is sent in."""

    GSM7 = "gsm7"
    UCS2 = "ucs2"


_WHOLE = {Alphabet.GSM7: 160, Alphabet.UCS2: 70}
_EACH = {Alphabet.GSM7: 153, Alphabet.UCS2: 67}


@dataclass(frozen=True, slots=True)
class Part:
    """One SMS of a text: what it says, and how many septets or units that takes."""

    text: str
    units: int


@dataclass(frozen=True, slots=True)
class Counted:
    """A text as it will go. `left` is how many units more the last part holds; an empty text has no parts."""

    alphabet: Alphabet
    parts: tuple[Part, ...]
    units: int
    left: int


@dataclass(frozen=True, slots=True)
class Forcing:
    """A character that the default alphabet lacks, by its place; `instead` is None where nothing stands for it."""

    at: int
    character: str
    instead: str | None


def alphabet_of(text: str, default: Default = "gsm") -> Alphabet:
    """Return the alphabet that a text needs: one character outside the default one makes all of it UCS-2.

    By a provider that takes Latin-1 for the default alphabet so does one that Latin-1 lacks: a euro, a Greek capital.
    """
    return Alphabet.GSM7 if _PLAIN[default].issuperset(text) else Alphabet.UCS2


def units_of(character: str, alphabet: Alphabet) -> int:
    """Return how many septets or units a character takes."""
    if alphabet is Alphabet.GSM7:
        return 2 if character in EXTENSION else 1
    return 2 if ord(character) > 0xFFFF else 1


@lru_cache(maxsize=1_024)
def count(text: str, default: Default = "gsm") -> Counted:
    """Return a text cut into parts as phones will get it.

    Kept for the newest ones: on its way a text is counted by its price, by its provider and by whom it is cut.
    """
    alphabet = alphabet_of(text, default)
    units, whole = _units(text, alphabet), _WHOLE[alphabet]
    if units <= whole:
        return Counted(alphabet, (Part(text, units),) if text else (), units, whole - units)
    sizes = [units_of(one, alphabet) for one in text]
    parts = tuple(_cut(text, sizes, _EACH[alphabet]))
    return Counted(alphabet, parts, units, _EACH[alphabet] - parts[-1].units)


def _units(text: str, alphabet: Alphabet) -> int:
    if alphabet is Alphabet.UCS2:
        return len(text.encode("utf-16-le", "surrogatepass")) // 2
    return len(text) + sum(text.count(one) for one in _EXTENSION.values())


def _cut(text: str, sizes: list[int], most: int) -> Iterator[Part]:
    start, taken = 0, 0
    for place, size in enumerate(sizes):
        if taken + size > most:
            yield Part(text[start:place], taken)
            start, taken = place, 0
        taken += size
    yield Part(text[start:], taken)


def mobile_number(text: str) -> str:
    """Return the digits of a number that SMS may go to, with the code of its country; "" where it is none.

    Eleven digits from 8 are a Russian number as people write it; Russian ones are mobile from 9.
    """
    bare = "".join(one for one in text.strip().lstrip("+") if one not in " \u00a0-().")
    if not (bare.isascii() and bare.isdecimal() and 10 <= len(bare) <= 15):
        return ""
    if len(bare) == 11 and bare[0] == "8" and not text.strip().startswith("+"):
        bare = "7" + bare[1:]
    if len(bare) == 10 and bare[0] == "9":
        bare = "7" + bare
    return bare if not bare.startswith("7") or (len(bare) == 11 and bare[1] in "9670") else ""


@dataclass(frozen=True, slots=True)
class Tariff:
    """How a provider would take a text: what a part costs, None where nobody said, and his default alphabet."""

    price: Decimal | None = None
    default: Default = "gsm"

    def parts(self, text: str) -> int:
        """Return how many parts a text is."""
        return len(count(text, self.default).parts)

    def cost(self, text: str) -> Decimal | None:
        """Return what a text costs one receiver."""
        return None if self.price is None else self.price * self.parts(text)


def encode(text: str) -> bytes:
    """Return a text of the default alphabet, an octet for each septet. Raises ValueError for any other."""
    octets = bytearray()
    for one in text:
        if one in EXTENSION:
            octets += bytes((ESCAPE, EXTENSION[one]))
        elif one in BASIC:
            octets.append(BASIC[one])
        else:
            raise ValueError(f"U+{ord(one):04X} is not of the default alphabet")
    return bytes(octets)


def decode(octets: bytes) -> str:
    """Return what octets of the default alphabet say, as a phone would show it.

    A code that the extension table lacks shows as that of the basic one (3GPP TS 23.038, 6.2.1.1); an escape at the end
    says nothing, and the eighth bit is not looked at.
    """
    said, escaped = [], False
    for octet in octets:
        code = octet & 0x7F
        if code == ESCAPE:
            escaped = True
            continue
        said.append(_EXTENSION.get(code, _BASIC[code]) if escaped else _BASIC[code])
        escaped = False
    return "".join(said)


# What editors put in for plain characters, and what shops write: each with what says the same.
_INSTEAD = MappingProxyType(
    dict.fromkeys("\u00ab\u00bb\u201c\u201d\u201e\u201f\u2033\u301d\u301e", '"')
    | dict.fromkeys("\u2018\u2019\u201a\u201b\u2032`\u00b4\u02bc\u2039\u203a", "'")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043", "-")
    | dict.fromkeys("\t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " ")
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufe0e\ufe0f\ufeff\x1b", "")
    | dict.fromkeys("\u2028\u2029\x0b\x85", "\n")
    | {
        "\u2026": "...", "\u2022": "*", "\u00b7": "*", "\u2116": "N", "\u00d7": "x", "\u00f7": "/", "\u20bd": "RUB",
        "\u2122": "(TM)", "\u00a9": "(c)", "\u00ae": "(R)", "\u00ba": "o", "\u2192": "->", "\u2190": "<-",
        "\u00b1": "+/-", "\u00e7": "c", "\u2264": "<=", "\u2265": ">=", "\u2713": "+", "\u2714": "+",
    }
)  # fmt: skip
# Letters of Cyrillic that look as Latin ones do: typed into a Latin word by the wrong layout they triple its price.
_TWINS = MappingProxyType(dict(zip("АВЕКМНОРСТУХаеорсухІіЈјЅѕ", "ABEKMHOPCTYXaeopcyxIiJjSs", strict=True)))
_LATIN = MappingProxyType(
    dict(
        zip(
            "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
            ["a", "b", "v", "g", "d", "e", "e", "zh", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u",
             "f", "kh", "ts", "ch", "sh", "shch", "", "y", "", "e", "yu", "ya"],
            strict=True,
        )
    )
)  # fmt: skip


def forcing(text: str, default: Default = "gsm") -> list[Forcing]:
    """Return the characters that force UCS-2, each with what may stand for it.

    Letters of Cyrillic have nothing that stands for them, but those that only look Latin in a word of Latin letters.
    """
    twins = _twins_in(text)
    return [
        Forcing(at, one, _TWINS[one] if at in twins else _instead(one))
        for at, one in enumerate(text)
        if one not in _PLAIN[default]
    ]


def mended(text: str, default: Default = "gsm") -> str:
    """Return a text with everything replaced that has a replacement."""
    instead = {one.at: one.instead for one in forcing(text, default) if one.instead is not None}
    return "".join(instead.get(at, one) for at, one in enumerate(text))


def in_latin(text: str) -> str:
    """Return a text in Latin letters as Russian passports have it (ICAO), mended as well: it may be GSM-7 then."""
    return mended("".join(_latin(one) for one in text))


def _latin(character: str) -> str:
    small = _LATIN.get(character.lower())
    if small is None:
        return character
    return small if character.islower() else small.capitalize()


def _twins_in(text: str) -> set[int]:
    """Return the places of twins in words whose other letters are all Latin."""
    found: set[int] = set()
    start = 0
    for place in range(len(text) + 1):
        if place < len(text) and text[place].isalpha():
            continue
        word = range(start, place)
        start = place + 1
        alien = [at for at in word if not text[at].isascii()]
        if alien and len(alien) < len(word) and all(text[at] in _TWINS for at in alien):
            found.update(alien)
    return found


def _instead(character: str) -> str | None:
    known = _INSTEAD.get(character)
    if known is not None or _is_cyrillic(character):
        return known
    plain = "".join(one for one in unicodedata.normalize("NFKD", character) if not unicodedata.combining(one))
    return plain if plain and plain != character and all(one in BASIC or one in EXTENSION for one in plain) else None


def _is_cyrillic(character: str) -> bool:
    return "\u0400" <= character <= "\u052f"
