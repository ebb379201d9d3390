"""Moving tasks, taking them over, and what the planner's pages show."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from voronka.accounts.models import Employee
from voronka.accounts.testing import add_person, sign_in
from voronka.deals.models import Deal
from voronka.deals.testing import NOON, Shop, make_client, make_deal, make_shop, press
from voronka.kit import timeline
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Denied, Invalid, NotFound
from voronka.kit.models import EventRow
from voronka.work import queries, services
from voronka.work.models import DayOff, Task
from voronka.work.queries import planner as plans
from voronka.work.rules.hours import Hours
from voronka.work.services import planning

PLANNER_QUESTIONS = 21

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return make_shop()


def promised(actor: Actor, at: datetime, name: str = "Anna Smirnova", **client: object) -> Task:
    """Make a client in Krasnoyarsk whom the actor has promised a call."""
    deal = make_deal(actor, client=make_client(name, **client), responsible_id=actor.employee_id)
    press(actor, deal, "back", at=at.isoformat())
    return Task.objects.select_related("pool", "employee").get(is_open=True, subject_id=deal.pk)


def step(actor: Actor, at: datetime, name: str = "Boris") -> Task:
    """Make a dated step that nobody promised."""
    deal = make_deal(actor, client=make_client(name, zone="Europe/Moscow"), responsible_id=actor.employee_id)
    Task.objects.filter(pk=deal.open_task_id).update(band=2, ready_at=at)
    return Task.objects.get(pk=deal.open_task_id)


def test_a_promise_moves_and_stays_a_promise(shop: Shop) -> None:
    with shop.as_(shop.cast.colleague) as me:
        task = promised(me, NOON + timedelta(hours=1))
        moved = services.reschedule_task(
            actor=me, public_id=task.public_id, at=NOON + timedelta(hours=2, minutes=15), now=NOON
        )
        task.refresh_from_db()
        assert (task.band, task.ready_at) == (0, NOON + timedelta(hours=2, minutes=15))
        assert task.due_at == task.ready_at + timedelta(minutes=10)
        assert moved.was_at == NOON + timedelta(hours=1)
        assert Deal.objects.get(open_task=task).open_task_id == task.pk
        event = EventRow.objects.get(name="work.TaskRescheduled")
        assert (event.client_id, event.payload["promised"]) == (task.client_id, True)
        told = timeline.read(task.client_id or 0, actor=me, now=NOON, tab="tasks")
        assert len(told.days[0].entries) == 1


def test_undo_gives_back_everything(shop: Shop) -> None:
    with shop.as_(shop.cast.colleague) as me:
        task = step(me, NOON - timedelta(days=3))
        Task.objects.filter(pk=task.pk).update(band=3, due_at=None)
        before = Task.objects.filter(pk=task.pk).values("band", "ready_at", "due_at", "window_id").get()
        moved = services.reschedule_task(actor=me, public_id=task.public_id, at=NOON + timedelta(hours=1), now=NOON)
        assert moved.task.band == 2
        services.undo_reschedule(actor=me, undo=moved.undo, now=NOON)
        assert Task.objects.filter(pk=task.pk).values("band", "ready_at", "due_at", "window_id").get() == before
        with pytest.raises(Conflict, match="since"):
            services.undo_reschedule(actor=me, undo=moved.undo, now=NOON)
        with pytest.raises(Conflict, match="no longer"):
            services.undo_reschedule(actor=me, undo=moved.undo[:-2] + "xx", now=NOON)


def test_undo_leaves_the_deadline_that_was_set_since(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        draft = services.TaskDraft("Send", owner.person_id, NOON + timedelta(days=1))
        task = services.set_task(actor=owner, draft=draft, now=NOON)
        moved = services.reschedule_task(
            actor=owner, public_id=task.public_id, at=NOON + timedelta(hours=2), now=NOON
        )
        later = NOON + timedelta(days=3)
        services.change_task(
            actor=owner, public_id=task.public_id, title="Send", why="", due_at=later, employee_id=owner.person_id,
            high=False, now=NOON,
        )  # fmt: skip
        back = services.undo_reschedule(actor=owner, undo=moved.undo, now=NOON)
        assert (back.ready_at, back.due_at) == (NOON, later)


def test_undo_is_for_him_who_moved(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        task = step(shop.cast.colleague, NOON + timedelta(hours=1))
        at = NOON + timedelta(hours=2)
        moved = services.reschedule_task(actor=owner, public_id=task.public_id, at=at, now=NOON)
        with pytest.raises(NotFound):
            services.undo_reschedule(actor=shop.cast.colleague, undo=moved.undo, now=NOON)
        assert Task.objects.get(pk=task.pk).ready_at == at


def test_quiet_hours_need_the_clients_own_wish(shop: Shop) -> None:
    night = NOON + timedelta(hours=6)  # 22:00 in Krasnoyarsk
    with shop.as_(shop.cast.colleague) as me:
        task = promised(me, NOON + timedelta(hours=1))
        with pytest.raises(services.QuietHours) as refused:
            services.reschedule_task(actor=me, public_id=task.public_id, at=night, now=NOON)
        assert Task.objects.get(pk=task.pk).ready_at == NOON + timedelta(hours=1)
        better = refused.value.proposal
        services.reschedule_task(actor=me, public_id=task.public_id, at=better, now=NOON)
        assert Task.objects.select_related("window").get(pk=task.pk).window.zone == "Asia/Krasnoyarsk"
        services.reschedule_task(actor=me, public_id=task.public_id, at=night, now=NOON, agreed=True)
        moved = Task.objects.select_related("window").get(pk=task.pk)
        assert (moved.band, moved.window.opens_minute, moved.window.closes_minute) == (0, 0, 1440)


@pytest.mark.parametrize("hours", [-1, 24 * 500])
def test_a_time_gone_by_or_too_far_is_refused(shop: Shop, hours: int) -> None:
    with shop.as_(shop.cast.colleague) as me:
        task = step(me, NOON + timedelta(hours=1))
        with pytest.raises(Invalid):
            services.reschedule_task(
                actor=me, public_id=task.public_id, at=NOON + timedelta(hours=hours), now=NOON, agreed=True
            )
        assert Task.objects.get(pk=task.pk).ready_at == NOON + timedelta(hours=1)


def test_only_within_reach_and_only_open(shop: Shop) -> None:
    other = add_person(shop.cast.owner, "manager")
    with shop.as_(shop.cast.colleague) as me:
        deal = make_deal(me, responsible_id=me.employee_id)
        task = Task.objects.get(pk=deal.open_task_id)
    with shop.as_(other), pytest.raises(NotFound):
        services.reschedule_task(actor=other, public_id=task.public_id, at=NOON + timedelta(hours=2), now=NOON)
    with shop.as_(shop.cast.colleague) as me:
        press(me, deal, "miss", "busy")
        with pytest.raises(Conflict):
            services.reschedule_task(actor=me, public_id=task.public_id, at=NOON + timedelta(hours=2), now=NOON)
        assert Task.objects.get(pk=task.pk).closed_by_id == me.employee_id


def test_a_client_in_a_colleagues_hands_is_not_moved(shop: Shop) -> None:
    with shop.as_(shop.cast.colleague) as me:
        task = step(me, NOON + timedelta(hours=1))
        assert services.hold(actor=shop.cast.owner, task_id=task.pk, client_id=task.client_id or 0, now=NOON)
        with pytest.raises(Conflict, match="talking"):
            services.reschedule_task(actor=me, public_id=task.public_id, at=NOON + timedelta(hours=2), now=NOON)


def test_taking_over_passes_deals_but_no_promises(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        mate = shop.cast.colleague
        plain = step(mate, NOON + timedelta(hours=2))
        kept = promised(mate, NOON + timedelta(hours=1))
        taken = services.take_over(
            actor=owner,
            from_employee_id=mate.person_id,
            public_ids=[plain.public_id, kept.public_id, "nonsense"],
            now=NOON,
        )
        assert [one.pk for one in taken.taken] == [plain.pk]
        assert [one.pk for one in taken.left] == [kept.pk]
        deal = Deal.objects.get(open_task=plain)
        assert deal.responsible_id == owner.employee_id
        assert Task.objects.get(pk=plain.pk).employee_id == owner.employee_id
        assert Task.objects.get(pk=kept.pk).employee_id == mate.employee_id
        assert EventRow.objects.filter(name="deals.ResponsibleChanged").count() == 1


def test_one_that_was_done_meanwhile_stays_and_the_rest_passes_over(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A press between the choice and the lock closes a task and sets another step: that one is not taken instead."""
    mate = shop.cast.colleague
    with shop.as_(mate):
        first, second = step(mate, NOON + timedelta(hours=1)), step(mate, NOON + timedelta(hours=2), "Vera")
        deal = Deal.objects.get(open_task=first)
    pass_over = planning._pass_over

    def pressed_first(task: Task, *, actor: Actor, now: datetime) -> None:
        if task.pk == first.pk:
            press(mate, deal, "miss", "busy")
        pass_over(task, actor=actor, now=now)

    monkeypatch.setattr(planning, "_pass_over", pressed_first)
    with shop.as_(shop.cast.owner) as owner:
        done = services.take_over(
            actor=owner,
            from_employee_id=mate.person_id,
            public_ids=[first.public_id, second.public_id],
            now=NOON,
        )
        assert [one.pk for one in done.taken] == [second.pk]
        assert [one.pk for one in done.left] == [first.pk]
        assert Deal.objects.get(open_task=second).responsible_id == owner.employee_id
        assert Deal.objects.get(pk=deal.pk).responsible_id == mate.employee_id


