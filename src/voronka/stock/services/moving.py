"""Moves: goods come in, go from place to place, leave, come back; every one a line of the ledger."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db import connection, transaction
from django.utils.translation import gettext as _

from voronka.catalogue import queries as catalogue
from voronka.kit.actors import Actor
from voronka.kit.db.again import again
from voronka.kit.errors import Conflict, Invalid
from voronka.kit.events import publish
from voronka.kit.tenancy import current_company_id
from voronka.stock.events import GoodsMoved
from voronka.stock.models import Keeping, Lot, LotBalance, Move
from voronka.stock.permissions import MOVE, RECEIVE, SHIP, WRITE_OFF
from voronka.stock.queries import Moved, moves_of
from voronka.stock.rules import quantities
from voronka.stock.services.places import place_outside
from voronka.stock.services.refusals import OutOfStock, Trouble, require_quantities

# A paper may be filled in a little after midnight on a clock that is ahead.
AHEAD = timedelta(minutes=10)
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class MoveLine:
    """So many of a variant go from a place to another. `value` is what all of them cost, where they come in."""

    variant_id: int
    quantity: Decimal
    source_id: int
    target_id: int
    line: int = 0
    reserved: Decimal = Decimal(0)
    lot_id: int | None = None
    value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """Goods that come in: `cost` of one piece, `lot` its number (of a lot, or of the single piece)."""

    variant_id: int
    quantity: Decimal
    cost: Decimal | None = None
    lot: str = ""
    expires: date | None = None


def begin(operation: uuid.UUID) -> bool:
    """Tell whether an operation has been done already, waiting for it where it is being done right now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT stock_seen(%s)", [operation])
        row = cursor.fetchone()
    return bool(row and row[0])


def write_moves(
    lines: Sequence[MoveLine],
    *,
    operation: uuid.UUID,
    paper: str,
    paper_id: int | None,
    actor: Actor,
    now: datetime,
    at: datetime | None = None,
) -> list[Moved]:
    """Write lines of the ledger, all or none, and announce them; the caller has asked `begin` and checked the right.

    Raises Invalid for quantities that cannot be or a moment that has not come, OutOfStock where goods are missing.
    """
    require_quantities([(one.line, one.quantity) for one in lines])
    if at is not None and at > now + AHEAD:
        raise Invalid(_("That moment has not come yet: look at the clock."), code="at_future")
    _require_whole(lines)
    asked = [_document(number, one) for number, one in enumerate(lines, start=1)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT line, variant_id, place_id, trouble, free FROM stock_move(%s::jsonb, %s, %s, %s, %s, %s)",
            [json.dumps(asked), operation, paper, paper_id, actor.employee_id, at or now],
        )
        troubles = [Trouble(*row) for row in cursor.fetchall()]
    if troubles:
        raise OutOfStock.of(troubles)
    done = moves_of(operation)
    first = Move.objects.filter(operation=operation).order_by("id").values_list("id", flat=True)[0]
    publish(
        GoodsMoved(
            first_move_id=first, operation=str(operation), paper_kind=paper, paper_id=paper_id, lines=len(done)
        )
    )
    return done


def _document(number: int, one: MoveLine) -> dict[str, object]:
    return {
        "line": number, "variant": one.variant_id, "quantity": str(one.quantity), "source": one.source_id,
        "target": one.target_id, "reserved": str(one.reserved), "lot": one.lot_id,
        "value": None if one.value is None else str(one.value), "asked": one.line,
    }  # fmt: skip


def _require_whole(lines: Sequence[MoveLine]) -> None:
    """Refuse what is not in the catalogue, services and kits, and half pieces of what is only had whole."""
    cards = catalogue.variants_by_ids([one.variant_id for one in lines])
    troubles = []
    for one in lines:
        card = cards.get(one.variant_id)
        if card is None or card.kind != "goods":
            troubles.append(Trouble(one.line, one.variant_id, None, "unknown"))
        elif one.quantity % 1 and quantities.is_whole(card.unit, is_weighed=card.is_weighed):
            troubles.append(Trouble(one.line, one.variant_id, None, "fraction"))
    if troubles:
        raise OutOfStock.of(troubles)


