"""What happens to the stock, as others may hear it."""

from dataclasses import dataclass
from typing import ClassVar

from voronka.kit.events.log import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class GoodsReserved(Event):
    """Goods were promised to a record: an order, a cart. `state` is held or allocated."""

    subject: ClassVar = ("stock_holder", "holder_id")
    holder_kind: str
    holder_id: int
    state: str
    lines: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ReservationEnded(Event):
    """Goods that were promised came free: let go, or expired."""

    subject: ClassVar = ("stock_holder", "holder_id")
    holder_kind: str
    holder_id: int
    state: str
    lines: int


@dataclass(frozen=True, kw_only=True, slots=True)
class GoodsMoved(Event):
    """Goods went from place to place, in the lines of one operation."""

    subject: ClassVar = ("stock_operation", "first_move_id")
    first_move_id: int
    operation: str
    paper_kind: str
    paper_id: int | None
    lines: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceSaved(Event):
    """A place was made or changed."""

    subject: ClassVar = ("place", "place_id")
    place_id: int
    is_new: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class StockDocumentChanged(Event):
    """A paper of the stock was made, went on, was done or cancelled: `state` says which."""

    subject: ClassVar = ("stock_document", "stock_document_id")
    stock_document_id: int
    kind: str
    state: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SaleLost(Event):
    """Somebody wanted what was not there."""

    subject: ClassVar = ("variant", "variant_id")
    variant_id: int
    client_id: int | None
    quantity: str
    cause: str


@dataclass(frozen=True, kw_only=True, slots=True)
class BufferChanged(Event):
    """People set buffers of a place, by hand or by a file: how many are new, how many others changed."""

    subject: ClassVar = ("place", "place_id")
    place_id: int
    new: int
    changed: int


@dataclass(frozen=True, kw_only=True, slots=True)
class GoodsReordered(Event):
    """Orders and transfers were made of what was proposed."""

    subject: ClassVar = ("place", "place_id")
    place_id: int
    papers: int
    lines: int
