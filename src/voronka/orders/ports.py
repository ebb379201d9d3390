"""What an order offers to others by its kind of subject: papers are issued for it, steps act on it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from voronka.kit import sold
    from voronka.kit.actors import Actor


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


# --- The money of orders lies on papers, which upper parts keep --------------------------------------------------


class Money(Protocol):
    """Who keeps the money of orders."""

    def on(self, order_id: int) -> Decimal:
        """Return what lies on the papers of an order now."""

    def to_give(self, order_id: int) -> Decimal:
        """Return what has come off them, as the order costs less, and is to be given back to the client."""

    def asked(self, order_id: int) -> Decimal:
        """Return what a provider was asked to give back of that and has not said yet: he may refuse."""

    def carry(
        self, old_id: int, new_id: int, amount: Decimal, rest: Decimal, kept: "Sequence[sold.SoldLine]", *,
        actor: "Actor", now: datetime,
    ) -> Decimal:  # fmt: skip
        """Move an amount from the papers of an order to those of another one and return how much it was.

        `rest` comes off the old papers as well, to be given back in money. `kept` are the lines that stay of the old
        order: its papers ask for no more than they come to. Both orders are locked, and are told what lies on them.
        """


class _NoMoney:
    """Nobody keeps the money of orders."""

    def on(self, order_id: int) -> Decimal:
        """Return nothing."""
        return Decimal("0.00")

    def to_give(self, order_id: int) -> Decimal:
        """Return nothing."""
        return Decimal("0.00")

    def asked(self, order_id: int) -> Decimal:
        """Return nothing."""
        return Decimal("0.00")

    def carry(
        self, old_id: int, new_id: int, amount: Decimal, rest: Decimal, kept: "Sequence[sold.SoldLine]", *,
        actor: "Actor", now: datetime,
    ) -> Decimal:  # fmt: skip
        """Move nothing."""
        return Decimal("0.00")


_money: list[Money] = [_NoMoney()]


def register_money(keeper: Money) -> None:
    """Say who keeps the money of orders."""
    _money[0] = keeper


def money() -> Money:
    """Return who keeps the money of orders."""
    return _money[0]


# --- The client's own page asks upper parts for ways to pay and for papers -----------------------------------------


@dataclass(frozen=True, slots=True)
class PayWay:
    """A way to pay what is left of an order now: the address to go to, and what it is called in short."""

    url: str
    name: str


@dataclass(frozen=True, slots=True)
class PaperShown:
    """A paper of an order as its client may have it: `key` opens it, `about` is a word on it (its day)."""

    key: str
    name: str
    about: str = ""
    icon: str = "file-invoice"


@dataclass(frozen=True, slots=True)
class PaperFile:
    """A paper as a file."""

    name: str
    content_type: str
    body: bytes


# By the order's id, inside its company.
AskPayWays = Callable[[int], Sequence[PayWay]]
AskPapers = Callable[[int], Sequence[PaperShown]]
OpenPaper = Callable[[int, str], PaperFile | None]
_pay_ways: list[AskPayWays] = []
_papers: list[tuple[AskPapers, OpenPaper]] = []


def register_pay_ways(ask: AskPayWays) -> None:
    """Offer ways to pay an order by link."""
    _pay_ways.append(ask)


def pay_ways(order_id: int) -> list[PayWay]:
    """Return the ways to pay an order, the first one the usual."""
    return [one for ask in _pay_ways for one in ask(order_id)]


def register_papers(ask: AskPapers, open_paper: OpenPaper) -> None:
    """Offer the papers of an order to its client; `open_paper` gives None for a key that is not of this order."""
    _papers.append((ask, open_paper))


def papers_of(order_id: int) -> list[PaperShown]:
    """Return the papers of an order that its client may have."""
    return [one for ask, _open in _papers for one in ask(order_id)]


def open_paper(order_id: int, key: str) -> PaperFile | None:
    """Return a paper as a file, None where the order has none of this key."""
    for _ask, opened in _papers:
        found = opened(order_id, key)
        if found is not None:
            return found
    return None
