"""The installed application in a real browser: installed, controlled, and there when the server is gone."""

import time
from collections.abc import Iterator

import pytest
from django.core.servers.basehttp import WSGIRequestHandler
from django.db import transaction
from django.test import Client as Browser
from django.test.testcases import LiveServerThread, QuietWSGIRequestHandler
from pytest_django.live_server_helper import LiveServer

from voronka.accounts.testing import Cast, make_company, sign_in
from voronka.kit import app
from voronka.kit.tenancy import company_context
from voronka.people.models import Client

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NAME = "Нина Секретная"


@pytest.fixture
def cast() -> Cast:
    made = make_company()
    with company_context(made.company_id, employee_id=made.owner.employee_id), transaction.atomic():
        Client.objects.create(name=NAME, zone="Europe/Moscow")
    return made


def on_the_same_port(self, connections_override=None):  # type: ignore[no-untyped-def]
    """Make the server of a thread so that another may take its port at once."""
    return self.server_class(
        (self.host, self.port),
        QuietWSGIRequestHandler,
        allow_reuse_address=True,
        connections_override=connections_override,
    )


@pytest.fixture
def server(transactional_db, monkeypatch) -> Iterator[LiveServer]:  # type: ignore[no-untyped-def]
    """Return a server of this test alone, so that it may go; connections that stay open would answer after its end."""
    monkeypatch.setattr(WSGIRequestHandler, "protocol_version", "HTTP/1.0")
    monkeypatch.setattr(LiveServerThread, "_create_server", on_the_same_port)
    opened = LiveServer("localhost")
    yield opened
    opened.stop()


@pytest.fixture
def page(chromium, server, settings, cast):  # type: ignore[no-untyped-def]
    owner = sign_in(Browser(), cast.owner)
    context = chromium.new_context(viewport={"width": 390, "height": 800}, base_url=server.url, locale="ru-RU")
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": owner.cookies[name].value, "url": server.url}])
    yield context.new_page()
    context.close()


def until(page, expression: str, seconds: float = 30) -> None:  # type: ignore[no-untyped-def]
    ends = time.monotonic() + seconds
    while True:
        try:
            if page.evaluate(expression):
                return
        except Exception:
            if time.monotonic() > ends:
                raise
        assert time.monotonic() < ends, expression
        page.wait_for_timeout(50)


def open_controlled(page) -> None:  # type: ignore[no-untyped-def]
    page.goto("/clients/")
    until(page, "navigator.serviceWorker.controller !== null")


KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys()) {
    for (const one of await (await caches.open(name)).keys()) found.push(new URL(one.url).pathname);
  }
  return found;
}"""
ICONS = """async () => {
  const manifest = await (await fetch(document.querySelector("link[rel=manifest]").href)).json();
  return Promise.all(manifest.icons.map(async (one) => (await fetch(one.src)).status));
}"""
NAMES = "caches.keys().then((names) => names.filter((one) => one !== 'voronka-language').join())"


def test_it_can_be_installed(page, server) -> None:  # type: ignore[no-untyped-def]
    open_controlled(page)
    devtools = page.context.new_cdp_session(page)
    told = devtools.send("Page.getAppManifest")
    assert told["errors"] == []
    assert "manifest.webmanifest" in told["url"]
    errors = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [one["errorId"] for one in errors if one["errorId"] != "in-incognito"] == []
    icons = page.evaluate(ICONS)
    assert set(icons) == {200}


def test_without_the_server_it_says_so_and_goes_on_by_itself(page, server) -> None:  # type: ignore[no-untyped-def]
    open_controlled(page)
    assert NAME in page.content()
    kept = page.evaluate(KEPT)
    assert len(kept) > 10
    assert all(one.startswith(("/static/", "/offline/", "/language")) for one in kept), kept
    page.evaluate("localStorage.setItem('v-draft:1:note', JSON.stringify({at: Date.now(), values: {}}))")
    port = server.url.rpartition(":")[2]
    server.stop()
    page.goto("/clients/")
    assert page.inner_text("h1") == "Нет связи с Воронкой"
    assert NAME not in page.content()
    assert page.inner_text("[data-kept] b") == "1"
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width <= 0
    assert page.evaluate("document.styleSheets[0].cssRules.length") > 0
    again = LiveServer(f"localhost:{port}")
    try:
        until(page, f"document.body.innerText.includes('{NAME}')")
    finally:
        page.goto("about:blank")
        again.stop()


def test_signing_out_leaves_nothing_but_the_shell(page, server) -> None:  # type: ignore[no-untyped-def]
    open_controlled(page)
    until(page, "caches.keys().then((names) => names.includes('voronka-language'))")
    page.goto("/account/logout/")
    with page.expect_navigation():
        page.locator("form[action*=logout] button, main form button").first.click()
    until(page, f"{NAMES}.then((names) => !names.includes(','))")
    kept = page.evaluate(KEPT)
    assert all(one.startswith(("/static/", "/offline/", "/language")) for one in kept), kept
    page.go_back()
    page.wait_for_timeout(300)
    assert NAME not in page.content()


def test_a_new_version_takes_over_and_drops_the_old_one(page, server, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    open_controlled(page)
    (before,) = [one for one in page.evaluate("caches.keys()") if one != "voronka-language"]
    text = app.worker_text()
    newer = text.replace(before.removeprefix("voronka-"), "0123456789ab")
    assert newer != text
    monkeypatch.setattr(app, "worker_text", lambda: newer)
    page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.update())")
    until(page, f"{NAMES}.then((names) => names === 'voronka-0123456789ab')")
    page.reload()
    assert NAME in page.content()
