"""How alike the names on two cards are."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cache

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from voronka.people.rules.letters import fold
from voronka.people.rules.nicknames import may_be_one
from voronka.people.rules.registers import first_names


class Relation(Enum):
    """What two names are to each other."""

    EQUAL = "equal"  # all parts agree, surname and name at least
    PART = "part"  # one says less than the other, nothing contradicts
    CLOSE = "close"  # a misspelling apart
    SURNAME_CHANGED = "surname_changed"  # the same name and patronymic
    KIN = "kin"  # the same surname, another name
    CLASH = "clash"  # different people by their names
    UNKNOWN = "unknown"  # one of them has no name


@dataclass(frozen=True, slots=True)
class NameParts:
    """A name for comparing, all parts folded (letters.fold); `whole` is names.name_key."""

    whole: str
    last: str = ""
    first: str = ""
    middle: str = ""
    gender: str = ""
    is_organisation: bool = False


class _Part(Enum):
    SAME = 1
    TYPO = 2
    ENDING = 3  # Иванов, Иванова
    MISSING = 4
    CLASH = 5


def relation(one: NameParts, other: NameParts) -> Relation:
    """Return what two names are to each other, of people or of organisations; one of each kind is judged by its whole.

    First names of two sexes are different people, whatever else agrees.
    """
    if not one.whole or not other.whole:
        return Relation.UNKNOWN
    if one.is_organisation or other.is_organisation:
        return _organisations(one.whole, other.whole)
    if one.whole == other.whole:
        return Relation.EQUAL if " " in one.whole else Relation.PART
    last, middle = _surname(one.last, other.last), _compare(one.middle, other.middle, _never)
    first = _compare(one.first, other.first, _both_known)
    if first is _Part.CLASH and may_be_one(one.first, other.first):
        first = _Part.SAME
    if one.gender and other.gender and one.gender != other.gender and first is not _Part.MISSING:
        first = _Part.CLASH
    return _related(last, first, middle)


def _related(last: _Part, first: _Part, middle: _Part) -> Relation:
    parts = (last, first, middle)
    if first is _Part.CLASH:
        return Relation.KIN if last in (_Part.SAME, _Part.TYPO, _Part.ENDING) else Relation.CLASH
    if last is _Part.CLASH:
        agreed = first is _Part.SAME and middle is _Part.SAME
        return Relation.SURNAME_CHANGED if agreed else Relation.CLASH
    if middle is _Part.CLASH:
        return Relation.KIN if last is not _Part.MISSING else Relation.CLASH
    if last is _Part.MISSING and first is _Part.MISSING:
        return Relation.UNKNOWN
    misspelt = parts.count(_Part.TYPO) + parts.count(_Part.ENDING)
    if misspelt > 1:
        return Relation.CLASH if last is not _Part.SAME and first is not _Part.SAME else Relation.SURNAME_CHANGED
    if misspelt == 1:
        return Relation.CLOSE
    return Relation.PART if _Part.MISSING in (last, first) or middle is _Part.MISSING else Relation.EQUAL


def _organisations(one: str, other: str) -> Relation:
    if one == other:
        return Relation.EQUAL
    words, others = set(one.split()), set(other.split())
    if words <= others or others <= words:
        return Relation.PART
    return Relation.CLOSE if fuzz.ratio(one, other, score_cutoff=88) else Relation.CLASH


def _compare(one: str, other: str, are_two: Callable[[str, str], bool]) -> _Part:
    """Compare a part of names; `are_two` says that two spellings so near are two names for all that."""
    if not one or not other:
        return _Part.MISSING
    if one == other:
        return _Part.SAME
    if len(one) == 1 or len(other) == 1:  # an initial
        return _Part.MISSING if one[0] == other[0] else _Part.CLASH
    return _Part.TYPO if _is_typo(one, other) and not are_two(one, other) else _Part.CLASH


def _is_typo(one: str, other: str) -> bool:
    """Tell one slip (a letter left out, put in, changed, or two swapped); in long words two."""
    shorter = min(len(one), len(other))
    slips = 0 if shorter < 4 else 1 if shorter < 9 else 2
    return slips > 0 and OSA.distance(one, other, score_cutoff=slips) <= slips


def _surname(one: str, other: str) -> _Part:
    found = _compare(one, other, _never)
    if found in (_Part.TYPO, _Part.CLASH) and surname_root(one) == surname_root(other):
        return _Part.ENDING
    return found


def surname_root(surname: str) -> str:
    """Return a folded surname without its ending of gender: Иванов and Иванова, Белый and Белая are the same."""
    for ending in ("skaia", "skoi", "skii", "ski", "aia", "oi", "ii", "i", "a"):
        if surname.endswith(ending) and len(surname) - len(ending) >= 2:
            return surname[: len(surname) - len(ending)] + ("sk" if ending.startswith("sk") else "")
    return surname


def _never(one: str, other: str) -> bool:
    return False


def _both_known(one: str, other: str) -> bool:
    """Алина is not a misspelt Алиса: both are names."""
    known = _known_first()
    return one in known and other in known


@cache
def _known_first() -> frozenset[str]:
    return frozenset(fold(name) for name in first_names())
