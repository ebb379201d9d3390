"""Eight workers over many orders, some of them killed in the middle and every session of the database ended once:
nothing is lost, doubled or oversold. Hundreds of orders here, ten thousand by `make test-deep`.
"""

import contextlib
import multiprocessing
import os
import random
import signal
import threading
import time
import uuid
from datetime import UTC, datetime
from decimal import Decimal

import psycopg
import pytest
from django.db import OperationalError, connection, connections, transaction

from voronka.accounts.testing import make_company
from voronka.catalogue.testing import make_goods
from voronka.kit.db import again
from voronka.kit.errors import Conflict
from voronka.kit.tenancy import company_context
from voronka.orders import services
from voronka.orders.models import Order, OrderLine, ReturnLine
from voronka.orders.services import changing, locking, returning
from voronka.orders.testing import draft_for, make_order, make_shop
from voronka.people.testing import make_client
from voronka.stock.models import Balance
from voronka.stock.services import OutOfStock, compare_with_ledger
from voronka.stock.testing import make_place, stock_up

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DEEP = os.environ.get("VORONKA_TESTS") == "deep"
ORDERS, WORKERS, GOODS = (10_000 if DEEP else 240), 8, 12
SPACE = uuid.UUID("6f1f3f0c-7a9b-4a57-9d6a-2d6f3f1f5a11")


@pytest.fixture
def cast():
    return make_company()


def inside(cast, read):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        return read()


def one_order(actor, client_id, goods, number):
    """Do what one order goes through; each verb is a request of its own, sent again with the same operation."""
    draw = random.Random(number)
    wanted = [
        services.LineDraft(Decimal(draw.randint(1, 3)), draw.choice(goods)) for _line in range(draw.randint(1, 5))
    ]
    draft = services.OrderDraft(client_id=client_id, lines=wanted, discount=Decimal(draw.randint(0, 99)) / 100)
    operation = uuid.uuid5(SPACE, str(number))
    order = services.place(draft, actor=actor, now=NOW, operation=operation)
    way = number % 5
    if way == 0:
        with contextlib.suppress(Conflict):  # its goods have left before it was sent again
            services.cancel(order.public_id, "Передумал", actor=actor, now=NOW)
    elif way == 1:
        with transaction.atomic():  # the walls are set for a transaction
            current = Order.objects.get(pk=order.pk)
            own = services.draft_of(current, list(current.lines.order_by("position")))
        if len(own.lines) > 1:
            with contextlib.suppress(Conflict):
                services.change(
                    order.public_id, services.drafts.with_lines(own, own.lines[1:]), actor=actor, now=NOW,
                    version=current.version,
                )  # fmt: skip
    elif way != 2:
        with contextlib.suppress(Conflict):
            services.hand_over(order.public_id, actor=actor, now=NOW, operation=uuid.uuid5(operation, "out"))
        if way == 4:
            back = services.ask_return(
                order.public_id, [services.Back(1, Decimal(1))], actor=actor, now=NOW,
                operation=uuid.uuid5(operation, "back"),
            )  # fmt: skip
            with transaction.atomic():
                place_id = Balance.objects.filter(is_external=False).values_list("place_id", flat=True).first()
            services.receive_return(back.public_id, place_id, actor=actor, now=NOW)


def labour(cast, client_id, goods, done, worker):
    """Go through every eighth number; a worker in the place of a killed one begins with what that had in hand."""
    connections.close_all()
    actor = cast.owner
    with company_context(cast.company_id, employee_id=actor.employee_id):
        while True:
            number = done[worker] * WORKERS + worker
            if number >= ORDERS:
                return
            try:
                one_order(actor, client_id, goods, number)
            except OutOfStock:
                pass
            except Conflict as told:
                if told.code != "busy":
                    raise
                continue  # others were quicker three times: the same is sent again
            except (OperationalError, psycopg.OperationalError):
                connection.close()
                time.sleep(0.1)
                continue  # the session was ended, or two waited for each other: the same is sent again
            done[worker] += 1


