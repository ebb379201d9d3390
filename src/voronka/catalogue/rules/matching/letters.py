"""Words of two alphabets brought to one sound, and letters that only look alike brought to their own alphabet."""

import re
from functools import lru_cache

# Letters of one look: the Cyrillic one first.
_LOOKS = dict(zip("авеёкмнорстухсіАВЕКМНОРСТУХ", "abeekmhopctyxciABEKMHOPCTYX", strict=True))
TO_LATIN = str.maketrans(_LOOKS)
TO_CYRILLIC = str.maketrans(
    {latin: cyrillic for cyrillic, latin in _LOOKS.items() if cyrillic not in "ёі"} | {"c": "с"}
)

_SOUNDS = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "j", "з": "s", "и": "i", "й": "i",
        "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
        "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "iu",
        "я": "ia", "і": "i",
    }
)  # fmt: skip
# How Latin words are usually said in Russian; longer first.
_SPELLINGS = (
    ("sch", "sh"), ("tch", "ch"), ("zh", "j"), ("kh", "h"), ("ph", "f"), ("th", "t"), ("ck", "k"), ("qu", "kv"),
    ("oo", "u"), ("ee", "i"), ("ea", "i"), ("q", "k"), ("x", "ks"), ("w", "v"), ("y", "i"), ("z", "s"),
)  # fmt: skip
_SOFT_C = re.compile(r"c(?=[eiy])")
_HARD_C = re.compile(r"c(?!h)")
_TWICE = re.compile(r"([a-z])\1+")
_ENDINGS = re.compile(
    r"(?:иями|ями|ами|ого|его|ому|ему|ыми|ими|иях|иям|ией|ая|яя|ое|ее|ые|ие|ый|ий|ой|ей|ых|их|ую|юю|ам|ям|ах|ях|ом|ем|ов|ев"
    r"|ия|ию|ии|а|я|о|е|ы|и|й|у|ю|ь)$"
)
_LEAST_STEM = 3


def is_cyrillic(word: str) -> bool:
    """Tell whether the first letter is a Cyrillic one."""
    return "\u0400" <= word[:1] <= "\u04ff"


def own_alphabet(word: str) -> str:
    """Return a word whose letters come of two alphabets in the one that its unmistakable letters belong to."""
    cyrillic = sum("\u0400" <= sign <= "\u04ff" for sign in word)
    if cyrillic in (0, len(word)):
        return word
    sure_cyrillic = sum("\u0400" <= sign <= "\u04ff" and sign not in _LOOKS for sign in word)
    sure_latin = sum(sign.isascii() and sign.translate(TO_CYRILLIC) == sign for sign in word)
    if sure_cyrillic and sure_latin:
        return word
    if sure_latin or (not sure_cyrillic and cyrillic * 2 < len(word)):
        return word.translate(TO_LATIN)
    return word.translate(TO_CYRILLIC)


def other_reading(word: str) -> str | None:
    """Return the same word of the other alphabet when every letter of it has a double, else None."""
    if not word.isalpha():
        return None
    if all(sign in _LOOKS for sign in word):
        return word.translate(TO_LATIN)
    turned = word.translate(TO_CYRILLIC)
    return turned if all("\u0400" <= sign <= "\u04ff" for sign in turned) and turned != word else None


@lru_cache(maxsize=200_000)
def sound(word: str) -> str:
    """Return how the lower-case word sounds, written in Latin letters, without its Russian ending.

    `Акваизол` and `Aquaisol` sound nearly, `Просепт` and `PROSEPT` wholly alike.
    """
    if is_cyrillic(word):
        stem = _ENDINGS.sub("", word) if len(word) > _LEAST_STEM else word
        said = (stem if len(stem) >= _LEAST_STEM else word).translate(_SOUNDS)
    else:
        said = word
        for spelling, said_as in _SPELLINGS:
            said = said.replace(spelling, said_as)
        said = _HARD_C.sub("k", _SOFT_C.sub("s", said))
        said = said[:-1] if len(said) > _LEAST_STEM + 1 and said[-1] in "aeiou" else said
    return _TWICE.sub(r"\1", said)
