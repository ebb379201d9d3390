"""The way of an order in a browser: taken by phone with keys alone, picked by a scanner that types, shipped, looked
at by its client, and a part of it given back in another shop.
"""

import pytest
from browsing import PHONE, until
from django.db import transaction
from django.utils import timezone

from voronka.catalogue.models import Barcode
from voronka.catalogue.rules.barcodes import key_of
from voronka.deals.testing import make_shop as make_company_with_deals
from voronka.orders import services
from voronka.orders.models import Order, Return, Shipment
from voronka.orders.testing import make_shop
from voronka.stock.testing import balance, make_place

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CODE = "4600000000015"


@pytest.fixture
def world():
    company = make_company_with_deals()
    owner = company.cast.owner
    with company.as_(owner), transaction.atomic():
        shop = make_shop(owner, now=timezone.now())
        Barcode.objects.create(variant=shop.table, value=CODE, key=key_of(CODE), kind="ean13")
    return company, owner, shop


def scan(page, code):
    """Type as a scanner does: quickly, with Enter at the end."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def test_an_order_by_phone_is_picked_and_shipped_by_keys_and_scanner(visit, world):
    company, owner, shop = world
    page = visit(owner)
    page.goto("/orders/new/")
    page.keyboard.type("79161234567")
    until(page, "document.querySelector('#entry-clients button')?.textContent.includes('+7')")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('.v-entry-client')")
    until(page, "document.activeElement?.id === 'goods'")
    scan(page, CODE)
    until(page, "document.querySelectorAll('.v-entry-lines tbody tr').length === 1")
    until(page, "document.activeElement?.id === 'goods'")
    scan(page, CODE)
    until(page, "document.querySelector('[name=line_quantity]')?.value === '2'")
    until(page, "document.querySelector('#entry-sum').textContent.includes('2')")
    page.keyboard.press("Control+Enter")
    until(page, "/orders\\/[a-z0-9]{8,}\\/$/.test(location.pathname)")
    with company.as_(owner), transaction.atomic():
        order = Order.objects.get()
        assert (str(order.total), balance(shop.table.pk, shop.place)) == ("2000.00", (10, 2))
        assert order.payment_method.wants_prepayment
        services.note_paid(order.pk, order.total, now=timezone.now())  # until then nobody picks it

    phone = visit(owner, viewport=PHONE)
    phone.goto("/orders/picking/")
    phone.click(f"form[action*='{order.public_id}'] button")
    until(phone, "document.querySelector('v-pack')")
    scan(phone, "nothing-such")
    until(phone, "document.querySelector('.v-scan--bad')")
    scan(phone, CODE)
    until(phone, "document.querySelector('.v-scan:not(.v-scan--bad) .v-scan-n b')?.textContent === '1'")
    phone.context.set_offline(True)
    scan(phone, CODE)
    until(phone, "!document.querySelector('.v-pack-waits').hidden")
    phone.context.set_offline(False)
    until(phone, "document.querySelector('.v-pack-acts .v-act--main')")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.click(".v-pack-acts .v-act--main")
    until(phone, f"location.pathname.endsWith('/orders/{order.public_id}/')")
    with company.as_(owner), transaction.atomic():
        assert Shipment.objects.get().state == "shipped"
        assert balance(shop.table.pk, shop.place) == (8, 0)
        salon = make_place(owner, "Салон на Мира", "shop")

    theirs = visit(viewport=PHONE)
    theirs.goto(f"/o/{services.token_of(order)}/")
    assert f"№ {order.number}" in theirs.inner_text("main")
    assert shop.table.name in theirs.inner_text("main")

    page.goto(f"/orders/{order.public_id}/return/")
    page.fill("[name='quantity-1']", "1")
    page.select_option("[name=place]", salon.public_id)
    page.click(".v-form-acts .v-act--main")
    until(page, "location.pathname.startsWith('/orders/returns/')")
    with company.as_(owner), transaction.atomic():
        back = Return.objects.get()
        assert (back.state, str(back.sum)) == ("received", "1000.00")
        assert balance(shop.table.pk, salon) == (1, 0)
