"""Random sequences of receive, reserve, ship, return, move, count, write off, release and expire: after every step the
ledger adds up, and what is free is what a plain model says.
"""

import uuid
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from voronka.accounts.testing import make_company
from voronka.catalogue.models import KitLine
from voronka.catalogue.testing import make_goods
from voronka.kit.errors import Conflict
from voronka.kit.tenancy import company_context
from voronka.stock import queries, services
from voronka.stock.models import Balance, GoodsSum, Move, Reservation, Worth
from voronka.stock.models.sums import NUMBERS
from voronka.stock.queries import sums
from voronka.stock.testing import make_place

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
GOODS = st.integers(0, 2)
PLACES = st.integers(0, 2)
MANY = st.integers(1, 7).map(Decimal)
COST = st.integers(0, 99_999).map(lambda kopecks: Decimal(kopecks) / 100)
ORDERS = st.integers(1, 4)


class Ledger(RuleBasedStateMachine):
    """The model: what lies where, and what is promised to which order."""

    method = "average"

    @initialize()
    def begin(self):
        self.rollback = transaction.atomic()
        self.rollback.__enter__()
        cast = make_company()
        self.actor = cast.owner
        self.context = company_context(cast.company_id, employee_id=cast.owner.employee_id)
        self.context.__enter__()
        self.goods = [make_goods(f"Товар {number}") for number in range(3)]
        self.kit = make_goods("Набор", kind="kit")
        for part, many in ((0, 1), (1, 2)):
            KitLine.objects.create(kit=self.kit, part=self.goods[part], quantity=many)
        self.places = [make_place(self.actor, f"Склад {number}", priority=number) for number in range(3)]
        services.set_cost_method(self.method, actor=self.actor)
        self.hand = defaultdict(Decimal)
        self.promised = defaultdict(Decimal)  # order, goods, place
        self.shipped = defaultdict(Decimal)  # order, goods
        self.until = {}
        self.now = NOW
        self.selling = [True] * 3

    def free(self, good, place):
        promised = sum(many for (_o, g, p), many in self.promised.items() if (g, p) == (good, place))
        return self.hand[good, place] - promised

    def sellable(self, good):
        return sum(self.free(good, place) for place in range(3) if self.selling[place])

    @rule(good=GOODS, place=PLACES, many=MANY, cost=COST)
    def receive(self, good, place, many, cost):
        goods = [services.Incoming(self.goods[good].pk, many, cost)]
        operation = uuid.uuid4()
        for _again in range(2):  # the answer was lost, and the request sent again
            services.receive(goods, self.places[place].pk, actor=self.actor, now=self.now, operation=operation)
        self.hand[good, place] += many

    @rule(good=GOODS, place=PLACES, first=MANY, second=MANY, order=ORDERS)
    def reserve_two_lines(self, good, place, first, second, order):
        pk, where = self.goods[good].pk, self.places[place].pk
        lines = [services.Line(1, pk, first, where), services.Line(2, pk, second, where)]
        enough = self.free(good, place) >= first + second
        try:
            services.reserve(services.Holder("order", order), lines, actor=self.actor, now=self.now)
        except services.OutOfStock:
            assert not enough
        else:
            assert enough
            self.promised[order, good, place] += first + second

    @rule(many=st.integers(1, 3).map(Decimal), order=ORDERS)
    def reserve_kits_from_anywhere(self, many, order):
        holder = services.Holder("order", order)
        enough = all(self.sellable(good) >= many * each for good, each in ((0, 1), (1, 2)))
        try:
            found = services.reserve(holder, [services.Line(3, self.kit.pk, many)], actor=self.actor, now=self.now)
        except services.OutOfStock:
            assert not enough
            return
        assert enough
        got = defaultdict(Decimal)
        for one in found:
            good = [x.pk for x in self.goods].index(one.variant_id)
            place = [x.pk for x in self.places].index(one.place_id)
            self.promised[order, good, place] += one.quantity
            got[good] += one.quantity
        assert got == {0: many, 1: many * 2}

    @rule(good=GOODS, many=MANY, minutes=st.integers(1, 60))
    def hold_in_a_cart(self, good, many, minutes):
        holder = services.Holder("cart", 9)
        until = self.now + timedelta(minutes=minutes)
        try:
            found = services.reserve(
                holder, [services.Line(1, self.goods[good].pk, many)], actor=self.actor, now=self.now, until=until
            )
        except services.OutOfStock:
            assert self.sellable(good) < many
            return
        for one in found:
            place = [x.pk for x in self.places].index(one.place_id)
            key = (f"cart {len(self.until)}", good, place)
            self.promised[key] += one.quantity
            self.until[key] = until

    @rule(minutes=st.integers(1, 90))
    def time_goes(self, minutes):
        self.now += timedelta(minutes=minutes)
        services.expire_company(self.actor.company_id, now=self.now)
        for key, until in list(self.until.items()):
            if until <= self.now:
                self.promised.pop(key, None)

    @rule(order=ORDERS)
    def release(self, order):
        services.release(services.Holder("order", order), actor=self.actor, now=self.now)
        for key in [key for key in self.promised if key[0] == order]:
            del self.promised[key]

    @rule(order=ORDERS)
    def ship_all(self, order):
        mine = {key: many for key, many in self.promised.items() if key[0] == order and many}
        operation = uuid.uuid4()
        try:
            services.ship(services.Holder("order", order), actor=self.actor, now=self.now, operation=operation)
            again = services.ship(
                services.Holder("order", order), actor=self.actor, now=self.now, operation=operation
            )
        except Conflict:
            assert not mine
            return
        assert sum(one.quantity for one in again) == sum(mine.values())
        for (_order, good, place), many in mine.items():
            del self.promised[order, good, place]
            self.hand[good, place] -= many
            self.shipped[order, good] += many

    @rule(order=ORDERS, good=GOODS, line=st.integers(1, 3), many=MANY)
    def ship_a_part(self, order, good, line, many):
        before = {(one.variant_id, one.place_id): Decimal(0) for one in queries.held_for("order", order)}
        for one in queries.held_for("order", order):
            before[one.variant_id, one.place_id] += one.quantity
        there = sum(
            one.quantity
            for one in queries.held_for("order", order)
            if (one.line, one.variant_id) == (line, self.goods[good].pk)
        )
        try:
            moved = services.ship(
                services.Holder("order", order), actor=self.actor, now=self.now, operation=uuid.uuid4(),
                lines={(line, self.goods[good].pk): many},
            )  # fmt: skip
        except Conflict:
            assert there < many
            return
        assert there >= many
        for one in moved:
            place = [x.pk for x in self.places].index(one.source_id)
            self.promised[order, good, place] -= one.quantity
            self.hand[good, place] -= one.quantity
            self.shipped[order, good] += one.quantity

    @rule(order=ORDERS, good=GOODS, place=PLACES, many=MANY)
    def come_back(self, order, good, place, many):
        goods = [(self.goods[good].pk, many)]
        try:
            services.return_in(
                "order", order, goods, self.places[place].pk,
                actor=self.actor, now=self.now, operation=uuid.uuid4(),
            )  # fmt: skip
        except Conflict:
            assert self.shipped[order, good] < many
        else:
            self.shipped[order, good] -= many
            assert self.shipped[order, good] >= 0
            self.hand[good, place] += many

    @rule(good=GOODS, origin=PLACES, to=PLACES, many=MANY)
    def move(self, good, origin, to, many):
        line = services.MoveLine(self.goods[good].pk, many, self.places[origin].pk, self.places[to].pk)
        try:
            services.move([line], actor=self.actor, now=self.now, operation=uuid.uuid4())
        except services.OutOfStock:
            assert origin == to or self.free(good, origin) < many
        else:
            self.hand[good, origin] -= many
            self.hand[good, to] += many

    @rule(good=GOODS, place=PLACES, many=MANY)
    def write_off(self, good, place, many):
        try:
            services.write_off(
                [(self.goods[good].pk, many)], self.places[place].pk,
                actor=self.actor, now=self.now, operation=uuid.uuid4(),
            )  # fmt: skip
        except services.OutOfStock:
            assert self.free(good, place) < many
        else:
            self.hand[good, place] -= many

    @rule(place=PLACES, is_selling=st.booleans())
    def sell_there_or_not(self, place, is_selling):
        draft = services.PlaceDraft(f"Склад {place}", "warehouse", is_selling=is_selling, priority=place)
        services.save_place(draft, actor=self.actor, place_id=self.places[place].pk)
        self.selling[place] = is_selling

    @rule()
    def reckon_what_was_touched(self):
        services.keep_sums()

    @rule(method=st.sampled_from(["average", "fifo"]))
    def count_cost_otherwise(self, method):
        services.set_cost_method(method, actor=self.actor)

    @invariant()
    def everything_adds_up(self):
        if not hasattr(self, "hand"):
            return
        assert services.compare_with_ledger() == []
        free = queries.available([one.pk for one in self.goods], [one.pk for one in self.places])
        for good, variant in enumerate(self.goods):
            for place, where in enumerate(self.places):
                assert free[variant.pk].get(where.pk, Decimal(0)) == self.free(good, place)
        sums = Balance.objects.values("variant_id").annotate(many=Sum("on_hand")).order_by()
        assert all(row["many"] == 0 for row in sums)
        assert not Worth.objects.filter(value__lt=0).exists()
        self.the_list_counts_what_there_is()

    def the_list_counts_what_there_is(self):
        """Whether its sum is kept or was just touched, a good is found once and by its number at this very moment."""
        for code in NUMBERS:
            parts = (sums.kept(code), sums.changed(code))
            found = [row for rows in parts for row in rows.values_list("variant_id", "n")]
            assert len({pk for pk, _number in found}) == len(found)
            told = dict(found)
            for good, variant in enumerate(self.goods):
                assert told.get(variant.pk, 0) == self.number_of(code, good), code

    def number_of(self, code, good):
        if code == "worth":
            return int(sum(Worth.objects.filter(variant=self.goods[good]).values_list("value", flat=True)) * 100)
        if code == "available":
            return int(sum(self.free(good, place) for place in range(3) if self.selling[place]) * 1000)
        hand = sum(self.hand[good, place] for place in range(3))
        return int((hand if code == "on_hand" else hand - sum(self.free(good, place) for place in range(3))) * 1000)

    def teardown(self):
        if hasattr(self, "context"):
            transaction.set_rollback(True)
            self.context.__exit__(None, None, None)
            self.rollback.__exit__(None, None, None)


