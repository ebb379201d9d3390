"""Prices made of costs by rules, and what the guard says of a price. Plain values; money in one currency."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

HUNDRED = Decimal(100)
JUMP, MARGIN = "jump", "margin"


@dataclass(frozen=True, slots=True)
class Bought:
    """What a variant costs the company: `amount` in roubles, and in the supplier's own `currency` as he asked it."""

    amount: Decimal
    currency: str = "RUB"
    supplier_id: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of markup. `categories` are the ids that it covers, branches included; None is all."""

    markup_percent: Decimal = Decimal(0)
    plus: Decimal = Decimal(0)
    supplier_id: int | None = None
    categories: frozenset[int] | None = None
    currency: str = ""
    cost_from: Decimal | None = None
    cost_to: Decimal | None = None

    def covers(self, bought: Bought, category_id: int | None) -> bool:
        """Tell whether the rule is meant for a thing bought so. The range holds its lower end and not its upper one."""
        return (
            (self.supplier_id is None or self.supplier_id == bought.supplier_id)
            and (self.categories is None or category_id in self.categories)
            and (not self.currency or self.currency == bought.currency)
            and (self.cost_from is None or bought.amount >= self.cost_from)
            and (self.cost_to is None or bought.amount < self.cost_to)
        )

    def price(self, bought: Bought) -> Decimal:
        """Return the price before rounding."""
        return bought.amount * (HUNDRED + self.markup_percent) / HUNDRED + self.plus


def first_of(rules: Iterable[Rule], bought: Bought, category_id: int | None) -> Rule | None:
    """Return the first rule that is meant for the thing, None where none is."""
    return next((one for one in rules if one.covers(bought, category_id)), None)


def cheapest(costs: Sequence[Bought]) -> Bought | None:
    """Return what counts as the cost: the lowest of the suppliers, one typed by hand only where no supplier is."""
    suppliers = [one for one in costs if one.supplier_id is not None]
    return min(suppliers or costs, key=lambda one: (one.amount, one.supplier_id or 0), default=None)


def in_roubles(amount: Decimal, currency: str, rates: Mapping[str, Decimal]) -> Decimal | None:
    """Return a sum in roubles to the kopeck by rates of one unit; None for a currency without a rate."""
    if currency == "RUB":
        return amount
    rate = rates.get(currency)
    return None if rate is None else (amount * rate).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def moved_percent(amount: Decimal, was: Decimal) -> Decimal:
    """Return by how many per cent a price moves, up or down, to a tenth."""
    return ((amount - was) * HUNDRED / was).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def margin_percent(amount: Decimal, cost: Decimal) -> Decimal:
    """Return which share of the price is left above the cost, in per cent to a tenth; below nought is a loss."""
    return ((amount - cost) * HUNDRED / amount).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def objections(
    amount: Decimal,
    *,
    was: Decimal | None,
    cost: Decimal | None,
    most_percent: Decimal | None,
    least_margin: Decimal | None,
) -> list[str]:
    """Return what the guard has against a price: codes, empty when it may pass. What is not known is not asked."""
    found = []
    if most_percent is not None and was and abs(amount - was) * HUNDRED > most_percent * was:
        found.append(JUMP)
    if least_margin is not None and cost is not None and (amount - cost) * HUNDRED < least_margin * amount:
        found.append(MARGIN)
    return found
