"""What others may ask of the catalogue."""

from voronka.catalogue.queries.cards import (
    VariantCard,
    find_variants,
    public_ids,
    variant_by_public_id,
    variants_by_ids,
)
from voronka.catalogue.queries.prices import price_now, terms_of, vat_percent

__all__ = [
    "VariantCard",
    "find_variants",
    "price_now",
    "public_ids",
    "terms_of",
    "variant_by_public_id",
    "variants_by_ids",
    "vat_percent",
]
