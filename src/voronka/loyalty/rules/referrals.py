"""What a friend's orders earn for whoever brought him."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from voronka.kit.money import rounded

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Sale:
    """An order of a friend as it is now: `base` is what the goods that he keeps cost him.

    `counts` tells that it was not cancelled, `is_earned` that it is far enough to earn something.
    """

    key: int
    at: datetime
    base: Decimal
    counts: bool = True
    is_delivered: bool = False
    is_paid: bool = False

    def is_earned(self, earned_by: str) -> bool:
        """Tell whether it is far enough to earn something."""
        need = {"delivered": self.is_delivered, "paid": self.is_paid, "both": self.is_delivered and self.is_paid}
        return self.counts and need[earned_by]


@dataclass(frozen=True, slots=True)
class Deal:
    """What was promised to whoever brings a friend: a percent for so many days, at most `cap` for the friend."""

    percent: Decimal
    days: int
    cap: Decimal | None
    earned_by: str


def reckon(sales: Sequence[Sale], deal: Deal) -> dict[int, Decimal]:
    """Return what each order earns, by its key; those that earn nothing yet are left out.

    The days run from the friend's first order that was not cancelled. Each order's share is rounded by itself; where
    there is a cap, orders use it up in the order in which they were made.
    """
    ordered = sorted((one for one in sales if one.counts), key=lambda one: (one.at, one.key))
    if not ordered:
        return {}
    until, found, taken = ordered[0].at + timedelta(days=deal.days), dict[int, Decimal](), ZERO
    for one in ordered:
        if one.at >= until or one.base <= 0 or not one.is_earned(deal.earned_by):
            continue
        share = rounded(one.base * deal.percent / 100)
        if deal.cap is not None:
            share = min(share, deal.cap - taken)
        if share > 0:
            found[one.key], taken = share, taken + share
    return found


_LEFT_OUT = frozenset(
    ("г", "город", "ул", "улица", "д", "дом", "кв", "квартира", "оф", "офис", "россия", "st", "street", "apt", "flat")
)


def address_key(city: str, address: str) -> str:
    """Return an address in the form by which two are compared, empty where it names no house.

    Case, stops, the words for street, house and flat, and the order of words do not count.
    """
    words = "".join(
        sign if sign.isalnum() else " " for sign in f"{city} {address}".casefold().replace("ё", "е")
    ).split()
    told = [one for one in words if one not in _LEFT_OUT]
    has_house = any(sign.isdigit() for sign in address)
    return " ".join(sorted(set(told))) if has_house and len(told) > 1 else ""
