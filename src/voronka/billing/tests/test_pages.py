"""Pages of documents and money, by what people see and send."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from voronka.accounts.testing import make_company, sign_in
from voronka.billing.models import Document, Payment, Requisites
from voronka.billing.testing import OWN_ACCOUNT, make_invoice, make_payment, make_requisites
from voronka.billing.tests.test_printing import png
from voronka.billing.tests.test_rules_statements import file, paper, part
from voronka.kit.tenancy import company_context
from voronka.people.testing import make_client


@pytest.fixture
def world(db):
    cast = make_company()
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        make_requisites(cast.owner)
        yield cast, sign_in(Browser(), cast.owner)


def said(response):
    return response.content.decode().replace("\xa0", " ").replace("\u202f", " ")


def test_an_invoice_from_typing_to_paper_to_payment(world):
    cast, browser = world
    client = make_client(cast.owner, "ООО «Таёжный двор»")
    form = browser.get("/money/documents/new/", {"client": client.public_id})
    assert "ООО «Таёжный двор»" in said(form)
    typed = {
        "kind": "invoice", "client": client.public_id, "day": "2026-11-02", "act": "issue",
        "line_name": ["Стол", "Доставка", ""], "line_quantity": ["2", "1,5", ""],
        "line_price": ["18 900,00", "100", ""],
        "line_unit": ["796", "356", "796"], "line_vat": ["", "none", ""], "line_discount": ["", "", ""],
    }  # fmt: skip
    answer = browser.post("/money/documents/new/", typed)
    assert answer.status_code == 302, said(answer)
    row = Document.objects.get()
    assert (row.number, row.amount) == ("1", Decimal("37950.00"))
    page = said(browser.get(answer["Location"]))
    assert "№ 1" in page
    assert "37 950 ₽" in page
    pdf = browser.get(f"/money/documents/{row.public_id}/file.pdf")
    assert b"".join(pdf).startswith(b"%PDF")
    assert pdf.headers["Content-Disposition"].startswith("attachment")
    assert browser.get(f"/money/documents/{row.public_id}/page-1.png").content.startswith(b"\x89PNG")
    assert browser.get(f"/money/documents/{row.public_id}/file.exe").status_code == 404
    paid = browser.post(
        "/money/payments/new/", {"document": row.public_id, "amount": "37950", "method": "cash", "day": "2026-11-03"}
    )
    assert paid.status_code == 302
    row.refresh_from_db()
    assert row.paid == row.amount
    assert "ООО «Таёжный двор»" in said(browser.get("/money/documents/", {"q": "стол", "f.paid": "paid"}))
    assert "Стол" not in said(browser.get("/money/documents/", {"f.paid": "unpaid"}))


def test_what_is_typed_wrong_is_said_and_kept(world):
    _cast, browser = world
    typed = {
        "kind": "invoice",
        "act": "issue",
        "line_name": ["Стол"],
        "line_quantity": ["-1"],
        "line_price": ["много"],
    }
    answer = browser.post("/money/documents/new/", typed)
    assert answer.status_code == 422
    assert 'value="Стол"' in said(answer)
    assert 'value="много"' in said(answer)
    for day in ("31.02.2026", "9999-99-99", "0001-01-01"):
        assert (
            browser.post(
                "/money/documents/new/", typed | {"line_price": ["5"], "line_quantity": ["1"], "day": day}
            ).status_code
            == 422
        )
    assert browser.post("/money/documents/new/", typed | {"act": "more"}).status_code == 200
    assert not Document.objects.exists()


def test_a_statement_is_loaded_looked_through_and_decided(world):
    cast, browser = world
    row = make_invoice(cast.owner, "100")
    text = file(part(OWN_ACCOUNT, "0.00", "147.00", "0.00", "147.00"), paper("1", "100.00", OWN_ACCOUNT),
                paper("2", "47.00", OWN_ACCOUNT), accounts=(OWN_ACCOUNT,))  # fmt: skip
    text = text.replace("Оплата по сч. 874 и 881 = мебель", f"Оплата по сч. {row.number}")
    answer = browser.post("/money/statements/", {"file": SimpleUploadedFile("kl.txt", text.encode("cp1251"))})
    assert answer.status_code == 302, said(answer)
    page = said(browser.get(answer["Location"]))
    assert "+47 ₽" in page
    assert "№ 1" in page
    waits = Payment.objects.get(settled="")
    assert "47" in said(browser.get(f"/money/payments/{waits.public_id}/"))
    assert browser.post(f"/money/payments/{waits.public_id}/act/aside").status_code == 302
    waits.refresh_from_db()
    assert waits.settled == "aside"
    assert browser.post("/money/statements/", {"file": SimpleUploadedFile("x.txt", b"nothing")}).status_code == 422
    assert browser.post("/money/statements/").status_code == 422


def test_a_payment_is_given_by_the_number_of_its_invoice_and_taken_back(world):
    cast, browser = world
    row, payment = make_invoice(cast.owner, "100"), make_payment(cast.owner, "60", method="cash")
    assert browser.post(f"/money/payments/{payment.public_id}/act/number", {"number": "№ 1"}).status_code == 302
    row.refresh_from_db()
    assert row.paid == 60
    assert browser.post(f"/money/payments/{payment.public_id}/act/number", {"number": "77"}).status_code == 422
    assert browser.post(f"/money/payments/{payment.public_id}/act/refund", {"amount": "5"}).status_code == 409
    assert browser.post(f"/money/payments/{payment.public_id}/act/nothing").status_code == 404


def test_debts_and_limits(world):
    cast, browser = world
    client = make_client(cast.owner, "ООО «Должник»")
    make_invoice(cast.owner, "100", client_id=client.pk)
    page = said(browser.get("/money/debts/"))
    assert "ООО «Должник»" in page
    assert browser.post("/money/debts/", {"client": client.public_id, "limit": "50"}).status_code == 302
    assert "50" in said(browser.get("/money/debts/"))
    assert "100 ₽" in said(browser.get(f"/money/documents/of/{client.public_id}"))


def test_requisites_pictures_and_numbers_are_set(world):
    _cast, browser = world
    own = Requisites.objects.get()
    place = f"/settings/requisites/{own.public_id}/"
    assert browser.post(f"{place}pictures/stamp", {"file": SimpleUploadedFile("s.png", png())}).status_code == 302
    own.refresh_from_db()
    assert own.stamp
    assert browser.post(f"{place}pictures/stamp", {"file": SimpleUploadedFile("s.svg", b"<svg/>")}).status_code == 422
    assert browser.post(f"{place}pictures/name", {"file": SimpleUploadedFile("s.png", png())}).status_code == 404
    assert browser.post(place, {"name": "x", "inn": "123", "vat": "none"}).status_code == 422
    assert browser.post("/settings/numbering/", {"kind": "invoice", "pattern": "нет"}).status_code == 422
    assert (
        browser.post("/settings/numbering/", {"kind": "invoice", "pattern": "С-{n}", "last": "873"}).status_code
        == 302
    )
    assert "С-874" in said(browser.get("/settings/numbering/"))


@pytest.mark.parametrize("address", ["documents/", "payments/", "debts/", "statements/"])
def test_pages_ask_the_database_the_same_however_many_rows(world, address):
    cast, browser = world
    client = make_client(cast.owner, "ООО «Первый»")
    make_invoice(cast.owner, "100", client_id=client.pk)
    make_payment(cast.owner, "1", method="cash")
    for _twice in range(2):  # what a session asks once is not the page's
        browser.get(f"/money/{address}")
    with CaptureQueriesContext(connection) as few:
        browser.get(f"/money/{address}")
    for n in range(5):
        other = make_client(cast.owner, f"ООО «{n}»")
        make_invoice(cast.owner, "100", client_id=other.pk)
        make_payment(cast.owner, "1", method="cash")
    with CaptureQueriesContext(connection) as many:
        browser.get(f"/money/{address}")
    assert len(many) == len(few)
