"""Random sequences of invoicing, paying, making orders larger and smaller, cancelling, returning, giving back, leaving
and setting against: no kopeck comes or goes, and once all has been heard nobody owes for what he has not got.
"""

import uuid
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run

from voronka.accounts.testing import make_company
from voronka.billing import services
from voronka.billing.models import Allocation, Document, Payment, Surplus
from voronka.billing.queries.surplus import credit_of, to_give
from voronka.billing.services.subjects import draft_about
from voronka.billing.testing import DAY, NOW, make_payment, make_requisites
from voronka.billing.tests.test_exchange import read
from voronka.kit.errors import Conflict
from voronka.kit.subjects import Subject
from voronka.kit.tenancy import company_context
from voronka.orders import services as orders
from voronka.orders.models import Order, Return
from voronka.orders.services import Back, drafts
from voronka.orders.testing import draft_for, make_shop

D = Decimal
TURN, MANY = st.integers(0, 10**6), st.integers(1, 4)
KOPECKS = st.integers(1, 400_000).map(lambda n: D(n) / 100)
LISTENERS = ("billing.follow", "billing.lessen", "billing.tell_paid", "billing.tell_back", "billing.debts")


class Till(RuleBasedStateMachine):
    """The model: how much has come, and how much went back."""

    @initialize()
    def begin(self):
        self.rollback = transaction.atomic()
        self.rollback.__enter__()
        cast = make_company()
        self.actor = cast.owner
        self.context = company_context(cast.company_id, employee_id=cast.owner.employee_id)
        self.context.__enter__()
        make_requisites(self.actor)
        self.shop = make_shop(self.actor, tables=500, chairs=500)
        self.came = self.went = D(0)

    def act(self, verb, *args, **more):
        """Call a verb as a request does: what it refuses leaves nothing behind."""
        try:
            with transaction.atomic():
                return verb(*args, actor=self.actor, now=NOW, **more)
        except Conflict:
            return None

    def one(self, rows, turn):
        found = list(rows.order_by("id"))
        return found[turn % len(found)] if found else None

    @rule(tables=MANY, chairs=MANY, off=st.integers(0, 99), turn=TURN)
    def place(self, tables, chairs, off, turn):
        """Place an order, invoiced whole, or by two invoices."""
        lines = [(self.shop.table, tables), (self.shop.chair, chairs)]
        order = self.act(orders.place, draft_for(self.shop, *lines, discount=D(off) / 100), operation=uuid.uuid4())
        whole = draft_about(Subject("order", order.pk), kind="invoice", day=DAY)
        parts = [whole.lines] if turn % 3 else [[one] for one in whole.lines]
        for lines in parts:
            draft = services.DocumentDraft(**{**{n: getattr(whole, n) for n in whole.__slots__}, "lines": lines})
            self.act(services.issue_new, draft=draft)

    @rule(turn=TURN, amount=KOPECKS)
    def pay(self, turn, amount):
        paper = self.one(Document.objects.filter(kind="invoice", state="issued"), turn)
        left = paper.amount - paper.paid if paper is not None else D(0)
        payment = make_payment(self.actor, str(amount), client_id=self.shop.client.pk)
        self.came += amount
        if left and turn % 5:
            parts = [(paper.public_id, min(left, amount))]
            self.act(services.allocate, public_id=payment.public_id, parts=parts)

    @rule(turn=TURN)
    def take_off(self, turn):
        back = Allocation.objects.filter(reverses__isnull=False).values("reverses")
        part = self.one(Allocation.objects.filter(reverses=None).exclude(pk__in=back), turn)
        if part is not None and not turn % 7:
            self.act(services.take_back, allocation_id=part.public_id)

    @rule(turn=TURN, many=MANY)
    def change(self, turn, many):
        order = self.one(Order.objects.exclude(phase__in=["done", "cancelled"]), turn)
        if order is None:
            return
        draft = drafts.draft_of(order, list(order.lines.order_by("position")))
        lines = list(draft.lines)
        at = turn % len(lines)
        lines[at] = replace(lines[at], quantity=D(many), discount=D(0))
        self.act(orders.change, order.public_id, replace(draft, lines=lines), version=order.version)

    @rule(turn=TURN)
    def send(self, turn):
        order = self.one(Order.objects.exclude(phase__in=["done", "cancelled"]), turn)
        if order is not None:
            self.act(orders.hand_over, order.public_id, operation=uuid.uuid4())

    @rule(turn=TURN)
    def cancel(self, turn):
        order = self.one(Order.objects.exclude(phase__in=["done", "cancelled"]), turn)
        if order is not None:
            self.act(orders.cancel, order.public_id, "Передумал")

    @rule(turn=TURN, many=MANY)
    def come_back(self, turn, many):
        order = self.one(Order.objects.filter(lines__shipped__gt=0).distinct(), turn)
        if order is None:
            return
        goods = [Back(turn % 2 + 1, D(many))]
        back = self.act(orders.ask_return, order.public_id, goods, operation=uuid.uuid4())
        if back is not None:
            self.act(orders.receive_return, back.public_id, self.shop.place.pk)

    @rule(turn=TURN, many=MANY, backs=st.lists(MANY, min_size=1, max_size=2), is_first=st.booleans())
    def change_as_goods_come_back(self, turn, many, backs, is_first):
        """Do both before anybody hears of either."""
        if is_first:
            self.change(turn, many)
        for one in backs:
            self.come_back(turn, one)
        if not is_first:
            self.change(turn, many)

    @rule(turn=TURN, amount=KOPECKS)
    def give_back(self, turn, amount):
        row = self.one(Surplus.objects.filter(amount__gt=0), turn)
        if row is not None:
            operation, wanted = uuid.uuid4(), min(row.amount, amount)
            for _pressed in range(2):
                out = self.act(
                    services.give_surplus_back, public_id=row.public_id, day=DAY, operation=operation, amount=wanted
                )
            self.went += out.amount

    @rule(turn=TURN, amount=KOPECKS)
    def refund(self, turn, amount):
        payment = self.one(Payment.objects.filter(is_income=True), turn)
        if payment is not None and not turn % 3:
            out = self.act(services.refund, public_id=payment.public_id, amount=amount, method="cash", day=DAY)
            self.went += out.amount if out is not None else 0

    @rule(turn=TURN)
    def leave(self, turn):
        row = self.one(Surplus.objects.all(), turn)
        if row is not None:
            self.act(services.keep_surplus, public_id=row.public_id)

    @rule(turn=TURN)
    def set_against(self, turn):
        paper = self.one(Document.objects.filter(kind="invoice", state="issued"), turn)
        if paper is not None:
            self.act(services.pay_from_credit, public_id=paper.public_id)

    @precondition(lambda self: hasattr(self, "context"))
    @invariant()
    def no_kopeck_comes_or_goes(self):
        self.adds_up()
        for _turn in range(3):
            for name in LISTENERS:
                read(name)
        self.adds_up()
        assert services.compare_with_ledger() == []
        for order in Order.objects.all():
            papers = list(Document.objects.filter(subject_kind="order", subject_id=order.pk, kind="invoice"))
            assert order.paid == sum((one.paid for one in papers), D(0))
            due = orders.stays_of(order.pk).due
            if len(papers) == 1:  # of several a person may have to divide the last
                assert order.paid <= due
                assert papers[0].state == "void" or papers[0].amount <= due
            if not to_give(order.pk) and order.paid <= due:
                assert not Return.objects.filter(order=order, state="received").exists()

    def adds_up(self):
        bound = sum(Document.objects.values_list("paid", flat=True), D(0))
        assert self.came - self.went == bound + credit_of(self.shop.client.pk)
        owed = sum(Surplus.objects.values_list("amount", flat=True), D(0))
        assert owed <= credit_of(self.shop.client.pk)

    def teardown(self):
        if hasattr(self, "context"):
            transaction.set_rollback(True)
            self.context.__exit__(None, None, None)
            self.rollback.__exit__(None, None, None)


@pytest.mark.slow
@pytest.mark.django_db
def test_no_kopeck_comes_or_goes_whatever_happens_to_orders():
    run(
        Till,
        settings=settings(
            max_examples=8, stateful_step_count=20, deadline=None, print_blob=True,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
        ),
    )  # fmt: skip
