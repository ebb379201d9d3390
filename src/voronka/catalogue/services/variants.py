"""Variants of a product and their barcodes: checked together, written where they differ."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext as _

from voronka.catalogue.models import Barcode, Product, Variant
from voronka.catalogue.rules import barcodes
from voronka.catalogue.rules.names import printed
from voronka.catalogue.services.locking import lock_whole
from voronka.catalogue.services.shapes import ProductDraft, VariantDraft
from voronka.catalogue.services.words import BARCODE_FAULTS
from voronka.kit.tenancy import current_company_id
from voronka.people.services.cleaning import Problems, fit

MOST_VARIANTS, MOST_BARCODES, MOST_OPTIONS = 200, 30, 10
MOST_SIZE = 100_000_000  # grams and millimetres: a hundred tons, a hundred kilometres
_SIZES = ("weight_g", "length_mm", "width_mm", "height_mm")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A variant ready to be written: the row there is or a new one, its values, its barcodes as they were read."""

    row: Variant
    values: dict[str, Any]
    codes: Sequence[barcodes.Read]


def prepare_variants(product: Product, draft: ProductDraft, problems: Problems) -> list[Prepared]:
    """Check the variants of a draft, one against the other and against all others of the company."""
    if len(draft.variants) > MOST_VARIANTS:
        problems.add("variants", _("A product has at most %(most)d variants.") % {"most": MOST_VARIANTS})
        return []
    rows = {one.public_id: one for one in Variant.objects.filter(product_id=product.pk)} if product.pk else {}
    ready = []
    for number, wanted in enumerate(draft.variants):
        row = rows.get(wanted.public_id) if wanted.public_id else Variant()
        if row is None:
            problems.add(f"variants.{number}", _("There is no such variant."))
            continue
        where = f"variants.{number}"
        ready.append(Prepared(row, _values(where, draft.name, wanted, problems), _codes(where, wanted, problems)))
    _check_codes(ready, problems)
    _check_barcodes(ready, problems)
    return ready


def _values(where: str, product_name: str, wanted: VariantDraft, problems: Problems) -> dict[str, Any]:
    options = clean_pairs(f"{where}.options", wanted.options, MOST_OPTIONS, problems)
    scale = wanted.scale_code.strip().lstrip("0")
    if scale and not (scale.isascii() and scale.isdigit() and len(scale) <= 5):
        problems.add(f"{where}.scale_code", _("The number for scales has at most five digits."))
    for name in _SIZES:
        size = getattr(wanted, name)
        if size is not None and not 0 < size <= MOST_SIZE:
            problems.add(f"{where}.{name}", _("Write a size that is more than nought."))
    return {
        "code": fit(f"{where}.code", wanted.code, 60, problems),
        "name": fit(f"{where}.name", wanted.name, 300, problems) or printed(" ".join(product_name.split()), options),
        "options": options,
        "maker_code": fit(f"{where}.maker_code", wanted.maker_code, 80, problems),
        "scale_code": scale,
        **{name: getattr(wanted, name) for name in _SIZES},
        "is_on_sale": wanted.is_on_sale,
    }


def clean_pairs(field: str, given: Mapping[str, str], most: int, problems: Problems) -> dict[str, str]:
    """Return names with values, both tidy, those without a value left out; note what is wrong."""
    if len(given) > most:
        problems.add(field, _("At most %(most)d of them.") % {"most": most})
        return {}
    found = {}
    for name, value in given.items():
        tidy, held = fit(field, str(name), 100, problems), fit(field, str(value), 500, problems)
        if tidy and held:
            found[tidy] = held
    return found


def _codes(where: str, wanted: VariantDraft, problems: Problems) -> list[barcodes.Read]:
    found: dict[str, barcodes.Read] = {}
    if len(wanted.barcodes) > MOST_BARCODES:
        problems.add(f"{where}.barcodes", _("A variant has at most %(most)d barcodes.") % {"most": MOST_BARCODES})
        return []
    for text in wanted.barcodes:
        try:
            read = barcodes.read(text)
        except ValueError as error:
            problems.add(f"{where}.barcodes", f"{text[:48]}: {BARCODE_FAULTS[str(error)]}")
            continue
        # A number that is as long as one of GTIN and does not fit is a slip; other lengths are codes of one's own.
        if read.kind == barcodes.CODE128 and read.value.isdigit() and len(read.value) == 11:
            problems.add(f"{where}.barcodes", f"{text[:48]}: {BARCODE_FAULTS['length']}")
        found[read.key] = read
    return list(found.values())


