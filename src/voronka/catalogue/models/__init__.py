"""Goods, prices and those who supply them."""

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
from voronka.catalogue.models.prices import ClientTerms, HeldPrice, Price, PriceKind, PriceRule
from voronka.catalogue.models.suppliers import Cost, Rate, Supplier

__all__ = [
    "Barcode",
    "Category",
    "ClientTerms",
    "Cost",
    "HeldPrice",
    "KitLine",
    "Option",
    "OptionGroup",
    "Picture",
    "Price",
    "PriceKind",
    "PriceRule",
    "Product",
    "Rate",
    "Related",
    "Supplier",
    "Variant",
]
