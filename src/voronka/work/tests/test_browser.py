"""The planner and reminders in a real browser: carried by mouse and keys; told when open, after sleep, in one tab."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.test import Client as Browser

from voronka.accounts.models import Employee
from voronka.accounts.testing import actor_of, sign_in
from voronka.deals.testing import Shop, make_client, make_deal, make_shop
from voronka.kit.actors import Actor
from voronka.work import services
from voronka.work.models import Reminder, Task
from voronka.work.rules.hours import Hours

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# A zone in which it is now between 8 and 11 in the morning, so that the day is ahead, whenever the test runs.
ZONES = [f"Etc/GMT{offset:+}" for offset in range(-13, 13)]  # at any moment it is nine in one of them at least


def morning_zone(now: datetime) -> str:
    return next(zone for zone in ZONES if now.astimezone(ZoneInfo(zone)).hour == 9)


@pytest.fixture
def shop() -> Shop:
    return make_shop()


@pytest.fixture
def me(shop: Shop) -> Actor:
    """Return the manager, who works every day from 8 to 20 in a zone where it is nine in the morning."""
    zone = morning_zone(datetime.now(UTC))
    with shop.as_(shop.cast.owner), transaction.atomic():
        Employee.objects.update(zone=zone)
        services.set_week(actor=shop.cast.owner, employee_id=None, week=[Hours(480, 1200)] * 7)
    return actor_of(shop.cast.company_id, shop.cast.colleague.person_id)


@pytest.fixture
def opened(chromium, live_server, settings, me):  # type: ignore[no-untyped-def]
    """Return a maker of the manager's pages, which fail the test on an error of a script."""
    signed = sign_in(Browser(), me)
    errors: list[str] = []
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, base_url=live_server.url)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": signed.cookies[name].value, "url": live_server.url}])

    def make():  # type: ignore[no-untyped-def]
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield make
    context.close()
    assert errors == []


def planned(shop: Shop, me: Actor, hour: int, *, band: int = 0, minutes: int = 0, zone: str = "") -> Task:
    """Make a step of today at an hour of the manager's clock."""
    local = datetime.now(UTC).astimezone(me.zone)
    at = local.replace(hour=hour, minute=minutes, second=0, microsecond=0).astimezone(UTC)
    with shop.as_(me), transaction.atomic():
        client = make_client(
            "Anna Smirnova", zone=zone or me.zone.key, call_opens_minute=480, call_closes_minute=1200
        )
        deal = make_deal(me, client=client, responsible_id=me.employee_id)
        Task.objects.filter(pk=deal.open_task_id).update(band=band, ready_at=at, due_at=at + timedelta(minutes=10))
        return Task.objects.get(pk=deal.open_task_id)


def time_of(shop: Shop, me: Actor, task: Task) -> str:
    with shop.as_(me), transaction.atomic():
        return f"{Task.objects.get(pk=task.pk).ready_at.astimezone(me.zone):%H:%M}"


def until(check, seconds: float = 20) -> None:  # type: ignore[no-untyped-def]
    ends = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < ends, "it did not happen in time"
        time.sleep(0.1)


def carry(page, task: Task, cell) -> None:  # type: ignore[no-untyped-def]
    """Carry a task by the mouse to the top quarter of an hour."""
    page.wait_for_selector(f"#plan-{task.public_id}")
    start = page.locator(f"#plan-{task.public_id}").bounding_box()
    end = cell.bounding_box()
    page.mouse.move(start["x"] + 30, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(start["x"] + 40, start["y"] + 20)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 6, steps=6)


def hour_cell(page, hour: int):  # type: ignore[no-untyped-def]
    return page.locator(f"tbody tr:has(th:text-is('{hour}')) td").first


def test_a_promise_is_carried_by_the_mouse_and_put_back(opened, shop: Shop, me: Actor) -> None:  # type: ignore[no-untyped-def]
    task = planned(shop, me, 12)
    page = opened()
    page.goto("/planner/?view=day")
    carry(page, task, hour_cell(page, 15))
    assert page.locator(".v-carried p b").inner_text() == "15:00"
    page.mouse.up()
    until(lambda: time_of(shop, me, task) == "15:00")
    page.wait_for_selector(".v-toast-undo")
    page.keyboard.press("z")
    until(lambda: time_of(shop, me, task) == "12:00")


