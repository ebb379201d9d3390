"""Packs: how many pieces are in one, and when a price is surely of a whole pack."""

import re

from .columns import tidy

MOST_PIECES = 10_000
_COUNT = re.compile(
    r"(?:(?:уп|упак|упаковка|кор|короб|коробка|пач|пачка|блок|пакет|pack|box)\.?\s*)?"
    r"(?:по\s*)?([0-9]{1,5})\s*(?:шт|штук|штуки|штука|pcs|pc|ea)?\.?",
    re.IGNORECASE,
)
_PACK_UNIT = re.compile(r"(?:уп|упак|упаковка|кор|кор-ка|короб|коробка|пач|пачка|блок|пак|пакет|pack|pk|box)\.?")
_PACK_PRICE = re.compile(r"(?:за|per) (?:1 )?(?:уп|кор|пач|блок|пак|pack|box)")
_PIECE_PRICE = re.compile(r"(?:за|per) (?:1 )?(?:шт|единиц|ед|piece|pc|unit)|\bшт\b")


def pieces_of(pack: str, unit: str, price_heading: str = "") -> int:
    """Return how many pieces the price of a line is of; 1 where that is not sure.

    Sure it is when the column of packings holds a whole number of pieces, and either the goods are counted in packs or
    the column of prices says that it is of a pack. A heading that speaks of pieces outweighs the unit.
    """
    found = _COUNT.fullmatch(pack.strip())
    number = int(found[1]) if found else 1
    if not 1 < number <= MOST_PIECES:
        return 1
    heading = tidy(price_heading)
    if _PIECE_PRICE.search(heading):
        return 1
    is_pack = _PACK_PRICE.search(heading) or _PACK_UNIT.fullmatch(unit.strip().lower())
    return number if is_pack else 1
