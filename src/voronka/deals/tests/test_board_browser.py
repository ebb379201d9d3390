"""The board and power mode in a browser: a card carried by mouse and by keys, a list called through by keys."""

import time
from datetime import UTC, datetime

import pytest
from django.db import transaction
from playwright.sync_api import Error

from voronka.deals.models import Deal, Stage
from voronka.deals.testing import Shop, make_client, make_deal, make_shop
from voronka.people.models import ContactPoint

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop() -> Shop:
    return make_shop()


def lead(shop: Shop, name: str) -> Deal:
    """A lead whose client may be called at any time, so that the test runs at night too."""
    with shop.as_(shop.cast.owner) as owner, transaction.atomic():
        client = make_client(name, zone="Europe/Moscow", call_opens_minute=0, call_closes_minute=1440)
        ContactPoint.objects.create(client=client, kind="phone", value="+79161234567")
        return make_deal(owner, client=client, now=datetime.now(UTC))


def until(page, expression: str, seconds: float = 10) -> None:  # type: ignore[no-untyped-def]
    ends = time.monotonic() + seconds
    while not _holds(page, expression):
        assert time.monotonic() < ends, expression
        page.wait_for_timeout(30)


def _holds(page, expression: str) -> bool:  # type: ignore[no-untyped-def]
    try:
        return bool(page.evaluate(expression))
    except Error:  # the page is just being exchanged for another
        return False


def column_of(deal: Deal) -> str:
    """Return a script that says in which column the card of the deal stands."""
    return f"document.querySelector('[data-card=\"{deal.public_id}\"]').closest('.v-column').dataset.name"


def stages(shop: Shop, deal: Deal) -> list[Stage]:
    with shop.as_(shop.cast.owner), transaction.atomic():
        return list(Stage.objects.filter(pipeline_id=deal.pipeline_id).order_by("position"))


def stage_of(shop: Shop, deal: Deal) -> str:
    with shop.as_(shop.cast.owner), transaction.atomic():
        return Stage.objects.get(pk=Deal.objects.get(pk=deal.pk).stage_id).name


def carry(page, deal: Deal, stage: Stage) -> None:  # type: ignore[no-untyped-def]
    card = page.locator(f'[data-card="{deal.public_id}"]').bounding_box()
    target = page.locator(f"#stage-{stage.public_id}").bounding_box()
    page.mouse.move(card["x"] + 60, card["y"] + 20)
    page.mouse.down()
    page.mouse.move(card["x"] + 90, card["y"] + 30, steps=3)
    page.mouse.move(target["x"] + target["width"] / 2, target["y"] + 120, steps=6)
    page.mouse.up()


def test_a_card_carried_by_mouse_opens_its_button_and_comes_back_unless_pressed(page, shop: Shop) -> None:  # type: ignore[no-untyped-def]
    deal = lead(shop, "Анна Смирнова")
    lead(shop, "Игорь Панов")
    first, second, third, *_rest = stages(shop, deal)
    page.goto("/deals/board/")
    until(page, "!!customElements.get('v-board') && !!window.htmx")
    carry(page, deal, third)  # no button leads there: why is told, and the card comes back
    until(page, "!!document.querySelector('#v-ask .v-strip--none')")
    assert page.evaluate(column_of(deal)) == third.name
    page.keyboard.press("Escape")
    until(page, f"{column_of(deal)} === '{first.name}'")
    carry(page, deal, second)
    until(page, "!!document.querySelector('#v-ask [action*=\"/press/next\"]')")
    assert stage_of(shop, deal) == first.name  # carrying moves nothing by itself
    page.keyboard.press("Escape")
    until(page, f"{column_of(deal)} === '{first.name}'")
    carry(page, deal, second)
    until(page, "!!document.querySelector('#v-ask [action*=\"/press/next\"]')")
    page.click("#v-ask .v-act--main")
    until(page, f"!!document.querySelector('#v-toasts v-toast') && {column_of(deal)} === '{second.name}'")
    until(page, "!document.querySelector('.is-held')")
    assert stage_of(shop, deal) == second.name
    page.keyboard.press("z")  # taken back from the board, the board stays and draws itself anew
    until(page, f"{column_of(deal)} === '{first.name}'")
    assert page.url.endswith("/deals/board/")
    assert stage_of(shop, deal) == first.name


def test_a_card_carried_by_keys(page, shop: Shop) -> None:  # type: ignore[no-untyped-def]
    deal = lead(shop, "Анна Смирнова")
    first, second, *_rest = stages(shop, deal)
    page.goto("/deals/board/")
    until(page, "!!customElements.get('v-board') && !!window.htmx")
    page.focus(f'[data-card="{deal.public_id}"] > a')
    for name in ("Space", "ArrowRight"):
        page.keyboard.press(name)
    assert second.name in page.inner_text("[data-says]")
    page.keyboard.press("Escape")
    assert page.evaluate(column_of(deal)) == first.name
    for name in ("Space", "ArrowRight", "Enter"):
        page.keyboard.press(name)
    until(page, "!!document.querySelector('#v-ask [action*=\"/press/next\"]')")
    page.keyboard.press("Enter")
    until(page, f"{column_of(deal)} === '{second.name}' && !document.querySelector('.is-held')")
    assert stage_of(shop, deal) == second.name


def test_a_list_is_called_through_by_keys(page, shop: Shop) -> None:  # type: ignore[no-untyped-def]
    for name in ("Анна Смирнова", "Игорь Панов", "Вера Лис"):
        lead(shop, name)
    page.goto("/walks/new/?of=deal&query=")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Enter")
    shown = "document.querySelector('.v-walk') && document.querySelector('.v-client-name')?.textContent"
    until(page, f"{shown} === 'Анна Смирнова' && !!customElements.get('v-after')")
    page.keyboard.press("1")
    until(page, f"{shown} === 'Игорь Панов'")
    assert page.locator(".v-walk [role=progressbar]").get_attribute("aria-valuenow") == "33"
    page.keyboard.press("s")
    until(page, f"{shown} === 'Вера Лис' && !!customElements.get('v-after')")
    page.keyboard.press("p")
    until(page, "!!document.querySelector('.v-walk-end')")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Enter")
    until(page, f"{shown} === 'Вера Лис' && !!customElements.get('v-after')")
    page.keyboard.press("1")
    until(page, "document.querySelector('.v-walk-end h1')?.textContent === 'Список обзвонен'")
    assert "Недозвон" in page.inner_text(".v-funnel-table")
    assert "Игорь Панов" in page.inner_text(".v-walk-left")
