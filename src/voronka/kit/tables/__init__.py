"""Tables in files: read from outside in a caged child process, written so that no cell becomes a formula."""

from .errors import Fault, Reason, TableError, explain, explain_fault
from .reader import Table, open_table
from .shapes import Cell, Kind, Limits, Row
from .writers import write_csv, write_xlsx

__all__ = [
    "Cell",
    "Fault",
    "Kind",
    "Limits",
    "Reason",
    "Row",
    "Table",
    "TableError",
    "explain",
    "explain_fault",
    "open_table",
    "write_csv",
    "write_xlsx",
]
