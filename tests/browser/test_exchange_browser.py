"""Goods are exchanged in a browser, on a desk and on a phone: the difference follows the typing, a press does it."""

import uuid

import pytest
from browsing import PHONE, settled, until
from django.db import transaction
from django.utils import timezone

from voronka.billing import services as billing
from voronka.billing.services.subjects import draft_about, tell_paid
from voronka.billing.testing import make_payment, make_requisites
from voronka.catalogue.models import Barcode
from voronka.catalogue.rules.barcodes import key_of
from voronka.deals.testing import make_shop as make_company_with_deals
from voronka.kit.subjects import Subject
from voronka.orders import services
from voronka.orders.models import Order, Return
from voronka.orders.testing import make_order, make_shop

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CODE = "4600000000015"


@pytest.fixture
def world():
    company, now = make_company_with_deals(), timezone.now()
    owner = company.cast.owner
    with company.as_(owner), transaction.atomic():
        make_requisites(owner)
        shop = make_shop(owner, now=now)
        Barcode.objects.create(variant=shop.chair, value=CODE, key=key_of(CODE), kind="ean13")
        order = make_order(owner, shop, (shop.table, 1), (shop.chair, 2), now=now)
        services.hand_over(order.public_id, actor=owner, now=now, operation=uuid.uuid4())
        paper = billing.issue_new(
            actor=owner, draft=draft_about(Subject("order", order.pk), kind="invoice", day=now.date()), now=now
        )
        payment = make_payment(owner, str(order.total), method="cash", client_id=shop.client.pk)
        billing.allocate(actor=owner, public_id=payment.public_id, parts=[(paper.public_id, order.total)], now=now)
        tell_paid(paper.pk, now=now)
    return company, owner, order


def summed(page, *words):
    """Wait until the sum beside the form says the words, blanks left out."""
    for one in words:
        until(page, f"document.querySelector('#entry-sum').textContent.replace(/\\s/g, '').includes('{one}')")


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_goods_are_exchanged_on_one_screen(visit, world, phone):
    company, owner, order = world
    page = visit(owner, **({"viewport": PHONE} if phone else {}))
    page.goto(f"/orders/{order.public_id}/")
    page.click("a[href$='/exchange/']")
    until(page, "document.querySelector('[name=\"quantity-1\"]')")
    settled(page)
    page.fill("[name='quantity-1']", "1")
    page.keyboard.press("Tab")
    summed(page, "1000")
    page.fill("#goods", CODE)
    page.keyboard.press("Enter")
    until(page, "document.querySelector('[name=line_quantity]')")
    assert page.input_value("[name='quantity-1']") == "1", "what comes back stays as it was typed"
    page.fill("[name=line_quantity]", "5")
    page.keyboard.press("Tab")
    summed(page, "1000", "1250", "250")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.check("[name=given]")
    page.click("button[value=place]")
    until(
        page, f"/orders\\/[a-z0-9]{{8,}}\\/$/.test(location.pathname) && !location.href.includes('{order.public_id}')"
    )
    with company.as_(owner), transaction.atomic():
        new, back = Order.objects.get(exchange_of=order), Return.objects.get()
        assert (str(new.total), str(new.paid), str(back.carried)) == ("1250.00", "1000.00", "1000.00")
        assert back.state == "refunded"