def _check_codes(ready: Sequence[Prepared], problems: Problems) -> None:
    """Note codes that two variants would share: two of the draft, or one with another product's."""
    for name, said in (
        ("code", _("Two variants cannot have one code.")),
        ("scale_code", _("Two variants cannot have one number for scales.")),
    ):
        seen: set[str] = set()
        for number, one in enumerate(ready):
            if one.values[name] and one.values[name] in seen:
                problems.add(f"variants.{number}.{name}", said)
            seen.add(one.values[name])
        asked = {one.values[name] for one in ready if one.values[name] and getattr(one.row, name) != one.values[name]}
        own = [one.row.pk for one in ready if one.row.pk]
        taken = Variant.objects.filter(**{f"{name}__in": asked}).exclude(pk__in=own) if asked else ()
        holders = {getattr(one, name): one.name for one in taken}
        for number, one in enumerate(ready):
            if one.values[name] in holders:
                words = _("“%(code)s” belongs to “%(name)s” already.")
                said_of = {"code": one.values[name], "name": holders[one.values[name]]}
                problems.add(f"variants.{number}.{name}", words % said_of)


def _check_barcodes(ready: Sequence[Prepared], problems: Problems) -> None:
    seen: dict[str, int] = {}
    for number, one in enumerate(ready):
        for code in one.codes:
            if seen.setdefault(code.key, number) != number:
                problems.add(
                    f"variants.{number}.barcodes", _("Two variants cannot have one barcode: %s") % code.value
                )
    rows = Barcode.objects.filter(key__in=list(seen)).select_related("variant") if seen else ()
    owners = {one.key: one.variant for one in rows}
    for key, number in seen.items():
        owner = owners.get(key)
        if owner is not None and owner.pk != ready[number].row.pk and not _gives_up(owner, key, ready):
            words = _("Barcode %(code)s belongs to “%(name)s” (%(article)s).")
            value = next(code.value for code in ready[number].codes if code.key == key)
            told = words % {"code": value, "name": owner.name, "article": owner.code}
            problems.add(f"variants.{number}.barcodes", told)


def _gives_up(owner: Variant, key: str, ready: Iterable[Prepared]) -> bool:
    """Tell whether a neighbour that has the barcode gives it away in the same draft."""
    return any(one.row.pk == owner.pk and all(code.key != key for code in one.codes) for one in ready)


def write_variants(product: Product, ready: Sequence[Prepared]) -> bool:
    """Write the variants and their barcodes where they differ; return whether anything did."""
    last = Variant.objects.filter(product=product).aggregate(last=Max("position"))["last"]
    place = -1 if last is None else last
    touched = _drop_barcodes(ready)
    for one in ready:
        values = dict(one.values)
        if not values["code"]:
            values["code"] = one.row.code or next_code()
        is_new = one.row._state.adding
        if is_new:
            place += 1
            one.row.product, one.row.position = product, place
        differ = [name for name, value in values.items() if getattr(one.row, name) != value]
        for name in differ:
            setattr(one.row, name, values[name])
        if is_new:
            one.row.save(force_insert=True)
        elif differ:
            one.row.save(update_fields=differ)
        touched |= bool(differ) | _write_barcodes(one)
    return touched


def _drop_barcodes(ready: Sequence[Prepared]) -> bool:
    """Take away what variants give up, before a neighbour takes it; return whether anything went."""
    gone = 0
    for one in ready:
        if not one.row._state.adding:
            rest = Barcode.objects.filter(variant=one.row).exclude(key__in=[code.key for code in one.codes])
            gone += rest.delete()[0]
    return bool(gone)


def _write_barcodes(one: Prepared) -> bool:
    held = set(Barcode.objects.filter(variant=one.row).values_list("key", flat=True))
    new = [code for code in one.codes if code.key not in held]
    Barcode.objects.bulk_create(
        [Barcode(variant=one.row, value=code.value, kind=code.kind, key=code.key) for code in new]
    )
    return bool(new)


def next_code() -> str:
    """Return the next free number as a code of the company: one more than its greatest, from 10001 on.

    Numbers of more than nine digits are not ours to go on from: a barcode that was typed as an article.
    """
    lock_whole("codes")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COALESCE(max(code::bigint), 10000) + 1 FROM catalogue_variant"
            " WHERE company_id = %s AND code ~ '^[1-9][0-9]{4,8}$'",
            [current_company_id()],
        )
        return str(cursor.fetchone()[0])
