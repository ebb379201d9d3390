"""Check 15 of safety: fifty want the last piece at once, a hundred times; and workers that die in the middle."""

import json
import multiprocessing
import os
import random
import signal
import threading
import time
import uuid
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection, transaction

from voronka.accounts.testing import make_company
from voronka.catalogue.testing import make_goods, make_many
from voronka.kit.tenancy import company_context
from voronka.stock import queries, services
from voronka.stock.models import Balance, Move, Reservation
from voronka.stock.services import reserving
from voronka.stock.testing import make_place, stock_up

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
AT_ONCE, TIMES = 50, 100
ONE = Decimal(1)


@pytest.fixture
def cast():
    return make_company()


def inside(cast, read):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        return read()


def crowd(cast, goods, times):
    """Let fifty reserve the last piece of each of the goods at the same moment; return how many got it."""
    gate = threading.Barrier(AT_ONCE, timeout=120)
    got: list[int] = [0] * times
    failures: list[BaseException] = []
    lock = threading.Lock()

    def want(number):
        try:
            with company_context(cast.company_id, employee_id=cast.owner.employee_id):
                for turn in range(times):
                    gate.wait()
                    try:
                        line = services.Line(1, goods[turn], ONE)
                        services.reserve(services.Holder("order", number), [line], actor=cast.owner, now=NOW)
                    except services.OutOfStock:
                        continue
                    with lock:
                        got[turn] += 1
        except BaseException as error:
            failures.append(error)
            gate.abort()
        finally:
            connection.close()

    threads = [threading.Thread(target=want, args=(number,)) for number in range(1, AT_ONCE + 1)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(300)
    assert not failures, failures
    return got


def last_pieces(cast, times):
    def make():
        place = make_place(cast.owner)
        goods = [one.pk for one in make_many(times)]
        for one in goods:
            stock_up(cast.owner, one, place, 1, now=NOW)
        return goods

    return inside(cast, make)


def test_of_fifty_exactly_one_gets_the_last_piece(cast):
    goods = last_pieces(cast, TIMES)
    assert crowd(cast, goods, TIMES) == [1] * TIMES
    assert inside(cast, services.compare_with_ledger) == []
    assert inside(cast, lambda: Reservation.objects.count()) == TIMES


def test_control_a_look_before_the_promise_gives_it_to_several(cast, monkeypatch):
    """The same crowd, the condition taken away from the update: what was free is looked at, and then promised."""

    def careless(lines, kind, holder, operation, state, until, now, *rest):
        variant_id = json.loads(lines)[0]["variant"]
        row = Balance.objects.get(variant_id=variant_id, is_external=False)
        if row.on_hand <= row.reserved:
            return [(1, variant_id, None, ONE, "short", Decimal(0))]
        time.sleep(0.01)  # an honest shop asks something else here
        Reservation.objects.create(
            operation=operation, holder_kind=kind, holder_id=holder, variant_id=variant_id, place_id=row.place_id,
            quantity=ONE, state=state, made_at=now,
        )  # fmt: skip
        Balance.objects.filter(pk=row.pk).update(reserved=row.on_hand)
        return [(1, variant_id, row.place_id, ONE, "", None)]

    monkeypatch.setattr(reserving, "_ask", careless)
    goods = last_pieces(cast, 3)
    assert max(crowd(cast, goods, 3)) > 1
    assert any("are reserved" in line for line in inside(cast, services.compare_with_ledger))


def test_one_request_sent_by_many_at_once_is_one_promise(cast):
    goods = last_pieces(cast, 1)
    inside(cast, lambda: stock_up(cast.owner, goods[0], queries.places(cast.owner)[0], 49, now=NOW))
    operation = uuid.uuid4()
    answers: list[object] = []

    def ask():
        try:
            with company_context(cast.company_id, employee_id=cast.owner.employee_id):
                line = services.Line(1, goods[0], ONE)
                holder = services.Holder("order", 1)
                answers.append(services.reserve(holder, [line], actor=cast.owner, now=NOW, operation=operation))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _number in range(12)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert len(answers) == 12
    assert all(one == answers[0] for one in answers)
    assert inside(cast, lambda: Reservation.objects.get().quantity) == 1


def _labour(company_id, owner, goods, place_id, seed):
    """Reserve, ship and take back for ever, until the process is killed."""
    draw = random.Random(seed)
    with company_context(company_id, employee_id=owner.employee_id):
        while True:
            holder = services.Holder("order", draw.randint(1, 10**9))
            try:
                lines = [services.Line(n, draw.choice(goods), Decimal(draw.randint(1, 3))) for n in (1, 2, 3)]
                services.reserve(holder, lines, actor=owner, now=NOW)
                services.ship(holder, actor=owner, now=NOW, operation=uuid.uuid4())
                back = [(lines[0].variant_id, ONE)]
                services.return_in("order", holder.id, back, place_id, actor=owner, now=NOW, operation=uuid.uuid4())
            except services.OutOfStock:
                continue


def test_workers_killed_in_the_middle_leave_nothing_half_done(cast):
    def make():
        place = make_place(cast.owner)
        found = [make_goods(f"Товар {number}").pk for number in range(5)]
        for one in found:
            stock_up(cast.owner, one, place, 1000, now=NOW)
        return found, place.pk

    goods, place_id = inside(cast, make)
    connection.close()  # each child opens its own
    fork = multiprocessing.get_context("fork")
    draw = random.Random(7)
    for turn in range(6):
        children = [
            fork.Process(target=_labour, args=(cast.company_id, cast.owner, goods, place_id, turn * 10 + number))
            for number in range(3)
        ]
        for one in children:
            one.start()
        time.sleep(0.8 + draw.random() * 0.7)
        for one in children:
            os.kill(one.pid, signal.SIGKILL)
            one.join(30)
    moved = inside(cast, Move.objects.count)
    assert moved > 30, "nothing was killed in the middle of anything"
    assert inside(cast, services.compare_with_ledger) == []

    def orders():
        return [set(Move.objects.filter(operation=one).values_list("document_id", flat=True)) for one in operations()]

    def operations():
        return Move.objects.filter(document_kind="order").values_list("operation", flat=True).distinct()[:50]

    assert all(len(found) == 1 for found in inside(cast, orders))
    # What was promised and not shipped when its worker died can still be let go of, all of it.
    held = inside(
        cast, lambda: set(Reservation.objects.filter(state="allocated").values_list("holder_id", flat=True))
    )
    for one in held:
        inside(cast, lambda one=one: services.release(services.Holder("order", one), actor=cast.owner, now=NOW))
    assert inside(cast, lambda: Balance.objects.filter(reserved__gt=0).count()) == 0
    assert inside(cast, services.compare_with_ledger) == []
