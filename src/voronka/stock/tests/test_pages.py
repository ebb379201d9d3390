"""Pages of the stock, by what people see and send."""

import json
import re
import uuid
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from voronka.accounts.testing import add_person, make_company, sign_in
from voronka.catalogue.testing import make_category, make_goods, make_supplier
from voronka.kit.tenancy import company_context
from voronka.stock import services
from voronka.stock.models import Document, DocumentLine, Place
from voronka.stock.testing import balance, make_place, stock_up


@pytest.fixture
def world(db):
    cast = make_company()
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        yield cast, sign_in(Browser(), cast.owner)


def now():
    return datetime.now(UTC)


def said(response):
    return response.content.decode().replace("\xa0", " ").replace("\u202f", " ")


def rows_of(browser, query=""):
    page = browser.get(f"/stock/{query}", headers={"HX-Request": "true"})
    assert page.status_code == 200, said(page)
    return said(page)


def test_the_list_says_how_many_lie_are_promised_free_and_coming(world):
    cast, browser = world
    store, shop, supplier = make_place(cast.owner), make_place(cast.owner, "Салон", "shop"), make_supplier()
    chair, lamp = make_goods("Стул «Брусок»"), make_goods("Лампа")
    make_goods("Доставка", kind="service")
    stock_up(cast.owner, chair.pk, store, 9, now=now())
    stock_up(cast.owner, chair.pk, shop, 3, now=now())
    services.reserve(
        services.Holder("order", 7), [services.Line(1, chair.pk, Decimal(2))], actor=cast.owner, now=now()
    )
    order = services.Heading("purchase", target_id=store.pk, supplier_id=supplier.pk)
    services.make_document(order, [services.Wanted(lamp.pk, Decimal(40))], actor=cast.owner, now=now())
    page = rows_of(browser)
    assert "Доставка" not in page, "services lie nowhere"
    cells = re.findall(r'class="is-num[^>]*>(.*?)</td>', page.split("Стул «Брусок»")[1].split("</tr>")[0])
    numbers = [re.sub(r"<[^>]*>", "", one) for one in cells]
    assert numbers == ["10", "12", "2", "—", "9", "3"], cells
    assert "40" in page.split("Лампа")[1]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("f.available=..0", {"Лампа"}),
        ("f.available=1..", {"Стул"}),
        ("f.on_hand=5", {"Стул"}),
        ("f.reserved=1..4", {"Стул"}),
        ("f.expected=0", {"Стул"}),
        ("f.expected=7", {"Лампа"}),
        ("f.worth=500", {"Стул"}),
        ("f.place={place}", {"Стул"}),
        ("q=лампа", {"Лампа"}),
    ],
)
def test_conditions_find_goods_by_what_lies_where(world, condition, found):
    cast, browser = world
    place, supplier = make_place(cast.owner), make_supplier()
    goods = {name: make_goods(name) for name in ("Стул", "Лампа")}
    stock_up(cast.owner, goods["Стул"].pk, place, 5, now=now())
    services.reserve(
        services.Holder("order", 7), [services.Line(1, goods["Стул"].pk, Decimal(2))], actor=cast.owner, now=now()
    )
    order = services.Heading("purchase", target_id=place.pk, supplier_id=supplier.pk)
    services.make_document(order, [services.Wanted(goods["Лампа"].pk, Decimal(7))], actor=cast.owner, now=now())
    page = rows_of(browser, "?" + condition.format(place=place.public_id))
    assert {name for name in goods if name in page} == found


def test_the_list_asks_as_many_statements_for_one_row_as_for_many(world):
    cast, browser = world
    place, below = make_place(cast.owner), make_category()
    rows_of(browser)  # what is asked once and kept
    counts = []
    for many in (1, 12):
        for number in range(many):
            stock_up(cast.owner, make_goods(f"Стул {many}/{number}", category=below).pk, place, 3, now=now())
        with CaptureQueriesContext(connection) as asked:
            rows_of(browser)
        counts.append(len(asked))
    assert counts[0] == counts[1], counts


def test_a_wrong_condition_is_told(world):
    _cast, browser = world
    assert browser.get("/stock/?f.available=много").status_code == 422
    assert browser.get("/stock/?f.nothing=1").status_code == 422


