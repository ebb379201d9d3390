"""What of a visit counts as left behind, and when that is known: plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

PAUSE = timedelta(minutes=30)  # what ends a visit (sql/collect.sql)
EARNEST_SECONDS, EARNEST_TIMES = 30, 2
GONE = timedelta(days=1)  # who looked at goods and is not back for so long has left them


@dataclass(frozen=True, slots=True)
class Looked:
    """Goods that were looked at: for how long, how often."""

    variant_id: int
    seconds: int
    times: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A visit as it stands; `checkout_at` is when the checkout was opened last. What was told once is not again."""

    last_at: datetime
    basket: Mapping[str, Any] | None
    basket_at: datetime | None
    checkout_at: datetime | None
    bought_at: datetime | None
    looked: Sequence[Looked]
    told: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Dues:
    """What will have been left by when: `basket`, `checkout`, `browse` by the moment."""

    moments: Mapping[str, datetime]

    def due(self, now: datetime) -> list[str]:
        """Return what is left by now."""
        return [code for code, at in self.moments.items() if at <= now]

    def next_after(self, now: datetime) -> datetime | None:
        """Return when to look again, None for never."""
        return min((at for at in self.moments.values() if at > now), default=None)


def lines_in(basket: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Return the lines of a basket; of a count of nought they are none."""
    lines = (basket or {}).get("lines", [])
    return [one for one in lines if one.get("count", 1) > 0]


def is_filled(basket: Mapping[str, Any] | None) -> bool:
    """Tell whether something lies in a basket: lines, or a sum where the page names none."""
    return bool(lines_in(basket)) or bool(basket and not basket.get("lines") and basket.get("sum", 0) > 0)


def sum_of(basket: Mapping[str, Any] | None) -> Decimal:
    """Return what a basket costs, as the page says, else by its lines."""
    said = (basket or {}).get("sum")
    if said is not None:
        return Decimal(str(said)).quantize(Decimal("0.01"))
    lines = lines_in(basket)
    found = sum((Decimal(str(one.get("price", 0))) * Decimal(str(one.get("count", 1))) for one in lines), Decimal(0))
    return found.quantize(Decimal("0.01"))


def dues(seen: Seen, minutes: int) -> Dues:
    """Return what of a visit will be left when nothing more happens; `minutes` is how long a basket may lie."""
    moments = dict[str, datetime]()
    after = seen.last_at + timedelta(minutes=minutes)
    bought = seen.bought_at
    basket = is_filled(seen.basket) and (bought is None or seen.basket_at is None or bought < seen.basket_at)
    if basket and "basket" not in seen.told:
        moments["basket"] = after
    if seen.checkout_at is not None and (bought is None or bought < seen.checkout_at) and "checkout" not in seen.told:
        moments["checkout"] = after
    if earnest(seen.looked) and not basket and bought is None and "browse" not in seen.told:
        moments["browse"] = seen.last_at + GONE
    return Dues(moments)


def earnest(looked: Sequence[Looked]) -> Looked | None:
    """Return the goods that were looked at longest, where that was in earnest."""
    found = [one for one in looked if one.seconds >= EARNEST_SECONDS or one.times >= EARNEST_TIMES]
    return max(found, key=lambda one: (one.seconds, one.times, -one.variant_id), default=None)
