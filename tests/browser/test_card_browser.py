"""The card of a client in a browser: the next step is put off where one stands, and taken back there too."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from browsing import DESKTOP, PHONE, settled, until
from django.db import transaction

from voronka.deals.models import Deal, Press
from voronka.deals.testing import Shop, make_client, make_deal, make_shop
from voronka.work import services as work
from voronka.work.rules.hours import Hours

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop() -> Shop:
    return make_shop()


def ready_at(shop: Shop) -> datetime:
    with shop.as_(shop.cast.owner), transaction.atomic():
        return Deal.objects.select_related("open_task").get().open_task.ready_at


def shot(page, name: str) -> None:
    """Keep pictures of a desk and a phone to look at, where a folder for them is named."""
    folder = os.environ.get("VORONKA_PICTURES")
    for size, said in ((PHONE, "phone"), (DESKTOP, "desk")):
        if folder:
            page.set_viewport_size(size)
            page.screenshot(path=Path(folder) / f"{name}-{said}.png", full_page=said == "phone")


def keep_addresses(page) -> None:
    """Add an address, look at it among the others, make it the main one: the card stays where it is."""
    for label, line in (("Дом", "Мира, 1"), ("Офис", "Ленина, 5, кв. 7")):
        page.click("#v-addresses .v-plus")
        until(page, "document.activeElement.id === 'address-label'")
        page.fill("#address-label", label)
        page.fill("#address-line", line)
        if label == "Офис":
            shot(page, "address-form")
        page.click(".v-address-form .v-act--main")
        until(page, f"!document.querySelector('.v-address-form') && document.body.innerText.includes('{line}')")
        settled(page)
    shot(page, "addresses")
    page.click("#v-addresses [aria-label^='Make it the main one']")
    until(page, "document.querySelector('.v-address').innerText.includes('Офис')")
    settled(page)


def test_the_step_is_put_off_and_taken_back_on_the_card(shop: Shop, visit) -> None:
    now = datetime.now(UTC)
    with shop.as_(shop.cast.owner) as owner, transaction.atomic():
        client = make_client("Анна Смирнова", zone="Europe/Moscow", call_opens_minute=0, call_closes_minute=1440)
        make_deal(owner, client=client, now=now)
        work.set_week(actor=owner, employee_id=None, week=[Hours(480, 1200)] * 7)  # whatever day it is
    before = ready_at(shop)
    page = visit(shop.cast.owner)
    page.goto(f"/clients/{client.public_id}/")
    until(page, "!!document.querySelector('.v-step')")
    # My working day lies under the client's calling hours.
    assert page.locator(".v-card-money .v-scale-work").count() >= 1
    settled(page)
    page.set_viewport_size(PHONE)
    above = """() => [...document.querySelectorAll(".v-card-money > :not(.v-clock)")].filter((one) =>
      one.getBoundingClientRect().top < document.querySelector("h1").getBoundingClientRect().top).length"""
    assert page.evaluate(above) == 0, "on a phone the name stands above all that is told beside the card"
    page.set_viewport_size(DESKTOP)
    keep_addresses(page)
    page.keyboard.press("p")
    until(page, "document.querySelectorAll('#v-ask .v-strip-hour').length > 3")
    settled(page)
    page.keyboard.press("2")
    until(page, "!!document.querySelector('.v-toast-undo')")
    until(page, "!document.querySelector('#v-ask > *')")
    assert page.evaluate("location.pathname") == f"/clients/{client.public_id}/"
    moved = ready_at(shop)
    assert moved > before + timedelta(minutes=4)
    settled(page)
    page.keyboard.press("z")
    until(page, "!document.querySelector('.v-toast-undo')")
    assert page.evaluate("location.pathname") == f"/clients/{client.public_id}/"
    with shop.as_(shop.cast.owner), transaction.atomic():
        assert Press.objects.get().undone_at is not None
    assert ready_at(shop) == before
