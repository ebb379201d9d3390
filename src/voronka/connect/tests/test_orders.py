"""Orders by the API: what is told at once is what is read back, and a long order asks no more than a short one."""

import uuid
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse

from voronka.accounts.testing import NOW, make_company
from voronka.catalogue.testing import make_goods
from voronka.connect.api.assembly import api_urls
from voronka.connect.api.operations import ABOUT
from voronka.connect.testing import Program
from voronka.kit.tenancy import company_context
from voronka.orders import services
from voronka.orders.models import DeliveryMethod, Order
from voronka.orders.testing import make_shop
from voronka.people import services as people
from voronka.people.testing import make_client
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


@pytest.fixture
def program(cast):
    return Program.of(cast.owner)


def test_what_is_told_of_a_new_order_is_what_is_read_back(cast, shop, program):
    delivery = DeliveryMethod.objects.order_by("position").first()
    assert delivery is not None
    sent = {
        "client": shop.client.public_id,
        "lines": [
            {"variant": shop.table.public_id, "quantity": "2"},
            {"variant": shop.chair.public_id, "quantity": "41", "price": "10", "discount": "3.5"},
            {"name": "Сборка", "quantity": "1.25", "price": "900"},
        ],
        "number": " A-1 ", "delivery": delivery.public_id, "delivery_cost": "5", "city": " Омск ",
        "address": "Ленина, 1", "comment": "Позвонить", "promised_at": "2026-11-24T12:30:00.250+03:00",
        "backorder": True,
    }  # fmt: skip
    placed = program.post("orders", sent)
    assert placed.status_code == 201, placed.content
    told = placed.json()
    assert program.get(f"orders/{told['id']}").content == placed.content
    assert [one["quantity"] for one in told["lines"]] == ["2.000", "41.000", "1.250"]
    assert (told["status"], told["delivery_cost"], told["city"]) == ("new", "5.00", "Омск")
    assert told["promised_at"] == "2026-11-24T09:30:00.250000Z"
    order = Order.objects.get(public_id=told["id"])
    assert (order.total, order.client_id) == (Decimal(told["total"]), shop.client.pk)
    assert [one.kind for one in order.parts.all()] == ["purchase"]


def test_a_long_order_takes_as_many_statements_as_a_short_one(cast, shop, program):
    goods = [make_goods(f"Полка {number}", price="100.00") for number in range(20)]
    for one in goods:
        stock_up(cast.owner, one.pk, shop.place, 10, now=NOW)

    def asked(many: int) -> int:
        lines = [{"variant": one.public_id} for one in goods[:many]]
        with CaptureQueriesContext(connection) as seen:
            answer = program.post("orders", {"client": shop.client.public_id, "lines": lines})
        assert answer.status_code == 201, answer.content
        return len([one for one in seen.captured_queries if "SAVEPOINT" not in one["sql"]])

    asked(1)
    assert (asked(1), asked(20)) == (10, 10)


def test_the_client_is_named_by_the_address_he_has_or_had(cast, shop, program):
    lines = [{"variant": shop.chair.public_id}]
    double = make_client(cast.owner, name="Двойник", phone="+79161234568")
    people.merge_clients(
        actor=cast.owner, survivor_id=shop.client.pk, other_ids=[double.pk], chosen={}, now=datetime.now(UTC)
    )
    placed = program.post("orders", {"client": double.public_id, "lines": lines})
    assert placed.status_code == 201, placed.content
    assert placed.json()["client"]["id"] == shop.client.public_id
    for unknown in ("nobody", "no-body", "0", "", "é" * 12):
        answer = program.post("orders", {"client": unknown, "lines": lines})
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), unknown
    wrong = program.post("orders", {"client": shop.client.public_id, "lines": [*lines, {"variant": "nothing"}]})
    assert (wrong.status_code, list(wrong.json()["fields"])) == (422, ["variant-2"])


def test_every_operation_is_found_at_its_address():
    patterns = {one.name: one.pattern for one in _endpoints(api_urls()[0])}
    for name in ABOUT:
        kinds = {key: type(one).__name__ for key, one in patterns[name].converters.items()}
        address = reverse(
            f"api:{name}", kwargs={key: 7 if one.startswith("Int") else "x7" for key, one in kinds.items()}
        )
        found = resolve(address)
        assert reverse(f"api:{found.url_name}", kwargs=found.kwargs) == address
        assert found.func.__wrapped__ is not None
        assert resolve(f"{address}/nothing/of/this").url_name == "nowhere"


def _endpoints(patterns):
    for one in patterns:
        if hasattr(one, "url_patterns"):
            yield from _endpoints(one.url_patterns)
        else:
            yield one


def changed(program, order, **sent):
    return program.call("PATCH", f"orders/{order['id']}", {"version": order["version"]} | sent)


@pytest.fixture
def placed(cast, shop, program):
    """An order of two tables and of assembly."""
    sent = {"client": shop.client.public_id, "delivery_cost": "5", "address": "Ленина, 1",
            "lines": [{"variant": shop.table.public_id, "quantity": "2", "discount": "0.01"},
                      {"name": "Сборка", "price": "900"}]}  # fmt: skip
    return program.post("orders", sent).json()


