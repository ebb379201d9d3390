"""Papers of the storekeeper: made with the next number, filled by scans, done in one act or cancelled."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _

from voronka.catalogue import queries as catalogue
from voronka.kit.actors import Actor, Right
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.events import publish
from voronka.stock.events import StockDocumentChanged
from voronka.stock.models import Balance, Document, DocumentLine, Lot, LotBalance, Move, Numbering, Place, Scan
from voronka.stock.permissions import COUNT, MOVE, ORDER, RECEIVE, SETTLE, WRITE_OFF
from voronka.stock.rules import quantities
from voronka.stock.services.moving import Incoming, MoveLine, choose_lots, incoming_lines, write_moves
from voronka.stock.services.places import place_on_the_way, place_outside
from voronka.stock.services.refusals import OutOfStock, quantity_words, require_quantities

RIGHTS: Mapping[str, Right] = {
    "purchase": ORDER, "receipt": RECEIVE, "transfer": MOVE, "write_off": WRITE_OFF, "back": RECEIVE, "count": SETTLE,
}  # fmt: skip
# Which of its two places a paper needs.
_SOURCES = frozenset({"transfer", "write_off", "back", "count"})
_TARGETS = frozenset({"purchase", "receipt", "transfer"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line that a paper begins with: how many are wanted, at what cost of one piece."""

    variant_id: int
    quantity: Decimal
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """What a new paper says above its lines. `basis_id` is the purchase order that a receipt is made from."""

    kind: str
    source_id: int | None = None
    target_id: int | None = None
    supplier_id: int | None = None
    basis_id: int | None = None
    partner_number: str = ""
    comment: str = ""
    expected_on: date | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a scanner, or a number typed; `seconds_ago` by the device's own stopwatch, whatever its clock
    says. Less than nothing takes a reading back.
    """

    operation: uuid.UUID
    quantity: Decimal
    code: str = ""
    variant_id: int | None = None
    lot: str = ""
    is_damaged: bool = False
    seconds_ago: int = 0


@dataclass(frozen=True, slots=True)
class Read:
    """What became of a reading: counted, repeated (it was there already) or unknown (no goods of that code)."""

    operation: uuid.UUID
    state: str
    variant_id: int | None


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A line that could not be settled, and why."""

    variant_id: int
    why: str


@transaction.atomic
def make_document(heading: Heading, lines: Sequence[Wanted], *, actor: Actor, now: datetime) -> Document:
    """Make a paper with the next number of its kind. A receipt of a purchase order takes over what has not come yet.

    Raises Invalid for places or quantities that cannot be, Conflict where the order is not open any more.
    """
    if heading.kind not in RIGHTS:
        raise Invalid(_("There is no such paper."))
    actor.require(RIGHTS[heading.kind])
    _require_places(heading)
    if heading.basis_id is not None:
        lines = [*_missing(heading.basis_id), *lines]
    if lines:
        require_quantities([(number, one.quantity) for number, one in enumerate(lines, start=1)])
    if len({one.variant_id for one in lines}) < len(lines):
        raise Invalid(_("One of the goods is there twice: put its lines together."), code="line_twice")
    _require_goods([one.variant_id for one in lines])
    made = Document.objects.create(
        kind=heading.kind, number=_next_number(heading.kind), state="open", source_id=heading.source_id,
        target_id=heading.target_id, supplier_id=heading.supplier_id, basis_id=heading.basis_id,
        partner_number=heading.partner_number[:60], comment=heading.comment[:5000], expected_on=heading.expected_on,
        author_id=actor.employee_id, made_at=now,
    )  # fmt: skip
    DocumentLine.objects.bulk_create(
        DocumentLine(document=made, variant_id=one.variant_id, wanted=one.quantity, cost=one.cost) for one in lines
    )
    _tell(made)
    return made


def _require_places(heading: Heading) -> None:
    fields = {}
    known = set(Place.objects.filter(is_external=False, is_on=True).values_list("id", flat=True))
    if heading.kind in _SOURCES and heading.source_id not in known:
        fields["source"] = _("Say where the goods are.")
    if heading.kind in _TARGETS and heading.target_id not in known:
        fields["target"] = _("Say where the goods go.")
    if heading.kind == "transfer" and heading.source_id == heading.target_id:
        fields["target"] = _("Choose another place: they are there already.")
    if heading.kind in {"purchase", "back"} and heading.supplier_id is None:
        fields["supplier"] = _("Choose the supplier.")
    if fields:
        raise Invalid(next(iter(fields.values())), fields=fields)


