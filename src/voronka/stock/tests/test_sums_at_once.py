"""Goods are promised while their sums are reckoned: nothing of it is lost, and the list is right at every moment."""

import uuid
from datetime import UTC, datetime
from decimal import Decimal
from threading import Event, Thread

import pytest
from django.db import connection, transaction

from voronka.accounts.testing import make_company
from voronka.catalogue.queries.lists import Ask
from voronka.catalogue.testing import make_goods
from voronka.kit.events.listeners import all_listeners, drain, number_events
from voronka.kit.tenancy import company_context
from voronka.stock import services
from voronka.stock.models import Balance, GoodsSum
from voronka.stock.queries import lists
from voronka.stock.testing import make_place, stock_up

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def inside(cast, act):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        return act()


def told(cast):
    """Return how many the list says are available, and by which filter it finds the good."""

    def read():
        [row] = lists.read_page(cast.owner, Ask(sort="-available"), now=NOW).rows
        found = [
            many for many in range(12)
            if lists.read_page(cast.owner, Ask(filters={"available": str(many)}), now=NOW).rows
        ]  # fmt: skip
        return int(row.available), found

    return inside(cast, read)


def touched(cast):
    return inside(cast, lambda: Balance.objects.filter(is_touched=True).exists())


class Promise:
    """A promise of some pieces whose transaction stays open till it is told to end."""

    def __init__(self, cast, good, holder, count):
        self.is_made, self.may_end = Event(), Event()
        self.thread = Thread(target=self.make, args=(cast, good, holder, count))
        self.thread.start()
        assert self.is_made.wait(30)

    def make(self, cast, good, holder, count):
        try:
            with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
                line = services.Line(1, good.pk, Decimal(count))
                services.reserve(
                    services.Holder("order", holder), [line], actor=cast.owner, now=NOW, operation=uuid.uuid4()
                )
                self.is_made.set()
                self.may_end.wait(30)
        finally:
            connection.close()

    def end(self):
        self.may_end.set()
        self.thread.join(30)


def test_a_promise_that_was_not_made_yet_when_sums_were_reckoned_is_not_forgotten():
    cast = make_company()

    def begin():
        good = make_goods("Стол")
        stock_up(cast.owner, good.pk, make_place(cast.owner), 10, now=NOW)
        return good

    good = inside(cast, begin)
    assert inside(cast, services.keep_sums) == 1  # takes what was received
    assert not touched(cast)
    promise = Promise(cast, good, 1, 4)
    assert inside(cast, services.keep_sums) == 0  # waits for nobody
    assert told(cast) == (10, [10])
    promise.end()
    assert told(cast) == (6, [6])  # of the balances: the kept sum is the old one
    assert inside(cast, lambda: GoodsSum.objects.get().available) == 10_000

    promise = Promise(cast, good, 2, 1)
    assert inside(cast, services.keep_sums) == 0  # what is touched and held by somebody stays so
    assert touched(cast)
    assert told(cast) == (6, [6])
    promise.end()
    assert told(cast) == (5, [5])
    while number_events():
        pass
    drain(next(one for one in all_listeners() if one.name == "stock.sums"), cast.company_id)
    assert not touched(cast)
    assert inside(cast, lambda: GoodsSum.objects.get().available) == 5_000
    assert told(cast) == (5, [5])
    assert inside(cast, services.compare_with_ledger) == []
