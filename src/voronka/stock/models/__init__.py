"""Places, the ledger and its balances, promises, papers, buffers."""

from voronka.stock.models.documents import Document, DocumentLine, Numbering, Scan
from voronka.stock.models.ledger import Balance, CostLayer, Lot, LotBalance, Move, Reservation, Worth
from voronka.stock.models.places import EXTERNAL, Keeping, Place, StockSettings
from voronka.stock.models.replenishing import Buffer, LostSale, TagPrint

__all__ = [
    "EXTERNAL",
    "Balance",
    "Buffer",
    "CostLayer",
    "Document",
    "DocumentLine",
    "Keeping",
    "LostSale",
    "Lot",
    "LotBalance",
    "Move",
    "Numbering",
    "Place",
    "Reservation",
    "Scan",
    "StockSettings",
    "TagPrint",
    "Worth",
]
