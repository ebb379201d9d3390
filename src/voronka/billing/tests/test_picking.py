"""Goods of the catalogue in a paper that is being written: found, priced by the client's terms, one line each."""

from decimal import Decimal

import pytest
from django.test import Client as Browser

from voronka.accounts.testing import make_company, sign_in
from voronka.billing.models import Document
from voronka.billing.testing import make_requisites
from voronka.billing.tests.test_pages import said
from voronka.catalogue.testing import make_goods, make_kind
from voronka.kit.tenancy import company_context

PLACE = "/money/documents/new/"


@pytest.fixture
def world(db):
    cast = make_company()
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        make_requisites(cast.owner)
        make_kind()
        yield cast, sign_in(Browser(), cast.owner)


def test_one_that_is_found_alone_is_a_line_at_once(world):
    _cast, browser = world
    variant = make_goods("Стол «Дуб»", price="18900.00")
    make_goods("Стул «Ясень»", price="4500.00")
    sent = {"kind": "invoice", "act": "find", "find": variant.code, "line_name": ["Доставка"], "line_price": ["500"]}
    page = said(browser.post(PLACE, sent))
    assert 'value="Стол «Дуб»"' in page
    assert 'value="18900.00"' in page
    assert 'value="Доставка"' in page  # what was typed stays


def test_several_are_shown_and_one_is_picked(world):
    _cast, browser = world
    first, second = make_goods("Стол «Дуб»", price="18900.00"), make_goods("Стол «Сосна»", price="9900.00")
    shown = said(browser.post(PLACE, {"kind": "invoice", "act": "find", "find": "Стол"}))
    assert first.public_id in shown
    assert second.public_id in shown
    page = said(browser.post(PLACE, {"kind": "invoice", "find": "Стол", "pick": second.public_id}))
    assert 'value="9900.00"' in page
    issued = {"kind": "invoice", "act": "issue", "line_name": ["Стол «Сосна»"], "line_price": ["9900.00"],
              "line_code": [second.code], "line_quantity": ["2"], "line_unit": ["796"], "line_vat": [""],
              "line_discount": [""]}  # fmt: skip
    assert browser.post(PLACE, issued).status_code == 302
    row = Document.objects.get()
    assert (row.amount, row.body["lines"][0]["code"]) == (Decimal(19800), second.code)


@pytest.mark.parametrize("asked", ["нет такого", "%", "\x00", "💥" * 300])
def test_nothing_found_is_said(world, asked):
    _cast, browser = world
    page = browser.post(PLACE, {"kind": "invoice", "act": "find", "find": asked, "line_name": ["x"]})
    assert page.status_code == 200
    assert browser.post(PLACE, {"kind": "invoice", "pick": "nobody"}).status_code == 200
