"""Rows of an XLSX workbook, streamed: the memory used does not grow with the sheet.

openpyxl's read-only mode was the first choice; it keeps all shared strings and a trace of every row, takes
four times as long, and reads through names that are its own affair. So this is a reader of our own over
expat, compared with openpyxl in the tests. Source of the format: ECMA-376 part 1, 18.3 (sheets), 18.4 (shared
strings), 18.8 (styles).
"""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable
from typing import IO, BinaryIO

from .errors import Reason, TableError
from .excel import BUILT_IN_DATES, EPOCH_1900, EPOCH_1904, is_date_format
from .markup import LocalNames, stream
from .shapes import Limits
from .sheet import SheetReader, StringsReader
from .strings import SharedStrings
from .wire import RowSink


class Workbook:
    """An XLSX file open for reading: names of its sheets, its shared strings, its date styles."""

    def __init__(self, source: BinaryIO, limits: Limits) -> None:
        try:
            self._archive = zipfile.ZipFile(source)
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise TableError(Reason.TRUNCATED) from error
        self._limits = limits
        self._names = {name.replace("\\", "/").lstrip("/").lower(): name for name in self._archive.namelist()}
        self._path = "xl/workbook.xml"
        for kind, target in self._relations("").values():
            if kind == "officeDocument":
                self._path = target
        self._epoch = EPOCH_1900
        self._sheets: dict[str, str] = {}
        self._hidden: set[str] = set()
        self._read_book()
        self._date_styles = self._read_styles()
        self._strings = SharedStrings()

    @property
    def sheets(self) -> list[str]:
        """Names of the sheets that hold cells, in the workbook's order."""
        return list(self._sheets)

    def choose(self, name: str | None) -> str:
        """Return the sheet of this name, or the first that is not hidden; raises TableError(NO_SHEET)."""
        if name is not None:
            if name not in self._sheets:
                raise TableError(Reason.NO_SHEET, detail=name)
            return name
        shown = [sheet for sheet in self._sheets if sheet not in self._hidden]
        if not self._sheets:
            raise TableError(Reason.EMPTY)
        return (shown or self.sheets)[0]

    def estimate(self, sheet: str) -> int:
        """Return the number of rows the sheet says it has, or a guess by its size."""
        member = self._member(self._sheets[sheet])
        with self._open(member) as source:
            head = source.read(8192)
        said = re.search(rb'<(?:\w+:)?dimension ref="[A-Z]+\d+:[A-Z]+(\d+)"', head)
        rows = int(said[1]) if said else self._archive.getinfo(member).file_size // 500
        return min(max(rows, 1), self._limits.rows)

    def send(self, sheet: str, sink: RowSink) -> None:
        """Send the rows of the sheet.

        Formulas give their stored results, merged cells stand in their first cell only.
        """
        if self._has_strings():
            self._read_strings()
        reader = SheetReader(self._strings, self._date_styles, self._epoch, self._limits, sink)
        with self._open(self._member(self._sheets[sheet])) as source:
            stream(source, reader.start, reader.end, reader.text, after_piece=lambda: False)

    def _member(self, path: str) -> str:
        try:
            return self._names[path.lower()]
        except KeyError as error:
            raise TableError(Reason.TRUNCATED, detail=path) from error

    def _open(self, member: str) -> "Unpacked":
        try:
            return Unpacked(self._archive.open(member))
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
            raise TableError(Reason.TRUNCATED) from error

    def _each(self, path: str, start: Callable[[str, dict[str, str]], None]) -> None:
        """Call `start` with the local name and the attributes, by local names too, of every element of a part."""
        names = LocalNames()

        def begin(name: str, attributes: dict[str, str]) -> None:
            start(names[name], {names[key]: value for key, value in attributes.items()})

        with self._open(self._member(path)) as source:
            stream(source, begin, lambda _: None, lambda _: None, after_piece=lambda: False)

    def _relations(self, path: str) -> dict[str, tuple[str, str]]:
        """Return id to (kind, path in the archive) of what a part refers to."""
        folder, name = posixpath.split(path)
        own = posixpath.join(folder, "_rels", f"{name}.rels")
        found: dict[str, tuple[str, str]] = {}
        if own.lower() not in self._names:
            return found

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "Relationship" and attributes.get("TargetMode") != "External":
                target = attributes.get("Target", "").replace("\\", "/")
                whole = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
                kind = attributes.get("Type", "").rpartition("/")[2]
                found[attributes.get("Id", "")] = kind, posixpath.normpath(whole)

        self._each(own, start)
        return found

    def _read_book(self) -> None:
        relations = self._relations(self._path)
        self._parts = dict(relations.values())

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
                self._epoch = EPOCH_1904
            if name == "sheet" and relations.get(attributes.get("id", ""), ("", ""))[0] == "worksheet":
                title = attributes.get("name", "")
                self._sheets[title] = relations[attributes["id"]][1]
                if attributes.get("state", "visible") != "visible":
                    self._hidden.add(title)

        self._each(self._path, start)

    def _read_styles(self) -> set[str]:
        """Return the numbers of the cell styles whose numbers are dates."""
        formats: dict[str, str] = {}
        styles: list[str] = []
        inside: list[bool] = [False]

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "numFmt":
                formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            elif name in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
                inside[0] = name == "cellXfs"
            elif name == "xf" and inside[0]:
                styles.append(attributes.get("numFmtId", "0"))

        path = self._parts.get("styles", "")
        if path.lower() in self._names:
            self._each(path, start)
        return {
            str(index)
            for index, number in enumerate(styles)
            if (is_date_format(formats[number]) if number in formats else _is_built_in_date(number))
        }

    def _has_strings(self) -> bool:
        return self._parts.get("sharedStrings", "").lower() in self._names

    def _read_strings(self) -> None:
        reader = StringsReader(self._strings, self._limits.cell_chars)
        with self._open(self._member(self._parts["sharedStrings"])) as source:
            stream(source, reader.start, reader.end, reader.text, after_piece=lambda: False)
        self._strings.close_block()


def _is_built_in_date(number: str) -> bool:
    return number.isdecimal() and int(number) in BUILT_IN_DATES


class Unpacked:
    """A member of the archive whose damage is told as a TableError."""

    def __init__(self, member: IO[bytes]) -> None:
        self._member = member

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        try:
            return self._member.read(size)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
            raise TableError(Reason.TRUNCATED) from error

    def __enter__(self) -> "Unpacked":
        return self

    def __exit__(self, *_: object) -> None:
        self._member.close()
