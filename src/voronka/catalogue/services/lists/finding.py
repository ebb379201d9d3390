"""Our variants found for a supplier's goods: by codes first, then by name; what is not sure waits for a person."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from voronka.catalogue.models import Barcode, ListChange, PriceLoad, Product, Supplier, SupplierItem, Variant
from voronka.catalogue.rules.barcodes import key_of as barcode_key
from voronka.catalogue.rules.matching import Answer, Goods, Match, Matcher, cut, learn
from voronka.catalogue.rules.matching.words import code_key
from voronka.catalogue.services.lists.writing import before_of

CHUNK = 500
_ANSWERS, _LEAST_SHOWN = 5_000, 0.05
Found = tuple[int, str]


class Shelf(NamedTuple):
    """The catalogue as the search needs it: variants by barcode and by maker's code, and all of them as goods."""

    by_barcode: Mapping[str, int]
    by_maker: Mapping[str, int]
    goods: Sequence[Goods]


def read_shelf() -> Shelf:
    """Read the whole catalogue: names with codes, about a second for 50,000."""
    by_maker: dict[str, set[int]] = defaultdict(set)
    goods = []
    sold = Variant.objects.exclude(product__kind=Product.Kind.SERVICE)
    for pk, name, code, maker_code, brand in sold.order_by("id").values_list(
        "id", "name", "code", "maker_code", "product__brand"
    ):
        if maker_code:
            by_maker[code_key(maker_code)].add(pk)
        shown = f"{name} {brand}" if brand and brand.lower() not in name.lower() else name
        goods.append(Goods(str(pk), shown, tuple(filter(None, (code, maker_code)))))
    single = {key: next(iter(ids)) for key, ids in by_maker.items() if len(ids) == 1 and len(key) >= 3}
    return Shelf(dict(Barcode.objects.values_list("key", "variant_id")), single, goods)


def by_codes(item: SupplierItem, shelf: Shelf) -> Found | None:
    """Return the variant that the item's barcode or maker's code names, and by which."""
    if item.barcode and (found := shelf.by_barcode.get(barcode_key(item.barcode))):
        return found, "barcode"
    if item.maker_code and (found := shelf.by_maker.get(code_key(item.maker_code))):
        return found, "maker"
    return None


def answers_of(supplier_id: int) -> list[Answer]:
    """Return what is known of the supplier's names: people's answers and what codes said, the latest first."""
    rows = SupplierItem.objects.filter(supplier_id=supplier_id, state="bound", how__in=("person", "barcode", "maker"))
    return [
        Answer(name, str(variant_id))
        for name, variant_id in rows.order_by("-answered_at", "-id").values_list("name", "variant_id")[:_ANSWERS]
    ]


def matcher_for(supplier_id: int, shelf: Shelf) -> Matcher:
    """Return the catalogue ready for this supplier's names, with what his answers taught."""
    answers = answers_of(supplier_id)
    known = {one.key: cut(one.name) for one in shelf.goods} if answers else {}
    return Matcher(shelf.goods, learn(answers, known) if answers else None)


def find_for(supplier: Supplier, *, states: Sequence[str], load: PriceLoad | None, now: datetime) -> dict[str, int]:
    """Find variants for the listed items in the states; return how many were found by what, and how many are asked.

    Bound ones stay as they are. Reads and compares outside of the writing transactions; a row that a person answered
    meanwhile is left alone. Every statement stands in a transaction.
    """
    with transaction.atomic():
        waiting = SupplierItem.objects.filter(supplier=supplier, state__in=states, is_listed=True)
        items = list(waiting.order_by("row", "id"))
        if not items:
            return {}
        shelf = read_shelf()
        matcher = matcher_for(supplier.pk, shelf)
    # What a person has taken back is not bound by itself again: he is asked, with the likeliest before him.
    coded = {item.pk: found for item in items if item.answered_at is None and (found := by_codes(item, shelf))}
    named = [item for item in items if item.pk not in coded]
    matches = dict(zip([item.pk for item in named], matcher.match([_full_name(item) for item in named]), strict=True))
    counts: dict[str, int] = defaultdict(int)
    for start in range(0, len(items), CHUNK):
        _write(items[start : start + CHUNK], states, coded, matches, load, counts)
    return dict(counts)


def _full_name(item: SupplierItem) -> str:
    brand = item.brand if item.brand.lower() not in item.name.lower() else ""
    return f"{item.name} {brand}".strip()


@transaction.atomic
def _write(
    items: Sequence[SupplierItem], states: Sequence[str], coded: Mapping[int, Found], matches: Mapping[int, Match],
    load: PriceLoad | None, counts: dict[str, int],
) -> None:  # fmt: skip
    ids = [item.pk for item in items]
    rows = SupplierItem.objects.select_for_update(no_key=True).filter(pk__in=ids, state__in=states).order_by("id")
    changed, changes = [], []
    for row in rows:
        before = before_of(row)
        if row.pk in coded:
            row.variant_id, row.how = coded[row.pk]
            row.state, row.certainty, row.candidates = "bound", 1.0, []
        else:
            _take_match(row, matches[row.pk])
        counts[row.how if row.state == "bound" else "asked"] += 1
        if load is not None:
            changes.append(ListChange(load=load, item=row, before=before))
        changed.append(row)
    fields = ["variant", "how", "state", "certainty", "candidates"]
    SupplierItem.objects.bulk_update(changed, fields, batch_size=CHUNK)
    # What this loading made or changed of a row has been noted already: the first note stands.
    ListChange.objects.bulk_create(changes, ignore_conflicts=True)


def _take_match(row: SupplierItem, match: Match) -> None:
    row.certainty = match.certainty
    row.candidates = [[int(one.key), round(one.score, 4)] for one in match.candidates if one.score > _LEAST_SHOWN]
    if match.is_sure and row.answered_at is None:
        row.state, row.how, row.variant_id = (
            "bound",
            "code" if match.by_code else "name",
            int(match.candidates[0].key),
        )
    else:
        row.state, row.how, row.variant_id = "asked", "", None