def test_the_page_says_which_tasks_stay(shop: Shop) -> None:
    mate, now = shop.cast.colleague, datetime.now(UTC)
    with shop.as_(mate):
        plain, kept = step(mate, now + timedelta(hours=1)), promised(mate, now + timedelta(hours=2), "Anna Smirnova")
        public_id = Employee.objects.values_list("public_id", flat=True).get(pk=mate.person_id)
    browser = sign_in(Browser(), shop.cast.owner)
    sent = {"task": [plain.public_id, kept.public_id]}
    page = browser.post(f"/planner/take/{public_id}/", sent, follow=True).content.decode().replace("\xa0", " ")
    assert "1 задача теперь ваша" in page
    assert "Остались у коллеги" in page
    assert "Anna" in page.partition("Остались у коллеги")[2][:200]


def test_who_may_not_assign_takes_nothing(shop: Shop) -> None:
    with shop.as_(shop.cast.owner):
        task = step(shop.cast.owner, NOON + timedelta(hours=2))
    with shop.as_(shop.cast.colleague) as me, pytest.raises((Denied, NotFound)):
        services.take_over(
            actor=me, from_employee_id=shop.cast.owner.person_id, public_ids=[task.public_id], now=NOON
        )
    with shop.as_(shop.cast.owner):
        assert Task.objects.get(pk=task.pk).employee_id == shop.cast.owner.employee_id


