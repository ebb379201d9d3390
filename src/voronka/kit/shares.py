"""A sum shared over lines so that nothing is lost to rounding: the method of the largest remainder."""

from collections.abc import Sequence
from decimal import Decimal

KOPECK = Decimal("0.01")


def share(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Share a sum over lines by their weights, to the kopeck: the shares always add up to the total.

    No share is further than a kopeck from its exact value; of equal remainders the first line gets the kopeck. Of
    weights that are all zero each counts the same. Raises ValueError: no_lines where there is something to share but
    nobody to take it, negative where a weight is below zero, not_kopecks where the total has less than a kopeck.
    """
    kopecks = int(total * 100)
    if Decimal(kopecks) != total * 100:
        raise ValueError("not_kopecks")
    if not weights:
        if kopecks:
            raise ValueError("no_lines")
        return []
    if any(weight < 0 for weight in weights):
        raise ValueError("negative")
    whole = sum(weights, Decimal(0))
    parts = _whole_numbers(weights) if whole else [1] * len(weights)
    of = sum(parts)
    sign, kopecks = (-1, -kopecks) if kopecks < 0 else (1, kopecks)
    given = [kopecks * part // of for part in parts]
    remainders = [kopecks * part % of for part in parts]
    first = sorted(range(len(parts)), key=lambda at: (-remainders[at], at))
    for at in first[: kopecks - sum(given)]:
        given[at] += 1
    return [sign * KOPECK * one for one in given]


def _whole_numbers(weights: Sequence[Decimal]) -> list[int]:
    """Turn decimals into whole numbers in the same proportion, exactly."""
    places = max(0, *(-int(weight.as_tuple().exponent) for weight in weights))
    return [int(weight.scaleb(places)) for weight in weights]


def part_back(total: Decimal, quantity: Decimal, before: Decimal, now: Decimal) -> Decimal:
    """Return what goes back of a line's stored sum when `now` pieces return after `before` of `quantity` have.

    The running total is rounded, not the part: however the pieces come back, the last return takes the rest and all
    returns together are the line's sum. Raises ValueError("too_many") where more would come back than was sold.
    """
    if now < 0 or before < 0 or before + now > quantity or quantity <= 0:
        raise ValueError("too_many")
    return _upto(total, quantity, before + now) - _upto(total, quantity, before)


def _upto(total: Decimal, quantity: Decimal, count: Decimal) -> Decimal:
    return (total * count / quantity).quantize(KOPECK, rounding="ROUND_HALF_UP")
