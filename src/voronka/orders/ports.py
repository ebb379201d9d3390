"""What an order offers to others by its kind of subject: papers are issued for it, steps act on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line as papers print it: `price` of one with tax, `discount` a sum off the whole line, `percent` of tax.

    `total` and `tax` are the sums of the order itself, to the kopeck.
    """

    name: str
    quantity: Decimal
    price: Decimal
    discount: Decimal
    unit: str
    code: str
    vat: str
    percent: Decimal | None
    total: Decimal
    tax: Decimal
    is_service: bool


@runtime_checkable
class Sold(Protocol):
    """A record that says what was sold to whom: what papers and payments are made of."""

    client_id: int
    number: int
    currency: str
    total: Decimal
    paid: Decimal

    def sold_lines(self) -> Sequence[SoldLine]:
        """Return the lines, delivery among them where it costs something; their totals add up to `total`."""


@runtime_checkable
class HasOrder(Protocol):
    """What a step gets that acts on an order."""

    def order_public_id(self) -> str:
        """Return the public id of the order."""