def end_all_sessions():
    """End every session of the application in this database, as a database that goes down does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND usename = current_user"
        )
        ended = len(cursor.fetchall())
    connection.close()
    return ended


def test_eight_workers_lose_double_and_oversell_nothing(cast):
    def make():
        services.ship_settings()
        place = make_place(cast.owner)
        found = [make_goods(f"Товар {number}", price="10.01").pk for number in range(GOODS)]
        for one in found:
            stock_up(cast.owner, one, place, ORDERS * 3 // GOODS, now=NOW, cost="3.33")
        return make_client(cast.owner, phone="+79161234567").pk, found

    client_id, goods = inside(cast, make)
    began = Decimal(ORDERS * 3 // GOODS * GOODS)
    connection.close()  # each child opens its own
    fork = multiprocessing.get_context("fork")
    done = fork.Array("i", [0] * WORKERS, lock=False)  # a killed worker would keep a lock for ever

    def start(worker):
        made = fork.Process(target=labour, args=(cast, client_id, goods, done, worker))
        made.start()
        return made

    workers = [start(number) for number in range(WORKERS)]
    draw, killed, ended = random.Random(7), 0, 0
    until = time.monotonic() + 600 * (20 if DEEP else 1)
    while any(one.is_alive() for one in workers) and time.monotonic() < until:
        time.sleep(0.2 + draw.random() * 0.3)
        victim = draw.randrange(WORKERS)
        if killed < (60 if DEEP else 6) and workers[victim].is_alive():
            os.kill(workers[victim].pid, signal.SIGKILL)
            workers[victim].join(30)
            killed += 1
        if not ended and sum(done) > ORDERS // 3:
            ended = end_all_sessions()
        for number, one in enumerate(workers):
            if not one.is_alive() and one.exitcode != 0:
                workers[number] = start(number)
    for one in workers:
        one.join(60)
    assert [one.exitcode for one in workers] == [0] * WORKERS
    assert killed >= 3
    assert ended >= 1
    inside(cast, lambda: services.refresh_figures([client_id]))
    inside(cast, lambda: services.refresh_facts(None))
    assert inside(cast, services.compare_orders) == []
    assert inside(cast, compare_with_ledger) == []

    def counted():
        orders = list(Order.objects.order_by("number").values_list("number", "operation"))
        lines = OrderLine.objects.filter(is_goods=True)
        gone = sum((one.shipped - one.returned for one in lines), Decimal(0))
        there = sum((one.on_hand for one in Balance.objects.filter(is_external=False)), Decimal(0))
        return orders, gone, there

    orders, gone, there = inside(cast, counted)
    assert [number for number, _operation in orders] == list(range(1, len(orders) + 1))  # no gaps, none twice
    assert {operation for _number, operation in orders} <= {uuid.uuid5(SPACE, str(one)) for one in range(ORDERS)}
    assert ORDERS // 3 < len(orders) < ORDERS  # there was less than all of them wanted
    assert gone + there == began


def crowd(cast, order):
    """Let twelve ask to give back one piece each of three, at the same moment; return how many may."""
    gate = threading.Barrier(12, timeout=60)
    got: list[int] = []

    def want(number):
        try:
            with company_context(cast.company_id, employee_id=cast.owner.employee_id):
                gate.wait()
                services.ask_return(
                    order.public_id, [services.Back(1, Decimal(1))], actor=cast.owner, now=NOW, operation=uuid.uuid4()
                )
                got.append(number)
        except Conflict:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=want, args=(number,)) for number in range(12)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(120)
    return len(got)


def handed_over(cast):
    def make():
        shop = make_shop(cast.owner)
        order = make_order(cast.owner, shop, (shop.table, 3))
        services.hand_over(order.public_id, actor=cast.owner, now=NOW, operation=uuid.uuid4())
        return order

    return inside(cast, make)


def test_no_more_comes_back_than_went_however_many_ask_at_once(cast):
    order = handed_over(cast)
    assert crowd(cast, order) == 3
    assert inside(cast, lambda: sum(one.sum for one in ReturnLine.objects.all())) == Decimal("3000.00")


def test_control_without_the_lock_more_comes_back_than_went(cast, monkeypatch):
    """The same crowd, the lock of the order taken away: what was read is old when it is written."""
    order = handed_over(cast)

    def careless(actor, public_id, right, *, version=None, by_record=True):
        return Order.objects.select_related("status").get(public_id=public_id)

    real = returning.gone_of

    def slowly(found):
        told = real(found)
        time.sleep(0.2)
        return told

    monkeypatch.setattr(returning, "lock_order", careless)
    monkeypatch.setattr(returning, "gone_of", slowly)
    assert locking.lock_order is not careless
    assert crowd(cast, order) > 3
    assert any("returns of" in line for line in inside(cast, services.compare_orders))


def exchange_goods(cast, monkeypatch):
    """Let two orders change goods for one another's: each lets go of what the other wants. Return what was raised."""

    def make():
        shop = make_shop(cast.owner)
        return shop, [make_order(cast.owner, shop, (good, 2)) for good in (shop.table, shop.chair)]

    shop, orders = inside(cast, make)
    real, gate, failures = changing.reserve_lines, threading.Barrier(2, timeout=60), []
    met: set[int] = set()

    def slowly(order_id, *args, **kwargs):
        if order_id not in met:  # both have let go of theirs and hold its balance
            met.add(order_id)
            gate.wait()
        return real(order_id, *args, **kwargs)

    monkeypatch.setattr(changing, "reserve_lines", slowly)

    def swap(order, good):
        try:
            with company_context(cast.company_id, employee_id=cast.owner.employee_id):
                draft = draft_for(shop, (good, 2))
                services.change(order.public_id, draft, actor=cast.owner, version=order.version, now=NOW)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=swap, args=pair) for pair in zip(orders, (shop.chair, shop.table), strict=True)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    inside(cast, lambda: [one.refresh_from_db() for one in orders])
    held = inside(cast, lambda: list(Balance.objects.filter(reserved__gt=0).values_list("reserved", flat=True)))
    return failures, [one.version for one in orders], held


def test_two_changes_that_wait_for_each_other_are_both_done(cast, monkeypatch):
    assert exchange_goods(cast, monkeypatch) == ([], [2, 2], [2, 2])
    assert inside(cast, compare_with_ledger) == []


def test_control_without_a_second_try_one_of_the_two_is_told_that_others_are_quicker(cast, monkeypatch):
    monkeypatch.setattr(again, "TRIES", 1)
    [failure], versions, held = exchange_goods(cast, monkeypatch)
    assert isinstance(failure, Conflict)
    assert failure.code == "busy"
    assert sorted(versions) == [1, 2]
    assert sum(held) == 4
