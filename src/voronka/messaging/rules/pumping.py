"""Limits against pumping: whoever makes a shop send SMS to numbers that he earns by, is stopped early.

A number that had its share of a day gets no more (refused, since nobody needs so many); a block of numbers, an hour
and the money of a day make the rest wait.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TO_NUMBER, TO_PREFIX, AN_HOUR, MONEY = "limit_number", "limit_prefix", "limit_hour", "limit_money"
# The last digits of a number, by which the numbers of one block differ: blocks are bought by ten thousand.
BLOCK_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Limits:
    """SMS to one number in a day, to a block of numbers and of all in an hour; money in a day. None is no limit."""

    to_number: int | None = None
    to_prefix: int | None = None
    an_hour: int | None = None
    money: Decimal | None = None


@dataclass(slots=True)
class Spent:
    """What went: to numbers in the last day, to blocks and altogether in the last hour, and what the day has cost."""

    numbers: dict[str, int] = field(default_factory=dict)
    blocks: dict[str, int] = field(default_factory=dict)
    hour: int = 0
    money: Decimal = Decimal(0)

    def add(self, address: str, cost: Decimal) -> None:
        """Note that one goes now."""
        self.numbers[address] = self.numbers.get(address, 0) + 1
        self.blocks[block_of(address)] = self.blocks.get(block_of(address), 0) + 1
        self.hour += 1
        self.money += cost


def block_of(address: str) -> str:
    """Return the block of numbers that an address is of."""
    return address[:-BLOCK_DIGITS]


def reached(limits: Limits, spent: Spent, address: str, cost: Decimal) -> str:
    """Return the limit that one more SMS would break, empty where none."""
    counts = (
        (limits.to_number, spent.numbers.get(address, 0), TO_NUMBER),
        (limits.to_prefix, spent.blocks.get(block_of(address), 0), TO_PREFIX),
        (limits.an_hour, spent.hour, AN_HOUR),
    )
    for most, went, code in counts:
        if most is not None and went >= most:
            return code
    return MONEY if limits.money is not None and spent.money + cost > limits.money else ""
