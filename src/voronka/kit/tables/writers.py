"""Tables written to files, streamed, in which no cell a stranger typed becomes a formula.

A spreadsheet takes a cell that starts with = + - @ (also in full width), a tab or a carriage return for a
formula. CSV: such text gets an apostrophe before it. Spared is a sign followed by digits alone, as
+79212180560 or -12,5: with no operator and no name in it, it can only be a number, and phones stay usable; so
export phones in E.164. XLSX: text is written as text and marked "quoted", which is the spreadsheet's own
invisible apostrophe, so the value itself is unchanged and stays text when edited.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

Writable = str | int | float | Decimal | bool | datetime | date | None

RISKY = tuple("=+-@\t\r\n＝＋－＠")
SIGNED_NUMBER = re.compile(r"[+-]\d+(?:[.,]\d+)?", re.ASCII)
FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
LONGEST_CELL = 32_767
LOOKS_ESCAPED = re.compile(r"_x(?=[0-9A-Fa-f]{4}_)")


def is_risky(text: str) -> bool:
    """Whether a spreadsheet could take the text for a formula; blanks before it do not disarm it."""
    bare = text.lstrip(" \xa0\u200b\ufeff")
    return text.startswith(RISKY) or (bare.startswith(RISKY) and SIGNED_NUMBER.fullmatch(bare) is None)


def disarm(text: str) -> str:
    """Return the text as it may stand in CSV."""
    return f"'{text}" if is_risky(text) and SIGNED_NUMBER.fullmatch(text) is None else text


def write_csv(
    path: Path,
    rows: Iterable[Sequence[Writable]],
    *,
    delimiter: str = ";",
    decimal_sign: str = ",",
    encoding: str = "utf-8-sig",
) -> int:
    """Write the rows as CSV as Russian spreadsheets open it; return their number.

    Moments are written as their own clock shows; letters that the encoding lacks become `?`.
    """
    count = 0
    with path.open("w", encoding=encoding, errors="replace", newline="") as target:
        writer = csv.writer(target, delimiter=delimiter, lineterminator="\r\n")
        for row in rows:
            writer.writerow([_as_text(value, decimal_sign) for value in row])
            count += 1
    return count


def _as_text(value: Writable, decimal_sign: str) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return disarm(FORBIDDEN.sub("", value))
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float | Decimal):
        return (
            f"{value:f}".replace(".", decimal_sign)
            if isinstance(value, Decimal)
            else repr(value).replace(".", decimal_sign)
        )
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(sep=" ", timespec="seconds")
    return str(value)


def _escape(text: str) -> str:
    """XML reads a carriage return as a line feed, so XLSX writes it as `_x000D_`, and doubles what looks like that."""
    return LOOKS_ESCAPED.sub("_x005F_x", text).replace("\r", "_x000D_")


def write_xlsx(path: Path, rows: Iterable[Sequence[Writable]], *, sheet: str = "Sheet1", header_rows: int = 1) -> int:
    """Write the rows as XLSX; the first `header_rows` stay in view when scrolled. Return the number of rows.

    Cells longer than a spreadsheet allows are cut. Moments are written as their own clock shows.
    """
    # Here, not above: importing openpyxl takes 0.2 s and most processes never write a workbook.
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    page = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", sheet)[:31] or "Sheet1")
    if header_rows:
        page.freeze_panes = f"A{header_rows + 1}"
    count = 0
    for row in rows:
        cells: list[object] = []
        for value in row:
            if isinstance(value, str):
                text = _escape(FORBIDDEN.sub("", value)[:LONGEST_CELL])
                if is_risky(value) or value.startswith("#"):
                    cell = WriteOnlyCell(page, value=text)
                    cell.data_type = "s"
                    cell.quotePrefix = True
                    cells.append(cell)
                else:
                    cells.append(text)
            elif isinstance(value, datetime):
                cells.append(value.replace(tzinfo=None))
            else:
                cells.append(value)
        page.append(cells)
        count += 1
    book.save(path)
    return count
