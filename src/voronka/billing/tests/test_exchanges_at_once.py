"""Many exchange goods of one paid order at the same moment: each piece comes back once, and its money pays once."""

import threading
import uuid
from decimal import Decimal

import pytest
from django.db import connection, transaction

from voronka.accounts.testing import make_company
from voronka.billing import services
from voronka.billing.models import Payment
from voronka.billing.services.subjects import draft_about, tell_paid
from voronka.billing.testing import DAY, NOW, make_payment, make_requisites
from voronka.kit.errors import Conflict
from voronka.kit.events.listeners import all_listeners, drain, number_events
from voronka.kit.subjects import Subject
from voronka.kit.tenancy import company_context
from voronka.orders import services as orders
from voronka.orders.models import Order, Return
from voronka.orders.testing import draft_for, make_order, make_shop
from voronka.stock.services import compare_with_ledger
from voronka.stock.testing import balance

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SOLD, ASKING = 3, 6


@pytest.fixture
def cast():
    return make_company()


def inside(cast, read):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        return read()


def sold_and_paid(cast):
    """Return the shop, and an order of three tables that is handed over, invoiced and paid."""

    def make():
        make_requisites(cast.owner)
        shop = make_shop(cast.owner)
        order = make_order(cast.owner, shop, (shop.table, SOLD))
        orders.hand_over(order.public_id, actor=cast.owner, now=NOW, operation=uuid.uuid4())
        draft = draft_about(Subject("order", order.pk), kind="invoice", day=DAY)
        paper = services.issue_new(actor=cast.owner, draft=draft, now=NOW)
        payment = make_payment(cast.owner, str(order.total), method="cash", client_id=shop.client.pk)
        parts = [(paper.public_id, order.total)]
        services.allocate(actor=cast.owner, public_id=payment.public_id, parts=parts, now=NOW)
        tell_paid(paper.pk, now=NOW)
        return shop, order

    return inside(cast, make)


def test_each_piece_is_exchanged_once_and_its_money_pays_once(cast):
    shop, old = sold_and_paid(cast)
    gate = threading.Barrier(ASKING * 2, timeout=60)
    operations = [uuid.uuid4() for _one in range(ASKING)]
    got: list[tuple[uuid.UUID, int, int]] = []
    refused: list[uuid.UUID] = []
    broken: list[BaseException] = []

    def swap(operation):
        try:
            with company_context(cast.company_id, employee_id=cast.owner.employee_id):
                gate.wait()
                back, new = orders.exchange(
                    old.public_id, [orders.Back(1, Decimal(1))], draft_for(shop, (shop.chair, 5)), actor=cast.owner,
                    now=NOW, operation=operation, place_id=shop.place.pk,
                )  # fmt: skip
                got.append((operation, back.pk, new.pk))
        except Conflict as told:
            if told.code == "busy":
                broken.append(told)
            refused.append(operation)
        except BaseException as error:
            broken.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=swap, args=(one,)) for one in operations * 2]  # each is pressed twice
    for one in threads:
        one.start()
    for one in threads:
        one.join(120)

    assert broken == []
    assert len(set(got)) == SOLD
    assert len(got) == SOLD * 2, "who pressed twice is told twice of the same exchange"
    assert len(refused) == (ASKING - SOLD) * 2

    def look():
        old.refresh_from_db()
        given = list(Order.objects.exclude(pk=old.pk))
        taken = list(Return.objects.all())
        return given, taken, Payment.objects.get(), balance(shop.table.pk, shop.place)[0]

    given, taken, money, tables = inside(cast, look)
    assert sorted(one.pk for one in given) == sorted({new for _operation, _back, new in got})
    assert [(one.carried, one.state) for one in taken] == [(Decimal(1000), "refunded")] * SOLD
    assert [(one.total, one.paid) for one in given] == [(Decimal(1250), Decimal(1000))] * SOLD
    assert old.paid + sum(one.paid for one in given) == money.amount, "no kopeck came or went"
    assert tables == 10, "all that was sold lies on its place again, none of it twice"
    inside(cast, lambda: orders.refresh_figures([shop.client.pk]))
    inside(cast, lambda: orders.refresh_facts(None))
    while number_events():
        pass
    drain(next(one for one in all_listeners() if one.name == "billing.debts"), cast.company_id)
    assert inside(cast, services.compare_with_ledger) == []
    assert inside(cast, orders.compare_orders) == []
    assert inside(cast, compare_with_ledger) == []
