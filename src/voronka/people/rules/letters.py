"""One spelling for names and places, whatever alphabet and system of transliteration they were written in."""

import re
import unicodedata
from functools import lru_cache

_CYRILLIC = {
    "а": "a",
    "б": "b",
    "в": "v",
    "г": "g",
    "д": "d",
    "е": "e",
    "ё": "e",
    "ж": "zh",
    "з": "z",
    "и": "i",
    "й": "i",
    "к": "k",
    "л": "l",
    "м": "m",
    "н": "n",
    "о": "o",
    "п": "p",
    "р": "r",
    "с": "s",
    "т": "t",
    "у": "u",
    "ф": "f",
    "х": "h",
    "ц": "c",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ъ": "",
    "ы": "i",
    "ь": "",
    "э": "e",
    "ю": "iu",
    "я": "ia",
    "і": "i",
    "ї": "i",
    "є": "e",
    "ґ": "g",
    "ў": "u",
    "ә": "a",
    "ғ": "g",
    "қ": "k",
    "ң": "n",
    "ө": "o",
    "ұ": "u",
    "ү": "u",
    "һ": "h",
    "'": "",
    "`": "",
    "’": "",
    "ʹ": "",
    "ʼ": "",
    '"': "",
}
_TO_LATIN = str.maketrans(_CYRILLIC)
# Latin spellings of one Russian sound, brought to the spelling above. Longer ones first.
_SOUNDS = {
    "shch": "shch",
    "sch": "shch",
    "tsch": "ch",
    "zh": "zh",
    "kh": "h",
    "ts": "c",
    "tz": "c",
    "ch": "ch",
    "ck": "k",
    "sh": "sh",
    "ph": "f",
    "x": "ks",
    "w": "v",
    "q": "k",
    "y": "i",
    "j": "i",
}
_SOUND = re.compile("|".join(sorted(_SOUNDS, key=len, reverse=True)))
_SOFT_E = re.compile("i+e|(?<=[bcdfghklmnprstvz])i+o")  # Evgenyevna, Fyodor
_DOUBLE = re.compile(r"(.)\1+")
_NOT_LETTER = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """Return a word in small Latin letters so that Мамедьярова, Mamedyarova and Mamed'iarova come out the same.

    ё is е, й and ы are и, soft signs and doubled letters fall away; what is no letter or digit falls away too.
    """
    text = word.lower().translate(_TO_LATIN)
    if not text.isascii():
        text = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
        text = text.lower().translate(_TO_LATIN)
    text = _SOUND.sub(lambda match: _SOUNDS[match[0]], _NOT_LETTER.sub("", text))
    return _DOUBLE.sub(r"\1", _SOFT_E.sub("e", text))
