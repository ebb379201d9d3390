"""What runs in the caged child: finds out what the file on standard input is, and sends its rows out."""

import json
import os
import sys
import warnings
from typing import BinaryIO, Protocol

from voronka.kit import cage

from .errors import Reason, TableError
from .shapes import Kind, Limits
from .sniffing import find_kind
from .wire import DONE, META, REFUSED, RowSink

OUT = 1
TEMPORARY_MIB = 1024  # for the shared strings of a workbook


class Book(Protocol):
    """A workbook of any kind."""

    @property
    def sheets(self) -> list[str]:
        """Names of the sheets."""

    def choose(self, name: str | None) -> str:
        """Return the sheet to read."""

    def estimate(self, sheet: str) -> int:
        """Return about how many rows it has."""

    def send(self, sheet: str, sink: RowSink) -> None:
        """Send its rows."""


def main(arguments: list[str]) -> None:
    """Read the file as ordered (JSON of `open_table`) and end; every failure is told in a last frame, or by dying."""
    order = json.loads(arguments[0])
    limits = Limits(**order["limits"])
    warnings.simplefilter("ignore")
    cage.confine(memory_mib=limits.memory_mib, cpu_seconds=limits.cpu_seconds, file_mib=TEMPORARY_MIB)
    try:
        _read(sys.stdin.buffer, order, limits)
    except TableError as error:
        cage.write_frame(OUT, REFUSED, {"code": error.code, "row": error.row, "detail": error.detail})
    except MemoryError:
        cage.write_frame(OUT, REFUSED, {"code": Reason.MEMORY, "row": 0, "detail": ""})
    except Exception as error:  # noqa: BLE001 - a file no one foresaw must end in words, not in silence
        if isinstance(error, BrokenPipeError):
            os._exit(0)  # the parent has read enough
        told = {"code": Reason.TRUNCATED, "row": 0, "detail": type(error).__name__}
        cage.write_frame(OUT, REFUSED, told)


def _read(source: BinaryIO, order: dict[str, str | None], limits: Limits) -> None:
    kind = find_kind(source, limits)
    sink = RowSink(OUT, limits)
    told: dict[str, object] = {"kind": kind, "sheets": [], "sheet": None, "encoding": None, "delimiter": None}
    if kind is Kind.CSV:
        from .delimited import DelimitedFile

        text = DelimitedFile(source, limits, encoding=order["encoding"], delimiter=order["delimiter"])
        told |= {"encoding": text.encoding, "delimiter": text.delimiter, "estimated_rows": text.estimated_rows}
        cage.write_frame(OUT, META, told)
        text.send(sink)
    else:
        book = _open_book(kind, source, limits)
        sheet = book.choose(order["sheet"])
        told |= {"sheets": book.sheets, "sheet": sheet, "estimated_rows": book.estimate(sheet)}
        cage.write_frame(OUT, META, told)
        book.send(sheet, sink)
    sink.finish()
    cage.write_frame(OUT, DONE, {"peak_kib": cage.peak_kib()})


def _open_book(kind: Kind, source: BinaryIO, limits: Limits) -> Book:
    """Only the reader that is needed is imported: start and memory of the child count."""
    if kind is Kind.XLSX:
        from .workbook import Workbook

        return Workbook(source, limits)
    if kind is Kind.XML:
        from .elements import ElementBook

        return ElementBook(source, limits)
    from .legacy import LegacyBook

    return LegacyBook(source, limits)
