"""Delivery in returns: back by the reason or as it is chosen, to the kopeck, never more than was charged."""

import uuid
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.urls import reverse

from voronka.accounts.testing import NOW, make_company, sign_in
from voronka.kit.errors import Conflict, Invalid
from voronka.kit.tenancy import company_context
from voronka.orders import services
from voronka.orders.models import DeliveryMethod, Return
from voronka.orders.testing import make_order, make_shop

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def cast():
    found = make_company()
    with company_context(found.company_id, employee_id=found.owner.employee_id):
        yield found


@pytest.fixture
def shop(cast):
    return make_shop(cast.owner)


def handed_over(cast, shop, *lines, cost="299.99"):
    DeliveryMethod.objects.filter(kind="courier").update(cost=D(cost), free_from=None)
    courier = DeliveryMethod.objects.get(kind="courier")
    order = make_order(cast.owner, shop, *lines, delivery=courier.public_id)
    assert order.delivery_cost == D(cost)
    services.hand_over(order.public_id, actor=cast.owner, now=NOW, operation=uuid.uuid4())
    order.refresh_from_db()
    return order


def ask(cast, order, *goods, **more):
    back = [services.Back(position, D(many)) for position, many in goods]
    return services.ask_return(order.public_id, back, actor=cast.owner, now=NOW, operation=uuid.uuid4(), **more)


def receive(cast, shop, back, **more):
    return services.receive_return(back.public_id, shop.place.pk, actor=cast.owner, now=NOW, **more)


@pytest.mark.parametrize(
    ("goods", "more", "delivery"),
    [
        ([(1, 2), (2, 1)], {}, "299.99"),
        ([(1, 2)], {}, "0"),
        ([(1, 1)], {"fault": "seller"}, "299.99"),
        ([(1, 2), (2, 1)], {"kind": "exchange"}, "0"),
        ([(1, 2), (2, 1)], {"kind": "exchange", "fault": "seller"}, "299.99"),
        ([(1, 2), (2, 1)], {"delivery": D(0)}, "0"),
        ([(1, 1)], {"delivery": D("100.10")}, "100.10"),
    ],
)
def test_delivery_goes_back_by_the_reason_or_as_it_is_said(cast, shop, goods, more, delivery):
    order = handed_over(cast, shop, (shop.table, 2), (shop.chair, 1))
    back = ask(cast, order, *goods, **more)
    lines = sum((one.sum for one in back.lines.all()), D(0))
    assert (back.delivery, back.sum) == (D(delivery), lines + D(delivery))
    services.refresh_facts(None)
    assert services.compare_orders()[:-1] == []


def test_all_returns_together_are_the_order_to_the_kopeck_and_its_tax(cast, shop):
    order = handed_over(cast, shop, (shop.table, 2), (shop.chair, 3), cost="100.01")
    backs = [ask(cast, order, (1, 1), delivery=D("33.33")), ask(cast, order, (1, 1), delivery=D("33.34"))]
    backs.append(ask(cast, order, (2, 3)))  # the last of the goods: what is left of the delivery goes along
    assert backs[-1].delivery == D("33.34")
    assert sum(one.sum for one in backs) == order.total
    assert sum(one.delivery_tax for one in backs) == order.delivery_tax


def test_no_more_goes_back_than_was_charged_over_all_returns(cast, shop):
    order = handed_over(cast, shop, (shop.table, 2), (shop.chair, 1))
    first = ask(cast, order, (1, 1), fault="seller")
    again = ask(cast, order, (1, 1), fault="seller")
    assert (first.delivery, again.delivery) == (D("299.99"), 0)
    with pytest.raises(Conflict) as told:
        ask(cast, order, (2, 1), delivery=D("0.01"))
    assert "delivery" in told.value.fields
    for wrong in ("-1", "0.001", "NaN", "1e30"):
        with pytest.raises(Invalid):
            ask(cast, order, (2, 1), delivery=D(wrong))
    services.reject_return(first.public_id, "Не то", actor=cast.owner, now=NOW)
    assert ask(cast, order, (2, 1), fault="seller").delivery == D("299.99")
    with pytest.raises(IntegrityError), transaction.atomic():
        Return.objects.filter(pk=again.pk).update(delivery=D(10_000))


def test_what_turns_out_bad_gives_the_delivery_back_when_it_is_taken_in(cast, shop):
    order = handed_over(cast, shop, (shop.table, 2), (shop.chair, 1))
    back = ask(cast, order, (1, 1))
    assert back.delivery == 0
    with pytest.raises(Conflict):
        receive(cast, shop, back, delivery=D(300))
    done = receive(cast, shop, back, delivery=D("299.99"))
    assert (done.delivery, done.sum, done.state) == (D("299.99"), D("1299.99"), "received")


def test_what_is_owed_and_what_is_paid_back_follow(cast, shop):
    order = handed_over(cast, shop, (shop.table, 2))
    services.note_paid(order.pk, order.total, now=NOW)
    back = receive(cast, shop, ask(cast, order, (1, 2)))
    order.refresh_from_db()
    assert order.owed == 0
    services.note_paid(order.pk, D("299.99"), now=NOW)
    back.refresh_from_db()
    assert back.state == "received", "the delivery has not gone back yet"
    services.note_paid(order.pk, D(0), now=NOW)
    back.refresh_from_db()
    assert back.state == "refunded"


def test_a_delivery_that_is_given_back_does_not_become_cheaper(cast, shop):
    DeliveryMethod.objects.filter(kind="courier").update(cost=D(300), free_from=None)
    courier = DeliveryMethod.objects.get(kind="courier").public_id
    order = make_order(cast.owner, shop, (shop.table, 2), (shop.chair, 4), delivery=courier)
    [box] = services.start_picking(order.public_id, actor=cast.owner, now=NOW, operation=uuid.uuid4())
    services.set_picked(box.public_id, actor=cast.owner, now=NOW)
    services.ship(box.public_id, actor=cast.owner, now=NOW, operation=uuid.uuid4())
    ask(cast, order, (1, 1), fault="seller")
    order.refresh_from_db()
    draft = services.draft_of(order, list(order.lines.order_by("position")))
    with pytest.raises(Conflict) as told:
        services.change(
            order.public_id, replace(draft, delivery_cost=D(299)), actor=cast.owner, version=order.version, now=NOW
        )
    assert "delivery_cost" in told.value.fields


def test_the_page_of_a_return_lets_choose(cast, shop):
    order = handed_over(cast, shop, (shop.table, 2), (shop.chair, 1))
    browser = sign_in(Browser(), cast.owner)
    new = reverse("orders:return-new", args=[order.public_id])
    assert 'name="delivery"' in browser.get(new).content.decode()
    typed = {
        "operation": str(uuid.uuid4()),
        "quantity-1": "1",
        "kind": "return",
        "fault": "seller",
        "delivery": "stays",
    }
    assert browser.post(new, typed).status_code == 302
    back = Return.objects.get()
    assert (back.fault, back.delivery) == ("seller", 0)
    page = reverse("orders:return", args=[back.public_id])
    assert 'name="delivery"' in browser.get(page).content.decode()
    act = reverse("orders:return-act", args=[back.public_id, "receive"])
    browser.post(act, {"place": shop.place.public_id, "delivery": "back"})
    back.refresh_from_db()
    assert (back.state, back.delivery, back.sum) == ("received", D("299.99"), D("1299.99"))
    shown = browser.get(page).content.decode()
    assert "299,99" in shown
    assert 'name="delivery"' not in shown
