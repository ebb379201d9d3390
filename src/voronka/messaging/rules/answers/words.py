"""A question cut into stems: case, ё, endings, a forgotten keyboard layout and words that say nothing are put right."""

import re
from collections.abc import Container
from functools import lru_cache
from importlib.resources import files
from threading import Lock

import snowballstemmer

_STEMMER = snowballstemmer.stemmer("russian")
_STEMMING = Lock()  # the stemmer keeps the word it works on
_WORD = re.compile(r"[^\W\d_]+|\d+")
_LATIN = re.compile(r"(?=[^а-яё]*[a-z])[a-z`\[\];',.]+")
_KEYS = str.maketrans("`qwertyuiop[]asdfghjkl;'zxcvbnm,.", "ёйцукенгшщзхъфывапролджэячсмитьбю")
MOST_SIGNS, LEAST_ROOT = 500, 3
# Left standing by Snowball: привез-ет, донес-ут, выкину-л; звон-о-к beside звонк-а.
_VERB, _FLEETING, _LEAST_LONG = re.compile(r"(?:ет|ут|л)$"), re.compile(r"(?<=[бвгджзклмнпрстфхцчшщ])[ое]к$"), 6
_ASKED = {"скок": "сколько", "скока": "сколько", "скольки": "сколько", "хде": "где", "када": "когда", "нету": "нет"}
_PREFIXES = (  # longer first
    "пере", "пред", "недо", "обез", "разо", "подо", "раз", "рас", "воз", "вос", "под", "при", "про", "изо", "без",
    "бес", "пре", "обо", "ото", "за", "на", "по", "вы", "до", "от", "об", "из", "ис", "со", "вз", "у", "о", "с",
)  # fmt: skip


def _read_empty() -> frozenset[str]:
    text = files(__package__).joinpath("empty_ru.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


_EMPTY = _read_empty()


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return a lower-case word without its ending; `ё` is `е`."""
    with _STEMMING:
        found: str = _STEMMER.stemWord(word.replace("ё", "е"))
    if len(found) < _LEAST_LONG:
        return found
    return _FLEETING.sub("к", _VERB.sub("", found))


@lru_cache(maxsize=50_000)
def roots(stemmed: str) -> tuple[str, ...]:
    """Return what a stem may be without its prefix: `заплат` is `плат`. Nothing where too little would be left."""
    return tuple(
        stemmed[len(prefix) :]
        for prefix in _PREFIXES
        if stemmed.startswith(prefix) and len(stemmed) - len(prefix) >= LEAST_ROOT
    )


# Stems of words that tell what is asked, not what about.
_TELLING = ("где", "когда", "куда", "кто", "сколько", "почему", "зачем", "откуда", "не", "нет", "без")
ASKING = frozenset(map(stem, _TELLING))


def retyped(word: str) -> str:
    """Return what the same keys write in the Russian layout: `ljcnfdrf` is `доставка`."""
    return word.translate(_KEYS)


def cut(text: str, known: Container[str]) -> list[str]:
    """Return the stems of a text (at most 500 signs of it) in order, each once.

    Words that say nothing are left out unless there are no others. A Latin word whose keys write a `known` stem is
    taken as that.
    """
    lower = text[:MOST_SIGNS].lower().replace("ё", "е")
    if _LATIN.search(lower):
        lower = _LATIN.sub(lambda found: _read(found[0], known), lower)
    words = [_ASKED.get(word, word) for word in _WORD.findall(lower)]
    telling = [word for word in words if word not in _EMPTY]
    return list(dict.fromkeys(stem(word) for word in telling or words))


def _read(latin: str, known: Container[str]) -> str:
    if stem(latin) in known:
        return latin
    russian = retyped(latin)
    bare = russian.strip("хъжэбю")
    return russian if russian in _EMPTY or stem(russian) in known or stem(bare) in known else latin
