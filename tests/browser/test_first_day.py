"""The first day: an empty company, a real messy file, twenty clients by keyboard alone, three presses taken back.

What was pressed is counted by the fingers, and has to be what the event log holds in the end.
"""

import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client as Browser
from playwright.sync_api import Error

from voronka.accounts.models import Company
from voronka.accounts.testing import make_company, sign_in
from voronka.deals import services as deals
from voronka.deals.events import ButtonPressed, PressUndone
from voronka.deals.models import Deal
from voronka.deals.services.shipped import ship
from voronka.kit.tenancy import company_context
from voronka.people.models import Client
from voronka.people.services import imports

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FILE = Path(__file__).parents[2] / "src/voronka/people/tests/data/contacts_messy/clients_cp1251.csv"

# What is pressed, in turn: button, outcome as the log names it, keys after the button's own.
WAYS = {
    "no answer": ("miss", "silent", "1", []),
    "busy": ("miss", "busy", "menu 1", ["3"]),
    "call back": ("back", "later", "2", ["strip", "Enter"]),
    "call back in an hour": ("back", "later", "2", ["strip", "2"]),
    "forward": ("next", "next", "3", []),
    "meeting": ("meet", "meet", "4", ["strip", "/", "type завтра в 15", "Enter"]),
    "thinking": ("think", "think", "5", []),
    "paid": ("paid", "paid", "6", ["ask", "type 15000", "Enter"]),
    "refused": ("refuse", "refuse", "7", ["menu", "2"]),
    "wrong number": ("refuse", "wrong", "menu 7", ["2"]),
}
DAY = [*WAYS, *WAYS]
# How a question shows that it has taken the focus.
ASKS = {
    "strip": "!!document.activeElement.closest('v-strip')",
    "menu": "!!document.activeElement.closest('[role=menuitem]')",
    "ask": "document.activeElement.matches('v-ask input')",
}
UNDONE = {2, 9, 14}  # turns after which the press is taken back, and another button pressed instead


@pytest.fixture
def company(tmp_path, settings):
    """Return an empty company whose clients may be called around the clock, so that the test runs at any hour."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files", "base_url": None},
        },
    }
    cast = make_company()
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        Company.objects.update(call_opens_minute=0, call_closes_minute=1440)
        ship(actor=cast.owner, now=datetime.now(UTC))
        assert not Client.objects.exists()
    return cast


@pytest.fixture
def page(chromium, live_server, company):
    """Return the owner's page; an error of a script or of the CSP fails the test."""
    signed = sign_in(Browser(), company.owner)
    errors: list[str] = []
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, base_url=live_server.url)
    context.add_cookies([{"name": "sessionid", "value": signed.cookies["sessionid"].value, "url": live_server.url}])
    opened = context.new_page()
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert errors == []


def until(page, expression: str, seconds: float = 20) -> None:
    """Wait until an expression is true; Playwright's own wait would evaluate a string, which the CSP forbids."""
    ends = time.monotonic() + seconds
    while not holds(page, expression):
        assert time.monotonic() < ends, expression
        page.wait_for_timeout(25)


def holds(page, expression: str) -> bool:
    """Evaluate on the page; while it goes over to another page nothing holds: a key may also submit a plain form."""
    try:
        return bool(page.evaluate(expression))
    except Error as error:
        if "context was destroyed" in str(error) or "navigation" in str(error):
            return False
        raise


def ready(page, done: int) -> None:
    """Wait until the desk of a client is there with so many presses done, and its keys act."""
    until(page, f"document.querySelector('.v-queue b')?.textContent === '{done}'")
    until(page, "!!customElements.get('v-back') && !!window.htmx && !document.querySelector('.htmx-request')")
    until(page, "!!document.querySelector('.v-press-do') && !document.querySelector('.v-ask > *')")
    settled(page)


def settled(page) -> None:
    """Wait until what came is in the hands of the script: a key in the very frame of its coming submits as a form."""
    until(page, "!document.querySelector('.htmx-added, .htmx-settling, .htmx-swapping, .htmx-request')")
    page.wait_for_timeout(30)


def press(page, way: str) -> None:
    """Press a button and answer what it asks, by keys alone."""
    _button, _outcome, key, answers = WAYS[way]
    if key.startswith("menu "):
        reach(page, f"[data-press='{key[-1]}'] .v-press-more")
        page.keyboard.press("Enter")
        until(page, "!!document.activeElement.closest('[role=menuitem]')")
    else:
        page.keyboard.press(key)
        settled(page)
    for answer in answers:
        if answer in ASKS:
            until(page, ASKS[answer])
            settled(page)
            if answer == "ask":
                page.keyboard.press("Control+a")
        elif answer.startswith("type "):
            page.keyboard.type(answer.removeprefix("type "))
        else:
            page.keyboard.press(answer)


def reach(page, selector: str) -> None:
    """Go to a control by the Tab key, as one who has no mouse."""
    for _step in range(80):
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is out of the reach of the Tab key")


def logged(company, name: str) -> list[tuple[str, str]]:
    """Return button and outcome of the events of one name."""
    with company_context(company.company_id), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT payload->>'button', payload->>'outcome' FROM kit_event WHERE name = %s", [name])
        return list(cursor.fetchall())


def load_file(company) -> None:
    """Load the file as it is, then open a deal for each of thirty clients, the next to be called first."""
    now = datetime.now(UTC)
    run = imports.import_file(actor=company.owner, path=FILE, now=now)
    assert run.state == "done"
    with company_context(company.company_id, employee_id=company.owner.employee_id), transaction.atomic():
        made = list(Client.objects.order_by("id").values_list("id", flat=True)[:30])
        assert len(made) == 30
        for client_id in made:
            deals.open_deal(actor=company.owner, client_id=client_id, now=now, source="import")


def test_twenty_clients_by_keyboard(page, company):
    load_file(company)
    page.goto("/work/")
    pressed: Counter[tuple[str, str]] = Counter()
    taken_back = done = 0
    seen = set()
    for turn, way in enumerate(DAY):
        ready(page, done)
        seen.add(page.inner_text("h1"))
        if turn in UNDONE:
            other = "thinking" if way != "thinking" else "no answer"
            name = page.inner_text("h1")
            press(page, other)
            pressed[WAYS[other][:2]] += 1
            ready(page, done + 1)
            page.keyboard.press("z")
            ready(page, done)
            taken_back += 1
            assert page.inner_text("h1") == name, "the client of the press is back"
        press(page, way)
        pressed[WAYS[way][:2]] += 1
        done += 1
    ready(page, done)
    assert len(seen) == len(DAY), "every turn brought another client"
    assert Counter(logged(company, ButtonPressed.name())) == pressed
    assert len(logged(company, PressUndone.name())) == taken_back == len(UNDONE)
    with company_context(company.company_id), transaction.atomic():
        states = Counter(Deal.objects.values_list("state", flat=True))
    assert (states["won"], states["lost"], states["open"]) == (2, 4, 24)
