"""Orders are split, picked by the scanner, shipped whole and in parts, handed over, returned, exchanged, repeated."""

import uuid
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from voronka.accounts.testing import NOW, add_person, make_company
from voronka.catalogue.models import Barcode, KitLine, Price
from voronka.catalogue.rules import barcodes
from voronka.catalogue.testing import make_goods
from voronka.kit.actors import Reach
from voronka.kit.errors import Conflict, Denied, Invalid, NotFound
from voronka.kit.events.listeners import all_listeners, drain, number_events
from voronka.kit.models import EventRow
from voronka.kit.steps import parse_steps, run_steps
from voronka.kit.subjects import Subject, open_capability
from voronka.kit.tenancy import company_context
from voronka.loyalty.models import PromoCode
from voronka.loyalty.testing import make_promo
from voronka.messaging import services as messaging
from voronka.messaging.models import Message
from voronka.orders import queries, services
from voronka.orders.models import Order, OrderPart, PackScan, PaymentMethod, Return, Shipment, Status
from voronka.orders.ports import Sold
from voronka.orders.services.flow import context_of
from voronka.orders.testing import draft_for, make_order, make_shop
from voronka.people.testing import make_client
from voronka.stock.services import compare_with_ledger
from voronka.stock.testing import balance, make_place, stock_up
from voronka.work.models import Task

pytestmark = pytest.mark.django_db
TABLE_CODE = "4600051000057"


@pytest.fixture
def cast():
    found = make_company()
    with company_context(found.company_id, employee_id=found.owner.employee_id):
        yield found


@pytest.fixture
def shop(cast):
    made = make_shop(cast.owner)
    read = barcodes.read(TABLE_CODE)
    Barcode.objects.create(variant=made.table, value=read.value, kind=read.kind, key=read.key)
    return made


def pick(cast, order, operation=None):
    return services.start_picking(order.public_id, actor=cast.owner, now=NOW, operation=operation or uuid.uuid4())


def scan(cast, shipment, code, quantity=1, operation=None):
    return services.scan_pack(
        shipment.public_id, code, actor=cast.owner, now=NOW, operation=operation or uuid.uuid4(),
        quantity=Decimal(quantity),
    )  # fmt: skip


def ship(cast, shipment, **more):
    return services.ship(shipment.public_id, actor=cast.owner, now=NOW, operation=uuid.uuid4(), **more)


def take_all_in(company_id):
    """Let the listener that serves waiting orders read all that was announced."""
    while number_events():
        pass
    drain(next(one for one in all_listeners() if one.name == "orders.reserve_waiting"), company_id)


def line(order, position):
    return order.lines.get(position=position)


def all_right():
    services.refresh_figures(Order.objects.values_list("client_id", flat=True))
    services.refresh_facts(None)
    return [*services.compare_orders(), *compare_with_ledger()]


def test_the_scanner_checks_what_goes_into_the_box(cast, shop):
    order = make_order(cast.owner, shop, (shop.table, 2), (shop.chair, 1))
    [shipment] = pick(cast, order)
    other = make_goods("Лишний")
    again = uuid.uuid4()
    assert scan(cast, shipment, "no such code").trouble == "unknown"
    assert scan(cast, shipment, other.code).trouble == "not_here"
    first = scan(cast, shipment, TABLE_CODE, operation=again)
    assert scan(cast, shipment, TABLE_CODE, operation=again) == first
    assert (first.trouble, first.picked, first.quantity, first.left) == ("", 1, 2, 2)
    assert scan(cast, shipment, TABLE_CODE, 2).trouble == "too_many"
    with pytest.raises(Conflict):
        ship(cast, shipment)
    assert scan(cast, shipment, TABLE_CODE).left == 1
    assert scan(cast, shipment, shop.chair.code).left == 0
    shipment.refresh_from_db()
    assert shipment.state == "packed"
    assert PackScan.objects.count() == 6
    order.refresh_from_db()
    assert order.phase == "work"


