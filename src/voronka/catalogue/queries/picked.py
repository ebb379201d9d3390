"""Categories and variants that conditions of other parts name."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from voronka.catalogue.models import Barcode, Category, Related, Variant
from voronka.catalogue.queries.cards import search_ids
from voronka.catalogue.queries.tree import branch_ids
from voronka.catalogue.rules import units


def categories_of(variant_ids: Sequence[int]) -> dict[int, frozenset[int]]:
    """Return the ids of each variant's category and of all above it; empty where it lies in none."""
    rows = Variant.objects.filter(pk__in=list(variant_ids)).values_list("id", "product__category__path")
    return {pk: frozenset(int(part) for part in (path or "").split("/") if part) for pk, path in rows}


def codes_within(public_id: str) -> tuple[QuerySet[Any, Any], QuerySet[Any, Any]]:  # rows of one text
    """Return the articles and the barcodes of the goods of a category and of all below it, for use in a statement."""
    below = branch_ids(public_id)
    articles = Variant.objects.filter(product__category__in=below).values("code")
    return articles, Barcode.objects.filter(variant__product__category__in=below).values("value")


def going_with(variant_ids: Sequence[int], *, most: int) -> list[int]:
    """Return what people have set to go with goods, one variant on sale of each product: accessories come first."""
    of = Variant.objects.filter(pk__in=list(variant_ids)).values("product_id")
    rows = Related.objects.filter(product__in=of).exclude(other__in=of).order_by("kind", "position", "id")
    others = list(dict.fromkeys(rows.values_list("other_id", flat=True)))
    sold = Variant.objects.filter(product__in=others, is_on_sale=True, product__is_on_sale=True)
    first = dict(sold.order_by("product_id", "position", "id").distinct("product_id").values_list("product_id", "id"))
    return [first[one] for one in others if one in first][:most]


def category_ids(public_ids: Sequence[str]) -> dict[str, int]:
    """Return ids of categories by public id; unknown ones are left out."""
    rows = Category.objects.filter(public_id__in=list(public_ids))
    return dict(rows.values_list("public_id", "id"))


def public_ids_of_categories(ids: Iterable[int]) -> dict[int, str]:
    """Return public ids of categories by id; unknown ones are left out."""
    return dict(Category.objects.filter(pk__in=set(ids)).values_list("id", "public_id"))


def variant_ids(public_ids: Sequence[str]) -> dict[str, int]:
    """Return ids of variants by public id; unknown ones are left out."""
    rows = Variant.objects.filter(public_id__in=list(public_ids))
    return dict(rows.values_list("public_id", "id"))


def on_sale_ids(
    categories: Sequence[int] | None,
    variants: Sequence[int] = (),
    *,
    text: str = "",
    public_ids: Sequence[str] | None = None,
    most: int = 500,
) -> list[int]:
    """Return ids of variants that are on sale, by name: of these categories (and all below them) and these variants.

    `categories` None are all goods. `text` narrows by words of the name or the article, `public_ids` to those named.
    """
    rows = Variant.objects.filter(is_on_sale=True, product__is_on_sale=True)
    if categories is not None:
        paths = Category.objects.filter(pk__in=list(categories)).values_list("path", flat=True)
        wanted = Q(pk__in=list(variants))
        for path in paths:
            wanted |= Q(product__category__path__startswith=path)
        rows = rows.filter(wanted)
    if public_ids is not None:
        rows = rows.filter(public_id__in=list(public_ids))
    if text.strip():
        rows = rows.filter(pk__in=search_ids(text, most=most))
    return list(rows.order_by("sort_key", "id").values_list("id", flat=True)[:most])


def unit_word(code: str) -> str:
    """Return the printed word of a unit by its code of OKEI."""
    return units.sign_of(code)
