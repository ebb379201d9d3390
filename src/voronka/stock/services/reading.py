"""Readings of scanners and numbers typed: they fill the lines of papers, each once, however often it is sent."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from voronka.catalogue import queries as catalogue
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid
from voronka.stock.models import Balance, Document, DocumentLine, LotBalance, Move, Scan
from voronka.stock.permissions import COUNT
from voronka.stock.rules import quantities
from voronka.stock.services.documents import RIGHTS, locked, require_goods, require_state
from voronka.stock.services.refusals import quantity_words


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a scanner, or a number typed; `seconds_ago` by the device's own stopwatch, whatever its clock
    says. Less than nothing takes a reading back. `is_total`: so many there are, whatever was read before. `is_aside`:
    it came and was not to come; it is written down and put aside, and no line is about it.
    """

    operation: uuid.UUID
    quantity: Decimal
    code: str = ""
    variant_id: int | None = None
    lot: str = ""
    is_damaged: bool = False
    seconds_ago: int = 0
    is_total: bool = False
    is_aside: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """What became of a reading: counted, aside, repeated (it was there already) or unknown (no goods of that code)."""

    operation: uuid.UUID
    state: str
    variant_id: int | None


@transaction.atomic
def scan(document_id: int, readings: Sequence[Reading], *, actor: Actor, now: datetime) -> list[Read]:
    """Add readings to an open paper. Those that are there already count once, also when they are sent again after the
    paper is done; a code of no goods is kept and told.

    In a count each line remembers what the books said at the moment of its last reading. Raises Denied, NotFound,
    Invalid at the operation of a reading that cannot be, Conflict for a paper that takes none in.
    """
    paper = locked(document_id, states=Document.State.values)
    actor.require(COUNT if paper.kind == "count" else RIGHTS[paper.kind])
    if paper.kind == "purchase":  # what has come of an order is for its receipts to say
        raise Conflict(_("Goods are counted on the receipt of an order, not on the order."), code="not_counted")
    _require_readings(readings)
    known = set(
        Scan.objects.filter(operation__in=[one.operation for one in readings]).values_list("operation", flat=True)
    )
    if not readings or any(one.operation not in known for one in readings):
        require_state(paper, ["open", "sent"])
    told = []
    for one in readings:
        if one.operation in known:
            told.append(Read(one.operation, "repeated", one.variant_id))
            continue
        known.add(one.operation)
        told.append(_read(paper, one, actor, now))
    return told


def _require_readings(readings: Sequence[Reading]) -> None:
    for one in readings:
        many = one.quantity if one.is_total or not one.quantity.is_finite() else abs(one.quantity)
        found = quantities.problem(many)
        if found and not (one.is_total and found == "zero"):
            raise Invalid(quantity_words(found), code="quantity", fields={str(one.operation): quantity_words(found)})
        if not 0 <= one.seconds_ago <= 30 * 86_400:
            words = _("A reading is kept for thirty days at most.")
            raise Invalid(words, code="too_old", fields={str(one.operation): words})


def _read(paper: Document, one: Reading, actor: Actor, now: datetime) -> Read:
    variant_id = one.variant_id
    if variant_id is None and one.code.strip():
        cards = catalogue.find_variants(barcode=one.code) or catalogue.find_variants(code=one.code)
        variant_id = next((card.id for card in cards if card.kind == "goods"), None)
    elif variant_id is not None:
        require_goods([variant_id], field=str(one.operation))
    at = now - timedelta(seconds=one.seconds_ago)
    line = None if variant_id is None or one.is_aside else _line_for(paper, variant_id, one.lot[:80])
    field = "damaged" if one.is_damaged else "done"
    many = one.quantity
    if line is not None and one.is_total:
        many -= getattr(line, field)
    Scan.objects.create(
        operation=one.operation, document=paper, variant_id=variant_id, code=one.code[:80], lot_number=one.lot[:80],
        quantity=many, is_damaged=one.is_damaged, is_aside=one.is_aside, employee_id=actor.employee_id, at=at,
    )  # fmt: skip
    if line is None:
        return Read(one.operation, "aside" if one.is_aside else "unknown", variant_id)
    whole = max(Decimal(0), getattr(line, field) + many)
    if whole > quantities.MOST:
        raise Invalid(
            quantity_words("too_big"), code="quantity", fields={str(one.operation): quantity_words("too_big")}
        )
    setattr(line, field, whole)
    if paper.kind == "count" and (line.scanned_at is None or at >= line.scanned_at):
        line.wanted, line.scanned_at = books_at(line.variant_id, paper.source_id or 0, at, line.lot_number), at
    line.save(update_fields=[field, "wanted", "scanned_at"])
    return Read(one.operation, "counted", variant_id)


def _line_for(paper: Document, variant_id: int, lot: str) -> DocumentLine:
    """Return the line of a paper that a reading is about, made where there is none."""
    same = DocumentLine.objects.filter(document=paper, variant_id=variant_id, lot_number="")
    # What the order says of the cost of all its lots.
    asked = {"cost": same.values_list("cost", flat=True).first()} if lot else {}
    line, _made = DocumentLine.objects.get_or_create(
        document=paper, variant_id=variant_id, lot_number=lot, defaults=asked
    )
    return line


def books_at(variant_id: int, place_id: int, at: datetime, lot: str = "") -> Decimal:
    """Return what the books said of a place at a moment: what lies there now without what was moved since.

    With the number of a lot, what they said of it.
    """
    moves = Move.objects.filter(variant_id=variant_id, made_at__gt=at)
    if lot:
        kept = LotBalance.objects.filter(lot__variant_id=variant_id, lot__number=lot, place_id=place_id)
        has, moves = kept.values_list("on_hand", flat=True).first(), moves.filter(lot__number=lot)
    else:
        rows = Balance.objects.filter(variant_id=variant_id, place_id=place_id)
        has = rows.values_list("on_hand", flat=True).first()
    since = moves.aggregate(
        came=Sum("quantity", filter=Q(target_id=place_id)), went=Sum("quantity", filter=Q(source_id=place_id))
    )
    then = (has or Decimal(0)) - (since["came"] or Decimal(0)) + (since["went"] or Decimal(0))
    return max(then, Decimal(0))
