"""What feeds ask of upper parts."""

from collections.abc import Callable, Sequence
from decimal import Decimal

# How many of each variant may be sold now, by id; those left out are not counted at all (services).
AskAvailable = Callable[[Sequence[int]], dict[int, Decimal]]
_counters: list[AskAvailable] = []


def register_available(ask: AskAvailable) -> None:
    """Say who counts goods. Raises ValueError when somebody does already."""
    if _counters:
        raise ValueError("available goods are counted by somebody already")
    _counters.append(ask)


def available(variant_ids: Sequence[int]) -> dict[int, Decimal]:
    """Return how many of variants may be sold now; those left out count as available."""
    return _counters[0](variant_ids) if _counters else {}
