"""What happens to goods and prices, as others may hear it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from voronka.kit.events.log import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductSaved(Event):
    """A product was made or changed, with its variants, barcodes, kits, options or pictures."""

    subject: ClassVar = ("product", "product_id")
    product_id: int
    is_new: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductSwitched(Event):
    """A product was put on sale or taken off it."""

    subject: ClassVar = ("product", "product_id")
    product_id: int
    is_on_sale: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceChanged(Event):
    """A variant has another price of a kind from `since` on; `was` is what it would have cost then otherwise."""

    subject: ClassVar = ("variant", "variant_id")
    variant_id: int
    price_kind: str
    amount: Decimal | None
    was: Decimal | None
    since: str
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceHeld(Event):
    """The guard held a price back for a person to release or refuse."""

    subject: ClassVar = ("variant", "variant_id")
    variant_id: int
    price_kind: str
    amount: Decimal
    reasons: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceListLoaded(Event):
    """A supplier's price list was loaded: how many lines, how many rows were bad, how many lines wait for a person."""

    subject: ClassVar = ("supplier", "supplier_id")
    supplier_id: int
    load_id: int
    lines: int
    bad: int
    asked: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemBound(Event):
    """A person said which variant a supplier's good is."""

    subject: ClassVar = ("variant", "variant_id")
    supplier_id: int
    variant_id: int
    item_name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TermsChanged(Event):
    """A client pays another kind of price, or less, from `since` until `until`; empty and nought: as everybody does."""

    subject: ClassVar = ("client", "client_id")
    client_id: int
    price_kind: str
    discount_percent: Decimal
    since: str
    until: str
