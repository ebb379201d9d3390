"""Whether an answer by SMS means "do not write to me"."""

import re

# Operators and the law know these; each alone, or followed by what it is about.
STOP = frozenset(
    {"стоп", "stop", "отписка", "отписаться", "отпишите", "отказ", "unsubscribe", "cancel", "quit", "end"}
)
_WORD = re.compile(r"[^\W\d_]+")
# On the other layout STOP is ЫЕЩЗ, and СТОП is CNJG.
_LAYOUT = frozenset({"ыещз", "cnjg"})
MOST_WORDS = 4


def is_stop(text: str) -> bool:
    """Say whether a short answer begins with such a word, in whatever case, signs and layout."""
    words = [one.lower().replace("ё", "е") for one in _WORD.findall(text[:200])]
    return bool(words) and len(words) <= MOST_WORDS and (words[0] in STOP or words[0] in _LAYOUT)