def test_what_is_shipped_leaves_the_stock_at_its_cost_and_ends_the_order_when_paid(cast, shop):
    order = make_order(cast.owner, shop, (shop.table, 2), (shop.chair, 1))
    [shipment] = pick(cast, order)
    services.set_picked(shipment.public_id, actor=cast.owner, now=NOW)
    ship(cast, shipment, tracking="RU1")
    ship(cast, shipment)
    assert balance(shop.table.pk, shop.place) == (8, 0)
    assert (line(order, 1).shipped, line(order, 1).shipped_cost) == (2, Decimal("1200.00"))
    order.refresh_from_db()
    assert (order.phase, order.shipped_at) == ("shipping", NOW)
    services.deliver(shipment.public_id, actor=cast.owner, now=NOW + timedelta(days=1))
    order.refresh_from_db()
    assert (order.status.code, order.phase) == ("handed_over", "shipping")
    services.note_paid(order.pk, order.total, now=NOW + timedelta(days=2))
    order.refresh_from_db()
    assert (order.phase, order.closed_at) == ("done", NOW + timedelta(days=2))
    names = list(EventRow.objects.filter(name__startswith="orders.").order_by("id").values_list("name", flat=True))
    assert names.count("orders.OrderShipped") == names.count("orders.OrderDelivered") == 1
    assert all_right() == []


def test_who_does_not_reach_an_order_puts_nothing_into_its_box(cast, shop):
    order = make_order(cast.owner, shop, (shop.table, 1))
    shipment = pick(cast, order)[0]
    rights = {**cast.owner.rights, "orders.see": Reach.OWN}
    stranger = replace(add_person(cast.owner, "storekeeper"), rights=rights)
    with company_context(cast.company_id, employee_id=stranger.employee_id):
        with pytest.raises(NotFound):
            services.scan_pack(shipment.public_id, shop.table.code, actor=stranger, now=NOW, operation=uuid.uuid4())
        with pytest.raises(NotFound):
            services.set_picked(shipment.public_id, actor=stranger, now=NOW)
    assert not PackScan.objects.exists()
    assert shipment.lines.get().picked == 0


def test_picking_again_begins_nothing_twice(cast, shop):
    order, operation = make_order(cast.owner, shop), uuid.uuid4()
    first = pick(cast, order, operation)
    assert pick(cast, order, operation) == first
    with pytest.raises(Conflict) as refused:
        pick(cast, order)
    assert refused.value.code == "nothing_to_pick"
    services.cancel_shipment(first[0].public_id, actor=cast.owner, now=NOW)
    assert len(pick(cast, order)) == 1
    assert Shipment.objects.count() == 2


def test_a_box_that_is_not_full_leaves_partly_and_the_rest_later(cast, shop):
    order = make_order(cast.owner, shop, (shop.table, 3))
    [shipment] = pick(cast, order)
    with pytest.raises(Conflict):
        ship(cast, shipment, partly=True)
    scan(cast, shipment, TABLE_CODE, 2)
    ship(cast, shipment, partly=True)
    assert (line(order, 1).shipped, balance(shop.table.pk, shop.place)) == (2, (8, 1))
    [rest] = pick(cast, order)
    assert [one.quantity for one in rest.lines.all()] == [1]
    services.set_picked(rest.public_id, actor=cast.owner, now=NOW)
    ship(cast, rest)
    assert line(order, 1).shipped == 3
    assert all_right() == []


def test_goods_of_two_places_leave_in_two_shipments(cast, shop):
    far = make_place(cast.owner, "Дальний", priority=200)
    stock_up(cast.owner, shop.table.pk, far, 5, now=NOW)
    order = make_order(cast.owner, shop, (shop.table, 12))
    assert order.place_id is None
    assert sorted(one.place_id for one in pick(cast, order)) == sorted([shop.place.pk, far.pk])


def test_an_order_to_be_paid_first_is_not_picked(cast, shop):
    online = PaymentMethod.objects.get(kind="online")
    order = make_order(cast.owner, shop, payment=online.public_id)
    with pytest.raises(Conflict) as refused:
        pick(cast, order)
    assert refused.value.code == "unpaid"
    services.note_paid(order.pk, order.total, now=NOW)
    assert len(pick(cast, order)) == 1


def test_kits_leave_as_their_parts_and_count_when_complete(cast, shop):
    set_of = make_goods("Обеденная группа", kind="kit", price="1800.00")
    KitLine.objects.create(kit=set_of, part=shop.table, quantity=1)
    KitLine.objects.create(kit=set_of, part=shop.chair, quantity=4)
    order = make_order(cast.owner, shop, (set_of, 2))
    [shipment] = pick(cast, order)
    scan(cast, shipment, TABLE_CODE, 2)
    scan(cast, shipment, shop.chair.code, 5)
    ship(cast, shipment, partly=True)
    assert line(order, 1).shipped == 1
    [rest] = pick(cast, order)
    services.set_picked(rest.public_id, actor=cast.owner, now=NOW)
    ship(cast, rest)
    assert line(order, 1).shipped == 2
    back = services.ask_return(
        order.public_id, [services.Back(1, Decimal(1))], actor=cast.owner, now=NOW, operation=uuid.uuid4()
    )
    services.receive_return(back.public_id, shop.place.pk, actor=cast.owner, now=NOW)
    assert (balance(shop.table.pk, shop.place), balance(shop.chair.pk, shop.place)) == ((9, 0), (36, 0))
    assert all_right() == []