def _require_goods(variant_ids: Sequence[int]) -> None:
    cards = catalogue.variants_by_ids(variant_ids)
    if any(one not in cards or cards[one].kind != "goods" for one in variant_ids):
        raise Invalid(_("Only goods of the catalogue lie in stock: no services, no kits."), code="not_goods")


def _missing(basis_id: int) -> list[Wanted]:
    """Return what of a purchase order has not come; the order stays locked until its receipt stands."""
    order = Document.objects.select_for_update().filter(pk=basis_id, kind="purchase").first()
    if order is None or order.state not in {"open", "sent"}:
        raise Conflict(_("This order is not open any more."), code="not_open")
    rows = DocumentLine.objects.filter(document=order).filter(wanted__gt=F("done")).order_by("id")
    return [Wanted(one.variant_id, (one.wanted or Decimal(0)) - one.done, one.cost) for one in rows]


def _next_number(kind: str) -> int:
    Numbering.objects.bulk_create([Numbering(kind=kind)], ignore_conflicts=True)
    row = Numbering.objects.select_for_update().get(kind=kind)
    row.next += 1
    row.save(update_fields=["next"])
    return row.next - 1


def _locked(document_id: int, *, states: Sequence[str]) -> Document:
    found = Document.objects.select_for_update().filter(pk=document_id).first()
    if found is None:
        raise NotFound(_("There is no such paper."))
    if found.state not in states:
        raise Conflict(_("This paper is done or cancelled: open it anew and look."), code="not_open")
    return found


@transaction.atomic
def scan(document_id: int, readings: Sequence[Reading], *, actor: Actor, now: datetime) -> list[Read]:
    """Add readings to an open paper. Those that are there already count once; a code of no goods is kept and told.

    In a count each line remembers what the books said at the moment of its last reading.
    """
    paper = _locked(document_id, states=["open", "sent"])
    actor.require(COUNT if paper.kind == "count" else RIGHTS[paper.kind])
    _require_readings(readings)
    known = set(
        Scan.objects.filter(operation__in=[one.operation for one in readings]).values_list("operation", flat=True)
    )
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
        found = quantities.problem(abs(one.quantity))
        if found:
            raise Invalid(quantity_words(found), code="quantity", fields={str(one.operation): quantity_words(found)})
        if not 0 <= one.seconds_ago <= 30 * 86_400:
            raise Invalid(_("A reading is kept for thirty days at most."), code="too_old")


def _read(paper: Document, one: Reading, actor: Actor, now: datetime) -> Read:
    variant_id = one.variant_id
    if variant_id is None and one.code.strip():
        cards = catalogue.find_variants(barcode=one.code) or catalogue.find_variants(code=one.code)
        variant_id = cards[0].id if cards else None
    if variant_id is not None:
        _require_goods([variant_id])
    at = now - timedelta(seconds=one.seconds_ago)
    Scan.objects.create(
        operation=one.operation, document=paper, variant_id=variant_id, code=one.code[:80], lot_number=one.lot[:80],
        quantity=one.quantity, is_damaged=one.is_damaged, employee_id=actor.employee_id, at=at,
    )  # fmt: skip
    if variant_id is None:
        return Read(one.operation, "unknown", None)
    lot = one.lot[:80]
    same = DocumentLine.objects.filter(document=paper, variant_id=variant_id, lot_number="")
    asked = (
        {"cost": same.values_list("cost", flat=True).first()} if lot else {}
    )  # what the order says of all its lots
    line, _made = DocumentLine.objects.get_or_create(
        document=paper, variant_id=variant_id, lot_number=lot, defaults=asked
    )
    field = "damaged" if one.is_damaged else "done"
    setattr(line, field, max(Decimal(0), getattr(line, field) + one.quantity))
    if paper.kind == "count" and (line.scanned_at is None or at >= line.scanned_at):
        line.wanted, line.scanned_at = books_at(variant_id, paper.source_id or 0, at, lot), at
    line.save(update_fields=[field, "wanted", "scanned_at"])
    return Read(one.operation, "counted", variant_id)


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


@transaction.atomic
def finish(document_id: int, *, actor: Actor, now: datetime) -> list[Unsettled]:
    """Do what the paper says; return the lines of a count that could not be settled, and why. Done once only.

    A receipt takes in what was counted, whatever was wanted, and the order keeps open what is missing. A transfer first
    leaves, then arrives with what was counted; what did not arrive is written off as lost on the way.
    """
    paper = _locked(document_id, states=["open", "sent"])
    actor.require(RIGHTS[paper.kind])
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
            _send(paper, lines, actor, now)
            state = "sent"
        case "transfer":
            _arrive(paper, lines, actor, now)
        case "write_off":
            _write(paper, _out(lines, paper.source_id, place_outside("loss")), "do", actor, now)
        case "back":
            _write(paper, _out(lines, paper.source_id, place_outside("supplier")), "do", actor, now)
        case "count":
            left = _settle(paper, lines, actor, now)
            state = "open" if left else "done"
    paper.state, paper.done_at = state, now if state == "done" else None
    paper.version += 1
    paper.save(update_fields=["state", "done_at", "version"])
    _tell(paper)
    return left


