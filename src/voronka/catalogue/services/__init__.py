"""Verbs of the catalogue."""

from voronka.catalogue.services.buying import (
    Asked,
    SupplierDraft,
    save_supplier,
    set_costs,
    set_rate,
)
from voronka.catalogue.services.categories import category_for, delete_category, move_category, save_category
from voronka.catalogue.services.kinds import KindDraft, delete_kind, save_kind, ship_kinds
from voronka.catalogue.services.kits import set_kit_lines, set_options, set_related
from voronka.catalogue.services.pictures import MOST_PICTURE, add_picture, delete_picture, order_pictures
from voronka.catalogue.services.pricing import Done, Wish, call_off, end_price, set_price, set_prices
from voronka.catalogue.services.products import draft_of, lock_product, save_product, switch_products
from voronka.catalogue.services.releasing import refuse_prices, release_prices
from voronka.catalogue.services.rules import RuleDraft, apply_rules, delete_rule, get_rule, move_rule, save_rule
from voronka.catalogue.services.shapes import GroupDraft, OptionDraft, ProductDraft, VariantDraft
from voronka.catalogue.services.terms import end_terms, set_terms

__all__ = [
    "MOST_PICTURE",
    "Asked",
    "Done",
    "GroupDraft",
    "KindDraft",
    "OptionDraft",
    "ProductDraft",
    "RuleDraft",
    "SupplierDraft",
    "VariantDraft",
    "Wish",
    "add_picture",
    "apply_rules",
    "call_off",
    "category_for",
    "delete_category",
    "delete_kind",
    "delete_picture",
    "delete_rule",
    "draft_of",
    "end_price",
    "end_terms",
    "get_rule",
    "lock_product",
    "move_category",
    "move_rule",
    "order_pictures",
    "refuse_prices",
    "release_prices",
    "save_category",
    "save_kind",
    "save_product",
    "save_rule",
    "save_supplier",
    "set_costs",
    "set_kit_lines",
    "set_options",
    "set_price",
    "set_prices",
    "set_rate",
    "set_related",
    "set_terms",
    "ship_kinds",
    "switch_products",
]