def test_keys_move_by_quarters_and_escape_leaves_it(opened, shop: Shop, me: Actor) -> None:  # type: ignore[no-untyped-def]
    task = planned(shop, me, 12)
    page = opened()
    page.goto("/planner/?view=day")
    card = page.locator(f"#plan-{task.public_id}")
    card.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowLeft"):
        page.keyboard.press(key)
    page.keyboard.press("Escape")
    time.sleep(2)
    assert time_of(shop, me, task) == "12:00"
    for key in ("ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    until(lambda: time_of(shop, me, task) == "13:15")
    # The card has the focus again, so one goes on by keys.
    until(lambda: page.evaluate("document.activeElement.id") == f"plan-{task.public_id}")


def test_a_resting_finger_carries_and_a_quick_one_does_not(opened, shop: Shop, me: Actor) -> None:  # type: ignore[no-untyped-def]
    task = planned(shop, me, 12)
    page = opened()
    hand = page.context.new_cdp_session(page)
    hand.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    page.goto("/planner/?view=day")
    page.wait_for_selector(f"#plan-{task.public_id}")

    def touch(kind: str, *points: float) -> None:
        hand.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": points[0], "y": points[1]}] if points else []},
        )

    def swipe(rest: int) -> None:
        start = page.locator(f"#plan-{task.public_id}").bounding_box()
        end = hour_cell(page, 14).bounding_box()
        x, y, goal = start["x"] + 30, start["y"] + 10, end["y"] + 6
        touch("touchStart", x, y)
        page.wait_for_timeout(rest)
        for part in range(1, 6):
            touch("touchMove", x + part, y + (goal - y) * part / 5)
            page.wait_for_timeout(30)
        touch("touchEnd")

    swipe(0)
    page.wait_for_timeout(500)
    assert time_of(shop, me, task) == "12:00"
    page.evaluate("document.querySelector('.v-week-scroll').scrollTop = 0")
    swipe(500)
    until(lambda: time_of(shop, me, task) == "14:00")


def test_a_task_without_a_time_is_carried_into_an_hour(opened, shop: Shop, me: Actor) -> None:  # type: ignore[no-untyped-def]
    task = planned(shop, me, 8, band=3)
    page = opened()
    page.goto("/planner/")
    cell = page.locator("td.is-today[data-start]:not(.is-gone)").nth(3)
    hour = cell.evaluate("cell => cell.closest('tr').querySelector('th').textContent")
    carry(page, task, cell)
    page.mouse.up()
    until(lambda: time_of(shop, me, task) == f"{int(hour):02}:00")
    with shop.as_(me), transaction.atomic():
        assert Task.objects.get(pk=task.pk).band == 2


