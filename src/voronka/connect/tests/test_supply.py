"""Suppliers' price lists and personal prices in the hands of a program."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from voronka.accounts.testing import make_company
from voronka.catalogue import queries as catalogue
from voronka.catalogue.models import PriceLoad, SupplierItem
from voronka.catalogue.services import lists, ship_kinds
from voronka.catalogue.testing import make_goods, make_supplier
from voronka.connect.testing import Program
from voronka.kit.tenancy import company_context
from voronka.people.testing import make_client

pytestmark = pytest.mark.django_db
LIST = "Код;Наименование;Цена\n11;Скамья садовая, дуб 120 см;1500\n12;Неведомая вещь;90\n13;Ещё одна вещь;70\n"


@pytest.fixture
def cast():
    cast = make_company()
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        ship_kinds()
    return cast


@pytest.fixture
def program(cast):
    return Program.of(cast.owner)


def inside(cast):
    return company_context(cast.company_id, employee_id=cast.owner.employee_id)


def test_a_list_is_loaded_answered_and_taken_back(cast, program):
    with inside(cast):
        bench = make_goods("Скамья парковая, дуб 150 см", code="СК-1")
        supplier = make_supplier("Восток")
    path = f"suppliers/{supplier.public_id}"
    made = program.upload(f"{path}/price-lists/import", "price.csv", LIST.encode())
    assert made.status_code == 201, made.json()
    told = made.json()
    assert (told["state"], told["supplier"]) == ("asked", supplier.public_id)
    assert [one["meaning"] for one in told["columns"]] == ["code", "name", "price"]
    loading = f"price-lists/{told['id']}"
    assert made["Location"].endswith(loading)
    twice = program.post(f"{loading}/columns", {"columns": ["name", "name", "price"]})
    assert (twice.status_code, list(twice.json()["fields"])) == (422, ["columns"])
    assert program.post(f"{loading}/columns", {"columns": ["code", "name", "price"]}).json()["state"] == "waiting"
    assert program.post(f"{loading}/columns", {"columns": ["code", "name", "price"]}).status_code == 409
    with inside(cast):
        lists.load(PriceLoad.objects.get().pk, now=timezone.now())
    told = program.get(loading).json()
    assert (told["state"], told["rows"], told["counts"]["asked"]) == ("done", 3, 3)
    assert program.get("suppliers").json()["items"][0]["asked"] == 3
    assert [one["id"] for one in program.get(f"{path}/price-lists").json()["items"]] == [told["id"]]

    first = program.get(f"{path}/doubts", limit=2).json()
    rest = program.get(f"{path}/doubts", limit=2, cursor=first["next"]).json()
    lines = [*first["items"], *rest["items"]]
    assert ([one["code"] for one in lines], rest["next"]) == (["11", "12", "13"], None)
    assert bench.public_id in [one["variant"] for one in lines[0]["offers"]]
    answer = f"doubts/{lines[0]['id']}/answer"
    assert program.post(answer, {"act": "bind"}).json()["fields"].keys() == {"variant"}
    bound = program.post(answer, {"act": "bind", "variant": bench.public_id, "pieces": 2}).json()
    assert (bound["state"], bound["variant"], bound["pieces"]) == ("bound", bench.public_id, 2)
    assert program.post(answer, {"act": "refuse"}).status_code == 409
    with inside(cast):
        assert catalogue.costs_of([bench.pk], timezone.now())[bench.pk].amount == 750
    assert program.post(f"doubts/{lines[1]['id']}/answer", {"act": "refuse"}).json()["state"] == "refused"
    assert program.post(f"doubts/{lines[2]['id']}/answer", {"act": "new"}).json()["variant"]
    assert program.get(f"{path}/doubts").json()["items"] == []
    assert program.post(f"doubts/{lines[0]['id']}/back").json()["state"] == "asked"
    assert program.post(f"doubts/{lines[0]['id']}/answer", {"act": "later"}).json()["state"] == "asked"

    assert program.post(f"{loading}/undo").json()["state"] == "undone"
    assert program.post(f"{loading}/undo").status_code == 409


def test_a_file_without_a_list_is_refused_and_one_that_asks_is_thrown_away(cast, program):
    with inside(cast):
        path = f"suppliers/{make_supplier('Восток').public_id}/price-lists"
    refused = program.upload(f"{path}/import", "a.csv", b"hello")
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["file"])
    made = program.upload(f"{path}/import", "price.csv", LIST.encode()).json()
    assert program.call("DELETE", f"price-lists/{made['id']}").status_code == 204
    assert program.get(path).json()["items"] == []


def test_statements_of_doubts_do_not_grow_with_them(cast, program):
    with inside(cast):
        supplier = make_supplier("Восток")
        goods = [make_goods(f"Вещь {number}") for number in range(6)]
    path = f"suppliers/{supplier.public_id}"
    made = program.upload(f"{path}/price-lists/import", "price.csv", LIST.encode()).json()
    program.post(f"price-lists/{made['id']}/columns", {"columns": ["code", "name", "price"]})
    with inside(cast):
        lists.load(PriceLoad.objects.get().pk, now=timezone.now())
        SupplierItem.objects.update(candidates=[[one.pk, 0.5] for one in goods])

    def statements(most):
        with CaptureQueriesContext(connection) as seen:
            assert len(program.get(f"{path}/doubts", limit=most).json()["items"]) == most
        return len(seen)

    statements(1)
    assert statements(1) == statements(3)


def test_personal_prices_are_agreed_and_ended(cast, program):
    with inside(cast):
        card = make_client(cast.owner)
    path, later = f"personal-prices/{card.public_id}", timezone.now() + timedelta(days=3)
    sent = {"kind": "wholesale", "discount_percent": "7.50"}
    assert program.call("PUT", path, sent).json()["items"][0]["kind"] == "wholesale"
    told = program.call("PUT", path, {"discount_percent": "20", "since": later.isoformat()}).json()["items"]
    assert [(one["kind"], one["discount_percent"]) for one in told] == [("wholesale", "7.50"), (None, "20.00")]
    for wrong in ("100", "-1", "1.234"):
        assert program.call("PUT", path, {"discount_percent": wrong}).status_code == 422
    assert program.call("PUT", path, {"kind": "nothing"}).status_code == 404
    assert program.call("PUT", path, {"discount_percent": "5", "since": "2001-01-01T00:00:00Z"}).status_code == 422
    assert program.call("DELETE", path).status_code == 204
    assert program.get(path).json() == {"items": []}
