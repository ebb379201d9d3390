"""Buffers in red, yellow and green thirds: how many to order, what to say of a buffer that is too small or too big.

A buffer is what a place should have of a variant when everything ordered has come. Its colour is told by what lies
there and is not promised; how many are missing by that and by what is on its way (docs/adr/0030).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

RED, YELLOW, GREEN, ABOVE = "red", "yellow", "green", "above"
ZONES = (RED, YELLOW, GREEN, ABOVE)
WINDOW_DAYS = 90
DIPS_TO_GROW = 3
LEAST_RED_DAYS, LEAST_GREEN_DAYS = 3, 14
LEAD_DAYS, MOVE_DAYS = 7, 2  # where neither the buffer nor the supplier says how long it takes
LEAST_SWING, MOST_SWING = Decimal("1.2"), Decimal(3)
_STEP = Decimal("0.001")
_NONE = Decimal(0)


def zone(free: Decimal, target: Decimal) -> str:
    """Return the colour of a buffer by what is there and not promised; edges belong to the lower third."""
    if free * 3 <= target:
        return RED
    if free * 3 <= target * 2:
        return YELLOW
    return GREEN if free <= target else ABOVE


def rounded(quantity: Decimal, least: Decimal, multiple: Decimal) -> Decimal:
    """Return the least quantity that may be ordered: not under the lot, a whole number of multiples, never less."""
    if quantity <= 0:
        return _NONE
    asked = max(quantity, least)
    return (asked / multiple).to_integral_value(ROUND_CEILING) * multiple


def rounded_down(quantity: Decimal, multiple: Decimal) -> Decimal:
    """Return how much of a quantity goes in whole multiples."""
    return max(quantity, _NONE) // multiple * multiple


def reorder_point(target: Decimal, per_day: Decimal, lead_days: int) -> Decimal:
    """Return the level to order at: the upper edge of yellow, or what goes while it comes; never over the target."""
    return min(target, max(target * 2 / 3, per_day * lead_days))


def wanted(
    target: Decimal, position: Decimal, least: Decimal, multiple: Decimal, *, per_day: Decimal, lead_days: int
) -> Decimal:
    """Return how many to order of a variant whose place has `position`: on hand and coming without promised.

    Nothing above the point of reordering. What is ordered fills the buffer, by whole multiples.
    """
    if position > reorder_point(target, per_day, lead_days):
        return _NONE
    return rounded(target - position, least, multiple)


@dataclass(frozen=True, slots=True)
class Demand:
    """What went out of a place: by weeks from the oldest, over so many days, and what was asked for in vain."""

    weeks: Sequence[Decimal]
    days: int
    lost: Decimal = _NONE

    @property
    def per_day(self) -> Decimal:
        """Return how many go in a day; what was lost counts, or a bare shelf would ask for ever less."""
        return (max(sum(self.weeks, _NONE), _NONE) + self.lost) / self.days if self.days > 0 else _NONE

    @property
    def swing(self) -> Decimal:
        """Return how many times its average the best week is, within 1.2 and 3."""
        return swing(max(self.weeks, default=_NONE), self.per_day)


def swing(best_week: Decimal, per_day: Decimal) -> Decimal:
    """Return how far demand swings: the best week by the average one, within 1.2 and 3."""
    if per_day <= 0:
        return LEAST_SWING
    return min(max(best_week / (per_day * 7), LEAST_SWING), MOST_SWING)


def proposed_target(per_day: Decimal, swings: Decimal, lead_days: int, multiple: Decimal) -> Decimal:
    """Return the buffer that demand asks for: what goes while it comes, in a good week; nothing where nothing goes.

    A day is added for the order itself.
    """
    if per_day <= 0:
        return _NONE
    return rounded((per_day * (lead_days + 1) * swings).quantize(_STEP), multiple, multiple)


def advice(
    colour: str, days_in_zone: int, dips: int, target: Decimal, lead_days: int, multiple: Decimal
) -> Decimal | None:
    """Return the target that a buffer should have when it stays too long in red or in green, or None.

    It grows by a third when it has been red as long as an order takes, or has fallen into red for the third time; it
    shrinks by a third when it has not left green for three times as long. It never shrinks under one multiple.
    """
    if colour == RED and (days_in_zone >= max(lead_days, LEAST_RED_DAYS) or dips >= DIPS_TO_GROW):
        return rounded(target * 4 / 3, multiple, multiple)
    if colour in {GREEN, ABOVE} and days_in_zone >= max(3 * lead_days, LEAST_GREEN_DAYS):
        smaller = rounded(target * 2 / 3, multiple, multiple)
        return smaller if smaller < target else None
    return None


@dataclass(frozen=True, slots=True)
class Need:
    """How many a buffer wants, and where from: places in the order they are asked in, the rest from its supplier.

    `fill` is the share of the buffer that is there: who has least is served first. Places that are surplus to others
    (not its own source) only give whole multiples.
    """

    buffer_id: int
    variant_id: int
    quantity: Decimal
    multiple: Decimal
    fill: Decimal
    has_supplier: bool
    sources: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """So many for a buffer out of a place, or from its supplier (`source_id` is None)."""

    buffer_id: int
    source_id: int | None
    quantity: Decimal


def share_out(needs: Sequence[Need], spare: dict[tuple[int, int], Decimal]) -> list[Share]:
    """Return where each need is met from: one place that can give, or its supplier for all that places do not give.

    `spare` is by variant and place, and is not given twice: the emptiest buffer comes first. A need that a place meets
    in part, and that has no supplier, is met in part.
    """
    left = dict(spare)
    shares: list[Share] = []
    for one in sorted(needs, key=lambda need: (need.fill, need.buffer_id)):
        rest = one.quantity
        for place in one.sources:
            given = min(rest, rounded_down(left.get((one.variant_id, place), _NONE), one.multiple))
            if given > 0:
                left[one.variant_id, place] -= given
                shares.append(Share(one.buffer_id, place, given))
                rest -= given
                break
        if rest > 0 and one.has_supplier:
            shares.append(Share(one.buffer_id, None, rest))
    return shares


def days_left(free: Decimal, per_day: Decimal) -> int | None:
    """Return for how many days what is there lasts; None where nothing goes."""
    return None if per_day <= 0 else int(max(free, _NONE) / per_day)


def missing_until(free: Decimal, coming: Decimal, per_day: Decimal, lead_days: int) -> Decimal:
    """Return how many will be wanted in vain while an order comes, if it were made now."""
    return max(per_day * lead_days - max(free + coming, _NONE), _NONE)
