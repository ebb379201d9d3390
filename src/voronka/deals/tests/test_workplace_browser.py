"""The desk in a browser: the next client is drawn before the server answers, a refused press brings one back."""

import time
from datetime import UTC, datetime

import pytest
from django.db import transaction

from voronka.deals.models import Deal
from voronka.deals.services import walking
from voronka.deals.testing import Shop, make_client, make_deal, make_shop, press
from voronka.people.models import ContactPoint

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DRAWN = "document.querySelector('.v-work-main[inert] .v-client-name')?.textContent"
SHOWN = "[...document.querySelectorAll('.v-client-name')].find((one) => one.getClientRects().length)?.textContent"


@pytest.fixture
def shop() -> Shop:
    return make_shop()


def lead(shop: Shop, name: str) -> Deal:
    """A lead of the owner whose client may be called at any time, so that the test runs at night too."""
    with shop.as_(shop.cast.owner) as owner, transaction.atomic():
        client = make_client(name, zone="Europe/Moscow", call_opens_minute=0, call_closes_minute=1440)
        ContactPoint.objects.create(client=client, kind="phone", value="+79161234567")
        return make_deal(owner, client=client, now=datetime.now(UTC))


def until(page, expression: str, seconds: float = 8) -> None:  # type: ignore[no-untyped-def]
    ends = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < ends, expression
        page.wait_for_timeout(30)


def open_desk(page) -> None:  # type: ignore[no-untyped-def]
    page.goto("/work/")
    until(page, "!!document.querySelector('v-ahead')?.page")


def test_the_next_client_is_drawn_while_the_press_is_on_its_way(page, shop: Shop) -> None:  # type: ignore[no-untyped-def]
    first, second = lead(shop, "Анна Смирнова"), lead(shop, "Игорь Панов")
    open_desk(page)
    assert page.evaluate(SHOWN) == "Анна Смирнова"
    held: list[object] = []
    page.route("**/press/*", lambda route: held.append(route))
    page.keyboard.press("1")
    until(page, f"{DRAWN} === 'Игорь Панов'")
    assert page.evaluate(SHOWN) == "Игорь Панов"
    # A guess is only looked at: its presses are dead until the server has given the client.
    page.keyboard.press("1")
    page.wait_for_timeout(150)
    assert len(held) == 1
    held[0].continue_()  # type: ignore[attr-defined]
    until(page, "!!document.querySelector('v-toast') && !document.querySelector('[inert]')")
    assert page.evaluate(SHOWN) == "Игорь Панов"
    with shop.as_(shop.cast.owner), transaction.atomic():
        assert Deal.objects.get(pk=first.pk).misses == 1
        assert Deal.objects.get(pk=second.pk).misses == 0


def test_a_refused_press_brings_the_client_back_with_the_reason(page, shop: Shop) -> None:  # type: ignore[no-untyped-def]
    first = lead(shop, "Анна Смирнова")
    lead(shop, "Игорь Панов")
    open_desk(page)
    with shop.as_(shop.cast.owner) as owner, transaction.atomic():
        press(owner, first, "next", now=datetime.now(UTC))
    page.keyboard.press("1")
    until(
        page, "!!document.querySelector('#v-toasts .v-toast--late') && !document.querySelector('.is-busy, [inert]')"
    )
    assert page.evaluate(SHOWN) == "Анна Смирнова"
    assert page.locator("[inert]").count() == 0
    assert "уже поработали" in page.inner_text("#v-toasts")
    with shop.as_(shop.cast.owner), transaction.atomic():
        assert Deal.objects.get(pk=first.pk).misses == 0


def test_a_list_called_through_draws_its_next_client_at_once(page, shop: Shop) -> None:  # type: ignore[no-untyped-def]
    deals = [lead(shop, "Анна Смирнова"), lead(shop, "Игорь Панов")]
    with shop.as_(shop.cast.owner) as owner, transaction.atomic():
        walk = walking.start(
            actor=owner, subject="deal", ids=[one.pk for one in deals], name="Зима", query="", is_shared=False,
            now=datetime.now(UTC),
        )  # fmt: skip
    page.goto(f"/walks/{walk.public_id}/next")
    until(page, "!!document.querySelector('v-ahead')?.page")
    held: list[object] = []
    page.route("**/press/*", lambda route: held.append(route))
    page.keyboard.press("1")
    until(page, f"{DRAWN} === 'Игорь Панов'")
    assert page.evaluate(SHOWN) == "Игорь Панов"
    assert "1" in page.locator("[inert] .v-walk").inner_text()
    held[0].continue_()  # type: ignore[attr-defined]
    until(page, "!!document.querySelector('v-toast') && !document.querySelector('[inert]')")
    assert page.evaluate(SHOWN) == "Игорь Панов"
    assert page.evaluate("location.pathname") == f"/walks/{walk.public_id}/next"
