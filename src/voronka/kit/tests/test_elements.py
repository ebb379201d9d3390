"""The elements in a real browser: keys, strip, menus, toasts, palette, drafts, clocks; phones without side scroll."""

import time

import pytest

pytestmark = pytest.mark.browser

PLACE = "document.activeElement.closest('[data-press]')?.dataset.press || document.activeElement.tagName"


def is_bad(message) -> bool:
    """Errors of scripts and of the CSP; an answer of 4xx is told to people and is no error of the page."""
    return message.type == "error" and not message.text.startswith("Failed to load resource")


@pytest.fixture
def page(chromium, live_server, settings):
    """Return a page that fails the test on any script or CSP error."""
    settings.DEBUG = True
    errors: list[str] = []
    # What goes through a service worker passes by `page.route`, and it may start in the middle of a test.
    opened = chromium.new_page(
        viewport={"width": 1440, "height": 900}, base_url=live_server.url, service_workers="block"
    )
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda message: errors.append(message.text) if is_bad(message) else None)
    yield opened
    opened.close()
    assert errors == []


def until(page, expression: str, seconds: float = 5) -> None:
    """Wait until an expression is true; Playwright's own wait would evaluate a string, which the CSP forbids."""
    ends = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < ends, expression
        page.wait_for_timeout(20)


def open_workplace(page, state="normal"):
    page.goto(f"/components/workplace?state={state}")
    until(page, "customElements.get('v-back') !== undefined && window.htmx !== undefined")


def test_a_press_that_asks_when_takes_keys_only(page):
    open_workplace(page)
    page.keyboard.press("2")
    page.wait_for_selector("v-strip")
    until(page, "document.activeElement.closest('.is-pick') !== null")
    assert page.evaluate("document.querySelector('.v-press.is-open').dataset.press") == "2"
    page.keyboard.press("ArrowRight")
    assert page.inner_text(".v-strip-needle") == "19:15"
    assert page.input_value("[data-picked]") == "2026-03-12T12:15:00.000Z"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert page.input_value("[data-picked]") == "2026-03-12T11:45:00.000Z"
    page.keyboard.press("Enter")
    page.wait_for_selector("v-toast")
    assert page.locator("v-strip").count() == 0


def test_the_needle_jumps_over_hours_when_nobody_may_be_called(page):
    open_workplace(page)
    page.keyboard.press("2")
    until(page, "document.activeElement.closest('.is-pick') !== null")
    page.keyboard.press("ArrowDown")
    # 20, 21 and the folded night are passed; the next hour that may be taken is tomorrow's first.
    assert page.input_value("[data-picked]") == "2026-03-13T02:00:00.000Z"
    page.keyboard.press("ArrowUp")
    assert page.input_value("[data-picked]") == "2026-03-12T12:45:00.000Z"


def test_a_phrase_is_understood_by_the_server_and_moves_the_needle(page):
    open_workplace(page)
    page.keyboard.press("2")
    until(page, "document.activeElement.closest('.is-pick') !== null")
    page.keyboard.press("/")
    page.keyboard.type("18 30")
    until(page, "document.querySelector('[data-picked]').value.startsWith('2026-03-12T11:30')")
    assert page.inner_text(".v-strip-needle") == "18:30"


def test_escape_closes_and_gives_the_focus_back(page):
    open_workplace(page)
    page.keyboard.press("3")
    until(page, "document.activeElement.matches('v-ask input')")
    page.keyboard.press("Escape")
    assert page.locator("v-ask").count() == 0
    assert page.evaluate(PLACE) == "3"


def test_menu_by_arrows_and_digits(page):
    open_workplace(page)
    page.focus("[data-press='1'] .v-press-more")
    page.keyboard.press("Enter")
    until(page, "document.activeElement.matches('[role=menuitem]')")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.value") == "unavailable"
    page.keyboard.press("3")
    page.wait_for_selector("v-toast")


def test_digits_in_an_input_press_nothing_and_the_draft_survives(page):
    open_workplace(page)
    page.keyboard.press("n")
    page.keyboard.type("перезвонить 1 2 3")
    page.wait_for_timeout(350)
    assert page.locator("v-strip, v-toast").count() == 0
    page.reload()
    until(page, "document.querySelector('#v-note').value === 'перезвонить 1 2 3'")
    page.focus("#v-note")
    page.keyboard.press("Enter")
    page.wait_for_selector("v-toast")
    page.reload()
    until(page, "customElements.get('v-draft') !== undefined")
    assert page.input_value("#v-note") == ""