class Fifo(Ledger):
    """The same, with cost counted first in first out."""

    method = "fifo"


SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("machine", [Ledger, Fifo])
def test_the_ledger_adds_up_after_every_step(machine):
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=5, stateful_step_count=20, deadline=None, suppress_health_check=SLOW, print_blob=True
        ),
    )


@pytest.mark.django_db
def test_control_a_forged_balance_and_a_forged_promise_are_seen():
    """The comparison must fail where what is kept is not what the ledger says."""
    cast = make_company()
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        place, good = make_place(cast.owner), make_goods()
        services.receive(
            [services.Incoming(good.pk, Decimal(5), Decimal(10))], place.pk,
            actor=cast.owner, now=NOW, operation=uuid.uuid4(),
        )  # fmt: skip
        services.reserve(
            services.Holder("order", 1), [services.Line(1, good.pk, Decimal(2))], actor=cast.owner, now=NOW
        )
        assert services.compare_with_ledger() == []
        Balance.objects.filter(place=place).update(on_hand=6)
        assert any("the balance of variant" in line for line in services.compare_with_ledger())
        Balance.objects.filter(place=place).update(on_hand=5, reserved=1)
        assert any("are reserved" in line for line in services.compare_with_ledger())
        Balance.objects.filter(place=place).update(reserved=2)
        assert services.keep_sums() == 1
        GoodsSum.objects.update(available=2000)
        assert any("its sums are" in line for line in services.compare_with_ledger())
        GoodsSum.objects.update(available=3000)
        assert services.compare_with_ledger() == []
        Worth.objects.update(value=1)
        assert any("is worth" in line for line in services.compare_with_ledger())
        assert Move.objects.count() == 1
        assert Reservation.objects.get().quantity == 2
