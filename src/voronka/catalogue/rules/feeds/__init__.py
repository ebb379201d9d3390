"""Feeds of goods: offers as YML, CSV and JSON, and files put together of packed pieces."""

from .offers import Group, Offer, Shop, group_number, offer_id, page_by, tidy
from .packing import Piece, file_size, gzipped, pack, unpacked
from .writing import FORMATS, Format

__all__ = [
    "FORMATS",
    "Format",
    "Group",
    "Offer",
    "Piece",
    "Shop",
    "file_size",
    "group_number",
    "gzipped",
    "offer_id",
    "pack",
    "page_by",
    "tidy",
    "unpacked",
]