def test_lines_are_changed_added_and_taken_out(cast, shop, program, placed):
    lines = [{"line": 1, "quantity": "3"}, {"variant": shop.chair.public_id, "quantity": "4"}]
    answer = changed(program, placed, lines=lines)
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert [(one["line"], one["name"], one["quantity"]) for one in told["lines"]] == [
        (1, "Стол обеденный", "3.000"), (3, "Стул", "4.000")
    ]  # fmt: skip
    assert (told["total"], told["address"], told["version"]) == ("4004.98", "Ленина, 1", placed["version"] + 1)
    assert balance(shop.table.pk, shop.place) == (10, 3)
    assert balance(shop.chair.pk, shop.place) == (40, 4)
    assert program.get(f"orders/{placed['id']}").json() == told


def test_what_is_not_sent_stays(cast, shop, program, placed):
    told = changed(program, placed, comment="Позвонить", lines=[{"line": 1}, {"line": 2, "price": "800.50"}]).json()
    assert (told["comment"], told["address"], told["delivery_cost"]) == ("Позвонить", "Ленина, 1", "5.00")
    assert [(one["discount"], one["total"]) for one in told["lines"]] == [("0.01", "1999.99"), ("0.00", "800.50")]


def test_refusals_are_told_in_words_and_change_nothing(cast, shop, program, placed):
    short = changed(program, placed, lines=[{"line": 1, "quantity": "11"}])
    stale = changed(program, placed | {"version": placed["version"] + 1}, comment="x")
    gone = changed(program, placed, lines=[{"line": 7}, {"variant": "nothing12345"}])
    bare = program.call("PATCH", f"orders/{placed['id']}", {"comment": "x"})
    range_ = [
        changed(program, placed, lines=[{"line": 1, "quantity": many}]) for many in ("0", "-1", "1e12", "0.0001")
    ]
    assert [one.status_code for one in (short, stale, gone, bare, *range_)] == [409, 409, 422, 422, *[422] * 4]
    for answer in (short, stale, gone, bare, *range_):
        assert answer.headers["Content-Type"].startswith("application/problem+json")
        assert answer.json()["detail"]
    assert (stale.json()["code"], sorted(gone.json()["fields"])) == ("moved", ["line-1", "variant-2"])
    assert program.get(f"orders/{placed['id']}").json() == placed
    assert balance(shop.table.pk, shop.place) == (10, 2)
    waits = changed(program, placed, lines=[{"line": 1, "quantity": "11"}], backorder=True)
    assert waits.status_code == 200
    assert [one.kind for one in Order.objects.get().parts.all()] == ["purchase"]


def test_what_has_left_stays(cast, shop, program, placed):
    services.hand_over(placed["id"], actor=cast.owner, now=NOW, operation=uuid.uuid4())
    order = program.get(f"orders/{placed['id']}").json()
    refused = changed(program, order, lines=[{"line": 1, "quantity": "1"}, {"line": 2}])
    assert (refused.status_code, refused.json()["code"]) == (409, "left_already")


def test_the_same_change_sent_again_is_one(cast, shop, program, placed):
    key = str(uuid.uuid4())
    sent = {"version": placed["version"], "lines": [{"line": 1}, {"line": 2}, {"variant": shop.chair.public_id}]}
    first, again = (program.call("PATCH", f"orders/{placed['id']}", sent, token=key) for _turn in range(2))
    assert (first.status_code, again.content) == (200, first.content)
    assert Order.objects.get().lines.count() == 3


def test_an_order_goes_to_an_address_of_the_card_and_a_new_one_is_kept(cast, shop, program):
    card = f"clients/{shop.client.public_id}"
    program.post(f"{card}/addresses", {"label": "дом", "city": "Омск", "address": "Мира, 1"})
    told = program.post(f"{card}/addresses", {"label": "офис", "city": "Томск", "address": "Ленина, 5"}).json()
    assert [(one["label"], one["is_main"]) for one in told["addresses"]] == [("дом", True), ("офис", False)]
    office = told["addresses"][1]["id"]
    lines = [{"name": "Сборка", "price": "1"}]
    sent = {"client": shop.client.public_id, "lines": lines}
    placed = program.post("orders", {**sent, "client_address": office})
    assert (placed.json()["city"], placed.json()["address"]) == ("Томск", "Ленина, 5")
    wrong = program.post("orders", {**sent, "client_address": "nowhere"})
    assert (wrong.status_code, "client_address" in wrong.content.decode()) == (422, True)
    for _n in range(2):
        program.post("orders", {**sent, "city": "Тула", "address": "Новая, 8", "keep_address": True})
    moved = program.call("PATCH", f"{card}/addresses/{office}", {"postcode": "634000", "is_main": True}).json()
    assert [one["address"] for one in moved["addresses"]] == ["Ленина, 5", "Мира, 1", "Новая, 8"]
    assert (moved["city"], moved["postcode"], moved["zone"]) == ("Томск", "634000", "Asia/Tomsk")
    assert program.call("DELETE", f"{card}/addresses/{moved['addresses'][1]['id']}").status_code == 204
    main, read = f"{card}/addresses/main", f'"{told["version"]}"'  # by now another one is the main one
    assert program.call("DELETE", main, If_Match=read).status_code == 412
    assert program.call("PATCH", main, {"label": "дом"}, If_Match=read).status_code == 412
    assert program.call("PATCH", main, {"label": "дом", "version": told["version"]}).status_code == 404
    now = program.get(card).json()["version"]
    assert program.call("PATCH", main, {"label": "склад", "version": now}).json()["address_label"] == "склад"
    bad = program.call("PATCH", f"{card}/addresses/main", {"city": "", "address": ""})
    assert (bad.status_code, "address" in bad.content.decode()) == (422, True)
    assert len(program.get(card).json()["addresses"]) == 2
