"""The list of the stock: goods by search, filters and order, with what lies where on each row of a page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from voronka.catalogue import queries as catalogue
from voronka.catalogue.queries import asked, lists
from voronka.catalogue.queries.tree import whole_names
from voronka.kit.actors import Actor
from voronka.kit.db.among import held_in, not_in
from voronka.stock.models import Balance, Place, Worth
from voronka.stock.models.sums import NUMBERS
from voronka.stock.permissions import SEE, SEE_COST
from voronka.stock.queries import sums
from voronka.stock.queries.balances import expected

SUBJECT = "stock"
SORTED = ("name", "code", *NUMBERS)
NONE = Decimal(0)


@dataclass(slots=True)
class Lying:
    """What of a variant lies in one place, and how much of it is promised."""

    on_hand: Decimal = NONE
    reserved: Decimal = NONE


@dataclass(slots=True)
class StockRow:
    """A variant in the list: sums over the company's places without what is on the way; `places` by id.

    `available` counts places that sell; `worth` is what all of it cost, None where the reader may not see it.
    """

    card: catalogue.VariantCard
    product: str
    category: str = ""
    brand: str = ""
    barcodes: Sequence[str] = ()
    on_hand: Decimal = NONE
    reserved: Decimal = NONE
    available: Decimal = NONE
    expected: Decimal = NONE
    worth: Decimal | None = None
    places: dict[int, Lying] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StockPage:
    """A page of the list. `after` asks for the next one, empty at the end; `problems` of filters by code."""

    rows: Sequence[StockRow]
    after: str
    problems: Mapping[str, str]
    is_cut: bool = False


def read_page(actor: Actor, ask: lists.Ask, *, now: datetime, size: int = lists.PAGE) -> StockPage:
    """Return a page of goods with what lies where. A wrong filter finds nothing and says why."""
    actor.require(SEE)
    found, problems, is_cut = lists.asked_of(actor, ask, subject=SUBJECT)
    if problems:
        return StockPage([], "", problems)
    goods, code = found.filter(product__kind="goods"), ask.sort.removeprefix("-")
    if code in NUMBERS and (code != "worth" or actor.may(SEE_COST)):
        ids, after = _by_number(goods, ask, size)
    else:
        ids, after = lists.page_of(goods, ask, size, now)
    return StockPage(rows_of(actor, ids), after, {}, is_cut)


def _by_number(found: "QuerySet[Any]", ask: lists.Ask, size: int) -> tuple[list[int], str]:
    """Return the ids of a page by a number of the stock, and what asks for the next one, empty at the end.

    Those that have any are read in the order of an index; the others, which have none, by their ids: before them
    upwards, behind them downwards.
    """
    is_down = ask.sort.startswith("-")
    place = lists.read_cursor(ask.after)
    bound = None if place is None else (int(lists.amount_of(place[0]) or 0), place[1])
    places: list[tuple[int, int]] = []
    for has_some in (True, False) if is_down else (False, True):
        left = size + 1 - len(places)
        if left:
            read = _having if has_some else _lacking
            places += read(found, ask, bound, left)
    ids = [pk for _number, pk in places[:size]]
    return ids, lists.cursor_of(places[size - 1]) if len(places) > size else ""


def _having(
    found: "QuerySet[Any]", ask: lists.Ask, bound: tuple[int, int] | None, most: int
) -> list[tuple[int, int]]:
    code, is_down = ask.sort.removeprefix("-"), ask.sort.startswith("-")
    side, turn = ("lt", "-") if is_down else ("gt", "")
    ids = found.order_by().values("id")
    # Of a range the planner knows nothing (kit.db.among); of all goods it knows to walk the index and look at each.
    wanted = held_in("variant_id", ids) if ask.text.strip() or ask.filters else Q(variant_id__in=ids)
    wanted &= Q(n__gt=0)
    if bound is not None and (bound[0] or is_down):
        number, pk = bound
        wanted &= Q(**{f"n__{side}": number}) | Q(**{"n": number, f"variant_id__{side}": pk})
    order = (f"{turn}n", f"{turn}variant_id")
    kept, changed = (
        rows.filter(wanted).order_by(*order).values_list("n", "variant_id")[:most]
        for rows in (sums.kept(code), sums.changed(code))
    )
    return list(kept.union(changed, all=True).order_by(*order)[:most])


def _lacking(
    found: "QuerySet[Any]", ask: lists.Ask, bound: tuple[int, int] | None, most: int
) -> list[tuple[int, int]]:
    is_down = ask.sort.startswith("-")
    if bound is not None and bound[0]:
        if not is_down:
            return []
    elif bound is not None:
        found = found.filter(**{f"pk__{'lt' if is_down else 'gt'}": bound[1]})
    kept, changed = sums.having(ask.sort.removeprefix("-"))
    rows = found.filter(not_in("pk", kept) & not_in("pk", changed)).order_by("-id" if is_down else "id")
    return [(0, pk) for pk in rows.values_list("id", flat=True)[:most]]


def walk(actor: Actor, ask: lists.Ask, *, now: datetime, chunk: int = 500) -> Iterator[StockRow]:
    """Yield all goods of the ask in its order, page by page, so memory stays flat."""
    after = ""
    while True:
        page = read_page(
            actor, lists.Ask(ask.text, ask.filters, ask.sort, after), now=now, size=chunk
        )  # fmt: skip
        yield from page.rows
        after = page.after
        if not after:
            return


def count_or_none(actor: Actor, ask: lists.Ask, *, most: int) -> int | None:
    """Return how many goods the ask finds, no further than `most`; None where a filter makes no sense."""
    found, problems, _cut = lists.asked_of(actor, ask, subject=SUBJECT)
    return None if problems else found.filter(product__kind="goods").order_by()[:most].count()


def count_asked(actor: Actor, query: str, most: int) -> int | None:
    """Return how many goods an address finds, None where one of its conditions makes no sense any more."""
    return count_or_none(actor, asked.ask_of_query(query), most=most)


def rows_of(actor: Actor, ids: Sequence[int]) -> list[StockRow]:
    """Return the rows of variants in the given order: a number of statements that does not depend on theirs."""
    cards = catalogue.variants_by_ids(ids)
    shelves = lists.shelves_of(ids)
    names = whole_names(sorted({one.category_id for one in shelves.values() if one.category_id is not None}))
    codes, coming = catalogue.barcodes_of(ids), expected(ids)
    rows = {
        pk: StockRow(
            cards[pk], shelves[pk].product, names.get(shelves[pk].category_id or 0, ""), shelves[pk].brand,
            codes.get(pk, ()), expected=coming.get(pk, NONE),
        )
        for pk in ids
        if pk in cards
    }  # fmt: skip
    _fill(rows)
    if actor.may(SEE_COST):
        worth = dict(Worth.objects.filter(variant_id__in=list(rows)).values_list("variant_id", "value"))
        for pk, row in rows.items():
            row.worth = worth.get(pk, NONE)
    return [rows[pk] for pk in ids if pk in rows]


def _fill(rows: Mapping[int, StockRow]) -> None:
    found = Balance.objects.filter(variant_id__in=list(rows), is_external=False).values_list(
        "variant_id", "place_id", "on_hand", "reserved", "place__kind", "place__is_selling", "place__is_on"
    )
    for pk, place_id, on_hand, reserved, kind, sells, is_on in found:
        row = rows[pk]
        row.places[place_id] = Lying(on_hand, reserved)
        if kind == "transit":
            continue
        row.on_hand += on_hand
        row.reserved += reserved
        if sells and is_on:
            row.available += on_hand - reserved


def places_shown(*, only_on: bool = True, with_kept: bool = False) -> list[Place]:
    """Return the company's own places in their order, without the way between them.

    With `with_kept` those that the program keeps for itself are there as well; their names need words.
    """
    found = Place.objects.filter(is_external=False).exclude(name="@transit")
    if not with_kept:
        found = found.exclude(name__startswith="@")
    if only_on:
        found = found.filter(is_on=True)
    return list(found.order_by("priority", "id"))


def sums_by_place() -> dict[int, tuple[int, Decimal]]:
    """Return by place how many kinds of goods lie there, and how many pieces of all."""
    rows = Balance.objects.filter(is_external=False, on_hand__gt=0).values("place_id")
    return {
        row["place_id"]: (row["kinds"], row["pieces"])
        for row in rows.annotate(kinds=Count("id"), pieces=Sum("on_hand")).order_by()
    }
