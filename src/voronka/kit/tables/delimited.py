"""Rows of a text file: CSV, TSV and their kin, with the damage that exports from shops and old programs come with.

A quotation mark opened and never closed makes a plain CSV reader swallow the rows after it, in silence. Here
a record that grows without measure, or that spans lines and is ill quoted or too wide while its first line
alone has the right width, gives back its later lines: the first line becomes a faulty row, and reading goes
on behind it.
"""

import csv
import io
import os
from collections.abc import Iterator
from typing import BinaryIO

from .alphabet import MARK_UNREADABLE, UNREADABLE, find_encoding
from .errors import Fault, Reason, TableError
from .shapes import Limits
from .sniffing import SAMPLE_LINES, find_delimiter, record_widths, usual_width
from .wire import Plain, RowSink

LONGEST_LINE = 4_000_000
RECORD_LINES = 500
RECORD_CHARS = 1_000_000
BROKEN_ROWS = 100
SAMPLE_CHARS = 128 * 1024
LEAST_SHARE = 20  # lines that a row usually takes at most; more are marks that do not pair up


class Overgrown(Exception):
    """A record spans more lines or characters than any real one."""


class Lines(Iterator[str]):
    """Lines of a text, keeping those of the record being read so that they can be given back.

    `ended` says that the text ended in the middle of a record.
    """

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._returned: list[str] = []
        self._chars = 0
        self.record: list[str] = []
        self.number = 0
        self.ended = False

    def __next__(self) -> str:
        line = self._returned.pop() if self._returned else self._text.readline(LONGEST_LINE)
        if not line:
            self.ended = bool(self.record)
            raise StopIteration
        if len(line) >= LONGEST_LINE:
            raise TableError(Reason.LONG_LINE, self.number + 1, str(LONGEST_LINE))
        if "\0" in line:
            line = line.replace("\0", "")
        self.number += 1
        self.record.append(line)
        self._chars += len(line)
        if len(self.record) > 1 and (len(self.record) > RECORD_LINES or self._chars > RECORD_CHARS):
            raise Overgrown
        return line

    def begin(self) -> None:
        """Forget the record that was read: the next one starts."""
        self.record = []
        self._chars = 0

    def give_back(self) -> str:
        """Return the first line of the record; the others will be read again."""
        first, *others = self.record
        self._returned.extend(reversed(others))
        self.number -= len(others)
        self.ended = False
        self.begin()
        return first


class Records(Iterator[tuple[list[str], Fault | None]]):
    """Records of the lines with what is wrong with each; `chars` is the length of the last one."""

    def __init__(self, lines: Lines, delimiter: str, width: int) -> None:
        self._lines = lines
        self._delimiter = delimiter
        self._width = width
        self._broken = 0
        self._first_broken = 0
        self._reader = csv.reader(lines, delimiter=delimiter)
        self.chars = 0

    def __next__(self) -> tuple[list[str], Fault | None]:
        lines = self._lines
        lines.begin()
        try:
            cells = next(self._reader)
        except (Overgrown, csv.Error):
            return self._first_line_alone(), Fault.QUOTES
        record = lines.record
        # The reader asks for another line only inside quotation marks: then the file ended with them open.
        if lines.ended or (len(record) > 1 and self._swallowed(record, cells)):
            return self._first_line_alone(), Fault.QUOTES
        self.chars = len(record[0]) if len(record) == 1 else sum(map(len, record))
        if UNREADABLE in record[0] or (len(record) > 1 and UNREADABLE in "".join(record)):
            return [cell.replace(UNREADABLE, "\ufffd") for cell in cells], Fault.ENCODING
        return cells, None

    def _swallowed(self, record: list[str], cells: list[str]) -> bool:
        """Whether a record over several lines is rows run together: wrong width, or marks in the midst of text."""
        if len(record[0].split(self._delimiter)) != self._width:
            return False
        return len(cells) != self._width or not is_well_quoted(record, self._delimiter)

    def _first_line_alone(self) -> list[str]:
        first = self._lines.give_back()
        self._broken += 1
        self._first_broken = self._first_broken or self._lines.number
        if self._broken > BROKEN_ROWS:
            raise TableError(Reason.QUOTES, self._first_broken)
        self._reader = csv.reader(self._lines, delimiter=self._delimiter)
        self.chars = len(first)
        first = first.replace(UNREADABLE, "\ufffd")
        return next(csv.reader([first], delimiter=self._delimiter, quoting=csv.QUOTE_NONE), [])


def is_well_quoted(record: list[str], delimiter: str) -> bool:
    """Whether every quotation mark of the record opens or closes a cell or is doubled."""
    try:
        list(csv.reader(record, delimiter=delimiter, strict=True))
    except csv.Error:
        return False
    return True


def open_text(source: BinaryIO, encoding: str) -> io.TextIOWrapper:
    """Return the text with the ends of lines left as they are; what cannot be made out becomes UNREADABLE."""
    source.seek(0)
    if encoding in ("utf-16-le", "utf-16-be"):
        mark = source.read(2)
        if mark not in (b"\xff\xfe", b"\xfe\xff"):
            source.seek(0)
    try:
        return io.TextIOWrapper(source, encoding=encoding, errors=MARK_UNREADABLE, newline="")
    except LookupError as error:
        raise TableError(Reason.ENCODING, detail=encoding) from error


class DelimitedFile:
    """A text file whose encoding and delimiter are known or found."""

    def __init__(self, source: BinaryIO, limits: Limits, *, encoding: str | None, delimiter: str | None) -> None:
        self.encoding = encoding or find_encoding(source)
        self._source = source
        self._limits = limits
        sample = self._sample()
        self.delimiter = delimiter or find_delimiter(sample)
        widths = record_widths(sample, self.delimiter)
        self._width = usual_width(widths)
        if self._width > limits.columns:
            raise TableError(Reason.TOO_WIDE, 1, str(limits.columns))
        self.estimated_rows = self._estimate(sample, len(widths))

    def _sample(self) -> str:
        text = open_text(self._source, self.encoding)
        sample = text.read(SAMPLE_CHARS).replace("\0", "")
        text.detach()
        whole_lines = sample.rpartition("\n")[0] if len(sample) >= SAMPLE_CHARS else ""
        return whole_lines or sample

    def _estimate(self, sample: str, records: int) -> int:
        """Return about how many rows there are: a row with line ends in its cells is one."""
        breaks = max(sample.count("\n"), sample.count("\r"))
        bytes_a_char = 2 if self.encoding.startswith("utf-16") else 1
        weight = len(sample.encode("utf-8" if self.encoding.startswith("utf-8") else "latin-1", "replace"))
        size = self._source.seek(0, os.SEEK_END)
        lines = min(len(sample.splitlines()), SAMPLE_LINES)
        share = records / lines if lines and records * LEAST_SHARE >= lines else 1  # else marks that do not pair up
        return min(max(round(size * breaks * share / max(weight * bytes_a_char, 1)), 1), self._limits.rows)

    def send(self, sink: RowSink) -> None:
        """Send all rows; a heading `sep=;` is left out."""
        csv.field_size_limit(LONGEST_LINE)
        records = Records(Lines(open_text(self._source, self.encoding)), self.delimiter, self._width)
        add = sink.add
        for number, (cells, fault) in enumerate(records, 1):
            if number == 1 and len(cells) <= 2 and cells and cells[0].lower().startswith("sep="):
                continue
            values: list[Plain] = [cell or None for cell in cells]
            add(number, values, records.chars, fault)
