"""Suppliers' price lists as they come: where the columns are, what each row says, what cannot be taken and why."""

from .columns import Kind, kind_of
from .layouts import Column, Layout, Misfit, find_layout, fit_layout
from .lines import Bad, Line, read_lines
from .packs import MOST_PIECES, pieces_of
from .values import Money, Quantity, read_money, read_quantity

__all__ = [
    "MOST_PIECES",
    "Bad",
    "Column",
    "Kind",
    "Layout",
    "Line",
    "Misfit",
    "Money",
    "Quantity",
    "find_layout",
    "fit_layout",
    "kind_of",
    "pieces_of",
    "read_lines",
    "read_money",
    "read_quantity",
]
