"""How many may be sold: goods as they lie free, kits by the part that there is least of."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal

from voronka.catalogue import queries as catalogue
from voronka.stock.models import Move, Reservation
from voronka.stock.queries.balances import available


def sellable(variant_ids: Sequence[int]) -> dict[int, Decimal]:
    """Return how many of each variant may be promised now in all places that sell; services are left out."""
    needed = {pk: parts for pk, parts in catalogue.parts_of(variant_ids).items() if parts}
    free = {pk: sum(places.values(), Decimal(0)) for pk, places in available(_parts(needed)).items()}
    found = {}
    for pk, parts in needed.items():
        least = min(free[part] / many for part, many in parts.items())
        found[pk] = least if list(parts) == [pk] else least.to_integral_value(ROUND_FLOOR)
    return found


def _parts(needed: dict[int, dict[int, Decimal]]) -> list[int]:
    return sorted({part for parts in needed.values() for part in parts})


def moved_in(operation: str) -> list[int]:
    """Return the variants that an operation moved."""
    return list(Move.objects.filter(operation=operation).values_list("variant_id", flat=True).distinct())


def promised_to(holder_kind: str, holder_id: int) -> list[int]:
    """Return the variants that were ever promised to a record."""
    rows = Reservation.objects.filter(holder_kind=holder_kind, holder_id=holder_id)
    return list(rows.values_list("variant_id", flat=True).distinct())
