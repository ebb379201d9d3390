"""Playwright's event loop stays out of sight: the database and loops of other tests are as without a browser."""

import asyncio

import pytest
from django.db import connection, transaction
from playwright.sync_api import Error

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def loop_is_hidden() -> bool:
    return asyncio._get_running_loop() is None


def refused(page) -> None:
    with pytest.raises(Error):
        page.evaluate("nothing.at.all")


def test_no_call_leaves_the_loop_in_sight(visit, live_server):
    before = connection.connection
    page = visit()
    heard: list[str] = []
    page.on("request", lambda request: heard.append(request.url))
    calls = {
        "goto": lambda: page.goto("/start/"),
        "a property": lambda: page.keyboard.press("Tab"),
        "a locator": lambda: page.locator("input").first.count(),
        "a handle": lambda: page.query_selector("form").inner_text(),
        "a route": lambda: page.route("**/nowhere", lambda route: route.fulfill(body="made up")),
        "a call in a handler": lambda: page.evaluate("fetch('/nowhere').then((answer) => answer.text())"),
        "a refusal": lambda: refused(page),
        "a pause": lambda: page.wait_for_timeout(5),
    }
    for name, call in calls.items():
        call()
        assert loop_is_hidden(), name
    with page.expect_response("**/start/") as answered:
        assert loop_is_hidden()
        page.reload()
        assert loop_is_hidden()
    assert answered.value.status == 200
    assert loop_is_hidden()
    assert heard
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert before is None or connection.connection is before, "one thread, one connection"
    assert asyncio.run(asyncio.sleep(0, "done")) == "done"
