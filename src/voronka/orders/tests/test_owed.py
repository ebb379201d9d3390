"""What an order is to be paid is kept on it: filters, counts, picking, texts and the check say one thing."""

import uuid
from decimal import Decimal
from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser
from django.urls import reverse

from voronka.accounts.testing import NOW, make_company, sign_in
from voronka.kit.models import EventRow
from voronka.kit.tenancy import company_context
from voronka.orders import services
from voronka.orders.client_page.showing import money_of
from voronka.orders.models import DeliveryMethod, Order, PaymentMethod
from voronka.orders.queries import lists, picking
from voronka.orders.queries import orders as queries
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


def handed_over(cast, shop, *lines):
    order = make_order(cast.owner, shop, *lines)
    services.hand_over(order.public_id, actor=cast.owner, now=NOW, operation=uuid.uuid4())
    return order


def take_back(cast, shop, order, many, **more):
    goods = [services.Back(1, D(many))]
    back = services.ask_return(order.public_id, goods, actor=cast.owner, now=NOW, operation=uuid.uuid4(), **more)
    return services.receive_return(back.public_id, shop.place.pk, actor=cast.owner, now=NOW)


def ship_one(cast, shop, order):
    [box] = services.start_picking(order.public_id, actor=cast.owner, now=NOW, operation=uuid.uuid4())
    picked = {box.lines.get(variant=shop.table).pk: D(1)}
    services.set_picked(box.public_id, actor=cast.owner, now=NOW, picked=picked)
    services.ship(box.public_id, actor=cast.owner, now=NOW, operation=uuid.uuid4(), partly=True)


def ways_of(order):
    """Return by which answers of the filter an order is found."""
    found = set()
    for way in ("no", "part", "full", "over"):
        ask = lists.Ask(filters={"paid": way, "state": "any"})
        rows, _problems = lists.asked_orders(order.actor, ask, NOW)
        found |= {way for one in rows if one.pk == order.pk}
    return found


@pytest.mark.parametrize(
    ("back", "paid", "way", "unpaid"),
    [
        (0, 0, "no", 1), (0, 250, "part", 1), (0, 2000, "full", 0), (0, 2001, "over", 0),
        (1, 0, "no", 1), (1, 250, "part", 1), (1, 1000, "full", 0), (1, 2000, "over", 0),
        (2, 0, "full", 0), (2, 2000, "over", 0),
    ],
)  # fmt: skip
def test_the_filter_and_the_count_of_unpaid_go_by_what_is_left_of_an_order(cast, shop, back, paid, way, unpaid):
    order = handed_over(cast, shop, (shop.table, 2))
    order.actor = cast.owner
    if back:
        take_back(cast, shop, order, back)
    # Kept as billing would have it: closed, it would not be counted.
    Order.objects.filter(pk=order.pk).update(paid=D(paid))
    assert ways_of(order) == {way}
    assert lists.figures_of(cast.owner, now=NOW).counts["unpaid"] == unpaid
    page = sign_in(Browser(), cast.owner)
    listed = page.get(reverse("orders:order-list"), {"f.paid": way, "f.state": "any"}).context["rows"]
    assert [one.left for one in listed] == [max(D(2000) - 1000 * back - paid, 0)]


@pytest.mark.parametrize(
    ("paid", "back", "phase"), [(1000, 1, "done"), (999, 1, "shipping"), (0, 2, "shipping"), (2000, 0, "done")]
)
def test_a_delivered_order_closes_once_what_was_kept_is_paid(cast, shop, paid, back, phase):
    order = handed_over(cast, shop, (shop.table, 2))
    services.note_paid(order.pk, D(paid), now=NOW)
    if back:
        returned = take_back(cast, shop, order, back)
        services.receive_return(returned.public_id, shop.place.pk, actor=cast.owner, now=NOW)
    order.refresh_from_db()
    assert (order.phase, order.closed_at is not None) == (phase, phase == "done")


def test_the_bars_of_payment_go_by_what_is_owed(cast, shop):
    order = handed_over(cast, shop, (shop.table, 2))
    take_back(cast, shop, order, 1)
    services.note_paid(order.pk, D(250), now=NOW)
    card = queries.card(cast.owner, order.public_id)
    assert (card.to_pay, card.paid_share) == (1000, D("0.25"))
    services.note_paid(order.pk, D(1000), now=NOW)
    card = queries.card(cast.owner, order.public_id)
    assert card.paid_share == 1
    client_sees = money_of(card, "en")["label"].replace("\u202f", "").replace("\u00a0", " ")
    assert client_sees == "Paid 1000 ₽ of 1000 ₽"


def test_of_a_cancelled_order_only_what_left_is_owed(cast, shop):
    order = make_order(cast.owner, shop, (shop.table, 2))
    order.actor = cast.owner
    services.note_paid(order.pk, D(2000), now=NOW)
    ship_one(cast, shop, order)
    services.cancel(order.public_id, "Передумал", actor=cast.owner, now=NOW)
    order.refresh_from_db()
    assert (order.owed, ways_of(order)) == (1000, {"over"})
    services.note_paid(order.pk, D(1000), now=NOW)
    assert ways_of(order) == {"full"}
    take_back(cast, shop, order, 1)
    order.refresh_from_db()
    assert (order.owed, ways_of(order)) == (0, {"over"})
    services.note_paid(order.pk, D(0), now=NOW)
    assert ways_of(order) == set(), "nobody paid it, and nobody asks for it"


