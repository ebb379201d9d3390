"""Goods are exchanged in one press, and what was paid for them pays what is given instead: over both orders' papers."""

import uuid
from dataclasses import replace
from decimal import Decimal

import pytest
from django.test import Client as Browser
from django.urls import reverse

from voronka.accounts.testing import add_person, sign_in
from voronka.billing import services
from voronka.billing.models import Document, Payment
from voronka.billing.queries import surplus
from voronka.billing.queries.debts import debts
from voronka.billing.services.subjects import draft_about, tell_paid
from voronka.billing.testing import DAY, NOW, make_payment
from voronka.catalogue.testing import make_goods
from voronka.kit.errors import Conflict, Denied
from voronka.kit.events.listeners import all_listeners, drain, number_events
from voronka.kit.subjects import Subject
from voronka.kit.tenancy import current_company_id
from voronka.orders import services as orders
from voronka.orders.models import Order, Return
from voronka.orders.services import Back, drafts
from voronka.orders.testing import draft_for, make_order, make_shop
from voronka.stock.models import Place
from voronka.stock.testing import balance, make_place, stock_up

D = Decimal


@pytest.fixture
def shop(inside):
    return make_shop(inside.owner)


def sold(inside, shop, *lines, paid=None, **more):
    """Return an order that is handed over, invoiced and paid."""
    order = make_order(inside.owner, shop, *lines, **more)
    orders.hand_over(order.public_id, actor=inside.owner, now=NOW, operation=uuid.uuid4())
    draft = draft_about(Subject("order", order.pk), kind="invoice", day=DAY)
    paper = services.issue_new(actor=inside.owner, draft=draft, now=NOW)
    amount = order.total if paid is None else D(paid)
    if amount:
        payment = make_payment(inside.owner, str(amount), method="cash", client_id=shop.client.pk)
        services.allocate(actor=inside.owner, public_id=payment.public_id, parts=[(paper.public_id, amount)], now=NOW)
        tell_paid(paper.pk, now=NOW)
    order.refresh_from_db()
    return order, paper


def swap(inside, shop, order, goods, *lines, operation=None, place=True, **more):
    known = {name: more.pop(name) for name in ("fault", "is_given", "actor") if name in more}
    return orders.exchange(
        order.public_id, [Back(at, D(many)) for at, many in goods], draft_for(shop, *lines, **more), now=NOW,
        operation=operation or uuid.uuid4(), place_id=shop.place.pk if place else None,
        **({"actor": inside.owner} | known),
    )  # fmt: skip


def debt(shop):
    found = debts(DAY, [shop.client.pk])
    return found[0].amount if found else D(0)


def read(name):
    """Let a listener read all that was announced."""
    while number_events():
        pass
    drain(next(one for one in all_listeners() if one.name == name), current_company_id())


def all_agree(*rows):
    """The ledger agrees with itself, and each order knows what lies on its papers, once all that happened is read."""
    read("billing.debts")
    assert services.compare_with_ledger() == []
    for order in rows:
        order.refresh_from_db()
        papers = Document.objects.filter(subject_kind="order", subject_id=order.pk, kind="invoice")
        assert sum((one.paid for one in papers), D(0)) == order.paid


@pytest.mark.parametrize(
    ("lines", "discount", "back", "given", "cheaper", "to_pay", "to_give"),
    [
        # two tables of three less 100.01 off the order: 666.66 and 666.67 by the kopeck that stays
        ([("table", 3)], "1000.01", [(1, 2)], [("table", 2)], "0", "666.67", "0"),
        ([("table", 1), ("chair", 3)], "0.10", [(2, 3)], [("table", 1)], "0", "250.04", "0"),
        ([("table", 2)], "333.33", [(1, 1)], [("chair", 2)], "0.01", "0", "333.35"),
        ([("chair", 4)], "0", [(1, 2)], [("chair", 2)], "0", "0", "0"),
    ],
)
def test_what_was_paid_pays_what_is_given(inside, shop, lines, discount, back, given, cheaper, to_pay, to_give):
    goods = {"table": shop.table, "chair": shop.chair}
    old, paper = sold(inside, shop, *((goods[name], many) for name, many in lines), discount=D(discount))
    worth = orders.worth_of(old, [Back(at, D(many)) for at, many in back])
    returned, new = swap(inside, shop, old, back, *((goods[name], many) for name, many in given), discount=D(cheaper))
    assert (worth.to_pay(new.total), worth.to_give(new.total)) == (D(to_pay), D(to_give))
    assert returned.sum == worth.sum == worth.paid
    assert returned.carried == min(worth.paid, new.total)
    assert new.total - new.paid == D(to_pay)
    all_agree(old, new)
    money = Payment.objects.get()
    assert old.paid + new.paid + D(to_give) == money.amount, "no kopeck came or went"
    assert (old.paid, money.amount - money.allocated) == (old.total - returned.sum, D(to_give))
    assert (returned.state, money.settled) == ("refunded", "" if D(to_give) else "all")
    assert surplus.to_give(old.pk) == D(to_give)
    if D(to_give):
        services.refund(
            actor=inside.owner, public_id=money.public_id, amount=D(to_give), method="cash", day=DAY, now=NOW
        )
        all_agree(old, new)
    paper.refresh_from_db()
    assert debt(shop) == D(to_pay), "he owes what he pays on top, and nothing for what came back"


