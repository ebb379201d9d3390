"""Reservations by eight connections, of one hot variant and of a thousand: the application's function beside the same
transaction sent bare by psycopg from the same processes, in turns.

The bare transaction names the company, inserts the reservation and the event, takes the goods by a conditional update
and commits. The control looks first and takes afterwards, and must promise more than there is.
"""

import json
import multiprocessing
import random
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import psycopg
from django.db import connections, transaction

from voronka.catalogue.models import Product, Variant
from voronka.config.benches.frame import ROUNDS, Result, Staff, app_connection, middle, owner_connection, rows_of
from voronka.config.benches.staff import staff_of
from voronka.kit.tenancy import company_context
from voronka.stock import services as stock
from voronka.stock.models import Place

FULL, PROCESSES = 1_000, 8
LEAST = 0.6  # of the bare transactions a second
_PLENTY, _FEW = 100_000_000, 200
_ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The goods of the bench, all of them in one place."""

    staff: Staff
    place_id: int
    goods: Sequence[int]


# Makes what one process does once and returns it: reserve one of a variant, tell whether there was one.
Maker = Callable[[Shelf, int, psycopg.Connection], Callable[[Any], bool]]


def run(*, scale: float, seconds: float) -> Result:
    """Measure; figures are reservations a second."""
    result = Result("reserve", scale)
    shelf = prepare(rows_of(max(scale, 1.0), FULL))
    each = max(seconds / 2, 1.0)
    figures = result.figures
    for name, goods in (("hot", shelf.goods[:1]), ("spread", shelf.goods)):
        runs: dict[str, list[float]] = {"bare": [], "app": []}
        for _round in range(ROUNDS):
            for way, make in (("bare", _reserve_bare), ("app", _reserve_by_application)):
                fill(shelf, _PLENTY)
                done, length = race(shelf, make, goods, each)
                runs[way].append(done / length)
        figures[f"{name}_per_s"] = middle(runs["app"])
        figures[f"{name}_bare_per_s"] = middle(runs["bare"])
        result.ratios[f"{name}_to_bare"] = middle(
            [app / bare for app, bare in zip(runs["app"], runs["bare"], strict=True)]
        )
    figures["oversold"] = _oversold(shelf, _reserve_by_application)
    figures["control_oversold"] = _oversold(shelf, _reserve_carelessly)
    result.demand(figures["oversold"] == 0, "more was promised than there is")
    result.demand(
        figures["control_oversold"] > 0, "the control, without its condition, promised no more than there is"
    )
    for name in ("hot_to_bare", "spread_to_bare"):
        result.demand(scale < 1 or result.ratios[name] >= LEAST, f"{name} is under {LEAST}")
    return result


def prepare(count: int, name: str = "reserve") -> Shelf:
    """Return the shelf of a company with so many variants, made when it is not there."""
    staff = staff_of(name, PROCESSES)
    with company_context(staff.company_id, employee_id=staff.owner.employee_id), transaction.atomic():
        place = Place.objects.filter(name="Bench").first()
        if place is None:
            draft = stock.PlaceDraft("Bench", "warehouse", is_selling=True)
            place = stock.save_place(draft, actor=staff.owner)
        missing = count - Variant.objects.count()
        if missing > 0:
            product = Product.objects.create(name="Bench")
            Variant.objects.bulk_create(
                Variant(product=product, code=str(uuid.uuid4()), name=f"Thing {number}") for number in range(missing)
            )
        goods = list(Variant.objects.order_by("id").values_list("id", flat=True)[:count])
    return Shelf(staff, place.pk, goods)


def fill(shelf: Shelf, many: int) -> None:
    """Put so many of every variant on the shelf, of which none is promised."""
    company = shelf.staff.company_id
    with owner_connection() as owner:
        owner.execute("DELETE FROM stock_reservation WHERE company_id = %s", [company])
        owner.execute("DELETE FROM kit_event WHERE company_id = %s AND name = 'stock.GoodsReserved'", [company])
        owner.execute("DELETE FROM stock_balance WHERE company_id = %s", [company])
        owner.execute(
            "INSERT INTO stock_balance (company_id, variant_id, place_id, is_external, on_hand, reserved)"
            " SELECT %s, g, %s, false, %s, 0 FROM unnest(%s::bigint[]) AS g",
            [company, shelf.place_id, many, list(shelf.goods)],
        )
        owner.execute("VACUUM (ANALYZE) stock_reservation, stock_balance, kit_event")


def _oversold(shelf: Shelf, make: Maker) -> int:
    """Let all want a few pieces at once; return how many more were promised than there are."""
    fill(shelf, _FEW)
    race(shelf, make, shelf.goods[:1], 60.0)
    with owner_connection() as owner:
        row = owner.execute(
            "SELECT COALESCE(sum(quantity), 0) FROM stock_reservation WHERE company_id = %s", [shelf.staff.company_id]
        ).fetchone()
    return max(0, int((row or (0,))[0]) - _FEW)


def _reserve_by_application(shelf: Shelf, number: int, bare: psycopg.Connection) -> Callable[[int], bool]:
    actor, place_id = shelf.staff.workers[number], shelf.place_id
    holders = iter(range(number * 10_000_000, (number + 1) * 10_000_000))

    def reserve(variant_id: int) -> bool:
        holder = stock.Holder("order", next(holders))
        lines = [stock.Line(1, variant_id, _ONE, place_id)]
        with company_context(actor.company_id, employee_id=actor.employee_id):
            try:
                stock.reserve(holder, lines, actor=actor, now=datetime.now(UTC))
            except stock.OutOfStock:
                return False
        return True

    return reserve


_TAKE = (
    "UPDATE stock_balance SET reserved = reserved + %s"
    " WHERE company_id = %s AND variant_id = %s AND place_id = %s AND on_hand - reserved >= %s"
)
_PROMISE = (
    "INSERT INTO stock_reservation (company_id, operation, holder_kind, holder_id, holder_line, variant_id, place_id,"
    " quantity, state, expires_at, made_at) VALUES (%s, %s, 'order', %s, 1, %s, %s, %s, 'allocated', NULL, %s)"
)
_EVENT = (
    "INSERT INTO kit_event (company_id, name, at, employee_id, cause, subject_kind, subject_id, client_id, payload)"
    " VALUES (%s, 'stock.GoodsReserved', clock_timestamp(), %s, NULL, 'stock_holder', %s, NULL, %s)"
)


def _reserve_bare(shelf: Shelf, number: int, bare: psycopg.Connection) -> Callable[[int], bool]:
    """Send the transaction as a program would that has nothing else to do."""
    return _sender(shelf, number, bare, look_first=False)


def _reserve_carelessly(shelf: Shelf, number: int, bare: psycopg.Connection) -> Callable[[int], bool]:
    """Look what is free and take it afterwards, without the condition."""
    return _sender(shelf, number, bare, look_first=True)


def _sender(shelf: Shelf, number: int, bare: psycopg.Connection, *, look_first: bool) -> Callable[[int], bool]:
    actor, place_id = shelf.staff.workers[number], shelf.place_id
    company = actor.company_id
    who = json.dumps({"employee": actor.employee_id, "origin": ""})
    holders = iter(range(number * 10_000_000, (number + 1) * 10_000_000))

    def reserve(variant_id: int) -> bool:
        holder = next(holders)
        said = {"holder_kind": "order", "holder_id": holder, "state": "allocated", "lines": 1}
        with bare.transaction(), bare.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('app.company_id', %s, true), set_config('app.actor', %s, true)",
                [str(company), who],
            )
            if look_first:
                taken = _look_and_take(cursor, company, variant_id, place_id)
            else:
                taken = cursor.execute(_TAKE, [_ONE, company, variant_id, place_id, _ONE]).rowcount == 1
            if not taken:
                return False
            cursor.execute(_PROMISE, [company, uuid.uuid4(), holder, variant_id, place_id, _ONE, datetime.now(UTC)])
            cursor.execute(_EVENT, [company, actor.employee_id, holder, json.dumps(said)])
        return True

    return reserve


def _look_and_take(cursor: "psycopg.Cursor[Any]", company: int, variant_id: int, place_id: int) -> bool:
    key = [company, variant_id, place_id]
    row = cursor.execute(
        "SELECT on_hand - reserved FROM stock_balance WHERE company_id = %s AND variant_id = %s AND place_id = %s",
        key,
    ).fetchone()
    if row is None or row[0] < 1:
        return False
    # The table itself refuses more than there is; without a condition the promise is all that is written too much.
    cursor.execute(
        "UPDATE stock_balance SET reserved = least(on_hand, reserved + 1)"
        " WHERE company_id = %s AND variant_id = %s AND place_id = %s",
        key,
    )
    return True


def race(shelf: Shelf, make: Maker, goods: Sequence[Any], seconds: float) -> tuple[int, float]:
    """Let eight processes act for so many seconds, or until nothing is left; return how many acts and how long."""
    context = multiprocessing.get_context("fork")
    connections.close_all()
    gate = context.Barrier(PROCESSES)
    pipes, started = [], []
    for number in range(PROCESSES):
        mine, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_work, args=(shelf, make, number, goods, seconds, gate, theirs))
        process.start()
        theirs.close()
        started.append(process)
        pipes.append(mine)
    told = [pipe.recv() for pipe in pipes]
    for process in started:
        process.join()
    return sum(done for done, _length in told), max(length for _done, length in told)


def _work(
    shelf: Shelf, make: Maker, number: int, goods: Sequence[Any], seconds: float, gate: Any, pipe: Any
) -> None:  # the last two are multiprocessing's
    draw = random.Random(number)  # noqa: S311 - which goods are wanted is no secret
    with app_connection() as bare:
        reserve = make(shelf, number, bare)
        gate.wait()
        began = time.perf_counter()
        done = 0
        while time.perf_counter() - began < seconds and reserve(draw.choice(goods)):
            done += 1
        pipe.send((done, time.perf_counter() - began))
    connections.close_all()
