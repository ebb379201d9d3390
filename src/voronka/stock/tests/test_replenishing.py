"""Buffers over the ledger: demand and colours, proposals with their sources, one press and what comes of it."""

import random
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from voronka.accounts.models import Company, Notice
from voronka.accounts.testing import add_person, make_company
from voronka.catalogue import services as catalogue
from voronka.catalogue.models import Variant
from voronka.catalogue.services import Asked
from voronka.catalogue.testing import make_goods, make_supplier
from voronka.kit.errors import Conflict, Denied, Invalid
from voronka.kit.tenancy import company_context
from voronka.stock import services
from voronka.stock.models import Buffer, Document, DocumentLine, Replenishment
from voronka.stock.queries import replenishing as queries
from voronka.stock.queries.buffer_board import read_board
from voronka.stock.rules import replenishing as rules
from voronka.stock.services import BufferDraft, Holder, Line, Pick, documents
from voronka.stock.services.buffers import judge
from voronka.stock.testing import make_place, stock_up

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
D = Decimal


@pytest.fixture
def cast():
    found = make_company()
    with company_context(found.company_id, employee_id=found.owner.employee_id):
        yield found


@pytest.fixture
def shop(cast):
    """A shop and a warehouse, a chair, and a supplier who brings it in nine days for 900."""
    made = make_place(cast.owner, "Красноярск", "shop")
    store = make_place(cast.owner, "Новосибирск", is_selling=False)
    chair = make_goods("Стул")
    supplier = make_supplier("Мебельград")
    supplier.lead_days = 9
    supplier.save()
    catalogue.set_costs(actor=cast.owner, costs=[Asked(chair.pk, D(900), supplier_id=supplier.pk)], now=NOW)
    return made, store, chair, supplier


def sell(cast, good, place, many, days_ago=1):
    at = NOW - timedelta(days=days_ago)
    holder = Holder("order", uuid.uuid4().int % 1_000_000)
    services.reserve(holder, [Line(1, good.pk, D(many), place.pk)], actor=cast.owner, now=at)
    services.ship(holder, actor=cast.owner, now=at, operation=uuid.uuid4())


def buffer(cast, good, place, target, **more):
    services.save_buffers([BufferDraft(good.pk, place.pk, D(target), **more)], actor=cast.owner, now=NOW)
    return Buffer.objects.get(variant_id=good.pk, place=place)


def level(row):
    found = queries.find_level(row.public_id)
    assert found is not None
    return found


def press(cast, *picks, operation=None):
    return services.order_proposed(list(picks), actor=cast.owner, now=NOW, operation=operation or uuid.uuid4())


def lines_of(paper):
    return list(DocumentLine.objects.filter(document=paper).values_list("variant_id", "wanted", "cost"))


def test_demand_is_what_went_to_clients_without_what_came_back_and_with_what_was_lost(cast, shop):
    place, _store, chair, supplier = shop
    stock_up(cast.owner, chair.pk, place, 60, now=NOW - timedelta(days=100))
    for days_ago in (2, 9, 16):
        sell(cast, chair, place, 14, days_ago)
    sell(cast, chair, place, 5, 95)  # before the window
    row = buffer(cast, chair, place, 30, supplier_id=supplier.pk)
    assert row.per_day == round(D(42) / 90, 4)
    assert (row.week_least, row.week_most) == (0, 14)
    services.lose_sale(chair.pk, D(48), actor=cast.owner, now=NOW, place_id=place.pk)
    services.lose_sale(chair.pk, D(500), actor=cast.owner, now=NOW, place_id=place.pk, cause="dear")
    judge(cast.owner, NOW)
    row.refresh_from_db()
    assert row.per_day == 1
    holder = Holder("order", 5)
    services.reserve(holder, [Line(1, chair.pk, D(9), place.pk)], actor=cast.owner, now=NOW)
    services.ship(holder, actor=cast.owner, now=NOW, operation=uuid.uuid4())
    judge(cast.owner, NOW)
    row.refresh_from_db()
    assert row.per_day == D("1.1")


def test_goods_that_came_lately_are_reckoned_from_their_first_arrival(cast, shop):
    place, _store, chair, _supplier = shop
    stock_up(cast.owner, chair.pk, place, 60, now=NOW - timedelta(days=10))
    sell(cast, chair, place, 20, 3)
    assert buffer(cast, chair, place, 30).per_day == 2


