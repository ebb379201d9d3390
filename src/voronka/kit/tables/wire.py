"""Frames between the reading child and its parent, and the collecting of rows into them."""

from collections.abc import Mapping
from datetime import date, datetime

from voronka.kit import cage

from .errors import Fault, Reason, TableError
from .shapes import Cell, Limits

META, ROWS, DONE, REFUSED = 1, 2, 3, 4
BATCH_ROWS = 2000
BATCH_CHARS = 400_000

Plain = Cell | Mapping[str, str]


def plain(cell: Cell) -> Plain:
    """Turn a date (`d`) or a moment (`t`) into what JSON can carry."""
    if isinstance(cell, datetime):
        return {"t": cell.isoformat()} if cell.time() != datetime.min.time() else {"d": cell.date().isoformat()}
    if isinstance(cell, date):
        return {"d": cell.isoformat()}
    return cell


class RowSink:
    """Takes rows of plain cells in order, checks the limits, and sends them in batches."""

    def __init__(self, descriptor: int, limits: Limits) -> None:
        self._descriptor = descriptor
        self._limits = limits
        self._sent_rows = 0
        self._clear()

    def _clear(self) -> None:
        self._numbers: list[int] = []
        self._rows: list[list[Plain]] = []
        self._faults: dict[int, str] = {}
        self._chars = 0

    def add(self, number: int, cells: list[Plain], chars: int, fault: Fault | None = None) -> None:
        """Add a row; `chars` is at least the number of characters in it. Rows without a value are dropped."""
        if cells.count(None) == len(cells):
            return
        if len(cells) > self._limits.columns:
            cells, fault = cells[: self._limits.columns], Fault.TOO_WIDE
        if chars > self._limits.cell_chars and self._cut(cells):
            fault = Fault.LONG_CELL
        if fault is not None:
            self._faults[len(self._rows)] = fault.value
        self._numbers.append(number)
        self._rows.append(cells)
        self._chars += min(chars, self._limits.cell_chars * len(cells))
        if len(self._rows) >= BATCH_ROWS or self._chars > BATCH_CHARS:
            self.flush()

    def _cut(self, cells: list[Plain]) -> bool:
        """Cut what is over the limit of a cell, and of a whole row (sixteen of the longest cells)."""
        longest = self._limits.cell_chars
        left, cut = 16 * longest, False
        for index, cell in enumerate(cells):
            if not isinstance(cell, str):
                continue
            kept = cell[: min(longest, left)]
            if len(kept) < len(cell):
                cells[index], cut = kept, True
            left -= len(kept)
        return cut

    def flush(self) -> None:
        """Send what is collected; raises TableError beyond the limit of rows."""
        if not self._rows:
            return
        self._sent_rows += len(self._rows)
        if self._sent_rows > self._limits.rows:
            raise TableError(Reason.TOO_MANY_ROWS, self._numbers[-1], str(self._limits.rows))
        cage.write_frame(
            self._descriptor, ROWS, {"numbers": self._numbers, "rows": self._rows, "faults": self._faults}
        )
        self._clear()

    def finish(self) -> None:
        """Send the rest; raises TableError when there was no row at all."""
        self.flush()
        if not self._sent_rows:
            raise TableError(Reason.EMPTY)
