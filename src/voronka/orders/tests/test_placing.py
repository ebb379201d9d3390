"""Orders are placed, changed, cancelled, brought to statuses: what each verb does and what it refuses."""

import uuid
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from voronka.accounts.testing import NOW, add_person, make_company
from voronka.catalogue.models import ClientTerms, KitLine, Price
from voronka.catalogue.testing import make_goods, make_kind
from voronka.kit.errors import Conflict, Denied, Invalid, NotFound
from voronka.kit.models import EventRow
from voronka.kit.tenancy import company_context
from voronka.orders import queries, services
from voronka.orders.models import Order, OrderLine, OrderPart, Passage, Status
from voronka.orders.testing import draft_for, make_order, make_shop, status
from voronka.people.models import Client
from voronka.stock.models import Reservation
from voronka.stock.services import OutOfStock, compare_with_ledger
from voronka.stock.testing import balance, stock_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    found = make_company()
    with company_context(found.company_id, employee_id=found.owner.employee_id):
        yield found


@pytest.fixture
def shop(cast):
    return make_shop(cast.owner)


def hold_sums():
    """Let the database look at the sums now, as it does when a transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_an_order_keeps_the_figures_of_its_moment_and_promises_its_goods(cast, shop):
    order = make_order(cast.owner, shop, (shop.table, 2), (shop.chair, 4), channel="phone", promised_at=NOW)
    hold_sums()
    order.refresh_from_db()
    assert (order.number, order.status.code, order.phase) == (1, "new", "new")
    assert (order.goods_sum, order.discount_sum, order.total) == (Decimal("3000.00"), 0, Decimal("3000.00"))
    assert order.tax == Decimal("360.66") + Decimal("180.33")  # 22/122 of 2000 and of 1000
    assert order.cost == Decimal("1600.00")
    assert order.place_id == shop.place.pk
    lines = list(order.lines.order_by("position"))
    assert [(one.position, one.name, one.quantity, one.price, one.percent) for one in lines] == [
        (1, "Стол обеденный", 2, Decimal("1000.00"), 22),
        (2, "Стул", 4, Decimal("250.00"), 22),
    ]
    assert balance(shop.table.pk, shop.place) == (10, 2)
    assert balance(shop.chair.pk, shop.place) == (40, 4)
    assert Passage.objects.get().status.code == "new"
    told = EventRow.objects.get(name="orders.OrderPlaced")
    assert (told.subject_id, told.client_id, told.payload["total"]) == (order.pk, shop.client.pk, "3000.00")
    assert make_order(cast.owner, shop).number == 2
    assert compare_with_ledger() == []


def test_sent_again_it_places_nothing_more(cast, shop):
    operation, draft = uuid.uuid4(), draft_for(shop, (shop.table, 2))
    first = services.place(draft, actor=cast.owner, now=NOW, operation=operation)
    again = services.place(draft, actor=cast.owner, now=NOW, operation=operation)
    assert again.pk == first.pk
    assert Order.objects.count() == 1
    assert balance(shop.table.pk, shop.place) == (10, 2)


def test_two_lines_of_one_variant_do_not_oversell(cast, shop):
    """Checked apart, both would be promised (medusa#16502); refused, nothing is left of the order (medusa#16825)."""
    with pytest.raises(OutOfStock) as refused:
        make_order(cast.owner, shop, (shop.table, 6), (shop.chair, 1), (shop.table, 5))
    assert [(one.line, one.free) for one in refused.value.troubles] == [(3, 4)]
    assert "Стол" in refused.value.message
    assert (Order.objects.count(), OrderLine.objects.count(), Reservation.objects.count()) == (0, 0, 0)
    assert not EventRow.objects.filter(name__in=["orders.OrderPlaced", "stock.GoodsReserved"]).exists()
    assert make_order(cast.owner, shop).number == 1


def test_what_is_short_waits_as_a_part(cast, shop):
    draft = draft_for(shop, (shop.table, 6), (shop.chair, 3), (shop.table, 7))
    order = services.place(draft, actor=cast.owner, now=NOW, operation=uuid.uuid4(), on_short="backorder")
    assert [(one.line.position, one.kind, one.quantity) for one in order.parts.all()] == [(3, "purchase", 3)]
    assert balance(shop.table.pk, shop.place) == (10, 10)
    assert sorted((one.line, one.quantity) for one in queries.card_of(order).held) == [(1, 6), (2, 3), (3, 4)]


def test_a_kit_that_is_short_waits_whole(cast, shop):
    set_of = make_goods("Обеденная группа", kind="kit", price="1800.00")
    KitLine.objects.create(kit=set_of, part=shop.table, quantity=1)
    KitLine.objects.create(kit=set_of, part=shop.chair, quantity=30)
    draft = draft_for(shop, (set_of, 2), (shop.chair, 1))
    order = services.place(draft, actor=cast.owner, now=NOW, operation=uuid.uuid4(), on_short="backorder")
    assert [(one.line.position, one.quantity) for one in order.parts.all()] == [(1, 2)]
    assert balance(shop.table.pk, shop.place) == (10, 0)


def test_every_bad_line_is_named(cast, shop):
    """One bad line must not block the order without saying which (erpnext#57157)."""
    free = make_goods("Без цены", price=None)
    lines = [
        services.LineDraft(Decimal(1), shop.table.pk),
        services.LineDraft(Decimal(0), shop.chair.pk),
        services.LineDraft(Decimal("1e12"), shop.chair.pk),
        services.LineDraft(Decimal(1), shop.chair.pk, price=Decimal(-1)),
        services.LineDraft(Decimal(1), shop.chair.pk, discount=Decimal(251)),
        services.LineDraft(Decimal("NaN"), shop.chair.pk),
    ]
    draft = replace(draft_for(shop, (shop.table, 1)), lines=lines)
    with pytest.raises(Invalid) as refused:
        services.place(draft, actor=cast.owner, now=NOW, operation=uuid.uuid4())
    assert set(refused.value.fields) == {"quantity-2", "quantity-3", "price-4", "discount-5", "quantity-6"}
    lines = [
        services.LineDraft(Decimal(1), free.pk),
        services.LineDraft(Decimal(1), 10**12),
        services.LineDraft(Decimal(1)),
    ]
    with pytest.raises(Invalid) as refused:
        services.place(replace(draft, lines=lines), actor=cast.owner, now=NOW, operation=uuid.uuid4())
    assert set(refused.value.fields) == {"price-1", "variant-2", "name-3"}
    assert Order.objects.count() == 0


def test_goods_off_sale_are_not_ordered(cast, shop):
    old = make_goods("Снят", is_on_sale=False)
    stock_up(cast.owner, old.pk, shop.place, 5, now=NOW)
    with pytest.raises(OutOfStock) as refused:
        make_order(cast.owner, shop, (old, 1))
    assert refused.value.troubles[0].kind == "off_sale"


def test_terms_of_the_client_and_a_discount_of_the_whole_are_shared_to_the_kopeck(cast, shop):
    ClientTerms.objects.create(client=shop.client, kind=make_kind(), discount_percent=Decimal("3.33"))
    order = make_order(
        cast.owner, shop, (shop.table, 1), (shop.chair, 3), (shop.chair, 3), discount=Decimal("100.01")
    )
    hold_sums()
    lines = list(order.lines.all())
    assert order.discount_sum == sum(one.discount for one in lines)
    assert order.discount_sum == Decimal("33.30") + 2 * Decimal("24.98") + Decimal("100.01")
    assert order.total == sum(one.total for one in lines) == order.goods_sum - order.discount_sum
    assert order.tax == sum(one.tax for one in lines)


def test_an_order_takes_the_terms_of_its_moment(cast, shop):
    own = {"client": shop.client, "kind": make_kind()}
    ClientTerms.objects.create(**own, discount_percent=50, until=NOW)
    ClientTerms.objects.create(**own, discount_percent=10, since=NOW, until=NOW + timedelta(days=1))
    ClientTerms.objects.create(**own, discount_percent=90, since=NOW + timedelta(days=1))
    assert make_order(cast.owner, shop, (shop.table, 1)).discount_sum == 100


def test_delivery_costs_what_its_method_asks_and_has_its_tax(cast, shop):
    courier = next(one for one in queries.list_delivery() if one.kind == "courier")
    order = make_order(cast.owner, shop, (shop.table, 2), delivery=courier.public_id, address="Ленина, 1")
    hold_sums()
    assert (order.delivery_cost, order.delivery_tax, order.total) == (300, Decimal("54.10"), 2300)
    assert order.tax == Decimal("360.66") + Decimal("54.10")
    assert make_order(cast.owner, shop, (shop.chair, 40), delivery=courier.public_id).delivery_cost == 0
    with pytest.raises(Invalid):
        make_order(cast.owner, shop, delivery="nothing")


def test_the_database_holds_sums_to_the_lines(cast, shop):
    order = make_order(cast.owner, shop)
    hold_sums()
    for change in (
        lambda: OrderLine.objects.filter(order=order).update(total=1, tax=0),
        lambda: Order.objects.filter(pk=order.pk).update(tax=1),
        lambda: OrderLine.objects.filter(order=order).delete(),
    ):
        with pytest.raises(DatabaseError, match="sums of order"), transaction.atomic():
            change()
            hold_sums()


def test_a_number_of_a_channel_is_taken_once(cast, shop):
    make_order(cast.owner, shop, channel="market", outer_number="A-1")
    with pytest.raises(Conflict, match="№ 1"):
        make_order(cast.owner, shop, channel="market", outer_number="A-1")
    assert make_order(cast.owner, shop, channel="api", outer_number="A-1").number == 2


def test_who_may_not_make_orders_makes_none(cast, shop):
    reader = add_person(cast.owner, "reader")
    with pytest.raises(Denied):
        make_order(reader, shop)
    Client.objects.update(responsible_id=cast.owner.employee_id)
    with pytest.raises(NotFound):
        make_order(cast.colleague, shop)


def test_a_change_follows_with_promises_and_sums(cast, shop):
    order = make_order(cast.owner, shop, (shop.table, 2), (shop.chair, 4))
    draft = services.draft_of(order, list(order.lines.order_by("position")))
    table = replace(draft.lines[0], quantity=Decimal(5), discount=None)
    new = services.LineDraft(Decimal(1), None, "Сборка", Decimal(500))
    changed = services.change(
        order.public_id, replace(draft, lines=[table, new]), actor=cast.owner, version=order.version, now=NOW
    )
    hold_sums()
    assert changed.total == Decimal("5500.00")
    assert [(one.position, one.name) for one in changed.lines.order_by("position")] == [
        (1, "Стол обеденный"), (3, "Сборка"),
    ]  # fmt: skip
    assert balance(shop.table.pk, shop.place) == (10, 5)
    assert balance(shop.chair.pk, shop.place) == (40, 0)
    with pytest.raises(Conflict):
        services.change(order.public_id, draft, actor=cast.owner, version=1, now=NOW)
    told = EventRow.objects.get(name="orders.OrderChanged").payload
    assert (told["was"], told["total"]) == ("3000.00", "5500.00")


def test_another_quantity_keeps_the_discount_of_each_piece_and_another_price_drops_it(cast, shop):
    line = services.LineDraft(Decimal(3), shop.chair.pk, discount=Decimal("100.00"))
    draft = services.OrderDraft(client_id=shop.client.pk, lines=[line])
    order = services.place(draft, actor=cast.owner, now=NOW, operation=uuid.uuid4())

    def written(**changed):
        order.refresh_from_db()
        own = services.draft_of(order, list(order.lines.all()))
        lines = [replace(own.lines[0], discount=None, **changed)]
        services.change(order.public_id, replace(own, lines=lines), actor=cast.owner, version=order.version, now=NOW)
        hold_sums()
        return order.lines.values_list("quantity", "discount", "total").get()

    assert written(quantity=Decimal(2)) == (2, Decimal("66.67"), Decimal("433.33"))
    assert written(quantity=Decimal(6)) == (6, Decimal("200.01"), Decimal("1299.99"))
    assert written(price=Decimal("240.00")) == (6, 0, 1440)


def test_a_change_that_is_short_changes_nothing(cast, shop):
    order = make_order(cast.owner, shop, (shop.table, 2), (shop.chair, 4))
    draft = services.draft_of(order, list(order.lines.order_by("position")))
    more = replace(
        draft, lines=[replace(draft.lines[0], quantity=Decimal(11)), replace(draft.lines[1], quantity=Decimal(1))]
    )
    with pytest.raises(OutOfStock), transaction.atomic():
        services.change(order.public_id, more, actor=cast.owner, version=1, now=NOW)
    order.refresh_from_db()
    assert (order.version, order.total) == (1, 3000)
    assert balance(shop.chair.pk, shop.place) == (40, 4)


def test_a_backorder_keeps_waiting_through_a_change(cast, shop):
    draft = draft_for(shop, (shop.table, 12))
    order = services.place(draft, actor=cast.owner, now=NOW, operation=uuid.uuid4(), on_short="backorder")
    own = services.draft_of(order, list(order.lines.all()))
    services.change(order.public_id, replace(own, comment="Позвонить"), actor=cast.owner, version=1, now=NOW)
    assert [one.quantity for one in OrderPart.objects.filter(state="waiting")] == [2]
    less = replace(own, lines=[replace(own.lines[0], quantity=Decimal(11))])
    services.change(order.public_id, less, actor=cast.owner, version=2, now=NOW)
    assert [one.quantity for one in OrderPart.objects.filter(state="waiting")] == [1]
    assert balance(shop.table.pk, shop.place) == (10, 10)


def test_a_cancelled_order_frees_its_goods_and_says_why(cast, shop):
    order = make_order(cast.owner, shop)
    with pytest.raises(Invalid):
        services.cancel(order.public_id, " ", actor=cast.owner, now=NOW)
    services.cancel(order.public_id, "Передумал", actor=cast.owner, now=NOW)
    again = services.cancel(order.public_id, "Передумал", actor=cast.owner, now=NOW)
    assert (again.phase, again.cancel_cause, again.status.code) == ("cancelled", "Передумал", "cancelled")
    assert balance(shop.table.pk, shop.place) == (10, 0)
    assert EventRow.objects.filter(name="orders.OrderCancelled").count() == 1
    with pytest.raises(Conflict):
        services.set_status(order.public_id, "agreed", actor=cast.owner, now=NOW)


def test_a_status_asks_for_what_it_needs(cast, shop):
    order = make_order(cast.owner, shop)
    with pytest.raises(Invalid) as refused:
        services.set_status(order.public_id, "closed", actor=cast.owner, now=NOW)
    assert set(refused.value.fields) == {"shipped", "paid"}
    later = NOW + timedelta(hours=1)
    moved, effects = services.set_status(order.public_id, "agreed", actor=cast.owner, now=later, cause="Звонок")
    assert (moved.status.code, moved.phase, moved.status_at, effects) == ("agreed", "work", later, [])
    assert [(one.status.code, one.cause) for one in Passage.objects.order_by("id")] == [
        ("new", ""),
        ("agreed", "Звонок"),
    ]
    services.set_status(order.public_id, "agreed", actor=cast.owner, now=later)
    assert Passage.objects.count() == 2


def test_a_status_is_for_its_roles_and_has_its_ways(cast, shop):
    order = make_order(cast.owner, shop, responsible_id=cast.colleague.employee_id)
    Status.objects.filter(code="new").update(next=["agreed"])
    Status.objects.filter(code="agreed").update(roles=["head"])
    with pytest.raises(Conflict):
        services.set_status(order.public_id, "preparing", actor=cast.owner, now=NOW)
    with pytest.raises(Denied):
        services.set_status(order.public_id, "agreed", actor=cast.colleague, now=NOW)
    assert services.ways_of(queries.get_order(cast.owner, order.public_id), cast.colleague) == []
    assert services.set_status(order.public_id, "agreed", actor=cast.owner, now=NOW)[0].status.code == "agreed"


def test_many_orders_go_each_for_itself(cast, shop):
    first, second = make_order(cast.owner, shop), make_order(cast.owner, shop)
    services.cancel(second.public_id, "Дубль", actor=cast.owner, now=NOW)
    found = services.set_status_of_many(
        [first.public_id, second.public_id, "no"], "agreed", actor=cast.owner, now=NOW
    )
    assert list(found.done) == [first.public_id]
    assert set(found.refused) == {second.public_id, "no"}


def test_the_clients_link_leads_to_his_order_until_it_is_changed(cast, shop):
    order = make_order(cast.owner, shop)
    token = services.token_of(order)
    assert services.order_of_link(token) == (cast.company_id, order.pk)
    assert services.order_of_link("") is None
    fresh = services.new_link(order.public_id, actor=cast.owner)
    assert services.order_of_link(token) is None
    with company_context(cast.other_company_id):
        assert services.order_of_link(fresh) == (cast.company_id, order.pk)
    order.refresh_from_db()
    assert services.token_of(order) == fresh


def test_what_has_come_is_noted_once(cast, shop):
    order = make_order(cast.owner, shop)
    services.note_paid(order.pk, Decimal("500.00"), now=NOW)
    services.note_paid(order.pk, Decimal("500.00"), now=NOW)
    assert EventRow.objects.filter(name="orders.OrderPaid").count() == 1
    with pytest.raises(Invalid):
        services.note_paid(order.pk, Decimal(-1), now=NOW)


def test_an_order_is_paid_in_full_once_and_not_anew_when_money_goes_back(cast, shop):
    order = make_order(cast.owner, shop)
    for paid in (order.total - 1, order.total + 500, order.total + 100, order.total):
        services.note_paid(order.pk, paid, now=NOW)
    told = EventRow.objects.filter(name="orders.OrderPaid").order_by("id")
    assert [one.payload["whole"] for one in told] == [False, True, False, False]


def test_the_card_and_the_list_show_what_is_within_reach(cast, shop):
    order = make_order(cast.owner, shop, (shop.table, 1))
    found = queries.card(cast.owner, order.public_id)
    assert (len(found.lines), len(found.passages), len(found.held)) == (1, 1, 1)
    assert [(one.status.code, one.count) for one in queries.totals(queries.list_orders(cast.owner)) if one.count] == [
        ("new", 1)
    ]
    assert list(queries.list_orders(cast.owner).filter(queries.orders.matching("№ 1"))) == [order]
    with pytest.raises(NotFound):
        queries.card(cast.colleague, order.public_id)
    assert queries.purchases_of(cast.owner, shop.client.pk) == [order]


def test_a_setting_that_orders_need_stays(cast, shop):
    new = status("new")
    draft = services.StatusDraft(name="Новый", phase="new", is_on=False)
    with pytest.raises(Conflict):
        services.save_status(draft, actor=cast.owner, public_id=new.public_id)
    with pytest.raises(Denied):
        services.save_status(draft, actor=cast.colleague)
    own = services.save_status(replace(draft, is_on=True, phase="work", next=["ready"]), actor=cast.owner)
    assert own.code == "own_1"
    with pytest.raises(Invalid) as refused:
        bad = services.StatusDraft(name="", phase="x", tone="x", requires=["x"], next=["x"], roles=["x"],
                                   norm_minutes=0, steps=[{"kind": "x"}])  # fmt: skip
        services.save_status(bad, actor=cast.owner)
    assert set(refused.value.fields) == {
        "name",
        "phase",
        "tone",
        "requires",
        "next",
        "roles",
        "norm_minutes",
        "steps",
    }


def test_a_client_pays_his_own_kind_of_price_where_there_is_one(cast, shop):
    own = make_kind("wholesale", "Оптовая", is_default=False)
    ClientTerms.objects.create(client=shop.client, kind=own)
    Price.objects.create(variant=shop.table, kind=own, amount=Decimal("800.00"), since=NOW - timedelta(days=9))
    Price.objects.create(variant=shop.chair, kind=own, amount=Decimal("200.00"), since=NOW + timedelta(days=1))
    order = make_order(cast.owner, shop, (shop.table, 1), (shop.chair, 1))
    assert [one.price for one in order.lines.order_by("position")] == [Decimal("800.00"), Decimal("250.00")]


def test_placing_asks_the_database_five_times(cast, shop):
    """The client, the operation, the goods, the promise, the order: whatever the number of lines."""
    with CaptureQueriesContext(connection) as asked:
        make_order(cast.owner, shop, (shop.table, 1), (shop.chair, 1), (shop.table, 2))
    told = [one["sql"] for one in asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(told) == 5, told