def test_colours_of_the_database_are_those_of_the_rules(cast, shop):
    place, *_ = shop
    found = []
    for number, many in enumerate((0, 1, 3, 4, 6, 7, 9, 10, 30), start=1):
        good = make_goods(f"Товар {number}", code=f"К-{number}")
        if many:
            stock_up(cast.owner, good.pk, place, many, now=NOW - timedelta(days=40))
        row = buffer(cast, good, place, 9, multiple=D(1 + number % 4), min_lot=D(number % 3), lead_days=number)
        found.append(level(row))
    for one in found:
        assert one.zone == rules.zone(one.free, one.target)
        assert one.asks == (
            rules.wanted(9, one.position, one.min_lot, one.multiple, per_day=one.per_day, lead_days=one.lead_days) > 0
        )
    zones = queries.count_zones(place.pk)
    assert (zones.red, zones.yellow, zones.green, zones.above, zones.asks) == (3, 2, 2, 2, 5)


@pytest.mark.parametrize("seed", range(3))
def test_one_pass_over_a_place_tells_what_its_parts_tell(cast, shop, seed, django_assert_num_queries):
    """Colours, proposals and a page of buffers at once are those that are asked for one by one."""
    place, store, _chair, supplier = shop
    chance = random.Random(seed)
    for number in range(25):
        good = make_goods(f"Товар {number}", is_on_sale=chance.random() < 0.8)
        for where in (place, store):
            if many := chance.choice((0, 0, 2, 5, 9, 30)):
                stock_up(cast.owner, good.pk, where, many, now=NOW - timedelta(days=40))
        source = chance.choice((None, store.pk))
        buffer(cast, good, place, 9, supplier_id=None if source else supplier.pk, source_id=source)
        if chance.random() < 0.5:
            buffer(cast, good, store, 6)
    for zones in (rules.ZONES, ("red",), ("yellow", "green"), ()):
        for size, skip in ((7, 0), (7, 7), (100, 0), (5, 90)):
            counts, plan, shown = read_board(place.pk, zones, now=NOW, size=size, skip=skip)
            assert counts == queries.count_zones(place.pk)
            assert plan == queries.propose(now=NOW, place_id=place.pk)
            assert shown == queries.list_levels(place.pk, zones, size=size, skip=skip)
    # Sales are asked of those alone that would ask: what is off sale asks for nothing, and is shown all the same.
    off = {one.pk for one in Variant.objects.filter(product__is_on_sale=False)}
    every = queries.read_levels(place=place.pk)
    assert off & {one.variant_id for one in every}
    assert not off & {one.variant_id for one in every if one.asks}
    with django_assert_num_queries(7):
        read_board(place.pk, rules.ZONES, now=NOW, size=7)


def test_what_is_promised_is_not_there_and_what_is_coming_is_not_ordered_again(cast, shop):
    place, _store, chair, supplier = shop
    stock_up(cast.owner, chair.pk, place, 11, now=NOW - timedelta(days=20))
    row = buffer(cast, chair, place, 60, supplier_id=supplier.pk, multiple=D(6))
    services.reserve(Holder("order", 1), [Line(1, chair.pk, D(4), place.pk)], actor=cast.owner, now=NOW)
    documents.make_document(
        documents.Heading("purchase", target_id=place.pk, supplier_id=supplier.pk),
        [documents.Wanted(chair.pk, D(12))], actor=cast.owner, now=NOW,
    )  # fmt: skip
    found = level(row)
    assert (found.zone, found.free, found.coming, found.position) == ("red", 7, 12, 19)
    assert found.lead_days == 9
    [one] = queries.propose(now=NOW).proposals
    assert (one.quantity, one.sum) == (42, 42 * 900)
    made = press(cast, Pick(row.public_id))
    assert [(paper.kind, paper.supplier_id, paper.target_id) for paper in made.papers] == [
        ("purchase", supplier.pk, place.pk)
    ]
    assert lines_of(made.papers[0]) == [(chair.pk, 42, 900)]
    assert made.papers[0].expected_on.isoformat() == "2026-12-04"
    assert queries.propose(now=NOW).proposals == ()
    assert press(cast, Pick(row.public_id)).skipped == 1
    assert Document.objects.filter(kind="purchase").count() == 2


