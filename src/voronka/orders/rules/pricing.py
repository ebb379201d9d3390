"""Sums of an order: lines, a discount of the whole shared over them, taxes, all to the kopeck."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from voronka.kit.shares import KOPECK, share

ZERO = Decimal("0.00")
MOST_QUANTITY = Decimal("99999999.999")
MOST_SUM = Decimal("99999999999999.99")


@dataclass(frozen=True, slots=True)
class Asked:
    """A line as it is priced: `price` of one with tax, `discount` off the whole line, `percent` None for no tax."""

    quantity: Decimal
    price: Decimal
    discount: Decimal = ZERO
    percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Sums:
    """What a line comes to: `discount` with its share of that of the order, `total` with tax, `tax` in it."""

    discount: Decimal
    total: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class Whole:
    """What an order comes to: total = goods - discount + delivery."""

    goods: Decimal
    discount: Decimal
    delivery: Decimal
    delivery_tax: Decimal
    total: Decimal
    tax: Decimal


def rounded(amount: Decimal) -> Decimal:
    """Round to the kopeck, half up."""
    return amount.quantize(KOPECK, rounding=ROUND_HALF_UP)


def problem(line: Asked) -> str:
    """Return what is wrong with a line as a code: quantity, price, discount, too_big; empty for nothing."""
    if not line.quantity.is_finite() or not 0 < line.quantity <= MOST_QUANTITY or _finer(line.quantity, 3):
        return "quantity"
    # Sizes come first: a number with a huge exponent cannot be looked at digit by digit.
    if not line.price.is_finite() or line.price < 0:
        return "price"
    if line.price > MOST_SUM:
        return "too_big"
    if _finer(line.price, 2):
        return "price"
    if line.quantity * line.price > MOST_SUM:
        return "too_big"
    if not line.discount.is_finite() or not 0 <= line.discount <= rounded(line.quantity * line.price):
        return "discount"
    return "discount" if _finer(line.discount, 2) else ""


def _finer(value: Decimal, digits: int) -> bool:
    return -int(value.normalize().as_tuple().exponent) > digits


def tax_in(amount: Decimal, percent: Decimal | None) -> Decimal:
    """Return the tax that is in a sum: amount x percent / (100 + percent), rounded half up."""
    return rounded(amount * percent / (100 + percent)) if percent else ZERO


def priced(lines: Sequence[Asked], discount: Decimal = ZERO) -> list[Sums]:
    """Return the sums of lines, an order's discount shared over them by the largest remainder.

    The tax is that of each line: papers made of the order then agree with it line by line, and the order's tax is
    their sum by definition. Raises ValueError("discount") for a discount of more than there is or below nothing.
    """
    wholes = [rounded(line.quantity * line.price) for line in lines]
    lefts = [whole - line.discount for whole, line in zip(wholes, lines, strict=True)]
    if not discount.is_finite() or not 0 <= discount <= sum(lefts, ZERO) or _finer(discount, 2):
        raise ValueError("discount")
    parts = share(discount, lefts) if discount else [ZERO] * len(lines)
    found = []
    for line, whole, part in zip(lines, wholes, parts, strict=True):
        off = line.discount + part
        found.append(Sums(off, whole - off, tax_in(whole - off, line.percent)))
    return found


def whole_of(
    lines: Sequence[tuple[Decimal, Decimal, Decimal]],
    delivery: Decimal = ZERO,
    delivery_percent: Decimal | None = None,
) -> Whole:
    """Return what an order comes to by (discount, total, tax) of its lines. Raises ValueError("too_big")."""
    discount = sum((one[0] for one in lines), ZERO)
    paid_for = sum((one[1] for one in lines), ZERO)
    delivery_tax = tax_in(delivery, delivery_percent)
    if paid_for + discount + delivery > MOST_SUM:
        raise ValueError("too_big")
    tax = sum((one[2] for one in lines), ZERO) + delivery_tax
    return Whole(paid_for + discount, discount, delivery, delivery_tax, paid_for + delivery, tax)


def part_of(total: Decimal, of: Decimal, many: Decimal, gone: Decimal, gone_many: Decimal) -> Decimal:
    """Return the share of a line's sum for `many` of its `of` pieces, of which `gone_many` have taken `gone` before.

    Whoever takes the last pieces takes the rest, so that all shares together are the sum, whatever was taken back
    between. Raises ValueError("too_many").
    """
    if many <= 0 or gone_many + many > of:
        raise ValueError("too_many")
    if gone_many + many == of:
        return total - gone
    return min(rounded(total * many / of), total - gone)
