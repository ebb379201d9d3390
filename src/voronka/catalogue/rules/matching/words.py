"""A name cut into words, numbers, sizes and codes, the way both sides of a comparison are cut."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from .letters import own_alphabet, sound
from .sizes import Size, find_sizes

_CODE = re.compile(r"(?<![\w])(?=[\w./-]*\d)[0-9A-Za-zА-Яа-яЁё]+(?:[-./][0-9A-Za-zА-Яа-яЁё]+)*(?![\w])")
_PIECE = re.compile(r"[^\W\d_]+\.?|[0-9]+(?:[.,][0-9]+)?|(?<=[^\W\d_])\+(?=[\s,.)]|$)|(?<=[^\W\d_] )\+(?=[\s,.)]|$)")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "vi": 6, "vii": 7, "viii": 8}
_HUMP = re.compile(r"(?<=[a-zа-яё])(?=[A-ZА-ЯЁ])")
_RUN = re.compile(r"[\u0400-\u04ff]+|[^\u0400-\u04ff]+")
# Words that say nothing of which goods these are.
_EMPTY = frozenset(
    [
        "для",
        "и",
        "с",
        "в",
        "на",
        "из",
        "по",
        "от",
        "до",
        "без",
        "к",
        "о",
        "при",
        "под",
        "над",
        "со",
        "не",
        "или",
        "the",
        "for",
        "of",
        "and",
        "with",
        "д",
    ]
)
_DIGITS = frozenset("0123456789")
_LEAST_CODE, _LEAST_RUN, _MOST_SIGNS = 4, 3, 400


class Word(NamedTuple):
    """One word of a name: how it sounds, as it is written, where it stands, whether it was cut short by a full stop."""

    sound: str
    text: str
    start: int
    end: int
    is_short: bool = False


@dataclass(slots=True)
class Cut:
    """A name in pieces."""

    text: str
    words: list[Word] = field(default_factory=list)
    numbers: list[float] = field(default_factory=list)
    sizes: list[Size] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)


@lru_cache(maxsize=100_000)
def code_key(code: str) -> str:
    """Return a code without what is written now so, now otherwise: case, dashes, spaces, look-alike letters."""
    return "".join(sign for sign in code.upper().translate(_CODE_LOOKS) if sign.isalnum())


_ROMAN_LOOKS = str.maketrans("іl", "ii")
_CODE_LOOKS = str.maketrans("АВЕКМНОРСТУХЁ", "ABEKMHOPCTYXE")


def cut(name: str) -> Cut:
    """Cut a name (at most 400 signs of it)."""
    text = " ".join(name[:_MOST_SIGNS].replace("\u00a0", " ").split())
    result = Cut(text)
    result.codes = [key for found in _CODE.finditer(text) if len(key := code_key(found[0])) >= _LEAST_CODE]
    result.sizes, left = find_sizes(text)
    coded = [found.span() for found in _CODE.finditer(left) if _is_parted(found[0])] if "-" in left else []
    for piece in _PIECE.finditer(left):
        if any(first <= piece.start() < last for first, last in coded):
            continue
        if piece[0] == "+":
            result.words.append(Word("plus", "plus", piece.start(), piece.end()))
            continue
        if piece[0][0] in _DIGITS:
            result.numbers.append(float(piece[0].replace(",", ".")))
            continue
        if (roman := _ROMAN.get(piece[0].lower().translate(_ROMAN_LOOKS))) is not None:
            result.numbers.append(float(roman))
            continue
        result.words.extend(_words(piece[0], piece.start()))
    return result


def _is_parted(code: str) -> bool:
    return "-" in code and len(code_key(code)) >= _LEAST_CODE and any(sign.isdigit() for sign in code)


def _words(piece: str, start: int) -> list[Word]:
    return [Word(said, text, start + first, start + last, short) for said, text, first, last, short in _parts(piece)]


@lru_cache(maxsize=100_000)
def _parts(piece: str) -> tuple[tuple[str, str, int, int, bool], ...]:
    """Return the words of what stands between two signs that are no letters: sound, text, place, is cut short."""
    bare = piece.rstrip(".")
    is_short = bare != piece
    found, at = [], 0
    for end in [*(match.start() for match in _HUMP.finditer(bare)), len(bare)]:
        for text, first in _of_one_alphabet(bare[at:end], at):
            lower = text.lower()
            if lower not in _EMPTY:
                last = first + len(text)
                found.append((sound(lower), lower, first, last, is_short and last == len(bare)))
        at = end
    return tuple(found)


def _of_one_alphabet(text: str, start: int) -> list[tuple[str, int]]:
    """Part words of two alphabets run together; a single strange letter is a look-alike and is put right instead."""
    runs = [(match[0], start + match.start()) for match in _RUN.finditer(text)]
    if len(runs) > 1 and all(len(run) >= _LEAST_RUN for run, _first in runs):
        return runs
    whole = own_alphabet(text)
    return [(match[0], start + match.start()) for match in _RUN.finditer(whole)]
