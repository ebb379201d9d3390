"""What pages of price lists show: suppliers, loadings, how many lines are done, one line that is in doubt."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Q

from voronka.catalogue.models import (
    BadRow,
    ListChange,
    PriceKind,
    PriceLoad,
    RefusedList,
    SourceState,
    Supplier,
    SupplierItem,
    Variant,
)
from voronka.catalogue.permissions import LOAD_LISTS
from voronka.catalogue.queries.cards import search_ids
from voronka.catalogue.queries.prices import price_now
from voronka.catalogue.rules.matching import Comparison, Said, tell
from voronka.kit.actors import Actor

SHOWN, _HISTORY, _AHEAD, _JUST = 5, 8, 4, 4
HANDS = ("person",)


@dataclass(frozen=True, slots=True)
class SupplierRow:
    """A supplier with his last list and what waits for an answer."""

    supplier: Supplier
    last: PriceLoad | None
    listed: int
    asked: int


def list_suppliers(actor: Actor) -> list[SupplierRow]:
    """Return all suppliers by name; raises Denied. Three statements."""
    actor.require(LOAD_LISTS)
    rows = list(Supplier.objects.order_by("-is_on", "name", "id"))
    last = {
        load.supplier_id: load for load in PriceLoad.objects.order_by("supplier_id", "-id").distinct("supplier_id")
    }
    counted = SupplierItem.objects.filter(is_listed=True).values("supplier_id")
    told = counted.annotate(lines=Count("id"), left=Count("id", Q(state="asked")))
    counts = {pk: (lines, left) for pk, lines, left in told.values_list("supplier_id", "lines", "left")}
    return [SupplierRow(one, last.get(one.pk), *counts.get(one.pk, (0, 0))) for one in rows]


def list_loads(supplier: Supplier, most: int = 50) -> list[PriceLoad]:
    """Return the latest loadings of a supplier."""
    return list(
        PriceLoad.objects.filter(supplier=supplier).select_related("file", "by", "supplier").order_by("-id")[:most]
    )


def list_refused(supplier: Supplier) -> list[RefusedList]:
    """Return the files of a supplier's letters that could not be loaded, the latest first. One statement."""
    rows = RefusedList.objects.filter(source__supplier=supplier).select_related("source", "file")
    return list(rows.order_by("-id")[:100])


def list_sources(supplier: Supplier) -> list[SourceState]:
    """Return what came of each source of a supplier. One statement."""
    rows = SourceState.objects.filter(source__supplier=supplier).select_related("source", "load")
    return list(rows.order_by("source_id"))


def bad_rows(load: PriceLoad, most: int | None = None) -> list[BadRow]:
    """Return the rows of a list that were not taken, by number: all, or the first of them."""
    return list(load.bad.order_by("number")[:most])


@dataclass(frozen=True, slots=True)
class Tally:
    """How many listed lines of a supplier are bound by themselves, by people, wait, and are not taken."""

    total: int
    by_itself: int
    by_hand: int
    left: int
    refused: int


def tally_of(supplier: Supplier) -> Tally:
    """Count a supplier's listed lines. One statement."""
    rows = SupplierItem.objects.filter(supplier=supplier, is_listed=True)
    told = rows.aggregate(
        total=Count("id"),
        bound=Count("id", Q(state="bound")),
        hand=Count("id", Q(state="bound", how__in=HANDS)),
        left=Count("id", Q(state="asked")),
        refused=Count("id", Q(state="refused")),
    )
    return Tally(told["total"], told["bound"] - told["hand"], told["hand"], told["left"], told["refused"])


@dataclass(frozen=True, slots=True)
class Offer:
    """A variant that a line may be: what differs, what it costs the buyer, how like it is (0 to 10)."""

    variant: Variant
    told: Comparison
    price: Decimal | None
    likeness: int


@dataclass(frozen=True, slots=True)
class PastPrice:
    """What a line cost in an earlier list."""

    at: datetime
    price: Decimal


@dataclass(slots=True)
class Doubt:
    """A line that a person is asked about, with what may help him."""

    item: SupplierItem
    offers: list[Offer]
    past: list[PastPrice]
    ahead: list[SupplierItem] = field(default_factory=list)
    just: list[SupplierItem] = field(default_factory=list)
    margin_percent: Decimal | None = None


def next_doubt(supplier: Supplier, now: datetime) -> Doubt | None:
    """Return the line to be asked about now; None when none is left."""
    waiting = SupplierItem.objects.filter(supplier=supplier, state="asked", is_listed=True)
    items = list(waiting.order_by("skipped", "row", "id")[: 1 + _AHEAD])
    if not items:
        return None
    item = items[0]
    answered = SupplierItem.objects.filter(supplier=supplier, answered_at__isnull=False).exclude(state="asked")
    kind = PriceKind.objects.filter(is_default=True).first()
    return Doubt(
        item=item,
        offers=offers_for(item, now),
        past=past_of(item),
        ahead=items[1:],
        just=list(answered.select_related("variant").order_by("-answered_at", "-id")[:_JUST]),
        margin_percent=kind.margin_percent if kind else None,
    )


def list_doubts(supplier: Supplier, *, after: int = 0, size: int = 50) -> list[SupplierItem]:
    """Return listed lines that wait for an answer, the earliest first, behind the one of this id. One statement."""
    rows = SupplierItem.objects.filter(supplier=supplier, state="asked", is_listed=True, pk__gt=after)
    return list(rows.order_by("id")[:size])


def offers_for(item: SupplierItem, now: datetime, found: Sequence[int] | None = None) -> list[Offer]:
    """Return the likeliest variants of a line, or those of a search, in order. Two statements."""
    scores = {int(key): float(score) for key, score in item.candidates[:SHOWN]}
    ids = list(scores) if found is None else list(found)
    have = {one.pk: one for one in Variant.objects.select_related("product").filter(pk__in=ids)}
    prices = price_now(ids, at=now)
    return [
        Offer(have[pk], tell(item.name, have[pk].name), prices.get(pk), max(0, min(10, round(scores.get(pk, 0) * 8))))
        for pk in ids
        if pk in have
    ]


def search_offers(item: SupplierItem, text: str, now: datetime) -> list[Offer]:
    """Return variants found by what a person typed: name, code, barcode."""
    return offers_for(item, now, search_ids(text, most=SHOWN + 4))


def past_of(item: SupplierItem) -> list[PastPrice]:
    """Return what the line cost in lists before, the oldest first, with today's."""
    notes = ListChange.objects.filter(item=item, before__isnull=False).order_by("-load_id")[: _HISTORY - 1]
    past = [
        PastPrice(datetime.fromisoformat(note.before["seen_at"]), Decimal(note.before["price"]))
        for note in notes
        if note.before and note.before.get("price")
    ]
    past.reverse()
    return [*past, PastPrice(item.seen_at, item.price)] if item.price is not None else past


def same_words(told: Comparison) -> int:
    """Return how many pieces of ours theirs knows."""
    return sum(piece.said is Said.SAME for piece in told.ours)
