"""Tasks that people set, as a program sees them: set, list, change, tick, discuss, end."""

from datetime import UTC, datetime, timedelta

import pytest

from voronka.connect.testing import Program
from voronka.deals.testing import make_shop
from voronka.work import services
from voronka.work.models import Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def program(shop):
    return Program.of(shop.cast.owner)


def days(number: int) -> str:
    return (datetime.now(UTC) + timedelta(days=number)).isoformat()


def titles(program: Program, **asked: object) -> list[str]:
    return [one["title"] for one in program.get("assignments", **asked).json()["items"]]


def test_a_task_is_set_changed_ticked_discussed_and_ended(shop, program):
    client = program.post("clients", {"name": "Смирнова Анна"}).json()["client"]["id"]
    manager = Program.of(shop.cast.colleague)
    who = manager.get("me").json()["employee"]["id"]
    sent = {
        "title": "Send the invoice",
        "due_at": days(2),
        "employee": who,
        "client": client,
        "checks": ["Sum", "VAT"],
    }
    made = program.post("assignments", sent)
    assert made.status_code == 201, made.content
    task = made.json()
    assert made["Location"] == f"/api/v1/assignments/{task['id']}"
    assert (task["state"], task["employee"]["id"], task["author"]["name"]) == ("open", who, "Olga Orlova")
    assert task["about"] == {"kind": "client", "id": client, "name": "Смирнова Анна"}
    path = f"assignments/{task['id']}"
    ticked = manager.post(f"{path}/checks/{task['checks'][0]['id']}", {}).json()
    assert [one["done_at"] is not None for one in ticked["checks"]] == [True, False]
    unticked = manager.post(f"{path}/checks/{task['checks'][0]['id']}", {"done": False}).json()
    assert [one["done_at"] for one in unticked["checks"]] == [None, None]
    assert [one["text"] for one in manager.post(f"{path}/checks", {"text": "Stamp"}).json()["checks"]][2:] == [
        "Stamp"
    ]
    changed = program.call("PATCH", path, {"title": "Send both invoices", "is_high": True}).json()
    assert (changed["title"], changed["is_high"], changed["due_at"]) == ("Send both invoices", True, task["due_at"])
    assert manager.call("PATCH", path, {"title": "Nothing"}).status_code == 403
    assert manager.post(f"{path}/remarks", {"text": "They pay tomorrow"}).json()["text"] == "They pay tomorrow"
    done = manager.post(f"{path}/finish", {"result": "Paid"}).json()
    assert (done["state"], done["result"]) == ("done", "Paid")
    again = manager.post(f"{path}/finish", {"result": "Paid"})
    assert (again.status_code, again.json()["code"]) == (409, "task_closed")
    assert manager.post(f"{path}/reopen").json()["state"] == "open"
    assert program.post(f"{path}/withdraw").json()["state"] == "withdrawn"
    read = program.get(path).json()
    assert [one["text"] for one in read["remarks"]] == ["They pay tomorrow"]


def test_lists_are_mine_set_and_of_the_team_open_overdue_and_closed(shop, program):
    manager = Program.of(shop.cast.colleague)
    who = manager.get("me").json()["employee"]["id"]
    client = program.post("clients", {"name": "Анна"}).json()["client"]["id"]
    for number, (title, more) in enumerate(
        [("own", {}), ("given", {"employee": who}), ("about", {"employee": who, "client": client})]
    ):
        program.post("assignments", {"title": title, "due_at": days(5 - number), **more})
    manager.post("assignments", {"title": "his own", "due_at": days(9)})
    assert titles(program) == ["own"]
    assert titles(program, whose="set") == ["about", "given"]
    assert titles(program, whose="team") == ["about", "given", "own", "his own"]
    assert titles(program, whose="team", employee=who) == ["about", "given", "his own"]
    assert titles(program, whose="team", employee="me") == ["own"]
    assert titles(program, whose="set", client=client) == ["about"]
    assert titles(manager, whose="team") == ["about", "given", "his own"]
    assert titles(program, whose="team", state="overdue") == []
    with shop.as_(shop.cast.owner):
        Task.objects.filter(title="given").update(due_at=datetime.now(UTC) - timedelta(hours=1))
    assert titles(program, whose="team", state="overdue") == ["given"]
    (late,) = program.get("assignments", whose="set", state="overdue").json()["items"]
    assert late["is_overdue"]
    program.post(f"assignments/{late['id']}/withdraw")
    own = program.get("assignments").json()["items"][0]["id"]
    program.post(f"assignments/{own}/finish", {})
    assert titles(program, whose="team", state="closed") == ["own", "given"]


