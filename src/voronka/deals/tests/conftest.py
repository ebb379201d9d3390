"""What the browser tests of deals stand on: the owner of the test's own `shop`, signed in."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client as Browser

from voronka.accounts.testing import sign_in
from voronka.deals.testing import Shop

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture
def page(chromium: Any, live_server: Any, settings: Any, shop: Shop) -> "Iterator[Page]":
    """Return the owner's page, which fails the test on an error of a script."""
    owner = sign_in(Browser(), shop.cast.owner)
    errors: list[str] = []
    # What goes through a service worker passes by `page.route`, and it may start in the middle of a test.
    context = chromium.new_context(
        viewport={"width": 1440, "height": 900}, base_url=live_server.url, service_workers="block"
    )
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": owner.cookies[name].value, "url": live_server.url}])
    opened = context.new_page()
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert errors == []
