"""One line of what a client wants, as he said it."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

MOST_SAID = 300
MOST_QUANTITY = Decimal(100_000)
# How units are written, by their code in OKEI.
UNITS = {
    "796": ("шт", "штук", "штука", "штуки", "шт", "pcs", "pc", "piece", "pieces", "ea"),
    "778": ("уп", "упак", "упаковка", "упаковки", "упаковок", "пачка", "пачки", "пачек", "пач", "pack", "packs"),
    "839": ("компл", "комплект", "комплекта", "комплектов", "к-т", "set", "sets"),
    "715": ("пар", "пара", "пары", "pair", "pairs"),
    "812": ("ящ", "ящик", "ящика", "ящиков"),
    "736": ("рул", "рулон", "рулона", "рулонов", "roll", "rolls"),
    "166": ("кг", "kg"),
    "163": ("г", "гр", "g"),
    "168": ("т", "тн", "тонн", "тонна", "тонны"),
    "112": ("л", "литр", "литра", "литров"),
    "006": ("м", "метр", "метра", "метров"),
    "055": ("м2", "м²", "кв.м", "m2"),
    "113": ("м3", "м³", "куб.м", "m3"),
}
UNIT_OF = {word: code for code, words in UNITS.items() for word in words}
# The longest first, so that "м" does not eat the beginning of "метров".
UNIT = "|".join(re.escape(word) for word in sorted(UNIT_OF, key=len, reverse=True))


@dataclass(frozen=True, slots=True)
class Said:
    """A line: what goods are called, codes that stand for them, how many, in which unit (code of OKEI).

    Without `quantity` the line names goods and not how many. `is_weak` marks what may be no order at all: a number
    behind a comma, as addresses have it.
    """

    text: str
    name: str
    codes: tuple[str, ...] = ()
    quantity: Decimal | None = None
    unit: str = ""
    is_weak: bool = False


def unit_of(word: str) -> str:
    """Return the code of a unit by how it is written; empty for none that is known."""
    return UNIT_OF.get(word.strip().casefold().rstrip("."), "")


def number_of(text: str) -> Decimal | None:
    """Return how many a text says; None for what is no quantity (zero, too much, finer than a thousandth) and for what
    may be read in two ways: 1,500 is a thousand and a half for some, one and a half for others.
    """
    plain = re.sub(r"[\s  ]", "", text).replace(",", ".")
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,3})?", plain) or re.fullmatch(r"[0-9]{1,3}\.[0-9]{3}", plain):
        return None
    try:
        value = Decimal(plain)
    except InvalidOperation:
        return None
    return value if 0 < value <= MOST_QUANTITY else None


_CODED = re.compile(
    r"(?:\bарт(?:икул)?|\bкод|\bsku|\barticle|\bart)\s*(?:[.:№#]\s*)*([\w][\w\-./]{0,58}\w|\w)", re.IGNORECASE
)
_WORD = re.compile(r"[\w][\w\-./]*\w|\w")
LEAST_CODE = 5


def codes_in(name: str) -> tuple[str, ...]:
    """Return what in a name may be an article or a barcode and is no part of the words around it.

    That is: the whole of it where it is one word, what stands behind "арт.", and long words with digits in them.
    """
    found = [one.group(1) for one in _CODED.finditer(name)]
    words = _WORD.findall(name)
    if len(words) == 1:
        found.append(words[0])
    found += [one for one in words if len(one) >= LEAST_CODE and any(sign.isdigit() for sign in one)]
    return tuple(dict.fromkeys(found))[:6]
