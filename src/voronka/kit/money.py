"""Money: decimals with two digits, never floats."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

KOPECK = Decimal("0.01")
LIMIT = Decimal("99999999999999.99")
_PLAIN = re.compile(r"^-?\d{1,15}([.,]\d{1,2})?$")


def rounded(amount: Decimal) -> Decimal:
    """Round to the kopeck, half up, as trade counts."""
    return amount.quantize(KOPECK, rounding=ROUND_HALF_UP)


def parse_amount(text: str) -> Decimal:
    """Read a sum as a person types it: `184 000,50`, `184000.5`, with a rouble sign or without.

    Raises ValueError with a code: empty, not_a_sum, too_big.
    """
    plain = re.sub(r"[\s\u00a0\u202f\u2009']|₽|руб\.?|р\.?$", "", text.strip().lower()).replace("−", "-")
    if not plain:
        raise ValueError("empty")
    if not _PLAIN.match(plain):
        raise ValueError("not_a_sum")
    try:
        amount = Decimal(plain.replace(",", "."))
    except InvalidOperation as error:
        raise ValueError("not_a_sum") from error
    if abs(amount) > LIMIT:
        raise ValueError("too_big")
    return rounded(amount)