def test_all_of_an_order_exchanged_leaves_no_paper_to_pay(inside, shop):
    old, paper = sold(inside, shop, (shop.table, 1))
    returned, new = swap(inside, shop, old, [(1, 1)], (shop.table, 1))
    paper.refresh_from_db()
    assert (paper.state, paper.paid, returned.state) == ("void", 0, "refunded")
    assert new.paid == new.total == 1000
    all_agree(old, new)
    assert debt(shop) == 0


def test_only_what_is_paid_is_carried(inside, shop):
    old, _paper = sold(inside, shop, (shop.table, 1), (shop.chair, 2), paid="1100")
    returned, new = swap(inside, shop, old, [(1, 1)], (shop.chair, 4))
    assert (returned.sum, returned.carried, new.paid, new.total) == (1000, 600, 600, 1000)
    all_agree(old, new)
    assert old.paid == 500, "what stays with him is paid first"
    assert debt(shop) == 400
    unpaid, _paper = sold(inside, shop, (shop.table, 1), paid="0")
    returned, new = swap(inside, shop, unpaid, [(1, 1)], (shop.table, 1))
    assert (returned.carried, new.paid) == (0, 0)


def test_money_follows_when_the_goods_come_later(inside, shop):
    old, _paper = sold(inside, shop, (shop.table, 1))
    returned, new = swap(inside, shop, old, [(1, 1)], (shop.chair, 4), place=False)
    assert (returned.state, returned.carried, new.paid) == ("asked", 0, 0)
    for _turn in range(2):
        returned = orders.receive_return(returned.public_id, shop.place.pk, actor=inside.owner, now=NOW)
    assert (returned.state, returned.carried) == ("refunded", 1000)
    all_agree(old, new)
    assert new.paid == 1000


@pytest.mark.parametrize(("many", "carried"), [(1, 1000), (2, 0)])
def test_what_came_back_of_the_goods_given_instead_is_not_paid(inside, shop, many, carried):
    """Their money came off the old paper and lay on nothing: neither was it the new order's, nor the client's."""
    old, paper = sold(inside, shop, (shop.table, 2))
    returned, new = swap(inside, shop, old, [(1, 2)], (shop.table, 2), place=False, is_given=True)
    come_back(inside, shop, new, (1, many))
    orders.receive_return(returned.public_id, shop.place.pk, actor=inside.owner, now=NOW)
    returned.refresh_from_db()
    paper.refresh_from_db()
    assert (returned.state, returned.carried, paper.state) == ("refunded", carried, "void")
    all_agree(old, new)
    assert (new.paid, surplus.to_give(old.pk), debt(shop)) == (carried, 2000 - carried, 0)


def test_pressed_twice_it_is_one(inside, shop):
    old, _paper = sold(inside, shop, (shop.table, 2))
    operation = uuid.uuid4()
    first = swap(inside, shop, old, [(1, 1)], (shop.chair, 4), operation=operation)
    again = swap(inside, shop, old, [(1, 1)], (shop.chair, 4), operation=operation)
    assert [one.pk for one in first] == [one.pk for one in again]
    assert (Return.objects.count(), Order.objects.count()) == (1, 2)
    all_agree(*Order.objects.all())
    assert (Order.objects.get(pk=old.pk).paid, first[1].paid) == (1000, 1000)


