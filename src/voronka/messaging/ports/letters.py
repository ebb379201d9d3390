"""What letters tell of orders, baskets and the company, kept by upper parts."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voronka.kit.actors import Actor
    from voronka.kit.texts import Value

# Tells number, total, url and lines (name, quantity, total) of an order of a client, the newest where none is named;
# None where there is none, or the actor may not see it.
OrderWords = Callable[[int, int | None, "Actor | None"], "Mapping[str, Value] | None"]

# Tells sum, url and lines (name, count, price) of the basket that a client left on the site last; None where there is
# none, or the actor may not see it.
BasketWords = Callable[[int, "Actor | None"], "Mapping[str, Value] | None"]

_orders: list[OrderWords] = []
_baskets: list[BasketWords] = []
_requisites: list[Callable[[], str]] = []


def register_order_words(tell: OrderWords) -> None:
    """Say who tells letters of orders."""
    _orders[:] = [tell]


def order_words(client_id: int, order_id: int | None, actor: "Actor | None") -> "Mapping[str, Value] | None":
    """Return what a letter may say of an order."""
    return _orders[0](client_id, order_id, actor) if _orders else None


def register_basket_words(tell: BasketWords) -> None:
    """Say who tells letters of baskets left on the site."""
    _baskets[:] = [tell]


def basket_words(client_id: int, actor: "Actor | None") -> "Mapping[str, Value] | None":
    """Return what a letter may say of the basket that a client left."""
    return _baskets[0](client_id, actor) if _baskets else None


def register_requisites(tell: Callable[[], str]) -> None:
    """Say who knows the company's requisites, as lines of a letter's foot."""
    _requisites[:] = [tell]


def requisites_words() -> str:
    """Return the company's requisites as lines; nothing where nobody has them."""
    return _requisites[0]() if _requisites else ""
