"""Papers: numbers without gaps, differences settled in place, counts while sales go on, readings that count once."""

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from voronka.accounts.testing import add_person, make_company
from voronka.catalogue.testing import make_goods, make_supplier
from voronka.kit.errors import Conflict, Denied, Invalid
from voronka.kit.tenancy import company_context
from voronka.stock import queries, services
from voronka.stock.models import Document, DocumentLine, LotBalance, Move, Place, Scan
from voronka.stock.queries.documents import settled_of
from voronka.stock.services import Heading, Reading, Wanted
from voronka.stock.testing import balance, make_place, stock_up

pytestmark = pytest.mark.django_db
ORDER = services.Holder("order", 1)


@pytest.fixture
def cast():
    found = make_company()
    with company_context(found.company_id, employee_id=found.owner.employee_id):
        yield found


def now():
    return datetime.now(UTC)


def make(cast, kind, *lines, **more):
    return services.make_document(Heading(kind, **more), list(lines), actor=cast.owner, now=now())


def read(cast, paper, good, many, **more):
    reading = Reading(uuid.uuid4(), Decimal(many), variant_id=good.pk, **more)
    return services.scan(paper.pk, [reading], actor=cast.owner, now=now())


def finish(cast, paper):
    return services.finish(paper.pk, actor=cast.owner, now=now(), version=Document.objects.get(pk=paper.pk).version)


def test_a_receipt_that_differs_from_its_order_is_settled_in_place(cast):
    place, chair, shelf = make_place(cast.owner), make_goods("Стул"), make_goods("Полка")
    supplier = make_supplier()
    order = make(
        cast, "purchase", Wanted(chair.pk, Decimal(6), Decimal(900)), Wanted(shelf.pk, Decimal(8)),
        target_id=place.pk, supplier_id=supplier.pk,
    )  # fmt: skip
    finish(cast, order)
    assert queries.expected([chair.pk, shelf.pk]) == {chair.pk: 6, shelf.pk: 8}
    receipt = make(cast, "receipt", target_id=place.pk, supplier_id=supplier.pk, basis_id=order.pk)
    read(cast, receipt, chair, 5)
    read(cast, receipt, chair, 1, is_damaged=True)
    read(cast, receipt, shelf, 9)
    finish(cast, receipt)
    assert (balance(chair.pk, place), balance(shelf.pk, place)) == ((5, 0), (9, 0))
    assert queries.expected([chair.pk, shelf.pk]) == {chair.pk: 1}
    taken_in = dict(Move.objects.filter(variant_id=chair.pk).values_list("target_id", "value"))
    damaged = Place.objects.get(name="@damaged")
    assert taken_in == {place.pk: Decimal("4500.00"), damaged.pk: Decimal("900.00")}
    assert balance(chair.pk, damaged) == (1, 0)
    assert queries.available([chair.pk]) == {chair.pk: {place.pk: 5}}, "nobody sells what is broken"
    rest = make(cast, "receipt", target_id=place.pk, basis_id=order.pk)
    assert [(one.variant_id, one.wanted) for one in DocumentLine.objects.filter(document=rest)] == [(chair.pk, 1)]
    read(cast, rest, chair, 1)
    finish(cast, rest)
    assert Document.objects.get(pk=order.pk).state == "done"
    with pytest.raises(Conflict):
        make(cast, "receipt", target_id=place.pk, basis_id=order.pk)
    assert services.compare_with_ledger() == []


def test_a_reading_sent_again_counts_once(cast):
    place, good = make_place(cast.owner), make_goods(barcode="4607183011425")
    paper = make(cast, "receipt", target_id=place.pk)
    batch = [Reading(uuid.uuid4(), Decimal(1), code="4607183011425") for _number in range(3)]
    batch.append(Reading(uuid.uuid4(), Decimal(1), code="2000447100934"))
    first = services.scan(paper.pk, batch, actor=cast.owner, now=now())
    again = services.scan(paper.pk, batch, actor=cast.owner, now=now())
    assert [one.state for one in first] == ["counted", "counted", "counted", "unknown"]
    assert {one.state for one in again} == {"repeated"}
    assert (DocumentLine.objects.get().done, DocumentLine.objects.get().variant_id) == (3, good.pk)
    assert Scan.objects.count() == 4


