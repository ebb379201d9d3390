"""Foreign names held against a catalogue: the likeliest goods of each, and how sure that is."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .index import Floats, Index, Postings
from .learning import Taught, family_of
from .likeness import Measures, compare
from .words import Cut, code_key, cut

SHOWN = 5
SURE = 0.98
_LOOKED_AT = 40
_UNKNOWN, _STRAY = 0.4, 0.35
# How far behind the best by words a name may lie and still win by its sizes.
_BEHIND = 0.6
# A name learnt from an answer must be met nearly whole: what it leaves out counts so many times.
_STRICT = 6.0
_FAR, _LEFT = 0.35, 30


@dataclass(frozen=True, slots=True)
class Goods:
    """One line of the catalogue: its key, name, and codes that may stand in foreign names."""

    key: str
    name: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """Goods that a name may mean, with a score that orders candidates of one name."""

    key: str
    score: float


@dataclass(frozen=True, slots=True)
class Match:
    """The likeliest goods first.

    `certainty` is the chance (0 to 1) that the first is right, `by_code` tells that a code in the name said so.
    """

    candidates: tuple[Candidate, ...]
    certainty: float
    by_code: bool = False

    @property
    def is_sure(self) -> bool:
        """Tell whether it may be bound without asking."""
        return self.certainty >= SURE


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each evidence weighs; set by hand, on what is told in docs/algorithms/matching.md."""

    offer: float = 0.55
    goods: float = 0.45
    content: float = 0.30
    pack: float = 0.15
    others: float = 0.20
    code: float = 0.60


