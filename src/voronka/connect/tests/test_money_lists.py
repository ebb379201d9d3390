"""Lists of documents and payments through the API: the filters of the screen, refused where they make no sense."""

import pytest

from voronka.accounts.testing import make_company
from voronka.billing.testing import make_invoice, make_payment, make_requisites
from voronka.connect.testing import Program
from voronka.kit.tenancy import company_context

pytestmark = pytest.mark.django_db


def test_the_filters_of_the_screen_are_those_of_the_api():
    cast = make_company()
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        make_requisites(cast.owner)
        rows = [make_invoice(cast.owner, amount) for amount in ("100", "5000", "7000")]
        money = [make_payment(cast.owner, amount, method="cash") for amount in ("100", "5000")]
    program = Program.of(cast.owner)

    def asked(path, **query):
        answer = program.call("GET", path, query=query)
        assert answer.status_code == 200, answer.content
        return answer.json()

    assert [one["id"] for one in asked("documents", **{"f.sum": "1000..6000"})["items"]] == [rows[1].public_id]
    assert asked("documents", **{"f.paid": "paid"})["items"] == []
    first = asked("documents", limit=1, **{"f.sum": "1000.."})
    second = asked("documents", limit=1, cursor=first["next"], **{"f.sum": "1000.."})
    assert [one["items"][0]["id"] for one in (first, second)] == [rows[2].public_id, rows[1].public_id]
    assert program.call("GET", "documents", query={"f.paid": "paid", "cursor": first["next"]}).status_code in (
        400,
        422,
    )
    assert [one["id"] for one in asked("payments", **{"f.sum": "1000..", "f.matched": "waits"})["items"]] == [
        money[1].public_id
    ]
    assert asked("payments", **{"f.kind": "out"})["items"] == []
    for path, name in (("documents", "f.kind"), ("payments", "f.day"), ("payments", "f.nothing")):
        refused = program.call("GET", path, query={name: "cake"})
        assert refused.status_code == 422
        assert name in refused.json()["fields"]
    codes = {one["code"] for one in asked("facets/document")["items"]}
    assert {"kind", "state", "paid", "client", "day", "due_on", "sum", "own", "author"} == codes
    assert {"matched", "account", "kind"} <= {one["code"] for one in asked("facets/payment")["items"]}
