"""An automation drawn on its map, tried on a deal, published, switched on and walked with the clock moved."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from browsing import DESKTOP, PHONE
from django.db import transaction
from django.test import Client as Browser
from test_access_pages import AXE, RUN

from voronka.accounts.testing import sign_in
from voronka.deals.models import Deal
from voronka.deals.testing import make_client, make_deal, make_shop
from voronka.flows.models import Automation, AutomationVersion, Run
from voronka.flows.services.walking import walk
from voronka.flows.testing import hear
from voronka.kit.tenancy import company_context

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def shot(page, name):
    """Keep a picture to look at, where a folder for pictures is named."""
    folder = os.environ.get("VORONKA_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def axe(page):
    page.add_script_tag(path=AXE)
    assert page.evaluate(RUN, None) == []


@pytest.fixture
def shop():
    return make_shop(datetime.now(UTC) - timedelta(hours=1))


@pytest.fixture
def page(chromium, live_server, settings, shop):
    owner = sign_in(Browser(), shop.cast.owner)
    errors = []
    context = chromium.new_context(
        viewport=DESKTOP, base_url=live_server.url, service_workers="block", bypass_csp=True
    )
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": owner.cookies[name].value, "url": live_server.url}])
    opened = context.new_page()
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert errors == []


def inside(shop):
    return company_context(shop.cast.company_id, employee_id=shop.cast.owner.employee_id)


def add(page, place, kind):
    """Press the plus at a place of the map and choose what is put there."""
    page.locator(f".v-auto-map .v-auto-plus[data-place='{place}']").click()
    page.locator(f".v-auto-beside button[value='{kind}']").click()


def test_an_automation_is_drawn_tried_switched_on_and_walked(page, shop):
    with inside(shop), transaction.atomic():
        client = make_client("Смирнова Анна")
        make_deal(shop.cast.owner, client=client, now=datetime.now(UTC))
    page.goto("/automations/")
    page.locator("main a[href='/automations/new/']").first.click()
    shot(page, "flows-new-desk")
    page.fill("[name=name]", "Дожать новую сделку")
    page.locator("form:has([name=name]) button").first.click()
    page.wait_for_url("**/automations/*/")
    # What begins it.
    page.locator("[data-node=start]").first.click()
    page.select_option("#trigger-kind", "deals.opened")
    page.locator("[data-chooser]").click()
    page.locator("form:has([name=do][value=start]) button").click()
    # A wait, a condition behind it, a tag on each of its ways.
    add(page, ":next", "wait")
    page.fill("[name=minutes_amount]", "2")
    page.select_option("[name=minutes_unit]", "hours")
    page.locator("form:has([name=do][value=set]) button").click()
    add(page, "n1:next", "check")
    page.select_option("#condition-add", "tags")
    page.locator("form:has(#condition-add) button").click()
    page.fill(".v-auto-making [name=v]", "vip")
    page.locator(".v-auto-making button").click()
    add(page, "n2:yes", "step:deals.add_tag")
    page.fill("[name=tag]", "важный")
    page.locator("form:has([name=do][value=set]) button").click()
    add(page, "n2:no", "step:deals.add_tag")
    shot(page, "flows-map-unfinished-desk")
    assert page.locator(".v-auto-map .is-bad").count() == 1, "a tag without a name is told at its step"
    page.fill("[name=tag]", "дожать")
    page.locator("form:has([name=do][value=set]) button").click()
    assert page.locator(".v-auto-map .is-bad").count() == 0
    # By the keyboard: from the beginning down to the wait, opened by Enter.
    page.locator(".v-auto-map [data-node=start]").focus()
    for _press in range(2):
        page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.node") == "n1"
    page.keyboard.press("Enter")
    page.wait_for_url("**node=n1**")
    # By the mouse: a step carried to another plus, and one removed by Delete.
    add(page, ":next", "clock")
    held = page.locator(".v-auto-map [data-node=n5]").bounding_box()
    plus = page.locator(".v-auto-map .v-auto-plus[data-place='n1:next']").bounding_box()
    page.mouse.move(held["x"] + 60, held["y"] + 40)
    page.mouse.down()
    page.mouse.move(plus["x"] + 20, plus["y"] - 20, steps=6)
    page.mouse.move(plus["x"] + 13, plus["y"] + 13, steps=6)
    with page.expect_navigation():
        page.mouse.up()
    with inside(shop), transaction.atomic():
        held_map = AutomationVersion.objects.get(state="draft").map
        assert next(one for one in held_map["nodes"] if one["id"] == "n1")["exits"] == {"next": "n5"}
    page.locator(".v-auto-map [data-node=n5]").focus()
    page.keyboard.press("Delete")
    page.locator(".v-auto-map [data-node=n5]").wait_for(state="detached")
    # Tried on a real deal: the way and what each step would do.
    page.fill(".v-dry [name=q]", "Смирнова")
    page.locator(".v-dry button").click()
    page.locator(".v-dry ol li").first.wait_for()
    assert "дожать" in page.locator(".v-dry ol").inner_text()
    axe(page)
    shot(page, "flows-map-tried-desk")
    page.locator("button[value=publish]").click()
    page.locator("button[value=on]").click()
    page.locator("button[value=off]").wait_for()
    # A new deal comes in, and walks on when the clock is moved.
    with inside(shop), transaction.atomic():
        assert Automation.objects.get().is_on
        assert Deal.objects.get().tags == [], "the trial did nothing"
        deal = make_deal(shop.cast.owner, client=make_client("Орлов Пётр"), now=datetime.now(UTC))
    hear(shop.cast.company_id)
    walk(shop.cast.company_id, now=datetime.now(UTC))
    page.reload()
    shot(page, "flows-map-live-desk")
    assert "1" in page.locator(".v-auto-map [data-node=n1] .v-auto-figures").inner_text()
    walk(shop.cast.company_id, now=datetime.now(UTC) + timedelta(hours=3))
    with inside(shop), transaction.atomic():
        assert Deal.objects.get(pk=deal.pk).tags == ["дожать"]
        run = Run.objects.get().public_id
    page.goto(f"/automations/walk/{run}/")
    assert "дожать" in page.locator(".v-auto-log").inner_text()
    axe(page)
    shot(page, "flows-run-desk")
    with inside(shop), transaction.atomic():
        card = Deal.objects.select_related("client").get(pk=deal.pk).client.public_id
        automation = Automation.objects.get().public_id
    page.goto(f"/clients/{card}/")
    page.get_by_text("Дожать новую сделку").first.wait_for()
    page.goto(f"/automations/{automation}/walks/")
    shot(page, "flows-runs-desk")
    page.goto("/automations/")
    shot(page, "flows-list-desk")
    # On a phone the map is a list with indents.
    page.set_viewport_size(PHONE)
    page.goto(f"/automations/{automation}/")
    assert not page.locator(".v-auto-map").is_visible()
    page.locator(".v-auto-list [data-node=n1], .v-auto-list a.v-auto-node").nth(1).click()
    axe(page)
    shot(page, "flows-map-phone")
    page.goto("/automations/new/")
    shot(page, "flows-new-phone")
