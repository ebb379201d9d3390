"""Promises: goods are held for somebody, allocated to his order, let go, or leave with it."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.db.again import again
from voronka.kit.errors import Conflict, Invalid
from voronka.kit.events import packed, publish
from voronka.kit.tenancy import company_context
from voronka.stock.events import GoodsReserved, ReservationEnded
from voronka.stock.models import Reservation
from voronka.stock.permissions import RESERVE, SHIP
from voronka.stock.queries import Moved, moves_of
from voronka.stock.services.moving import MoveLine, begin, choose_lots, write_moves
from voronka.stock.services.places import place_outside
from voronka.stock.services.refusals import OutOfStock, Trouble, require_quantities

EXPIRE_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Line:
    """So many of a variant for a line of the holder; from a place, or from whichever has them."""

    line: int
    variant_id: int
    quantity: Decimal
    place_id: int | None = None


@dataclass(frozen=True, slots=True)
class Reserved:
    """What was promised of a line, and where it lies; kits are there as their parts."""

    line: int
    variant_id: int
    place_id: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Holder:
    """The record that goods are promised to: `order` and its id."""

    kind: str
    id: int


def reserve(
    holder: Holder,
    lines: Sequence[Line],
    *,
    actor: Actor,
    now: datetime,
    until: datetime | None = None,
    operation: uuid.UUID | None = None,
    places: Sequence[int] | None = None,
    only_on_sale: bool = True,
) -> list[Reserved]:
    """Promise all lines to the holder, or none of them.

    With `until` the goods are held and come free then; without it they are allocated until shipped or let go. The same
    operation asked again is answered as it was. `places` are those to choose from, the best first, for lines that name
    none. Raises OutOfStock with what is short, Invalid for quantities that cannot be.
    """
    actor.require(RESERVE)
    require_quantities([(one.line, one.quantity) for one in lines])
    if until is not None and until <= now:
        raise Invalid(_("The time until which goods are held has passed already."), code="until_past")
    state = "allocated" if until is None else "held"
    told = GoodsReserved(holder_kind=holder.kind, holder_id=holder.id, state=state, lines=len(lines))
    asked = [
        {"line": one.line, "variant": one.variant_id, "place": one.place_id, "quantity": str(one.quantity)}
        for one in lines
    ]
    # No savepoint of its own: where a line is short the function itself takes back what it did.
    with transaction.atomic(savepoint=False):
        rows = _ask(
            json.dumps(asked), holder.kind, holder.id, operation or uuid.uuid4(), state, until, now,
            None if places is None else list(places), only_on_sale, packed(told), actor.employee_id,
        )  # fmt: skip
    troubles = [Trouble(row[0], row[1], row[2], row[4], row[5]) for row in rows if row[4] not in ("", "repeated")]
    if troubles:
        raise OutOfStock.of(troubles)
    return [Reserved(*row[:4]) for row in rows]


def _ask(*values: Any) -> list[tuple[Any, ...]]:  # the arguments of stock_reserve, the columns of its rows
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT line, variant_id, place_id, quantity, trouble, free"
            " FROM stock_reserve(%s::jsonb, %s, %s, %s, %s, %s, %s, %s::bigint[], %s, %s::jsonb, %s)",
            values,
        )
        return list(cursor.fetchall())


@again
@transaction.atomic
def allocate(holder: Holder, *, actor: Actor, now: datetime) -> int:
    """Let what is held for the holder wait for its shipping, without an end; return how many promises there are.

    What is past is not revived.
    """
    actor.require(RESERVE)
    return _standing(holder, now).filter(state="held").update(state="allocated", expires_at=None)


@again
@transaction.atomic
def extend(holder: Holder, until: datetime, *, actor: Actor, now: datetime) -> int:
    """Hold the holder's goods until another moment; return how many promises there are. What is past is not revived."""
    actor.require(RESERVE)
    if until <= now:
        raise Invalid(_("The time until which goods are held has passed already."), code="until_past")
    return _standing(holder, now).filter(state="held").update(expires_at=until)


@again
@transaction.atomic
def release(holder: Holder, *, actor: Actor, now: datetime, lines: Mapping[int, Decimal] | None = None) -> int:
    """Let go of what is promised to the holder, or of so many of each line named; return how many promises ended.

    Asked again it finds nothing to let go of. A line of kits is let go of whole: its parts belong together.
    """
    actor.require(RESERVE)
    rows = list(_live(holder).select_for_update().order_by("id"))
    parts = [(one.pk, one.quantity) for one in rows] if lines is None else _parts_of(rows, lines)
    return _end(holder, parts, "released", now)


def _parts_of(rows: Sequence[Reservation], lines: Mapping[int, Decimal]) -> list[tuple[int, Decimal]]:
    """Return so many of each line's promises as are named, the youngest first."""
    require_quantities(list(lines.items()))
    lefts, found = dict(lines), []
    whole = {line for line in lines if len({one.variant_id for one in rows if one.holder_line == line}) > 1}
    for row in reversed(rows):
        if row.holder_line in whole:
            found.append((row.pk, row.quantity))
        elif lefts.get(row.holder_line, Decimal(0)) > 0:
            part = min(row.quantity, lefts[row.holder_line])
            lefts[row.holder_line] -= part
            found.append((row.pk, part))
    return found


