"""Tasks for people: what a kind requires, what a typed line means."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from voronka.kit.moments import Moment, parse_moment

REQUIREMENTS = ("why", "about", "checklist", "file", "result")
LONGEST_TITLE, LONGEST_TEXT, MOST_CHECKS, LONGEST_CHECK = 200, 5_000, 50, 200
_MATE = re.compile(r"(?:^|\s)@([^\s@,.:]{2,40})")
_EDGE = " \t,.;:-\u2013\u2014"
_LAST_WORDS = 8
# The reader of times forgives these beside a time, but in a task they are what is to be done.
_VERBS = frozenset(
    (
        "позвонить", "позвоните", "позвони", "перезвонить", "перезвоните", "перезвони", "звонок", "наберу",
        "набрать", "набери", "call", "ring", "phone",
    )
)  # fmt: skip
_PREPOSITIONS = frozenset(
    (
        "в", "во", "на", "к", "ко", "с", "со", "по", "для", "от", "у", "о", "об", "at", "to", "on", "in",
        "with", "for", "about", "by",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Typed:
    """A typed line taken apart: what, by when, the name after @. `assumed`: the hour was not said."""

    title: str
    due_at: datetime | None
    assumed: bool
    mate: str


def read_line(text: str, *, now: datetime, zone: str) -> Typed:
    """Return what a typed line asks for: "Выставить счёт @Анна завтра в 15".

    The time is the longest run of words at the end, or else at the beginning, that is a time by the clock of `zone`.
    """
    mate = _MATE.search(text)
    words = _MATE.sub(" ", text).split()[:60]
    name = mate[1] if mate else ""

    def moment(start: int, end: int) -> Moment | None:
        read = parse_moment(" ".join(words[start:end]), now, zone)
        return read if isinstance(read, Moment) else None

    count = len(words)
    for start in range(max(0, count - _LAST_WORDS), count):
        if found := moment(start, count):
            while start < count - 1 and _plain(words[start]) in _VERBS and moment(start + 1, count):
                start += 1
            return Typed(_title(words[:start], now, zone), found.at, found.assumed, name)
    for end in range(min(_LAST_WORDS, count), 0, -1):
        if found := moment(0, end):
            verb = next((at for at in range(1, end) if _plain(words[at]) in _VERBS), end)
            while verb > 1 and _plain(words[verb - 1]) in _PREPOSITIONS:
                verb -= 1
            return Typed(_title(words[verb:], now, zone), found.at, found.assumed, name)
    return Typed(_tidy(words), None, False, name)


def _plain(word: str) -> str:
    return word.casefold().strip(_EDGE)


def _title(words: Sequence[str], now: datetime, zone: str) -> str:
    """Return the words of the task; nothing where they are only more of the time."""
    title = _tidy(words)
    return "" if isinstance(parse_moment(title, now, zone), Moment) and len(words) < 3 else title


def _tidy(words: Sequence[str]) -> str:
    title = " ".join(words).strip(_EDGE)
    return title[:1].upper() + title[1:]


def missing(
    requires: Sequence[str], asks: Sequence[str], *, given: Mapping[str, bool], answers: Mapping[str, str]
) -> list[str]:
    """Return what a kind requires and the task lacks: codes of REQUIREMENTS, `ask:N` for the company's questions.

    `result` is asked when the task is done, not when it is set.
    """
    lacking = [code for code in requires if code != "result" and not given.get(code)]
    return lacking + [f"ask:{number}" for number, label in enumerate(asks) if not answers.get(label, "").strip()]


def find_mate(word: str, names: Mapping[int, str]) -> int | None:
    """Return the one person whose first name or surname begins as the word does, in any case; None for none or two.

    Russian names are typed in their cases: up to two last letters of the word may differ.
    """
    wanted = word.casefold().replace("ё", "е")
    for cut in range(3):
        stem = wanted[: len(wanted) - cut]
        if len(stem) < 2:
            break
        found = [
            pk
            for pk, name in names.items()
            if any(part.startswith(stem) for part in name.casefold().replace("ё", "е").split())
        ]
        if len(found) == 1:
            return found[0]
        if len(found) > 1:
            return None
    return None