def test_a_press_sent_again_makes_no_other_orders_even_of_less_than_was_proposed(cast, shop):
    place, _store, chair, supplier = shop
    row = buffer(cast, chair, place, 60, supplier_id=supplier.pk)
    operation = uuid.uuid4()
    first = press(cast, Pick(row.public_id, D(5)), operation=operation)
    again = press(cast, Pick(row.public_id, D(5)), operation=operation)
    assert [one.pk for one in again.papers] == [one.pk for one in first.papers]
    assert Document.objects.count() == Replenishment.objects.count() == 1
    assert queries.propose(now=NOW).proposals[0].quantity == 55


def test_a_cancelled_order_is_asked_for_again(cast, shop):
    place, _store, chair, supplier = shop
    row = buffer(cast, chair, place, 60, supplier_id=supplier.pk)
    [paper] = press(cast, Pick(row.public_id)).papers
    documents.cancel(paper.pk, actor=cast.owner)
    assert queries.propose(now=NOW).proposals[0].quantity == 60


def test_a_place_that_supplies_gives_what_is_free_and_nobody_gets_it_twice(cast, shop):
    place, store, chair, _supplier = shop
    second = make_place(cast.owner, "Москва", "shop")
    stock_up(cast.owner, chair.pk, store, 10, now=NOW - timedelta(days=5))
    stock_up(cast.owner, chair.pk, second, 3, now=NOW - timedelta(days=5))
    empty = buffer(cast, chair, place, 8, source_id=store.pk)
    poor = buffer(cast, chair, second, 9, source_id=store.pk)
    shares = {one.level.id: one.quantity for one in queries.propose(now=NOW).proposals}
    assert shares == {empty.pk: 8, poor.pk: 2}
    [paper] = press(cast, Pick(empty.public_id)).papers
    assert (paper.kind, paper.source_id, paper.target_id) == ("transfer", store.pk, place.pk)
    [left] = queries.propose(now=NOW).proposals
    assert (left.level.id, left.quantity) == (poor.pk, 2)
    with pytest.raises(Conflict) as refused:
        press(cast, Pick(poor.public_id, D(6)))
    assert refused.value.code == "no_supplier"
    press(cast, Pick(poor.public_id))
    assert [one.quantity for one in queries.propose(now=NOW).proposals] == [0]


def test_surplus_of_another_place_comes_first_and_the_rest_is_bought(cast, shop):
    place, store, chair, supplier = shop
    stock_up(cast.owner, chair.pk, store, 26, now=NOW - timedelta(days=50))
    buffer(cast, chair, store, 20, supplier_id=supplier.pk)
    row = buffer(cast, chair, place, 10, supplier_id=supplier.pk)
    [one] = queries.propose(now=NOW).proposals
    assert [(share.source_id, share.quantity) for share in one.shares] == [(store.pk, 6), (None, 4)]
    plan = queries.propose(now=NOW)
    assert [(group.name, group.goods, group.quantity, group.sum) for group in plan.groups] == [
        ("Мебельград", 1, 4, 3600), ("Новосибирск", 1, 6, 0),
    ]  # fmt: skip
    made = press(cast, Pick(row.public_id))
    assert sorted((paper.kind, lines_of(paper)[0][1]) for paper in made.papers) == [("purchase", 4), ("transfer", 6)]


def test_what_one_place_or_one_good_would_order_is_its_part_of_the_whole(cast, shop):
    """Two shops want what a third has too much of; one of them also has a source of its own."""
    place, store, chair, supplier = shop
    rich, draw = make_place(cast.owner, "Казань", "shop"), random.Random(7)
    goods = [chair, *(make_goods(f"Стол {number}") for number in range(8))]
    for good in goods:
        for at in (place, store, rich):
            stock_up(cast.owner, good.pk, at, draw.randint(1, 30), now=NOW - timedelta(days=5))
            source = {"source_id": store.pk} if at == place and draw.random() < 0.5 else {"supplier_id": supplier.pk}
            buffer(cast, good, at, draw.randint(3, 30), multiple=D(draw.choice([1, 4])), **source)
    whole = queries.propose(now=NOW)
    told = {one.level.id: (one.shares, one.cost, one.lost, one.level.free) for one in whole.proposals}
    assert len({share.source_id for one in whole.proposals for share in one.shares}) == 4, (
        "each place gives something"
    )
    for at in (place, store, rich):
        part = queries.propose(now=NOW, place_id=at.pk)
        ids = [one.level.id for one in whole.proposals if one.level.place_id == at.pk]
        assert [one.level.id for one in part.proposals] == ids
        assert {one.level.id: (one.shares, one.cost, one.lost, one.level.free) for one in part.proposals} == {
            key: told[key] for key in ids
        }
        assert part.groups == [one for one in whole.groups if one.target_id == at.pk]
        for one in part.proposals:
            only = queries.propose(now=NOW, place_id=at.pk, variant_id=one.level.variant_id)
            assert only.by_id == {one.level.id: one}