class Matcher:
    """A catalogue ready for comparing. Making it takes a second for 20,000 goods."""

    def __init__(self, goods: Sequence[Goods], taught: Taught | None = None, weights: Weights = Weights()) -> None:
        self._weights = weights
        self._taught = taught or Taught()
        cuts = [cut(one.name) for one in goods]
        self._keys = [one.key for one in goods]
        self._targets = list(range(len(goods)))
        self._measured: dict[int, Measures] = {}
        self._alike: dict[Measures, Measures] = {}  # equal measures are one object, so that they are told by identity
        place = {key: number for number, key in enumerate(self._keys)}
        self._own = len(goods)
        for alias in self._taught.aliases:
            if alias.key in place:
                cuts.append(alias.name)
                self._targets.append(place[alias.key])
                self._measured[len(cuts) - 1] = self._alike.setdefault(alias.measures, alias.measures)
        self._cuts = cuts
        self._index = Index(cuts, self._own)
        self._by_code: dict[str, list[int]] = defaultdict(list)
        for number, one in enumerate(goods):
            for code in one.codes:
                if len(key := code_key(code)) >= 4:
                    self._by_code[key].append(number)

    def _measures(self, document: int) -> Measures:
        if (known := self._measured.get(document)) is None:
            measures = Measures.of(self._cuts[document])
            known = self._measured[document] = self._alike.setdefault(measures, measures)
        return known

    def _is_same(self, one: int, other: int) -> bool:
        """Tell whether two goods of the catalogue have one name: any of them is as right as the other."""
        mine, theirs = self._cuts[one], self._cuts[other]
        return family_of(mine) == family_of(theirs) and self._measures(one) == self._measures(other)

    def match(self, names: Sequence[str]) -> list[Match]:
        """Return a match for each name; an empty catalogue gives empty ones."""
        cuts = [cut(name) for name in names]
        asked: dict[tuple[str, bool], int] = {}
        rows = []
        for name in cuts:
            shorts = {word.sound for word in name.words if word.is_short}
            sounds = self._index.joined(self._index.sounds_of(name, self._index.words))
            rows.append([asked.setdefault((said, said in shorts), len(asked)) for said in dict.fromkeys(sounds)])
        near = self._index.near(list(asked))
        self._tie(near, list(asked))
        postings = [self._index.postings(likes) for likes in near]
        heavy = [self._weight_of(said, likes) for (said, _short), likes in zip(asked, near, strict=True)]
        shares = [self._weights.goods * one.told for one in postings]
        return [self._match(name, row, postings, shares, heavy) for name, row in zip(cuts, rows, strict=True)]

    def _tie(self, near: list[dict[int, float]], asked: list[tuple[str, bool]]) -> None:
        for likes, (said, _short) in zip(near, asked, strict=True):
            for other, strength in self._taught.ties.get(said, {}).items():
                if (number := self._index.words.get(other)) is not None:
                    likes[number] = max(likes.get(number, 0.0), strength)

    def _weight_of(self, said: str, likes: dict[int, float]) -> float:
        trust = self._taught.trust.get(said, 1.0)
        if not likes:
            return _UNKNOWN * trust * math.log(self._index.size + 1) * (_STRAY if said.startswith("#") else 1.0)
        return trust * max(like * float(self._index.rarity[number]) for number, like in likes.items())

    def _match(
        self, name: Cut, row: list[int], postings: list[Postings], shares: list[Floats], heavy: list[float]
    ) -> Match:
        by_code = self._coded(name)
        found = [one for one in row if len(postings[one].documents)]
        if not found and not by_code:
            return Match((), 0.0)
        total = sum(heavy[one] for one in row) or 1.0
        part = [heavy[one] / total for one in found]
        near: set[int] = set()
        if found:
            offer = self._weights.offer
            documents = np.concatenate([postings[one].documents for one in found])
            said = [
                shares[one] + offer * weight * postings[one].likeness for one, weight in zip(found, part, strict=True)
            ]
            base = np.bincount(documents, np.concatenate(said), minlength=self._index.size)
            near = set(self._near(base.astype(np.float64, copy=False)))
        looked_at = np.asarray(sorted(near | by_code), dtype=np.int32)
        mine, theirs = np.zeros(len(looked_at)), np.zeros(len(looked_at))
        for one, weight in zip(found, part, strict=True):
            at, there = postings[one].at(looked_at)
            mine[there] += weight * postings[one].likeness[at]
            theirs[there] += postings[one].told[at]
        return self._choose(name, looked_at.tolist(), mine.tolist(), np.minimum(theirs, 1.0).tolist(), by_code)

    def _coded(self, name: Cut) -> set[int]:
        found: set[int] = set()
        for code in name.codes:
            known = self._by_code.get(code, ())
            if 0 < len(known) <= SHOWN:
                found.update(known)
        return found

    def _choose(
        self, name: Cut, looked_at: list[int], mine: list[float], theirs: list[float], by_code: set[int]
    ) -> Match:
        measures, weights = Measures.of(name), self._weights
        best: dict[int, tuple[float, int]] = {}
        said: dict[int, tuple[float, float]] = {}
        for place, document in enumerate(looked_at):
            target, sized = self._targets[document], self._measures(document)
            fit = weights.offer * mine[place] + weights.goods * theirs[place]
            if document >= self._own:
                fit = 1 - (1 - fit) * _STRICT
            weighed = said.get(id(sized))
            if weighed is None:
                weighed = said[id(sized)] = self._weigh(measures, sized)
            score = fit + weighed[0] + (weights.code if target in by_code else 0.0)
            if target not in best or score > best[target][0]:
                best[target] = (score, place)
        ordered = sorted(best.items(), key=lambda one: -one[1][0])
        first, (score, place) = ordered[0]
        rival = next((other[0] for number, other in ordered[1:] if not self._is_same(number, first)), -1.0)
        left_over = 0.0 if first in by_code else min(1 - mine[place], 1 - theirs[place])
        against = said[id(self._measures(looked_at[place]))][1]
        certainty = certainty_of(score, score - rival, left_over, against)
        shown = tuple(Candidate(self._keys[number], found[0]) for number, found in ordered[:SHOWN])
        return Match(shown, certainty, first in by_code)

    def _near(self, base: Floats) -> list[int]:
        """Return the documents worth a closer look."""
        near = np.flatnonzero(base >= base.max() - _BEHIND)
        if len(near) > _LOOKED_AT:
            near = near[np.argpartition(base[near], len(near) - _LOOKED_AT)[-_LOOKED_AT:]]
        found: list[int] = near.tolist()
        return found

    def _weigh(self, mine: Measures, theirs: Measures) -> tuple[float, float]:
        """Return what sizes add to a score, and what they say against."""
        content, pack, others = compare(mine, theirs)
        weights = self._weights
        weighed = weights.content * content + weights.pack * pack + weights.others * others
        return weighed, min(0.0, content) + min(0.0, pack) + min(0.0, others)


def certainty_of(score: float, ahead: float, left_over: float, against: float) -> float:
    """Return the chance that the first is right.

    `ahead` is how far the next goods of another name are behind, `left_over` what share of both names the other does
    not know: where each says something that the other does not, they may well be two goods of one line. `against` is
    what sizes say, nothing or less.
    """
    sign = 8 * (score - 0.9) + 20 * (min(ahead, _FAR) - 0.1) - _LEFT * max(0.0, left_over - 0.04) + 8 * against + 0.7
    return 1 / (1 + math.exp(-sign))
