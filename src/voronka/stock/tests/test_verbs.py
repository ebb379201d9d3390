"""Each verb of the stock: what it does, what it refuses, whom; costs, lots, serial numbers, promises that end."""

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest

from voronka.accounts.testing import NOW, add_person, make_company
from voronka.catalogue.models import KitLine, Product
from voronka.catalogue.testing import make_goods
from voronka.kit.errors import Conflict, Denied, Invalid, NotFound
from voronka.kit.models import EventRow
from voronka.kit.tenancy import company_context
from voronka.stock import queries, services
from voronka.stock.models import Balance, CostLayer, LostSale, Move, Reservation, Worth
from voronka.stock.rules import quantities
from voronka.stock.testing import balance, make_place, stock_up

pytestmark = pytest.mark.django_db
ORDER = services.Holder("order", 1)


@pytest.fixture
def cast():
    found = make_company()
    with company_context(found.company_id, employee_id=found.owner.employee_id):
        yield found


def reserve(cast, *lines, **more):
    asked = [services.Line(number, *line) for number, line in enumerate(lines, start=1)]
    return services.reserve(more.pop("holder", ORDER), asked, actor=cast.owner, now=NOW, **more)


def ship(cast, **more):
    return services.ship(ORDER, actor=cast.owner, now=NOW, operation=uuid.uuid4(), **more)


def test_what_is_reserved_is_free_no_more_and_leaves_with_its_promise(cast):
    place, good = make_place(cast.owner), make_goods()
    stock_up(cast.owner, good.pk, place, 5, now=NOW)
    found = reserve(cast, (good.pk, Decimal(3)))
    assert [(one.place_id, one.quantity) for one in found] == [(place.pk, 3)]
    assert queries.available([good.pk]) == {good.pk: {place.pk: Decimal(2)}}
    moved = ship(cast, lines={(1, good.pk): Decimal(2)})
    assert [(one.line, one.quantity, one.value) for one in moved] == [(1, 2, Decimal("200.00"))]
    assert balance(good.pk, place) == (3, 1)
    assert {one.state: one.quantity for one in Reservation.objects.all()} == {"allocated": 1, "shipped": 2}
    assert services.compare_with_ledger() == []


def test_two_lines_of_one_variant_are_checked_together(cast):
    """Checked apart, both would be promised (medusa#16502)."""
    place, good = make_place(cast.owner), make_goods("Стул")
    stock_up(cast.owner, good.pk, place, 5, now=NOW)
    with pytest.raises(services.OutOfStock) as refused:
        reserve(cast, (good.pk, Decimal(3)), (good.pk, Decimal(3), place.pk))
    assert "Стул" in refused.value.message
    assert balance(good.pk, place) == (5, 0)
    assert Reservation.objects.count() == 0
    assert len(reserve(cast, (good.pk, Decimal(3)), (good.pk, Decimal(2), place.pk))) == 2


def test_one_line_that_is_short_takes_none_of_the_others(cast):
    place, chair, table = make_place(cast.owner), make_goods("Стул"), make_goods("Стол")
    stock_up(cast.owner, chair.pk, place, 5, now=NOW)
    before = EventRow.objects.count()
    with pytest.raises(services.OutOfStock) as refused:
        reserve(cast, (chair.pk, Decimal(1)), (table.pk, Decimal(1)))
    assert [(one.line, one.kind, one.free) for one in refused.value.troubles] == [(2, "short", 0)]
    assert balance(chair.pk, place) == (5, 0)
    assert EventRow.objects.count() == before


def test_kits_are_promised_as_their_parts(cast):
    place, leg, top = make_place(cast.owner), make_goods("Ножка"), make_goods("Столешница")
    table, office = make_goods("Стол", kind="kit"), make_goods("Кабинет", kind="kit")
    KitLine.objects.create(kit=table, part=leg, quantity=4)
    KitLine.objects.create(kit=table, part=top, quantity=1)
    KitLine.objects.create(kit=office, part=table, quantity=2)
    stock_up(cast.owner, leg.pk, place, 9, now=NOW)
    stock_up(cast.owner, top.pk, place, 9, now=NOW)
    found = {one.variant_id: one.quantity for one in reserve(cast, (office.pk, Decimal(1)))}
    assert found == {leg.pk: 8, top.pk: 2}
    with pytest.raises(services.OutOfStock):
        reserve(cast, (table.pk, Decimal(1)))
    assert services.release(ORDER, actor=cast.owner, now=NOW, lines={1: Decimal(1)}) == 2
    assert balance(leg.pk, place) == (9, 0)