def test_departments_get_tasks_and_goods_that_come_are_promised_to_whoever_waits(cast, shop):
    draft = draft_for(shop, (shop.table, 12), delivery=queries.list_delivery()[1].public_id, address="Ленина, 1")
    order = services.place(draft, actor=cast.owner, now=NOW, operation=uuid.uuid4(), on_short="backorder")
    assert Task.objects.filter(kind="order_part", is_open=True).count() == 1
    parts = services.split(order.public_id, actor=cast.owner, now=NOW)
    assert sorted(one.kind for one in parts) == ["pick", "purchase", "shipment"]
    assert len(services.split(order.public_id, actor=cast.owner, now=NOW)) == 3
    assert {one.pool.key for one in Task.objects.filter(is_open=True)} == {
        "orders:purchase", f"orders:store:{shop.place.pk}", "orders:delivery",
    }  # fmt: skip
    stock_up(cast.owner, shop.table.pk, shop.place, 1, now=NOW)
    assert services.waiting_orders([shop.table.pk]) == [order.pk]
    assert services.reserve_waiting(order.pk, actor=cast.owner, now=NOW) == 0
    assert OrderPart.objects.get(kind="purchase").quantity == 1
    stock_up(cast.owner, shop.table.pk, shop.place, 5, now=NOW)
    assert services.reserve_waiting(order.pk, actor=cast.owner, now=NOW) == 1
    assert balance(shop.table.pk, shop.place) == (16, 12)
    services.cancel(order.public_id, "Передумал", actor=cast.owner, now=NOW)
    assert not Task.objects.filter(is_open=True).exists()
    assert set(OrderPart.objects.values_list("kind", "state")) == {
        ("purchase", "done"), ("pick", "cancelled"), ("shipment", "cancelled"),
    }  # fmt: skip
    assert all_right() == []


def test_goods_that_a_cancelled_order_sets_free_go_to_whoever_waits(cast, shop):
    first = make_order(cast.owner, shop, (shop.table, 10))
    waits = services.place(
        draft_for(shop, (shop.table, 4)), actor=cast.owner, now=NOW, operation=uuid.uuid4(), on_short="backorder"
    )
    take_all_in(cast.company_id)
    assert OrderPart.objects.get(order=waits).state == "waiting"
    services.cancel(first.public_id, "Передумал", actor=cast.owner, now=NOW)
    take_all_in(cast.company_id)
    assert OrderPart.objects.get(order=waits).state == "done"
    assert balance(shop.table.pk, shop.place) == (10, 4)
    assert all_right() == []


def test_a_change_leaves_alone_what_is_picked_and_what_has_left(cast, shop):
    order = make_order(cast.owner, shop, (shop.table, 5))
    [shipment] = pick(cast, order)
    scan(cast, shipment, TABLE_CODE, 2)
    ship(cast, shipment, partly=True)
    order.refresh_from_db()
    draft = services.draft_of(order, list(order.lines.all()))
    for bad in (
        replace(draft.lines[0], quantity=Decimal(1)),
        replace(draft.lines[0], price=Decimal(1), discount=None),
    ):
        with pytest.raises(Conflict):
            services.change(
                order.public_id, replace(draft, lines=[bad]), actor=cast.owner, version=order.version, now=NOW
            )
    less = replace(draft, lines=[replace(draft.lines[0], quantity=Decimal(3))])
    services.change(order.public_id, less, actor=cast.owner, version=order.version, now=NOW)
    assert balance(shop.table.pk, shop.place) == (8, 1)
    assert all_right() == []


def test_cancelling_puts_the_box_back_and_keeps_what_the_client_has(cast, shop):
    order = make_order(cast.owner, shop, (shop.table, 3))
    [shipment] = pick(cast, order)
    scan(cast, shipment, TABLE_CODE, 1)
    ship(cast, shipment, partly=True)
    pick(cast, order)
    services.cancel(order.public_id, "Передумал", actor=cast.owner, now=NOW)
    assert balance(shop.table.pk, shop.place) == (9, 0)
    assert EventRow.objects.get(name="orders.OrderCancelled").payload["kept"] == "1000.00"
    assert set(Shipment.objects.values_list("state", flat=True)) == {"shipped", "cancelled"}
    back = services.ask_return(
        order.public_id, [services.Back(1, Decimal(1))], actor=cast.owner, now=NOW, operation=uuid.uuid4()
    )
    services.receive_return(back.public_id, shop.place.pk, actor=cast.owner, now=NOW)
    assert balance(shop.table.pk, shop.place) == (10, 0)
    assert all_right() == []


