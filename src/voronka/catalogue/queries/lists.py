"""The list of goods: search, filters, order, pages by key, what the cells of a page need."""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from voronka.catalogue.models import Barcode, Price, PriceKind, Variant
from voronka.catalogue.queries.cards import ids_by_barcode, search_ids
from voronka.catalogue.queries.costs import costs_of
from voronka.catalogue.queries.prices import in_force
from voronka.catalogue.queries.tree import whole_names
from voronka.kit import facets
from voronka.kit.actors import Actor
from voronka.kit.db.among import held_in, not_in
from voronka.kit.errors import Invalid
from voronka.kit.keyed import fit

SUBJECT = "variant"
PAGE = 50
SIZES = (50, 100, 200, 500)
FOUND_LIMIT = 1_000
DEFAULT_SORT = "name"
SORTS = {"name": "sort_key", "code": "code"}
DEFAULT_COLUMNS = ("code", "category", "brand", "price", "on_sale")


@dataclass(frozen=True, slots=True)
class Ask:
    """What a list is asked for: text to find, filters (kit.facets), order ("-" before the code turns it), page."""

    text: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    sort: str = DEFAULT_SORT
    after: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A variant in a list with what its columns need; `cost` only where the columns ask for it, in roubles."""

    variant: Variant
    price: Decimal | None
    barcodes: Sequence[str]
    category: str
    cost: Decimal | None = None

    @property
    def is_on_sale(self) -> bool:
        """Tell whether it may be sold: the variant and its product."""
        return self.variant.is_on_sale and self.variant.product.is_on_sale


@dataclass(frozen=True, slots=True)
class GoodsPage:
    """A page of a list. `after` asks for the next page, empty at the end; `problems` of filters by code."""

    rows: Sequence[Row]
    after: str
    problems: Mapping[str, str]
    is_cut: bool = False


def read_page(actor: Actor, ask: Ask, *, now: datetime, size: int = PAGE, with_cost: bool = False) -> GoodsPage:
    """Return a page of variants. A wrong filter finds nothing and says why."""
    found, problems, is_cut = asked_of(actor, ask)
    if problems:
        return GoodsPage([], "", problems)
    ids, after = page_of(found, ask, size, now)
    return GoodsPage(list(_rows(ids, now, with_cost=with_cost)), after, {}, is_cut)


def page_of(found: "QuerySet[Variant]", ask: Ask, size: int, now: datetime) -> tuple[list[int], str]:
    """Return the ids of a page of variants in the asked order, and what asks for the next one, empty at the end."""
    places = _by_price(found, ask, now, size) if _code_of(ask) == "price" else _by_column(found, ask, size)
    return [pk for _value, pk in places[:size]], cursor_of(places[size - 1]) if len(places) > size else ""


def count_or_none(actor: Actor, ask: Ask, *, most: int) -> int | None:
    """Return how many variants the ask finds, counting no further than `most`; None where a filter makes no sense."""
    found, problems, _cut = asked_of(actor, ask)
    return None if problems else found.order_by()[:most].count()


def asked_variants(actor: Actor, ask: Ask) -> "QuerySet[Variant]":
    """Return the variants of an ask in no order, for verbs that take all of them. Raises Invalid for a wrong filter."""
    found, problems, _cut = asked_of(actor, ask)
    if problems:
        raise Invalid(_("A condition of this list makes no sense any more: look at the filters."), fields=problems)
    return found.order_by()


def walk_goods(actor: Actor, ask: Ask, *, now: datetime, chunk: int = 500, with_cost: bool = False) -> Iterator[Row]:
    """Yield every variant of the ask in its order, page by page, so memory stays flat."""
    after = ""
    while True:
        asked = Ask(ask.text, ask.filters, ask.sort, after)
        page = read_page(actor, asked, now=now, size=chunk, with_cost=with_cost)
        yield from page.rows
        after = page.after
        if not after:
            return


def asked_of(
    actor: Actor, ask: Ask, *, subject: str = SUBJECT
) -> "tuple[QuerySet[Variant], Mapping[str, str], bool]":
    """Return the variants of an ask, the problems of its filters, and whether the text finds more than is looked at.

    `subject` names the facets that the filters are of: those of a list of an upper part hold for variants as well.
    """
    wanted, problems = facets.condition(subject, dict(ask.filters), actor) if ask.filters else (Q(), {})
    found, is_cut = Variant.objects.filter(wanted), False
    if ask.text.strip() and not problems:
        ids = [*ids_by_barcode(ask.text), *search_ids(ask.text, most=FOUND_LIMIT)]
        found, is_cut = found.filter(pk__in=ids), len(ids) >= FOUND_LIMIT
    return found, problems, is_cut


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where a variant stands in the catalogue: its product's public id, its category, its brand."""

    product: str
    category_id: int | None
    brand: str


