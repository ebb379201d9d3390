"""Lines of a deal: quantities and sums as people type them, what a line comes to. Plain values."""

import re
from decimal import ROUND_HALF_UP, Decimal

from voronka.kit.money import KOPECK, parse_amount

MOST_LINES = 200
MOST_QUANTITY = Decimal("99999999.999")
MOST_SUM = Decimal("99999999999999.99")
_QUANTITY = re.compile(r"^-?\d{1,12}([.,]\d{1,6})?$")


class BadLine(ValueError):
    """A line cannot be so; `place` is quantity, price, discount or name, `code` says why."""

    def __init__(self, place: str, code: str) -> None:
        super().__init__(f"{place} {code}")
        self.place, self.code = place, code


def read_quantity(text: str) -> Decimal:
    """Read how many: `5`, `0,5`. Raises BadLine: empty, not_a_number, not_positive, too_big, too_fine."""
    plain = re.sub(r"[\s\u00a0\u202f\u2009]", "", text).replace("−", "-")
    if not plain:
        raise BadLine("quantity", "empty")
    if not _QUANTITY.match(plain):
        raise BadLine("quantity", "not_a_number")
    return checked_quantity(Decimal(plain.replace(",", ".")))


def checked_quantity(quantity: Decimal) -> Decimal:
    """Return a quantity that can be. Raises BadLine as `read_quantity`."""
    if not quantity.is_finite():
        raise BadLine("quantity", "not_a_number")
    if quantity <= 0:
        raise BadLine("quantity", "not_positive")
    if quantity > MOST_QUANTITY:
        raise BadLine("quantity", "too_big")
    if quantity != quantity.quantize(Decimal("0.001")):
        raise BadLine("quantity", "too_fine")
    return quantity.quantize(Decimal("0.001"))


def read_sum(text: str, place: str) -> Decimal:
    """Read a price or a discount; nothing typed is nought. Raises BadLine: not_a_sum, negative, too_big."""
    try:
        amount = parse_amount(text) if text.strip() else Decimal("0.00")
    except ValueError as error:
        raise BadLine(place, str(error)) from None
    if amount < 0:
        raise BadLine(place, "negative")
    return amount


def line_total(quantity: Decimal, price: Decimal, discount: Decimal) -> Decimal:
    """Return what a line comes to. Raises BadLine: a sum too big, a discount that is more than the line."""
    if not price.is_finite() or price < 0:
        raise BadLine("price", "negative")
    whole = (quantity * price).quantize(KOPECK, rounding=ROUND_HALF_UP)
    if whole > MOST_SUM:
        raise BadLine("price", "too_big")
    if not discount.is_finite() or discount < 0:
        raise BadLine("discount", "negative")
    if discount > whole:
        raise BadLine("discount", "more_than_line")
    return whole - discount


def lowered(price: Decimal, percent: Decimal) -> Decimal:
    """Return a price less so many percent, rounded half up to the kopeck."""
    return (price * (100 - percent) / 100).quantize(KOPECK, rounding=ROUND_HALF_UP)
