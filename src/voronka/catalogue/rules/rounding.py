"""Prices made round: to a step, or to an ending below it."""

from decimal import ROUND_FLOOR, Decimal

KOPECK = Decimal("0.01")


def rounded(amount: Decimal, step: Decimal = KOPECK, ending: Decimal | None = None) -> Decimal:
    """Return the nearest price that is a number of steps and the ending; halves go up, and it is never nought or less.

    Step 10 and no ending make 1280 of 1284; step 1 and ending 0.99 make 1283.99; step 100 and ending 90 make 1290.
    """
    offset = Decimal(0) if ending is None else ending
    steps = ((amount - offset) / step + Decimal("0.5")).to_integral_value(rounding=ROUND_FLOOR)
    found = steps * step + offset
    while found <= 0:
        found += step
    return found.quantize(KOPECK)


def fits(step: Decimal, ending: Decimal | None) -> bool:
    """Tell whether an ending can stand below a step."""
    return step > 0 and (ending is None or 0 <= ending < step)
