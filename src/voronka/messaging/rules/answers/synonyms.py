"""Words that stand for one another: a list that comes with the product and sets of the company's own."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files

from .words import stem

FORM, SAME, LEANING, OWN = 0.97, 0.8, 0.5, 0.95


class Synonyms:
    """What other stems a stem may stand for, and how well: up to 1."""

    def __init__(self, own: Iterable[Iterable[str]] = ()) -> None:
        self._of: dict[str, dict[str, float]] = defaultdict(dict)
        for stems, leaning, likeness in shipped():
            self._tie(stems, stems, likeness)
            self._tie(stems, leaning, LEANING)
            self._tie(leaning, stems, LEANING)
        for words in own:
            stems = tuple(stem(word.lower()) for word in words)
            self._tie(stems, stems, OWN)
        self.words = frozenset(self._of)

    def _tie(self, ones: Iterable[str], others: Iterable[str], likeness: float) -> None:
        others = tuple(others)
        for one in ones:
            ties = self._of[one]
            for other in others:
                if other != one and ties.get(other, 0.0) < likeness:
                    ties[other] = likeness

    def of(self, stemmed: str) -> Mapping[str, float]:
        """Return the stems this one may stand for."""
        return self._of.get(stemmed, {})


@lru_cache(maxsize=1)
def shipped() -> tuple[tuple[tuple[str, ...], tuple[str, ...], float], ...]:
    """Return the sets that come with the product as stems: those of one meaning, those that lean to it, likeness."""
    text = files(__package__).joinpath("synonyms_ru.txt").read_text(encoding="utf-8")
    found = []
    for line in text.splitlines():
        if line and not line.startswith("#"):
            same, _colon, leaning = line.removeprefix("=").partition(":")
            found.append((_stems(same), _stems(leaning), FORM if line.startswith("=") else SAME))
    return tuple(found)


def _stems(words: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(stem(word) for word in words.split()))