def test_a_count_is_right_while_sales_go_on(cast):
    """Sold after the scan: the books say less by then, and what was counted is compared with what they said before."""
    place, good = make_place(cast.owner), make_goods()
    stock_up(cast.owner, good.pk, place, 14, now=now())
    paper = make(cast, "count", source_id=place.pk)
    read(cast, paper, good, 13)
    services.reserve(ORDER, [services.Line(1, good.pk, Decimal(4))], actor=cast.owner, now=now())
    services.ship(ORDER, actor=cast.owner, now=now(), operation=uuid.uuid4())
    assert finish(cast, paper) == []
    assert balance(good.pk, place) == (9, 0)
    assert DocumentLine.objects.get().settled == -1
    assert services.compare_with_ledger() == []


def test_each_lot_is_counted_against_its_own_books(cast):
    place, good, supplier = make_place(cast.owner), make_goods(), make_supplier()
    services.set_keeping(good.pk, actor=cast.owner, wants_lots=True)
    order = make(
        cast, "purchase", Wanted(good.pk, Decimal(10), Decimal(900)), target_id=place.pk, supplier_id=supplier.pk
    )
    finish(cast, order)
    receipt = make(cast, "receipt", target_id=place.pk, supplier_id=supplier.pk, basis_id=order.pk)
    for lot in ("A", "B"):
        read(cast, receipt, good, 5, lot=lot)
    finish(cast, receipt)
    came = Move.objects.filter(document_kind="receipt").values_list("lot__number", "quantity", "value")
    assert sorted(came) == [("A", 5, 4500), ("B", 5, 4500)]
    count = make(cast, "count", source_id=place.pk)
    read(cast, count, good, 5, lot="A")
    read(cast, count, good, 4, lot="B")
    assert finish(cast, count) == []
    assert balance(good.pk, place) == (9, 0)
    assert list(Move.objects.filter(document_kind="count").values_list("lot__number", "quantity")) == [("B", 1)]
    assert services.compare_with_ledger() == []


def test_a_reading_that_comes_late_is_held_against_the_books_of_its_moment(cast):
    """The telephone had no connection: what was sold between the reading and its coming is no difference."""
    place, good = make_place(cast.owner), make_goods()
    stock_up(cast.owner, good.pk, place, 10, now=now())
    paper = make(cast, "count", source_id=place.pk)
    moment = now()
    services.reserve(ORDER, [services.Line(1, good.pk, Decimal(3))], actor=cast.owner, now=now())
    services.ship(ORDER, actor=cast.owner, now=now(), operation=uuid.uuid4())
    reading = Reading(uuid.uuid4(), Decimal(9), variant_id=good.pk, seconds_ago=60)
    services.scan(paper.pk, [reading], actor=cast.owner, now=moment + timedelta(seconds=60))
    line = DocumentLine.objects.get()
    assert (line.wanted, line.scanned_at) == (10, moment)
    assert finish(cast, paper) == []
    assert balance(good.pk, place) == (6, 0)


def test_one_line_that_cannot_be_settled_holds_up_no_other(cast):
    """One bad line blocked a whole document elsewhere (erpnext#57157)."""
    place, chair, table = make_place(cast.owner), make_goods("Стул"), make_goods("Стол")
    for good in (chair, table):
        stock_up(cast.owner, good.pk, place, 5, now=now())
    services.reserve(ORDER, [services.Line(1, chair.pk, Decimal(5))], actor=cast.owner, now=now())
    paper = make(cast, "count", source_id=place.pk)
    read(cast, paper, chair, 4)
    read(cast, paper, table, 7)
    left = finish(cast, paper)
    assert [one.variant_id for one in left] == [chair.pk]
    assert "Стул" in left[0].why
    assert (balance(chair.pk, place), balance(table.pk, place)) == ((5, 5), (7, 0))
    services.release(ORDER, actor=cast.owner, now=now())
    assert finish(cast, paper) == []
    assert (balance(chair.pk, place), balance(table.pk, place)) == ((4, 0), (7, 0))
    assert services.compare_with_ledger() == []


def test_a_transfer_is_under_way_until_it_arrives(cast):
    place, shop, good = make_place(cast.owner), make_place(cast.owner, "Магазин", "shop"), make_goods()
    stock_up(cast.owner, good.pk, place, 5, now=now())
    paper = make(cast, "transfer", Wanted(good.pk, Decimal(4)), source_id=place.pk, target_id=shop.pk)
    finish(cast, paper)
    assert (balance(good.pk, place), balance(good.pk, shop)) == ((1, 0), (0, 0))
    assert queries.expected([good.pk]) == {good.pk: 4}
    with pytest.raises(Conflict):
        services.cancel(paper.pk, actor=cast.owner)
    read(cast, paper, good, 3)
    finish(cast, paper)
    assert balance(good.pk, shop) == (3, 0)
    assert Document.objects.get().state == "done"
    assert services.compare_with_ledger() == []
    with pytest.raises(Conflict):
        finish(cast, paper)


