"""The board of orders in a browser: a card carried by mouse and by keys opens the press, put away it goes back."""

import pytest
from browsing import PHONE, settled, until
from django.db import transaction
from django.utils import timezone

from voronka.deals.testing import make_shop as make_company_with_deals
from voronka.orders.models import Order, Status
from voronka.orders.testing import make_order, make_shop

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world():
    company = make_company_with_deals()
    owner = company.cast.owner
    with company.as_(owner), transaction.atomic():
        shop = make_shop(owner, now=timezone.now())
        order = make_order(owner, shop, (shop.chair, 2), now=timezone.now())
        statuses = list(Status.objects.filter(phase__in=["new", "work"]).order_by("position"))
    return company, owner, order, statuses


def column_of(order):
    return f"document.querySelector('[data-card=\"{order.public_id}\"]')?.closest('.v-column').dataset.name"


def status_of(world):
    company, owner, order, _statuses = world
    with company.as_(owner), transaction.atomic():
        return Order.objects.get(pk=order.pk).status.name


def test_a_card_is_carried_by_mouse_and_by_keys(visit, world):
    _company, owner, order, (first, second, *_rest) = world
    page = visit(owner)
    page.goto("/orders/?look=board")
    settled(page)
    card = page.locator(f'[data-card="{order.public_id}"]').bounding_box()
    column = page.locator(f'[data-stage="{second.public_id}"]').bounding_box()
    page.mouse.move(card["x"] + 40, card["y"] + 20)
    page.mouse.down()
    page.mouse.move(card["x"] + 60, card["y"] + 30, steps=4)
    page.mouse.move(column["x"] + column["width"] / 2, column["y"] + 90, steps=8)
    page.mouse.up()
    until(page, "document.querySelector('#v-ask .v-strip')?.textContent.includes('→')")
    assert status_of(world) == first.name, "a question moves nothing"
    page.keyboard.press("Escape")
    until(page, f"!document.querySelector('#v-ask > *') && {column_of(order)} === '{first.name}'")

    page.locator(f'[data-card="{order.public_id}"] > a').first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    until(page, "document.activeElement?.closest('#v-ask .v-strip')")
    settled(page)
    page.keyboard.press("Enter")
    until(page, f"document.querySelector('#v-toasts .v-toast') && {column_of(order)} === '{second.name}'")
    until(page, f"document.querySelector('[data-stage=\"{second.public_id}\"] h2 span').textContent === '1'")
    assert status_of(world) == second.name
    page.goto("/orders/?look=days")
    until(page, f"document.querySelector('.v-oday-row[href$=\"{order.public_id}/\"]')")


def test_a_phone_shows_one_status_at_a_time_and_moves_by_a_button(visit, world):
    _company, owner, order, (_first, second, *_rest) = world
    phone = visit(owner, viewport=PHONE)
    phone.goto("/orders/?look=board")
    settled(phone)
    phone.click(f'[data-card="{order.public_id}"] .v-card-move')
    until(phone, "document.querySelector('#v-ask .v-menu')")
    phone.click(f"#v-ask a[href$='{second.public_id}']")
    until(phone, "document.querySelector('#v-ask .v-strip .v-act--main')")
    phone.click("#v-ask .v-act--main")
    until(phone, f"{column_of(order)} === '{second.name}'")
    for look in ("board", "days"):
        phone.goto(f"/orders/?look={look}")
        settled(phone)
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), look
