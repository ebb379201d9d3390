"""Papers of the store: the list, one of them with its lines, what its readings could not be bound to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from voronka.catalogue import queries as catalogue
from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.stock.models import Document, DocumentLine, Move, Scan
from voronka.stock.permissions import SEE, SEE_COST

NONE = Decimal(0)
_CODE = re.compile(r"(?P<kind>[A-Za-z]+(?:-[A-Za-z]+)?)-(?P<number>[0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a paper with its goods."""

    row: DocumentLine
    card: catalogue.VariantCard
    barcodes: Sequence[str]

    @property
    def wanted(self) -> Decimal:
        """Return how many were to come, to go or, in a count, to be there."""
        return self.row.wanted or NONE

    @property
    def is_read(self) -> bool:
        """Tell whether anybody has counted it."""
        return bool(self.row.done or self.row.damaged or self.row.scanned_at)

    @property
    def difference(self) -> Decimal:
        """Return how many more there are than was said, or fewer. What came damaged has come."""
        if self.row.settled is not None:
            return self.row.settled
        return self.row.done + self.row.damaged - self.wanted


@dataclass(frozen=True, slots=True)
class Odd:
    """What was read and is on no line: a code of no goods, or goods that were put aside."""

    code: str
    card: catalogue.VariantCard | None
    quantity: Decimal
    is_aside: bool


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper whole; `sees_cost`: the reader may see what its goods cost."""

    row: Document
    lines: Sequence[Line]
    odd: Sequence[Odd]
    sees_cost: bool

    @property
    def wanted(self) -> Decimal:
        """Return how many pieces its lines are about."""
        return sum((one.wanted for one in self.lines), NONE)

    @property
    def done(self) -> Decimal:
        """Return how many pieces were counted, those that came damaged included."""
        return sum((one.row.done + one.row.damaged for one in self.lines), NONE)

    @property
    def is_read(self) -> bool:
        """Tell whether anything was counted."""
        return any(one.is_read for one in self.lines)

    @property
    def differing(self) -> Sequence[Line]:
        """Return the lines that differ; of a count only those that were counted."""
        judged = [one for one in self.lines if self.row.kind != "count" or one.row.scanned_at is not None]
        return [one for one in judged if one.difference] if self.is_read else []


def code_of(row: Document) -> str:
    """Return what is printed on a paper as bars: its kind and number, by which the list finds it."""
    return f"{row.kind.upper().replace('_', '-')}-{row.number}"


def list_documents(
    actor: Actor, *, kind: str = "", state: str = "", place: str = "", text: str = ""
) -> "QuerySet[Document]":
    """Return papers, the newest first: of a kind, in a state, of a place, whose number or supplier a text names.

    Raises Denied without the right.
    """
    actor.require(SEE)
    found = Document.objects.all()
    if kind:
        found = found.filter(kind=kind)
    if state:
        found = found.filter(state__in=("draft", "open", "sent") if state == "live" else (state,))
    if place:
        found = found.filter(Q(source__public_id=place) | Q(target__public_id=place))
    words = " ".join(text.split())[:100]
    if words:
        wanted = Q(partner_number__icontains=words) | Q(supplier__name__icontains=words) | Q(comment__icontains=words)
        if words.isascii() and words.isdigit() and len(words) < 10:
            wanted |= Q(number=int(words))
        if of_code := _CODE.fullmatch(words):
            wanted |= Q(kind=of_code["kind"].lower().replace("-", "_"), number=int(of_code["number"]))
        found = found.filter(wanted)
    return found.select_related("source", "target", "supplier").order_by("-id")


def counted(ids: Sequence[int]) -> dict[int, tuple[int, Decimal, Decimal]]:
    """Return by id of papers how many lines they have, how many pieces were wanted, how many are done."""
    rows = DocumentLine.objects.filter(document_id__in=list(ids)).values("document_id")
    found = rows.annotate(n=Count("id"), asked=Sum("wanted"), came=Sum(F("done") + F("damaged"))).order_by()
    return {row["document_id"]: (row["n"], row["asked"] or NONE, row["came"] or NONE) for row in found}


def get_document(actor: Actor, public_id: str) -> Document:
    """Return the paper of a public id. Raises Denied, NotFound."""
    actor.require(SEE)
    found = Document.objects.filter(public_id=public_id)
    row = found.select_related("source", "target", "supplier", "basis").first()
    if row is None:
        raise NotFound(_("There is no such paper."))
    return row


def view_document(actor: Actor, public_id: str, *, only: Sequence[int] | None = None) -> Paper:
    """Return a paper with its lines and what was read beside them. Raises Denied, NotFound.

    With `only` just the lines of those variants: a count may have thousands.
    """
    row = get_document(actor, public_id)
    rows = DocumentLine.objects.filter(document=row).order_by("id")
    lines = list(rows if only is None else rows.filter(variant_id__in=list(only)))
    scans = list(
        Scan.objects.filter(document=row).filter(Q(variant__isnull=True) | Q(is_aside=True)).order_by("id")[:500]
    )
    ids = [one.variant_id for one in lines] + [one.variant_id for one in scans if one.variant_id is not None]
    cards, codes = catalogue.variants_by_ids(ids), catalogue.barcodes_of(ids)
    return Paper(
        row,
        [Line(one, cards[one.variant_id], codes.get(one.variant_id, ())) for one in lines if one.variant_id in cards],
        _odd(scans, cards),
        actor.may(SEE_COST),
    )


def _odd(scans: Sequence[Scan], cards: dict[int, catalogue.VariantCard]) -> list[Odd]:
    sums: dict[tuple[str, int | None, bool], Decimal] = {}
    for one in scans:
        key = ("" if one.variant_id else one.code, one.variant_id, one.is_aside)
        sums[key] = sums.get(key, NONE) + one.quantity
    return [Odd(code, cards.get(pk or 0), many, aside) for (code, pk, aside), many in sums.items() if many]


def made_from(row: Document) -> list[Document]:
    """Return the papers made from one, the oldest first."""
    return list(Document.objects.filter(basis=row).order_by("id"))


@dataclass(frozen=True, slots=True)
class Settled:
    """How a difference of a transfer that has arrived was settled: lost, damaged, unwritten (it came off the place it
    left without being on the paper), found (nobody's books had it).
    """

    card: catalogue.VariantCard
    quantity: Decimal
    how: str


def settled_of(row: Document) -> list[Settled]:
    """Return how the differences of a transfer were settled, as the ledger has it; nothing for other papers."""
    if row.kind != "transfer" or row.state != "done":
        return []
    moves = Move.objects.filter(document_kind=row.kind, document_id=row.pk).select_related("source", "target")
    sums: dict[tuple[int, str], Decimal] = {}
    for one in moves.order_by("id"):
        how = _how(row, one)
        if how:
            sums[one.variant_id, how] = sums.get((one.variant_id, how), NONE) + one.quantity
    cards = catalogue.variants_by_ids([pk for pk, _how_ in sums])
    return [Settled(cards[pk], many, how) for (pk, how), many in sums.items() if pk in cards]


def _how(row: Document, one: Move) -> str:
    if one.target.kind == "loss":
        return "lost"
    if one.source.kind == "gain":
        return "found"
    if one.source_id == row.source_id:
        return "" if one.target.kind == "transit" else "unwritten"
    return "" if one.target_id == row.target_id else "damaged"
