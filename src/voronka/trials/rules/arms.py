"""Which arm somebody gets: by a hash of the test's public id and his own, so that no draw has to be kept."""

import hashlib
from collections.abc import Sequence

MOST_ARMS = 6
MOST_SHARE = 100


def arm_of(salt: str, unit: str, shares: Sequence[int]) -> int:
    """Return the number (1..) of the arm of a unit: always the same one, by the shares over many.

    The salt is the test's own, so that who got the first arm of one test gets any of another.
    """
    digest = hashlib.sha256(f"{salt}:{unit}".encode()).digest()
    point = int.from_bytes(digest[:8], "big") * sum(shares) >> 64
    for number, share in enumerate(shares, start=1):
        if point < share:
            return number
        point -= share
    return len(shares)


def good_shares(shares: Sequence[int]) -> bool:
    """Tell whether shares are of two arms or more, each with a part of the whole."""
    return 2 <= len(shares) <= MOST_ARMS and all(1 <= one <= MOST_SHARE for one in shares)


def letter_of(number: int) -> str:
    """Return how people call an arm: A, B, C."""
    return chr(64 + number)
