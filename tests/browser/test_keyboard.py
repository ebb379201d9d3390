"""The workplace by keyboard: everything is reached, its focus is seen, a question takes the focus and gives it back."""

from datetime import UTC, datetime, timedelta

import pytest
from browsing import settled, until
from django.db import transaction

from voronka.accounts.models import Company
from voronka.deals.testing import make_client, make_deal, make_shop
from voronka.people.models import ContactPoint

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What shows that a control has the focus, on itself or on the box around it.
LOOK = """() => {
    const shape = (node) => { const style = getComputedStyle(node);
        const {outlineStyle, outlineWidth, boxShadow, backgroundColor, borderColor} = style;
        return [outlineStyle, outlineWidth, boxShadow, backgroundColor, borderColor].join();
    };
    const node = document.activeElement;
    const around = [node, node.parentElement, node.parentElement.parentElement, node.nextElementSibling || node];
    return around.map(shape).join("|");
}"""
STOP = """() => {
    const node = document.activeElement;
    if (!node || node === document.body) return null;
    window.stops ||= new Map();
    if (!window.stops.has(node)) window.stops.set(node, window.stops.size);
    const box = node.getBoundingClientRect();
    const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return {
        number: window.stops.get(node),
        what: node.outerHTML.slice(0, 120),
        inside: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
        covered: !!at && !node.contains(at) && !at.contains(node) && !node.labels?.[0]?.contains(at),
    };
}"""
# Controls that a person may act on, and that are to be seen.
CONTROLS = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
    .filter((node) => node.type !== "hidden" && !node.disabled && node.tabIndex >= 0)
    .filter((node) => node.checkVisibility({visibilityProperty: true}) && node.getClientRects().length)
    .map((node) => node.outerHTML.slice(0, 120))"""


@pytest.fixture
def shop():
    shop, now = make_shop(), datetime.now(UTC)
    with shop.as_(shop.cast.owner), transaction.atomic():
        Company.objects.update(call_opens_minute=0, call_closes_minute=1440)
        for name in ("Anna Smirnova", "Boris Petrov"):
            client = make_client(name)
            ContactPoint.objects.create(client=client, kind="phone", value=f"+7916123456{len(name) % 10}")
            owner = shop.cast.owner
            make_deal(owner, client=client, now=now - timedelta(hours=1), responsible_id=owner.employee_id)
    return shop


@pytest.fixture
def page(visit, shop):
    page = visit(shop.cast.owner, reduced_motion="reduce")
    page.goto("/work/")
    settled(page)
    return page


def walk(page, key: str = "Tab") -> list[dict]:
    """Go round the page by one key; return the stops, each once, with whether its focus is seen."""
    stops: list[dict] = []
    for _step in range(120):
        page.keyboard.press(key)
        stop = page.evaluate(STOP)
        if stop is None or (stops and stop["number"] == stops[0]["number"]):
            return stops
        seen = page.evaluate(LOOK)
        page.evaluate("() => { window.held = document.activeElement; window.held.blur(); }")
        stop["seen"] = seen != page.evaluate(LOOK.replace("document.activeElement", "window.held"))
        page.evaluate("() => window.held.focus({preventScroll: true, focusVisible: true})")
        stops.append(stop)
    raise AssertionError("the walk has no end: the focus is trapped")


@pytest.mark.parametrize("key", ["Tab", "Shift+Tab"])
def test_everything_is_reached_and_its_focus_is_seen(page, key):
    controls = page.evaluate(CONTROLS)
    stops = walk(page, key)
    assert [one["what"] for one in stops if not one["seen"]] == []
    assert [one["what"] for one in stops if not one["inside"] or one["covered"]] == []
    reached = {one["what"] for one in stops}
    assert [one for one in controls if one not in reached] == []


QUESTIONS = {
    "strip": ("2", "v-strip", "[data-press='2'] .v-press-do"),
    "menu": ("7", "v-menu", "[data-press='7'] .v-press-do"),
    "ask": ("6", "v-ask", "[data-press='6'] .v-press-do"),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_takes_the_focus_and_gives_it_back(page, name):
    key, element, button = QUESTIONS[name]
    page.keyboard.press(key)
    until(page, f"!!document.activeElement.closest('{element}')")
    settled(page)
    page.keyboard.press("Escape")
    until(page, f"!document.querySelector('{element}')")
    assert page.evaluate(f'document.activeElement.matches("{button}")')


def test_the_menu_of_a_press_opens_from_its_own_stop(page):
    page.focus("[data-press='1'] .v-press-more")
    page.keyboard.press("Enter")
    until(page, "!!document.activeElement.closest('[role=menuitem]')")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(
        "document.activeElement.closest('[role=menuitem]') !== document.querySelector('[role=menuitem]')"
    )
    page.keyboard.press("Escape")
    until(page, "!document.querySelector('.v-ask > *')")
    assert page.evaluate("!!document.activeElement.closest(\"[data-press='1']\")")


def test_the_palette_takes_the_focus_and_gives_it_back(page):
    page.focus("#v-note")
    page.keyboard.press("Control+k")
    until(page, "document.activeElement.matches('.v-palette-ask input')")
    page.keyboard.press("Escape")
    until(page, "document.activeElement.id === 'v-note'")


def test_after_a_press_the_keys_act_on_the_next_client(page):
    first = page.inner_text("h1")
    page.keyboard.press("5")
    until(
        page,
        f"!!document.querySelector('.v-press-do') && document.querySelector('h1').textContent.trim() !== '{first}'",
    )
    settled(page)
    page.keyboard.press("n")
    assert page.evaluate("document.activeElement.id") == "v-note"


def test_keys_are_shown_while_alt_is_held_and_begin_a_task_from_any_page(page):
    quick = page.locator(".v-quick-keys")
    assert quick.bounding_box()["width"] <= 1
    page.keyboard.down("Alt")
    until(page, "document.documentElement.dataset.hold === 'keys'")
    assert quick.bounding_box()["width"] > 100
    assert quick.inner_text().split("\n")[0].startswith("New task")
    page.keyboard.up("Alt")
    until(page, "!document.documentElement.dataset.hold")
    assert quick.bounding_box()["width"] <= 1
    page.keyboard.press("Alt+t")
    until(page, "location.pathname === '/tasks/new/'")


def test_the_palette_begins_a_task_with_the_words_that_were_typed(page):
    page.keyboard.press("Control+k")
    page.keyboard.type("Order a van")
    until(page, "[...document.querySelectorAll('[role=option]')].some((one) => one.textContent.includes('New task'))")
    settled(page)
    while "New task" not in page.locator("[role=option].is-on").inner_text():
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('input[name=title], textarea[name=title]')?.value === 'Order a van'")


def test_a_row_taken_by_keys_stays_chosen_when_a_late_answer_lays_the_rows_anew(page):
    held = []
    page.keyboard.press("Control+k")
    with page.expect_response(lambda answer: "q=Order+a+va" in answer.url):
        page.locator("v-palette input").fill("Order a va")
    until(page, "[...document.querySelectorAll('[role=option]')].some((one) => one.textContent.includes('New task'))")
    settled(page)
    page.route("**/search/**", lambda route: held.append(route))  # a bound method of a list cannot be marked
    page.keyboard.type("n")
    while not held:
        page.wait_for_timeout(20)
    while "New task" not in page.locator("[role=option].is-on").inner_text():
        page.keyboard.press("ArrowDown")
    page.evaluate("document.querySelector('[role=option]').dataset.old = ''")
    held[-1].continue_()
    until(page, "!document.querySelector('[data-old]')")
    assert "New task" in page.locator("[role=option].is-on").inner_text()
