"""Tasks for people: set, required data, checklist, discussion, result, loads, rights."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from voronka.accounts.testing import add_person, sign_in
from voronka.deals.testing import NOON, Shop, make_client, make_shop
from voronka.kit import timeline
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Denied, Invalid, NotFound
from voronka.kit.files import get_file
from voronka.kit.models import EventRow, StoredFile
from voronka.work import services
from voronka.work.models import Assignment, CheckItem, Reminder, Task, TaskKind
from voronka.work.queries import tasks
from voronka.work.rules.tasks import find_mate, missing, read_line
from voronka.work.services import TaskDraft

pytestmark = pytest.mark.django_db

MSK = "Europe/Moscow"
TOMORROW = NOON + timedelta(days=1)


@pytest.fixture
def shop() -> Shop:
    return make_shop()


def give(actor: Actor, to: Actor | None = None, **more: object) -> Task:
    """Set a task for somebody, due tomorrow."""
    given = {"title": "Send the invoice", "employee_id": (to or actor).person_id, "due_at": TOMORROW, **more}
    return services.set_task(actor=actor, draft=TaskDraft(**given), now=NOON)  # type: ignore[arg-type]  # test's own


@pytest.mark.parametrize(
    ("line", "title", "due", "mate"),
    [
        ("Выставить счёт завтра в 15", "Выставить счёт", "2026-11-03 15:00", ""),
        ("Выставить счёт @Анна через 2 часа", "Выставить счёт", "2026-11-02 14:00", "Анна"),
        ("завтра в 9 @белова позвонить в банк", "Позвонить в банк", "2026-11-03 09:00", "белова"),
        ("send the invoice tomorrow at 10", "Send the invoice", "2026-11-03 10:00", ""),
        ("купить 2 стула", "Купить 2 стула", None, ""),
        ("", "", None, ""),
        ("@", "@", None, ""),
    ],
)
def test_a_typed_line_is_taken_apart(line: str, title: str, due: str | None, mate: str) -> None:
    read = read_line(line, now=NOON, zone=MSK)
    at = (read.due_at + timedelta(hours=3)).strftime("%Y-%m-%d %H:%M") if read.due_at else None
    assert (read.title, at, read.mate) == (title, due, mate)


def test_a_name_is_found_in_its_cases() -> None:
    names = {1: "Анна Белова", 2: "Максим Орлов", 3: "Анна Ким"}
    assert find_mate("Беловой", names) == 1
    assert find_mate("максиму", names) == 2
    assert find_mate("Анна", names) is None
    assert find_mate("ы", names) is None


def test_what_a_kind_lacks() -> None:
    given = {"why": False, "about": True, "checklist": False}
    assert missing(["why", "about", "result"], ["Address"], given=given, answers={}) == ["why", "ask:0"]
    assert missing(["about"], ["Address"], given=given, answers={"Address": "Мира 1"}) == []


def test_a_task_is_set_told_and_done(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        client = make_client()
        task = give(
            owner, shop.cast.colleague, about=f"client:{client.public_id}", why="Просил", checks=["а", " ", "б"]
        )
        assert (task.client_id, task.due_at, task.employee_id) == (
            client.pk,
            TOMORROW,
            shop.cast.colleague.employee_id,
        )
        assert [one.text for one in CheckItem.objects.filter(task=task).order_by("position")] == ["а", "б"]
        told = Reminder.objects.get(kind="assigned")
        assert (told.employee_id, told.task_id) == (shop.cast.colleague.employee_id, task.pk)
    with shop.as_(shop.cast.colleague) as me:
        line = CheckItem.objects.filter(task=task).first()
        assert line is not None
        services.tick(actor=me, public_id=task.public_id, item=line.public_id, done=True, now=NOON)
        services.say(actor=me, public_id=task.public_id, text="Уже делаю", now=NOON)
        services.finish_task(actor=me, public_id=task.public_id, result="Отправил", now=NOON)
        task.refresh_from_db()
        assert (task.is_open, task.outcome, task.closed_by_id) == (False, "done", me.employee_id)
        assert set(
            Reminder.objects.filter(employee_id=shop.cast.owner.employee_id).values_list("kind", flat=True)
        ) == {
            "remark",
            "result",
        }
        assert not Reminder.objects.filter(kind="assigned").exists()
        page = timeline.read(client.pk, actor=me, now=NOON, tab="tasks")
        assert len(page.days[0].entries) == 2
        with pytest.raises(Conflict):
            services.finish_task(actor=me, public_id=task.public_id, result="", now=NOON)
        services.take_up_again(actor=me, public_id=task.public_id, now=TOMORROW + timedelta(hours=1))
        task.refresh_from_db()
        assert (task.is_open, task.due_at) == (True, TOMORROW + timedelta(days=1, hours=1))
        assert EventRow.objects.filter(name="work.TaskReopened").count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"due_at": None}, "due"),
        ({"due_at": NOON}, "due"),
        ({"due_at": NOON + timedelta(days=500)}, "due"),
        ({"about": "client:nobody"}, "about"),
        ({"about": "house:1"}, "about"),
        ({"checks": ["x" * 201]}, "checks"),
        ({"checks": ["x"] * 51}, "checks"),
        ({"kind": "nothing"}, "kind"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_set(shop: Shop, change: dict[str, object], field: str) -> None:
    with shop.as_(shop.cast.owner) as owner:
        with pytest.raises(Invalid) as refused:
            give(owner, **change)
        assert field in refused.value.fields
        assert not Assignment.objects.exists()


def test_a_kind_refuses_a_task_without_its_data(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        kind = services.add_kind(
            actor=owner, name="Выезд", requires=["about", "why", "file", "checklist", "result"], asks=["Адрес"]
        )
        with pytest.raises(Invalid) as refused:
            give(owner, kind=kind.public_id)
        assert set(refused.value.fields) == {"about", "why", "file", "checks", "ask:0"}
        client = make_client()
        draft = TaskDraft(
            "Выезд", owner.person_id, TOMORROW, "Замер", f"client:{client.public_id}", kind.public_id,
            {"Адрес": "Мира, 1"}, ["Рулетка"],
        )  # fmt: skip
        task = services.set_task(
            actor=owner, draft=draft, now=NOON, files=[("план.txt", BytesIO(b"plan"), "text/plain")]
        )
        assert Assignment.objects.get(task=task).answers == {"Адрес": "Мира, 1"}
        assert StoredFile.objects.get(subject_kind="task", subject_id=task.pk).name == "план.txt"
        with pytest.raises(Invalid):
            services.finish_task(actor=owner, public_id=task.public_id, result=" ", now=NOON)
        assert Task.objects.get(pk=task.pk).is_open


def test_strangers_to_a_task_neither_see_nor_change_it(shop: Shop) -> None:
    other = add_person(shop.cast.owner, "manager")
    with shop.as_(shop.cast.owner) as owner:
        task = give(owner, shop.cast.colleague)
        kept = services.attach(
            actor=owner, public_id=task.public_id, source=BytesIO(b"x"), name="x", content_type="", now=NOON
        )
    with shop.as_(other):
        for act in (
            lambda: services.say(actor=other, public_id=task.public_id, text="?", now=NOON),
            lambda: services.finish_task(actor=other, public_id=task.public_id, result="", now=NOON),
            lambda: get_file(other, kept.public_id),
        ):
            with pytest.raises(NotFound):
                act()
    with shop.as_(shop.cast.colleague) as me:
        with pytest.raises(Denied):
            services.withdraw_task(actor=me, public_id=task.public_id, now=NOON)
        assert get_file(me, kept.public_id).pk == kept.pk
        assert Task.objects.get(pk=task.pk).is_open


def test_a_freelancer_of_a_bare_role_has_his_tasks_and_nothing_else(shop: Shop) -> None:
    from voronka.accounts import services as accounts
    from voronka.kit.actors import all_rights

    with shop.as_(shop.cast.owner) as owner:
        role = accounts.make_role(actor=owner, name="Внештатник", like="reader")
        nothing = accounts.RoleChoices(rights={one.code: 0 for one in all_rights()})
        accounts.change_role(actor=owner, role_id=role.pk, wanted=nothing)
        outsider = add_person(owner, role.code)
        task = give(owner, outsider, title="Нарисовать баннер")
        give(owner, shop.cast.colleague, title="Не его дело")
    browser = sign_in(Browser(), outsider)
    page = browser.get("/tasks/").content.decode()
    assert "Нарисовать баннер" in page
    assert "Не его дело" not in page
    assert "Нарисовать баннер" in browser.get(f"/tasks/{task.public_id}/").content.decode()
    assert browser.post(f"/tasks/{task.public_id}/say", {"text": "Готово к обеду"}).status_code == 302
    assert browser.post(f"/tasks/{task.public_id}/end", {"how": "done", "result": "Вот он"}).status_code == 302
    with shop.as_(shop.cast.owner):
        assert Task.objects.get(pk=task.pk).outcome == "done"
    for closed in ("/clients/", "/deals/", "/work/", "/reports/", "/settings/"):
        assert browser.get(closed).status_code in (403, 404), closed


def test_another_executor_is_told_and_the_first_forgotten(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        task = give(owner, shop.cast.colleague)
        services.change_task(
            actor=owner,
            public_id=task.public_id,
            title="Send it",
            why="",
            due_at=TOMORROW,
            employee_id=owner.person_id,
            high=True,
            now=NOON,
        )
        moved = Task.objects.select_related("pool").get(pk=task.pk)
        assert (moved.employee_id, moved.pool.key, moved.priority) == (
            owner.employee_id,
            f"desk:{owner.employee_id}",
            1,
        )
        assert not Reminder.objects.filter(task=task).exists()
        assert EventRow.objects.get(name="work.TaskChanged").payload["fields"] == ["executor", "priority", "title"]


def test_one_to_whom_a_task_comes_back_is_told_again(shop: Shop) -> None:
    helper, due = shop.cast.colleague, {"title": "Send", "why": "", "due_at": TOMORROW, "high": False}
    with shop.as_(shop.cast.owner) as owner:
        task = give(owner, helper)
        Reminder.objects.filter(task=task).update(done_at=NOON)
        for whom, at in ((owner, NOON), (helper, NOON + timedelta(hours=1))):
            services.change_task(actor=owner, public_id=task.public_id, employee_id=whom.person_id, now=at, **due)  # type: ignore[arg-type]  # as the verb takes them
        assert Reminder.objects.filter(task=task, employee_id=helper.employee_id, done_at=None).count() == 1


def test_a_task_withdrawn_takes_along_all_that_lies_under_it(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        task = give(owner)
        below = give(owner, title="A part", parent=task.public_id)
        lowest = give(owner, title="A part of it", parent=below.public_id)
        services.withdraw_task(actor=owner, public_id=task.public_id, now=NOON)
        assert Task.objects.get(pk=lowest.pk).outcome == "withdrawn"
        with pytest.raises(Conflict, match="done already"):
            give(owner, title="Too late", parent=task.public_id)


def test_the_next_page_and_the_done_ones_are_of_the_same_colleague(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "PAGE", 1)
    with shop.as_(shop.cast.owner) as owner:
        for _again in range(2):
            give(owner, shop.cast.colleague)
        who = Task.objects.select_related("employee").filter(employee_id=shop.cast.colleague.employee_id)[0].employee
        assert who is not None
    text = sign_in(Browser(), owner).get(f"/tasks/?tab=team&who={who.public_id}").content.decode()
    assert f"state=open&amp;who={who.public_id}&amp;after=1" in text
    assert f"state=closed&amp;who={who.public_id}" in text


def test_subtasks_hold_their_parent_open(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        task = give(owner)
        below = give(owner, title="A part", parent=task.public_id)
        with pytest.raises(Conflict, match="ubtasks"):
            services.finish_task(actor=owner, public_id=task.public_id, result="", now=NOON)
        services.withdraw_task(actor=owner, public_id=task.public_id, now=NOON)
        assert Task.objects.get(pk=below.pk).outcome == "withdrawn"


def test_the_feed_never_gives_a_task_for_a_person(shop: Shop) -> None:
    from voronka.deals.services import take_next

    with shop.as_(shop.cast.colleague) as me:
        client = make_client(call_opens_minute=0, call_closes_minute=1440)
        task = give(me, about=f"client:{client.public_id}")
        services.reschedule_task(actor=me, public_id=task.public_id, at=NOON + timedelta(hours=1), now=NOON)
        assert take_next(actor=me, now=NOON + timedelta(hours=2)) is None
        moved = Task.objects.get(pk=task.pk)
        assert (moved.band, moved.due_at) == (2, TOMORROW)


def test_loads_are_told_to_those_who_may_see_them(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        for number in range(34):
            give(owner, shop.cast.colleague, title=f"Task {number}")
        loads = {one.employee_id: one for one in tasks.list_loads(owner, day=TOMORROW.date(), now=NOON)}
        busy = loads[shop.cast.colleague.person_id]
        assert (busy.planned, busy.norm, busy.open, busy.overdue, busy.is_over) == (34, 36, 34, 0, False)
        give(owner, shop.cast.colleague)
        give(owner, shop.cast.colleague)
        loads = {one.employee_id: one for one in tasks.list_loads(owner, day=TOMORROW.date(), now=NOON)}
        assert loads[shop.cast.colleague.person_id].is_over
    with shop.as_(shop.cast.colleague) as me:
        loads = {one.employee_id: one for one in tasks.list_loads(me, day=TOMORROW.date(), now=NOON)}
        assert loads[owner.person_id].planned is None
        assert loads[me.person_id].planned == 36


def test_focus_holds_the_overdue_and_the_next_day(shop: Shop) -> None:
    with shop.as_(shop.cast.colleague) as me:
        soon = give(me, due_at=NOON + timedelta(hours=2))
        give(me, due_at=NOON + timedelta(days=3))
        late = give(me, due_at=NOON + timedelta(minutes=1))
        found = tasks.list_focus(me, now=NOON + timedelta(hours=1))
        assert [one.pk for one in found] == [late.pk, soon.pk]
        assert tasks.count_overdue(me.person_id, now=NOON + timedelta(hours=1)) == 1


def test_kinds_are_named_once_and_shipped_once(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        assert services.ship_kinds(actor=owner) == 4
        assert services.ship_kinds(actor=owner) == 0
        name = TaskKind.objects.first().name  # type: ignore[union-attr]  # four were made
        for wrong in (
            {"name": name},
            {"name": ""},
            {"requires": ["moon"]},
            {"asks": ["a", "a"]},
            {"asks": ["x" * 81]},
        ):
            given = {"name": "New", "requires": [], "asks": [], **wrong}
            with pytest.raises(Invalid):
                services.add_kind(actor=owner, **given)  # type: ignore[arg-type]  # test's own
        assert TaskKind.objects.count() == 4
    with shop.as_(shop.cast.colleague) as me, pytest.raises(Denied):
        services.add_kind(actor=me, name="Mine", requires=[], asks=[])


def test_tasks_follow_the_fate_of_their_client(shop: Shop) -> None:
    from voronka.work import stakes

    with shop.as_(shop.cast.owner) as owner:
        first, second = make_client("First"), make_client("Second")
        task = give(owner, about=f"client:{first.public_id}", why="Secret", checks=["Line"])
        below = give(owner, title="Below", parent=task.public_id)
        services.attach(
            actor=owner, public_id=task.public_id, source=BytesIO(b"x"), name="x", content_type="", now=NOON
        )
        assert stakes.touched([first.pk, second.pk]) == {first.pk}
        stakes.move([first.pk], second.pk)
        moved = Task.objects.get(pk=task.pk)
        assert (moved.client_id, moved.subject_id) == (second.pk, second.pk)
        assert next(iter(stakes.export([second.pk])))["why"] == "Secret"
        stakes.erase([second.pk])
        assert Assignment.objects.get(task=task).why == "Secret"
        stakes.withdraw([second.pk])
        assert not Task.objects.filter(pk=task.pk).exists()
        assert not StoredFile.objects.filter(subject_kind="task").exists()
        assert Assignment.objects.get(task=below).parent is None
        done = give(owner, about=f"client:{second.public_id}", why="Secret")
        services.finish_task(actor=owner, public_id=done.public_id, result="Word", now=NOON)
        stakes.erase([second.pk])
        kept = Assignment.objects.select_related("task").get(task=done)
        assert (kept.why, kept.result, kept.task.title) == ("", "", "")


# -- pages ------------------------------------------------------------------------------------------------------


def test_a_task_lives_by_its_pages(shop: Shop) -> None:
    browser = sign_in(Browser(), shop.cast.owner)
    assert browser.get("/tasks/").status_code == 200
    with shop.as_(shop.cast.owner):
        client = make_client("Анна Смирнова")
        from voronka.accounts.models import Employee

        mate = Employee.objects.get(pk=shop.cast.colleague.employee_id).public_id
    day = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    about = f"client:{client.public_id}"
    assert "Анна Смирнова" in browser.get(f"/tasks/new/?about={about}").content.decode()
    sent = {"title": "Выставить счёт", "day": day, "time": "15:00", "employee": mate, "about": about, "checks": "а\nб",
            "file": SimpleUploadedFile("счёт.txt", b"sum")}  # fmt: skip
    refused = browser.post("/tasks/new/", {**sent, "day": "", "file": ""})
    assert refused.status_code == 422
    assert "Выставить счёт" in refused.content.decode()
    answer = browser.post("/tasks/new/", {**sent, "file": SimpleUploadedFile("счёт.txt", b"sum")})
    assert answer.status_code == 302
    page = browser.get(answer.url).content.decode()
    for shown in ("Выставить счёт", "Анна Смирнова", "счёт.txt", "0 из 2"):
        assert shown in page
    item = re.search(r'name="item" value="(\w+)"', page)
    assert item is not None
    ticked = browser.post(f"{answer.url}tick", {"item": item[1], "done": "1"}, headers={"HX-Request": "true"})
    assert "1 из 2" in ticked.content.decode()
    assert browser.post(f"{answer.url}say", {"text": ""}).status_code == 422
    assert browser.post(f"{answer.url}say", {"text": "<script>1</script>"}).status_code == 302
    assert "<script>1" not in browser.get(answer.url).content.decode()
    assert browser.get(f"{answer.url}change/").status_code == 200
    assert browser.post(f"{answer.url}end", {"how": "dance"}).status_code == 409
    assert browser.post(f"{answer.url}end", {"how": "done", "result": "готово"}).status_code == 302
    assert "готово" in browser.get(answer.url).content.decode()
    assert browser.get(f"/tasks/about/{client.public_id}").status_code == 200
    for tab in ("mine", "set", "team", "nothing"):
        assert browser.get(f"/tasks/?tab={tab}&state=closed&after=0").status_code == 200


def test_a_typed_line_sets_a_task_or_says_why_not(shop: Shop) -> None:
    browser = sign_in(Browser(), shop.cast.owner)
    answer = browser.post("/tasks/quick", {"line": "Отправить счёт @Maxim завтра"})
    assert answer.status_code == 302
    with shop.as_(shop.cast.owner):
        task = Task.objects.get(kind="hand")
        assert (task.title, task.employee_id) == ("Отправить счёт", shop.cast.colleague.employee_id)
        assert task.due_at is not None
        assert task.due_at.astimezone(shop.cast.owner.zone).minute == 0
    for line, said in (
        ("Отправить счёт", "срок"),
        ("Отправить @Ктото завтра", "Ктото"),
        ("завтра в 10", "что нужно"),
    ):
        refused = browser.post("/tasks/quick", {"line": line})
        assert refused.status_code == 422
        assert said in refused.content.decode()
