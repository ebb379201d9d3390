"""Papers are done: what they say is moved, once, by the version they were read at."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.db.again import again
from voronka.kit.errors import Conflict, Invalid
from voronka.stock.models import Document, DocumentLine, Lot
from voronka.stock.services.arriving import arriving, leaving, sending
from voronka.stock.services.documents import RIGHTS, locked, tell
from voronka.stock.services.moving import Incoming, MoveLine, choose_lots, incoming_lines, write_moves
from voronka.stock.services.places import place_for_damaged, place_outside
from voronka.stock.services.refusals import OutOfStock


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A line that could not be settled, and why."""

    variant_id: int
    why: str


@again
@transaction.atomic
def finish(
    document_id: int, *, actor: Actor, now: datetime, version: int, operation: uuid.UUID | None = None
) -> list[Unsettled]:
    """Do what the paper says; return the lines of a count that could not be settled, and why.

    `version` is that of the paper as it was read: one step is made once. Raises Conflict where somebody was quicker.
    The same operation sent again changes nothing and is answered as a step that is done.

    A receipt takes in what was counted, whatever was wanted, and the order keeps open what is missing. A transfer first
    leaves, then arrives with what was counted, and what differs from what was sent is settled (`arriving`).
    """
    paper = locked(document_id, states=["draft", "open", "sent", "done"])
    actor.require(RIGHTS[paper.kind])
    if operation is not None and paper.last_operation == operation:
        return _unsettled(paper) if paper.state == "open" else []
    if paper.version != version or paper.state == "done":
        raise Conflict(
            _("Somebody has gone on with this paper meanwhile: open it anew and look."), code="paper_changed"
        )
    lines = list(DocumentLine.objects.filter(document=paper).order_by("id"))
    if not lines:
        raise Conflict(_("There is not one line on the paper."), code="no_lines")
    left: list[Unsettled] = []
    state = "done"
    match paper.kind:
        case "purchase":
            state = "done" if paper.state == "sent" else "sent"
        case "receipt":
            _receive(paper, lines, actor, now)
        case "transfer" if paper.state == "open":
            _write(paper, sending(paper, lines), "send", actor, now)
            state = "sent"
        case "transfer":
            _write(paper, arriving(paper, lines), "arrive", actor, now)
        case "write_off":
            _write(paper, leaving(lines, paper.source_id, place_outside("loss")), "do", actor, now)
        case "back":
            _write(paper, leaving(lines, paper.source_id, place_outside("supplier")), "do", actor, now)
        case "count":
            left = _settle(paper, lines, actor, now)
            state = "open" if left else "done"
    paper.state, paper.done_at = state, now if state == "done" else None
    paper.version, paper.last_operation = paper.version + 1, operation
    paper.save(update_fields=["state", "done_at", "version", "last_operation"])
    tell(paper)
    return left


def _unsettled(paper: Document) -> list[Unsettled]:
    rows = DocumentLine.objects.filter(document=paper, scanned_at__isnull=False, settled__isnull=True).order_by("id")
    return [Unsettled(one.variant_id, _("It could not be settled.")) for one in rows]


def _write(paper: Document, lines: Sequence[MoveLine], act: str, actor: Actor, now: datetime) -> None:
    if lines:
        operation = uuid.uuid5(uuid.NAMESPACE_OID, f"{paper.public_id}/{act}")
        write_moves(
            choose_lots(lines, {}), operation=operation, paper=paper.kind, paper_id=paper.pk, actor=actor, now=now
        )


def _receive(paper: Document, lines: Sequence[DocumentLine], actor: Actor, now: datetime) -> None:
    """Take in what was counted; what came damaged goes to its own place, where nobody sells it."""
    supplier, moves = place_outside("supplier"), []
    for field, place in (("done", paper.target_id or 0), ("damaged", 0)):
        counted = [(number, one) for number, one in enumerate(lines, start=1) if getattr(one, field) > 0]
        if not counted:
            continue
        goods = [Incoming(one.variant_id, getattr(one, field), one.cost, one.lot_number, one.expires)
                 for _number, one in counted]  # fmt: skip
        found = incoming_lines(goods, supplier, place or place_for_damaged())
        moves += [replace(move, line=number) for move, (number, _one) in zip(found, counted, strict=True)]
    if not moves:
        raise Conflict(_("Nothing has been counted yet."), code="nothing_counted")
    _write(paper, moves, "do", actor, now)
    if paper.basis_id is None:
        return
    order = Document.objects.select_for_update().get(pk=paper.basis_id)
    for one in lines:
        DocumentLine.objects.filter(document=order, variant_id=one.variant_id).update(done=F("done") + one.done)
    is_live = order.state in {"open", "sent"}
    if is_live and not DocumentLine.objects.filter(document=order, wanted__gt=F("done")).exists():
        order.state, order.done_at = "done", now
        order.save(update_fields=["state", "done_at"])
        tell(order)


def _settle(paper: Document, lines: Sequence[DocumentLine], actor: Actor, now: datetime) -> list[Unsettled]:
    """Bring the books to what was counted, line by line: one that cannot be settled holds up no other."""
    left = []
    for one in lines:
        if one.settled is not None or one.scanned_at is None:
            continue
        difference = one.done - (one.wanted or Decimal(0))
        try:
            with transaction.atomic():
                _adjust(paper, one, difference, actor, now)
        except (OutOfStock, Invalid) as refusal:
            left.append(Unsettled(one.variant_id, refusal.message))
            continue
        one.settled = difference
        one.save(update_fields=["settled"])
    return left


def _adjust(paper: Document, one: DocumentLine, difference: Decimal, actor: Actor, now: datetime) -> None:
    place = paper.source_id or 0
    if difference > 0:
        goods = [Incoming(one.variant_id, difference, None, one.lot_number, one.expires)]
        _write(paper, incoming_lines(goods, place_outside("gain"), place), f"line {one.pk}", actor, now)
    elif difference < 0:
        lot = (
            Lot.objects.filter(variant_id=one.variant_id, number=one.lot_number).values_list("id", flat=True).first()
        )
        move = MoveLine(one.variant_id, -difference, place, place_outside("loss"), line=1, lot_id=lot)
        _write(paper, [move], f"line {one.pk}", actor, now)
