"""What upper parts tell the referral programme: what a friend has bought, and what two clients have in common."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from voronka.loyalty.rules.referrals import Sale

KIND = "order"


class Sales(Protocol):
    """Who knows what clients buy."""

    def ordered_before(self, client_id: int, moment: datetime) -> bool:
        """Tell whether a client had ordered anything before a moment that was not cancelled."""

    def sales_since(self, client_id: int, moment: datetime) -> "Sequence[Sale]":
        """Return a client's orders in the company's money since a moment, as they are now."""

    def sales_of(self, keys: Sequence[int]) -> "Sequence[Sale]":
        """Return orders by their keys, as they are now, whoever has made them."""


# Codes of what two clients have in common: a person is to judge whether they are two.
Likeness = Callable[[int, int], set[str]]
# The address of the company's own order form with a code in it, empty where it takes no orders there.
ShopUrl = Callable[[str], str]
_shops: list[ShopUrl] = []
_sales: list[Sales] = []
_likenesses: list[Likeness] = []


def register_sales(sales: Sales) -> None:
    """Say who knows what clients buy."""
    _sales[:] = [sales]


def find_sales() -> Sales | None:
    """Return who knows what clients buy, None in an installation without orders."""
    return _sales[0] if _sales else None


def register_likeness(ask: Likeness) -> None:
    """Look for what two clients have in common: codes `phone`, `email`, `address`, `payment`, `device`."""
    _likenesses.append(ask)


def alike(one: int, other: int) -> set[str]:
    """Return what two clients have in common, as all parts know."""
    return {code for ask in _likenesses for code in ask(one, other)}


def register_shop(tell: ShopUrl) -> None:
    """Say where a friend may order."""
    _shops[:] = [tell]


def shop_url(code: str) -> str:
    """Return where a friend may order, with the code in the address; empty where nobody takes orders."""
    return _shops[0](code) if _shops else ""
