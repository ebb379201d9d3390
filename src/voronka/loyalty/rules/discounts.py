"""What a promo takes off the lines of a sale, to the kopeck."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from voronka.kit.money import rounded
from voronka.kit.shares import share

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Terms:
    """How much a promo takes off: percent (0 to 100) or a sum; `cap` is the most, `minimum` the least sum of goods."""

    is_percent: bool
    amount: Decimal
    cap: Decimal | None = None
    minimum: Decimal = ZERO


def taken_off(terms: Terms, amounts: Sequence[Decimal], fits: Sequence[bool]) -> list[Decimal]:
    """Return what is taken off each line; lines that do not fit keep their price.

    The whole discount is rounded once and shared by the largest remainder, so lines always add up to it; no line goes
    below zero, for the discount is never more than the lines it is shared over. Raises ValueError("negative").
    """
    if any(amount < 0 for amount in amounts):
        raise ValueError("negative")
    counted = [amount if fit else ZERO for amount, fit in zip(amounts, fits, strict=True)]
    base = sum(counted, ZERO)
    if base <= 0:
        return [ZERO] * len(amounts)
    whole = rounded(base * terms.amount / 100) if terms.is_percent else rounded(terms.amount)
    whole = min(whole, base if terms.cap is None else min(base, terms.cap))
    return share(whole, counted)


def lacking(terms: Terms, amounts: Sequence[Decimal], fits: Sequence[bool]) -> Decimal:
    """Return how much is lacking to the least sum of the goods that fit; zero where it is reached."""
    base = sum((amount for amount, fit in zip(amounts, fits, strict=True) if fit), ZERO)
    return max(ZERO, terms.minimum - base)
