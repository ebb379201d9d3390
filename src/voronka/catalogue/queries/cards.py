"""Variants as other parts need them: few plain values, by id, by code, by barcode, by what was typed."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from voronka.catalogue.models import Barcode, OptionGroup, Picture, PriceLoad, Product, Supplier, Variant
from voronka.catalogue.rules import barcodes
from voronka.catalogue.rules.units import sign_of
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.models import StoredFile
from voronka.kit.tenancy import current_company_id

QUERY_LIMIT = 200
_COLUMNS = (
    "id", "public_id", "code", "name", "product_id", "options", "is_weighed", "unit", "vat", "kind", "marking", "on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class VariantCard:
    """A variant in short. `unit` is a code of OKEI, `vat` for `vat_percent`; `is_on_sale` counts the product too."""

    id: int
    public_id: str
    code: str
    name: str
    product_id: int
    options: Mapping[str, str]
    is_weighed: bool
    unit: str
    vat: str
    kind: str
    marking: str
    is_on_sale: bool


def _cards(found: "QuerySet[Variant]") -> list[VariantCard]:
    rows = found.annotate(
        is_weighed=F("product__is_weighed"),
        unit=F("product__unit"),
        vat=F("product__vat"),
        kind=F("product__kind"),
        marking=F("product__marking"),
        on=Q(is_on_sale=True) & Q(product__is_on_sale=True),
    )
    return [VariantCard(*row) for row in rows.values_list(*_COLUMNS)]


def variants_by_ids(ids: Sequence[int]) -> dict[int, VariantCard]:
    """Return variants by id; unknown ids are left out."""
    return {card.id: card for card in _cards(Variant.objects.filter(pk__in=list(ids)))}


def get_variant(public_id: str) -> VariantCard:
    """Return the variant of a public id. Raises NotFound."""
    found = variant_by_public_id(public_id)
    if found is None:
        raise NotFound(_("There is no such variant."))
    return found


def barcodes_of(ids: Sequence[int]) -> dict[int, list[str]]:
    """Return the barcodes of variants by id, as they are printed; those without any are left out."""
    found: dict[int, list[str]] = {}
    rows = Barcode.objects.filter(variant_id__in=list(ids)).order_by("id")
    for variant_id, value in rows.values_list("variant_id", "value"):
        found.setdefault(variant_id, []).append(value)
    return found


def variant_by_public_id(public_id: str) -> VariantCard | None:
    """Return the variant of a public id, or None."""
    return next(iter(_cards(Variant.objects.filter(public_id=public_id))), None)


def variants_of_product(public_id: str) -> list[int]:
    """Return the ids of a product's variants in their order, none for a product that is not there."""
    rows = Variant.objects.filter(product__public_id=public_id).order_by("position", "id")
    return list(rows.values_list("id", flat=True))


def variants_by_public_ids(public_ids: Sequence[str]) -> list[VariantCard]:
    """Return the variants of public ids in no order; unknown ids are left out."""
    return _cards(Variant.objects.filter(public_id__in=list(public_ids)))


def variant_ids(public_ids: Collection[str]) -> dict[str, int]:
    """Return the ids of variants by public id; unknown ones are left out."""
    if not public_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT public_id, id FROM catalogue_variant WHERE company_id = %s AND public_id = ANY (%s::text[])",
            [current_company_id(), list(public_ids)],
        )
        return dict(cursor.fetchall())


def supplier_choices() -> list[tuple[int, str, str]]:
    """Return the suppliers in use by name: id, public id, name."""
    rows = Supplier.objects.filter(is_on=True).order_by("name")
    return list(rows.values_list("id", "public_id", "name"))


def is_whole(unit: str) -> bool:
    """Tell whether a unit, by its code in OKEI, is only had whole: pieces, packs, sets, pairs."""
    return unit in ("796", "778", "839", "715")


def unit_sign(unit: str) -> str:
    """Return the short sign of a unit by its code in OKEI."""
    return sign_of(unit)


def pictures_of(variant_ids: Sequence[int]) -> dict[int, str]:
    """Return the public id of the file of the first picture of each variant, its own before its product's."""
    rows = Variant.objects.filter(pk__in=list(variant_ids)).values_list("id", "product_id")
    of = dict(rows)
    pictures = Picture.objects.filter(product__in=set(of.values())).order_by("position", "id")
    files: dict[int, int] = {}
    for variant_id, product_id in of.items():
        mine = [one for one in pictures if one.product_id == product_id and one.variant_id in (None, variant_id)]
        mine.sort(key=lambda one: one.variant_id is None)
        if mine:
            files[variant_id] = mine[0].file_id
    signs = dict(StoredFile.objects.filter(pk__in=files.values()).values_list("id", "public_id"))
    return {variant_id: signs[file_id] for variant_id, file_id in files.items() if file_id in signs}