# -- hours ------------------------------------------------------------------------------------------------------


def test_the_week_lunch_and_leave_of_an_employee_go_over_the_companys(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        me = shop.cast.colleague
        services.set_week(actor=owner, employee_id=None, week=[Hours(540, 1080)] * 6 + [None])
        services.set_week(
            actor=owner,
            employee_id=me.person_id,
            week=[Hours(600, 1140)] * 5 + [None, None],
            lunch=Hours(780, 810),
        )
        services.add_leave(
            actor=owner,
            employee_id=me.person_id,
            kind="vacation",
            starts_on=date(2026, 11, 9),
            ends_on=date(2026, 11, 15),
        )
        mine = queries.schedule_of(me.person_id, "Europe/Moscow")
        company = queries.schedule_of(None, "Europe/Moscow")
        assert (mine.week[0], mine.lunch, mine.hours_on(date(2026, 11, 10))) == (
            Hours(600, 1140),
            Hours(780, 810),
            None,
        )
        assert company.hours_on(date(2026, 11, 7)) == Hours(540, 1080)
        assert mine.takes_off(datetime.fromisoformat("2026-11-09T20:59:00+00:00"))
        assert not company.takes_off(datetime.fromisoformat("2026-11-09T20:59:00+00:00"))
        assert not mine.takes_off(datetime.fromisoformat("2026-11-21T09:00:00+00:00"))  # an ordinary Saturday
        services.follow_company_week(actor=owner, employee_id=me.person_id)
        assert queries.schedule_of(me.person_id, "Europe/Moscow").week[5] == Hours(540, 1080)


def test_holidays_are_loaded_once_and_leave_own_words_alone(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        services.set_day(actor=owner, employee_id=None, on=date(2026, 11, 4), works=True, name="Работаем")
        assert services.load_holidays(actor=owner, year=2026) == 17
        assert services.load_holidays(actor=owner, year=2026) == 0
        assert DayOff.objects.get(on=date(2026, 11, 4)).works
        services.forget_day(actor=owner, employee_id=None, on=date(2026, 11, 4))
        assert services.load_holidays(actor=owner, year=2026) == 1
        hours = queries.CallingHours.of("Asia/Krasnoyarsk", 540, 1200)
        # 3 November, the evening before the holiday: the next morning is the 5th.
        morning = queries.next_client_morning(hours, datetime.fromisoformat("2026-11-03T14:00:00+00:00"))
        assert morning.isoformat() == "2026-11-05T02:00:00+00:00"
        with pytest.raises(Invalid):
            services.load_holidays(actor=owner, year=2040)


def test_a_moved_working_saturday_is_a_morning_too(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        services.load_holidays(actor=owner, year=2027)
        hours = queries.CallingHours.of("Europe/Moscow", 540, 1200)
        friday = datetime.fromisoformat("2027-02-19T15:00:00+00:00")
        assert queries.next_client_morning(hours, friday).date() == date(2027, 2, 20)
        saturday = datetime.fromisoformat("2027-02-20T15:00:00+00:00")
        assert queries.next_client_morning(hours, saturday).date() == date(2027, 2, 24)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "kind"),
    [
        (date(2026, 11, 9), date(2026, 11, 8), "vacation"),
        (date(2026, 11, 9), date(2028, 11, 8), "vacation"),
        (date(2026, 11, 9), date(2026, 11, 9), "fishing"),
        (date(1990, 1, 1), date(1990, 1, 1), "vacation"),
    ],
)
def test_wrong_leave_is_refused(shop: Shop, starts_on: date, ends_on: date, kind: str) -> None:
    with shop.as_(shop.cast.owner) as owner, pytest.raises(Invalid):
        services.add_leave(actor=owner, employee_id=None, kind=kind, starts_on=starts_on, ends_on=ends_on)


# -- pages ------------------------------------------------------------------------------------------------------


def questions(browser: Browser, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200
    return sum("SAVEPOINT" not in one["sql"] and "set_config" not in one["sql"] for one in asked.captured_queries)


def test_the_planner_asks_as_much_of_a_full_week_as_of_an_empty_one(shop: Shop) -> None:
    browser = sign_in(Browser(), shop.cast.colleague)
    browser.get("/planner/")
    with shop.as_(shop.cast.colleague) as me:
        now = datetime.now(NOON.tzinfo)
        Task.objects.filter(pk=step(me, now).pk).update(band=0, ready_at=now + timedelta(minutes=1))
        step(me, now - timedelta(minutes=1), name="Overdue")
    few = questions(browser, "/planner/")
    with shop.as_(shop.cast.colleague) as me:
        for number in range(5):
            task = step(me, now, name=f"Client {number}")
            Task.objects.filter(pk=task.pk).update(band=number % 2 * 2, ready_at=now + timedelta(minutes=number))
    assert questions(browser, "/planner/") == few
    # Session and person 5, the top bar; employees, hours, done, open, clients, rules; named days, leave;
    # loose ones, their count, clients, rules; the team: employees, hours, done, open.
    assert few == PLANNER_QUESTIONS


def test_the_day_shows_each_task_and_the_week_its_promises(shop: Shop) -> None:
    with shop.as_(shop.cast.colleague) as me:
        whose = plans.get_whose(me)
        task = promised(me, NOON + timedelta(hours=1))
        plain = step(me, NOON + timedelta(hours=2))
        late = step(me, NOON - timedelta(days=2))
        days = [NOON.date()]
        assert set(plans.get_plan(me, whose, days, now=NOON).cards) == {task.pk}
        assert set(plans.get_plan(me, whose, days, now=NOON, all_cards=True).cards) == {task.pk, plain.pk}
        loose = plans.list_loose(me, whose, now=NOON, most=5)
        assert ([one.task.pk for one in loose.cards], loose.total) == ([late.pk], 1)


def test_a_move_by_the_page_answers_with_the_planner_and_undo(shop: Shop) -> None:
    browser = sign_in(Browser(), shop.cast.colleague)
    now = datetime.now(NOON.tzinfo)
    with shop.as_(shop.cast.colleague) as me:
        task = step(me, now + timedelta(hours=1))
        Task.objects.filter(pk=task.pk).update(ready_at=now + timedelta(hours=1))
        make_client("Night", zone="Europe/Moscow")
        type(task).objects.filter(pk=task.pk).update(client_id=make_client("Any", call_opens_minute=0,
                                                                           call_closes_minute=1440).pk)  # fmt: skip
    address = f"/planner/tasks/{task.public_id}/time"
    at = (now + timedelta(hours=3)).replace(second=0, microsecond=0)
    answer = browser.post(address, {"at": at.isoformat()}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    text = answer.content.decode()
    assert 'id="v-planner"' in text
    undo = text.split('name="undo" value="')[1].split('"')[0]
    assert browser.post("/planner/undo", {"undo": undo}, headers={"HX-Request": "true"}).status_code == 200
    for wrong in ("", "yesterday", "2026-13-45", "9" * 300):
        assert browser.post(address, {"at": wrong}).status_code == 422
    assert browser.get(address).status_code == 200
    assert browser.post(address, {"day": at.date().isoformat(), "time": "25:61"}).status_code == 422


def test_the_strip_shows_the_teams_load_by_a_switch(shop: Shop) -> None:
    now = datetime.now(NOON.tzinfo)
    at = (now + timedelta(hours=2)).replace(minute=10, second=0, microsecond=0)
    with shop.as_(shop.cast.owner) as owner:
        for number in range(3):
            step(shop.cast.colleague, at, name=f"Client {number}")
        client = make_client("Any", zone="Europe/Moscow", call_opens_minute=0, call_closes_minute=1440)
        deal = make_deal(owner, client=client, responsible_id=owner.employee_id, now=now)
    address = f"/deals/{deal.public_id}/ask/back"
    mine = sign_in(Browser(), owner).get(address).content.decode()
    team = sign_in(Browser(), owner).get(f"{address}?load=team").content.decode()
    assert 'data-tasks="3"' not in mine
    assert "load=team" in mine
    assert 'data-tasks="3"' in team
    # Two people share three tasks: the bar is as tall as two, and the words are the team's.
    assert "У команды в это время задач: {n}." in team
    with shop.as_(shop.cast.owner):
        Deal.objects.filter(pk=deal.pk).update(responsible=None)
    lonely = sign_in(Browser(), shop.cast.colleague)
    assert lonely.get(f"{address}?load=team").status_code == 200


@pytest.mark.parametrize("query", ["on=2026-99-99", "view=day&on=x", "on=9999-12-31", "who=" + "x" * 12, "loose=all"])
def test_a_spoilt_address_is_no_error(shop: Shop, query: str) -> None:
    browser = sign_in(Browser(), shop.cast.colleague)
    assert browser.get(f"/planner/?{query}").status_code in (200, 404)


def test_hours_are_set_by_their_page(shop: Shop) -> None:
    browser = sign_in(Browser(), shop.cast.owner)
    sent = {
        "works0": "1",
        "from0": "10:00",
        "to0": "19:00",
        "has_lunch": "1",
        "lunch_from": "13:00",
        "lunch_to": "13:45",
    }
    assert browser.post("/settings/hours/", sent).status_code == 302
    with shop.as_(shop.cast.owner):
        mine = queries.schedule_of(None, "Europe/Moscow")
        assert (mine.week[0], mine.week[1], mine.lunch) == (Hours(600, 1140), None, Hours(780, 825))
    assert browser.post("/settings/hours/", {**sent, "from0": "ten"}).status_code == 422
    assert browser.post("/settings/hours/", {}).status_code == 422
    assert browser.get("/settings/hours/?year=2027").status_code == 200
    assert browser.post("/settings/hours/holidays", {"year": "2027"}).status_code == 302
    assert "Рабочий день" in browser.get("/settings/hours/?year=2027").content.decode()
