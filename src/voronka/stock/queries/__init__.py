"""What others may ask of the stock."""

from voronka.stock.queries.arrivals import arrivals
from voronka.stock.queries.balances import (
    Held,
    Moved,
    available,
    expected,
    held_for,
    held_for_many,
    let_go_of,
    moves_of,
    on_hand,
    places,
    public_ids,
    shipped_to,
    worth,
)

SEE_RIGHT = "stock.see"  # what upper parts ask of an actor before they show balances

__all__ = [
    "SEE_RIGHT",
    "Held",
    "Moved",
    "arrivals",
    "available",
    "expected",
    "held_for",
    "held_for_many",
    "let_go_of",
    "moves_of",
    "on_hand",
    "places",
    "public_ids",
    "shipped_to",
    "worth",
]
