"""Reminders: made before promises, announced once, put off, missed ones kept; letters of the day, the head told."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import Client as Browser

from voronka.accounts.models import Employee
from voronka.accounts.testing import add_person, make_company, sign_in
from voronka.deals.models import Deal
from voronka.deals.services.handing import hand_over
from voronka.deals.testing import NOON, Shop, make_client, make_deal, make_shop, press
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.models import EventRow
from voronka.work import jobs, services
from voronka.work.models import Digest, Reminder, Task
from voronka.work.queries import reminders as queries
from voronka.work.rules.hours import Hours
from voronka.work.rules.reminders import is_morning, snoozed_until
from voronka.work.rules.schedule import USUAL_WEEK, Schedule
from voronka.work.services import TaskDraft, reminding

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return make_shop()


def promise(actor: Actor, at: datetime) -> Task:
    client = make_client(call_opens_minute=0, call_closes_minute=1440)
    deal = make_deal(actor, client=client, responsible_id=actor.employee_id)
    press(actor, deal, "back", at=at.isoformat())
    return Task.objects.get(is_open=True, subject_id=deal.pk)


def due(actor: Actor, now: datetime) -> list[str]:
    return [one.reminder.kind for one in queries.list_due(actor, now=now)]


def told(kind: str = "work.ReminderDue") -> int:
    return EventRow.objects.filter(name=kind).count()


def test_an_own_reminder_is_announced_by_the_sweep_at_its_time(shop: Shop) -> None:
    at = NOON + timedelta(minutes=20)
    with shop.as_(shop.cast.colleague) as me:
        services.remind_me(actor=me, text="Почта", at=at, now=NOON)
    assert services.companies_to_remind(at - timedelta(seconds=1)) == []
    assert services.companies_to_remind(at) == [me.company_id]
    assert services.remind_company(me.company_id, now=at) == 1
    assert services.companies_to_remind(at) == []


def test_a_promise_reminds_by_itself_before_its_time_and_once(shop: Shop) -> None:
    at = NOON + timedelta(hours=3)
    with shop.as_(shop.cast.colleague) as me:
        promise(me, at)
    early, near = at - timedelta(minutes=11), at - timedelta(minutes=10)
    assert me.company_id in services.companies_to_remind(near)
    assert services.remind_company(me.company_id, now=early) == 0
    assert services.remind_company(me.company_id, now=near) == 1
    assert services.remind_company(me.company_id, now=near + timedelta(minutes=1)) == 0
    assert me.company_id not in services.companies_to_remind(near + timedelta(minutes=1))
    with shop.as_(me):
        assert due(me, near) == ["promise"]
        assert told() == 1
        assert queries.count_attention(me, now=near).due == 1


def test_a_moved_promise_reminds_at_its_new_time_only(shop: Shop) -> None:
    at = NOON + timedelta(hours=3)
    with shop.as_(shop.cast.colleague) as me:
        task = promise(me, at)
    services.remind_company(me.company_id, now=at - timedelta(minutes=5))
    with shop.as_(me):
        assert due(me, at) == ["promise"]
        services.reschedule_task(actor=me, public_id=task.public_id, at=at + timedelta(hours=2), now=at)
        assert due(me, at) == []
        assert queries.count_attention(me, now=at).due == 0
    services.remind_company(me.company_id, now=at + timedelta(hours=2))
    with shop.as_(me):
        assert due(me, at + timedelta(hours=2)) == ["promise"]
        assert Reminder.objects.count() == 2


def test_who_takes_a_promise_over_is_reminded_too(shop: Shop) -> None:
    at, second = NOON + timedelta(hours=3), add_person(shop.cast.owner, "manager")
    with shop.as_(shop.cast.colleague) as me:
        deal = Deal.objects.get(pk=promise(me, at).subject_id)
    services.remind_company(me.company_id, now=at - timedelta(minutes=10))
    with shop.as_(shop.cast.owner) as owner:
        hand_over(actor=owner, deal_public_id=deal.public_id, to_employee_id=second.person_id, now=at)
    near = at - timedelta(minutes=5)
    assert me.company_id in services.companies_to_remind(near)
    assert services.remind_company(me.company_id, now=near) == 1
    with shop.as_(second):
        assert due(second, near) == ["promise"]


def test_a_heap_of_overdue_calls_hides_no_promise(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminding, "BATCH", 1)  # four tasks are looked at in one turn
    at = NOON + timedelta(hours=3)
    with shop.as_(shop.cast.colleague) as me:
        for minute in range(6):
            promise(me, at + timedelta(minutes=minute))
    for turn in range(12):
        services.remind_company(me.company_id, now=at + timedelta(minutes=turn))
    with shop.as_(me):
        assert Reminder.objects.filter(kind="promise").count() == 6


def test_a_kept_promise_reminds_no_more(shop: Shop) -> None:
    at = NOON + timedelta(hours=3)
    with shop.as_(shop.cast.colleague) as me:
        deal = make_deal(me, client=make_client(), responsible_id=me.employee_id)
        press(me, deal, "back", at=at.isoformat())
    services.remind_company(me.company_id, now=at)
    with shop.as_(me):
        press(me, deal, "miss", "busy", now=at)
        assert due(me, at) == []


def test_a_missed_one_waits_however_long_the_worker_was_down(shop: Shop) -> None:
    at = NOON + timedelta(hours=3)
    with shop.as_(shop.cast.colleague) as me:
        promise(me, at)
    later = at + timedelta(hours=20)
    assert me.company_id in services.companies_to_remind(later)
    services.remind_company(me.company_id, now=later)
    with shop.as_(me):
        assert due(me, later + timedelta(days=9)) == ["promise"]
        assert queries.count_attention(me, now=later).overdue == 1


@pytest.mark.parametrize(("word", "hours"), [("10m", 1 / 6), ("1h", 1), ("morning", 21)])
def test_a_snooze_brings_it_back_once(shop: Shop, word: str, hours: float) -> None:
    with shop.as_(shop.cast.colleague) as me:
        row = services.remind_me(actor=me, text="Look", at=NOON, now=NOON)
    assert services.remind_company(me.company_id, now=NOON) == 1
    with shop.as_(me):
        until = services.snooze_reminder(actor=me, public_id=row.public_id, word=word, now=NOON)
        assert until == NOON + timedelta(hours=hours)
        assert due(me, until - timedelta(seconds=1)) == []
    assert services.remind_company(me.company_id, now=until) == 1
    assert services.remind_company(me.company_id, now=until) == 0
    with shop.as_(me):
        assert due(me, until) == ["own"]
        services.settle_reminder(actor=me, public_id=row.public_id, now=until)
        services.settle_reminder(actor=me, public_id=row.public_id, now=until)
        assert due(me, until) == []
        assert told("work.ReminderSettled") == 2


def test_a_reminder_in_the_hour_the_clock_skips_comes_once(shop: Shop) -> None:
    """Berlin, 29 March 2026: from 2:00 the clock goes to 3:00."""
    from voronka.kit.clocks import place

    day = datetime(2026, 3, 29, tzinfo=UTC).date()
    at = place(day, 150, "Europe/Berlin")  # 2:30, which is skipped
    assert at.moved
    before = datetime(2026, 3, 28, 12, tzinfo=UTC)
    with shop.as_(shop.cast.colleague) as me:
        services.remind_me(actor=me, text="Skipped", at=at.at, now=before)
    announced = [
        services.remind_company(me.company_id, now=datetime(2026, 3, 29, tzinfo=UTC) + timedelta(minutes=15 * n))
        for n in range(12)
    ]
    assert announced == [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]


def test_a_morning_that_is_skipped_is_the_first_moment_after(shop: Shop) -> None:
    night = Schedule("Europe/Berlin", (Hours(120, 600),) * 7)  # works from 2:00
    saturday = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert snoozed_until("morning", saturday, night) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    nobody = Schedule("Europe/Moscow", (None,) * 7)
    assert snoozed_until("morning", NOON, nobody) == NOON + timedelta(hours=21)
    with pytest.raises(ValueError, match="never"):
        snoozed_until("never", NOON, nobody)


@pytest.mark.parametrize(("text", "hours"), [("", 1), ("x" * 201, 1), ("x", -1), ("x", 24 * 500)])
def test_a_wrong_reminder_is_refused(shop: Shop, text: str, hours: int) -> None:
    with shop.as_(shop.cast.colleague) as me:
        with pytest.raises(Invalid):
            services.remind_me(actor=me, text=text, at=NOON + timedelta(hours=hours), now=NOON)
        assert not Reminder.objects.exists()


def test_reminders_are_each_ones_own(shop: Shop) -> None:
    with shop.as_(shop.cast.colleague) as me:
        row = services.remind_me(actor=me, text="Mine", at=NOON, now=NOON)
    with shop.as_(shop.cast.owner) as owner:
        assert due(owner, NOON) == []
        with pytest.raises(NotFound):
            services.settle_reminder(actor=owner, public_id=row.public_id, now=NOON)
        assert Reminder.objects.get(pk=row.pk).done_at is None


def test_a_deadline_reminds_an_hour_before(shop: Shop) -> None:
    at = NOON + timedelta(hours=5)
    with shop.as_(shop.cast.owner) as owner:
        services.set_task(actor=owner, draft=TaskDraft("Report", shop.cast.colleague.person_id, at), now=NOON)
    services.remind_company(owner.company_id, now=at - timedelta(minutes=61))
    with shop.as_(shop.cast.colleague) as me:
        assert due(me, at - timedelta(minutes=61)) == ["assigned"]
    services.remind_company(owner.company_id, now=at - timedelta(minutes=60))
    with shop.as_(me):
        assert sorted(due(me, at)) == ["assigned", "deadline"]


# -- letters and the head ---------------------------------------------------------------------------------------


def test_the_letter_of_the_day_is_ordered_once_a_local_day(shop: Shop) -> None:
    company_id = shop.cast.company_id
    dawn = datetime(2026, 11, 3, 5, 59, tzinfo=UTC)  # 8:59 in Moscow
    assert services.order_letters(company_id, now=dawn) == 0
    assert services.order_letters(company_id, now=dawn + timedelta(minutes=1)) == 2
    assert services.order_letters(company_id, now=dawn + timedelta(hours=1)) == 0
    assert services.order_letters(company_id, now=dawn + timedelta(hours=23)) == 0
    assert services.order_letters(company_id, now=dawn + timedelta(days=1, hours=1)) == 2
    weekend = datetime(2026, 11, 7, 7, tzinfo=UTC)
    assert services.order_letters(company_id, now=weekend) == 0


def test_the_pulse_orders_a_look_at_each_companys_day_and_takes_none_itself(shop: Shop) -> None:
    other = make_company()
    jobs.look_for_mornings(datetime(2026, 11, 3, 6, tzinfo=UTC))
    jobs.look_for_mornings(datetime(2026, 11, 3, 6, 10, tzinfo=UTC))
    with connection.cursor() as cursor:
        cursor.execute("SELECT (args ->> 'to_company')::bigint FROM procrastinate_jobs WHERE task_name = 'work.day'")
        ordered = [one for (one,) in cursor.fetchall()]
    assert {shop.cast.company_id, other.company_id} <= set(ordered)
    assert len(ordered) == len(set(ordered)) == len(services.all_companies())
    with shop.as_(shop.cast.owner):
        assert not Digest.objects.exists()


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_days_when_the_clock_is_moved_have_one_morning(shop: Shop, day: str) -> None:
    schedule = Schedule("Europe/Berlin", (Hours(120, 600),) * 7)
    start = datetime.fromisoformat(f"{day}T00:00:00+00:00") - timedelta(hours=3)
    mornings = {
        (start + timedelta(minutes=10 * n)).astimezone(shop.cast.owner.zone).date()
        for n in range(150)
        if is_morning(start + timedelta(minutes=10 * n), schedule)
    }
    assert len(mornings) == 1


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_a_day_on_which_the_clock_is_moved_orders_one_letter_each(shop: Shop, day: str) -> None:
    """Berlin, work from 2:00: the hour that is skipped in March comes twice in October."""
    with shop.as_(shop.cast.owner) as owner, transaction.atomic():
        Employee.objects.update(zone="Europe/Berlin")
        services.set_week(actor=owner, employee_id=None, week=[Hours(120, 600)] * 7)
    start = datetime.fromisoformat(f"{day}T00:00:00+01:00")
    ordered = [
        services.order_letters(shop.cast.company_id, now=start + timedelta(minutes=10 * n)) for n in range(6 * 23)
    ]
    assert sorted(ordered)[-2:] == [0, 2]


def test_the_letter_names_what_is_overdue_and_the_team(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        draft = TaskDraft("Выставить счёт", shop.cast.colleague.person_id, NOON + timedelta(hours=1))
        services.set_task(actor=owner, draft=draft, now=NOON)
    late = NOON + timedelta(days=1)
    services.order_letters(shop.cast.company_id, now=late - timedelta(hours=2))
    with shop.as_(shop.cast.colleague) as me:
        row = Digest.objects.get(employee_id=me.employee_id)
        assert services.send_digest(employee_id=me.person_id, digest_id=row.pk, now=late)
        assert Digest.objects.get(pk=row.pk).overdue == 1
    with shop.as_(owner):
        row = Digest.objects.get(employee_id=owner.employee_id)
        assert services.send_digest(employee_id=owner.person_id, digest_id=row.pk, now=late)
    mine, heads = mail.outbox
    assert "Выставить счёт" in mine.body
    assert mine.subject.startswith("1 ")
    assert "Maxim Manager: 1" in heads.body


def test_nobody_is_written_to_for_nothing(shop: Shop) -> None:
    services.order_letters(shop.cast.company_id, now=NOON - timedelta(hours=2))
    with shop.as_(shop.cast.colleague) as me:
        row = Digest.objects.get(employee_id=me.employee_id)
        assert not services.send_digest(employee_id=me.person_id, digest_id=row.pk, now=NOON)
        services.set_habit(actor=me, sound=False, letter=False, lead_minutes=30)
    assert mail.outbox == []
    assert services.order_letters(shop.cast.company_id, now=NOON + timedelta(days=1)) == 1


def test_the_head_hears_once_a_day_of_what_is_overdue_too_long(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        services.set_overdue_hours(actor=owner, hours=2)
        draft = TaskDraft("Report", shop.cast.colleague.person_id, NOON + timedelta(hours=1))
        services.set_task(actor=owner, draft=draft, now=NOON)
        with pytest.raises(Invalid):
            services.set_overdue_hours(actor=owner, hours=0)
    company_id = shop.cast.company_id
    assert services.tell_heads(company_id, now=NOON + timedelta(hours=2)) == 0
    assert services.tell_heads(company_id, now=NOON + timedelta(hours=3, minutes=1)) == 1
    assert services.tell_heads(company_id, now=NOON + timedelta(hours=4)) == 0
    assert services.tell_heads(company_id, now=NOON + timedelta(days=1, hours=4)) == 1
    with shop.as_(owner):
        assert due(owner, NOON + timedelta(hours=4)) == ["late"]


def test_is_morning_only_within_six_hours() -> None:
    usual = Schedule("Europe/Moscow", USUAL_WEEK)
    assert is_morning(NOON, usual)
    assert not is_morning(NOON + timedelta(hours=4), usual)


# -- pages ------------------------------------------------------------------------------------------------------


def test_the_cards_of_what_is_due_and_the_bell(shop: Shop) -> None:
    browser = sign_in(Browser(), shop.cast.colleague)
    now = datetime.now(UTC)
    with shop.as_(shop.cast.colleague) as me:
        rows = [
            services.remind_me(actor=me, text=f"Дело {n}", at=now + timedelta(seconds=n), now=now) for n in range(5)
        ]
        Reminder.objects.update(due_at=now - timedelta(minutes=5))
    answer = browser.get("/reminders/due").content.decode()
    assert 'data-due="5"' in answer
    assert answer.count('class="v-reminder"') == 2
    page = browser.get("/reminders/").content.decode()
    assert page.count('class="v-due"') == 5
    assert re.search(r"data-bell-count\s*>5<", page)
    settled = browser.post(f"/reminders/{rows[0].public_id}/settle", headers={"HX-Request": "true"}).content.decode()
    assert 'data-due="4"' in settled
    put_off = {"for": "10m"}
    answer = browser.post(f"/reminders/{rows[1].public_id}/snooze", put_off, headers={"HX-Request": "true"})
    assert 'data-due="3"' in answer.content.decode()
    assert browser.post(f"/reminders/{rows[1].public_id}/snooze", {"for": "ever"}).status_code == 422
    assert browser.post("/reminders/seen").status_code == 302
    assert 'data-due="0"' in browser.get("/reminders/due").content.decode()


def test_a_line_becomes_a_reminder_or_says_what_is_wrong(shop: Shop) -> None:
    browser = sign_in(Browser(), shop.cast.colleague)
    assert browser.post("/reminders/", {"line": "Проверить почту через 20 минут"}).status_code == 302
    with shop.as_(shop.cast.colleague):
        assert Reminder.objects.get().text == "Проверить почту"
    for line in ("", "Проверить почту", "завтра в 10"):
        assert browser.post("/reminders/", {"line": line}).status_code == 422
    assert browser.post("/reminders/habit", {"lead_minutes": "7"}).status_code == 422
    assert browser.post("/reminders/habit", {"lead_minutes": "30", "sound": "1"}).status_code == 302
