"""The same forms as XLSX: every block on a fine grid of columns, numbers as numbers, nothing a formula."""

import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from voronka.billing.rules.papers.blocks import (
    Block,
    Box,
    Cell,
    Form,
    Lined,
    PageBreak,
    Picture,
    Qr,
    Rich,
    Row,
    Rule,
    Sign,
    Space,
    Table,
    Text,
)
from voronka.kit.tables.writers import FORBIDDEN, is_risky

GRID = {False: 96, True: 144}
WIDTH_MM = {False: 190.0, True: 277.0}
_LINE = 1.28  # the height of a line in sizes of its letters
_LETTER = 0.53  # the width of a letter in sizes, on the average of Russian text


@dataclass(frozen=True, slots=True)
class _Span:
    """Columns of the grid, from 1, the last one included."""

    first: int
    last: int

    def shared(self, widths: Sequence[float], gap: int = 0) -> list["_Span"]:
        """Cut the columns in shares, a gap between them; each has one at least."""
        whole, held = sum(widths), self.last - self.first + 1
        edges = [self.first]
        total = 0.0
        for place, width in enumerate(widths, 1):
            total += width
            edge = self.first + round(held * total / whole)
            edges.append(max(edge, edges[-1] + 1) if place < len(widths) else self.last + 1)
        return [
            _Span(first, max(first, after - 1 - (gap if after <= self.last else 0)))
            for first, after in pairwise(edges)
        ]