def test_places_are_asked_by_priority_and_together_where_none_has_all(cast):
    near, far = make_place(cast.owner, "Ближний", priority=1), make_place(cast.owner, "Дальний", priority=2)
    shut = make_place(cast.owner, "Брак", is_selling=False)
    good = make_goods()
    for place, many in ((near, 2), (far, 5), (shut, 50)):
        stock_up(cast.owner, good.pk, place, many, now=NOW)
    assert [one.place_id for one in reserve(cast, (good.pk, Decimal(1)))] == [near.pk]
    assert [one.place_id for one in reserve(cast, (good.pk, Decimal(4)))] == [far.pk]
    assert {one.place_id: one.quantity for one in reserve(cast, (good.pk, Decimal(2)))} == {near.pk: 1, far.pk: 1}
    with pytest.raises(services.OutOfStock):
        reserve(cast, (good.pk, Decimal(1)))
    assert [one.place_id for one in reserve(cast, (good.pk, Decimal(1)), places=[shut.pk])] == [shut.pk]


def test_the_same_operation_has_one_effect(cast):
    place, good = make_place(cast.owner), make_goods()
    stock_up(cast.owner, good.pk, place, 5, now=NOW)
    operation = uuid.uuid4()
    first = reserve(cast, (good.pk, Decimal(2)), operation=operation)
    events = EventRow.objects.count()
    assert reserve(cast, (good.pk, Decimal(2)), operation=operation) == first
    assert (balance(good.pk, place), EventRow.objects.count()) == ((5, 2), events)


def test_a_hold_ends_by_itself_and_an_allocation_does_not(cast):
    place, good = make_place(cast.owner), make_goods()
    stock_up(cast.owner, good.pk, place, 5, now=NOW)
    reserve(cast, (good.pk, Decimal(2)), until=NOW + timedelta(hours=1))
    reserve(cast, (good.pk, Decimal(1)), holder=services.Holder("cart", 7), until=NOW + timedelta(hours=1))
    assert services.allocate(ORDER, actor=cast.owner, now=NOW) == 1
    later = NOW + timedelta(hours=2)
    assert cast.company_id in services.companies_with_expired(later)
    assert services.expire_company(cast.company_id, now=later) == 1
    assert balance(good.pk, place) == (5, 2)
    assert services.companies_with_expired(later) == []
    assert services.expire_company(cast.company_id, now=later) == 0


def test_a_hold_whose_time_is_over_is_over_before_the_sweep_comes(cast):
    place, good = make_place(cast.owner), make_goods()
    stock_up(cast.owner, good.pk, place, 5, now=NOW)
    reserve(cast, (good.pk, Decimal(2)), until=NOW + timedelta(hours=1))
    later = NOW + timedelta(hours=2)
    assert services.allocate(ORDER, actor=cast.owner, now=later) == 0
    assert services.extend(ORDER, later + timedelta(hours=1), actor=cast.owner, now=later) == 0
    with pytest.raises(Conflict):
        services.ship(ORDER, actor=cast.owner, now=later, operation=uuid.uuid4())
    assert services.release(ORDER, actor=cast.owner, now=later) == 1
    assert balance(good.pk, place) == (5, 0)


@pytest.mark.parametrize("name", ["@supplier", "@transit", "@x"])
def test_no_place_takes_a_name_of_the_programs_own(cast, name):
    with pytest.raises(Invalid) as caught:
        services.save_place(services.PlaceDraft(name=name, kind="shop"), actor=cast.owner)
    assert "name" in caught.value.fields


def test_a_hold_is_extended_before_it_ends_only(cast):
    place, good = make_place(cast.owner), make_goods()
    stock_up(cast.owner, good.pk, place, 5, now=NOW)
    reserve(cast, (good.pk, Decimal(2)), until=NOW + timedelta(hours=1))
    assert services.extend(ORDER, NOW + timedelta(hours=3), actor=cast.owner, now=NOW) == 1
    assert services.expire_company(cast.company_id, now=NOW + timedelta(hours=2)) == 0
    with pytest.raises(Invalid):
        services.extend(ORDER, NOW, actor=cast.owner, now=NOW)
    with pytest.raises(Invalid):
        reserve(cast, (good.pk, Decimal(1)), until=NOW - timedelta(days=1))


def test_goods_off_sale_are_promised_to_nobody_new(cast):
    place, good = make_place(cast.owner), make_goods()
    stock_up(cast.owner, good.pk, place, 5, now=NOW)
    Product.objects.update(is_on_sale=False)
    with pytest.raises(services.OutOfStock) as refused:
        reserve(cast, (good.pk, Decimal(1)))
    assert refused.value.troubles[0].kind == "off_sale"
    assert reserve(cast, (good.pk, Decimal(1)), only_on_sale=False)