def test_goods_off_sale_and_suppliers_out_of_use_are_not_ordered(cast, shop):
    place, _store, chair, supplier = shop
    row = buffer(cast, chair, place, 10, supplier_id=supplier.pk)
    supplier.is_on = False
    supplier.save()
    [one] = queries.propose(now=NOW).proposals
    assert (one.quantity, one.shares) == (0, ())
    with pytest.raises(Conflict):
        press(cast, Pick(row.public_id, D(3)))
    chair.is_on_sale = False
    chair.save()
    assert queries.propose(now=NOW).proposals == ()


def test_buffers_are_proposed_from_ninety_days_with_the_cheapest_supplier(cast, shop):
    place, _store, chair, supplier = shop
    sofa = make_goods("Диван")
    stock_up(cast.owner, chair.pk, place, 100, now=NOW - timedelta(days=95))
    stock_up(cast.owner, sofa.pk, place, 5, now=NOW - timedelta(days=95))
    for days_ago in range(1, 90):
        sell(cast, chair, place, 1, days_ago)
    assert services.propose_buffers(place.pk, actor=cast.owner, now=NOW) == 1
    row = Buffer.objects.get()
    assert (row.variant_id, row.supplier_id, row.target) == (chair.pk, supplier.pk, 12)
    assert services.propose_buffers(place.pk, actor=cast.owner, now=NOW) == 0


@pytest.mark.parametrize(
    ("more", "field"),
    [({"target": D(0)}, "1.target"), ({"target": D(-1)}, "1.target"), ({"target": D("2.5")}, "1.target"),
     ({"target": D(10) ** 12}, "1.target"), ({"multiple": D(0)}, "1.multiple"), ({"min_lot": D(-1)}, "1.min_lot"),
     ({"lead_days": 10_000}, "1.lead_days"), ({"variant_id": 0}, "1.variant"), ({"place_id": 0}, "1.place"),
     ({"supplier_id": 0}, "1.supplier")],
)  # fmt: skip
def test_bad_buffers_are_refused_by_line_and_field(cast, shop, more, field):
    place, _store, chair, _supplier = shop
    values = {"variant_id": chair.pk, "place_id": place.pk, "target": D(5), **more}
    with pytest.raises(Invalid) as refused:
        services.save_buffers([BufferDraft(**values)], actor=cast.owner, now=NOW)
    assert field in refused.value.fields
    assert not Buffer.objects.exists()


def test_two_lines_of_one_and_a_source_that_is_itself_are_refused(cast, shop):
    place, _store, chair, supplier = shop
    twice = [BufferDraft(chair.pk, place.pk, D(5)), BufferDraft(chair.pk, place.pk, D(6))]
    with pytest.raises(Invalid) as refused:
        services.save_buffers(twice, actor=cast.owner, now=NOW)
    assert "2.variant" in refused.value.fields
    for more in ({"source_id": place.pk}, {"source_id": shop[1].pk, "supplier_id": supplier.pk}):
        with pytest.raises(Invalid) as refused:
            services.save_buffers([BufferDraft(chair.pk, place.pk, D(5), **more)], actor=cast.owner, now=NOW)
        assert "1.source" in refused.value.fields


def test_whoever_may_not_order_neither_sets_buffers_nor_orders(cast, shop):
    place, _store, chair, supplier = shop
    row = buffer(cast, chair, place, 5, supplier_id=supplier.pk)
    manager = cast.colleague
    draft = [BufferDraft(chair.pk, place.pk, D(9))]
    for act in (
        lambda: services.save_buffers(draft, actor=manager, now=NOW),
        lambda: services.drop_buffer(row.public_id, actor=manager),
        lambda: services.propose_buffers(place.pk, actor=manager, now=NOW),
        lambda: services.answer_advice(row.public_id, None, actor=manager, now=NOW),
        lambda: services.order_proposed([Pick(row.public_id)], actor=manager, now=NOW, operation=uuid.uuid4()),
    ):
        with pytest.raises(Denied):
            act()
    row.refresh_from_db()
    assert row.target == 5
    assert not Document.objects.exists()


