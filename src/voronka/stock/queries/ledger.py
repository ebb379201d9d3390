"""The ledger of one variant: where it lies, to whom it is promised, how it moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from voronka.kit.actors import Actor
from voronka.stock.models import Balance, LotBalance, Move, Place, Reservation
from voronka.stock.permissions import SEE, SEE_COST
from voronka.stock.queries.balances import public_ids

MOVES = 50
PAPERS = frozenset({"purchase", "receipt", "transfer", "write_off", "back", "count"})


@dataclass(frozen=True, slots=True)
class Promise:
    """So many of a variant are promised to a record from a place; `until` None waits for its shipping."""

    holder_kind: str
    holder_id: int
    place: Place
    quantity: Decimal
    state: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A line of the ledger with its places; `sign` is plus for what came to the company, minus for what left it."""

    row: Move
    sign: int
    paper: str


@dataclass(frozen=True, slots=True)
class MovePage:
    """A page of the ledger, the newest first. `after` asks for the next one; `sees_cost`: the reader may see values."""

    rows: Sequence[MoveRow]
    after: str
    sees_cost: bool


def balances_of(actor: Actor, variant_ids: Sequence[int]) -> list[Balance]:
    """Return what lies in each of the company's own places, in their order. Raises Denied without the right."""
    actor.require(SEE)
    rows = Balance.objects.filter(variant_id__in=list(variant_ids), is_external=False).exclude(on_hand=0)
    return list(rows.select_related("place").order_by("variant_id", "place__priority", "place_id"))


def lots_of(actor: Actor, variant_id: int) -> list[LotBalance]:
    """Return the lots and serial numbers that lie anywhere, those that expire first before the others."""
    actor.require(SEE)
    rows = LotBalance.objects.filter(lot__variant_id=variant_id, on_hand__gt=0).select_related("lot", "place")
    return list(rows.order_by("lot__expires", "lot_id", "place_id")[:200])


def promises_of(actor: Actor, variant_ids: Sequence[int], *, most: int = 200) -> list[Promise]:
    """Return what is promised of variants, by holder: the oldest promises first. Raises Denied without the right."""
    actor.require(SEE)
    rows = Reservation.objects.filter(variant_id__in=list(variant_ids), state__in=["held", "allocated"])
    return [
        Promise(one.holder_kind, one.holder_id, one.place, one.quantity, one.state, one.expires_at)
        for one in rows.select_related("place").order_by("id")[:most]
    ]


def read_moves(
    actor: Actor, variant_id: int, *, after: str = "", size: int = MOVES, place: str = "", paper: str = ""
) -> MovePage:
    """Return a page of the moves of a variant, the newest first: of all places or of one, by all papers or a kind.

    A spoilt `after` is the beginning. Raises Denied without the right.
    """
    actor.require(SEE)
    found = Move.objects.filter(variant_id=variant_id)
    if place:
        found = found.filter(Q(source__public_id=place) | Q(target__public_id=place))
    if paper:
        found = found.filter(document_kind=paper)
    if after.isascii() and after.isdigit() and len(after) < 19:
        found = found.filter(pk__lt=int(after))
    rows = list(found.select_related("source", "target", "lot").order_by("-id")[: size + 1])
    papers = public_ids("document", [one.document_id for one in rows if one.document_id is not None])
    after = str(rows[size - 1].pk) if len(rows) > size else ""
    return MovePage([_row(one, papers) for one in rows[:size]], after, actor.may(SEE_COST))


def _row(one: Move, papers: dict[int, str]) -> MoveRow:
    came, went = not one.target.is_external, not one.source.is_external
    own = one.document_kind in PAPERS
    return MoveRow(one, int(came) - int(went), papers.get(one.document_id or 0, "") if own else "")