@pytest.mark.parametrize(
    ("quantity", "code"),
    [("0", "quantity"), ("-1", "quantity"), ("1e12", "quantity"), ("0.0001", "quantity"), ("NaN", "quantity"),
     ("0.5", "out_of_stock"), ("1000000000", "out_of_stock")],
)  # fmt: skip
def test_quantities_that_cannot_be_are_refused(cast, quantity, code):
    place, good = make_place(cast.owner), make_goods()
    stock_up(cast.owner, good.pk, place, 5, now=NOW)
    with pytest.raises((Invalid, Conflict)) as refused:
        reserve(cast, (good.pk, Decimal(quantity)))
    assert refused.value.code == code
    line = services.MoveLine(good.pk, Decimal(quantity), place.pk, make_place(cast.owner, "Второй").pk)
    with pytest.raises((Invalid, Conflict)):
        services.move([line], actor=cast.owner, now=NOW, operation=uuid.uuid4())
    assert balance(good.pk, place) == (5, 0)


def test_weighed_goods_are_had_in_parts(cast):
    place, flour = make_place(cast.owner), make_goods("Мука", unit="166", is_weighed=True)
    stock_up(cast.owner, flour.pk, place, "2.750", now=NOW)
    assert reserve(cast, (flour.pk, Decimal("0.125")))[0].quantity == Decimal("0.125")


def test_a_kit_without_parts_and_goods_that_are_not_there_are_named(cast):
    make_place(cast.owner)
    kit = make_goods("Пустой набор", kind="kit")
    with pytest.raises(services.OutOfStock) as refused:
        reserve(cast, (kit.pk, Decimal(1)), (10**9, Decimal(1)))
    assert sorted(one.kind for one in refused.value.troubles) == ["empty_kit", "unknown"]
    with pytest.raises(Invalid):
        reserve(cast)


def test_services_need_no_stock(cast):
    work = make_goods("Сборка", kind="service")
    assert reserve(cast, (work.pk, Decimal(1))) == []


def test_more_does_not_come_back_than_went_out(cast):
    place, good = make_place(cast.owner), make_goods()
    stock_up(cast.owner, good.pk, place, 3, now=NOW, cost="33.33")
    reserve(cast, (good.pk, Decimal(3)))
    ship(cast)

    def back(many):
        return services.return_in(
            "order", 1, [(good.pk, Decimal(many))], place.pk, actor=cast.owner, now=NOW, operation=uuid.uuid4()
        )

    assert back(2)[0].value == Decimal("66.66")
    with pytest.raises(Conflict):
        back(2)
    assert back(1)[0].value == Decimal("33.33")
    assert Worth.objects.get().value == Decimal("99.99")
    assert services.compare_with_ledger() == []


@pytest.mark.parametrize(("method", "first", "rest"), [("average", "150.00", "300.00"), ("fifo", "100.00", "350.00")])
def test_cost_leaves_by_average_or_first_in_first_out(cast, method, first, rest):
    services.set_cost_method(method, actor=cast.owner)
    place, good = make_place(cast.owner), make_goods()
    for cost, many in (("100.00", 1), ("175.00", 2)):
        stock_up(cast.owner, good.pk, place, many, now=NOW, cost=cost)
    reserve(cast, (good.pk, Decimal(1)))
    assert ship(cast)[0].value == Decimal(first)
    reserve(cast, (good.pk, Decimal(2)))
    assert ship(cast)[0].value == Decimal(rest)
    assert not CostLayer.objects.exists()
    assert (Worth.objects.get().quantity, Worth.objects.get().value) == (0, 0)


def test_kopecks_of_rounding_leave_with_the_last_piece(cast):
    place, good = make_place(cast.owner), make_goods()
    services.receive(
        [services.Incoming(good.pk, Decimal(3), Decimal("33.34"))], place.pk,
        actor=cast.owner, now=NOW, operation=uuid.uuid4(),
    )  # fmt: skip
    Worth.objects.update(value=Decimal("100.00"))
    sums = []
    for _number in range(3):
        reserve(cast, (good.pk, Decimal(1)))
        sums.append(ship(cast)[0].value)
    assert sums == [Decimal("33.33"), Decimal("33.34"), Decimal("33.33")]


