"""Cells of a row as JSON keeps them, and back: days and moments stay days and moments."""

from collections.abc import Sequence
from datetime import date, datetime

from voronka.kit.tables import Cell

LONGEST = 2_000  # signs of one cell that are kept for the file of rejected rows


def pack(cells: Sequence[Cell]) -> list[object]:
    """Return the cells as JSON values."""
    return [_packed(cell) for cell in cells]


def _packed(cell: Cell) -> object:
    if isinstance(cell, str):
        # PostgreSQL's JSON knows no sign zero and no half of a surrogate pair.
        return cell[:LONGEST].replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(cell, datetime):
        return {"t": cell.isoformat()}
    if isinstance(cell, date):
        return {"d": cell.isoformat()}
    if isinstance(cell, float) and (cell != cell or cell in (float("inf"), float("-inf"))):
        return str(cell)
    return cell


def unpack(cells: object) -> list[Cell]:
    """Return the cells that `pack` was given."""
    return [_unpacked(cell) for cell in cells] if isinstance(cells, list) else []


def _unpacked(cell: object) -> Cell:
    if isinstance(cell, dict):
        return datetime.fromisoformat(cell["t"]) if "t" in cell else date.fromisoformat(cell["d"])
    return cell if cell is None or isinstance(cell, str | int | float | bool) else str(cell)