def _write(paper: Document, lines: Sequence[MoveLine], act: str, actor: Actor, now: datetime) -> None:
    if lines:
        operation = uuid.uuid5(uuid.NAMESPACE_OID, f"{paper.public_id}/{act}")
        write_moves(
            choose_lots(lines, {}), operation=operation, paper=paper.kind, paper_id=paper.pk, actor=actor, now=now
        )


def _out(lines: Sequence[DocumentLine], source: int | None, target: int) -> list[MoveLine]:
    """Return what leaves: as many as were scanned, or as were wanted where nobody has scanned anything."""
    is_scanned = any(one.done > 0 for one in lines)
    asked = [(one, one.done if is_scanned else one.wanted or Decimal(0)) for one in lines]
    return [
        MoveLine(one.variant_id, many, source or 0, target, line=number)
        for number, (one, many) in enumerate(asked, start=1)
        if many > 0
    ]


def _receive(paper: Document, lines: Sequence[DocumentLine], actor: Actor, now: datetime) -> None:
    goods = [
        Incoming(one.variant_id, one.done, one.cost, one.lot_number, one.expires) for one in lines if one.done > 0
    ]
    if not goods:
        raise Conflict(_("Nothing has been counted yet."), code="nothing_counted")
    _write(paper, incoming_lines(goods, place_outside("supplier"), paper.target_id or 0), "do", actor, now)
    if paper.basis_id is None:
        return
    order = Document.objects.select_for_update().get(pk=paper.basis_id)
    for one in lines:
        DocumentLine.objects.filter(document=order, variant_id=one.variant_id).update(done=F("done") + one.done)
    if not DocumentLine.objects.filter(document=order, wanted__gt=F("done")).exists() and order.state != "done":
        order.state, order.done_at = "done", now
        order.save(update_fields=["state", "done_at"])
        _tell(order)


def _send(paper: Document, lines: Sequence[DocumentLine], actor: Actor, now: datetime) -> None:
    """Let goods leave; from now on the lines say what left (`wanted`), and are filled with what arrives (`done`)."""
    moves = _out(lines, paper.source_id, place_on_the_way())
    if not moves:
        raise Conflict(_("Nothing has been counted yet."), code="nothing_counted")
    _write(paper, moves, "send", actor, now)
    sent = {lines[one.line - 1].pk: one.quantity for one in moves}
    for one in lines:
        one.wanted, one.done = sent.get(one.pk, Decimal(0)), Decimal(0)
        one.save(update_fields=["wanted", "done"])


def _arrive(paper: Document, lines: Sequence[DocumentLine], actor: Actor, now: datetime) -> None:
    """Take in what was sent: what was counted on arrival, or all of it where nobody has counted."""
    way, target, loss = place_on_the_way(), paper.target_id or 0, place_outside("loss")
    if not any(one.done > 0 for one in lines):
        for one in lines:
            one.done = one.wanted or Decimal(0)
            one.save(update_fields=["done"])
    moves = []
    for number, one in enumerate(lines, start=1):
        came = min(one.done, one.wanted or Decimal(0))
        for part, place in ((came, target), ((one.wanted or Decimal(0)) - came, loss)):
            if part > 0:
                moves.append(MoveLine(one.variant_id, part, way, place, line=number))
    _write(paper, moves, "arrive", actor, now)


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


@transaction.atomic
def cancel(document_id: int, *, actor: Actor) -> None:
    """Cancel a paper that has moved nothing yet. Raises Conflict for one that is under way, done or cancelled."""
    paper = _locked(document_id, states=["draft", "open", "sent"])
    actor.require(RIGHTS[paper.kind])
    if Move.objects.filter(document_kind=paper.kind, document_id=paper.pk).exists():
        raise Conflict(
            _("Goods have gone by this paper already: finish it, and move them back by another."), code="moved"
        )
    paper.state = "cancelled"
    paper.save(update_fields=["state"])
    _tell(paper)


def _tell(paper: Document) -> None:
    publish(StockDocumentChanged(stock_document_id=paper.pk, kind=paper.kind, state=paper.state))
