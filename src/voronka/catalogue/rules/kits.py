"""What kits are made of: a kit may hold kits, never itself, and not deeper than five."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

MOST_DEPTH = 5


def depth_with(parts_of: Mapping[int, Iterable[int]], kit: int) -> int:
    """Return how deep a kit goes: 1 when its parts are no kits. Raises ValueError("cycle") where it holds itself."""
    return _depth(parts_of, kit, ())


def _depth(parts_of: Mapping[int, Iterable[int]], kit: int, above: tuple[int, ...]) -> int:
    if kit in above:
        raise ValueError("cycle")
    if len(above) > MOST_DEPTH:
        return len(above)
    return 1 + max((_depth(parts_of, one, (*above, kit)) for one in parts_of.get(kit, ())), default=-1)


def exploded(
    lines: Mapping[int, Mapping[int, Decimal]], variant: int, quantity: Decimal = Decimal(1)
) -> dict[int, Decimal]:
    """Return what a quantity of a variant takes from stock: of a kit the parts that are no kits, summed up."""
    if variant not in lines:
        return {variant: quantity}
    found: dict[int, Decimal] = {}
    for part, needed in lines[variant].items():
        for one, count in exploded(lines, part, quantity * needed).items():
            found[one] = found.get(one, Decimal(0)) + count
    return found