@pytest.mark.parametrize("state", ["open", "closed"])
def test_pages_leave_nothing_out_and_repeat_nothing(shop, program, state):
    now = datetime.now(UTC)
    with shop.as_(shop.cast.owner) as owner:
        for number in range(7):
            at = now + timedelta(minutes=number // 3)
            draft = services.TaskDraft(str(number), owner.person_id, at + timedelta(days=1))
            made = services.set_task(actor=owner, draft=draft, now=now)
            if state == "closed":
                services.finish_task(actor=owner, public_id=made.public_id, result="", now=at)
    seen, cursor = [], ""
    while cursor is not None:
        page = program.get("assignments", state=state, limit=2, cursor=cursor).json()
        seen += [one["title"] for one in page["items"]]
        cursor = page["next"]
    assert seen == (list("0123456") if state == "open" else list("6543210"))
    first = program.get("assignments", state=state, limit=2).json()["next"]
    other = program.get("assignments", whose="set", state=state, limit=2, cursor=first)
    assert (other.status_code, other.json()["code"]) == (422, "bad_cursor")


def test_what_a_kind_requires_is_named_by_its_place(shop, program):
    with shop.as_(shop.cast.owner) as owner:
        services.add_kind(actor=owner, name="Invoice", requires=["why", "about", "checklist"], asks=["For how much?"])
    (kind,) = [one for one in program.get("task-kinds").json()["items"] if one["name"] == "Invoice"]
    assert (kind["requires"], kind["asks"]) == (["why", "about", "checklist"], ["For how much?"])
    sent = {"title": "Invoice", "due_at": days(1), "kind": kind["id"]}
    refused = program.post("assignments", sent)
    assert refused.status_code == 422
    assert set(refused.json()["fields"]) == {"why", "client", "checks", "answers.For how much?"}
    client = program.post("clients", {"name": "Анна"}).json()["client"]["id"]
    good = {**sent, "why": "He asked", "client": client, "checks": ["Sum"], "answers": {"For how much?": "1000"}}
    assert program.post("assignments", good).json()["answers"] == {"For how much?": "1000"}
    wrong = [
        ({"due_at": days(-1)}, "due_at"),
        ({"answers": {"Why not?": "x", "For how much?": "1"}}, "answers.Why not?"),
        ({"employee": "nobody"}, "employee"),
        ({"deal": "aaaaaaaaaaaa"}, "deal"),
        ({"client": "aaaaaaaaaaaa"}, "client"),
        ({"kind": "aaaaaaaaaaaa", "answers": {}}, "kind"),
    ]
    for change, place in wrong:
        answer = program.post("assignments", {**good, **change})
        assert (answer.status_code, set(answer.json()["fields"])) == (422, {place}), change


def test_tasks_under_a_task_end_before_it(program):
    above = program.post("assignments", {"title": "Kitchen", "due_at": days(3)}).json()["id"]
    below = program.post("assignments", {"title": "Measure", "due_at": days(1), "parent": above}).json()
    assert below["parent"] == above
    assert [one["title"] for one in program.get(f"assignments/{above}").json()["subtasks"]] == ["Measure"]
    refused = program.post(f"assignments/{above}/finish", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "subtasks_open")
    assert program.post(f"assignments/{above}/withdraw").json()["subtasks"][0]["state"] == "withdrawn"


def test_a_key_that_only_reads_sets_nothing_and_hides_nothing_from_its_maker(shop):
    reader = Program.of(shop.cast.owner, "tasks:read")
    owner = Program.of(shop.cast.owner)
    client = owner.post("clients", {"name": "Анна"}).json()["client"]["id"]
    owner.post("assignments", {"title": "Call", "due_at": days(1), "client": client})
    assert reader.get("assignments").json()["items"][0]["about"]["name"] == "Анна"
    assert reader.post("assignments", {"title": "Call", "due_at": days(1)}).json()["code"] == "insufficient_scope"


def test_a_page_of_tasks_takes_few_statements(shop, program, django_assert_max_num_queries):
    client = program.post("clients", {"name": "Анна"}).json()["client"]["id"]
    for number in range(20):
        program.post("assignments", {"title": str(number), "due_at": days(1), "client": client})
    with django_assert_max_num_queries(20):
        assert len(program.get("assignments", limit=20).json()["items"]) == 20
