"""Categories and variants that conditions of other parts name."""

from collections.abc import Sequence

from voronka.catalogue.models import Category, Variant


def categories_of(variant_ids: Sequence[int]) -> dict[int, frozenset[int]]:
    """Return the ids of each variant's category and of all above it; empty where it lies in none."""
    rows = Variant.objects.filter(pk__in=list(variant_ids)).values_list("id", "product__category__path")
    return {pk: frozenset(int(part) for part in (path or "").split("/") if part) for pk, path in rows}


def category_ids(public_ids: Sequence[str]) -> dict[str, int]:
    """Return ids of categories by public id; unknown ones are left out."""
    rows = Category.objects.filter(public_id__in=list(public_ids))
    return dict(rows.values_list("public_id", "id"))


def variant_ids(public_ids: Sequence[str]) -> dict[str, int]:
    """Return ids of variants by public id; unknown ones are left out."""
    rows = Variant.objects.filter(public_id__in=list(public_ids))
    return dict(rows.values_list("public_id", "id"))