def sent(cast, *goods):
    """A transfer of four of each that is under way, and the two places."""
    here, there = make_place(cast.owner), make_place(cast.owner, "Магазин", "shop")
    for good in goods:
        stock_up(cast.owner, good.pk, here, 5, now=now(), cost="100.00")
    lines = [Wanted(good.pk, Decimal(4)) for good in goods]
    paper = make(cast, "transfer", *lines, source_id=here.pk, target_id=there.pk)
    finish(cast, paper)
    return paper, here, there


def settled(paper):
    return {(one.card.id, one.how): one.quantity for one in settled_of(Document.objects.get(pk=paper.pk))}


def test_what_arrives_damaged_lies_as_damaged_and_is_not_lost(cast):
    good = make_goods()
    paper, here, there = sent(cast, good)
    read(cast, paper, good, 2)
    read(cast, paper, good, 1, is_damaged=True)
    finish(cast, paper)
    damaged = Place.objects.get(name="@damaged")
    assert (balance(good.pk, there), balance(good.pk, damaged), balance(good.pk, here)) == ((2, 0), (1, 0), (1, 0))
    assert settled(paper) == {(good.pk, "lost"): 1, (good.pk, "damaged"): 1}
    assert services.compare_with_ledger() == []


def test_where_only_what_is_broken_was_counted_the_rest_has_come(cast):
    good = make_goods()
    paper, _here, there = sent(cast, good)
    read(cast, paper, good, 1, is_damaged=True)
    finish(cast, paper)
    assert balance(good.pk, there) == (3, 0)
    assert settled(paper) == {(good.pk, "damaged"): 1}


def test_what_arrives_beyond_a_transfer_is_settled_in_place(cast):
    """One more than was sent is taken off where it left; what nobody's books have is found."""
    good, stray, held = make_goods(), make_goods("Лампа"), make_goods("Полка")
    paper, here, there = sent(cast, good, held)
    services.reserve(ORDER, [services.Line(1, held.pk, Decimal(1), here.pk)], actor=cast.owner, now=now())
    read(cast, paper, good, 6)
    read(cast, paper, held, 5)
    read(cast, paper, stray, 2)
    finish(cast, paper)
    assert (balance(good.pk, here), balance(good.pk, there)) == ((0, 0), (6, 0))
    assert (balance(held.pk, here), balance(held.pk, there)) == ((1, 1), (5, 0)), "what is promised is left alone"
    assert balance(stray.pk, there) == (2, 0)
    assert settled(paper) == {
        (good.pk, "unwritten"): 1, (good.pk, "found"): 1, (held.pk, "found"): 1, (stray.pk, "found"): 2,
    }  # fmt: skip
    assert services.compare_with_ledger() == []


def test_lots_of_a_transfer_arrive_as_they_were_sent(cast):
    place, there, good = make_place(cast.owner), make_place(cast.owner, "Магазин", "shop"), make_goods()
    services.set_keeping(good.pk, actor=cast.owner, wants_lots=True)
    receipt = make(cast, "receipt", target_id=place.pk)
    read(cast, receipt, good, 3, lot="A")
    read(cast, receipt, good, 3, lot="B")
    finish(cast, receipt)
    paper = make(cast, "transfer", Wanted(good.pk, Decimal(4)), source_id=place.pk, target_id=there.pk)
    finish(cast, paper)
    read(cast, paper, good, 3, lot="A")
    read(cast, paper, good, 2, lot="B")
    finish(cast, paper)
    came = LotBalance.objects.filter(place=there).values_list("lot__number", "on_hand")
    assert dict(came) == {"A": 3, "B": 2}
    assert settled(paper) == {(good.pk, "unwritten"): 1}
    assert services.compare_with_ledger() == []


