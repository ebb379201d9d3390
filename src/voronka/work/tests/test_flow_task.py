"""An automation sets a task for a person about its client: once, for whom it says, in words that he may read."""

from datetime import UTC, datetime, timedelta

import pytest

from voronka.accounts.testing import Cast, add_person, make_company
from voronka.flows.models import Run
from voronka.flows.services import bring_in, try_again
from voronka.flows.services.nodes import steps_offered
from voronka.flows.testing import go, make_automation, step
from voronka.kit.tenancy import company_context
from voronka.people.models import Client
from voronka.people.testing import make_client
from voronka.work.models import Assignment, Reminder, TaskKind
from voronka.work.steps import SetPersonTask

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
BY_HAND = {"kind": "people.by_hand"}


@pytest.fixture
def cast():
    made = make_company(now=NOW - timedelta(days=1))
    with company_context(made.company_id, employee_id=made.owner.employee_id):
        yield made


def walks(cast: Cast, client: Client, **set_up: object) -> Run:
    given = {"words": "Поздравить: {{ client.first_name }}", "minutes": 120, **set_up}
    row = make_automation(cast.owner, BY_HAND, step(1, "work.set_task", **given), now=NOW)
    run = bring_in(actor=cast.owner, automation=row.public_id, subject=client.public_id, now=datetime.now(UTC))
    go(cast.company_id, datetime.now(UTC))
    go(cast.company_id, datetime.now(UTC))
    return Run.objects.get(pk=run.pk)


def test_who_answers_for_the_client_gets_the_task_once_with_its_deadline(cast: Cast) -> None:
    client = make_client(cast.owner, "Смирнова Анна", first_name="Анна", responsible_id=cast.colleague.employee_id)
    kind = TaskKind.objects.create(name="Поздравление")
    run = walks(cast, client, task_kind=kind.public_id)
    assert (run.state, run.error) == ("done", "")
    made = Assignment.objects.select_related("task").get()
    assert (made.task.title, made.task.employee_id) == ("Поздравить: Анна", cast.colleague.employee_id)
    assert (made.task.client_id, made.kind_id, made.author_id) == (client.pk, kind.pk, None)
    assert timedelta(minutes=118) < made.task.due_at - datetime.now(UTC) <= timedelta(minutes=120)
    assert Reminder.objects.filter(employee_id=cast.colleague.employee_id).count() == 1


def test_a_named_one_or_the_head_gets_it_and_the_head_where_nobody_answers(cast: Cast) -> None:
    head = add_person(cast.owner, "head")
    nobodys = make_client(cast.owner, "Ничей")
    walks(cast, nobodys)
    walks(cast, nobodys, employee="head")
    named = next(public for public, _name in SetPersonTask.settings["employee"].options(None)[2:])
    walks(cast, nobodys, employee=named)
    got = list(Assignment.objects.order_by("id").values_list("task__employee_id", flat=True))
    assert got[:2] == [head.employee_id, head.employee_id]
    assert len(got) == 3


def test_what_no_automation_can_give_keeps_the_map_back_and_a_kind_changed_later_stops_in_words(cast: Cast) -> None:
    kind = TaskKind.objects.create(name="С файлом", requires=["file"])
    said = SetPersonTask(words="{{ client.phone }}", task_kind=kind.public_id, employee="nobody").problems()
    assert len(said) == 3
    TaskKind.objects.update(requires=[])
    client = make_client(cast.owner, "Анна")
    row = make_automation(
        cast.owner, BY_HAND, step(1, "work.set_task", words="Дело", task_kind=kind.public_id), now=NOW
    )
    TaskKind.objects.update(requires=["file"])
    run = bring_in(actor=cast.owner, automation=row.public_id, subject=client.public_id, now=datetime.now(UTC))
    at = datetime.now(UTC)
    for _turn in range(5):
        go(cast.company_id, at)
        at += timedelta(hours=11)
    run.refresh_from_db()
    assert (run.state, Assignment.objects.count()) == ("failed", 0)
    assert "файл" in run.error or "file" in run.error
    TaskKind.objects.update(requires=[])
    try_again(actor=cast.owner, public_id=run.public_id, now=at)
    go(cast.company_id, at)
    assert Assignment.objects.count() == 1


def test_it_is_offered_to_clients_and_to_nobody_else() -> None:
    assert "work.set_task" in steps_offered("client")
    assert "work.set_task" not in steps_offered("deal")
    assert "work.set_task" not in steps_offered("order")