def test_returns_of_a_line_are_its_sum_to_the_kopeck(cast, shop):
    """A refund must not differ by a kopeck, however it is cut (saleor#12348, woocommerce#64668)."""
    odd = make_goods("Набор", price="33.34")
    stock_up(cast.owner, odd.pk, shop.place, 3, now=NOW)
    order = make_order(cast.owner, shop, (odd, 3), discount=Decimal("0.05"))
    services.hand_over(order.public_id, actor=cast.owner, now=NOW, operation=uuid.uuid4())
    sums = []
    for turn in range(4):
        if turn == 3:
            with pytest.raises(Conflict):
                ask(cast, order, 1)
            continue
        back = ask(cast, order, 1)
        if turn == 1:
            services.reject_return(back.public_id, "Не тот товар", actor=cast.owner, now=NOW)
            back = ask(cast, order, 1)
        services.receive_return(back.public_id, shop.place.pk, actor=cast.owner, now=NOW)
        sums.append(back.sum)
    assert sum(sums) == line(order, 1).total == Decimal("99.97")
    assert (
        sum(one.tax for back in Return.objects.exclude(state="rejected") for one in back.lines.all())
        == line(order, 1).tax
    )
    assert all_right() == []


def ask(cast, order, many, **more):
    return services.ask_return(
        order.public_id, [services.Back(1, Decimal(many), **more)], actor=cast.owner, now=NOW, operation=uuid.uuid4()
    )


def test_what_comes_back_damaged_goes_off_the_books_in_any_shop(cast, shop):
    other = make_place(cast.owner, "Магазин на Мира", "shop")
    order = make_order(cast.owner, shop, (shop.table, 3))
    services.hand_over(order.public_id, actor=cast.owner, now=NOW, operation=uuid.uuid4())
    back = ask(cast, order, 2)
    row = back.lines.get()
    services.receive_return(back.public_id, other.pk, actor=cast.owner, now=NOW, conditions={row.pk: "damaged"})
    services.receive_return(back.public_id, other.pk, actor=cast.owner, now=NOW)
    assert balance(shop.table.pk, other) == (0, 0)
    good = ask(cast, order, 1)
    services.receive_return(good.public_id, other.pk, actor=cast.owner, now=NOW)
    assert balance(shop.table.pk, other) == (1, 0)
    assert line(order, 1).returned == 3
    services.note_refunded(good.pk, now=NOW)
    services.note_refunded(good.pk, now=NOW)
    with pytest.raises(Conflict):
        services.reject_return(good.public_id, "Поздно", actor=cast.owner, now=NOW)
    assert all_right() == []


def test_money_that_goes_back_pays_for_returns_received_the_oldest_first(cast, shop):
    order = make_order(cast.owner, shop, (shop.table, 3))
    services.note_paid(order.pk, order.total, now=NOW)
    services.hand_over(order.public_id, actor=cast.owner, now=NOW, operation=uuid.uuid4())
    first, second = ask(cast, order, 1), ask(cast, order, 1)
    services.receive_return(first.public_id, shop.place.pk, actor=cast.owner, now=NOW)
    services.receive_return(second.public_id, shop.place.pk, actor=cast.owner, now=NOW)
    states = lambda: list(Return.objects.order_by("id").values_list("state", flat=True))  # noqa: E731 - asked thrice
    services.note_paid(order.pk, order.total - first.sum + 1, now=NOW)
    assert states() == ["received", "received"]
    services.note_paid(order.pk, order.total - first.sum, now=NOW)
    assert states() == ["refunded", "received"]
    services.note_paid(order.pk, order.total - first.sum - second.sum, now=NOW)
    assert states() == ["refunded", "refunded"]
    assert all_right() == []