def test_refused_it_leaves_nothing_behind(inside, shop):
    old, paper = sold(inside, shop, (shop.table, 1))
    before = (balance(shop.table.pk, shop.place), balance(shop.chair.pk, shop.place), Document.objects.count())
    with pytest.raises(Conflict):
        swap(inside, shop, old, [(1, 1)], (shop.chair, 41))
    with pytest.raises(Conflict):
        swap(inside, shop, old, [(1, 2)], (shop.chair, 1))
    with pytest.raises(Denied):
        swap(inside, shop, old, [(1, 1)], (shop.chair, 1), actor=add_person(inside.owner, "storekeeper"))
    assert (Return.objects.count(), Order.objects.count()) == (0, 1)
    assert (
        balance(shop.table.pk, shop.place),
        balance(shop.chair.pk, shop.place),
        Document.objects.count(),
    ) == before
    paper.refresh_from_db()
    assert paper.paid == 1000


def test_a_cashier_exchanges_and_gives_at_once(inside, shop):
    """He may not write invoices: the money of the client goes with his goods all the same."""
    old, _paper = sold(inside, shop, (shop.table, 1))
    returned, new = swap(
        inside, shop, old, [(1, 1)], (shop.chair, 4), actor=add_person(inside.owner, "cashier"), is_given=True
    )
    assert (new.phase, new.paid, returned.state) == ("done", 1000, "refunded")
    assert (balance(shop.table.pk, shop.place), balance(shop.chair.pk, shop.place)) == ((10, 0), (36, 0))


def test_by_our_fault_the_delivery_pays_as_well(inside, shop):
    old, _paper = sold(inside, shop, (shop.table, 1), (shop.chair, 1), delivery_cost=D("299.99"))
    returned, new = swap(inside, shop, old, [(1, 1)], (shop.chair, 6), fault="seller")
    assert (returned.sum, returned.carried, new.total - new.paid) == (D("1299.99"), D("1299.99"), D("200.01"))
    all_agree(old, new)
    assert debt(shop) == D("200.01")


def test_goods_by_weight_keep_their_kopeck(inside, shop):
    cheese = make_goods("Сыр", price="33.33", unit="166", is_weighed=True)
    stock_up(inside.owner, cheese.pk, shop.place, 10, now=NOW, cost="10.00")
    old, _paper = sold(inside, shop, (cheese, "1.5"))
    returned, new = swap(inside, shop, old, [(1, "0.7")], (shop.chair, 1))
    assert (old.total, returned.carried) == (50, D("23.33"))
    all_agree(old, new)
    assert debt(shop) == 250 - D("23.33")


def test_an_earlier_return_keeps_its_own_money(inside, shop):
    old, paper = sold(inside, shop, (shop.table, 2), (shop.chair, 1))
    first = orders.ask_return(
        old.public_id, [Back(2, D(1))], actor=inside.owner, now=NOW, operation=uuid.uuid4(), reason="цвет"
    )
    first = orders.receive_return(first.public_id, shop.place.pk, actor=inside.owner, now=NOW)
    swapped, new = swap(inside, shop, old, [(1, 1)], (shop.table, 1))
    first.refresh_from_db()
    assert (first.state, swapped.carried, new.paid) == ("received", 1000, 1000)
    all_agree(old, new)
    assert old.paid == 1250, "the chair's money waits to be given back"
    paper.refresh_from_db()
    assert paper.paid == 1250


# --- The screen ----------------------------------------------------------------------------------------------------


@pytest.fixture
def page(inside):
    browser = Browser()
    return sign_in(browser, add_person(inside.owner, "cashier"))


def text_of(answer):
    return " ".join(answer.content.decode().split()).replace("\u00a0", " ").replace("\u202f", " ")


