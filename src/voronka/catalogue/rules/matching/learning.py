"""What confirmed answers of a supplier teach: his names of goods, his empty words, his words for ours."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from .likeness import Measures
from .words import Cut, cut

_LEAST_SEEN, _LEAST_TIED = 3, 2
_TIE = 0.8


class Answer(NamedTuple):
    """A person (or an exact code) said that this name means these goods."""

    name: str
    key: str


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name of goods: its words with the measures it stands for, and whether it is a name of a sibling."""

    key: str
    name: Cut
    measures: Measures
    is_sibling: bool


@dataclass(slots=True)
class Taught:
    """What was learnt. `trust` is how often a word of the supplier meant something, `ties` his words for ours."""

    aliases: list[Alias] = field(default_factory=list)
    trust: dict[str, float] = field(default_factory=dict)
    ties: dict[str, dict[str, float]] = field(default_factory=dict)


def family_of(name: Cut) -> tuple[str, ...]:
    """Return what is common to one good in all its sizes."""
    return tuple(sorted({word.sound for word in name.words}))


def learn(answers: Sequence[Answer], goods: Mapping[str, Cut]) -> Taught:
    """Learn from answers about goods (key to cut name); answers about goods that are gone teach nothing."""
    taught = Taught()
    families: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for key, name in goods.items():
        families[family_of(name)].append(key)
    seen: Counter[str] = Counter()
    met: Counter[str] = Counter()
    tied: Counter[tuple[str, str]] = Counter()
    lone: Counter[str] = Counter()
    for answer in answers:
        ours = goods.get(answer.key)
        if ours is None:
            continue
        theirs = cut(answer.name)
        _add_aliases(taught, answer.key, theirs, families[family_of(ours)], goods)
        their_words, our_words = {word.sound for word in theirs.words}, {word.sound for word in ours.words}
        seen.update(their_words)
        met.update(their_words & our_words)
        left = our_words - their_words
        lone.update(left)
        tied.update((word, other) for word in their_words - our_words for other in left)
    taught.trust = {
        word: (met[word] + 1) / (count + 1)
        for word, count in seen.items()
        if count >= _LEAST_SEEN and met[word] < count
    }
    for (word, other), count in tied.items():
        strength = 2 * count / (seen[word] - met[word] + lone[other])
        if count >= _LEAST_TIED and strength >= _TIE:
            taught.ties.setdefault(word, {})[other] = _TIE * strength
    return taught


def _add_aliases(taught: Taught, key: str, theirs: Cut, family: Sequence[str], goods: Mapping[str, Cut]) -> None:
    taught.aliases.append(Alias(key, theirs, Measures.of(theirs), is_sibling=False))
    for sibling in family:
        if sibling != key:
            taught.aliases.append(Alias(sibling, theirs, Measures.of(goods[sibling]), is_sibling=True))