def _end(holder: Holder, parts: Sequence[tuple[int, Decimal]], state: str, now: datetime) -> int:
    if not parts:
        return 0
    count = end_reservations(parts, state, now, frees=True)
    publish(ReservationEnded(holder_kind=holder.kind, holder_id=holder.id, state=state, lines=count))
    return count


def end_reservations(parts: Sequence[tuple[int, Decimal]], state: str, now: datetime, *, frees: bool) -> int:
    """End promises or parts of them in one statement; return how many could still be ended."""
    asked = [{"id": pk, "quantity": str(quantity)} for pk, quantity in parts]
    with connection.cursor() as cursor:
        cursor.execute("SELECT stock_end_reservations(%s::jsonb, %s, %s, %s)", [json.dumps(asked), state, now, frees])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def companies_with_expired(now: datetime) -> list[int]:
    """Return the companies in which goods are held past their time."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company FROM stock_companies_with_expired(%s) AS company", [now])
        return [row[0] for row in cursor.fetchall()]


def expire_company(company_id: int, *, now: datetime) -> int:
    """Let go of what one company has held past its time; return how many promises ended."""
    count = 0
    while True:
        with company_context(company_id, origin="job stock.expire"), transaction.atomic():
            # A promise that somebody is shipping or letting go right now is his.
            due = Reservation.objects.filter(state="held", expires_at__lte=now).order_by("id")
            rows = list(due.select_for_update(skip_locked=True)[:EXPIRE_AT_ONCE])
            if rows:
                end_reservations([(one.pk, one.quantity) for one in rows], "expired", now, frees=True)
            for kind, holder_id in sorted({(one.holder_kind, one.holder_id) for one in rows}):
                ended = sum(1 for one in rows if (one.holder_kind, one.holder_id) == (kind, holder_id))
                publish(ReservationEnded(holder_kind=kind, holder_id=holder_id, state="expired", lines=ended))
            count += len(rows)
        if len(rows) < EXPIRE_AT_ONCE:
            return count


@again
@transaction.atomic
def ship(
    holder: Holder,
    *,
    actor: Actor,
    now: datetime,
    operation: uuid.UUID,
    lines: Mapping[tuple[int, int], Decimal] | None = None,
    lots: Mapping[tuple[int, int], Sequence[int]] | None = None,
    place_id: int | None = None,
) -> list[Moved]:
    """Give out what is promised to the holder: all of it, or so many of each (line, variant), from one place or all.

    Raises Conflict where more is to leave than is promised, or a hold has expired; OutOfStock where lots are missing.
    The same operation asked again returns what it moved. `lots` names lots by (line, variant), where they are chosen.
    """
    actor.require(SHIP)
    if begin(operation):
        return moves_of(operation)
    rows = list(_standing(holder, now).select_for_update().order_by("id"))
    rows = [one for one in rows if place_id is None or one.place_id == place_id]
    if lines is not None:
        require_quantities([(line, quantity) for (line, _variant), quantity in lines.items()])
    parts = _leaving(rows, lines)
    customer = place_outside("customer")
    asked = [
        MoveLine(row.variant_id, part, row.place_id, customer, line=row.holder_line, reserved=part)
        for row, part in parts
    ]
    end_reservations([(row.pk, part) for row, part in parts], "shipped", now, frees=False)
    return write_moves(
        choose_lots(asked, lots or {}),
        operation=operation,
        paper=holder.kind,
        paper_id=holder.id,
        actor=actor,
        now=now,
    )


def _leaving(
    rows: Sequence[Reservation], lines: Mapping[tuple[int, int], Decimal] | None
) -> list[tuple[Reservation, Decimal]]:
    if lines is None:
        found = [(one, one.quantity) for one in rows]
    else:
        lefts, found = dict(lines), []
        for row in rows:
            part = min(row.quantity, lefts.get((row.holder_line, row.variant_id), Decimal(0)))
            if part > 0:
                lefts[row.holder_line, row.variant_id] -= part
                found.append((row, part))
        if any(lefts.values()):
            raise Conflict(
                _("More is to leave than is reserved for it: reserve it first."),
                code="not_reserved",
            )
    if not found:
        raise Conflict(_("Nothing is reserved for this any more: reserve it first."), code="not_reserved")
    return found


def _live(holder: Holder) -> "QuerySet[Reservation]":
    return Reservation.objects.filter(holder_kind=holder.kind, holder_id=holder.id, state__in=["held", "allocated"])


def _standing(holder: Holder, now: datetime) -> "QuerySet[Reservation]":
    """Return the promises whose time is not over: the sweep may come to those a little later."""
    return _live(holder).filter(Q(expires_at=None) | Q(expires_at__gt=now))
