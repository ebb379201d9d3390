"""The card of a client in a browser: the next step is put off where one stands, and taken back there too."""

from datetime import UTC, datetime, timedelta

import pytest
from browsing import settled, until
from django.db import transaction

from voronka.deals.models import Deal, Press
from voronka.deals.testing import Shop, make_client, make_deal, make_shop

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop() -> Shop:
    return make_shop()


def ready_at(shop: Shop) -> datetime:
    with shop.as_(shop.cast.owner), transaction.atomic():
        return Deal.objects.select_related("open_task").get().open_task.ready_at


def test_the_step_is_put_off_and_taken_back_on_the_card(shop: Shop, visit) -> None:
    now = datetime.now(UTC)
    with shop.as_(shop.cast.owner) as owner, transaction.atomic():
        client = make_client("Анна Смирнова", zone="Europe/Moscow", call_opens_minute=0, call_closes_minute=1440)
        make_deal(owner, client=client, now=now)
    before = ready_at(shop)
    page = visit(shop.cast.owner)
    page.goto(f"/clients/{client.public_id}/")
    until(page, "!!document.querySelector('.v-step')")
    # My working day lies under the client's calling hours.
    assert page.locator(".v-card-money .v-scale-work").count() >= 1
    settled(page)
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
