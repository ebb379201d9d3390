"""What others may ask of the stock."""

from voronka.stock.queries.balances import (
    Held,
    Moved,
    available,
    expected,
    held_for,
    moves_of,
    on_hand,
    places,
    public_ids,
    shipped_to,
    worth,
)

__all__ = [
    "Held",
    "Moved",
    "available",
    "expected",
    "held_for",
    "moves_of",
    "on_hand",
    "places",
    "public_ids",
    "shipped_to",
    "worth",
]
