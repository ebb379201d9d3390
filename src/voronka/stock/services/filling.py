"""Papers filled by hand: goods added, wanted and counted numbers typed into their lines."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from voronka.kit.actors import Actor
from voronka.stock.models import DocumentLine
from voronka.stock.services.documents import Wanted, locked, write_lines
from voronka.stock.services.reading import Reading, scan

# Of these papers a number that somebody adds is what is there; of the others what is to go.
COUNTED = frozenset({"receipt", "count"})


@transaction.atomic
def fill(
    document_id: int, wanted: Sequence[Wanted], totals: Sequence[Reading], *, actor: Actor, now: datetime
) -> None:
    """Write what is wanted and what was counted into the lines of a paper, all of it or nothing."""
    if wanted:
        write_lines(document_id, wanted, actor=actor)
    if totals:
        scan(document_id, totals, actor=actor, now=now)


@transaction.atomic
def add_goods(
    document_id: int,
    variant_id: int,
    quantity: Decimal,
    *,
    actor: Actor,
    now: datetime,
    operation: uuid.UUID,
    cost: Decimal | None = None,
) -> None:
    """Put so many more of some goods on a paper: as counted on receipts and counts, else as wanted.

    Counted goods sent again with their operation are not counted again.
    """
    paper = locked(document_id, states=["open", "sent"])
    if paper.kind in COUNTED or paper.state == "sent":
        scan(document_id, [Reading(operation, quantity, variant_id=variant_id)], actor=actor, now=now)
        if cost is not None:
            DocumentLine.objects.filter(document=paper, variant_id=variant_id).update(cost=cost)
        return
    row = DocumentLine.objects.filter(document=paper, variant_id=variant_id, lot_number="").first()
    has = (row.wanted or Decimal(0)) if row is not None else Decimal(0)
    kept = cost if cost is not None or row is None else row.cost
    write_lines(document_id, [Wanted(variant_id, has + quantity, kept)], actor=actor)
