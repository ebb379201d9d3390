"""The first day: an empty company, a real messy file, twenty clients by keyboard alone, three presses taken back.

What was pressed is counted by the fingers, and has to be what the event log holds in the end.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from browsing import eventually, reach, settled, until, worker
from django.db import connection, transaction

from voronka.accounts.models import Company
from voronka.accounts.testing import make_company
from voronka.deals.events import ButtonPressed, PressUndone
from voronka.deals.models import Deal
from voronka.deals.services.shipped import ship
from voronka.kit.tenancy import company_context
from voronka.people.models import Client, ImportRow, ImportRun
from voronka.work.models import DayOff

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

FILE = Path(__file__).parents[2] / "src/voronka/people/tests/data/contacts_messy/clients_cp1251.csv"
COLUMNS = ["", "name", "phone", "email", "city", "birthday", "purchases_sum", "comment"]

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
def company():
    """Return an empty company that works today and may call around the clock, so that the test runs at any hour."""
    cast, now = make_company(), datetime.now(UTC)
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        Company.objects.update(call_opens_minute=0, call_closes_minute=1440)
        for day in range(-1, 2):
            DayOff.objects.create(on=(now + timedelta(days=day)).date(), works=True)
        ship(actor=cast.owner, now=now)
        assert not Client.objects.exists()
    return cast


def inside(company):
    return company_context(company.company_id, employee_id=company.owner.employee_id)


def test_a_first_day(visit, company, tmp_path):
    page = visit(company.owner)
    with worker(tmp_path / "worker.log"):
        load_file(page, company)
        answer_a_question(page, company)
        put_into_pipeline(page, company)
    work_through(page, company)


def load_file(page, company) -> None:
    """Load the file by the wizard: chosen, columns confirmed, checked, run."""
    page.goto("/clients/import/")
    settled(page)
    page.set_input_files("input[type=file]", FILE)
    reach(page, ".v-take .v-act--main")
    page.keyboard.press("Enter")
    until(page, "!!document.querySelector('#columns')")
    settled(page)
    known = page.evaluate("[...document.querySelectorAll('[data-column]')].map((one) => one.value)")
    assert known == COLUMNS, "every column is recognised"
    page.keyboard.press("Enter")
    until(page, "!!document.querySelector('form#start')", 60)
    settled(page)
    with inside(company), transaction.atomic():
        assert not Client.objects.exists(), "nothing is written before the check has been seen"
    page.keyboard.press("Enter")
    until(page, "!!document.querySelector('a[href$=\"questions\"]')", 120)
    with inside(company), transaction.atomic():
        run = ImportRun.objects.get()
        assert (run.state, run.total) == ("done", 2933)
        assert Client.objects.count() == run.made > 1500
        assert ImportRow.objects.filter(outcome="rejected").count() == run.rejected > 0
        assert run.asked > 0


def answer_a_question(page, company) -> None:
    """Answer one question by its key; the rest is left for later and hinders nothing."""
    with inside(company), transaction.atomic():
        asked = ImportRun.objects.get().asked
    settled(page)
    page.keyboard.press("Enter")
    until(page, "location.pathname.endsWith('/questions')")
    settled(page)
    page.keyboard.press("1")
    eventually(lambda: questions(company) == asked - 1)
    assert questions(company) > 0
    page.goto(page.url.removesuffix("questions"))


def questions(company) -> int:
    with inside(company), transaction.atomic():
        return ImportRow.objects.filter(outcome="asked").count()


def put_into_pipeline(page, company) -> None:
    """Take the offer that the result makes: a deal for each new client, all for today."""
    until(page, "!!document.querySelector('#v-import-offer form')")
    settled(page)
    page.select_option("#v-import-offer [name=pipeline]", index=0)
    page.fill("#v-import-offer [name=days]", "1")
    reach(page, "#v-import-offer .v-act--main")
    page.keyboard.press("Enter")
    until(page, "!!document.querySelector('#v-import-offer') && !document.querySelector('#v-import-offer form')")
    with inside(company), transaction.atomic():
        made = Client.objects.count()
    eventually(lambda: deals(company).total() == made, 180)


def deals(company) -> Counter[str]:
    with inside(company), transaction.atomic():
        return Counter(Deal.objects.values_list("state", flat=True))


def work_through(page, company) -> None:
    """Work through twenty clients by keyboard, take three presses back, count what was pressed."""
    page.goto("/work/")
    pressed: Counter[tuple[str, str]] = Counter()
    taken_back = 0
    opened = deals(company)["open"]
    seen = set()
    for turn, way in enumerate(DAY):
        ready(page, turn)
        name = page.inner_text("h1")
        seen.add(page.evaluate("document.querySelector('v-lease').dataset.url"))
        if turn in UNDONE:
            other = "thinking" if way != "thinking" else "no answer"
            press(page, other)
            pressed[WAYS[other][:2]] += 1
            ready(page, turn + 1)
            page.keyboard.press("z")
            ready(page, turn)
            taken_back += 1
            assert page.inner_text("h1") == name, "the client of the press is back"
        press(page, way)
        pressed[WAYS[way][:2]] += 1
    ready(page, len(DAY))
    assert len(seen) == len(DAY), "every turn brought another client"
    assert Counter(logged(company, ButtonPressed.name())) == pressed
    assert len(logged(company, PressUndone.name())) == taken_back == len(UNDONE)
    assert deals(company) == {"won": 2, "lost": 4, "open": opened - 6}


def ready(page, done: int) -> None:
    """Wait until the desk of a client is there with so many presses done, and its keys act."""
    until(page, f"document.querySelector('.v-queue b')?.textContent === '{done}'")
    until(page, "!!document.querySelector('.v-press-do') && !document.querySelector('.v-ask > *')")
    settled(page)


def press(page, way: str) -> None:
    """Press a button and answer what it asks, by keys alone."""
    _button, _outcome, key, answers = WAYS[way]
    if key.startswith("menu "):
        reach(page, f"[data-press='{key[-1]}'] .v-press-more")
        page.keyboard.press("Enter")
        until(page, ASKS["menu"])
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


def logged(company, name: str) -> list[tuple[str, str]]:
    """Return button and outcome of the events of one name."""
    with inside(company), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT payload->>'button', payload->>'outcome' FROM kit_event WHERE name = %s", [name])
        return list(cursor.fetchall())
