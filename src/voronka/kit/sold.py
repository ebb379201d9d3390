"""What a record that sells something offers to those who write its papers: an order, a deal with lines, a shipment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line as it was sold: `price` of one, `discount` off the whole line, `vat` a code of the catalogue (None: the
    usual one). Sums that come of it are counted by whoever writes the paper.
    """

    name: str
    quantity: Decimal
    price: Decimal
    unit: str = "796"
    vat: str | None = None
    discount: Decimal = Decimal("0.00")
    code: str = ""
    is_service: bool = False

    @property
    def sum(self) -> Decimal:
        """Price times quantity to the kopeck, less the discount."""
        return (self.price * self.quantity).quantize(Decimal("0.01"), ROUND_HALF_UP) - self.discount


@runtime_checkable
class Sold(Protocol):
    """A record with a buyer and lines."""

    def buyer_id(self) -> int | None:
        """Return the client, None where nobody is named."""

    def sold_lines(self) -> Sequence[SoldLine]:
        """Return its lines in their order; none where only a sum is known."""

    def paper_name(self) -> str:
        """Return how papers name it: "Заказ № 2688 от 03.03.2026"."""

    def with_tax(self) -> bool:
        """Tell whether prices have their tax in them."""


@runtime_checkable
class Lessened(Protocol):
    """A sold record of which less may stay than was sold."""

    def kept_lines(self) -> Sequence[SoldLine]:
        """Return what is to be paid for: without what came back, of what was cancelled only what had left before."""


@runtime_checkable
class TakesPaid(Protocol):
    """A record that is told what has come for its papers."""

    def take_paid(self, paid: Decimal, now: datetime) -> None:
        """Keep what has come in all, less what went back; said again, it changes nothing."""
