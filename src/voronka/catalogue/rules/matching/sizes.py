"""Sizes, weights, volumes, packs in a name: what is a number with a unit is hard evidence for or against."""

import re
from collections.abc import Iterator
from typing import NamedTuple

# Kind of size and what one unit is in the least one of that kind.
_UNITS: dict[str, tuple[str, float]] = {}
for _kind, _factor, _names in (
    ("volume", 1, "мл ml"), ("volume", 10, "сл cl"), ("volume", 1000, "л l литр литра литров лит ltr litre liter"),
    ("mass", 1, "г гр g gr грамм граммов"), ("mass", 0.001, "мг mg"), ("mass", 1000, "кг kg килограмм"),
    ("mass", 1_000_000, "т тн тонн"),
    ("length", 1, "мм mm"), ("length", 10, "см cm"), ("length", 1000, "м m метр метра метров пм"),
    ("length", 25.4, "дюйм дюйма дюймов inch"), ("area", 1, "м2 m2 квм"), ("cubic", 1, "м3 m3 кубм"),
    ("count", 1, "шт штук штуки штука pcs pc ед таб табл капс пак пакет пар пары рул листов лист"),
    ("power", 1, "вт w ватт"), ("power", 1000, "квт kw"), ("voltage", 1, "в v вольт"), ("current", 1, "а a ампер"),
    ("charge", 1, "мач mah"), ("charge", 1000, "ач ah"), ("memory", 1, "гб gb"), ("memory", 1000, "тб tb"),
    ("memory", 0.001, "мб mb"), ("share", 1, "%"), ("heat", 1, "к k"), ("turns", 1, "об rpm"),
    ("pressure", 1, "бар bar атм"), ("light", 1, "лм lm"),
):  # fmt: skip
    for _name in _names.split():
        _UNITS[_name] = (_kind, _factor)

_NUMBER = r"[0-9]{1,7}(?:[.,][0-9]{1,4})?"
_CROSS = r"\s*[xх×*]\s*"
_DIMENSIONS = re.compile(
    rf"(?<![\w.,])({_NUMBER}){_CROSS}({_NUMBER})(?:{_CROSS}({_NUMBER}))?\s*(мм|см|м|mm|cm|m)?(?![\w])", re.IGNORECASE
)
_PACK = re.compile(
    rf"(?<![\w.,])([0-9]{{1,4}})\s*(?:шт(?:ук[аи]?)?\.?|pcs)?{_CROSS}({_NUMBER})\s*(мл|л|кг|гр?|ml|l|kg|g)(?![\w])",
    re.IGNORECASE,
)
_SIZED = re.compile(
    rf"(?<![\w.,])({_NUMBER})\s*-?\s*(%|(?:м|m)[23](?!\w)|кв\.?\s?м|куб\.?\s?м|[a-zа-яё]+)\.?(?![\w])", re.IGNORECASE
)
_GLUED = re.compile(rf"(?<=[a-zа-яё])({_NUMBER})\s?(мл|л|кг|гр?|шт|ml|kg)(?![\w])", re.IGNORECASE)
_RATIO = re.compile(r"(?<!\d)1\s*:\s*([0-9]{1,4})(?!\d)")


class Size(NamedTuple):
    """One size: `kind` (volume, mass, count, sides, ratio...), `value` in the kind's least unit, `raw` as written.

    `start` and `end` are its place in the text.
    """

    kind: str
    value: float
    raw: float
    start: int
    end: int


def find_sizes(text: str) -> tuple[list[Size], str]:
    """Return the sizes of a name and the name with spaces in their places."""
    found: list[Size] = []
    left = text
    for reader in (_packs, _sides, _ratios, _sized):
        met = list(reader(left))
        for size in met:
            left = left[: size.start] + " " * (size.end - size.start) + left[size.end :]
        found += met
    return found, left


def _packs(text: str) -> Iterator[Size]:
    for match in _PACK.finditer(text):
        yield Size("count", float(match[1]), float(match[1]), match.start(), match.end(1))
        kind, factor = _UNITS[match[3].lower()]
        yield Size(kind, _value(match[2]) * factor, _value(match[2]), match.end(1), match.end())


def _sides(text: str) -> Iterator[Size]:
    for match in _DIMENSIONS.finditer(text):
        factor = _UNITS[(match[4] or "мм").lower()][1]
        for group in (1, 2, 3):
            if match[group]:
                yield Size("sides", _value(match[group]) * factor, _value(match[group]), match.start(), match.end())


def _ratios(text: str) -> Iterator[Size]:
    for match in _RATIO.finditer(text):
        yield Size("ratio", float(match[1]), float(match[1]), match.start(), match.end())


def _sized(text: str) -> Iterator[Size]:
    for pattern in (_SIZED, _GLUED):
        for match in pattern.finditer(text):
            unit = re.sub(r"[\s.]", "", match[2].lower())
            if unit in _UNITS:
                kind, factor = _UNITS[unit]
                raw = _value(match[1])
                yield Size(kind, round(raw * factor, 6), raw, match.start(), match.end())


def _value(text: str) -> float:
    return float(text.replace(",", "."))
