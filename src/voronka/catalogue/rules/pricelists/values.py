"""Prices and quantities as people write them into cells."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

Cell = str | int | float | bool | date | None

MOST = Decimal(10) ** 12  # of a quantity
MOST_MONEY = Decimal(10) ** 9  # a price of ours is less
_SIGNS = {
    "₽": "RUB", "руб": "RUB", "р": "RUB", "rub": "RUB", "rur": "RUB", "$": "USD", "usd": "USD", "долл": "USD",
    "у.е": "USD", "€": "EUR", "eur": "EUR", "евро": "EUR", "¥": "CNY", "cny": "CNY", "юань": "CNY", "юаней": "CNY",
    "тг": "KZT", "₸": "KZT", "kzt": "KZT", "byn": "BYN", "бел.руб": "BYN",
}  # fmt: skip
_SIGN = re.compile("|".join(sorted(map(re.escape, _SIGNS), key=len, reverse=True)), re.IGNORECASE)
_ASKED = re.compile(r"запрос|звон|уточн|договор|call|request", re.IGNORECASE)
_NONE = frozenset({"", "-", "–", "—", "н/д", "n/a", "нет", "x", "х"})
_SPACES = re.compile(r"[\s\u00a0\u2009\u202f']")
_PLAIN = re.compile(r"-?\d+(?:\.\d+)?")
_COUNT = re.compile(
    r"(?P<more>[>≥+]|более|больше|свыше|от)?\s*(?P<number>\d[\d\s\u00a0]*(?:[.,]\d+)?)\s*(?P<tail>\+|-\s*\d+)?"
)
_NOTHING = re.compile(r"нет|отсутств|законч|out|под заказ|ожида", re.IGNORECASE)


class Money(NamedTuple):
    """A price read from a cell: `amount` is None when there is none, and `fault` says why when that is a mistake.

    Faults: negative, zero, huge, unclear (a comma that may part thousands or kopecks), unreadable. `is_asked`: the
    supplier names his price on request.
    """

    amount: Decimal | None = None
    currency: str = ""
    fault: str = ""
    is_asked: bool = False


class Quantity(NamedTuple):
    """How much the supplier has: as written, and the number if there is one (the least, for `>100`)."""

    text: str = ""
    number: Decimal | None = None


def read_money(cell: Cell) -> Money:
    """Read a price; kopecks are rounded to two places, half up."""
    if cell is None or isinstance(cell, bool | date):
        return Money(fault="" if cell is None else "unreadable")
    if isinstance(cell, int | float):
        return _judged(Decimal(repr(cell)), "")
    text = cell.strip()
    if text.lower() in _NONE:
        return Money()
    if _ASKED.search(text):
        return Money(is_asked=True)
    currency = ""
    if sign := _SIGN.search(text):
        currency = _SIGNS[sign[0].lower()]
        text = _SIGN.sub("", text)
    number = _number(_SPACES.sub("", text).strip(".").lstrip("="))
    if number is None:
        return Money(currency=currency, fault="unclear" if _is_unclear(text) else "unreadable")
    return _judged(number, currency)


def _judged(value: Decimal, currency: str) -> Money:
    if not value.is_finite():
        return Money(currency=currency, fault="unreadable")
    if value < 0:
        return Money(currency=currency, fault="negative")
    if value >= MOST_MONEY:
        return Money(currency=currency, fault="huge")
    amount = (value + Decimal("0.00000001")).quantize(Decimal("0.01"))
    return Money(amount or None, currency, "" if amount else "zero")


def _is_unclear(text: str) -> bool:
    return re.fullmatch(r"-?\d{1,3},\d{3}", _SPACES.sub("", text)) is not None


def _number(text: str) -> Decimal | None:
    """Return the number of a text without spaces; None when it is none or may be read in two ways."""
    if "," in text and "." in text:
        decimal = max(text.rfind(","), text.rfind("."))
        whole = re.sub(r"[.,]", "", text[:decimal])
        text = f"{whole}.{text[decimal + 1 :]}"
    elif text.count(",") > 1 or text.count(".") > 1:
        if not re.fullmatch(r"-?\d{1,3}(?:[.,]\d{3})+", text):
            return None
        text = re.sub(r"[.,]", "", text)
    elif _is_unclear(text):
        return None
    text = text.replace(",", ".").removesuffix(".")
    if not _PLAIN.fullmatch(text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def read_quantity(cell: Cell) -> Quantity:
    """Read how much there is: a number, `>100`, `10-50`, `есть`, `нет`."""
    if cell is None or isinstance(cell, date):
        return Quantity()
    if isinstance(cell, bool):
        return Quantity(str(cell).lower(), None if cell else Decimal(0))
    if isinstance(cell, int | float):
        number = Decimal(repr(cell))
        return (
            Quantity(f"{number:f}"[:40], number) if number.is_finite() and 0 <= number < MOST else Quantity(str(cell))
        )
    text = " ".join(cell.split())[:40]
    if not text:
        return Quantity()
    if text in ("-", "–", "—") or text.lower() == "false" or _NOTHING.search(text):
        return Quantity(text, Decimal(0))
    if (found := _COUNT.match(text.lower())) and len(found[0]) >= len(text) - 4:
        number = Decimal(_SPACES.sub("", found["number"]).replace(",", "."))
        return Quantity(text, number) if number < MOST else Quantity(text)
    return Quantity(text)


def text_of(cell: Cell) -> str:
    """Return a cell as a line of text: whole numbers without a point, spaces single."""
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return " ".join(str(cell).split())
