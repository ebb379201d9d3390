"""What sizes say of two names: for, against, or nothing."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from .words import Cut

_CONTENT = ("volume", "mass")
_SAME = 0.03


@dataclass(frozen=True, slots=True)
class Measures:
    """Sizes of one name by kind, ready for comparing."""

    content: tuple[tuple[str, float, float], ...]
    count: float
    ratio: frozenset[float]
    others: tuple[tuple[str, frozenset[float]], ...]
    numbers: frozenset[float]

    @classmethod
    def of(cls, name: Cut) -> "Measures":
        """Gather the sizes of a cut name."""
        by_kind: dict[str, set[float]] = {}
        for size in name.sizes:
            by_kind.setdefault(size.kind, set()).add(size.value)
        content = tuple((size.kind, size.value, size.raw) for size in name.sizes if size.kind in _CONTENT)
        others = tuple(
            (kind, frozenset(values)) for kind, values in by_kind.items() if kind not in (*_CONTENT, "count", "ratio")
        )
        count = max(by_kind.get("count", {1.0}))
        return cls(content, count, frozenset(by_kind.get("ratio", ())), others, frozenset(name.numbers))


def compare(one: Measures, other: Measures) -> tuple[float, float, float]:
    """Return what content, pack and other sizes say: from -1 (surely not) over 0 to 1 (the same)."""
    return _content(one, other), _pack(one, other), _others(one, other)


def _content(one: Measures, other: Measures) -> float:
    if not one.content or not other.content:
        bare, sized = (one, other) if not one.content else (other, one)
        if any(raw in bare.numbers or value in bare.numbers for _kind, value, raw in sized.content):
            return 0.6
        return -0.1 if one.content or other.content else 0.0
    return max(_pair(mine, theirs) for mine in one.content for theirs in other.content)


def _pair(mine: tuple[str, float, float], theirs: tuple[str, float, float]) -> float:
    apart = abs(math.log(max(mine[1], 1e-6) / max(theirs[1], 1e-6)))
    if apart <= _SAME:
        return 1.0 if mine[0] == theirs[0] else 0.7
    return -min(1.0, 0.3 + apart / 1.2)


def _pack(one: Measures, other: Measures) -> float:
    if one.count == other.count:
        return 0.0 if one.count == 1 else 1.0
    return -1.0


def _others(one: Measures, other: Measures) -> float:
    said: list[float] = []
    mine = dict(one.others)
    for kind, theirs in other.others:
        values = mine.get(kind)
        if values is None:
            continue
        said.append(_share(values, theirs) * 2 - 1)
    if one.ratio and other.ratio:
        said.append(0.3 if one.ratio & other.ratio else -0.3)
    return sum(said) / len(said) if said else 0.0


def _share(one: Iterable[float], other: Iterable[float]) -> float:
    mine, theirs = set(one), set(other)
    return len(mine & theirs) / min(len(mine), len(theirs))
