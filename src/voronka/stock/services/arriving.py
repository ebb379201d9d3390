"""A transfer leaves and arrives: what was counted is held against what was sent, and every difference is settled."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import count

from django.utils.translation import gettext as _

from voronka.kit.errors import Conflict
from voronka.stock.models import Balance, Document, DocumentLine, Keeping, Lot, LotBalance, Move
from voronka.stock.services.moving import Incoming, MoveLine, incoming_lines
from voronka.stock.services.places import place_for_damaged, place_on_the_way, place_outside

ZERO = Decimal(0)


def leaving(lines: Sequence[DocumentLine], source: int | None, target: int) -> list[MoveLine]:
    """Return what leaves: as many as were scanned, or as were wanted where nobody has scanned anything."""
    is_scanned = any(one.done > 0 for one in lines)
    asked = [(one, one.done if is_scanned else one.wanted or ZERO) for one in lines]
    return [
        MoveLine(one.variant_id, many, source or 0, target, line=number)
        for number, (one, many) in enumerate(asked, start=1)
        if many > 0
    ]


def sending(paper: Document, lines: Sequence[DocumentLine]) -> list[MoveLine]:
    """Return the moves of a transfer that leaves.

    From now on its lines say what left (`wanted`), and are filled with what arrives (`done`, `damaged`).
    """
    moves = leaving(lines, paper.source_id, place_on_the_way())
    if not moves:
        raise Conflict(_("Nothing has been counted yet."), code="nothing_counted")
    sent = {lines[one.line - 1].pk: one.quantity for one in moves}
    for one in lines:
        one.wanted, one.done, one.damaged = sent.get(one.pk, ZERO), ZERO, ZERO
        one.save(update_fields=["wanted", "done", "damaged"])
    return moves


def arriving(paper: Document, lines: Sequence[DocumentLine]) -> list[MoveLine]:
    """Return the moves of a transfer that arrives; where nobody has counted, all came but for what is damaged.

    What came damaged goes to its own place, what did not come is written off as lost on the way. What came beyond
    what was sent was not written down where it left: it is taken off there as far as it lies free by the books, and
    the rest is put on the books as found. Raises Invalid where the lot of what is found is not named.
    """
    if not any(one.done > 0 for one in lines):
        for one in lines:
            one.done = max((one.wanted or ZERO) - one.damaged, ZERO)
            one.save(update_fields=["done"])
    arrival = _Arrival(paper, lines)
    for claim in arrival.claims():
        arrival.settle(claim)
    return [*arrival.moves, *arrival.lost()]


@dataclass(slots=True)
class _Claim:
    """So many of a line that came to a place; `lot_id` where the lot is named and kept."""

    number: int
    line: DocumentLine
    place_id: int
    quantity: Decimal
    lot_id: int | None


@dataclass(slots=True)
class _Arrival:
    paper: Document
    lines: Sequence[DocumentLine]
    moves: list[MoveLine] = field(default_factory=list)
    _way: int = 0
    _sent: dict[int, dict[int | None, Decimal]] = field(default_factory=dict)
    _free: dict[int, Decimal] = field(default_factory=dict)
    _lots: dict[tuple[int, str], int] = field(default_factory=dict)
    _free_lots: dict[int, Decimal] = field(default_factory=dict)
    _keeps_lots: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        self._way = place_on_the_way()
        variants = {one.variant_id for one in self.lines}
        kept = Keeping.objects.filter(variant_id__in=variants)
        self._keeps_lots = frozenset(one.variant_id for one in kept if one.wants_lots or one.wants_serials)
        gone = Move.objects.filter(document_kind=self.paper.kind, document_id=self.paper.pk, target_id=self._way)
        for one in gone.order_by("id"):
            by_lot = self._sent.setdefault(one.variant_id, {})
            by_lot[one.lot_id] = by_lot.get(one.lot_id, ZERO) + one.quantity
        there = Balance.objects.filter(variant_id__in=variants, place_id=self.paper.source_id or 0)
        self._free = {one.variant_id: one.on_hand - one.reserved for one in there}
        lots = Lot.objects.filter(variant_id__in=self._keeps_lots)
        self._lots = {(one.variant_id, one.number): one.pk for one in lots.exclude(number="")}
        held = LotBalance.objects.filter(lot__variant_id__in=self._keeps_lots, place_id=self.paper.source_id or 0)
        self._free_lots = dict(held.values_list("lot_id", "on_hand"))

    def claims(self) -> list[_Claim]:
        """Return what came, named lots first: what bears no number is of what is left of the others."""
        damaged = place_for_damaged() if any(one.damaged > 0 for one in self.lines) else 0
        found = [
            _Claim(number, one, place, many, self._lot_of(one))
            for number, one in enumerate(self.lines, start=1)
            for place, many in ((self.paper.target_id or 0, one.done), (damaged, one.damaged))
            if many > 0
        ]
        return sorted(found, key=lambda one: one.lot_id is None)

    def _lot_of(self, line: DocumentLine) -> int | None:
        return self._lots.get((line.variant_id, line.lot_number.strip())) if line.lot_number else None

    def settle(self, claim: _Claim) -> None:
        """Take what came off the way, then from where it left, then from nowhere."""
        left = claim.quantity
        for lot_id, part in self._taken(claim):
            self._add(claim, part, self._way, lot_id)
            left -= part
        if left <= 0:
            return
        part = min(left, self._at_source(claim))
        if part > 0:
            self._free[claim.line.variant_id] -= part
            if claim.lot_id is not None:
                self._free_lots[claim.lot_id] -= part
            self._add(claim, part, self.paper.source_id or 0, claim.lot_id)
            left -= part
        if left > 0:
            found = Incoming(claim.line.variant_id, left, None, claim.line.lot_number, claim.line.expires)
            self.moves += [
                replace(one, line=claim.number)
                for one in incoming_lines([found], place_outside("gain"), claim.place_id)
            ]

    def _taken(self, claim: _Claim) -> Iterator[tuple[int | None, Decimal]]:
        """Take a claim off what was sent, lot by lot."""
        by_lot, left = self._sent.get(claim.line.variant_id, {}), claim.quantity
        is_named = bool(claim.line.lot_number) and claim.line.variant_id in self._keeps_lots
        for lot_id in list(by_lot):
            part = min(by_lot[lot_id], left)
            if part > 0 and (not is_named or lot_id == claim.lot_id):
                by_lot[lot_id] -= part
                left -= part
                yield lot_id, part

    def _at_source(self, claim: _Claim) -> Decimal:
        if claim.place_id == self.paper.source_id:
            return ZERO
        free = max(self._free.get(claim.line.variant_id, ZERO), ZERO)
        if claim.line.lot_number and claim.line.variant_id in self._keeps_lots:
            return min(free, self._free_lots.get(claim.lot_id or 0, ZERO))
        return free

    def _add(self, claim: _Claim, many: Decimal, source: int, lot_id: int | None) -> None:
        self.moves.append(
            MoveLine(claim.line.variant_id, many, source, claim.place_id, line=claim.number, lot_id=lot_id)
        )

    def lost(self) -> list[MoveLine]:
        """Return what was sent and did not come."""
        loss, numbers = place_outside("loss"), count(len(self.lines) + 1)
        return [
            MoveLine(variant_id, many, self._way, loss, line=next(numbers), lot_id=lot_id)
            for variant_id, by_lot in self._sent.items()
            for lot_id, many in by_lot.items()
            if many > 0
        ]
