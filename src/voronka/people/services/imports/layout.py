"""What a file looks like before it is loaded: its sheets, its header, the columns recognised by name and content."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from voronka.kit.tables import Cell, Row, open_table
from voronka.people.rules.columns import recognise_columns
from voronka.people.rules.texts import clean_text

HEAD_ROWS = 200
HEADER_AMONG = 15  # a header stands among the first rows, under titles and dates at most


@dataclass(frozen=True, slots=True)
class Layout:
    """A table in a file. `header_row` is the number of the row with the names of columns, 0 where there is none.

    `targets` are the recognised meanings of columns, empty for unknown ones; `samples` a few values of each.
    """

    kind: str
    sheets: list[str]
    sheet: str
    encoding: str
    delimiter: str
    header_row: int
    headers: list[str]
    targets: list[str]
    kinds: list[str]
    samples: list[list[str]]
    estimated_rows: int

    def as_json(self) -> dict[str, object]:
        """Return the layout as it is kept with the run."""
        return {name: getattr(self, name) for name in self.__slots__}

    @property
    def header_key(self) -> str:
        """Return what files of the same shape share: a hash of the column names."""
        return header_key(self.headers)


def header_key(headers: Sequence[str]) -> str:
    """Return a hash of column names, whatever their letter size."""
    tidy = "\x1f".join(" ".join(one.lower().split()) for one in headers)
    return hashlib.sha256(tidy.encode()).hexdigest()


def read_layout(path: Path, *, sheet: str | None = None) -> Layout:
    """Look at the first rows of a file. Raises kit.tables.TableError."""
    with open_table(path, sheet=sheet or None) as table:
        head = list(islice(table.rows(), HEAD_ROWS))
        kind, sheets, shown = table.kind, table.sheets, table.sheet
        encoding, delimiter, estimated = table.encoding, table.delimiter, table.estimated_rows
    at = _find_header(head)
    header = head[at].cells if at is not None else []
    body = head[at + 1 :] if at is not None else head
    width = max((len(row.cells) for row in head), default=0)
    headers = [_text(header[index]) if index < len(header) else "" for index in range(width)]
    guesses = recognise_columns(headers, [[*row.cells, *[None] * (width - len(row.cells))] for row in body])
    return Layout(
        kind=kind.value,
        sheets=sheets,
        sheet=shown or "",
        encoding=encoding or "",
        delimiter=delimiter or "",
        header_row=head[at].number if at is not None else 0,
        headers=headers,
        targets=[one.target for one in guesses],
        kinds=[one.kind for one in guesses],
        samples=[_samples(body, index) for index in range(width)],
        estimated_rows=max(0, max(estimated, len(head)) - (0 if at is None else at + 1)),
    )


def _samples(body: Sequence[Row], index: int) -> list[str]:
    found: list[str] = []
    for row in body:
        text = _text(row.cells[index]) if index < len(row.cells) else ""
        if text and text not in found:
            found.append(text)
        if len(found) == 3:
            break
    return found


def _text(cell: Cell) -> str:
    return clean_text(cell, 200).text if cell is not None else ""


def _find_header(head: Sequence[Row]) -> int | None:
    """Return the place of the row that names the columns: the first that most of whose cells are known names.

    A file whose first row holds values has none.
    """
    best, most = None, 0
    for at, row in enumerate(head[:HEADER_AMONG]):
        cells = [_text(cell) for cell in row.cells]
        if not all(isinstance(cell, str) or cell is None for cell in row.cells):
            continue
        known = sum(1 for guess in recognise_columns(cells, []) if guess.target)
        if known > most:
            best, most = at, known
    return best
