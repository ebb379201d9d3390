"""All articles of a company as arrays: one question is held against every phrasing of every article at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from .synonyms import Synonyms
from .words import ASKING, cut, roots

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

_LEAST_TOPICS = 50  # in a small base no word is common: rarity is as if it were larger
_LEAST_FUZZY, _LEAST_LIKE, _ROOT, _OTHER_FIRST = 4, 0.7, 0.7, 0.8
_HEAD, _GROWN, _MOST_TAIL = 4, 0.6, 4
ASKING_WEIGHT = 0.35


@dataclass(frozen=True, slots=True)
class Topic:
    """An article as it is matched: a key of the caller's, ways to ask, what is answered."""

    key: str
    questions: Sequence[str]
    answer: str = ""


class Index:
    """The words of many articles.

    `phrases` are the ways to ask, `answers` what is answered, as numbers of words one text after another; `*_starts`
    tell where each begins. `topics` are those that have a word to ask by; `first` is where the phrasings of each begin.
    """

    def __init__(self, topics: Sequence[Topic], synonyms: Synonyms) -> None:
        self.synonyms = synonyms
        self.numbers: dict[str, int] = {}
        self.topics: list[Topic] = []
        phrases: list[list[int]] = []
        answers: list[list[int]] = []
        owners: list[int] = []
        for topic in topics:
            asked = [numbers for text in topic.questions if (numbers := self._numbers(text))]
            if asked:
                owners.extend([len(self.topics)] * len(asked))
                self.topics.append(topic)
                phrases.extend(asked)
                answers.append(self._numbers(topic.answer) or asked[0])
        self.phrases, self.phrase_starts = _joined(phrases)
        self.answers, self.answer_starts = _joined(answers)
        self.owners = np.asarray(owners, dtype=np.int32)
        self.first = np.searchsorted(self.owners, np.arange(len(self.topics)))
        self._weigh(phrases, answers, owners)
        self._spell()

    def _weigh(self, phrases: Sequence[list[int]], answers: Sequence[list[int]], owners: Sequence[int]) -> None:
        """Set how rare each word is, counted over articles, and what a word weighs that is in none."""
        met: list[set[int]] = [set(numbers) for numbers in answers]
        for owner, numbers in zip(owners, phrases, strict=True):
            met[owner].update(numbers)
        counts = np.zeros(len(self.numbers))
        for held in met:
            counts[list(held)] += 1
        self.unknown = float(np.log(max(len(self.topics), _LEAST_TOPICS) + 1))
        self.rarity = (self.unknown - np.log(counts + 0.5)).clip(0.3)
        for said in ASKING:
            if (number := self.numbers.get(said)) is not None:
                self.rarity[number] *= ASKING_WEIGHT

    def _spell(self) -> None:
        """Gather what a misspelt or otherwise built word is looked for among."""
        spoken = sorted({*self.numbers, *self.synonyms.words})
        self.known = frozenset(spoken)
        self._fuzzy = [said for said in spoken if len(said) >= _LEAST_FUZZY]
        self._by_root: dict[str, list[str]] = {}
        self._by_head: dict[str, list[tuple[str, str]]] = {}
        for said in spoken:
            for root in (said, *roots(said)):
                self._by_root.setdefault(root, []).append(said)
                if len(root) >= _HEAD:
                    self._by_head.setdefault(root[:_HEAD], []).append((root, said))

    def _numbers(self, text: str) -> list[int]:
        return [self._number(said) for said in cut(text, ())]

    def _number(self, said: str) -> int:
        return self.numbers.setdefault(said, len(self.numbers))

    def likes(self, stems: Sequence[str]) -> Floats:
        """Return how well each asked stem (a row) stands for each word of the articles (a column)."""
        table = np.zeros((len(stems), len(self.numbers)))
        misspelt = self._misspelt([said for said in stems if said not in self.known])
        for row, said in enumerate(stems):
            near = {said: 1.0} if said in self.known else misspelt.get(said, {})
            for root, likeness in self._rooted(said).items():
                near[root] = max(near.get(root, 0.0), likeness)
            for word, likeness in near.items():
                self._put(table[row], word, likeness)
                for other, tie in self.synonyms.of(word).items():
                    self._put(table[row], other, likeness * tie)
        return table

    def _put(self, row: Floats, word: str, likeness: float) -> None:
        number = self.numbers.get(word)
        if number is not None and row[number] < likeness:
            row[number] = likeness

    def _rooted(self, said: str) -> Mapping[str, float]:
        """Return words of the same root: behind another prefix, or grown by a suffix (отбел, отбеливан)."""
        found: dict[str, float] = {}
        for root in (said, *roots(said)):
            for other in self._by_root.get(root, ()):
                if other != said:
                    found[other] = _ROOT
            for grown, other in self._by_head.get(root[:_HEAD], ()):
                if other not in found and other != said and _is_grown(root, grown):
                    found[other] = _GROWN
        return found

    def _misspelt(self, unknown: Sequence[str]) -> dict[str, dict[str, float]]:
        rows = [said for said in unknown if len(said) >= _LEAST_FUZZY and not said.isdigit()]
        if not rows or not self._fuzzy:
            return {}
        scorer = DamerauLevenshtein.normalized_similarity
        scores = process.cdist(rows, self._fuzzy, scorer=scorer, score_cutoff=_LEAST_LIKE)
        found: dict[str, dict[str, float]] = {}
        for line, column in zip(*np.nonzero(scores), strict=True):
            asked, known = rows[line], self._fuzzy[column]
            likeness = float(scores[line, column]) * (1.0 if asked[0] == known[0] else _OTHER_FIRST)
            found.setdefault(asked, {})[known] = likeness
        return found


def _joined(texts: Sequence[list[int]]) -> tuple[Ints, Ints]:
    """Return texts one after another, and where each begins."""
    words = np.asarray([number for numbers in texts for number in numbers], dtype=np.int32)
    starts = np.cumsum([0, *(len(numbers) for numbers in texts)], dtype=np.int32)[:-1]
    return words, starts


def _is_grown(one: str, other: str) -> bool:
    """Tell whether one root is the other with a short tail: `отбел`, `отбеливан`."""
    short, long = sorted((one, other), key=len)
    return len(long) - len(short) <= _MOST_TAIL and long.startswith(short)