def test_serial_numbers_are_in_one_place_at_a_time(cast):
    """Skipping locked rows gave one serial number twice elsewhere (odoo#268942)."""
    place, shop, phone = make_place(cast.owner), make_place(cast.owner, "Магазин", "shop"), make_goods("Телефон")
    services.set_keeping(phone.pk, actor=cast.owner, wants_serials=True)

    def take(number, many=1):
        goods = [services.Incoming(phone.pk, Decimal(many), Decimal(1000), lot=number)]
        return services.receive(goods, place.pk, actor=cast.owner, now=NOW, operation=uuid.uuid4())

    with pytest.raises(Invalid):
        take("")
    with pytest.raises(Invalid):
        take("SN-1", 2)
    take("SN-1")
    take("SN-2")
    with pytest.raises(services.OutOfStock):
        take("SN-1")
    assert balance(phone.pk, place) == (2, 0)
    line = services.MoveLine(phone.pk, Decimal(1), place.pk, shop.pk)
    first = services.move([line], actor=cast.owner, now=NOW, operation=uuid.uuid4())[0].lot_id
    reserve(cast, (phone.pk, Decimal(2)))
    assert {one.lot_id for one in ship(cast)} > {first}
    assert services.compare_with_ledger() == []
    with pytest.raises(services.OutOfStock):
        services.write_off([(phone.pk, Decimal(1))], place.pk, actor=cast.owner, now=NOW, operation=uuid.uuid4())


def test_the_lot_that_expires_first_leaves_first(cast):
    place, milk = make_place(cast.owner), make_goods("Молоко")
    services.set_keeping(milk.pk, actor=cast.owner, wants_lots=True)
    for number, expires, many in (("B", date(2026, 12, 9), 3), ("A", date(2026, 11, 9), 2)):
        goods = [services.Incoming(milk.pk, Decimal(many), Decimal(50), lot=number, expires=expires)]
        services.receive(goods, place.pk, actor=cast.owner, now=NOW, operation=uuid.uuid4())
    reserve(cast, (milk.pk, Decimal(3)))
    ship(cast)
    rows = Move.objects.filter(document_kind="order").values_list("lot__number", "quantity")
    assert sorted(rows) == [("A", 2), ("B", 1)]
    assert services.compare_with_ledger() == []
    with pytest.raises(Conflict):
        services.set_keeping(milk.pk, actor=cast.owner)


def test_promised_goods_are_not_moved_or_written_off(cast):
    place, other, good = make_place(cast.owner), make_place(cast.owner, "Другой"), make_goods()
    stock_up(cast.owner, good.pk, place, 5, now=NOW)
    reserve(cast, (good.pk, Decimal(3)))
    line = services.MoveLine(good.pk, Decimal(3), place.pk, other.pk)
    with pytest.raises(services.OutOfStock) as refused:
        services.move([line], actor=cast.owner, now=NOW, operation=uuid.uuid4())
    assert refused.value.troubles[0].free == 2
    with pytest.raises(services.OutOfStock):
        services.write_off([(good.pk, Decimal(3))], place.pk, actor=cast.owner, now=NOW, operation=uuid.uuid4())
    with pytest.raises(services.OutOfStock):
        services.move(
            [services.MoveLine(good.pk, Decimal(1), place.pk, place.pk)], actor=cast.owner, now=NOW,
            operation=uuid.uuid4(),
        )  # fmt: skip


def test_a_moment_that_has_not_come_is_refused(cast):
    place, good = make_place(cast.owner), make_goods()
    goods = [services.Incoming(good.pk, Decimal(1))]
    with pytest.raises(Invalid):
        services.receive(
            goods, place.pk, actor=cast.owner, now=NOW, operation=uuid.uuid4(), at=NOW + timedelta(days=1)
        )
    # A clock that went back does not turn the order of the ledger round.
    services.receive(goods, place.pk, actor=cast.owner, now=NOW, operation=uuid.uuid4())
    services.receive(goods, place.pk, actor=cast.owner, now=NOW - timedelta(hours=1), operation=uuid.uuid4())
    reserve(cast, (good.pk, Decimal(2)))
    ship(cast)
    assert services.compare_with_ledger() == []


