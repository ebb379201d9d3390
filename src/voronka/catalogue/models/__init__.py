"""Goods, prices and those who supply them."""

from voronka.catalogue.models.feeds import Feed, FeedBlock, FeedCategory, FeedOffer, FeedState, FeedTouch
from voronka.catalogue.models.goods import (
    Barcode,
    Category,
    KitLine,
    Option,
    OptionGroup,
    Picture,
    Product,
    Related,
    Variant,
)
from voronka.catalogue.models.loading import BadRow, ListChange, ListLayout, PriceLoad, SupplierItem
from voronka.catalogue.models.prices import ClientTerms, HeldPrice, Price, PriceKind, PriceRule
from voronka.catalogue.models.sources import PriceSource, RefusedList, SeenLetter, SourceState
from voronka.catalogue.models.suppliers import Cost, Rate, Supplier

__all__ = [
    "BadRow",
    "Barcode",
    "Category",
    "ClientTerms",
    "Cost",
    "Feed",
    "FeedBlock",
    "FeedCategory",
    "FeedOffer",
    "FeedState",
    "FeedTouch",
    "HeldPrice",
    "KitLine",
    "ListChange",
    "ListLayout",
    "Option",
    "OptionGroup",
    "Picture",
    "Price",
    "PriceKind",
    "PriceLoad",
    "PriceRule",
    "PriceSource",
    "Product",
    "Rate",
    "RefusedList",
    "Related",
    "SeenLetter",
    "SourceState",
    "Supplier",
    "SupplierItem",
    "Variant",
]
