"""Papers of the storekeeper: made with the next number, their lines written by hand, cancelled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from voronka.catalogue import queries as catalogue
from voronka.kit.actors import Actor, Right
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.events import publish
from voronka.stock.events import StockDocumentChanged
from voronka.stock.models import Balance, Document, DocumentLine, Move, Numbering, Place
from voronka.stock.permissions import MOVE, ORDER, RECEIVE, SETTLE, WRITE_OFF
from voronka.stock.services.refusals import require_quantities

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
    require_goods([one.variant_id for one in lines])
    made = Document.objects.create(
        kind=heading.kind, number=_next_number(heading.kind), state="open", source_id=heading.source_id,
        target_id=heading.target_id, supplier_id=heading.supplier_id, basis_id=heading.basis_id,
        partner_number=heading.partner_number[:60], comment=heading.comment[:5000], expected_on=heading.expected_on,
        author_id=actor.employee_id, made_at=now,
    )  # fmt: skip
    DocumentLine.objects.bulk_create(
        DocumentLine(document=made, variant_id=one.variant_id, wanted=one.quantity, cost=one.cost) for one in lines
    )
    tell(made)
    return made


@transaction.atomic
def write_lines(document_id: int, lines: Sequence[Wanted], *, actor: Actor) -> None:
    """Say how many of some goods an open paper is about, at what cost of one piece; nothing takes a line off.

    Raises Conflict where it is under way, and for a line of which something was counted already.
    """
    paper = locked(document_id, states=["open"])
    actor.require(RIGHTS[paper.kind])
    require_quantities([(number, one.quantity or Decimal(1)) for number, one in enumerate(lines, start=1)])
    require_goods([one.variant_id for one in lines])
    rows = {one.variant_id: one for one in DocumentLine.objects.filter(document=paper, lot_number="")}
    for one in lines:
        row = rows.get(one.variant_id) or DocumentLine(document=paper, variant_id=one.variant_id)
        if one.quantity:
            row.wanted, row.cost = one.quantity, one.cost
            row.save()
        elif row.pk is not None:
            if row.done or row.damaged:
                raise Conflict(_("Some of it is counted already: take that back first."), code="counted")
            row.delete()


@transaction.atomic
def plan_count(document_id: int, *, actor: Actor) -> int:
    """Put all goods that the books have in its place on an open count, so that the missing show; return how many."""
    paper = locked(document_id, states=["open"])
    actor.require(SETTLE)
    if paper.kind != "count":
        raise Invalid(_("There is no such paper."))
    known = DocumentLine.objects.filter(document=paper).values("variant_id")
    there = Balance.objects.filter(place_id=paper.source_id or 0, on_hand__gt=0).exclude(variant_id__in=known)
    rows = there.order_by("variant_id").values_list("variant_id", "on_hand")
    made = [DocumentLine(document=paper, variant_id=variant_id, wanted=has) for variant_id, has in rows]
    DocumentLine.objects.bulk_create(made, batch_size=1_000)
    return len(made)


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


def require_goods(variant_ids: Sequence[int], *, field: str = "") -> None:
    """Raise Invalid, at the field where one is named, where one is not in the catalogue or lies nowhere."""
    cards = catalogue.variants_by_ids(variant_ids)
    if any(one not in cards or cards[one].kind != "goods" for one in variant_ids):
        words = _("Only goods of the catalogue lie in stock: no services, no kits.")
        raise Invalid(words, code="not_goods", fields={field: words} if field else None)


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


def locked(document_id: int, *, states: Sequence[str]) -> Document:
    """Lock a paper that is in one of the states. Raises NotFound, Conflict."""
    found = Document.objects.select_for_update().filter(pk=document_id).first()
    if found is None:
        raise NotFound(_("There is no such paper."))
    require_state(found, states)
    return found


def require_state(paper: Document, states: Sequence[str]) -> None:
    """Raise Conflict where a paper is in none of the states."""
    if paper.state not in states:
        raise Conflict(_("This paper is done or cancelled: open it anew and look."), code="not_open")


@transaction.atomic
def cancel(document_id: int, *, actor: Actor) -> None:
    """Cancel a paper that has moved nothing yet. Raises Conflict for one that is under way, done or cancelled.

    An order whose goods are being taken in stays: they stand at the gate, and its receipt is ended first.
    """
    paper = locked(document_id, states=["draft", "open", "sent"])
    actor.require(RIGHTS[paper.kind])
    if paper.kind == "purchase":
        _require_nothing_comes(paper)
    if Move.objects.filter(document_kind=paper.kind, document_id=paper.pk).exists():
        raise Conflict(
            _("Goods have gone by this paper already: finish it, and move them back by another."), code="moved"
        )
    paper.state = "cancelled"
    paper.version += 1
    paper.save(update_fields=["state", "version"])
    tell(paper)


def _require_nothing_comes(order: Document) -> None:
    receipts = Document.objects.filter(basis=order, kind="receipt").order_by("number")
    coming = receipts.filter(state__in=["draft", "open", "sent"]).values_list("number", flat=True).first()
    if coming is not None:
        raise Conflict(
            _("Its goods are being taken in by receipt № %(number)d: finish or cancel that first.")
            % {"number": coming},
            code="being_received",
        )
    if receipts.filter(state="done").exists():
        raise Conflict(
            _("Goods of this order have come already: close it, and what is missing is awaited no more."),
            code="moved",
        )


def tell(paper: Document) -> None:
    """Announce what has become of a paper."""
    publish(StockDocumentChanged(stock_document_id=paper.pk, kind=paper.kind, state=paper.state))
