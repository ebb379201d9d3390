"""The way of a sale in a browser: goods are put into a deal, a press makes the order, its undo takes it back."""

import time
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import transaction

from voronka.deals.services.pressing import LIVE
from voronka.deals.testing import Shop, make_deal, make_shop
from voronka.orders import testing as orders
from voronka.orders.models import Order

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop() -> Shop:
    return make_shop()


def until(page, expression: str, seconds: float = 20) -> None:  # type: ignore[no-untyped-def]
    ends = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < ends, expression
        page.wait_for_timeout(50)


def orders_of(shop: Shop) -> list[tuple[str, Decimal, int]]:
    with shop.as_(shop.cast.owner), transaction.atomic():
        return [(one.phase, one.total, one.lines.count()) for one in Order.objects.all()]


def test_goods_press_order_undo(page, shop: Shop) -> None:  # type: ignore[no-untyped-def]
    """Picked by typing, ordered by a key, taken back by a key."""
    now = datetime.now(UTC)
    with shop.as_(shop.cast.owner) as owner, transaction.atomic():
        stand = orders.make_shop(owner, now=now)
        type(stand.client).objects.filter(pk=stand.client.pk).update(call_opens_minute=0, call_closes_minute=1440)
        stand.client.refresh_from_db()
        deal = make_deal(owner, client=stand.client, now=now, responsible_id=owner.employee_id)
        row = LIVE.first(stage_id=deal.stage_id)
        assert row is not None
        key = next(one for one in row.buttons if one["key"] == "next")
        key["outcomes"][0]["steps"].insert(0, {"kind": "deals.make_order"})
        row.save(update_fields=["buttons"])
    page.goto(f"/deals/{deal.public_id}/")
    page.keyboard.press("g")
    page.keyboard.type("стол")
    page.locator("#v-goods-found button[name=variant]").first.click()
    until(page, "!!document.querySelector('.v-deal-goods li')")
    until(page, "document.querySelector('.v-deal-sum')?.textContent.includes('1')")
    page.locator("h2").first.click()
    page.keyboard.press(str(key["hotkey"]))
    until(page, "!!document.querySelector('v-toast')")
    assert orders_of(shop) == [("new", Decimal("1000.00"), 1)]
    page.keyboard.press("z")
    until(page, "!document.querySelector('v-toast')")
    ends = time.monotonic() + 20
    while orders_of(shop)[0][0] != "cancelled":
        assert time.monotonic() < ends
        page.wait_for_timeout(100)
