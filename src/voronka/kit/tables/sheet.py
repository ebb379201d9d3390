"""The cells of a sheet and the shared strings of a workbook, taken from the XML as it streams by."""

import re
from datetime import date, datetime

from .errors import Reason, TableError
from .excel import from_serial
from .markup import LocalNames
from .shapes import Cell, Limits
from .strings import SharedStrings
from .wire import Plain, RowSink, plain

ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
LAST_COLUMN = 16_384
LAST_ROW = 1_048_576


def unescape(text: str) -> str:
    """Undo `_x000D_`: how XLSX writes control characters."""

    def sign(match: re.Match[str]) -> str:
        code = int(match[1], 16)
        return "" if code == 0 or 0xD800 <= code < 0xE000 else chr(code)

    return ESCAPED.sub(sign, text) if "_x" in text else text


def column_of(reference: str) -> int:
    """Return the number, from 0, of the column in a reference such as `AB12`; raises ValueError."""
    number = 0
    for sign in reference.rstrip("0123456789"):
        if not ("A" <= sign <= "Z" or "a" <= sign <= "z") or number > LAST_COLUMN:
            raise ValueError(reference)
        number = number * 26 + ord(sign.upper()) - 64
    if not 1 <= number <= LAST_COLUMN:
        raise ValueError(reference)
    return number - 1


class Columns(dict[str, int]):
    """Numbers of columns by their letters, remembered."""

    def __missing__(self, letters: str) -> int:
        number = self[letters] = column_of(letters)
        return number


class Letters:
    """Text of a cell or a shared string, gathered up to one character more than a cell may have."""

    def __init__(self, longest: int) -> None:
        self._room = self._longest = longest + 1
        self._pieces: list[str] = []

    def add(self, text: str) -> None:
        """Add text; what is beyond the limit is dropped, so that 400 MB of it cost nothing."""
        if self._room > 0:
            self._pieces.append(text[: self._room])
            self._room -= len(text)

    def take(self) -> str:
        """Return what was gathered and begin anew."""
        whole = "".join(self._pieces)
        self._pieces = []
        self._room = self._longest
        return whole


class StringsReader:
    """Handlers for the part of shared strings; phonetic hints (`rPh`) are not text."""

    def __init__(self, strings: SharedStrings, longest: int) -> None:
        self._strings = strings
        self._letters = Letters(longest)
        self._names = LocalNames()
        self._in_text = self._in_hint = False

    def start(self, name: str, _: dict[str, str]) -> None:
        """Begin an element."""
        local = self._names[name]
        if local == "rPh":
            self._in_hint = True
        elif local == "t":
            self._in_text = not self._in_hint

    def end(self, name: str) -> None:
        """End an element."""
        local = self._names[name]
        if local == "t":
            self._in_text = False
        elif local == "rPh":
            self._in_hint = False
        elif local == "si":
            self._strings.append(unescape(self._letters.take()).replace("\0", ""))

    def text(self, text: str) -> None:
        """Take text."""
        if self._in_text:
            self._letters.add(text)


class SheetReader:
    """Handlers for a sheet: cells gather into a row, a row goes to the sink."""

    def __init__(
        self, strings: SharedStrings, date_styles: set[str], epoch: datetime, limits: Limits, sink: RowSink
    ) -> None:
        self._strings = strings
        self._date_styles = date_styles
        self._epoch = epoch
        self._widest = limits.columns
        self._sink = sink
        self._letters = Letters(limits.cell_chars)
        self._names = LocalNames()
        self._columns = Columns()
        self._number = 0
        self._cells: list[Plain] = []
        self._chars = 0
        self._column = -1
        self._kind = "n"
        self._style = ""
        self._in_text = self._in_hint = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        local = self._names[name]
        if local == "c":
            reference = attributes.get("r")
            try:
                self._column = self._columns[reference.rstrip("0123456789")] if reference else self._column + 1
            except ValueError as error:
                raise TableError(Reason.TRUNCATED, self._number) from error
            self._kind = attributes.get("t", "n")
            self._style = attributes.get("s", "")
        elif local == "v":
            self._in_text = True
        elif local == "t":
            self._in_text = not self._in_hint
        elif local == "row":
            self._start_row(attributes.get("r"))
        elif local == "rPh":
            self._in_hint = True

    def end(self, name: str) -> None:
        """End an element."""
        local = self._names[name]
        if local == "v" or local == "t":
            self._in_text = False
        elif local == "c":
            raw = self._letters.take()
            if raw:
                self._put(raw)
        elif local == "row":
            self._sink.add(self._number, self._cells, self._chars)
        elif local == "rPh":
            self._in_hint = False

    def text(self, text: str) -> None:
        """Take text."""
        if self._in_text:
            self._letters.add(text)

    def _start_row(self, said: str | None) -> None:
        number = int(said) if said and said.isdecimal() and len(said) < 9 else self._number + 1
        if number > LAST_ROW:
            raise TableError(Reason.TOO_MANY_ROWS, number, str(LAST_ROW))
        self._number = number
        self._cells = []
        self._chars = 0
        self._column = -1

    def _put(self, raw: str) -> None:
        column, cells = self._column, self._cells
        if column > self._widest:
            column = self._widest  # one too many: the sink says so
        if column > len(cells):
            cells.extend([None] * (column - len(cells)))
        value = self._value(raw)
        if isinstance(value, str):
            self._chars += len(value)
        if column == len(cells):
            cells.append(plain(value))
        else:
            cells[column] = plain(value)

    def _value(self, raw: str) -> Cell:
        kind = self._kind
        if kind == "n":
            return self._number_or_date(raw)
        if kind == "s":
            try:
                return self._strings[int(raw)] or None
            except (ValueError, IndexError) as error:
                raise TableError(Reason.TRUNCATED, self._number) from error
        if kind == "b":
            return raw.strip() in ("1", "true")
        if kind == "d":
            return _iso(raw)
        return unescape(raw) or None

    def _number_or_date(self, raw: str) -> Cell:
        if raw.isdecimal() and len(raw) < 16 and self._style not in self._date_styles:
            return int(raw)
        try:
            value = float(raw)
        except ValueError:
            return raw
        if self._style in self._date_styles:
            return from_serial(value, self._epoch)
        if not value.is_integer() or abs(value) >= 1e15:
            return value if abs(value) < float("inf") else raw
        return int(value)


def _iso(raw: str) -> Cell:
    try:
        moment = datetime.fromisoformat(raw.strip()).replace(tzinfo=None)
    except ValueError:
        return raw
    return moment if moment.time() != datetime.min.time() else date(moment.year, moment.month, moment.day)
