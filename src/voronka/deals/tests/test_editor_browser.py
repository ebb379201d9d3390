"""The editor in a real browser: saved by itself, put in order by keys, enabled by Ctrl Enter."""

import time

import pytest
from django.db import transaction

from voronka.deals.models import ButtonSet, Stage
from voronka.deals.testing import Shop, make_shop

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop() -> Shop:
    return make_shop()


def first_stage(shop: Shop) -> Stage:
    with shop.as_(shop.cast.owner), transaction.atomic():
        return Stage.objects.get(pipeline__code="new_lead", position=0)


def buttons(shop: Shop, stage: Stage, state: str) -> list[dict]:  # type: ignore[type-arg]
    with shop.as_(shop.cast.owner), transaction.atomic():
        return ButtonSet.objects.filter(stage=stage, state=state).values_list("buttons", flat=True).first() or []


def until(check, seconds: float = 8) -> None:  # type: ignore[no-untyped-def]
    ends = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < ends, "it did not happen in time"
        time.sleep(0.05)


def test_a_whole_edit_by_keyboard(page, shop: Shop) -> None:  # type: ignore[no-untyped-def]
    stage = first_stage(shop)
    page.goto(f"/settings/stages/{stage.public_id}/buttons/?button=think&open=1")
    page.locator("#v-edit-label").fill("Размышляет")
    page.locator("#v-edit-label").press("Tab")
    until(lambda: "Размышляет" in [one["label"] for one in buttons(shop, stage, "draft")])
    # A second edit on the same page goes on from the first one: no conflict with oneself.
    amount = page.locator("input[name=minutes_amount]")
    amount.fill("5")
    amount.press("Tab")
    until(
        lambda: any(
            step.get("minutes") == 5 * 1440
            for one in buttons(shop, stage, "draft")
            for step in one["outcomes"][0]["steps"]
        )
    )
    page.locator("#press-think").focus()
    page.keyboard.press("Alt+ArrowUp")
    until(lambda: [one["key"] for one in buttons(shop, stage, "draft")].index("think") == 3)
    page.wait_for_timeout(300)
    assert page.evaluate("document.activeElement.id") == "press-think"
    page.locator("select[name=when]").select_option("asked")
    page.wait_for_timeout(200)
    assert page.locator("input[name=minutes_amount]").is_hidden()
    until(
        lambda: any(
            step.get("when") == "asked"
            for one in buttons(shop, stage, "draft")
            if one["key"] == "think"
            for step in one["outcomes"][0]["steps"]
        )
    )
    page.wait_for_timeout(200)
    page.keyboard.press("Control+Enter")
    until(lambda: "Размышляет" in [one["label"] for one in buttons(shop, stage, "live")])
    assert buttons(shop, stage, "draft") == []


def test_the_ladder_gets_and_loses_a_try(page, shop: Shop) -> None:  # type: ignore[no-untyped-def]
    stage = first_stage(shop)
    page.goto(f"/settings/stages/{stage.public_id}/buttons/?button=miss&open=0")
    page.locator("[data-add-row]").click()

    def rungs() -> list[object]:
        found = buttons(shop, stage, "draft")
        return found[0]["outcomes"][0]["steps"][0].get("rungs", []) if found else []

    until(lambda: len(rungs()) == 6 and rungs()[-1] == "archive")
    page.locator("[data-drop-row]").first.click()
    until(lambda: len(rungs()) == 5 and rungs()[0] == 30)
