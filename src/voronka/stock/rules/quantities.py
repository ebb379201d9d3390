"""How much of something: more than nothing, to the thousandth, not more than a warehouse holds."""

import re
from decimal import Decimal, InvalidOperation

MOST = Decimal(1_000_000_000)
STEP = Decimal("0.001")
_PLAIN = re.compile(r"^-?\d{1,12}([.,]\d{1,6})?$")
# Codes of OKEI for what is counted whole: piece, packing, set, pair.
WHOLE = frozenset({"796", "778", "839", "715"})


def problem(quantity: Decimal) -> str:
    """Return what is wrong with a quantity to be moved or promised: negative, zero, too_big, too_fine; or nothing."""
    if not quantity.is_finite() or quantity > MOST:
        return "too_big"
    if quantity < 0:
        return "negative"
    if quantity == 0:
        return "zero"
    return "" if quantity == quantity.quantize(STEP) else "too_fine"


def is_whole(unit: str, *, is_weighed: bool) -> bool:
    """Tell whether goods of this unit are only had whole."""
    return unit in WHOLE and not is_weighed


def parse(text: str) -> Decimal:
    """Read a quantity as a person types it: `1 200`, `0,5`.

    Raises ValueError with a code: empty, not_a_number, and those of `problem`.
    """
    plain = re.sub(r"[\s\u00a0\u202f\u2009']", "", text.strip()).replace("−", "-")
    if not plain:
        raise ValueError("empty")
    if not _PLAIN.match(plain):
        raise ValueError("not_a_number")
    try:
        quantity = Decimal(plain.replace(",", "."))
    except InvalidOperation as error:
        raise ValueError("not_a_number") from error
    found = problem(quantity)
    if found:
        raise ValueError(found)
    return quantity