def test_quiet_hours_are_asked_about(opened, shop: Shop, me: Actor) -> None:  # type: ignore[no-untyped-def]
    far = datetime.now(UTC).astimezone(me.zone).utcoffset() or timedelta()
    hours = int(far.total_seconds() // 3600) + 6
    hours = hours - 24 if hours > 14 else hours
    task = planned(shop, me, 11, zone=f"Etc/GMT{-hours:+d}")
    page = opened()
    page.goto("/planner/?view=day")
    carry(page, task, hour_cell(page, 17))
    page.mouse.up()
    page.wait_for_selector("[data-quiet-ask]")
    assert time_of(shop, me, task) == "11:00"
    page.locator("[data-quiet-ask] form").nth(1).locator("button").click()
    until(lambda: time_of(shop, me, task) == "17:00")


def remind(shop: Shop, me: Actor, text: str) -> Reminder:
    now = datetime.now(UTC)
    with shop.as_(me), transaction.atomic():
        return services.remind_me(actor=me, text=text, at=now, now=now)


def test_a_reminder_comes_into_an_open_page_after_sleep_and_lost_connection(opened, shop: Shop, me: Actor) -> None:  # type: ignore[no-untyped-def]
    page = opened()
    page.goto("/planner/")
    page.wait_for_selector("v-reminders > div", state="attached")
    first = remind(shop, me, "Told at once")
    page.evaluate("document.dispatchEvent(new CustomEvent('live:reminder'))")
    page.wait_for_selector(f".v-reminder[data-id='{first.public_id}']")
    assert page.locator("[data-bell-count]").inner_text() == "1"
    # The connection is lost for an hour: nothing is told, and nothing is lost. What is on its way would still come.
    until(lambda: page.evaluate("(({ asking, timer }) => !asking && !timer)(document.querySelector('v-reminders'))"))
    page.context.set_offline(True)
    second = remind(shop, me, "While away")
    page.evaluate("document.dispatchEvent(new CustomEvent('live:reminder'))")
    page.wait_for_timeout(400)
    assert page.locator(".v-reminder").count() == 1
    page.context.set_offline(False)
    page.wait_for_selector(f".v-reminder[data-id='{second.public_id}']")
    # The tab slept: on waking it looks by itself.
    third = remind(shop, me, "While asleep")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_selector(f".v-reminder[data-id='{third.public_id}']")
    page.goto("/tasks/")
    page.wait_for_selector(f".v-reminder[data-id='{third.public_id}']")


def test_a_snooze_is_one_press_and_all_tabs_agree(opened, shop: Shop, me: Actor) -> None:  # type: ignore[no-untyped-def]
    row = remind(shop, me, "Look")
    page, other = opened(), opened()
    for one in (page, other):
        one.goto("/planner/")
        one.wait_for_selector(f".v-reminder[data-id='{row.public_id}']")
    page.locator(".v-reminder button[value='10m']").click()
    until(lambda: page.locator(".v-reminder").count() == 0)
    until(lambda: other.locator(".v-reminder").count() == 0)
    with shop.as_(me), transaction.atomic():
        kept = Reminder.objects.get(pk=row.pk)
        assert (kept.snoozed, kept.done_at) == (1, None)
        assert timedelta(minutes=9) < kept.due_at - datetime.now(UTC) <= timedelta(minutes=10)


def test_a_hidden_page_rings_and_shows_a_notice_of_the_browser(opened, shop: Shop, me: Actor) -> None:  # type: ignore[no-untyped-def]
    page = opened()
    page.add_init_script(
        """window.told = []; window.rung = [];
        window.Notification = class {
            static permission = "granted";
            constructor(what, more) { window.told.push([what, more.tag]); }
            close() {}
        };
        window.Audio = class {
            constructor(address) { window.rung.push(address); }
            play() { return Promise.resolve(); }
        };
        Object.defineProperty(document, "hidden", {get: () => true});"""
    )
    page.goto("/planner/")
    page.wait_for_selector("v-reminders > div", state="attached")
    row = remind(shop, me, "Call the bank")
    page.evaluate("document.dispatchEvent(new CustomEvent('live:reminder'))")
    until(lambda: page.evaluate("window.told.length") == 1)
    ((what, tag),) = page.evaluate("window.told")
    assert ("Call the bank" in what, tag) == (True, row.public_id)
    (rung,) = page.evaluate("window.rung")
    assert rung.endswith(".wav")
    assert page.evaluate("fetch(window.rung[0]).then((answer) => answer.status)") == 200


def test_one_tab_of_several_speaks(opened, shop: Shop, me: Actor) -> None:  # type: ignore[no-untyped-def]
    pages = [opened() for _ in range(3)]
    for page in pages:
        page.add_init_script(
            "window.spoke = []; addEventListener('v-reminders:spoke', (event) => window.spoke.push(event.detail.id))"
        )
        page.goto("/planner/")
        page.wait_for_selector("v-reminders > div", state="attached")
    row = remind(shop, me, "Spoken once")
    for page in pages:
        page.evaluate("document.dispatchEvent(new CustomEvent('live:reminder'))")
    for page in pages:
        page.wait_for_selector(f".v-reminder[data-id='{row.public_id}']")

    def spoken() -> list[str]:
        return [one for page in pages for one in page.evaluate("window.spoke")]

    until(lambda: spoken() == [row.public_id])
    pages[0].wait_for_timeout(800)
    assert spoken() == [row.public_id]


@pytest.mark.parametrize("address", ["/planner/", "/planner/?view=day", "/tasks/", "/tasks/new/", "/reminders/"])
def test_pages_fit_a_narrow_phone(opened, shop: Shop, me: Actor, address: str) -> None:  # type: ignore[no-untyped-def]
    planned(shop, me, 12)
    remind(shop, me, "Fits")
    page = opened()
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_on_a_phone_a_reminder_leaves_the_clients_name_and_clock_in_sight(opened, shop: Shop, me: Actor) -> None:  # type: ignore[no-untyped-def]
    planned(shop, me, 9)
    remind(shop, me, "Отправить договор с подписью и печатью, и спросить о сроках поставки второй партии " * 2)
    page = opened()
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/work/")
    page.wait_for_selector(".v-reminder")
    seen = """(selector) => {
      const box = document.querySelector(selector).getBoundingClientRect();
      return [0.1, 0.5, 0.9].every((at) => {
        const found = document.elementFromPoint(box.left + box.width * at, box.top + box.height / 2);
        return !!found?.closest(selector) || !!found?.contains(document.querySelector(selector));
      });
    }"""
    # The card slides in, and its block may be drawn anew meanwhile.
    for part in (".v-client-name", ".v-clock-time", ".v-clock .v-scale-hand"):
        page.wait_for_function(seen, arg=part)
    page.wait_for_function("""() => {
      const [card, bar] = [".v-reminder", ".v-bar"].map((one) => document.querySelector(one)?.getBoundingClientRect());
      return card?.height > 0 && bar?.height > 0 && card.bottom <= bar.top + 0.5;
    }""")
    assert page.locator(".v-scale-hand .v-scale-work").count() > 0
    page.evaluate("document.querySelector('.v-reminders').style.bottom = 'auto'")
    page.evaluate("document.querySelector('.v-reminders').style.top = '60px'")
    assert not page.evaluate(seen, ".v-clock-time"), "the control: where it stood, it covers the clock"