def find_variants(
    text: str = "", *, code: str = "", barcode: str = "", most: int = 20, on_sale: bool = False
) -> list[VariantCard]:
    """Return variants by exact code, by barcode as scanned (those of scales too), or by what was typed, best first.

    With `on_sale` only those that may be sold now.
    """
    if code:
        ids = list(Variant.objects.filter(code=code.strip()).values_list("id", flat=True))
    elif barcode:
        ids = ids_by_barcode(barcode)
    else:
        ids = search_ids(text, most=most * 2 if on_sale else most)
    known = variants_by_ids(ids)
    found = [known[one] for one in ids if one in known]
    return [one for one in found if one.is_on_sale or not on_sale][:most]


def ids_by_barcode(scanned: str) -> list[int]:
    """Return the ids of the variants that a scanned code means: at most one, however it is printed."""
    line = scanned.strip()[:QUERY_LIMIT].replace("\0", "")
    ids = list(Barcode.objects.filter(key=barcodes.key_of(line)).values_list("variant_id", flat=True))
    weighed = barcodes.read_weighed(line)
    if not ids and weighed is not None:
        ids = list(Variant.objects.filter(scale_code=weighed.scale_code).values_list("id", flat=True))
    return ids


def ids_by_codes(codes: Sequence[str]) -> dict[str, int]:
    """Return variants by article, else by barcode, exactly as they are written; unknown ones are left out."""
    found = dict(Variant.objects.filter(code__in=set(codes)).values_list("code", "id"))
    keys = {barcodes.key_of(one): one for one in codes if one not in found}
    rows = Barcode.objects.filter(key__in=set(keys)).values_list("key", "variant_id")
    return {keys[key]: variant_id for key, variant_id in rows} | found


def search_ids(text: str, *, most: int = 50) -> list[int]:
    """Return the ids of the variants that a typed text finds: by exact codes and barcodes first, then by words."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text[:QUERY_LIMIT]).split())
    if not line:
        return []
    words = line.upper().replace("Ё", "Е").split()[:6]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM catalogue_search(%s, %s, %s::text[], %s)", [line, barcodes.key_of(line), words, most]
        )
        return [row[0] for row in cursor.fetchall()]


def public_ids(kind: str, ids: Sequence[int]) -> dict[int, str]:
    """Return the public ids of products, variants, suppliers or price loads by id; unknown ids are left out."""
    models: dict[str, Any] = {"product": Product, "variant": Variant, "supplier": Supplier, "price_load": PriceLoad}
    return dict(models[kind].objects.filter(pk__in=list(ids)).values_list("id", "public_id"))


@dataclass(frozen=True, slots=True)
class Priced:
    """What chosen options do: they add `delta` to the price of one and take `parts` (variant: quantity) from stock."""

    delta: Decimal
    parts: Mapping[int, Decimal]


def price_options(variant_id: int, option_ids: Sequence[int], quantity: Decimal) -> Priced:
    """Return what options of a variant's product do for a quantity of it.

    Raises Invalid for an option of another product, one too many of a choice, a choice that must be made and was not.
    """
    groups = list(
        OptionGroup.objects.filter(product__variants=variant_id).order_by("position").prefetch_related("options")
    )
    chosen = set(option_ids)
    known = {one.pk for group in groups for one in group.options.all()}
    if chosen - known:
        raise Invalid(_("There is no such option of this product."), code="unknown_option")
    delta, parts = Decimal(0), dict[int, Decimal]()
    for group in groups:
        taken = [one for one in group.options.all() if one.pk in chosen]
        if group.is_required and not taken:
            raise Invalid(_("Choose: %(name)s.") % {"name": group.name}, code="option_needed")
        if len(taken) > group.most:
            words = _("%(name)s: choose at most %(most)d.") % {"name": group.name, "most": group.most}
            raise Invalid(words, code="too_many_options")
        for one in taken:
            delta += one.price_delta
            if one.part_id is not None and one.quantity is not None:
                parts[one.part_id] = parts.get(one.part_id, Decimal(0)) + one.quantity * quantity
    return Priced(delta, parts)


def taken_from_stock(quantities: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """Return what quantities of variants take from stock, summed up: kits as their parts, services nothing."""
    found: dict[int, Decimal] = {}
    for variant_id, parts in parts_of(list(quantities)).items():
        for part, needed in parts.items():
            found[part] = found.get(part, Decimal(0)) + needed * quantities[variant_id]
    return found


def parts_of(variant_ids: Sequence[int]) -> dict[int, dict[int, Decimal]]:
    """Return by variant what one piece of it takes from stock: itself, its parts for a kit, nothing for a service."""
    found: dict[int, dict[int, Decimal]] = {one: {} for one in variant_ids}
    lines = [{"line": one, "variant": one, "quantity": "1"} for one in found]
    if not lines:
        return found
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT line, variant_id, quantity FROM catalogue_take_apart(%s::jsonb, false) WHERE trouble = ''",
            [json.dumps(lines)],
        )
        for line, variant_id, quantity in cursor.fetchall():
            found[line][variant_id] = quantity
    return found