@again
@transaction.atomic
def receive(
    goods: Sequence[Incoming],
    place_id: int,
    *,
    actor: Actor,
    now: datetime,
    operation: uuid.UUID,
    paper: str = "receipt",
    paper_id: int | None = None,
    at: datetime | None = None,
) -> list[Moved]:
    """Take goods in from a supplier. Raises Invalid where a lot or a serial number is wanted and not given."""
    actor.require(RECEIVE)
    if begin(operation):
        return moves_of(operation)
    source = place_outside("supplier")
    lines = incoming_lines(goods, source, place_id)
    return write_moves(lines, operation=operation, paper=paper, paper_id=paper_id, actor=actor, now=now, at=at)


def incoming_lines(goods: Sequence[Incoming], source: int, target: int) -> list[MoveLine]:
    """Return the lines of goods that come in, their lots found or made."""
    require_quantities([(number, one.quantity) for number, one in enumerate(goods, start=1)])
    keeping = {
        one.variant_id: one for one in Keeping.objects.filter(variant_id__in=[one.variant_id for one in goods])
    }
    lines = []
    for number, one in enumerate(goods, start=1):
        if one.cost is not None and not 0 <= one.cost <= Decimal("99999999999.99"):
            text = _("A cost is not less than nothing.")
            raise Invalid(text, code="cost", fields={str(number): text})
        kept = keeping.get(one.variant_id)
        lot_id = _lot_for(number, one, kept) if kept and (kept.wants_lots or kept.wants_serials) else None
        value = None if one.cost is None else (one.cost * one.quantity).quantize(CENT, ROUND_HALF_UP)
        lines.append(MoveLine(one.variant_id, one.quantity, source, target, line=number, lot_id=lot_id, value=value))
    return lines


def _lot_for(number: int, one: Incoming, kept: Keeping) -> int:
    named = one.lot.strip()[:80]
    if not named:
        text = _("Its serial number is wanted.") if kept.wants_serials else _("Its lot is wanted.")
        raise Invalid(text, code="lot_wanted", fields={str(number): text})
    if kept.wants_serials and one.quantity != 1:
        text = _("Pieces with serial numbers come one by one.")
        raise Invalid(text, code="serial_single", fields={str(number): text})
    lot = Lot(variant_id=one.variant_id, number=named, is_serial=kept.wants_serials, expires=one.expires)
    Lot.objects.bulk_create([lot], ignore_conflicts=True)
    return Lot.objects.values_list("id", flat=True).get(variant_id=one.variant_id, number=named)


def choose_lots(lines: Sequence[MoveLine], named: Mapping[tuple[int, int], Sequence[int]]) -> list[MoveLine]:
    """Return the lines with their lots: those named by (line, variant), else those that expire first.

    A line of several lots becomes several. The lots are locked, so that nobody else is given them.
    """
    kept = Keeping.objects.filter(variant_id__in=[one.variant_id for one in lines])
    wanting = {one.variant_id for one in kept if one.wants_lots or one.wants_serials}
    if not wanting:
        return list(lines)
    asked = [_document(number, one) for number, one in enumerate(lines, start=1)]
    with connection.cursor() as cursor:  # balances before lots, as everywhere
        cursor.execute("SELECT stock_lock_balances(%s::jsonb)", [json.dumps(asked)])
    rows = LotBalance.objects.select_for_update(of=("self",)).filter(
        lot__variant_id__in=wanting, place_id__in={one.source_id for one in lines}, on_hand__gt=0
    )
    held = sorted(rows.select_related("lot").order_by("lot_id", "place_id"), key=_first_to_go)
    lefts = {row.pk: row.on_hand for row in held}
    return [part for one in lines for part in _in_lots(one, held, lefts, wanting, named)]


def _first_to_go(row: LotBalance) -> tuple[date, int]:
    return row.lot.expires or date.max, row.lot_id


