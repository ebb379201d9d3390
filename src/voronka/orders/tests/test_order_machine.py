"""Random sequences of place, change, pick, ship, deliver, return, cancel, pay and receive: after every step the ledger
of the stock adds up, heads are their lines, and what is promised is what a plain model says.
"""

import uuid
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run

from voronka.accounts.testing import make_company
from voronka.catalogue.testing import make_goods
from voronka.kit.errors import Conflict
from voronka.kit.events.listeners import all_listeners
from voronka.kit.models import EventRow
from voronka.kit.tenancy import company_context
from voronka.orders import services
from voronka.orders.facets import match_paid
from voronka.orders.models import Order, OrderLine, OrderPart, Return, ReturnLine, Shipment
from voronka.orders.queries.keeping import CAME_BACK, owed_of
from voronka.people.testing import make_client
from voronka.stock.models import Balance, Reservation
from voronka.stock.services import OutOfStock, compare_with_ledger
from voronka.stock.testing import make_place, stock_up

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
GOOD, PLACE, TURN = st.integers(0, 2), st.integers(0, 1), st.integers(0, 10**6)
MANY = st.integers(1, 6).map(Decimal)
LISTENER = next(one for one in all_listeners() if one.name == "orders.facts")
PRICE = st.integers(1, 99_999).map(lambda kopecks: Decimal(kopecks) / 100)


