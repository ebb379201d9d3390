"""What stays of the lines of a sale when goods come back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from voronka.billing.rules.shares import KOPECK
from voronka.billing.rules.totals import ZERO, Line


@dataclass(frozen=True, slots=True)
class Gone:
    """So many of a line came back, for so much of its sum, at a moment; price and sum with tax."""

    name: str
    price: Decimal
    quantity: Decimal
    sum: Decimal
    at: datetime | None = None


def without(lines: Sequence[Line], gone: Sequence[Gone]) -> tuple[list[Line], list[Gone]]:
    """Return the lines of a paper without what came back, and what of that none of them has sold.

    Lines keep their number and places, one of which nothing stays has none of its pieces. The last of what came back
    takes the rest of its sum, so that nothing is lost by rounding; sums are to be counted again.
    """
    found, left = list(lines), list(gone)
    for at, line in enumerate(found):
        for place, one in enumerate(left):
            many = min(one.quantity, found[at].quantity)
            if many <= 0 or (one.name, one.price) != (line.name, line.price):
                continue
            share = (
                one.sum if many == one.quantity else (one.sum * many / one.quantity).quantize(KOPECK, ROUND_HALF_UP)
            )
            found[at] = _less(found[at], many, share)
            left[place] = replace(one, quantity=one.quantity - many, sum=one.sum - share)
    return found, [one for one in left if one.quantity > 0]


def _less(line: Line, many: Decimal, share: Decimal) -> Line:
    quantity = line.quantity - many
    whole = (quantity * line.price).quantize(KOPECK, ROUND_HALF_UP)
    amount = max(line.amount - share, ZERO) if quantity else ZERO
    return replace(line, quantity=quantity, discount=max(whole - amount, ZERO), amount=amount)
