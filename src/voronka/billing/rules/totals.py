"""Lines of a paper with their sums and taxes, and the totals that agree with them to the kopeck."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from voronka.billing.rules.shares import KOPECK, share

ZERO = Decimal("0.00")
MOST_QUANTITY = Decimal("99999999.999")
MOST_SUM = Decimal("99999999999999.99")
UNITS = {
    "796": "шт", "166": "кг", "163": "г", "112": "л", "006": "м", "055": "м2", "113": "м3", "876": "усл. ед",
    "778": "упак", "839": "компл", "715": "пар", "356": "ч", "359": "сут", "362": "мес", "168": "т", "736": "рул",
    "625": "лист", "018": "пог. м", "642": "ед", "792": "чел", "812": "ящ", "868": "бут", "383": "руб",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is sold: price with or without tax as the paper says; `discount` is a sum off the whole line.

    `vat` is the code of the rate, `percent` what it is on the paper's day (None: no tax at all), `unit` the code of
    ОКЕИ. `amount`, `tax` are filled by `counted`: the line's sum with tax, and the tax in it.
    """

    name: str
    quantity: Decimal
    price: Decimal
    unit: str = "796"
    code: str = ""
    vat: str = "none"
    percent: Decimal | None = None
    discount: Decimal = ZERO
    is_service: bool = False
    amount: Decimal = ZERO
    tax: Decimal = ZERO
    unit_name: str = ""
    country_code: str = ""
    country: str = ""
    declaration: str = ""

    @property
    def net(self) -> Decimal:
        """The line's sum without tax."""
        return self.amount - self.tax

    @property
    def net_price(self) -> Decimal:
        """The price of one without tax, discount included, as papers of the tax law print it; zero of none."""
        if not self.quantity:
            return ZERO
        return (self.net / self.quantity).quantize(KOPECK, rounding="ROUND_HALF_UP")

    @property
    def unit_word(self) -> str:
        """The unit as it is printed."""
        return self.unit_name or UNITS.get(self.unit, self.unit)


@dataclass(frozen=True, slots=True)
class Totals:
    """What lines come to: `amount` with tax, `tax` in it, and taxes by percent (None: no tax)."""

    amount: Decimal
    tax: Decimal
    by_percent: tuple[tuple[Decimal | None, Decimal, Decimal], ...]

    @property
    def net(self) -> Decimal:
        """The sum without tax."""
        return self.amount - self.tax


def tax_inside(amount: Decimal, percent: Decimal | None) -> Decimal:
    """Return the tax that is in a sum: amount x rate / (100 + rate), rounded half up."""
    if not percent:
        return ZERO
    return (amount * percent / (100 + percent)).quantize(KOPECK, rounding="ROUND_HALF_UP")


def tax_on_top(net: Decimal, percent: Decimal | None) -> Decimal:
    """Return the tax that comes on top of a sum."""
    return (net * (percent or 0) / 100).quantize(KOPECK, rounding="ROUND_HALF_UP")


def counted(
    lines: Iterable[Line], *, included: bool = True, by_line: bool = True, may_be_none: bool = False
) -> list[Line]:
    """Return the lines with sums and taxes; `included` says whether prices have the tax in them, `may_be_none` that of
    some there may be no pieces, as a correction says of what came back.

    `by_line` rounds the tax of each line, as счёт-фактура does (article 168 of the Tax Code); else the tax of each rate
    is taken from its total and shared over its lines by the largest remainder. Either way lines add up to the totals.
    Raises ValueError with a code and the number of the line: quantity, price, discount, too_big.
    """
    found = [_summed(line, place, may_be_none=may_be_none) for place, line in enumerate(lines, 1)]
    taxes = _taxes_by_line(found, included) if by_line else _taxes_by_rate(found, included)
    return [
        replace(line, amount=line.amount if included else line.amount + tax, tax=tax)
        for line, tax in zip(found, taxes, strict=True)
    ]


def _summed(line: Line, place: int, *, may_be_none: bool) -> Line:
    is_there = line.quantity.is_finite() and (line.quantity > 0 or (may_be_none and not line.quantity))
    if not is_there or line.quantity > MOST_QUANTITY:
        raise ValueError("quantity", place)
    if not line.price.is_finite() or line.price < 0:
        raise ValueError("price", place)
    whole = (line.quantity * line.price).quantize(KOPECK, rounding="ROUND_HALF_UP")
    if whole > MOST_SUM:
        raise ValueError("too_big", place)
    if not 0 <= line.discount <= whole:
        raise ValueError("discount", place)
    return replace(line, amount=whole - line.discount)


def _taxes_by_line(lines: Sequence[Line], included: bool) -> list[Decimal]:
    tax = tax_inside if included else tax_on_top
    return [tax(line.amount, line.percent) for line in lines]


def _taxes_by_rate(lines: Sequence[Line], included: bool) -> list[Decimal]:
    taxes = [ZERO] * len(lines)
    places: dict[Decimal | None, list[int]] = {}
    for at, line in enumerate(lines):
        places.setdefault(line.percent, []).append(at)
    for percent, held in places.items():
        whole = sum((lines[at].amount for at in held), ZERO)
        tax = tax_inside(whole, percent) if included else tax_on_top(whole, percent)
        for at, part in zip(held, share(tax, [lines[at].amount for at in held]), strict=True):
            taxes[at] = part
    return taxes


def discounted(lines: Sequence[Line], discount: Decimal) -> list[Line]:
    """Share a discount of the whole paper over its lines, on top of their own. Raises ValueError("discount")."""
    sums = [(line.quantity * line.price).quantize(KOPECK, rounding="ROUND_HALF_UP") - line.discount for line in lines]
    if not 0 <= discount <= sum(sums, ZERO):
        raise ValueError("discount", 0)
    return [
        replace(line, discount=line.discount + part) for line, part in zip(lines, share(discount, sums), strict=True)
    ]


def totals_of(lines: Iterable[Line]) -> Totals:
    """Return what counted lines come to, taxes by percent with the highest first."""
    amounts: dict[Decimal | None, list[Decimal]] = {}
    for line in lines:
        sums = amounts.setdefault(line.percent, [ZERO, ZERO])
        sums[0] += line.amount
        sums[1] += line.tax
    rows = sorted(amounts.items(), key=lambda one: -1 if one[0] is None else one[0], reverse=True)
    by_percent = tuple((percent, amount, tax) for percent, (amount, tax) in rows)
    whole = sum((row[1] for row in by_percent), ZERO)
    if whole > MOST_SUM:
        raise ValueError("too_big", 0)
    return Totals(whole, sum((row[2] for row in by_percent), ZERO), by_percent)


def percent_words(percent: Decimal | None) -> str:
    """Return a rate as papers print it: "22%", "без НДС"."""
    return "без НДС" if percent is None else f"{percent.normalize():f}%"


def difference(before: Sequence[Line], after: Mapping[int, Line]) -> list[tuple[int, Line, Line]]:
    """Return place, line before and line after for each line that a correction changes, places counted from 1."""
    return [(place, line, after[place]) for place, line in enumerate(before, 1) if place in after]