def test_the_screen_tells_the_difference_and_exchanges(page, inside, shop):
    old, _paper = sold(inside, shop, (shop.table, 1), (shop.chair, 2), discount=D("0.10"))
    other = make_place(inside.owner, "Магазин на Ленина", "shop")
    stock_up(inside.owner, shop.chair.pk, other, 5, now=NOW, cost="100.00")
    where = reverse("orders:exchange", args=[old.public_id])
    assert where in text_of(page.get(reverse("orders:order", args=[old.public_id])))
    shown = page.get(where)
    assert (shown.status_code, shown.context["sent"]["back_place"]) == (200, shop.place.public_id)
    sent = {
        "operation": shown.context["typed"]["operation"], "quantity-1": "1", "condition-1": "sale", "fault": "client",
        "back_place": other.public_id, "reason": "Не тот размер", "line_variant": shop.chair.public_id,
        "line_name": "Стул", "line_quantity": "5", "line_price": "", "line_position": "", "line_said": "",
        "channel": "shop", "delivery": shown.context["typed"]["delivery"],
    }  # fmt: skip
    told = text_of(page.post(where, sent | {"act": "sum"}))
    assert "999,93 ₽" in told
    assert "250,07 ₽" in told
    many = page.post(where, sent | {"act": "place", "line_quantity": "6"})
    assert many.status_code == 422
    assert not Return.objects.exists()
    back = page.post(where, sent | {"act": "place", "quantity-1": "2"})
    assert back.status_code == 422
    assert back.context["back_lines"][0][-1]
    assert page.post(where, sent | {"act": "place", "quantity-1": ""}).status_code == 422
    done = page.post(where, sent | {"act": "place", "given": "1"})
    assert done.status_code == 302
    assert page.post(where, sent | {"act": "place", "given": "1"}).url == done.url, "sent twice"
    new = Order.objects.get(exchange_of=old)
    assert (done.url, new.paid, new.total) == (
        reverse("orders:order", args=[new.public_id]), D("999.93"), D("1250.00")
    )  # fmt: skip
    assert "250,07 ₽" in text_of(page.get(done.url))
    assert (balance(shop.table.pk, other), balance(shop.chair.pk, other)) == ((1, 0), (0, 0))
    card = text_of(page.get(reverse("orders:return", args=[Return.objects.get().public_id])))
    assert f"№ {new.number}" in card
    assert "999,93 ₽" in card
    assert page.get(reverse("orders:exchange", args=["nobody"])).status_code == 404


def test_the_screen_opens_where_no_place_takes_goods_in(page, inside, shop):
    old, _paper = sold(inside, shop, (shop.table, 1))
    Place.objects.filter(pk=shop.place.pk).update(is_on=False)
    shown = page.get(reverse("orders:exchange", args=[old.public_id]))
    assert (shown.status_code, shown.context["sent"]["back_place"]) == (200, "")


def test_the_screen_is_for_those_who_take_returns_and_sell(inside, shop):
    old, _paper = sold(inside, shop, (shop.table, 1))
    where = reverse("orders:exchange", args=[old.public_id])
    for role in ("storekeeper", "reader", "accountant"):
        person = sign_in(Browser(), add_person(inside.owner, role))
        assert person.get(where).status_code == 403
        assert where not in text_of(person.get(reverse("orders:order", args=[old.public_id])))


# --- Nobody owes for what he has not got -------------------------------------------------------------------------


def come_back(inside, shop, order, *goods):
    back = orders.ask_return(
        order.public_id,
        [Back(at, D(many)) for at, many in goods],
        actor=inside.owner,
        now=NOW,
        operation=uuid.uuid4(),
    )
    return orders.receive_return(back.public_id, shop.place.pk, actor=inside.owner, now=NOW)


def test_goods_that_came_back_are_not_owed_for_and_their_money_is_the_clients(inside, shop):
    order, paper = sold(inside, shop, (shop.table, 3), discount=D("1000.01"))
    came = come_back(inside, shop, order, (1, 2))
    for _turn in range(2):
        read("billing.lessen")
    read("billing.tell_paid")
    paper.refresh_from_db()
    assert (paper.amount, paper.paid, paper.version) == (order.total - came.sum, order.total - came.sum, 2)
    assert (surplus.to_give(order.pk), debt(shop)) == (came.sum, 0)
    all_agree(order)


def test_goods_that_came_back_unpaid_are_not_owed_for(inside, shop):
    order, paper = sold(inside, shop, (shop.table, 1), (shop.chair, 2), paid="0")
    come_back(inside, shop, order, (1, 1))
    read("billing.lessen")
    assert debt(shop) == 500
    come_back(inside, shop, order, (2, 2))
    read("billing.lessen")
    paper.refresh_from_db()
    assert (paper.state, debt(shop)) == ("void", 0)