def test_costs_are_seen_by_those_who_may(world):
    cast, browser = world
    place, good = make_place(cast.owner), make_goods()
    stock_up(cast.owner, good.pk, place, 5, now=now(), cost="731.00")
    keeper = sign_in(Browser(), add_person(cast.owner, "storekeeper"))
    for address in (f"/stock/goods/{good.public_id}/", "/stock/?columns=worth"):
        assert "3 655" in said(browser.get(address)), address
        page = keeper.get(address)
        assert page.status_code == 200
        assert "3 655" not in said(page), address
    assert keeper.get("/stock/?f.worth=1..").status_code == 422


def test_the_ledger_tells_where_to_whom_and_how(world):
    cast, browser = world
    place, good = make_place(cast.owner), make_goods("Стул")
    stock_up(cast.owner, good.pk, place, 5, now=now())
    holder = services.Holder("order", 7)
    services.reserve(holder, [services.Line(1, good.pk, Decimal(2))], actor=cast.owner, now=now())
    services.ship(holder, actor=cast.owner, now=now(), operation=uuid.uuid4())
    services.reserve(
        services.Holder("order", 8), [services.Line(1, good.pk, Decimal(1))], actor=cast.owner, now=now()
    )
    page = said(browser.get(f"/stock/goods/{good.public_id}/"))
    for words in ("+5", "−2", "order 8"):
        assert words in page
    assert "−2" not in said(browser.get(f"/stock/goods/{good.public_id}/?paper=receipt"))
    assert browser.get("/stock/goods/nothing/").status_code == 404
    assert "Стул" not in said(browser.get(f"/stock/goods/{good.public_id}/?after=1")).split('id="moves"')[1]


def test_the_card_of_a_product_has_a_block_of_the_stock(world):
    cast, browser = world
    place, good = make_place(cast.owner, "Склад на Калинина"), make_goods("Стул")
    stock_up(cast.owner, good.pk, place, 5, now=now())
    address = f"/stock/product/{good.product.public_id}/"
    assert address in said(browser.get(f"/goods/{good.product.public_id}/"))
    block = said(browser.get(address))
    assert "Склад на Калинина" in block
    assert ">5<" in block


def test_places_are_added_changed_and_ordered(world):
    _cast, browser = world
    typed = {"name": "Хранилище", "kind": "warehouse", "priority": "20", "is_selling": "on", "is_on": "on"}
    assert browser.post("/stock/places/new/", typed).status_code == 302
    assert browser.post("/stock/places/new/", typed).status_code == 422, "the name is taken"
    assert browser.post("/stock/places/new/", typed | {"name": "@хитрость"}).status_code == 422
    assert browser.post("/stock/places/new/", typed | {"name": "Б", "priority": "-5"}).status_code == 422
    browser.post("/stock/places/new/", typed | {"name": "Салон", "kind": "shop", "priority": "30"})
    first, second = Place.objects.filter(is_external=False).order_by("priority")
    browser.post("/stock/places/order/", {"place": [second.public_id, first.public_id]})
    assert list(Place.objects.filter(is_external=False).order_by("priority")) == [second, first]
    assert browser.post(f"/stock/places/{first.public_id}/", typed | {"city": "Омск"}).status_code == 302
    assert Place.objects.get(pk=first.pk).city == "Омск"
    page = said(browser.get("/stock/places/"))
    assert page.index("Салон") < page.index("Хранилище")


def test_a_receipt_by_hand_from_heading_to_books(world):
    cast, browser = world
    place, supplier = make_place(cast.owner), make_supplier("Мебельград")
    chair, lamp = make_goods("Стул", code="СТ-1"), make_goods("Лампа", barcode="4607183011425")
    heading = {"target": place.public_id, "supplier": supplier.public_id, "partner_number": "1184"}
    made = browser.post("/stock/papers/new/?kind=receipt", heading)
    page = made["Location"]
    assert "1184" in said(browser.get(page))
    browser.post(f"{page}add/", {"what": "СТ-1", "quantity": "2,5"})
    row = Document.objects.get()
    assert DocumentLine.objects.get(document=row).done == Decimal("2.5")
    browser.post(f"{page}add/", {"what": "4607183011425", "quantity": "3", "cost": "1 290,50"})
    browser.post(f"{page}add/", {"what": "чего нет", "quantity": "3"})
    browser.post(f"{page}add/", {"what": "СТ-1", "quantity": "-3"})
    assert DocumentLine.objects.filter(document=row).count() == 2
    line = DocumentLine.objects.get(document=row, variant=chair)
    typed = {f"done-{line.pk}": "4", f"was-done-{line.pk}": "2.5", f"damaged-{line.pk}": "1"}
    browser.post(f"{page}lines/", typed)
    line.refresh_from_db()
    assert (line.done, line.damaged) == (4, 1)
    done = {"version": "1", "operation": str(uuid.uuid4())}
    for _again in range(2):
        browser.post(f"{page}finish/", done)
    assert (balance(chair.pk, place), balance(lamp.pk, place)) == ((4, 0), (3, 0))
    assert "Лампа" in said(browser.get(page))
    assert b"".join(browser.get(f"{page}export.csv")).count(b"\r\n") == 3


