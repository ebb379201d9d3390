"""Names of a catalogue by their words, as arrays: one foreign name is held against all of them at once."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.fuzz import ratio

from .letters import other_reading, sound
from .words import Cut, Word

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]

_LEAST_FUZZY, _LEAST_LIKE, _LEAST_PREFIX = 4, 76, 3
_SHORT, _ABBREVIATED = 0.9, 0.75
_CHUNK = 512


class Postings(NamedTuple):
    """Where a word and its likes stand: documents in order, likeness there, and what share of the name it is there."""

    documents: Ints
    likeness: Floats
    told: Floats

    def at(self, looked_at: Ints) -> tuple[Ints, NDArray[np.bool_]]:
        """Return the places of those of `looked_at` (in order) that are here, and which of them are."""
        places = np.minimum(np.searchsorted(self.documents, looked_at), len(self.documents) - 1)
        there = self.documents[places] == looked_at
        return places[there].astype(np.int32), there


class Index:
    """The words of many names and in which of them each stands.

    `names` are cut names; only the first `own` of them, all by default, say how rare a word is. A word that is two
    known words run together counts as these two.
    """

    def __init__(self, names: Sequence[Cut], own: int | None = None) -> None:
        self._own = len(names) if own is None else own
        counts = Counter(word.sound for name in names[: self._own] for word in name.words)
        self._whole = frozenset(said for said, count in counts.items() if count > 1)
        ours = frozenset(counts)
        self.words: dict[str, int] = {}
        documents: list[int] = []
        tokens: list[int] = []
        for number, name in enumerate(names):
            sounds = dict.fromkeys(self.sounds_of(name, self._whole if number < self._own else ours))
            tokens.extend(map(self._number_of, sounds))
            documents.extend([number] * len(sounds))
        self.size = len(names)
        self._fill(np.asarray(tokens, dtype=np.int32), np.asarray(documents, dtype=np.int32))

    def _number_of(self, sounds: str) -> int:
        return self.words.setdefault(sounds, len(self.words))

    def _fill(self, tokens: Ints, documents: Ints) -> None:
        order = np.argsort(tokens, kind="stable")
        self.documents = documents[order]
        self.starts = np.searchsorted(tokens[order], np.arange(len(self.words) + 1))
        counts = np.bincount(tokens[documents < self._own], minlength=len(self.words))
        self.rarity = np.log((self._own + 1) / (counts.clip(1) + 0.5)).clip(0.05)
        self.weight = np.bincount(documents, self.rarity[tokens], minlength=self.size)
        self.sorted_words = sorted(self.words)

    def sounds_of(self, name: Cut, known: Container[str]) -> list[str]:
        """Return the words of a name as they are compared, bare numbers among them."""
        found: list[str] = []
        for word in name.words:
            if word.sound in known:
                found.append(word.sound)
            elif (other := self._doubled(word, known)) is not None:
                found.append(other)
            else:
                found.extend(_parted(word.sound, known) or [word.sound])
        found.extend(f"#{number:g}" for number in name.numbers)
        return found

    def _doubled(self, word: Word, known: Container[str]) -> str | None:
        other = other_reading(word.text)
        return said if other is not None and (said := sound(other)) in known else None

    def joined(self, sounds: Sequence[str]) -> list[str]:
        """Return the sounds with neighbours put together where the catalogue writes them as one word."""
        found: list[str] = []
        for said in sounds:
            is_parted = bool(found) and (said not in self.words or found[-1] not in self.words)
            if is_parted and found[-1] + said in self.words:
                found[-1] += said
            else:
                found.append(said)
        return found

    def near(self, asked: Sequence[tuple[str, bool]]) -> list[dict[int, float]]:
        """Return for each (sound, is cut short) the like words of the catalogue: number and likeness up to 1."""
        found: list[dict[int, float]] = [{} for _one in asked]
        for row, (said, is_short) in enumerate(asked):
            number = self.words.get(said)
            if number is not None:
                found[row][number] = 1.0
            if not said.startswith("#"):
                self._add_longer(found[row], said, is_short)
        self._add_like(found, asked)
        return found

    def _add_longer(self, likes: dict[int, float], said: str, is_short: bool) -> None:
        """Add words that begin with this one, which is an abbreviation (or the other way about)."""
        if len(said) < (2 if is_short else _LEAST_PREFIX):
            return
        at = bisect_left(self.sorted_words, said)
        for word in self.sorted_words[at : at + 200]:
            if not word.startswith(said):
                break
            if word != said and (is_short or len(said) >= 0.55 * len(word)):
                like = _SHORT if is_short else _ABBREVIATED + 0.2 * (len(said) / len(word) - 0.55)
                likes[self.words[word]] = max(likes.get(self.words[word], 0.0), like)

    def _add_like(self, found: list[dict[int, float]], asked: Sequence[tuple[str, bool]]) -> None:
        """Add words that differ in a few letters."""
        rows = [row for row, (said, _short) in enumerate(asked) if len(said) >= _LEAST_FUZZY and said[0] != "#"]
        choices = [word for word in self.words if len(word) >= _LEAST_FUZZY and word[0] != "#"]
        if not rows or not choices:
            return
        numbers = np.asarray([self.words[word] for word in choices])
        for begin in range(0, len(rows), _CHUNK):
            part = rows[begin : begin + _CHUNK]
            table = process.cdist(
                [asked[row][0] for row in part], choices, scorer=ratio, score_cutoff=_LEAST_LIKE, dtype=np.uint8
            )
            for line, column in zip(*np.nonzero(table), strict=True):
                likeness = (float(table[line, column]) - 50) / 50
                likes, number = found[part[line]], int(numbers[column])
                likes[number] = max(likes.get(number, 0.0), likeness)

    def postings(self, likes: Mapping[int, float]) -> Postings:
        """Return where the like words stand."""
        spans = [
            (int(self.starts[number]), int(self.starts[number + 1]), number, like) for number, like in likes.items()
        ]
        if not spans:
            return Postings(np.zeros(0, dtype=np.int32), np.zeros(0), np.zeros(0))
        documents = np.concatenate([self.documents[first:last] for first, last, _number, _like in spans])
        likeness = np.concatenate([np.full(last - first, like) for first, last, _number, like in spans])
        rarity = np.concatenate([np.full(last - first, self.rarity[number]) for first, last, number, _like in spans])
        order = np.lexsort((-likeness, documents))
        ordered = documents[order]
        is_first = np.concatenate(([True], ordered[1:] != ordered[:-1]))
        documents, best = ordered[is_first], order[is_first]
        told = likeness[best] * rarity[best] / self.weight[documents].clip(0.1)
        return Postings(documents, likeness[best], told)


def _parted(said: str, known: Container[str]) -> list[str]:
    """Return the two known words of which this one is run together, or nothing."""
    for at in range(_LEAST_PREFIX, len(said) - _LEAST_PREFIX + 1):
        if said[:at] in known and said[at:] in known:
            return [said[:at], said[at:]]
    return []