def test_a_return_of_a_cancelled_order_waits_for_its_own_money(cast, shop):
    order = make_order(cast.owner, shop, (shop.table, 2))
    services.note_paid(order.pk, D(2000), now=NOW)
    ship_one(cast, shop, order)
    services.cancel(order.public_id, "Передумал", actor=cast.owner, now=NOW)
    services.note_paid(order.pk, D(1000), now=NOW)
    back = take_back(cast, shop, order, 1)
    services.note_paid(order.pk, D(500), now=NOW)
    back.refresh_from_db()
    assert back.state == "received", "half of it went back"
    services.note_paid(order.pk, D(0), now=NOW)
    back.refresh_from_db()
    assert back.state == "refunded"


def test_what_is_paid_for_what_stays_may_be_picked_before_the_rest_leaves(cast, shop):
    ahead = PaymentMethod.objects.create(name="Предоплата", wants_prepayment=True)
    order = make_order(cast.owner, shop, (shop.table, 2), payment=ahead.public_id)
    assert picking.orders_to_pick(cast.owner) == []
    services.note_paid(order.pk, D(2000), now=NOW)
    assert [one.pk for one in picking.orders_to_pick(cast.owner)] == [order.pk]
    ship_one(cast, shop, order)
    take_back(cast, shop, order, 1)
    services.note_paid(order.pk, D(1000), now=NOW)
    assert [one.pk for one in picking.orders_to_pick(cast.owner)] == [order.pk]
    assert services.start_picking(order.public_id, actor=cast.owner, now=NOW, operation=uuid.uuid4())


def test_who_pays_all_that_is_left_has_paid_whole(cast, shop):
    order = handed_over(cast, shop, (shop.table, 2))
    take_back(cast, shop, order, 1)
    services.note_paid(order.pk, D(999), now=NOW)
    services.note_paid(order.pk, D(1000), now=NOW)
    told = EventRow.objects.filter(name="orders.OrderPaid", subject_id=order.pk).order_by("id")
    assert [one.payload["whole"] for one in told] == [False, True]


def test_nobody_has_paid_whole_what_is_not_owed(cast, shop):
    """An automation of paid orders would begin for an order that was cancelled, or a second time."""
    gone, kept = make_order(cast.owner, shop), handed_over(cast, shop, (shop.table, 2))
    services.cancel(gone.public_id, "Передумал", actor=cast.owner, now=NOW)
    for order, sums in ((gone, (500,)), (kept, (1999, 2000, 2500))):
        for paid in sums:
            services.note_paid(order.pk, D(paid), now=NOW)
    told = EventRow.objects.filter(name="orders.OrderPaid").order_by("id")
    assert [one.payload["whole"] for one in told] == [False, False, True, False]


def test_the_check_says_where_what_is_kept_is_not_what_is_owed(cast, shop):
    order = handed_over(cast, shop, (shop.table, 2))
    take_back(cast, shop, order, 1)
    assert not [one for one in services.compare_orders() if "is to be paid" in one]
    Order.objects.filter(pk=order.pk).update(owed=D(2000))
    [said] = [one for one in services.compare_orders() if "is to be paid" in one]
    assert said == f"order № {order.number}: it says that 2000.00 is to be paid, its lines and returns say 1000.00"
    for wrong in (D(-1), D(2001)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Order.objects.filter(pk=order.pk).update(owed=wrong)


def test_orders_of_before_are_reckoned_once(cast, shop):
    DeliveryMethod.objects.filter(kind="courier").update(cost=D("299.99"), free_from=None)
    courier = DeliveryMethod.objects.get(kind="courier").public_id
    whole, less = make_order(cast.owner, shop), make_order(cast.owner, shop, (shop.table, 3), delivery=courier)
    services.hand_over(less.public_id, actor=cast.owner, now=NOW, operation=uuid.uuid4())
    take_back(cast, shop, less, 1, fault="seller", delivery=D(100))
    ended = make_order(cast.owner, shop, (shop.table, 2), delivery=courier)
    ship_one(cast, shop, ended)
    services.cancel(ended.public_id, "Передумал", actor=cast.owner, now=NOW)
    gone = make_order(cast.owner, shop)
    services.cancel(gone.public_id, "Передумал", actor=cast.owner, now=NOW)
    told = dict(Order.objects.values_list("pk", "owed"))
    assert told == {whole.pk: 2000, less.pk: D("2199.99"), ended.pk: D("1299.99"), gone.pk: 0}
    Order.objects.update(owed=0)
    with connection.cursor() as cursor:
        fill = import_module("voronka.orders.migrations.0010_owed").UPDATE
        cursor.execute(fill)
    assert dict(Order.objects.values_list("pk", "owed")) == told