def test_letters_go_by_the_place_of_the_key(page):
    open_workplace(page)
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'т', code: 'KeyN', bubbles: true}))"
    )
    assert page.evaluate("document.activeElement.id") == "v-note"


def test_toast_counts_down_and_z_takes_back(page):
    open_workplace(page)
    page.keyboard.press("4")
    page.wait_for_selector("v-toast .v-toast-undo")
    until(page, "Number(document.querySelector('[data-count]').textContent) <= 9")
    with page.expect_request(lambda request: request.method == "POST") as asked:
        page.keyboard.press("z")
    assert asked.value.url.endswith("/components/pressed")
    assert asked.value.headers["x-csrftoken"]


def test_palette_finds_and_chooses(page):
    open_workplace(page)
    page.keyboard.press("Control+k")
    page.keyboard.type("смир")
    # Each letter asks anew and the answer starts the list again: only after the last one a line can be chosen.
    with page.expect_response(lambda answer: "%D1%81%D0%BC%D0%B8%D1%80%D0%BD" in answer.url):
        page.keyboard.type("н")
    until(page, "document.querySelectorAll('[role=option]').length === 8")
    page.keyboard.press("ArrowDown")
    assert "Игорь" in page.inner_text(".v-found.is-on")
    page.keyboard.press("Escape")
    assert page.evaluate("document.querySelector('v-palette').hidden")


def test_a_refusal_is_told_and_the_page_stays(page):
    open_workplace(page)
    page.route(
        "**/components/pressed",
        lambda route: route.fulfill(
            status=409,
            headers={"X-Refusal": "taken"},
            body='<v-toast class="v-toast" data-still>Уже взял другой</v-toast>',
        ),
    )
    page.keyboard.press("4")
    page.wait_for_selector("#v-toasts v-toast")
    assert "Уже взял другой" in page.inner_text("#v-toasts")
    assert page.locator(".v-client").count() == 1


def test_the_clock_ticks_from_the_servers_time(page):
    open_workplace(page)
    shown = page.evaluate(
        """() => {
            const clock = document.createElement("v-clock");
            clock.className = "v-clock v-clock--day";
            Object.assign(clock.dataset, {now: "2026-03-12T16:30:00+00:00", zone: "Asia/Krasnoyarsk",
                myZone: "Europe/Moscow", from: "9", to: "20", units: "ч,мин", open: "до", shut: "не раньше"});
            clock.innerHTML = '<b data-theirs></b><b data-mine></b><b data-until></b>';
            document.body.append(clock);
            return [...clock.children].map((node) => node.textContent).concat(clock.className);
        }"""
    )
    assert shown == ["23:30", "19:30", "не раньше 9:00", "v-clock v-clock--night"]


ALL = [
    "/components/",
    *(
        f"/components/workplace?state={state}"
        for state in ("normal", "time", "outcomes", "toast", "night", "empty", "palette")
    ),
    "/components/client",
    "/components/editor",
    "/components/import",
    "/components/run",
    "/components/sign",
    "/components/404",
]


@pytest.mark.parametrize("width", [360, 768, 1024, 1280])
def test_no_page_scrolls_sideways(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    wide = []
    for address in ALL:
        page.goto(address)
        page.wait_for_load_state("load")
        if page.evaluate("document.scrollingElement.scrollWidth > innerWidth + 1"):
            wide.append(address)
    assert wide == []


def test_targets_under_the_thumb_are_large_enough(page):
    page.set_viewport_size({"width": 390, "height": 844})
    open_workplace(page)
    small = page.evaluate(
        """() => [...document.querySelectorAll(".v-bar :is(a, button), .v-top :is(a, button)")]
            .filter((node) => node.getClientRects().length && !node.matches(".v-press-more, .v-brand"))
            .filter((node) => { const box = node.getBoundingClientRect(); return box.width < 44 || box.height < 44; })
            .map((node) => node.className)"""
    )
    assert small == []
