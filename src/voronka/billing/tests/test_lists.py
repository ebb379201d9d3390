"""Papers and payments as lists: what is asked of them, what leaves as files, how many statements they cost."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from voronka.accounts.models import ListExport
from voronka.accounts.testing import make_company, sign_in
from voronka.billing import services
from voronka.billing.models import Requisites
from voronka.billing.queries import lists
from voronka.billing.testing import DAY, NOW, make_invoice, make_payment, make_requisites
from voronka.catalogue.queries.lists import Ask
from voronka.kit.tenancy import company_context
from voronka.people.testing import make_client

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=30)


@pytest.fixture
def world(db):
    cast = make_company()
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        make_requisites(cast.owner)
        yield cast, sign_in(Browser(), cast.owner)


def said(response):
    return response.content.decode().replace("\xa0", " ").replace("\u202f", " ")


def asked(actor, subject, text="", **filters):
    page = lists.read_page(actor, subject, Ask(text, filters), now=LATER)
    assert not page.problems
    return {row.pk for row in page.rows}


def test_papers_are_found_by_each_of_their_facets(world):
    cast, _browser = world
    client = make_client(cast.owner, "ООО «Таёжный двор»")
    other = make_client(cast.owner, "ИП Иванов")
    paid = make_invoice(cast.owner, "100", client_id=client.pk)
    part = make_invoice(cast.owner, "5000", client_id=other.pk)
    act = make_invoice(cast.owner, "700", client_id=other.pk, kind="act")
    for row, amount in ((paid, "100"), (part, "10")):
        money = make_payment(cast.owner, amount, method="cash")
        services.allocate(actor=cast.owner, public_id=money.public_id, parts=[(row.public_id, money.amount)], now=NOW)
    void = make_invoice(cast.owner, "900", client_id=other.pk, day=DAY - timedelta(days=5))
    services.void_document(actor=cast.owner, public_id=void.public_id, reason="", now=NOW)
    own = Requisites.objects.get()

    def found(**filters):
        return asked(cast.owner, lists.PAPERS, **filters)

    assert found(kind="act") == {act.pk}
    assert found(**{"kind:not": "act"}) == {paid.pk, part.pk, void.pk}
    assert found(state="void") == {void.pk}
    assert found(paid="paid") == {paid.pk}
    assert found(paid="unpaid") == found(paid="part") == found(paid="overdue") == {part.pk}
    assert found(client="Таёжный") == {paid.pk}
    assert found(day="..01.11.2026") == {void.pk}
    assert found(sum="600..800") == {act.pk}
    assert found(own=own.public_id) == found(author="me") == {paid.pk, part.pk, act.pk, void.pk}
    assert found(**{"client:empty": "yes"}) == set()
    assert asked(cast.owner, lists.PAPERS, "5000") == {part.pk}
    assert asked(cast.owner, lists.PAPERS, "таёжный") == {paid.pk}
    assert paid.pk in asked(cast.owner, lists.PAPERS, f"№ {paid.number}")


def test_payments_are_found_by_each_of_their_facets(world):
    cast, _browser = world
    client = make_client(cast.owner, "ООО «Таёжный двор»")
    invoice = make_invoice(cast.owner, "100", client_id=client.pk)
    given = make_payment(cast.owner, "100", method="card", client_id=client.pk)
    waits = make_payment(cast.owner, "40", method="cash", number="77", purpose="За столы")
    services.allocate(
        actor=cast.owner, public_id=given.public_id, parts=[(invoice.public_id, invoice.amount)], now=NOW
    )
    out = services.refund(actor=cast.owner, public_id=waits.public_id, amount=waits.amount / 2, method="cash",
                          day=DAY + timedelta(days=1), now=NOW)  # fmt: skip

    def found(text="", **filters):
        return asked(cast.owner, lists.PAYMENTS, text, **filters)

    assert found(matched="all", kind="in") == found(method="card") == found(client="таёжный") == {given.pk}
    assert found(matched="waits") == found("77") == found("столы", kind="in") == {waits.pk}
    assert found(kind="out") == found(day="03.11.2026") == found(sum="..20") == {out.pk}
    assert found("100") == {given.pk}
    assert found(account="none") == set()


def test_a_wrong_filter_is_said_and_finds_nothing(world):
    cast, browser = world
    make_invoice(cast.owner, "100")
    for query in ({"f.kind": "cake"}, {"f.sum": "9" * 40}, {"f.day": "31.02.2026"}, {"f.nothing": "1"}):
        answer = browser.get("/money/documents/", query)
        assert answer.status_code == 422
        assert "Take the condition out" in said(answer) or "Убрать условие" in said(answer)


@pytest.mark.parametrize(
    "after", ["x", "WyIxZTk5OTk5OSIsIDFd", "W251bGwsIDEwMF0=", "WyJcdTAwMDAiLCAxXQ==", "W1tdLCAxXQ=="]
)
def test_a_spoilt_place_begins_the_list_anew(world, after):
    cast, browser = world
    make_invoice(cast.owner, "100")
    for sort in ("sum", "-day", "kind", "due_on", "nothing"):
        assert browser.get("/money/documents/", {"after": after, "sort": sort}).status_code == 200


@pytest.mark.parametrize("sort", ["sum", "-sum", "day", "-due_on", "kind"])
def test_pages_by_key_meet_every_row_once(world, sort):
    cast, _browser = world
    rows = [make_invoice(cast.owner, str(100 + n % 3), day=DAY + timedelta(days=n % 2)) for n in range(7)]
    found, after = [], ""
    while True:
        page = lists.read_page(cast.owner, lists.PAPERS, Ask(sort=sort, after=after), now=NOW, size=2)
        found += [row.pk for row in page.rows]
        after = page.after
        if not after:
            break
    assert sorted(found) == sorted(row.pk for row in rows)
    if "sum" in sort:
        sums = [lists.Document.objects.get(pk=pk).amount for pk in found]
        assert sums == sorted(sums, reverse=sort.startswith("-"))


@pytest.mark.parametrize("name", ["documents", "payments"])
def test_a_list_leaves_as_a_file_by_its_right_and_is_noted(world, name):
    cast, browser = world
    for amount in ("100", "5000"):
        make_invoice(cast.owner, amount)
        make_payment(cast.owner, amount, method="cash", purpose="=HYPERLINK(1)")
    answer = browser.get(f"/money/{name}/export.csv", {"f.sum": "1000.."})
    text = b"".join(answer).decode("utf-8-sig")
    rows = list(csv.reader(StringIO(text), delimiter=";"))
    assert len(rows) == 2
    assert any("5000" in cell.replace("\xa0", "") for cell in rows[1])
    assert not any(cell.startswith("=") for cell in rows[1])
    noted = ListExport.objects.get()
    assert (noted.what, noted.rows) == (name, 1)
    assert browser.get(f"/money/{name}/export.exe").status_code == 404


@pytest.mark.parametrize("name", ["documents", "payments"])
def test_lists_are_kept_as_views_and_counted(world, name):
    cast, browser = world
    make_invoice(cast.owner, "5000")
    make_payment(cast.owner, "5000", method="cash")
    kind = name.removesuffix("s")
    kept = browser.post(f"/views/{kind}/save/", {"name": "Крупные", "query": "f.sum=1000..", "page": ""})
    assert kept.status_code in (302, 303, 204, 200), said(kept)
    assert "Крупные" in said(browser.get(f"/money/{name}/"))
    count = {"document": lists.count_papers, "payment": lists.count_payments}[kind]
    assert count(cast.owner, "f.sum=1000..", 100) == 1
    assert count(cast.owner, "f.sum=..10", 100) == 0
    assert count(cast.owner, "f.sum=x", 100) is None


@pytest.mark.parametrize("name", ["documents", "payments"])
@pytest.mark.parametrize("tail", ["", "?f.sum=1..&sort=-sum", "?q=100", "export.csv"])
def test_lists_ask_the_database_the_same_however_many_rows(world, name, tail):
    cast, browser = world

    def make(n):
        client = make_client(cast.owner, f"ООО «{n}»")
        make_invoice(cast.owner, "100", client_id=client.pk)
        make_payment(cast.owner, "100", method="cash", client_id=client.pk)

    def counted():
        with CaptureQueriesContext(connection) as asked_now:
            answer = browser.get(f"/money/{name}/{tail}")
            assert answer.status_code == 200
            list(answer)
        return len(asked_now)

    make(0)
    browser.get(f"/money/{name}/{tail}")
    few = counted()
    for n in range(1, 6):
        make(n)
    assert counted() == few