def test_an_order_whose_goods_are_being_taken_in_is_not_cancelled(cast):
    place, good, supplier = make_place(cast.owner), make_goods(), make_supplier()
    order = make(cast, "purchase", Wanted(good.pk, Decimal(6)), target_id=place.pk, supplier_id=supplier.pk)
    receipt = make(cast, "receipt", target_id=place.pk, basis_id=order.pk)
    read(cast, receipt, good, 2)
    with pytest.raises(Conflict) as told:
        services.cancel(order.pk, actor=cast.owner)
    assert told.value.code == "being_received"
    assert str(receipt.number) in told.value.message
    finish(cast, receipt)
    with pytest.raises(Conflict) as told:
        services.cancel(order.pk, actor=cast.owner)
    assert told.value.code == "moved"
    empty = make(cast, "purchase", Wanted(good.pk, Decimal(6)), target_id=place.pk, supplier_id=supplier.pk)
    services.cancel(make(cast, "receipt", target_id=place.pk, basis_id=empty.pk).pk, actor=cast.owner)
    services.cancel(empty.pk, actor=cast.owner)
    assert Document.objects.get(pk=empty.pk).state == "cancelled"


def test_what_is_wrong_goes_back_to_the_supplier_or_off_the_books(cast):
    place, good = make_place(cast.owner), make_goods()
    stock_up(cast.owner, good.pk, place, 5, now=now())
    finish(cast, make(cast, "back", Wanted(good.pk, Decimal(2)), source_id=place.pk, supplier_id=make_supplier().pk))
    finish(cast, make(cast, "write_off", Wanted(good.pk, Decimal(1)), source_id=place.pk))
    assert balance(good.pk, place) == (2, 0)
    too_many = make(cast, "write_off", Wanted(good.pk, Decimal(3)), source_id=place.pk)
    with pytest.raises(services.OutOfStock):
        finish(cast, too_many)
    services.cancel(too_many.pk, actor=cast.owner)
    assert services.compare_with_ledger() == []


def test_numbers_have_no_gaps_though_papers_are_refused(cast):
    place = make_place(cast.owner)
    make(cast, "count", source_id=place.pk)
    for wrong in ({"source_id": None}, {"source_id": 10**9}):
        with pytest.raises(Invalid):
            make(cast, "count", **wrong)
    with pytest.raises(Invalid):
        make(cast, "count", Wanted(make_goods(kind="service").pk, Decimal(1)), source_id=place.pk)
    make(cast, "count", source_id=place.pk)
    assert list(Document.objects.order_by("id").values_list("number", flat=True)) == [1, 2]


@pytest.mark.parametrize("many", ["0", "1e12", "0.0001", "NaN"])
def test_readings_that_cannot_be_are_refused(cast, many):
    place, good = make_place(cast.owner), make_goods()
    paper = make(cast, "count", source_id=place.pk)
    with pytest.raises(Invalid):
        read(cast, paper, good, many)
    with pytest.raises(Invalid):
        make(cast, "receipt", Wanted(good.pk, Decimal(many)), target_id=place.pk)
    assert Scan.objects.count() == 0


def test_who_lacks_the_right_makes_and_ends_no_paper(cast):
    place, good = make_place(cast.owner), make_goods()
    paper = make(cast, "count", source_id=place.pk)
    keeper, reader = add_person(cast.owner, "storekeeper"), add_person(cast.owner, "reader")
    reading = [Reading(uuid.uuid4(), Decimal(1), variant_id=good.pk)]

    def make_by(actor):
        return services.make_document(Heading("receipt", target_id=place.pk), [], actor=actor, now=now())

    with pytest.raises(Denied):
        services.scan(paper.pk, reading, actor=reader, now=now())
    assert services.scan(paper.pk, reading, actor=keeper, now=now())[0].state == "counted"
    for act in (
        lambda: services.finish(paper.pk, actor=keeper, now=now(), version=paper.version),
        lambda: services.cancel(paper.pk, actor=keeper),
        lambda: make_by(reader),
    ):
        with pytest.raises(Denied):
            act()
    assert Document.objects.get().state == "open"


def test_a_step_is_made_once_however_often_it_is_sent(cast):
    here, there, good = make_place(cast.owner), make_place(cast.owner, "Магазин"), make_goods()
    stock_up(cast.owner, good.pk, here, 5, now=now())
    paper = make(cast, "transfer", Wanted(good.pk, Decimal(3)), source_id=here.pk, target_id=there.pk)
    operation = uuid.uuid4()
    for _again in range(2):
        services.finish(paper.pk, actor=cast.owner, now=now(), version=1, operation=operation)
        assert Document.objects.get(pk=paper.pk).state == "sent", "the lost answer does not let it arrive"
    with pytest.raises(Conflict) as told:
        services.finish(paper.pk, actor=cast.owner, now=now(), version=1)
    assert told.value.code == "paper_changed"
    services.finish(paper.pk, actor=cast.owner, now=now(), version=2)
    assert balance(good.pk, there) == (3, 0)
    with pytest.raises(Conflict):
        services.finish(paper.pk, actor=cast.owner, now=now(), version=3)