class Shop(RuleBasedStateMachine):
    """The model: how many of each lie in the company, and how many orders want of them."""

    @initialize()
    def begin(self):
        self.rollback = transaction.atomic()
        self.rollback.__enter__()
        cast = make_company()
        self.actor = cast.owner
        self.context = company_context(cast.company_id, employee_id=cast.owner.employee_id)
        self.context.__enter__()
        services.ship_settings()
        self.client = make_client(self.actor, phone="+79161234567")
        self.goods = [make_goods(f"Товар {number}", price="10.01") for number in range(3)]
        self.places = [make_place(self.actor, f"Склад {number}", priority=number) for number in range(2)]
        for one in self.goods:
            stock_up(self.actor, one.pk, self.places[0], 8, now=NOW, cost="3.33")
        self.there = dict.fromkeys(range(3), Decimal(8))
        self.heard = 0
        self.wanted = {}  # order: {position: quantity that is promised}

    def act(self, verb, *args, **more):
        """Call a verb as a request does: what it refuses leaves nothing behind."""
        with transaction.atomic():
            return verb(*args, actor=self.actor, now=NOW, **more)

    def one(self, rows, turn):
        found = list(rows.order_by("id"))
        return found[turn % len(found)] if found else None

    @rule(good=GOOD, place=PLACE, many=MANY)
    def receive(self, good, place, many):
        stock_up(self.actor, self.goods[good].pk, self.places[place], many, now=NOW, cost="3.35")
        self.there[good] += many
        for order_id in services.waiting_orders([self.goods[good].pk]):
            self.act(services.reserve_waiting, order_id)

    def free(self, good):
        rows = Balance.objects.filter(variant=self.goods[good], is_external=False)
        return sum((one.on_hand - one.reserved for one in rows), Decimal(0))

    @rule(first=GOOD, second=GOOD, one=MANY, two=MANY, price=PRICE, waits=st.booleans(), off=st.integers(0, 99))
    def place(self, first, second, one, two, price, waits, off):
        lines = [
            services.LineDraft(one, self.goods[first].pk, price=price),
            services.LineDraft(two, self.goods[second].pk),
            services.LineDraft(Decimal("0.5"), None, "Сборка", price),
        ]
        draft = services.OrderDraft(client_id=self.client.pk, lines=lines, discount=Decimal(off) / 1000)
        draft = replace(draft, discount=draft.discount.quantize(Decimal("0.01")))
        need = {first: one}
        need[second] = need.get(second, Decimal(0)) + two
        enough = all(self.free(good) >= many for good, many in need.items())
        operation = uuid.uuid4()
        try:
            order = self.act(services.place, draft, operation=operation, on_short="backorder" if waits else "refuse")
        except OutOfStock:
            assert not enough
            assert not waits
            return
        assert enough or waits
        assert self.act(services.place, draft, operation=operation).pk == order.pk

    @rule(turn=TURN, many=MANY, add=GOOD, waits=st.booleans())
    def change(self, turn, many, add, waits):
        order = self.one(Order.objects.all(), turn)
        if order is None:
            return
        draft = services.draft_of(order, list(order.lines.order_by("position")))
        lines = list(draft.lines)
        at = turn % len(lines)
        lines[at] = replace(lines[at], quantity=many, discount=None)
        if turn % 3 == 0:
            lines.append(services.LineDraft(many, self.goods[add].pk))
        if turn % 5 == 0 and len(lines) > 1:
            del lines[(turn // 5) % len(lines)]
        draft = replace(draft, lines=lines, place_id=None)
        try:
            self.act(
                services.change, order.public_id, draft, version=order.version,
                on_short="backorder" if waits else "refuse",
            )  # fmt: skip
        except (OutOfStock, Conflict):
            return

    @rule(turn=TURN)
    def pick(self, turn):
        order = self.one(Order.objects.all(), turn)
        if order is None:
            return
        try:
            self.act(services.start_picking, order.public_id, operation=uuid.uuid4())
        except Conflict:
            return

    @rule(turn=TURN, some=st.integers(0, 3))
    def scan(self, turn, some):
        shipment = self.one(Shipment.objects.filter(state__in=["picking", "packed"]), turn)
        if shipment is None:
            return
        for _time in range(some):
            self.act(services.scan_pack, shipment.public_id, self.goods[turn % 3].code, operation=uuid.uuid4())

    @rule(turn=TURN, how=st.sampled_from(["whole", "partly", "back"]))
    def ship(self, turn, how):
        shipment = self.one(Shipment.objects.filter(state__in=["picking", "packed"]), turn)
        if shipment is None:
            return
        if how == "back":
            self.act(services.cancel_shipment, shipment.public_id)
            return
        if how == "whole":
            self.act(services.set_picked, shipment.public_id)
        before = {one.pk: one.quantity for one in shipment.lines.all()}
        try:
            self.act(services.ship, shipment.public_id, operation=uuid.uuid4(), partly=True)
        except Conflict as refusal:
            if refusal.code not in ("empty_box", "order_closed", "order_cancelled"):
                raise
            return
        for one in shipment.lines.all():
            assert one.quantity <= before[one.pk]
            self.there[self.good_of(one.variant_id)] -= one.quantity

    def good_of(self, variant_id):
        return [one.pk for one in self.goods].index(variant_id)

    @rule(turn=TURN)
    def deliver(self, turn):
        shipment = self.one(Shipment.objects.filter(state="shipped"), turn)
        if shipment is not None:
            self.act(services.deliver, shipment.public_id)

    @rule(turn=TURN, many=MANY, damaged=st.booleans())
    def ask_return(self, turn, many, damaged):
        line = self.one(OrderLine.objects.filter(shipped__gt=0), turn)
        if line is None:
            return
        gone = sum(one.quantity for one in ReturnLine.objects.filter(line=line).exclude(back__state="rejected"))
        back = services.Back(line.position, many, "damaged" if damaged else "sale")
        try:
            self.act(services.ask_return, line.order.public_id, [back], operation=uuid.uuid4())
        except Conflict:
            assert gone + many > line.shipped
        else:
            assert gone + many <= line.shipped

    @rule(turn=TURN, place=PLACE)
    def receive_return(self, turn, place):
        back = self.one(Return.objects.filter(state="asked"), turn)
        if back is None:
            return
        if turn % 4 == 0:
            self.act(services.reject_return, back.public_id, "Не наше")
            return
        self.act(services.receive_return, back.public_id, self.places[place].pk)
        for one in back.lines.select_related("line"):
            if one.line.is_goods and one.condition == "sale":
                self.there[self.good_of(one.line.variant_id)] += one.quantity

    @rule(turn=TURN)
    def cancel(self, turn):
        order = self.one(Order.objects.exclude(phase="done"), turn)
        if order is not None and turn % 2:
            self.act(services.cancel, order.public_id, "Передумал")

    @rule(turn=TURN, halves=st.integers(0, 3))
    def pay(self, turn, halves):
        order = self.one(Order.objects.all(), turn)
        if order is not None:
            paid = (order.owed if turn % 2 else order.total) * halves / 2
            with transaction.atomic():
                services.note_paid(order.pk, paid.quantize(Decimal("0.01")), now=NOW)

    @rule(turn=TURN)
    def split(self, turn):
        order = self.one(Order.objects.exclude(phase__in=["done", "cancelled"]), turn)
        if order is not None:
            self.act(services.split, order.public_id)

    def hear(self):
        """Keep of orders what the listener would: of those that an event has told of since."""
        told = EventRow.objects.filter(company_id=self.actor.company_id, id__gt=self.heard, name__in=LISTENER.names)
        for pk, order_id in told.order_by("id").values_list("id", "subject_id"):
            self.heard = pk
            LISTENER.handle(SimpleNamespace(subject_id=order_id))

    @precondition(lambda self: hasattr(self, "context"))
    @invariant()
    def everything_adds_up(self):
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        services.refresh_figures([self.client.pk])
        self.hear()
        assert services.compare_orders() == []
        assert compare_with_ledger() == []
        for good, variant in enumerate(self.goods):
            rows = Balance.objects.filter(variant=variant, is_external=False)
            assert sum((one.on_hand for one in rows), Decimal(0)) == self.there[good]
        self.one_thing_is_said_of_money()
        for line in OrderLine.objects.filter(is_goods=True).exclude(order__phase__in=["cancelled", "done"]):
            held = Reservation.objects.filter(
                holder_kind="order", holder_id=line.order_id, holder_line=line.position,
                state__in=["held", "allocated"],
            )  # fmt: skip
            waits = OrderPart.objects.filter(line=line, state__in=["waiting", "doing"], kind="purchase")
            promised = sum((one.quantity for one in held), Decimal(0))
            waiting = sum((one.quantity for one in waits), Decimal(0))
            assert promised + waiting == line.quantity - line.shipped
        for line in OrderLine.objects.all():
            backs = ReturnLine.objects.filter(line=line).exclude(back__state__in=["rejected", "cancelled"])
            assert sum((one.sum for one in backs), Decimal(0)) <= line.total
            if sum((one.quantity for one in backs), Decimal(0)) == line.quantity:
                assert sum((one.sum for one in backs), Decimal(0)) == line.total

    def one_thing_is_said_of_money(self):
        """What is kept as owed is what lines and returns say, what invoices follow, and what lists go by."""
        told = {way: set() for way in ("no", "part", "full", "over")}
        for order in Order.objects.all():
            back = list(Return.objects.filter(order=order, state__in=CAME_BACK))
            sums = sum((one.sum for one in back), Decimal(0)), sum((one.delivery for one in back), Decimal(0))
            assert order.owed == owed_of(order, list(order.lines.all()), *sums) == services.stays_of(order.pk).due
            way = "over" if order.paid > order.owed else "full" if order.paid == order.owed else "part"
            told["no" if way == "part" and not order.paid else way].add(order.pk)
        ended = set(Order.objects.filter(phase="cancelled").values_list("pk", flat=True))
        unpaid = set(Order.objects.filter(phase="cancelled", paid=0).values_list("pk", flat=True))
        left_out = {"no": ended, "part": ended, "full": unpaid, "over": set()}
        for way, orders in told.items():
            assert set(Order.objects.filter(match_paid(way)).values_list("pk", flat=True)) == orders - left_out[way]

    def teardown(self):
        if hasattr(self, "context"):
            transaction.set_rollback(True)
            self.context.__exit__(None, None, None)
            self.rollback.__exit__(None, None, None)


@pytest.mark.slow
@pytest.mark.django_db
def test_orders_add_up_after_every_step():
    run(
        Shop,
        settings=settings(
            max_examples=8, stateful_step_count=25, deadline=None, print_blob=True,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
        ),
    )  # fmt: skip
