"""What became of a message in parts, by what is told of each."""

from collections.abc import Sequence
from typing import Literal

ENDS = ("delivered", "failed")


def fate_of(states: Sequence[str], total: int) -> Literal["accepted", "delivered", "failed"]:
    """Return the state of a message: one part that failed is all of it, it is delivered when all parts are.

    `total` is how many parts were sent; those of which no number is known count as not delivered.
    """
    if "failed" in states:
        return "failed"
    return "delivered" if states.count("delivered") >= max(total, 1) else "accepted"


def part_moves(state: str, told: str) -> bool:
    """Tell whether a receipt moves a part: what has ended stays, and late news of the way say nothing."""
    return state not in ENDS and told in (*ENDS, "accepted") and told != state