def test_a_return_is_asked_once_and_of_what_the_client_has(cast, shop):
    order = make_order(cast.owner, shop, (shop.table, 3))
    with pytest.raises(Conflict):
        ask(cast, order, 1)
    services.hand_over(order.public_id, actor=cast.owner, now=NOW, operation=uuid.uuid4())
    for bad in (
        [],
        [services.Back(9, Decimal(1))],
        [services.Back(1, Decimal(0))],
        [services.Back(1, Decimal("NaN"))],
    ):
        with pytest.raises(Invalid):
            services.ask_return(order.public_id, bad, actor=cast.owner, now=NOW, operation=uuid.uuid4())
    operation = uuid.uuid4()
    twice = [
        services.ask_return(
            order.public_id, [services.Back(1, Decimal(1))], actor=cast.owner, now=NOW, operation=operation
        )
        for _turn in range(2)
    ]
    assert twice[0].pk == twice[1].pk
    with pytest.raises(Denied):
        services.ask_return(
            order.public_id, [services.Back(1, Decimal(1))], actor=add_person(cast.owner, "reader"), now=NOW,
            operation=uuid.uuid4(),
        )  # fmt: skip


def test_an_exchange_is_both_or_neither(cast, shop):
    order = make_order(cast.owner, shop, (shop.table, 1))
    services.hand_over(order.public_id, actor=cast.owner, now=NOW, operation=uuid.uuid4())
    with pytest.raises(Conflict):
        services.exchange(
            order.public_id, [services.Back(1, Decimal(1))], draft_for(shop, (shop.chair, 100)), actor=cast.owner,
            now=NOW, operation=uuid.uuid4(),
        )  # fmt: skip
    assert not Return.objects.exists()
    back, new = services.exchange(
        order.public_id, [services.Back(1, Decimal(1))], draft_for(shop, (shop.chair, 4)), actor=cast.owner, now=NOW,
        operation=uuid.uuid4(), reason="Не подошёл",
    )  # fmt: skip
    assert (back.kind, new.exchange_of_id, new.total) == ("exchange", order.pk, 1000)


def test_repeated_it_costs_what_it_costs_today(cast, shop):
    order = make_order(cast.owner, shop, (shop.table, 2), discount=Decimal(100))
    Price.objects.filter(variant=shop.table).update(amount=Decimal("1200.00"))
    again = services.repeat(order.public_id, actor=cast.owner, now=NOW, operation=uuid.uuid4())
    assert (again.total, again.repeat_of_id, again.discount_sum) == (2400, order.pk, 0)


def test_steps_of_a_status_run_in_its_transaction(cast, shop):
    client = make_client(cast.owner, "Почтовый", email="a@example.ru")
    order = make_order(cast.owner, replace(shop, client=client))
    Status.objects.filter(code="preparing").update(
        steps=[{"kind": "orders.reserve"}, {"kind": "orders.split"}, {"kind": "orders.pick"},
               {"kind": "orders.ask_payment"}]
    )  # fmt: skip
    moved, effects = services.set_status(order.public_id, "preparing", actor=cast.owner, now=NOW)
    assert [one.code for one in effects] == ["reserve", "split", "pick", "payment"]
    assert Shipment.objects.filter(order=moved).count() == 1
    written = Message.objects.get()
    assert (written.cause_kind, written.cause_id, written.address) == ("order", order.pk, "a@example.ru")
    Status.objects.filter(code="ready").update(steps=[{"kind": "orders.set_status", "status": "agreed"}])
    Status.objects.filter(code="agreed").update(requires=[], steps=[{"kind": "orders.set_status", "status": "ready"}])
    with pytest.raises(Conflict):
        services.set_status(order.public_id, "ready", actor=cast.owner, now=NOW)


def test_a_letter_of_a_status_that_a_step_brought_is_called_back_by_the_cause_of_the_step(cast, shop):
    client = make_client(cast.owner, "Почтовый", email="a@example.ru")
    order = make_order(cast.owner, replace(shop, client=client))
    Status.objects.filter(code="preparing").update(steps=[{"kind": "orders.ask_payment"}])
    cause = uuid.uuid4()
    context = context_of(order, actor=cast.owner, now=NOW, answers={}, cause=cause)
    for _time in range(2):
        run_steps(parse_steps([{"kind": "orders.set_status", "status": "preparing"}]), context)
    assert Message.objects.get().cause == cause
    assert messaging.call_back(cause, now=NOW) == []
    assert Message.objects.get().state == "cancelled"


def test_nobody_is_asked_to_pay_for_what_was_cancelled(cast, shop):
    client = make_client(cast.owner, "Почтовый", email="a@example.ru")
    order = make_order(cast.owner, replace(shop, client=client))
    context = context_of(order, actor=cast.owner, now=NOW, answers={}, cause=uuid.uuid4())
    services.cancel(order.public_id, "Передумал", actor=cast.owner, now=NOW)
    [effect] = run_steps(parse_steps([{"kind": "orders.ask_payment"}]), context)
    assert (effect.happens, Message.objects.count()) == (False, 0)