def shelves_of(ids: Sequence[int]) -> dict[int, Shelf]:
    """Return where variants stand in the catalogue, by id; unknown ids are left out."""
    columns = ("id", "product__public_id", "product__category_id", "product__brand")
    rows = Variant.objects.filter(pk__in=list(ids)).values_list(*columns)
    return {pk: Shelf(product, category_id, brand) for pk, product, category_id, brand in rows}


Places = list[tuple[Any, int]]


def _code_of(ask: Ask) -> str:
    return ask.sort.removeprefix("-")


def _by_column(found: "QuerySet[Variant]", ask: Ask, size: int) -> Places:
    """Return value and id of a page and one more, read in the order of an index."""
    code, is_down = _code_of(ask), ask.sort.startswith("-")
    column, is_down = (SORTS[code], is_down) if code in SORTS else (SORTS[DEFAULT_SORT], False)
    place = read_cursor(ask.after)
    side, turn = ("lt", "-") if is_down else ("gt", "")
    if place is not None and isinstance(place[0], str):
        bound = Q(**{f"{column}__{side}e": place[0]})
        found = found.filter(bound & (Q(**{f"{column}__{side}": place[0]}) | Q(**{f"pk__{side}": place[1]})))
    return list(found.order_by(f"{turn}{column}", f"{turn}id").values_list(column, "id")[: size + 1])


def _by_price(found: "QuerySet[Variant]", ask: Ask, now: datetime, size: int) -> Places:
    """Return price and id of a page and one more: those with a price first, in the order of the index of prices.

    Sorting all variants by a price that is looked up for each of them would take as long as there are variants.
    """
    is_down = ask.sort.startswith("-")
    side, turn = ("lt", "-") if is_down else ("gt", "")
    place = read_cursor(ask.after)
    kind = PriceKind.objects.filter(is_default=True).values("id")[:1]  # a join would hide the order of the index
    prices = Price.objects.filter(in_force(now), kind_id=Subquery(kind))
    places: Places = []
    amount = amount_of(place[0]) if place is not None else None
    if place is None or amount is not None:
        ids = found.order_by().values("id")
        rows = prices.filter(held_in("variant_id", ids) if ask.filters else Q(variant_id__in=ids))
        if place is not None:
            bound = Q(**{f"amount__{side}e": amount})
            rows = rows.filter(bound & (Q(**{f"amount__{side}": amount}) | Q(**{f"variant_id__{side}": place[1]})))
        ordered = rows.order_by(f"{turn}amount", f"{turn}variant_id").values_list("amount", "variant_id")
        places = list(ordered[: size + 1])
    if len(places) <= size:
        without = ~Exists(prices.filter(variant_id=OuterRef("pk")))
        lacking = found.filter(not_in("pk", prices.values("variant_id")) if ask.filters else without)
        if place is not None and amount is None:
            lacking = lacking.filter(**{f"pk__{side}": place[1]})
        rest = lacking.order_by(f"{turn}id").values_list("id", flat=True)[: size + 1 - len(places)]
        places += [(None, pk) for pk in rest]
    return places


def amount_of(value: object) -> Decimal | None:
    """Return the number that a cursor holds, None where it holds none that a list could have."""
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found.adjusted()) < 20 else None


def cursor_of(place: tuple[Any, int]) -> str:
    """Return what asks for the page behind a place: the value that the list is sorted by, and an id."""
    value = str(place[0]) if isinstance(place[0], Decimal) else place[0]
    text = json.dumps([value, place[1]], ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str) -> tuple[str | None, int] | None:
    """Read the place that a page began behind; a spoilt one is the beginning."""
    if not text:
        return None
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        found = None if value is None else str(value)
        fit(found)
        return (found, int(pk)) if abs(int(pk)) < 2**62 else None
    except (ValueError, TypeError, binascii.Error, OverflowError, RecursionError):
        return None


def _rows(ids: Sequence[int], now: datetime, *, with_cost: bool) -> Iterator[Row]:
    variants = Variant.objects.select_related("product").in_bulk(ids)
    prices = dict(
        Price.objects.filter(in_force(now), variant_id__in=ids, kind__is_default=True).values_list(
            "variant_id", "amount"
        )
    )
    codes: dict[int, list[str]] = {}
    for variant_id, value in (
        Barcode.objects.filter(variant_id__in=ids).order_by("id").values_list("variant_id", "value")
    ):
        codes.setdefault(variant_id, []).append(value)
    costs = costs_of(ids, now) if with_cost else {}
    categories = {one.product.category_id for one in variants.values() if one.product.category_id}
    names = whole_names(sorted(categories)) if categories else {}
    for pk in ids:
        if pk in variants:
            one = variants[pk]
            cost = costs.get(pk)
            yield Row(
                one,
                prices.get(pk),
                codes.get(pk, []),
                names.get(one.product.category_id or 0, ""),
                cost.amount if cost is not None else None,
            )
