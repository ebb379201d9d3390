"""The reports in a real browser: nobody is shut out, menus open and shut by keys, a phone does not scroll aside."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.test import Client as Browser

from voronka.accounts.testing import sign_in
from voronka.audience.testing import take_all_in
from voronka.config.testing_browser import AXE_ADDRESS
from voronka.deals.testing import make_client, make_deal, make_shop, press

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

RUN = """async () => {
    const values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
    const found = await axe.run(document, {runOnly: {type: "tag", values}, resultTypes: ["violations"]});
    return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(" | ")}`);
}"""
PAGES = (
    "/reports/?period=quarter",
    "/reports/?period=quarter&view=table",
    "/reports/managers/?period=quarter",
    "/reports/managers/?period=quarter&view=table",
    "/reports/behind/?period=quarter&what=closed",
    "/reports/?period=own&from=2026-02-31",
)


def fill():  # type: ignore[no-untyped-def]
    """Make a company in which something was won and lost just now."""
    shop = make_shop()
    now = datetime.now(UTC)
    with shop.as_(shop.cast.owner) as me, transaction.atomic():
        for n in range(3):
            deal = make_deal(me, client=make_client(f"Клиент {n}"), now=now - timedelta(minutes=40), source="form")
            press(me, deal, "next", now=now - timedelta(minutes=20))
            if n:
                press(me, deal, "paid", sum="1000", now=now - timedelta(minutes=5))
            else:
                press(me, deal, "refuse", "refuse", reason="price", now=now - timedelta(minutes=5))
    take_all_in(shop.cast.company_id)
    return shop


@pytest.mark.parametrize("width", [1440, 390])
def test_the_reports_by_eye_of_a_machine_and_by_keys(chromium, live_server, settings, width):  # type: ignore[no-untyped-def]
    owner = sign_in(Browser(), fill().cast.owner)
    errors: list[str] = []
    for theme in ("light", "dark"):
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, base_url=live_server.url, bypass_csp=True, color_scheme=theme
        )
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": owner.cookies[name].value, "url": live_server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        found = {}
        for address in PAGES:
            page.goto(address)
            page.wait_for_load_state("networkidle")  # the team of the funnel comes by itself
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            page.add_script_tag(url=AXE_ADDRESS)
            if wrong := page.evaluate(RUN):
                found[address] = wrong
        assert found == {}
        page.goto(PAGES[0])
        period = page.locator("details.v-rep-chip", has_text="–").first
        period.locator("summary").focus()
        page.keyboard.press("Enter")
        assert period.get_attribute("open") is not None
        page.keyboard.press("Escape")
        assert period.get_attribute("open") is None
        context.close()
    assert errors == []
