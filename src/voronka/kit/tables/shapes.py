"""What a table from outside looks like once read."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from .errors import Fault

Cell = str | int | float | bool | datetime | date | None


class Kind(StrEnum):
    """Format of the file, found by its content."""

    CSV = "csv"
    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"
    XML = "xml"


class Row(NamedTuple):
    """One row with a value in it. `number` counts from 1 as a spreadsheet does, empty rows included.

    With a `fault` the cells are what could be read of it, for showing to a person, not for use.
    """

    number: int
    cells: list[Cell]
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one reading. `silent_seconds`: how long the child may take between two batches of rows.

    Defaults carry 1,000,000 rows of XLSX; a cell is as long as a spreadsheet's may be.
    """

    file_mib: int = 200
    unpacked_mib: int = 3000
    rows: int = 1_000_000
    columns: int = 300
    cell_chars: int = 32_767
    memory_mib: int = 512
    cpu_seconds: int = 900
    silent_seconds: float = 60.0
