"""Products with their variants: made, changed, put on sale and taken off."""

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from voronka.catalogue.events import ProductSaved, ProductSwitched
from voronka.catalogue.models import Category, KitLine, Product, Variant
from voronka.catalogue.permissions import EDIT
from voronka.catalogue.rules import units, vat
from voronka.catalogue.rules.names import printed
from voronka.catalogue.services.shapes import ProductDraft, VariantDraft
from voronka.catalogue.services.variants import clean_pairs, prepare_variants, write_variants
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.events import publish
from voronka.people.services.cleaning import Problems, fit

MOST_ATTRIBUTES, MOST_SWITCHED = 100, 10_000
_PLAIN = (
    "kind", "name", "unit", "is_weighed", "vat", "marking", "category_id", "brand", "description", "attributes",
    "is_on_sale",
)  # fmt: skip


def save_product(
    *, actor: Actor, draft: ProductDraft, now: datetime, public_id: str = "", version: int | None = None
) -> Product:
    """Make a product with its variants and barcodes, or change one; return it. Nothing differs: nothing is written.

    `version` is the product's when the actor read it. Raises Denied, NotFound, Conflict when somebody saved since,
    Invalid with the problems at their fields: `name`, `variants.0.code`, `variants.0.barcodes`.
    """
    actor.require(EDIT)
    try:
        with transaction.atomic():
            return _save(draft, now, public_id, version)
    except IntegrityError as error:  # another request took the code or the barcode in the same moment
        message = _("A code or a barcode was just taken by somebody else: look at them again.")
        raise Invalid(message, code="taken", fields={"variants": message}) from error


def _save(draft: ProductDraft, now: datetime, public_id: str, version: int | None) -> Product:
    product = get_locked(public_id) if public_id else Product(created_at=now)
    if public_id and version is not None and product.version != version:
        raise Conflict(_("While you were editing, a colleague saved this product. Look at it and save again."))
    problems = Problems()
    values = _clean(draft, product, problems)
    ready = prepare_variants(product, draft, problems)
    problems.settle()
    differ = [name for name in _PLAIN if getattr(product, name) != values[name]]
    was_on_sale = product.is_on_sale
    for name in differ:
        setattr(product, name, values[name])
    if not public_id:
        product.save(force_insert=True)
    touched = write_variants(product, ready)
    if public_id:
        _keep(product, differ, touched=touched)
    if not public_id or differ or touched:
        publish(ProductSaved(product_id=product.pk, is_new=not public_id))
    if public_id and was_on_sale != product.is_on_sale:
        publish(ProductSwitched(product_id=product.pk, is_on_sale=product.is_on_sale))
    return product


def _keep(product: Product, differ: Sequence[str], *, touched: bool) -> None:
    if differ or touched:
        product.version += 1
        product.save(update_fields=[*differ, "version"])


def get_locked(public_id: str) -> Product:
    """Lock a product and return it. Raises NotFound."""
    found = Product.objects.select_for_update().filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such product."))
    return found


def _clean(draft: ProductDraft, product: Product, problems: Problems) -> dict[str, Any]:
    name = fit("name", draft.name, 300, problems)
    if not name:
        problems.add("name", _("Give the product a name."))
    if draft.kind not in Product.Kind.values:
        problems.add("kind", _("Choose one of the list."))
    elif product.pk and draft.kind != Product.Kind.KIT and KitLine.objects.filter(kit__product=product).exists():
        problems.add("kind", _("This is made of parts: take them out first."))
    if draft.unit not in units.UNITS:
        problems.add("unit", _("Choose one of the list."))
    if draft.is_weighed and not units.UNITS.get(draft.unit, ("", True))[1]:
        problems.add("unit", _("What is weighed is counted in kilograms or another unit that divides."))
    if draft.vat not in vat.codes():
        problems.add("vat", _("Choose one of the list."))
    if draft.marking and draft.marking not in units.MARKING:
        problems.add("marking", _("Choose one of the list."))
    category = Category.objects.filter(public_id=draft.category).first() if draft.category else None
    if draft.category and category is None:
        problems.add("category", _("There is no such category."))
    if not product.pk and not draft.variants:
        problems.add("variants", _("A product has at least one variant."))
    return {
        "kind": draft.kind,
        "name": name,
        "unit": draft.unit,
        "is_weighed": draft.is_weighed,
        "vat": draft.vat,
        "marking": draft.marking,
        "category_id": category.pk if category else None,
        "brand": fit("brand", draft.brand, 120, problems),
        "description": fit("description", draft.description, 20_000, problems, lines=True),
        "attributes": clean_pairs("attributes", draft.attributes, MOST_ATTRIBUTES, problems),
        "is_on_sale": draft.is_on_sale,
    }


@transaction.atomic
def lock_product(public_id: str) -> Product:
    """Return a product that nobody else changes until the caller's transaction ends. Raises NotFound."""
    found = Product.objects.select_for_update().filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such product."))
    return found


def draft_of(product: Product) -> ProductDraft:
    """Return a product as a draft: what forms and programs begin a change with."""
    variants = Variant.objects.filter(product=product).order_by("position", "id").prefetch_related("barcodes")
    category = Category.objects.filter(pk=product.category_id).first() if product.category_id else None
    names = [one.name for one in dataclasses.fields(ProductDraft) if one.name not in ("category", "variants")]
    return ProductDraft(
        **{name: getattr(product, name) for name in names},
        category=category.public_id if category else "",
        variants=tuple(_variant_draft(product, one) for one in variants),
    )


def _variant_draft(product: Product, one: Variant) -> VariantDraft:
    names = [part.name for part in dataclasses.fields(VariantDraft) if part.name not in ("barcodes", "name")]
    codes = sorted(one.barcodes.all(), key=lambda code: code.pk)
    return VariantDraft(
        **{name: getattr(one, name) for name in names},
        name="" if one.name == printed(product.name, one.options) else one.name,
        barcodes=tuple(code.value for code in codes),
    )


@transaction.atomic
def switch_products(*, actor: Actor, public_ids: Sequence[str], is_on_sale: bool) -> int:
    """Put products on sale or take them off it; return how many differ now. Raises Denied, NotFound."""
    actor.require(EDIT)
    wanted = list(dict.fromkeys(public_ids))[:MOST_SWITCHED]
    rows = list(Product.objects.select_for_update().filter(public_id__in=wanted).order_by("id"))
    if len(rows) != len(wanted):
        raise NotFound(_("There is no such product."))
    differ = [one for one in rows if one.is_on_sale != is_on_sale]
    for one in differ:
        one.is_on_sale, one.version = is_on_sale, one.version + 1
    Product.objects.bulk_update(differ, ["is_on_sale", "version"])
    publish(*(ProductSwitched(product_id=one.pk, is_on_sale=is_on_sale) for one in differ))
    return len(differ)