def test_an_invoice_that_is_written_after_a_return_asks_for_what_stays(inside, shop):
    order, paper = sold(inside, shop, (shop.table, 3), (shop.chair, 1), paid="0", discount=D("1000.01"))
    come_back(inside, shop, order, (1, 2))
    services.void_document(actor=inside.owner, public_id=paper.public_id, reason="Ошибка", now=NOW)

    def asked(kind):
        draft = draft_about(Subject("order", order.pk), kind=kind, day=DAY)
        return draft and [(one.name, one.quantity) for one in draft.lines]

    whole = [("Стол обеденный", 3), ("Стул", 1)]
    assert (asked("invoice"), asked("upd")) == ([("Стол обеденный", 1), ("Стул", 1)], whole)
    order.refresh_from_db()
    later = services.issue_new(
        actor=inside.owner, draft=draft_about(Subject("order", order.pk), kind="invoice", day=DAY), now=NOW
    )
    assert later.amount == order.owed == debt(shop)
    read("billing.lessen")
    later.refresh_from_db()
    assert (later.state, later.amount) == ("issued", order.owed)
    come_back(inside, shop, order, (1, 1), (2, 1))
    assert asked("invoice") is None
    page = sign_in(Browser(), inside.owner)
    shown = page.get(reverse("billing:document-new"), {"order": order.public_id, "kind": "invoice"}).content.decode()
    assert f'value="{order.public_id}"' in shown
    assert "Стол обеденный" not in shown


def test_a_cancelled_order_is_owed_for_as_far_as_it_has_left(inside, shop):
    _order, paper = sold(inside, shop, (shop.table, 1), paid="0")
    waits = make_order(inside.owner, shop, (shop.chair, 2), (shop.table, 1))
    asked = services.issue_new(
        actor=inside.owner, draft=draft_about(Subject("order", waits.pk), kind="invoice", day=DAY), now=NOW
    )
    assert debt(shop) == 2500
    orders.cancel(waits.public_id, "Передумал", actor=inside.owner, now=NOW)
    read("billing.lessen")
    asked.refresh_from_db()
    paper.refresh_from_db()
    assert (asked.state, paper.state, debt(shop)) == ("void", "issued", 1000)


def test_an_order_with_two_invoices_is_left_to_a_person(inside, shop):
    order, _paper = sold(inside, shop, (shop.table, 1), paid="0")
    services.issue_new(
        actor=inside.owner, draft=draft_about(Subject("order", order.pk), kind="invoice", day=DAY), now=NOW
    )
    come_back(inside, shop, order, (1, 1))
    read("billing.lessen")
    assert debt(shop) == 2000


def written_anew(inside, order, **changes):
    """Change an order, and let the listener that follows it read of that, twice."""
    order.refresh_from_db()
    draft = drafts.draft_of(order, list(order.lines.order_by("position")))
    orders.change(order.public_id, replace(draft, **changes), actor=inside.owner, version=order.version, now=NOW)
    for _turn in range(2):
        read("billing.follow")
    order.refresh_from_db()


def invoiced(inside, shop, *lines):
    order = make_order(inside.owner, shop, *lines)
    draft = draft_about(Subject("order", order.pk), kind="invoice", day=DAY)
    return order, services.issue_new(actor=inside.owner, draft=draft, now=NOW)


@pytest.mark.parametrize(("tables", "sum_"), [("1", 1000), ("3", 3000)])
def test_the_invoice_of_an_order_that_was_changed_asks_for_its_new_sum(inside, shop, tables, sum_):
    order, paper = invoiced(inside, shop, (shop.table, 2))
    line = drafts.LineDraft(D(tables), shop.table.pk, price=D(1000), discount=D(0), position=1)
    written_anew(inside, order, lines=[line])
    paper.refresh_from_db()
    assert (order.total, paper.amount, paper.version, debt(shop)) == (sum_, sum_, 2, sum_)
    all_agree(order)


def test_an_invoice_of_a_part_is_left_alone(inside, shop):
    line = drafts.LineDraft(D(1), shop.table.pk, price=D(1000), discount=D(0), position=1)
    other, part = invoiced(inside, shop, (shop.table, 1))
    Document.objects.filter(pk=part.pk).update(amount=D(300))
    written_anew(inside, other, lines=[replace(line, quantity=D(2))])
    part.refresh_from_db()
    assert (other.total, part.amount) == (2000, 300)