def test_what_nobody_changed_is_not_written_over(world):
    cast, browser = world
    place, good = make_place(cast.owner), make_goods()
    paper = services.make_document(services.Heading("receipt", target_id=place.pk), [], actor=cast.owner, now=now())
    reading = services.Reading(uuid.uuid4(), Decimal(6), variant_id=good.pk)
    services.scan(paper.pk, [reading], actor=cast.owner, now=now())
    line = DocumentLine.objects.get()
    old = {f"done-{line.pk}": "2", f"was-done-{line.pk}": "2"}  # the page was opened when there were two
    browser.post(f"/stock/papers/{paper.public_id}/lines/", old)
    line.refresh_from_db()
    assert line.done == 6


def test_papers_are_found_by_kind_state_and_words(world):
    cast, browser = world
    place, supplier = make_place(cast.owner), make_supplier("Мебельград")
    for kind, more in (
        ("count", {"source_id": place.pk}),
        ("receipt", {"target_id": place.pk, "supplier_id": supplier.pk}),
    ):
        services.make_document(services.Heading(kind, **more), [], actor=cast.owner, now=now())
    links = [f"/stock/papers/{one.public_id}/" for one in Document.objects.order_by("id")]
    for query, found in (("", links), ("?kind=count", links[:1]), ("?q=мебель", links[1:]), ("?state=done", [])):
        page = said(browser.get(f"/stock/papers/{query}"))
        assert [one for one in links if one in page] == found, query
    assert browser.get("/stock/papers/new/?kind=nothing").status_code == 404
    assert (
        browser.post(
            "/stock/papers/new/?kind=transfer", {"source": place.public_id, "target": place.public_id}
        ).status_code
        == 422
    )


def test_readings_of_a_phone_count_once_and_tell_how_the_paper_stands(world):
    cast, browser = world
    place, good = make_place(cast.owner), make_goods("Стул", barcode="4607183011425")
    paper = services.make_document(services.Heading("receipt", target_id=place.pk), [], actor=cast.owner, now=now())
    address = f"/stock/papers/{paper.public_id}/readings/"
    batch = [
        {"operation": str(uuid.uuid4()), "quantity": "1", "code": "4607183011425", "ago": 5},
        {"operation": str(uuid.uuid4()), "quantity": "1", "code": "2000447100934"},
        {"operation": str(uuid.uuid4()), "quantity": "2", "variant": good.public_id, "damaged": True},
    ]
    states = []
    for _again in range(2):
        told = browser.post(address, json.dumps({"readings": batch}), "application/json").json()
        states.append([one["state"] for one in told["done"]])
    assert states == [["counted", "unknown", "counted"], ["repeated"] * 3]
    assert [(one["name"], one["done"], one["damaged"]) for one in told["lines"]] == [("Стул", 1, 2)]
    assert [one["code"] for one in told["odd"]] == ["2000447100934"]
    found = browser.get(f"/stock/papers/{paper.public_id}/state/?code=4607183011425").json()
    assert [one["name"] for one in found["goods"]] == ["Стул"]


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", '{"readings": 5}', '{"readings": [{"operation": "x", "quantity": "1"}]}',
             '{"readings": [{"operation": "0b9d8a53-2c5e-4a7e-8c5e-1f2d3c4b5a69", "quantity": "NaN"}]}',
             '{"readings": [{"operation": "0b9d8a53-2c5e-4a7e-8c5e-1f2d3c4b5a69", "quantity": "1e99"}]}',
             '{"readings": [{"operation": "0b9d8a53-2c5e-4a7e-8c5e-1f2d3c4b5a69", "quantity": "sNaN"}]}',
             '{"readings": [{"operation": "0b9d8a53-2c5e-4a7e-8c5e-1f2d3c4b5a69", "quantity": "sNaN", "total": 1}]}',
             '{"readings": [{"operation": "0b9d8a53-2c5e-4a7e-8c5e-1f2d3c4b5a69", "quantity": "1", "ago": 1e999}]}',
             '{"readings": [null]}'],
)  # fmt: skip
def test_readings_that_are_none_are_refused(world, body):
    cast, browser = world
    place = make_place(cast.owner)
    paper = services.make_document(services.Heading("receipt", target_id=place.pk), [], actor=cast.owner, now=now())
    address = f"/stock/papers/{paper.public_id}/readings/"
    headers = {"Accept": "application/json"}
    answer = browser.post(address, body, "application/json", headers=headers)
    assert answer.status_code == 422, body
    assert answer.json()["message"]


