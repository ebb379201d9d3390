"""Places, the ledger and its balances, promises, papers, lost sales."""

from voronka.stock.models.documents import Document, DocumentLine, Numbering, Scan
from voronka.stock.models.ledger import Balance, CostLayer, Lot, LotBalance, Move, Reservation, Worth
from voronka.stock.models.lost import LostSale
from voronka.stock.models.places import EXTERNAL, Keeping, Place, StockSettings

__all__ = [
    "EXTERNAL",
    "Balance",
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
    "Worth",
]