def _in_lots(
    one: MoveLine,
    held: Sequence[LotBalance],
    lefts: dict[int, Decimal],
    wanting: set[int],
    named: Mapping[tuple[int, int], Sequence[int]],
) -> list[MoveLine]:
    if one.variant_id not in wanting or one.lot_id is not None:
        return [one]
    chosen = named.get((one.line, one.variant_id))
    found, need = [], one.quantity
    for row in held:
        fits = row.lot.variant_id == one.variant_id and row.place_id == one.source_id
        part = min(lefts[row.pk], need)
        if fits and part > 0 and (chosen is None or row.lot_id in chosen):
            lefts[row.pk] -= part
            need -= part
            found.append(replace(one, quantity=part, reserved=min(part, one.reserved), lot_id=row.lot_id))
    if need > 0:
        raise OutOfStock.of([Trouble(one.line, one.variant_id, one.source_id, "lot")])
    return found


@again
@transaction.atomic
def move(
    lines: Sequence[MoveLine],
    *,
    actor: Actor,
    now: datetime,
    operation: uuid.UUID,
    paper: str = "transfer",
    paper_id: int | None = None,
) -> list[Moved]:
    """Move free goods between places of the company. Raises OutOfStock where they are missing or promised."""
    actor.require(MOVE)
    if begin(operation):
        return moves_of(operation)
    return write_moves(
        choose_lots(lines, {}), operation=operation, paper=paper, paper_id=paper_id, actor=actor, now=now
    )


@again
@transaction.atomic
def write_off(
    lines: Sequence[tuple[int, Decimal]],
    place_id: int,
    *,
    actor: Actor,
    now: datetime,
    operation: uuid.UUID,
    paper: str = "write_off",
    paper_id: int | None = None,
) -> list[Moved]:
    """Take free goods off the books: pairs of a variant and how many."""
    actor.require(WRITE_OFF)
    if begin(operation):
        return moves_of(operation)
    loss = place_outside("loss")
    asked = [MoveLine(pk, many, place_id, loss, line=number) for number, (pk, many) in enumerate(lines, start=1)]
    return write_moves(
        choose_lots(asked, {}), operation=operation, paper=paper, paper_id=paper_id, actor=actor, now=now
    )


@again
@transaction.atomic
def return_in(
    paper: str,
    paper_id: int,
    goods: Sequence[tuple[int, Decimal]],
    place_id: int,
    *,
    actor: Actor,
    now: datetime,
    operation: uuid.UUID,
) -> list[Moved]:
    """Take back what was shipped to a record, at the cost at which it left: pairs of a variant and how many.

    Raises Conflict where more comes back than went and has not come back yet.
    """
    actor.require(SHIP)
    if begin(operation):
        return moves_of(operation)
    customer = place_outside("customer")
    wanted: dict[int, Decimal] = {}
    require_quantities(list(enumerate((many for _pk, many in goods), start=1)))
    for pk, many in goods:
        wanted[pk] = wanted.get(pk, Decimal(0)) + many
    with connection.cursor() as cursor:  # of two returns at once the second sees the first
        key: list[str | int] = [f"{paper}/{paper_id}", current_company_id()]
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", key)
    rows = Move.objects.filter(document_kind=paper, document_id=paper_id, variant_id__in=wanted).order_by("id")
    lines = []
    for number, (pk, many) in enumerate(sorted(wanted.items()), start=1):
        lines += _back(number, pk, many, [one for one in rows if one.variant_id == pk], customer, place_id)
    return write_moves(lines, operation=operation, paper=paper, paper_id=paper_id, actor=actor, now=now)


def _back(
    number: int, variant_id: int, many: Decimal, rows: Sequence[Move], customer: int, place_id: int
) -> list[MoveLine]:
    """Return the lines of a variant that comes back, lot by lot, at the cost of what is still out."""
    out: dict[int | None, list[Decimal]] = {}
    for one in rows:
        sign = 1 if one.target_id == customer else -1
        held = out.setdefault(one.lot_id, [Decimal(0), Decimal(0)])
        held[0] += sign * one.quantity
        held[1] += sign * one.value
    found, need = [], many
    for lot_id, (quantity, value) in out.items():
        part = min(quantity, need)
        if part > 0:
            need -= part
            worth = value if part == quantity else (value * part / quantity).quantize(CENT, ROUND_HALF_UP)
            found.append(
                MoveLine(
                    variant_id, part, customer, place_id, line=number, lot_id=lot_id, value=max(worth, Decimal(0))
                )
            )
    if need > 0:
        raise Conflict(
            _("More comes back than was shipped: look at what was shipped and has not come back yet."),
            code="more_than_shipped",
        )
    return found
