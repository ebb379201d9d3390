"""A card that a colleague has moved, in a real browser: it says so, shows itself anew, and keeps what was typed."""

import pytest
from django.db import transaction
from django.test import Client as Browser

from voronka.accounts.testing import sign_in
from voronka.deals.models import Deal
from voronka.deals.testing import make_deal, make_shop, press

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def page(chromium, live_server, settings, shop):
    """Return the manager's page, which fails the test on an error of a script."""
    manager, errors = sign_in(Browser(), shop.cast.colleague), []
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, base_url=live_server.url)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": manager.cookies[name].value, "url": live_server.url}])
    opened = context.new_page()
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert errors == []


@pytest.mark.parametrize("button", ["back", "miss"])
def test_the_card_is_shown_anew_with_the_words_why_and_the_note_stays(page, shop, button):
    with shop.as_(shop.cast.owner) as owner, transaction.atomic():
        deal = make_deal(owner, responsible_id=shop.cast.colleague.employee_id)
        page_key = {"back": "/ask/back", "miss": "/press/miss"}[button]
    page.goto(f"/deals/{deal.public_id}/")
    page.fill("input[name=text]", "важные слова")
    with shop.as_(shop.cast.owner) as owner, transaction.atomic():
        press(owner, deal, "think")
        moved = Deal.objects.get(pk=deal.pk).open_task_id
    page.locator(f'#page [hx-get*="{page_key}"], #page [hx-post*="{page_key}"]').first.click()
    page.locator("#v-toasts v-toast").first.wait_for()
    page.locator(f'#page [hx-get*="seen_task={moved}"]').first.wait_for(state="attached")
    assert page.locator("#v-toasts v-toast").count() == 1
    assert page.input_value("input[name=text]") == "важные слова"
    with shop.as_(shop.cast.owner), transaction.atomic():
        assert Deal.objects.get(pk=deal.pk).open_task_id == moved
