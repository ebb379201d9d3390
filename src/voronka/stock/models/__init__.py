"""Places, the ledger and its balances, promises, papers, lost sales, buffers, kept sums, tags."""

from voronka.stock.models.documents import Document, DocumentLine, Numbering, Scan
from voronka.stock.models.ledger import Balance, CostLayer, Lot, LotBalance, Move, Reservation, Worth
from voronka.stock.models.lost import LostSale
from voronka.stock.models.places import EXTERNAL, Keeping, Place, StockSettings
from voronka.stock.models.replenishing import Buffer, Replenishment
from voronka.stock.models.sums import GoodsSum
from voronka.stock.models.tags import TagPrint

__all__ = [
    "EXTERNAL",
    "Balance",
    "Buffer",
    "CostLayer",
    "Document",
    "DocumentLine",
    "GoodsSum",
    "Keeping",
    "LostSale",
    "Lot",
    "LotBalance",
    "Move",
    "Numbering",
    "Place",
    "Replenishment",
    "Reservation",
    "Scan",
    "StockSettings",
    "TagPrint",
    "Worth",
]
