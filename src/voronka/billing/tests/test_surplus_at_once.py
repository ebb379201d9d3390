"""Several people make a paid order smaller, give its money back and set it against another invoice at once."""

import threading
import time
import uuid
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection, transaction

from voronka.accounts.testing import make_company
from voronka.billing import services
from voronka.billing.models import Allocation, Document, Payment, Surplus
from voronka.billing.queries.surplus import credit_of
from voronka.billing.services.following import follow_invoice, lessen_invoice
from voronka.billing.services.subjects import draft_about, tell_of_back, tell_paid
from voronka.billing.testing import DAY, NOW, make_invoice, make_payment, make_requisites
from voronka.kit.errors import Conflict
from voronka.kit.subjects import Subject
from voronka.kit.tenancy import company_context
from voronka.orders import services as orders
from voronka.orders.models import Order
from voronka.orders.services import drafts
from voronka.orders.testing import make_order, make_shop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
D, GIVERS = Decimal, 4


@pytest.fixture
def cast():
    return make_company()


def inside(cast, read):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        return read()


def paid_and_made_smaller(cast):
    """Return shop, order of three tables made two, its invoice, and an invoice that waits for the client's money."""

    def make():
        make_requisites(cast.owner)
        shop = make_shop(cast.owner)
        order = make_order(cast.owner, shop, (shop.table, 3))
        draft = draft_about(Subject("order", order.pk), kind="invoice", day=DAY)
        paper = services.issue_new(actor=cast.owner, draft=draft, now=NOW)
        for _part in range(3):
            payment = make_payment(cast.owner, "1000", client_id=shop.client.pk)
            parts = [(paper.public_id, D(1000))]
            services.allocate(actor=cast.owner, public_id=payment.public_id, parts=parts, now=NOW)
        other = make_invoice(cast.owner, "600", client_id=shop.client.pk)
        shrink(cast, order, 2)
        follow_invoice(order.pk, D(3000), now=NOW)
        return shop, order, paper, other

    return inside(cast, make)


def shrink(cast, order, many):
    order.refresh_from_db()
    draft = drafts.draft_of(order, list(order.lines.order_by("position")))
    lines = [replace(draft.lines[0], quantity=D(many), discount=D(0))]
    orders.change(order.public_id, replace(draft, lines=lines), actor=cast.owner, version=order.version, now=NOW)


