"""Suppliers' price lists: loaded, found in the catalogue, asked about, taken back."""

from voronka.catalogue.services.lists.answering import (
    Answered,
    bind_item,
    find_again,
    make_goods,
    refuse_item,
    skip_item,
    take_answer_back,
)
from voronka.catalogue.services.lists.packing import pieces_for, pieces_in
from voronka.catalogue.services.lists.running import load, undo_load
from voronka.catalogue.services.lists.starting import confirm_layout, drop_load, get_load, get_supplier, start_load

__all__ = [
    "Answered",
    "bind_item",
    "confirm_layout",
    "drop_load",
    "find_again",
    "get_load",
    "get_supplier",
    "load",
    "make_goods",
    "pieces_for",
    "pieces_in",
    "refuse_item",
    "skip_item",
    "start_load",
    "take_answer_back",
    "undo_load",
]
