"""What others may ask of the catalogue."""

from voronka.catalogue.queries.cards import (
    Priced,
    VariantCard,
    barcodes_of,
    find_variants,
    get_variant,
    ids_by_codes,
    is_whole,
    parts_of,
    pictures_of,
    price_options,
    public_ids,
    supplier_choices,
    taken_from_stock,
    unit_sign,
    variant_by_public_id,
    variant_ids,
    variants_by_ids,
    variants_by_public_ids,
    variants_of_product,
)
from voronka.catalogue.queries.costs import asked_by_suppliers, costs_of, lead_days, lead_days_of
from voronka.catalogue.queries.feeds import pages_of
from voronka.catalogue.queries.prices import price_now, terms_of, vat_percent
from voronka.catalogue.queries.tree import (
    branch_ids,
    category_names,
    product_id_of,
    products_below,
    products_by_ids,
    whole_names,
)

SEE_RIGHT = "catalogue.see"  # what upper parts ask of an actor before they show goods

__all__ = [
    "SEE_RIGHT",
    "Priced",
    "VariantCard",
    "asked_by_suppliers",
    "barcodes_of",
    "branch_ids",
    "category_names",
    "costs_of",
    "find_variants",
    "get_variant",
    "ids_by_codes",
    "is_whole",
    "lead_days",
    "lead_days_of",
    "pages_of",
    "parts_of",
    "pictures_of",
    "price_now",
    "price_options",
    "product_id_of",
    "products_below",
    "products_by_ids",
    "public_ids",
    "supplier_choices",
    "taken_from_stock",
    "terms_of",
    "unit_sign",
    "variant_by_public_id",
    "variant_ids",
    "variants_by_ids",
    "variants_by_public_ids",
    "variants_of_product",
    "vat_percent",
    "whole_names",
]
