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
from voronka.stock.models import Document, DocumentLine, Move, Scan
from voronka.stock.services import documents
from voronka.stock.services.documents import Heading, Reading, Wanted
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
    return documents.make_document(Heading(kind, **more), list(lines), actor=cast.owner, now=now())


def read(cast, paper, good, many, **more):
    reading = Reading(uuid.uuid4(), Decimal(many), variant_id=good.pk, **more)
    return documents.scan(paper.pk, [reading], actor=cast.owner, now=now())


def finish(cast, paper):
    return documents.finish(paper.pk, actor=cast.owner, now=now())


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
    assert Move.objects.get(variant_id=chair.pk).value == Decimal("4500.00")
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
    first = documents.scan(paper.pk, batch, actor=cast.owner, now=now())
    again = documents.scan(paper.pk, batch, actor=cast.owner, now=now())
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
    documents.scan(paper.pk, [reading], actor=cast.owner, now=moment + timedelta(seconds=60))
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
        documents.cancel(paper.pk, actor=cast.owner)
    read(cast, paper, good, 3)
    finish(cast, paper)
    assert balance(good.pk, shop) == (3, 0)
    assert Document.objects.get().state == "done"
    assert services.compare_with_ledger() == []
    with pytest.raises(Conflict):
        finish(cast, paper)


def test_what_is_wrong_goes_back_to_the_supplier_or_off_the_books(cast):
    place, good = make_place(cast.owner), make_goods()
    stock_up(cast.owner, good.pk, place, 5, now=now())
    finish(cast, make(cast, "back", Wanted(good.pk, Decimal(2)), source_id=place.pk, supplier_id=make_supplier().pk))
    finish(cast, make(cast, "write_off", Wanted(good.pk, Decimal(1)), source_id=place.pk))
    assert balance(good.pk, place) == (2, 0)
    too_many = make(cast, "write_off", Wanted(good.pk, Decimal(3)), source_id=place.pk)
    with pytest.raises(services.OutOfStock):
        finish(cast, too_many)
    documents.cancel(too_many.pk, actor=cast.owner)
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
        return documents.make_document(Heading("receipt", target_id=place.pk), [], actor=actor, now=now())

    with pytest.raises(Denied):
        documents.scan(paper.pk, reading, actor=reader, now=now())
    assert documents.scan(paper.pk, reading, actor=keeper, now=now())[0].state == "counted"
    for act in (
        lambda: documents.finish(paper.pk, actor=keeper, now=now()),
        lambda: documents.cancel(paper.pk, actor=keeper),
        lambda: make_by(reader),
    ):
        with pytest.raises(Denied):
            act()
    assert Document.objects.get().state == "open"
