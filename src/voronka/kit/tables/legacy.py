"""Rows of XLS and ODS through calamine.

It holds the whole sheet and may abort the process: only ever in the caged child.
"""

from datetime import date, datetime, time, timedelta
from typing import BinaryIO

import python_calamine

from .errors import Reason, TableError
from .shapes import Cell, Limits
from .wire import RowSink, plain


class LegacyBook:
    """An XLS or ODS file, read whole."""

    def __init__(self, source: BinaryIO, limits: Limits) -> None:
        source.seek(0)
        try:
            self._book = python_calamine.CalamineWorkbook.from_filelike(source)
        except python_calamine.PasswordError as error:
            raise TableError(Reason.ENCRYPTED) from error
        except (python_calamine.CalamineError, OSError, ValueError) as error:
            raise TableError(Reason.TRUNCATED) from error
        self._limits = limits
        kinds = python_calamine.SheetTypeEnum
        shown = python_calamine.SheetVisibleEnum.Visible
        sheets = [sheet for sheet in self._book.sheets_metadata if sheet.typ == kinds.WorkSheet]
        self.sheets = [sheet.name for sheet in sheets]
        self._shown = [sheet.name for sheet in sheets if sheet.visible == shown]

    def choose(self, name: str | None) -> str:
        """Return the sheet of this name, or the first that is not hidden; raises TableError(NO_SHEET)."""
        if name is not None:
            if name not in self.sheets:
                raise TableError(Reason.NO_SHEET, detail=name)
            return name
        if not self.sheets:
            raise TableError(Reason.EMPTY)
        return (self._shown or self.sheets)[0]

    def estimate(self, sheet: str) -> int:
        """Return the number of rows of the sheet."""
        self._sheet = self._load(sheet)
        return min(max(self._sheet.total_height, 1), self._limits.rows)

    def _load(self, sheet: str) -> "python_calamine.CalamineSheet":
        try:
            return self._book.get_sheet_by_name(sheet)
        except (python_calamine.CalamineError, OSError, ValueError) as error:
            raise TableError(Reason.TRUNCATED) from error

    def send(self, sheet: str, sink: RowSink) -> None:
        """Send the rows of the sheet."""
        table = self._load(sheet)
        # calamine gives the empty rows before the first value, but not the empty columns.
        left = [None] * (table.start[1] if table.start else 0)
        for number, values in enumerate(table.iter_rows(), 1):
            cells = [*left, *(_cell(value) for value in values)]
            while len(cells) > self._limits.columns and cells[-1] is None:
                cells.pop()
            chars = sum(len(cell) for cell in cells if isinstance(cell, str))
            sink.add(number, [plain(cell) for cell in cells], chars)


def _cell(value: object) -> Cell:
    """Turn what calamine gives into a cell; times of day and durations become text."""
    if value is None or value == "":
        return None
    if isinstance(value, bool | int | datetime | date):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    if isinstance(value, time):
        return value.strftime("%H:%M:%S" if value.second else "%H:%M")
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60:02}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
    return str(value).replace("\0", "")