class _Sheet:
    """A page of a workbook on which blocks are put below one another."""

    def __init__(self, form: Form) -> None:
        from openpyxl import Workbook
        from openpyxl.utils import get_column_letter

        self.form = form
        self.book = Workbook()
        page: Any = self.book.active  # a workbook just made has its one sheet
        self.page = page
        self.page.title = "1"
        self.count = GRID[form.landscape]
        self.mm = WIDTH_MM[form.landscape] / self.count
        for column in range(1, self.count + 1):
            self.page.column_dimensions[get_column_letter(column)].width = self.mm / 2.0
        self.page.sheet_view.showGridLines = False
        self.page.page_setup.orientation = "landscape" if form.landscape else "portrait"
        self.page.page_setup.paperSize = 9
        self.page.page_setup.fitToHeight = 0
        self.page.sheet_properties.pageSetUpPr.fitToPage = True
        self.heights: dict[int, float] = {}

    def finish(self) -> bytes:
        """Return the workbook's bytes."""
        for row, height in self.heights.items():
            self.page.row_dimensions[row].height = height
        out = io.BytesIO()
        self.book.save(out)
        return out.getvalue()

    def put(self, blocks: Iterable[Block], row: int, span: _Span) -> int:
        """Put blocks below one another from a row on; return the first row after them."""
        for block in blocks:
            row = self._one(block, row, span)
        return row

    def _one(self, block: Block, row: int, span: _Span) -> int:
        if isinstance(block, Text):
            return self._text(block.text, row, span, size=block.size, bold=block.bold, align=block.align)
        if isinstance(block, Rich):
            words = "".join(text for text, _marks in block.runs)
            return self._text(f"{block.marker} {words}".strip(), row, span, size=block.size, align=block.align)
        if isinstance(block, Lined):
            return self._lined(block, row, span)
        if isinstance(block, Row):
            spans = span.shared(block.widths, 1)
            return max(self.put(cells, row, part) for cells, part in zip(block.cells, spans, strict=True))
        if isinstance(block, Table):
            return self._table(block, row, span)
        if isinstance(block, Sign):
            return self._sign(block, row, span)
        return self._other(block, row, span)

    def _other(self, block: Block, row: int, span: _Span) -> int:
        if isinstance(block, Box):
            return self.put(block.blocks, row, span)
        if isinstance(block, Rule):
            self._edge(row, span, "bottom")
            self._tall(row, 4)
            return row + 1
        if isinstance(block, Space):
            self._tall(row, block.height * 2.83)
            return row + 1
        if isinstance(block, PageBreak):
            from openpyxl.worksheet.pagebreak import Break

            self.page.row_breaks.append(Break(id=row - 1))
        if isinstance(block, Picture | Qr):
            return row  # pictures are signs of the paper that is sent, not of the sheet that is worked with
        return row

    def _text(
        self, text: str, row: int, span: _Span, *, size: float = 0, bold: bool = False, align: str = "left"
    ) -> int:
        self._write(Cell(text, bold=bold, align=align, size=size), row, span)
        self._tall(row, self._height(text, span, size))
        return row + 1

    def _lined(self, block: Lined, row: int, span: _Span) -> int:
        room = span.last - span.first + 1
        label = min(room // 2, math.ceil(len(block.label) * self._size(block.size) * _LETTER * 0.353 / self.mm) + 1)
        label = label if block.label else 0
        number = 4 if block.number and room > 12 else 0
        value = _Span(span.first + label, span.last - number)
        if label:
            self._write(Cell(block.label, size=block.size), row, _Span(span.first, span.first + label - 1))
        self._write(Cell(block.value, bold=block.bold, size=block.size, align=block.align), row, value)
        self._edge(row, value, "bottom")
        if number:
            self._write(Cell(block.number, size=block.size, align="right"), row, _Span(value.last + 1, span.last))
        self._tall(row, self._height(block.value, value, block.size))
        if block.caption:
            self._write(Cell(block.caption, size=5.5, align="center"), row + 1, value)
            self._tall(row + 1, self._height(block.caption, value, 5.5))
        return row + (2 if block.caption else 1)

    def _sign(self, block: Sign, row: int, span: _Span) -> int:
        widths = [block.role_width, *([0.9] if block.post is not None else []), 0.8, 1.0]
        spans = span.shared(widths, 1)
        values = [block.role, *([block.post] if block.post is not None else []), "", block.name]
        captions = ["", *(["(должность)"] if block.post is not None else []), "(подпись)", "(расшифровка подписи)"]
        for place, (part, value) in enumerate(zip(spans, values, strict=True)):
            self._write(Cell(value or "", size=block.size, align="left" if place == 0 else "center"), row, part)
            if place:
                self._edge(row, part, "bottom")
                if block.captions:
                    self._write(Cell(captions[place], size=5.5, align="center"), row + 1, part)
        self._tall(row, self._height(block.role, spans[0], block.size))
        if block.captions:
            self._tall(row + 1, 8)
        return row + (2 if block.captions else 1)

    def _table(self, block: Table, row: int, span: _Span) -> int:
        spans = span.shared(block.widths)
        taken: set[tuple[int, int]] = set()
        for place, cells in enumerate((*block.head, *block.rows)):
            self._table_row(block, cells, row, spans, taken, is_head=place < len(block.head))
            row += 1
        return row

    def _table_row(
        self,
        block: Table,
        cells: tuple[Cell, ...],
        row: int,
        spans: list[_Span],
        taken: set[tuple[int, int]],
        *,
        is_head: bool,
    ) -> None:
        column = 0
        for cell in cells:
            while (row, column) in taken:
                column += 1
            last = min(column + cell.span, len(spans)) - 1
            for down in range(cell.rows):
                taken |= {(row + down, at) for at in range(column, last + 1)}
            part = _Span(spans[column].first, spans[last].last)
            align = cell.align or (block.aligns[column] if not is_head and column < len(block.aligns) else "center")
            shown = Cell(
                cell.text,
                align=align,
                bold=cell.bold,
                size=cell.size or block.size,
                value=cell.value,
                places=cell.places,
            )
            self._write(shown, row, part, rows=cell.rows)
            if block.stroke and not cell.bare:
                self._frame(row, row + cell.rows - 1, part)
            self._tall(row, self._height(cell.text, part, cell.size or block.size) / cell.rows)
            column = last + 1

    # --- cells of the sheet ------------------------------------------------------------------------------------------

    def _write(self, cell: Cell, row: int, span: _Span, *, rows: int = 1) -> None:
        from openpyxl.styles import Alignment, Font

        target: Any = self.page.cell(row=row, column=span.first)
        if span.last > span.first or rows > 1:
            self.page.merge_cells(
                start_row=row, start_column=span.first, end_row=row + rows - 1, end_column=span.last
            )
        if cell.value is not None:
            target.value = cell.value
            target.number_format = "#,##0.00" if cell.places == 2 else "#,##0.###"
        elif cell.text:
            target.value = FORBIDDEN.sub("", cell.text)[:32_000]
            target.data_type = "s"
            if is_risky(cell.text):
                target.quotePrefix = True
        target.font = Font(name="Arial", size=self._size(cell.size), bold=cell.bold)
        target.alignment = Alignment(
            horizontal=cell.align or "left", vertical="center" if rows > 1 else "top", wrap_text=True
        )

    def _size(self, size: float) -> float:
        return size or self.form.size

    def _height(self, text: str, span: _Span, size: float) -> float:
        """Return the height in points that a text needs in its columns."""
        points = self._size(size)
        room = max(1.0, (span.last - span.first + 1) * self.mm / (points * _LETTER * 0.353))
        lines = sum(max(1, math.ceil(len(line) / room)) for line in (text or "").split("\n"))
        return lines * points * _LINE + 2

    def _tall(self, row: int, height: float) -> None:
        self.heights[row] = min(400.0, max(self.heights.get(row, 0.0), height))

    def _edge(self, row: int, span: _Span, side: str) -> None:
        from openpyxl.styles import Border, Side

        for column in range(span.first, span.last + 1):
            cell = self.page.cell(row=row, column=column)
            known = {name: getattr(cell.border, name) for name in ("left", "right", "top", "bottom")}
            cell.border = Border(**(known | {side: Side(style="thin")}))

    def _frame(self, first: int, last: int, span: _Span) -> None:
        for row in (first, last):
            self._edge(row, span, "top" if row == first else "bottom")
        if first == last:
            self._edge(first, span, "bottom")
        for row in range(first, last + 1):
            self._edge(row, _Span(span.first, span.first), "left")
            self._edge(row, _Span(span.last, span.last), "right")


def to_xlsx(form: Form) -> bytes:
    """Return a form as a workbook: sums and quantities are numbers, texts never formulas."""
    sheet = _Sheet(form)
    sheet.put(form.blocks, 1, _Span(1, sheet.count))
    return sheet.finish()