def test_who_lacks_the_right_changes_nothing(cast):
    place, good = make_place(cast.owner), make_goods()
    stock_up(cast.owner, good.pk, place, 5, now=NOW)
    reader = add_person(cast.owner, "reader")
    key = uuid.uuid4()
    acts = [
        lambda: services.reserve(ORDER, [services.Line(1, good.pk, Decimal(1))], actor=reader, now=NOW),
        lambda: services.release(ORDER, actor=reader, now=NOW),
        lambda: services.ship(ORDER, actor=reader, now=NOW, operation=key),
        lambda: services.receive(
            [services.Incoming(good.pk, Decimal(1))], place.pk, actor=reader, now=NOW, operation=key
        ),
        lambda: services.move([], actor=reader, now=NOW, operation=key),
        lambda: services.write_off([(good.pk, Decimal(1))], place.pk, actor=reader, now=NOW, operation=key),
        lambda: services.return_in("order", 1, [], place.pk, actor=reader, now=NOW, operation=key),
        lambda: services.save_place(services.PlaceDraft("Новый", "shop"), actor=reader),
        lambda: services.set_cost_method("fifo", actor=reader),
        lambda: services.set_keeping(good.pk, actor=reader),
        lambda: queries.worth(reader, [good.pk]),
    ]
    for act in acts:
        with pytest.raises(Denied):
            act()
    assert (balance(good.pk, place), Move.objects.count()) == ((5, 0), 1)


def test_places_are_named_once_and_not_shut_while_goods_lie_there(cast):
    place, good = make_place(cast.owner), make_goods()
    for name, kind, priority in (
        (place.name, "shop", 1),
        (" ", "shop", 1),
        ("Новый", "supplier", 1),
        ("Новый", "shop", -1),
    ):
        draft = services.PlaceDraft(name, kind, priority=priority)
        with pytest.raises(Invalid):
            services.save_place(draft, actor=cast.owner)
    stock_up(cast.owner, good.pk, place, 1, now=NOW)
    with pytest.raises(Conflict):
        services.save_place(
            services.PlaceDraft(place.name, "warehouse", is_on=False), actor=cast.owner, place_id=place.pk
        )
    with pytest.raises(services.OutOfStock):
        services.move(
            [services.MoveLine(good.pk, Decimal(1), place.pk, 10**9)], actor=cast.owner, now=NOW,
            operation=uuid.uuid4(),
        )  # fmt: skip


def test_another_company_sees_nothing(cast):
    place, good = make_place(cast.owner), make_goods()
    stock_up(cast.owner, good.pk, place, 5, now=NOW)
    with company_context(cast.other_company_id, employee_id=cast.stranger.employee_id):
        assert queries.available([good.pk]) == {good.pk: {}}
        with pytest.raises(services.OutOfStock):
            services.reserve(ORDER, [services.Line(1, good.pk, Decimal(1), place.pk)], actor=cast.stranger, now=NOW)
        assert Balance.objects.count() == 0
    assert balance(good.pk, place) == (5, 0)


def test_reserving_is_one_statement(cast, django_assert_num_queries):
    place, good = make_place(cast.owner), make_goods()
    stock_up(cast.owner, good.pk, place, 5, now=NOW)
    with django_assert_num_queries(1):
        reserve(cast, (good.pk, Decimal(1)))


@pytest.mark.parametrize(
    ("typed", "found"), [("1 200", "1200"), ("0,5", "0.5"), ("5", "5"), ("1\u00a0000.125", "1000.125")]
)
def test_quantities_are_read_as_people_type_them(typed, found):
    assert quantities.parse(typed) == Decimal(found)


@pytest.mark.parametrize(
    ("typed", "code"),
    [("", "empty"), ("пять", "not_a_number"), ("−3", "negative"), ("0", "zero"), ("99999999999", "too_big"),
     ("1.00001", "too_fine"), ("1e5", "not_a_number")],
)  # fmt: skip
def test_quantities_that_are_none_are_named(typed, code):
    with pytest.raises(ValueError, match=code):
        quantities.parse(typed)


def test_what_was_wanted_and_not_there_is_written_down(cast):
    good = make_goods()
    services.lose_sale(good.pk, Decimal(2), actor=cast.owner, now=NOW)
    assert (LostSale.objects.get().quantity, LostSale.objects.get().cause) == (2, "short")
    assert EventRow.objects.filter(name="stock.SaleLost", subject_id=good.pk).count() == 1
    with pytest.raises(Invalid):
        services.lose_sale(good.pk, Decimal(-2), actor=cast.owner, now=NOW)
    with pytest.raises(Invalid):
        services.lose_sale(good.pk, Decimal(2), actor=cast.owner, now=NOW, cause="whim")
    with pytest.raises(NotFound):
        services.lose_sale(10**9, Decimal(2), actor=cast.owner, now=NOW)
    with pytest.raises(Denied):
        services.lose_sale(good.pk, Decimal(2), actor=add_person(cast.owner, "reader"), now=NOW)
    assert LostSale.objects.count() == 1