def test_a_buffer_long_in_red_is_advised_to_grow_and_asked_about_once_a_month(cast, shop):
    place, _store, chair, supplier = shop
    row = buffer(cast, chair, place, 60, supplier_id=supplier.pk)
    day = NOW.date()
    assert level(row).advice(day + timedelta(days=8)) is None
    late = NOW + timedelta(days=9)
    assert level(row).advice(late.date()) == 80
    with pytest.raises(Conflict):
        services.answer_advice(row.public_id, D(90), actor=cast.owner, now=late)
    services.answer_advice(row.public_id, None, actor=cast.owner, now=late)
    assert level(row).advice(late.date()) is None
    later = late + timedelta(days=31)
    assert services.answer_advice(row.public_id, D(80), actor=cast.owner, now=later) == 80
    assert services.answer_advice(row.public_id, D(80), actor=cast.owner, now=later) == 80
    row.refresh_from_db()
    assert (row.target, row.zone, row.zone_since) == (80, "red", later.date())


def test_falling_into_red_is_counted_and_told_once_a_day_to_who_may_order(cast, shop):
    place, _store, chair, supplier = shop
    keeper = add_person(cast.owner, "storekeeper", now=NOW)
    stock_up(cast.owner, chair.pk, place, 9, now=NOW - timedelta(days=5))
    row = buffer(cast, chair, place, 9, supplier_id=supplier.pk)
    assert row.zone == "green"
    sell(cast, chair, place, 8)
    night = NOW + timedelta(days=1)
    assert services.companies_to_judge(night) == [cast.company_id]
    services.judge_company(cast.company_id, now=night)
    row.refresh_from_db()
    assert (row.zone, row.zone_since, row.dips) == ("red", night.date(), 1)
    told = set(Notice.objects.filter(code="stock.shortage").values_list("employee_id", flat=True))
    assert {keeper.employee_id, cast.owner.employee_id} <= told
    assert cast.colleague.employee_id not in told
    assert services.companies_to_judge(night) == []
    assert services.judge_company(cast.company_id, now=night) == 0
    assert Notice.objects.filter(code="stock.shortage").count() == len(told)
    services.judge_company(cast.company_id, now=night + timedelta(days=1))
    assert Notice.objects.filter(code="stock.shortage").count() == len(told)


def test_a_company_is_looked_at_once_a_day_of_its_own_clock(cast, shop, django_assert_num_queries):
    place, _store, chair, supplier = shop
    buffer(cast, chair, place, 9, supplier_id=supplier.pk)
    with django_assert_num_queries(3):  # a savepoint and one look: the company is not opened, it was reckoned today
        assert services.companies_to_judge(NOW + timedelta(hours=9)) == []
    before_five = datetime(2026, 11, 26, 1, 59, tzinfo=UTC)  # 4:59 in Moscow
    assert services.companies_to_judge(before_five) == []
    assert services.companies_to_judge(before_five + timedelta(minutes=1)) == [cast.company_id]
    Company.objects.update(zone="Asia/Vladivostok")
    assert services.companies_to_judge(datetime(2026, 11, 25, 19, 0, tzinfo=UTC)) == [cast.company_id]
    assert services.companies_to_judge(datetime(2026, 11, 25, 18, 59, tzinfo=UTC)) == []


def test_the_days_behind_are_told_from_what_lies_there_now(cast, shop):
    place, _store, chair, _supplier = shop
    stock_up(cast.owner, chair.pk, place, 20, now=NOW - timedelta(days=6))
    sell(cast, chair, place, 5, 4)
    sell(cast, chair, place, 3, 1)
    row = buffer(cast, chair, place, 9)
    days = queries.levels_by_day(level(row), NOW.date() - timedelta(days=7), NOW.date(), cast.owner.zone)
    assert [many for _day, many in days] == [0, 20, 20, 15, 15, 15, 12, 12]