def sent(browser, paper, *readings):
    body = json.dumps({"readings": [{"operation": str(uuid.uuid4()), "quantity": "1"} | one for one in readings]})
    address = f"/stock/papers/{paper.public_id}/readings/"
    return browser.post(address, body, "application/json", headers={"Accept": "application/json"})


def test_one_strange_reading_holds_up_no_other(world):
    cast, browser = world
    place, good = make_place(cast.owner), make_goods("Стул", barcode="4607183011425")
    service = make_goods("Сборка", barcode="2000447100934", kind="service")
    paper = services.make_document(services.Heading("receipt", target_id=place.pk), [], actor=cast.owner, now=now())
    batch = [{"code": "4607183011425"}, {"code": "2000447100934"}, {"code": "\ud800"}]
    told = sent(browser, paper, *batch).json()
    assert [one["state"] for one in told["done"]] == ["counted", "unknown", "unknown"]
    # What can only be let go of is told by its operation, so the phone lets go of it alone.
    operation = str(uuid.uuid4())
    for bad in ({"variant": service.public_id}, {"quantity": "1000000000", "variant": good.public_id}):
        refused = sent(browser, paper, {"code": "4607183011425"}, bad | {"operation": operation})
        assert (refused.status_code, list(refused.json()["fields"])) == (422, [operation])
    assert DocumentLine.objects.get().done == 1


def test_readings_whose_answer_was_lost_are_taken_as_counted_after_the_end(world):
    cast, browser = world
    place = make_place(cast.owner)
    make_goods("Стул", barcode="4607183011425")
    paper = services.make_document(services.Heading("receipt", target_id=place.pk), [], actor=cast.owner, now=now())
    reading = {"operation": str(uuid.uuid4()), "code": "4607183011425"}
    assert sent(browser, paper, reading).status_code == 200
    services.finish(paper.pk, actor=cast.owner, now=now(), version=Document.objects.get(pk=paper.pk).version)
    again = sent(browser, paper, reading)
    assert [one["state"] for one in again.json()["done"]] == ["repeated"]
    assert sent(browser, paper, reading, {"code": "4607183011425"}).status_code == 409
    assert sent(browser, paper).status_code == 409
    assert DocumentLine.objects.get().done == 1


def test_nothing_is_counted_on_an_order_itself(world):
    cast, browser = world
    place, good = make_place(cast.owner), make_goods("Стул", barcode="4607183011425")
    heading = services.Heading("purchase", target_id=place.pk, supplier_id=make_supplier().pk)
    wanted = [services.Wanted(good.pk, Decimal(5))]
    paper = services.make_document(heading, wanted, actor=cast.owner, now=now())
    services.finish(paper.pk, actor=cast.owner, now=now(), version=Document.objects.get(pk=paper.pk).version)
    assert sent(browser, paper, {"code": "4607183011425", "quantity": "5"}).status_code == 409
    browser.post(f"/stock/papers/{paper.public_id}/add/", {"what": "4607183011425", "quantity": "2"})
    assert DocumentLine.objects.get().done == 0


def test_a_cashier_counts_and_does_not_end_the_count(world):
    cast, _browser = world
    place, good = make_place(cast.owner), make_goods("Стул", barcode="4607183011425")
    stock_up(cast.owner, good.pk, place, 5, now=now())
    paper = services.make_document(services.Heading("count", source_id=place.pk), [], actor=cast.owner, now=now())
    cashier = sign_in(Browser(), add_person(cast.owner, "cashier"))
    assert "v-scan" in said(cashier.get(f"/stock/papers/{paper.public_id}/scan/"))
    assert f"/stock/papers/{paper.public_id}/scan/" in said(cashier.get("/stock/scan/"))
    assert cashier.post(f"/stock/papers/{paper.public_id}/finish/", {"version": "1"}).status_code == 403
    receipt = services.make_document(services.Heading("receipt", target_id=place.pk), [], actor=cast.owner, now=now())
    assert cashier.get(f"/stock/papers/{receipt.public_id}/scan/").status_code == 403
