"""The working day of a program: reminders and notices, the planner, files, the client in hand, whose turn it is."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from voronka.accounts.testing import add_person
from voronka.connect.testing import Program
from voronka.deals.models import AnswerWatch, Deal
from voronka.deals.services import walking
from voronka.deals.testing import make_client, make_deal, make_shop, press
from voronka.people import services as people
from voronka.work import services
from voronka.work.models import Reminder, Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def program(shop):
    return Program.of(shop.cast.owner)


def hours(number: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=number)).isoformat()


def step_of(shop, actor, at: datetime, name: str = "Анна Смирнова") -> Task:
    """Make a dated step that nobody promised, of a client who may always be called."""
    with shop.as_(actor):
        client = make_client(name, zone="Europe/Moscow", call_opens_minute=0, call_closes_minute=1440)
        deal = make_deal(actor, client=client, now=datetime.now(UTC), responsible_id=actor.employee_id)
        Task.objects.filter(pk=deal.open_task_id).update(band=2, ready_at=at)
        return Task.objects.get(pk=deal.open_task_id)


# -- reminders and notices ----------------------------------------------------------------------------------------


def test_reminders_are_asked_for_listed_put_off_and_settled(shop, program):
    made = program.post("reminders", {"text": "Позвонить перевозчику", "at": hours(2)})
    assert made.status_code == 201, made.content
    one = made.json()
    assert (one["kind"], one["text"], one["is_missed"], one["task"]) == ("own", "Позвонить перевозчику", False, None)
    assert program.get("reminders").json()["items"] == []
    assert [it["id"] for it in program.get("reminders", state="ahead").json()["items"]] == [one["id"]]
    with shop.as_(shop.cast.owner):
        Reminder.objects.update(due_at=datetime.now(UTC) - timedelta(hours=2))
    (due,) = program.get("reminders").json()["items"]
    assert (due["id"], due["is_missed"], due["snoozed"]) == (one["id"], True, 0)
    until = datetime.fromisoformat(program.post(f"reminders/{one['id']}/snooze", {"by": "10m"}).json()["until"])
    assert timedelta(minutes=9) < until - datetime.now(UTC) < timedelta(minutes=11)
    assert program.get("reminders", state="ahead").json()["items"][0]["snoozed"] == 1
    for _time in range(2):
        assert program.post(f"reminders/{one['id']}/settle").status_code == 204
    assert program.get("reminders", state="ahead").json()["items"] == []
    past = program.post("reminders", {"text": "Поздно", "at": hours(-1)})
    assert (past.status_code, set(past.json()["fields"])) == (422, {"at"})
    mate = Program.of(shop.cast.colleague)
    assert mate.post(f"reminders/{one['id']}/settle").status_code == 404
    assert mate.post(f"reminders/{one['id']}/snooze", {"by": "1h"}).status_code == 404


def test_due_reminders_come_page_by_page_and_are_settled_at_once(shop, program):
    now = datetime.now(UTC)
    with shop.as_(shop.cast.owner) as owner:
        for number in range(5):
            services.remind_me(actor=owner, text=f"№ {number}", at=now, now=now)
        Reminder.objects.update(due_at=now - timedelta(minutes=5))
    seen, cursor = [], ""
    while cursor is not None:
        page = program.get("reminders", limit=2, cursor=cursor).json()
        seen += [one["text"] for one in page["items"]]
        cursor = page["next"]
    assert seen == [f"№ {number}" for number in range(5)]
    bad = program.get("reminders", state="ahead", cursor=program.get("reminders", limit=2).json()["next"])
    assert (bad.status_code, bad.json()["code"]) == (422, "bad_cursor")
    assert program.post("reminders/settle").json() == {"count": 5}
    assert program.post("reminders/settle").json() == {"count": 0}
    assert program.get("reminders").json()["items"] == []


def test_lists_of_the_day_take_as_many_statements_however_long_they_are(shop, program, django_assert_num_queries):
    now = datetime.now(UTC)
    for number in range(4):
        step_of(shop, shop.cast.owner, now + timedelta(hours=1), f"Клиент {number}")
    with shop.as_(shop.cast.owner):
        tasks = list(Task.objects.filter(is_open=True))
        for one in tasks:
            Reminder.objects.create(
                employee_id=shop.cast.owner.person_id,
                kind="assigned",
                key=f"k{one.pk}",
                task=one,
                due_at=now,
                made_at=now,
            )
            Deal.objects.filter(open_task=one).update(responsible_id=shop.cast.owner.employee_id)
        ids = list(Deal.objects.values_list("pk", flat=True))
        for one in ids:
            AnswerWatch.objects.get_or_create(
                deal_id=one, settled_at=None, defaults={"asked_at": now, "starts_at": now, "due_at": now}
            )
        for number in range(3):
            walking.start(
                actor=shop.cast.owner, subject="deal", ids=ids, name=f"№ {number}", query="", is_shared=False, now=now
            )
    for path in ("reminders", "walks", "waiting"):
        with CaptureQueriesContext(connection) as few:
            assert len(program.get(path, limit=1).json()["items"]) == 1
        with django_assert_num_queries(len(few)):
            assert len(program.get(path, limit=3).json()["items"]) == 3
        assert len(few) <= 20, (path, len(few))
    day = (now + timedelta(hours=1)).astimezone(shop.cast.owner.zone).date().isoformat()
    with CaptureQueriesContext(connection) as asked:
        assert sum(len(hour["tasks"]) for hour in program.get("planner/day", on=day).json()["hours"]) == 4
    assert len(asked) <= 20


def test_a_reminder_of_a_task_names_it_and_habits_are_kept(shop, program):
    task = program.post("assignments", {"title": "Отправить счёт", "due_at": hours(50)}).json()
    mate = Program.of(shop.cast.colleague)
    program.call("PATCH", f"assignments/{task['id']}", {"employee": mate.get("me").json()["employee"]["id"]})
    (told,) = mate.get("reminders").json()["items"]
    assert (told["kind"], told["task"]["id"], told["name"]) == ("assigned", task["id"], "Отправить счёт")
    assert program.get("reminders/habits").json() == {
        "sound": True,
        "letter": True,
        "push_always": False,
        "lead_minutes": 10,
    }
    changed = {"sound": False, "letter": True, "push_always": False, "lead_minutes": 30}
    assert program.call("PATCH", "reminders/habits", {"sound": False, "lead_minutes": 30}).json() == changed
    assert program.get("reminders/habits").json() == changed
    assert mate.get("reminders/habits").json()["sound"] is True
    assert program.call("PATCH", "reminders/habits", {"lead_minutes": 7}).status_code == 422


def test_notices_are_listed_and_read(shop, program):
    mate = Program.of(shop.cast.colleague)
    with shop.as_(shop.cast.owner) as owner:
        client = make_client("Анна", responsible_id=shop.cast.colleague.employee_id)
        for text in ("первое", "второе", "третье"):
            words = f"@{shop.cast.colleague.name} {text}"
            people.add_note(actor=owner, client_id=client.pk, text=words, now=datetime.now(UTC))
    first = mate.get("notices", limit=2).json()
    assert (len(first["items"]), first["unread"]) == (2, 3)
    one = first["items"][0]
    assert (one["kind"], one["read_at"], client.public_id in one["path"]) == ("mention", None, True)
    rest = mate.get("notices", limit=2, cursor=first["next"]).json()
    assert (len(rest["items"]), rest["next"]) == (1, None)
    assert program.post("notices/read", {"notices": [one["id"]]}).json() == {"count": 0}
    assert mate.post("notices/read", {"notices": [one["id"]]}).json() == {"count": 1}
    assert mate.post("notices/read", {}).json() == {"count": 2}
    assert mate.get("notices").json()["unread"] == 0


# -- the planner ----------------------------------------------------------------------------------------------------


def test_a_day_tells_its_tasks_and_free_hours_and_a_task_is_moved_and_put_back(shop, program):
    now = datetime.now(UTC)
    day = (now + timedelta(days=3)).astimezone(shop.cast.owner.zone).date()
    while day.weekday() > 4:
        day += timedelta(days=1)
    at = datetime(day.year, day.month, day.day, 11, 30, tzinfo=shop.cast.owner.zone)
    task = step_of(shop, shop.cast.owner, at)
    told = program.get("planner/day", on=day.isoformat()).json()
    assert (told["on"], told["is_off"]) == (day.isoformat(), False)
    hour = next(one for one in told["hours"] if one["hour"] == 11)
    assert [one["id"] for one in hour["tasks"]] == [task.public_id]
    assert (hour["tasks"][0]["name"], hour["is_free"]) == ("Анна Смирнова", True)
    later = at + timedelta(hours=3)
    moved = program.post(f"planner/tasks/{task.public_id}/time", {"at": later.isoformat()}).json()
    assert datetime.fromisoformat(moved["task"]["at"]) == later
    assert datetime.fromisoformat(moved["was_at"]) == at
    back = program.post("planner/undo", {"undo": moved["undo"]}).json()
    assert datetime.fromisoformat(back["at"]) == at
    again = program.post("planner/undo", {"undo": moved["undo"]})
    assert (again.status_code, again.json()["code"]) == (409, "moved_on")
    far = program.get("planner/day", on="2090-01-01")
    assert (far.status_code, set(far.json()["fields"])) == (422, {"on"})
    nobody = program.get("planner/day", employee="nobody")
    assert (nobody.status_code, set(nobody.json()["fields"])) == (422, {"employee"})
    mate = Program.of(shop.cast.colleague)
    assert mate.post(f"planner/tasks/{task.public_id}/time", {"at": later.isoformat()}).status_code == 404


def test_a_full_hour_is_not_free(shop, program):
    now = datetime.now(UTC)
    day = (now + timedelta(days=3)).astimezone(shop.cast.owner.zone).date()
    while day.weekday() > 4:
        day += timedelta(days=1)
    at = datetime(day.year, day.month, day.day, 11, 0, tzinfo=shop.cast.owner.zone)
    for number in range(4):
        step_of(shop, shop.cast.owner, at + timedelta(minutes=number), f"Клиент {number}")
    told = {one["hour"]: one for one in program.get("planner/day", on=day.isoformat()).json()["hours"]}
    assert (told[11]["is_free"], told[12]["is_free"]) == (False, True)
    assert [one["is_free"] for one in told.values() if one["work"] != "working"].count(True) == 0


def test_a_time_outside_the_clients_hours_is_refused_with_a_better_one(shop, program):
    with shop.as_(shop.cast.owner) as owner:
        client = make_client("Анна", zone="Europe/Moscow", call_opens_minute=600, call_closes_minute=660)
        deal = make_deal(owner, client=client, now=datetime.now(UTC), responsible_id=owner.employee_id)
        task = Task.objects.get(pk=deal.open_task_id)
    night = (datetime.now(UTC) + timedelta(days=2)).replace(hour=0, minute=0)
    path = f"planner/tasks/{task.public_id}/time"
    refused = program.post(path, {"at": night.isoformat()})
    assert (refused.status_code, refused.json()["code"]) == (409, "quiet_hours")
    assert refused.json()["zone"] == "Europe/Moscow"
    good = program.post(path, {"at": refused.json()["better"]})
    assert (good.status_code, good.json()["task"]["is_promised"]) == (200, False)
    agreed = program.post(path, {"at": night.isoformat(), "agreed": True}).json()
    assert agreed["task"]["is_promised"] is True


def test_tasks_of_a_colleague_are_taken_over_and_the_closed_ones_named(shop, program):
    mate = shop.cast.colleague
    soon = datetime.now(UTC) + timedelta(minutes=1)
    tasks = [step_of(shop, mate, soon, f"Клиент {number}") for number in range(3)]
    who = Program.of(mate).get("me").json()["employee"]["id"]
    assert [one["employee"]["id"] for one in program.get("planner/colleagues").json()["items"]][1:] == [who]
    with shop.as_(mate):
        press(mate, Deal.objects.get(open_task=tasks[1]), "miss", "busy", now=datetime.now(UTC))
    sent = {"employee": who, "tasks": [one.public_id for one in tasks]}
    done = program.post("planner/take", sent).json()
    assert [one["id"] for one in done["taken"]] == [tasks[0].public_id, tasks[2].public_id]
    assert [(one["id"], one["is_open"]) for one in done["left"]] == [(tasks[1].public_id, False)]
    with shop.as_(shop.cast.owner) as owner:
        assert Deal.objects.filter(responsible_id=owner.employee_id).count() == 2
    refused = Program.of(mate).post("planner/take", {**sent, "employee": "nobody"})
    assert (refused.status_code, set(refused.json()["fields"])) == (422, {"employee"})


# -- whose turn it is, the client in hand ---------------------------------------------------------------------------


def test_on_a_day_off_nobody_is_given_until_the_maker_says_otherwise(shop, program):
    step_of(shop, shop.cast.owner, datetime.now(UTC) - timedelta(minutes=5))
    with shop.as_(shop.cast.owner) as owner:
        day = datetime.now(UTC).astimezone(owner.zone).date()
        services.set_day(actor=owner, employee_id=owner.person_id, on=day, works=False)
    rests = program.post("tasks/next").json()
    assert rests == {"deal": None, "band": None, "waiting_since": None, "is_day_off": True}
    turn = program.call("POST", "tasks/next", query={"anyway": "true"}).json()
    assert (turn["deal"]["client"]["name"], turn["is_day_off"]) == ("Анна Смирнова", True)
    reader = Program.of(add_person(shop.cast.owner, "reader"))
    assert reader.post("tasks/next").status_code == 403


def test_a_client_is_held_by_one_and_let_go(shop, program):
    task = step_of(shop, shop.cast.owner, datetime.now(UTC))
    with shop.as_(shop.cast.owner):
        deal = Deal.objects.get(open_task=task).public_id
    head = Program.of(add_person(shop.cast.owner, "head"))
    held = program.post(f"deals/{deal}/hold").json()
    assert datetime.fromisoformat(held["until"]) > datetime.now(UTC) + timedelta(seconds=80)
    assert program.post(f"deals/{deal}/hold").status_code == 200
    refused = head.post(f"deals/{deal}/hold")
    assert (refused.status_code, refused.json()["code"]) == (409, "held")
    assert program.call("DELETE", f"deals/{deal}/hold").status_code == 204
    assert head.post(f"deals/{deal}/hold").status_code == 200
    reader = Program.of(add_person(shop.cast.owner, "reader"))
    assert reader.post(f"deals/{deal}/hold").status_code == 403


# -- files ------------------------------------------------------------------------------------------------------------


def test_files_of_a_task_are_kept_taken_and_removed(shop, program):
    task = program.post("assignments", {"title": "Счёт", "due_at": hours(50)}).json()["id"]
    path = f"assignments/{task}/files"
    kept = program.upload(path, "счёт.pdf", b"%PDF-1")
    assert kept.status_code == 201, kept.content
    assert (kept.json()["name"], kept.json()["size"]) == ("счёт.pdf", 6)
    assert program.get(f"assignments/{task}").json()["files"] == [kept.json()]
    taken = program.get(f"{path}/{kept.json()['id']}")
    assert b"".join(taken.streaming_content) == b"%PDF-1"
    assert taken["Content-Disposition"].startswith("attachment")
    other = program.post("assignments", {"title": "Другая", "due_at": hours(50)}).json()["id"]
    assert program.get(f"assignments/{other}/files/{kept.json()['id']}").status_code == 404
    assert Program.of(shop.cast.colleague).get(f"{path}/{kept.json()['id']}").status_code == 404
    big = program.upload(path, "big.bin", b"0" * (20 * 1024 * 1024 + 1))
    assert (big.status_code, big.json()["code"], set(big.json()["fields"])) == (422, "too_big", {"file"})
    assert program.call("DELETE", f"{path}/{kept.json()['id']}").status_code == 204
    assert program.get(f"assignments/{task}").json()["files"] == []


def test_a_file_stands_in_an_own_field_of_a_client(shop, program):
    code = program.post("fields", {"name": "Договор", "kind": "file"}).json()["code"]
    plain = program.post("fields", {"name": "Рост", "kind": "number"}).json()["code"]
    client = program.post("clients", {"name": "Анна"}).json()["client"]["id"]
    kept = program.upload(f"clients/{client}/fields/{code}/file", "a.txt", b"text")
    assert kept.status_code == 201, kept.content
    file = kept.json()["fields"][code]
    assert b"".join(program.get(f"clients/{client}/files/{file}").streaming_content) == b"text"
    for wrong in (plain, "nothing"):
        refused = program.upload(f"clients/{client}/fields/{wrong}/file", "a.txt", b"text")
        assert (refused.status_code, set(refused.json()["fields"])) == (422, {"code"})
    stale = program.upload(f"clients/{client}/fields/{code}/file", "b.txt", b"new", If_Match='"1"')
    assert (stale.status_code, stale.json()["changed"]) == (412, [f"custom.{code}"])
    fresh = program.upload(f"clients/{client}/fields/{code}/file", "b.txt", b"new", If_Match=kept["ETag"])
    assert fresh.status_code == 201
    emptied = program.call("PATCH", f"clients/{client}", {"fields": {code: None}, "version": fresh.json()["version"]})
    assert code not in emptied.json()["fields"]
    second = program.post("clients", {"name": "Борис"}).json()["client"]["id"]
    assert program.get(f"clients/{second}/files/{file}").status_code == 404


def test_a_file_stands_in_an_own_field_of_a_deal(shop, program):
    with shop.as_(shop.cast.owner) as owner:
        people.add_field(actor=owner, name="Смета", kind="file", subject="deal", code="estimate")
        deal = make_deal(owner, client=make_client("Анна"), now=datetime.now(UTC)).public_id
    kept = program.upload(f"deals/{deal}/fields/estimate/file", "a.txt", b"text")
    assert kept.status_code == 201, kept.content
    file = kept.json()["fields"]["estimate"]
    assert b"".join(program.get(f"deals/{deal}/files/{file}").streaming_content) == b"text"
    assert program.upload(f"deals/{deal}/fields/nothing/file", "a.txt", b"text").status_code == 404
    emptied = program.call("PATCH", f"deals/{deal}", {"fields": {"estimate": None}})
    assert "estimate" not in emptied.json()["fields"]
    assert program.get(f"deals/{deal}/files/{file}").status_code == 404