@pytest.mark.parametrize("act", ["allocate", "take_back", "back", "keep", "pay"])
def test_who_met_another_that_holds_what_he_waits_for_does_it_again(cast, act):
    """The other has what the verb comes to second, and waits for the payment: of two, the database stops the verb."""
    _shop, _order, paper, other = paid_and_made_smaller(cast)
    row = inside(cast, lambda: Surplus.objects.select_related("payment").get())
    lying = inside(cast, lambda: Allocation.objects.filter(document=paper, amount__gt=0).order_by("id")[0])
    payment_id = lying.payment_id if act == "take_back" else row.payment_id
    common = {"actor": cast.owner, "now": NOW}
    verb, (model, held) = {
        "allocate": (
            lambda: services.allocate(public_id=row.payment.public_id, parts=[(other.public_id, D(100))], **common),
            (Document, other.pk),
        ),
        "take_back": (
            lambda: services.take_back(allocation_id=lying.public_id, **common),
            (Document, paper.pk),
        ),
        "back": (
            lambda: services.give_surplus_back(public_id=row.public_id, day=DAY, operation=uuid.uuid4(), **common),
            (Surplus, row.pk),
        ),
        "keep": (
            lambda: services.keep_surplus(public_id=row.public_id, **common),
            (Surplus, row.pk),
        ),
        "pay": (
            lambda: services.pay_from_credit(public_id=other.public_id, **common),
            (Document, other.pk),
        ),
    }[act]
    is_held, broken = threading.Event(), []

    def waits():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN (SELECT held.pid FROM pg_locks held"
                " JOIN pg_database base ON base.oid = held.database WHERE base.datname = current_database())"
            )
            return cursor.fetchone()[0]

    def listener():
        model.objects.select_for_update(of=("self",)).get(pk=held)
        is_held.set()
        for _turn in range(600):
            if waits():
                break
            time.sleep(0.01)
        Payment.objects.select_for_update(of=("self",)).get(pk=payment_id)

    def run(doing):
        try:
            doing()
        except BaseException as error:
            broken.append(error)
        finally:
            connection.close()

    def person():
        is_held.wait(30)
        with company_context(cast.company_id, employee_id=cast.owner.employee_id):
            verb()

    threads = [threading.Thread(target=run, args=(one,)) for one in (lambda: inside(cast, listener), person)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert broken == []


def test_money_is_given_back_once_while_the_order_is_made_smaller_still(cast):
    shop, order, paper, other = paid_and_made_smaller(cast)
    row = inside(cast, Surplus.objects.get)
    assert row.amount == 1000
    gone: list[Decimal] = []
    broken: list[BaseException] = []

    def give():
        out = services.give_surplus_back(
            actor=cast.owner, public_id=row.public_id, day=DAY, now=NOW, operation=uuid.uuid4(), amount=D(700)
        )
        gone.append(out.amount)

    def smaller():
        inside(cast, lambda: shrink(cast, Order.objects.get(pk=order.pk), 1))
        inside(cast, lambda: follow_invoice(order.pk, D(2000), now=NOW))

    def cancelled():
        inside(cast, lambda: orders.cancel(order.public_id, "Передумал", actor=cast.owner, now=NOW))
        inside(cast, lambda: lessen_invoice(order.pk, now=NOW))

    acts = [
        *([give] * GIVERS), smaller, cancelled, cancelled,
        lambda: services.pay_from_credit(actor=cast.owner, public_id=other.public_id, now=NOW),
        lambda: inside(cast, lambda: tell_of_back(order.pk, now=NOW)),
    ]  # fmt: skip
    gate = threading.Barrier(len(acts), timeout=60)

    def run(act):
        try:
            with company_context(cast.company_id, employee_id=cast.owner.employee_id):
                gate.wait()
                act()
        except Conflict as refused:
            if refused.code == "busy":
                broken.append(refused)
        except BaseException as error:
            broken.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(one,)) for one in acts]
    for one in threads:
        one.start()
    for one in threads:
        one.join(120)
    assert broken == []

    def look():
        for was in (D(3000), D(2000)):
            follow_invoice(order.pk, was, now=NOW)
        lessen_invoice(order.pk, now=NOW)
        bound = sum(Document.objects.values_list("paid", flat=True), D(0))
        owed = sum(Surplus.objects.values_list("amount", flat=True), D(0))
        back = sum(Payment.objects.filter(is_income=False).values_list("amount", flat=True), D(0))
        return bound, credit_of(shop.client.pk), owed, back

    bound, credit, owed, back = inside(cast, look)
    assert back == sum(gone) <= 3000, "no more than was owed went out"
    assert D(3000) - back == bound + credit, "no kopeck came or went"
    assert owed <= credit
    inside(cast, lambda: services.refresh_debts([shop.client.pk]))
    assert inside(cast, services.compare_with_ledger) == []
    assert inside(cast, lambda: Document.objects.get(pk=paper.pk)).state == "void"


@pytest.mark.parametrize("tell", [tell_paid, tell_of_back])
def test_an_older_sum_does_not_come_after_a_newer_one(cast, tell):
    """Another listener tells the order of more while this one has yet to take it."""

    def make():
        make_requisites(cast.owner)
        shop = make_shop(cast.owner)
        order = make_order(cast.owner, shop, (shop.table, 3))
        draft = draft_about(Subject("order", order.pk), kind="invoice", day=DAY)
        return shop, order, services.issue_new(actor=cast.owner, draft=draft, now=NOW)

    shop, order, paper = inside(cast, make)
    broken: list[BaseException] = []

    def late():
        try:
            inside(cast, lambda: tell(paper.pk if tell is tell_paid else order.pk, now=NOW))
        except BaseException as error:
            broken.append(error)
        finally:
            connection.close()

    def newer():
        Order.objects.select_for_update().get(pk=order.pk)
        thread = threading.Thread(target=late)
        thread.start()
        for _try in range(200):
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
                )
                if cursor.fetchone():
                    break
            time.sleep(0.05)
        payment = make_payment(cast.owner, "1000", client_id=shop.client.pk)
        parts = [(paper.public_id, D(1000))]
        services.allocate(actor=cast.owner, public_id=payment.public_id, parts=parts, now=NOW)
        tell_paid(paper.pk, now=NOW)
        return thread

    inside(cast, newer).join(60)
    assert broken == []
    assert inside(cast, lambda: Order.objects.get(pk=order.pk)).paid == 1000
