"""What of a foreign name was understood, and in what our goods differ from it: for the person who is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from rapidfuzz.fuzz import ratio

from .sizes import Size
from .words import Cut, Word, cut

_LIKE, _LEAST_PREFIX = 76, 3


class Said(StrEnum):
    """What a piece of a name is to the other name."""

    SAME = "same"
    DIFFERENT = "different"
    PLAIN = "plain"


class Piece(NamedTuple):
    """A piece of a name as written; all pieces of a name together are the name."""

    text: str
    said: Said


@dataclass(frozen=True, slots=True)
class Comparison:
    """A foreign name beside one of ours: both in pieces, sizes that agree, and pairs (theirs, ours) that do not."""

    theirs: tuple[Piece, ...]
    ours: tuple[Piece, ...]
    agreed: tuple[str, ...]
    against: tuple[tuple[str, str], ...]


def tell(their_name: str, our_name: str) -> Comparison:
    """Compare two names for people."""
    theirs, ours = cut(their_name), cut(our_name)
    agreed = [_text(ours, size) for size in ours.sizes if _meets(size, theirs.sizes)]
    against = [
        (_text(theirs, rival), _text(ours, size))
        for size in ours.sizes
        if not _meets(size, theirs.sizes) and (rival := _rival(size, theirs.sizes, ours.sizes)) is not None
    ]
    return Comparison(
        theirs=_pieces(theirs, ours), ours=_pieces(ours, theirs), agreed=tuple(agreed), against=tuple(against)
    )


def _text(name: Cut, size: Size) -> str:
    return name.text[size.start : size.end].strip()


def _meets(size: Size, others: Sequence[Size]) -> bool:
    return any(size.kind == other.kind and abs(size.value - other.value) < 0.01 * size.value for other in others)


def _rival(size: Size, theirs: Sequence[Size], ours: Sequence[Size]) -> Size | None:
    """Return their size of the same kind that nothing of ours agrees with."""
    return next((other for other in theirs if other.kind == size.kind and not _meets(other, ours)), None)


def _pieces(name: Cut, other: Cut) -> tuple[Piece, ...]:
    marked = [(word.start, word.end, _is_met(word, other.words)) for word in name.words]
    marked += [(size.start, size.end, _meets(size, other.sizes)) for size in name.sizes]
    found, at = [], 0
    for start, end, is_met in sorted(marked):
        if start < at:
            continue
        if start > at:
            found.append(Piece(name.text[at:start], Said.PLAIN))
        found.append(Piece(name.text[start:end], Said.SAME if is_met else Said.DIFFERENT))
        at = end
    if at < len(name.text):
        found.append(Piece(name.text[at:], Said.PLAIN))
    return tuple(found)


def _is_met(word: Word, others: Sequence[Word]) -> bool:
    return any(
        word.sound == other.sound
        or (len(word.sound) >= _LEAST_PREFIX and other.sound.startswith(word.sound))
        or (len(other.sound) >= _LEAST_PREFIX and word.sound.startswith(other.sound))
        or ratio(word.sound, other.sound, score_cutoff=_LIKE) > 0
        for other in others
    )
