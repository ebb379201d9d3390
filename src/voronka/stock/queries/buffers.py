"""The list of buffers: by place, colour, where goods come from and words; by pages."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from voronka.catalogue.queries.cards import ids_by_barcode, search_ids
from voronka.kit.actors import Actor
from voronka.stock.models import Buffer
from voronka.stock.permissions import SEE
from voronka.stock.queries.replenishing import Level, read_levels

PAGE = 50
MOST_FOUND = 1_000
ZONES = ("red", "yellow", "green", "above")


@dataclass(frozen=True, slots=True)
class BufferAsk:
    """What the list is asked for: a place, colours, a supplier, a place that gives, words; behind which id."""

    place_id: int | None = None
    zone: str = ""
    supplier_id: int | None = None
    source_id: int | None = None
    text: str = ""
    after: int = 0


def list_buffers(actor: Actor, ask: BufferAsk, *, size: int = PAGE) -> tuple[list[Level], int]:
    """Return a page of buffers in the order they were set, the newest first, and behind which id the next one is.

    Three statements at most; 0 where it is the last page. Raises Denied.
    """
    actor.require(SEE)
    ids = list(_found(ask).order_by("-id").values_list("id", flat=True)[: size + 1])
    shown = ids[:size]
    rows = read_levels("b.id = ANY (%(ids)s)", "b.id DESC", place=ask.place_id, ids=shown) if shown else []
    return rows, shown[-1] if len(ids) > size else 0


def ids_asked(ask: BufferAsk, *, most: int) -> Sequence[int]:
    """Return the ids of all buffers of an ask, whatever page it names."""
    return list(_found(BufferAsk(ask.place_id, ask.zone, ask.supplier_id, ask.source_id, ask.text)).values_list(
        "id", flat=True
    )[:most])  # fmt: skip


def count_buffers(ask: BufferAsk) -> int:
    """Return how many buffers an ask finds."""
    return _found(BufferAsk(ask.place_id, ask.zone, ask.supplier_id, ask.source_id, ask.text)).count()


def _found(ask: BufferAsk) -> "QuerySet[Buffer]":
    rows = Buffer.objects.all()
    if ask.place_id is not None:
        rows = rows.filter(place_id=ask.place_id)
    if ask.zone:
        rows = rows.filter(zone=ask.zone)
    if ask.supplier_id is not None:
        rows = rows.filter(supplier_id=ask.supplier_id)
    if ask.source_id is not None:
        rows = rows.filter(source_id=ask.source_id)
    if ask.text.strip():
        words = ask.text.strip()[:100]
        rows = rows.filter(variant_id__in=[*ids_by_barcode(words), *search_ids(words, most=MOST_FOUND)])
    return rows.filter(id__lt=ask.after) if ask.after else rows