def test_a_difference_is_found(cast, shop):
    """The check must fail where something is wrong: without figures and facts kept, a line shipped that was not."""
    order = make_order(cast.owner, shop)
    assert len(services.compare_orders()) == 2
    assert all_right() == []
    order.lines.update(shipped=1)
    assert len(all_right()) == 2  # the shipments say nothing left; more is promised than is open


def test_a_promo_code_is_used_reckoned_anew_and_given_back(cast, shop):
    make_promo(cast.owner, "ЛЕТО2026", 10, now=NOW)
    order = make_order(cast.owner, shop, (shop.table, 2), (shop.chair, 1), promo="лето2026")
    assert (order.discount_sum, order.total) == (Decimal("225.00"), Decimal("2025.00"))
    assert order.promo_code.used == 1
    assert "ЛЕТО2026" in order.promo_words
    draft = services.draft_of(order, list(order.lines.order_by("position")))
    less = replace(draft, lines=[replace(draft.lines[0], quantity=Decimal(1)), draft.lines[1]])
    order = services.change(order.public_id, less, actor=cast.owner, version=order.version, now=NOW)
    assert (order.discount_sum, order.total) == (Decimal("125.00"), Decimal("1125.00"))
    with pytest.raises(Conflict), transaction.atomic():
        make_order(cast.owner, shop, (shop.table, 100), promo="лето2026")
    assert PromoCode.objects.get().used == 1
    draft = services.draft_of(order, list(order.lines.order_by("position")))
    order = services.change(
        order.public_id, replace(draft, promo=""), actor=cast.owner, version=order.version, now=NOW
    )
    assert (order.discount_sum, order.promo_code_id, PromoCode.objects.get().used) == (0, None, 0)
    other = make_order(cast.owner, shop, promo="лето2026")
    services.cancel(other.public_id, "Передумал", actor=cast.owner, now=NOW)
    assert PromoCode.objects.get().used == 0
    assert all_right() == []


def test_figures_of_the_order_book(cast, shop):
    promised = NOW + timedelta(days=2)
    since, until, now = NOW - timedelta(days=1), NOW + timedelta(days=9), NOW + timedelta(days=5)
    good, late, changed = (make_order(cast.owner, shop, promised_at=promised) for _n in range(3))
    draft = services.draft_of(changed, list(changed.lines.all()))
    services.change(
        changed.public_id, replace(draft, lines=[replace(draft.lines[0], quantity=Decimal(1), discount=None)]),
        actor=cast.owner, version=changed.version, now=NOW,
    )  # fmt: skip
    for one, day in ((good, 1), (late, 4), (changed, 2)):
        at = NOW + timedelta(days=day)
        services.hand_over(one.public_id, actor=cast.owner, now=at, operation=uuid.uuid4())
    services.note_paid(good.pk, good.total, now=now)
    services.explain_delay(late.public_id, "Курьер заболел", actor=cast.owner, now=now)
    assert all_right() == []
    found = queries.shares(cast.owner, since, until, now=now)
    assert (found.count, found.on_time, found.perfect) == (3, 2, 1)
    assert [(one.cause, one.count, one.hours) for one in queries.delays(cast.owner, since, until, now=now)] == [
        ("Курьер заболел", 1, 48.0)
    ]
    told = queries.money(cast.owner, since, until)
    assert (told.count, told.planned_income, told.income) == (3, 5000, 2000)
    assert (told.planned_cost, told.cost) == (3000, 3000)
    assert queries.money(cast.colleague, since, until).cost is None
    steps = {one.status.code: one for one in queries.time_per_step(cast.owner, since, until)}
    assert (steps["new"].count, steps["new"].over_norm) == (3, 3)


def test_what_is_sold_is_told_with_delivery(cast, shop):
    courier = next(one for one in queries.list_delivery() if one.kind == "courier")
    order = make_order(cast.owner, shop, (shop.table, 2), delivery=courier.public_id, address="Ленина, 1")
    told = open_capability(Subject("order", order.pk), Sold)
    assert sum(one.total for one in told.sold_lines()) == told.total == order.total
    assert sum(one.tax for one in told.sold_lines()) == order.tax
    assert [one.is_service for one in told.sold_lines()] == [False, True]
