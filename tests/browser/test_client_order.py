"""A stranger orders at the form and goes on at his own page: on a phone, with scripts and without."""

import json
import os
import uuid
from contextlib import ExitStack
from pathlib import Path

import pytest
from browsing import PHONE
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from voronka.accounts.queries import get_company_rules
from voronka.accounts.testing import make_company
from voronka.kit.tenancy import company_context
from voronka.orders import services
from voronka.orders.models import Feedback, Order, Return
from voronka.orders.services.shop_page import ShopPageDraft, save_shop_page
from voronka.orders.testing import make_order, make_shop

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Seller:
    """A company with a shop, and ways to look at what came of a visit."""

    def __init__(self):
        cache.clear()
        self.cast = make_company()
        with self.inside():
            self.shop = make_shop(self.cast.owner, now=timezone.now())
            save_shop_page(ShopPageDraft(is_on=True, title="Order furniture"), actor=self.cast.owner)
            self.form = f"/order/{get_company_rules().form_key}/"

    def inside(self):
        """Enter the company, in a transaction."""
        stack = ExitStack()
        stack.enter_context(company_context(self.cast.company_id, employee_id=self.cast.owner.employee_id))
        stack.enter_context(transaction.atomic())
        return stack

    def read(self, ask):
        with self.inside():
            return ask()


def picture(page, name):
    """Keep a picture to look at, where a folder for pictures is named."""
    folder = os.environ.get("VORONKA_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.fixture
def seller():
    return Seller()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_stranger_orders_on_a_phone_and_cancels_on_his_page(seller, visit, scripts):
    page = visit(None, viewport=PHONE, java_script_enabled=scripts)
    page.goto(seller.form)
    page.fill(f"[name='n-{seller.shop.table.public_id}']", "2")
    page.click("button.v-mine-go")
    assert page.locator("[aria-invalid='true']").count() > 0, "the form says what it lacks and keeps what was typed"
    assert page.input_value(f"[name='n-{seller.shop.table.public_id}']") == "2"
    page.fill("[name=name]", "Anna Smirnova")
    page.fill("[name=phone]", "+7 912 345-67-89")
    page.check("[name=consent]")
    page.dblclick("button.v-mine-go")
    page.wait_for_url("**/o/**")
    assert "We have your order" in page.inner_text("main")
    assert seller.read(Order.objects.count) == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"] if scripts else True
    page.click("summary:has-text('Cancel it')")
    page.click("button:has-text('Cancel the order')")
    page.wait_for_url("**done=cancel**")
    assert "cancelled" in page.inner_text("h1")
    assert seller.read(lambda: Order.objects.get().phase) == "cancelled"


def test_a_client_gives_one_chair_back_and_five_stars(seller, visit):
    def bought():
        order = make_order(seller.cast.owner, seller.shop, (seller.shop.chair, 4), now=timezone.now())
        services.hand_over(order.public_id, actor=seller.cast.owner, now=timezone.now(), operation=uuid.uuid4())
        return services.token_of(order)

    page = visit(None, color_scheme="dark")
    page.goto(f"/o/{seller.read(bought)}/")
    page.click("summary:has-text('Give back')")
    page.fill("[name=line-1]", "9")
    page.fill("[name=reason]", "Too many")
    page.click("button:has-text('Ask for a return')")
    page.wait_for_selector("[role=alert]")
    assert seller.read(Return.objects.count) == 0
    page.fill("[name=line-1]", "1")
    page.click("button:has-text('Ask for a return')")
    page.wait_for_url("**done=back**")
    assert seller.read(lambda: Return.objects.get().sum) == 250
    page.click("summary:has-text('Say what you think')")
    page.click("label[for=star-5]")
    page.fill("[name=words]", "Good chairs")
    page.click("button:has-text('Send')")
    page.wait_for_url("**done=rate**")
    assert seller.read(lambda: Feedback.objects.get().stars) == 5
    said = page.evaluate("document.querySelector('script[type$=json]').textContent")
    assert json.loads(said)["@type"] == "Order"


@pytest.mark.parametrize("scripts", [True, False])
def test_a_client_changes_his_order_on_a_phone_after_he_has_seen_the_sum(seller, visit, scripts):
    order = seller.read(
        lambda: make_order(seller.cast.owner, seller.shop, (seller.shop.table, 2), now=timezone.now())
    )
    page = visit(None, viewport=PHONE, java_script_enabled=scripts)
    page.goto(f"/o/{seller.read(lambda: services.token_of(order))}/")
    page.click("summary:has-text('Change it')")
    page.fill("[name=line-1]", "1")
    page.fill("[name=address]", "Mira 1")
    page.click("button:has-text('Change the order')")
    assert "comes to" in page.inner_text("form[action*='/change/']")
    assert seller.read(lambda: Order.objects.get().total) == 2000
    assert page.input_value("[name=line-1]") == "1"
    picture(page, "client-change")
    page.click("button:has-text('I agree, change it')")
    assert "Changed" in page.inner_text("main")
    found = seller.read(Order.objects.get)
    assert (found.total, found.address) == (1000, "Mira 1")