def test_damaged_pieces_go_where_the_company_says(cast):
    place, broken, good = make_place(cast.owner), make_place(cast.owner, "Брак", is_selling=False), make_goods()
    with pytest.raises(Invalid):
        services.choose_damaged_place(place.pk, actor=cast.owner)
    services.choose_damaged_place(broken.pk, actor=cast.owner)
    with pytest.raises(Conflict):
        services.save_place(
            services.PlaceDraft("Брак", "warehouse", is_selling=True), actor=cast.owner, place_id=broken.pk
        )
    paper = make(cast, "receipt", target_id=place.pk)
    read(cast, paper, good, 2, is_damaged=True)
    finish(cast, paper)
    assert (balance(good.pk, broken), balance(good.pk, place)) == ((2, 0), (0, 0))
    assert services.compare_with_ledger() == []


def test_a_total_that_is_typed_stands_for_all_readings(cast):
    place, good, odd = make_place(cast.owner), make_goods(), make_goods("Лампа")
    stock_up(cast.owner, good.pk, place, 4, now=now())
    paper = make(cast, "count", source_id=place.pk)
    assert services.plan_count(paper.pk, actor=cast.owner) == 1
    read(cast, paper, good, 9)
    total = Reading(uuid.uuid4(), Decimal(0), variant_id=good.pk, is_total=True)
    for state in ("counted", "repeated"):
        assert services.scan(paper.pk, [total], actor=cast.owner, now=now())[0].state == state
    assert sum(Scan.objects.filter(document=paper).values_list("quantity", flat=True)) == 0
    aside = Reading(uuid.uuid4(), Decimal(1), variant_id=odd.pk, is_aside=True)
    assert services.scan(paper.pk, [aside], actor=cast.owner, now=now())[0].state == "aside"
    finish(cast, paper)
    assert (balance(good.pk, place), balance(odd.pk, place)) == ((0, 0), (0, 0))


def test_lines_are_written_by_hand_until_the_paper_goes_on(cast):
    place, good, shelf, supplier = make_place(cast.owner), make_goods(), make_goods("Полка"), make_supplier()
    paper = make(cast, "purchase", Wanted(good.pk, Decimal(2)), target_id=place.pk, supplier_id=supplier.pk)
    services.write_lines(
        paper.pk, [Wanted(good.pk, Decimal(0)), Wanted(shelf.pk, Decimal(7), Decimal(90))], actor=cast.owner
    )
    rows = DocumentLine.objects.filter(document=paper).values_list("variant_id", "wanted", "cost")
    assert list(rows) == [(shelf.pk, 7, 90)]
    finish(cast, paper)
    with pytest.raises(Conflict):
        services.write_lines(paper.pk, [Wanted(good.pk, Decimal(1))], actor=cast.owner)
    receipt = make(cast, "receipt", target_id=place.pk)
    read(cast, receipt, good, 1)
    with pytest.raises(Conflict):
        services.write_lines(receipt.pk, [Wanted(good.pk, Decimal(0))], actor=cast.owner)


def test_operations_sent_again_answer_with_the_lines_they_were_asked_for(cast):
    place, good, shelf = make_place(cast.owner), make_goods(), make_goods("Полка")
    for one in (good, shelf):
        stock_up(cast.owner, one.pk, place, 9, now=now())
    lines = [services.Line(70, good.pk, Decimal(2)), services.Line(40, shelf.pk, Decimal(1))]
    operation, sent = uuid.uuid4(), uuid.uuid4()
    first, again = (
        services.reserve(ORDER, lines, actor=cast.owner, now=now(), operation=operation) for _again in range(2)
    )
    assert {(one.line, one.variant_id, one.quantity) for one in again} == {
        (one.line, one.variant_id, one.quantity) for one in first
    }
    went, once_more = (services.ship(ORDER, actor=cast.owner, now=now(), operation=sent) for _again in range(2))
    assert {one.line for one in went} == {70, 40}
    assert once_more == went
    assert {one.line for one in queries.shipped_to("order", 1)} == {70, 40}


def test_half_a_kopeck_is_rounded_up(cast):
    place, good = make_place(cast.owner), make_goods(unit="166")
    stock_up(cast.owner, good.pk, place, "0.5", now=now(), cost="100.25")
    assert Move.objects.get(variant_id=good.pk).value == Decimal("50.13")
