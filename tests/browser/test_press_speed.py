"""A press answers on the screen within 100 ms on a phone whose processor is four times slower.

Measured by the browser: from the moment of the key or of the lifted finger to the frame that shows the first visible
answer. The best of several is judged: the others say how busy the machine is.
"""

from datetime import UTC, datetime

import pytest
from browsing import PHONE, settled, until
from django.db import transaction

from voronka.deals.testing import Shop, make_client, make_deal, make_shop
from voronka.people.models import ContactPoint

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SLOWER, TURNS, LIMIT_MS = 4, 8, 100
# The browser itself says how long an input waited for the frame in which its handlers' work was painted (Event Timing).
# `seen` must stand in the page before the handlers of that input have ended, so that this frame shows it.
WATCH = """([kind, seen]) => {
    window.took = null;
    let stood = 0;
    const look = () => { if (!stood && document.querySelector(seen)) stood = performance.now(); };
    const changes = new MutationObserver(look);
    changes.observe(document.body, { subtree: true, childList: true, attributes: true });
    const events = new PerformanceObserver((list) => {
        for (const one of list.getEntries()) {
            if (one.name !== kind || !stood || stood > one.processingEnd + 1) continue;
            window.took = one.duration;
            events.disconnect();
            changes.disconnect();
        }
    });
    events.observe({ type: "event", durationThreshold: 16 });
}"""
# The press bar's own state: the press is marked as taken. The next client, drawn from memory, comes right behind.
TAKEN = ".v-press[aria-busy=true]"


@pytest.fixture
def shop() -> Shop:
    """A shop with clients who may be called at any hour, one for each turn and some to draw ahead."""
    shop, now = make_shop(), datetime.now(UTC)
    with shop.as_(shop.cast.owner) as owner, transaction.atomic():
        for number in range(TURNS * 2 + 4):
            client = make_client(f"Анна {number}", zone="Europe/Moscow", call_opens_minute=0, call_closes_minute=1440)
            ContactPoint.objects.create(client=client, kind="phone", value=f"+7916123{number:04}")
            make_deal(owner, client=client, responsible_id=owner.employee_id, now=now)
    return shop


@pytest.fixture
def page(visit, shop: Shop):
    page = visit(shop.cast.owner, viewport=PHONE, has_touch=True, is_mobile=True)
    page.goto("/work/")
    settled(page)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return page


def measured(page, kind: str, seen: str, act) -> float:
    """Return the milliseconds from the input to the painted answer of one press."""
    page.evaluate(WATCH, [kind, seen])
    act()
    until(page, "window.took !== null")
    return float(page.evaluate("window.took"))


def nothing(page) -> float:
    """Return the milliseconds of an answer that costs nothing, on this machine at this moment."""
    page.evaluate("""document.addEventListener("keydown", (event) => {
        const until = performance.now() + 20; while (performance.now() < until) { /* no less is told of */ }
        document.body.dataset.empty = String(event.timeStamp); }, { once: true })""")
    page.evaluate("delete document.body.dataset.empty")
    return measured(page, "keydown", "body[data-empty]", lambda: page.keyboard.press("F9"))


def judge(page, turn) -> list[tuple[float, float]]:
    """Take turns until one is in time; return what was found, (a press, an empty answer beside it) a turn.

    A machine that is busy otherwise makes both late: what an empty answer took at best is given to the press as well.
    """
    found: list[tuple[float, float]] = []
    for number in range(TURNS):
        empty = nothing(page)
        found.append((turn(number), empty))
        if in_time(found):
            break
    return found


def in_time(found: list[tuple[float, float]]) -> bool:
    return min(one for one, _empty in found) < LIMIT_MS + min(empty for _one, empty in found)


def ready(page) -> None:
    """Wait until a client is given and the next one lies ready."""
    until(page, "!document.querySelector('[inert]') && !!document.querySelector('v-ahead')?.page", seconds=30)
    settled(page)


def test_a_press_that_ends_a_talk_answers_within_a_tenth_of_a_second(page) -> None:
    def turn(number: int) -> float:
        ready(page)
        name = page.evaluate("document.querySelector('.v-client-name').textContent")
        by_key = number % 2
        press = page.locator(".v-press[data-press='1'] .v-press-do")
        act = (lambda: page.keyboard.press("1")) if by_key else press.tap
        took = measured(page, "keydown" if by_key else "click", TAKEN, act)
        until(page, f"document.querySelector('.v-client-name')?.textContent !== {name!r}", seconds=30)
        return took

    found = judge(page, turn)
    assert in_time(found), found


def test_a_press_that_asks_first_answers_within_a_tenth_of_a_second(page) -> None:
    def turn(number: int) -> float:
        settled(page)
        asks = page.locator(".v-press[data-press='2'] .v-press-do")
        took = measured(page, "click", ".v-press[data-press='2'][aria-busy=true]", asks.tap)
        until(page, "!!document.querySelector('#v-ask > *')", seconds=30)
        settled(page)
        page.keyboard.press("Escape")
        until(page, "!document.querySelector('#v-ask > *')")
        return took

    found = judge(page, turn)
    assert in_time(found), found


def test_control_a_page_that_holds_the_answer_up_is_found_out(page) -> None:
    ready(page)
    empty = min(nothing(page) for _turn in range(3))
    page.evaluate("""document.addEventListener("keydown", () => {
        const ends = performance.now() + 250; while (performance.now() < ends) { /* busy */ } }, { capture: true })""")
    assert measured(page, "keydown", TAKEN, lambda: page.keyboard.press("1")) > LIMIT_MS + empty
