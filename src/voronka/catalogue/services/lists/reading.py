"""A supplier's file as rows, and where its columns are: remembered, found by itself, or asked about."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from voronka.catalogue.models import ListLayout, Supplier
from voronka.catalogue.rules.pricelists import Bad, Layout, Line, Misfit, find_layout, fit_layout, read_lines
from voronka.catalogue.rules.pricelists.layouts import SAMPLED_ROWS, SEARCHED_ROWS, Row
from voronka.kit.tables import open_table

_LOOKED_AT = SEARCHED_ROWS + SAMPLED_ROWS
_MOST_SHEETS, _REMEMBERED = 12, 8


def sample_of(path: Path, sheet: str | None = None) -> tuple[list[str], str, list[Row]]:
    """Return the names of all sheets, that of the one read, and its first rows. Raises TableError."""
    with open_table(path, sheet=sheet) as table:
        return table.sheets, table.sheet or "", [(row.number, row.cells) for row in islice(table.rows(), _LOOKED_AT)]


def remembered(supplier: Supplier) -> list[Layout]:
    """Return the layouts that people confirmed for this supplier, the latest first."""
    rows = ListLayout.objects.filter(supplier=supplier).order_by("-used_at", "-id")[:_REMEMBERED]
    return [Layout.from_json(row.layout) for row in rows]


def layout_of(path: Path, known: list[Layout]) -> tuple[Layout | None, Misfit | None]:
    """Return how the file is laid out, and what a person has to look at.

    A remembered layout that fits needs nobody. Otherwise the best guess comes with the reason why it is asked: "new"
    the first time. Without a layout nothing of a price list was found. Raises TableError.
    """
    sheets, first, rows = sample_of(path)
    misfit: Misfit | None = None
    for kept in known:
        read = rows if kept.sheet in ("", first) or kept.sheet not in sheets else sample_of(path, kept.sheet)[2]
        fitted = fit_layout(kept, read)
        if isinstance(fitted, Layout):
            return fitted, None
        misfit = misfit or fitted
    best = find_layout(rows, sheet=first)
    for sheet in [one for one in sheets[:_MOST_SHEETS] if one != first]:
        found = find_layout(sample_of(path, sheet)[2], sheet=sheet)
        if found is not None and (best is None or len(found.columns) > len(best.columns)):
            best = found
    return best, misfit or Misfit("new")


def lines_of(path: Path, layout: Layout) -> Iterator[Line | Bad]:
    """Yield the lines of the file as the layout has them. Raises TableError."""
    with open_table(path, sheet=layout.sheet or None) as table:
        rows: list[Row] = []
        faults: list[Bad] = []
        for row in table.rows():
            if row.fault is not None:
                faults.append(Bad(row.number, "fault", tuple(row.cells[:40])))
            else:
                rows.append((row.number, row.cells))
        yield from faults
        yield from read_lines(rows, layout)
