"""How many of ours are in one of a supplier's: by the packs that names tell, and by the column of packings."""

from voronka.catalogue.models import SupplierItem, Variant
from voronka.catalogue.rules.matching import cut
from voronka.catalogue.rules.pricelists import MOST_PIECES

_SINGLE = ("796", "642")  # OKEI: goods that are sold by the piece


def pieces_in(their_name: str, our_name: str, pack: int = 1) -> int:
    """Return how many of ours one of theirs holds, by the packs that both names tell.

    `pack` is what their column of packings surely says; a count in their name outweighs it.
    """
    theirs, ours = _count(their_name) or float(pack), _count(our_name)
    times = theirs / ours if ours else theirs
    return int(times) if times > 1 and times == int(times) and times <= MOST_PIECES else 1


def _count(name: str) -> float:
    return max((size.value for size in cut(name).sizes if size.kind == "count"), default=0.0)


def pieces_for(item: SupplierItem, ours: Variant) -> int:
    """Return how many of a variant one of an item holds; a packing counts for goods that are sold by the piece."""
    return pieces_in(item.name, ours.name, item.pack if ours.product.unit in _SINGLE else 1)


def pieces_bought(item: SupplierItem) -> int:
    """Return how many of ours the price of a bound item is of: a person's word, else a packing that is sure."""
    if item.how == "person" or item.pack == 1 or item.variant is None:
        return item.pieces
    return max(item.pieces, pieces_for(item, item.variant))
