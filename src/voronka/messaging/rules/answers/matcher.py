"""Which article answers a question, and whether that is sure enough to be said."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .index import ASKING_WEIGHT, Floats, Index, Topic
from .synonyms import Synonyms
from .words import ASKING, cut

NEAREST, SURE = 3, 0.58
# How much a word in the answer counts beside one in a question; the share of the phrasing's own words in the score.
_IN_ANSWER, _OWN_SHARE = 0.4, 0.4
_LEAST_WEIGHT, _UNKNOWN, _MOST_EVIDENCE, _MOST_WORDS = 0.2, 0.6, 1.73, 32
# Of a logistic curve over `features`, fitted by tools/tune_answers.py.
CURVE = np.asarray((-4.60, 4.50, 2.25, -1.50, 2.41))


@dataclass(frozen=True, slots=True)
class Near:
    """An article near a question: its key, and how sure that it answers, from 0 to 1."""

    key: str
    score: float


@dataclass(frozen=True, slots=True)
class Reply:
    """The nearest articles, the best first; `is_sure` when the first may be said as the answer."""

    nearest: tuple[Near, ...]
    is_sure: bool

    @property
    def best(self) -> Near | None:
        """The nearest article, sure or not."""
        return self.nearest[0] if self.nearest else None


class Matcher:
    """Answers questions about articles; made once for a state of the knowledge base, then asked from any thread."""

    def __init__(self, topics: Sequence[Topic], synonyms: Iterable[Iterable[str]] = ()) -> None:
        self.index = Index(topics, Synonyms(synonyms))

    def reply(self, question: str, most: int = NEAREST) -> Reply:
        """Return the `most` nearest articles to a question, of at most 500 signs."""
        stems = cut(question, self.index.known)[:_MOST_WORDS]
        if not stems or not self.index.topics:
            return Reply((), False)
        certainties = 1 / (1 + np.exp(-(CURVE @ self.features(stems))))
        best = np.argsort(-certainties, kind="stable")[:most]
        near = tuple(Near(self.index.topics[at].key, round(float(certainties[at]), 3)) for at in best)
        return Reply(near, near[0].score >= SURE)

    def features(self, stems: Sequence[str]) -> Floats:
        """Return what speaks for each article (a column): one, score, distance to the best of the others, share of
        words that nobody knows, how much was said in all.
        """
        scores, said, unknown = self._weighed(stems)
        ranked = np.sort(scores)[::-1]
        best, second = ranked[0], ranked[1] if len(ranked) > 1 else 0.0
        apart = (scores - np.where(scores >= best, second, best)) / scores.clip(0.01)
        # Among few articles it is no wonder that the others are far.
        apart *= min(1.0, float(np.log(len(scores) + 1)) / self.index.unknown)
        evidence = said.clip(max=_MOST_EVIDENCE) / _MOST_EVIDENCE
        return np.stack((np.ones_like(scores), scores, apart.clip(-1), np.full_like(scores, unknown), evidence))

    def _weighed(self, stems: Sequence[str]) -> tuple[Floats, Floats, float]:
        """Return how near each article is, how much of the question it holds, and the unknown share of the question."""
        index = self.index
        likes = index.likes(stems)
        asked = np.maximum.reduceat(likes[:, index.phrases], index.phrase_starts, axis=1)
        told = np.maximum.reduceat(likes[:, index.answers], index.answer_starts, axis=1)
        found = np.maximum(asked, _IN_ANSWER * told[:, index.owners])
        is_known = likes.max(axis=1) > 0
        weights = self._weights(stems, np.maximum.reduceat(found, index.first, axis=1), is_known)
        covered = weights @ found / weights.sum()
        rarity = index.rarity[index.phrases]
        met = np.add.reduceat(rarity * likes[:, index.phrases].max(axis=0), index.phrase_starts)
        own = met / np.add.reduceat(rarity, index.phrase_starts)
        scores = np.maximum.reduceat((1 - _OWN_SHARE) * covered + _OWN_SHARE * own, index.first)
        said = np.maximum.reduceat(covered, index.first) * weights.sum() / index.unknown
        return scores, said, float(weights[~is_known].sum() / weights.sum())

    def _weights(self, stems: Sequence[str], found: Floats, is_known: NDArray[np.bool_]) -> Floats:
        """Return what each asked word weighs: the less, the more articles it or its likes are met in."""
        rare = (self.index.unknown - np.log((found**2).sum(axis=1) + 0.5)).clip(_LEAST_WEIGHT)
        weights = np.where(is_known, rare, self.index.unknown * _UNKNOWN)
        return np.where([said in ASKING for said in stems], weights * ASKING_WEIGHT, weights)
