"""Campaigns by the API: drafted to a saved list, counted before the start, answered for by the reason that is named."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from voronka.accounts.services import save_view
from voronka.accounts.testing import add_person, make_company
from voronka.connect.rules import scopes
from voronka.connect.testing import Program
from voronka.kit.tenancy import company_context
from voronka.messaging import services
from voronka.messaging.models import Campaign, Message
from voronka.messaging.services import campaigns
from voronka.messaging.testing import Post, channel
from voronka.people.testing import make_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    made = make_company()
    with company_context(made.company_id, employee_id=made.owner.employee_id), channel("email", Post()):
        yield made


@pytest.fixture
def drafted(cast):
    now = datetime.now(UTC)
    for n in range(5):
        make_client(cast.owner, f"Клиент {n}", email=f"k{n}@client-zavod.ru")
    template = services.save_template(actor=cast.owner, name="Т", subject="Осень", body="{{ client.name }}!")
    view = save_view(actor=cast.owner, subject="client", name="Все", query="sort=name", is_shared=True, now=now)
    texts = [{"template": template.public_id}]
    return {"name": "Осень", "traffic": "service", "saved_list": view.public_id, "variants": texts}


def run_all() -> None:
    for minutes in range(3):
        now = datetime.now(UTC) + timedelta(minutes=minutes, seconds=1)
        campaigns.look(now=now)
        services.send_due("email", now=now)


def test_a_campaign_from_the_draft_to_its_recipients_by_the_api(cast, drafted) -> None:
    program = Program.of(cast.owner)
    made = program.post("campaigns", drafted)
    assert made.status_code == 201, made.content
    path = made["Location"]
    assert (made.json()["state"], made.json()["progress"]) == ("draft", None)
    assert program.get(f"{path}/check").json()["goes"] == 5
    client = program.get("clients").json()["items"][0]["id"]
    assert program.post(f"{path}/test", {"client": client}).json()["address"].count("@") == 1
    few = program.post(f"{path}/start", {"at_most": 4})
    assert (few.status_code, few.json()["code"]) == (409, "more_recipients")
    assert Campaign.objects.get().state == "draft"
    token = str(uuid.uuid4())
    for _twice in range(2):
        assert program.post(f"{path}/start", {"at_most": 5}, token=token).json()["state"] == "running"
    assert program.post(f"{path}/pause").json()["state"] == "paused"
    assert program.post(f"{path}/resume", {}).json()["state"] == "running"
    run_all()
    told = program.get(path).json()
    assert (told["state"], told["progress"]["ended"], told["started_by"]["name"]) == ("done", 5, "Olga Orlova")
    figures = program.get(f"{path}/results").json()["figures"]
    assert [(one["variant"], one["planned"], one["accepted"]) for one in figures] == [(0, 5, 5)]
    first = program.get(f"{path}/recipients", limit=3).json()
    rest = program.get(f"{path}/recipients", limit=3, cursor=first["next"]).json()
    messages = [one["message"] for one in (*first["items"], *rest["items"])]
    assert (len(set(messages)), rest["next"]) == (5, None)
    assert {one["client"] for one in first["items"]} < {one["id"] for one in program.get("clients").json()["items"]}
    assert [one["name"] for one in program.get("campaigns", state="done").json()["items"]] == ["Осень"]
    assert program.post(f"{path}/stop").status_code == 409  # it has ended


def test_a_draft_is_changed_copied_and_deleted_and_what_has_begun_is_not(cast, drafted) -> None:
    program = Program.of(cast.owner, scopes.CAMPAIGNS_READ, scopes.CAMPAIGNS_WRITE, scopes.CAMPAIGNS_RUN)
    path = program.post("campaigns", drafted)["Location"]
    later = drafted | {"name": "Зима", "way": "clock", "on_day": "2030-12-01", "hour": "10:30", "a_minute": 60}
    changed = program.call("PUT", path, later | {"version": 1}).json()
    assert (changed["name"], changed["hour"], changed["a_minute"], changed["version"]) == ("Зима", "10:30", 60, 2)
    stale = program.call("PUT", path, drafted | {"version": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    wrong = program.call("PUT", path, drafted | {"saved_list": "nothing"})
    assert (wrong.status_code, set(wrong.json()["fields"])) == (422, {"saved_list"})
    assert program.get(path).json()["name"] == "Зима", "what was refused has changed nothing"
    token = str(uuid.uuid4())
    copies = {program.post(f"{path}/copy", token=token).json()["id"] for _twice in range(2)}
    assert (len(copies), Campaign.objects.count()) == (1, 2)
    copy = program.get(f"campaigns/{copies.pop()}").json()
    assert (copy["name"], copy["state"], copy["way"], copy["saved_list"]) == (
        "Зима (copy)", "draft", "now", drafted["saved_list"],
    )  # fmt: skip
    assert program.call("DELETE", f"campaigns/{copy['id']}").status_code == 204
    assert program.call("DELETE", f"campaigns/{copy['id']}").status_code == 404
    assert program.call("PUT", path, drafted).status_code == 200
    program.post(f"{path}/start", {"at_most": 5})
    for refused in (program.call("PUT", path, later), program.call("DELETE", path)):
        assert refused.status_code == 409
    assert Campaign.objects.get().state == "running"
    seen = Program.of(add_person(cast.owner, "reader"))
    assert {seen.call("PUT", path, drafted).status_code, seen.post(f"{path}/copy").status_code} == {403}
    assert Program.of(cast.stranger).call("DELETE", path).status_code == 404


def test_one_that_asks_runs_when_its_reason_is_named_and_out_of_a_backup_only_by_a_person(cast, drafted) -> None:
    program = Program.of(cast.owner)
    path = program.post("campaigns", drafted)["Location"]
    program.post(f"{path}/start", {"at_most": 5})
    Campaign.objects.update(asks_why="left")
    campaigns.hold_left(now=datetime.now(UTC))
    told = program.get(path).json()
    assert (told["state"], told["asks_why"]) == ("asks", "left")
    for wrong in ({}, {"confirm": "overdue"}):
        refused = program.post(f"{path}/resume", wrong)
        assert (refused.status_code, refused.json()["code"]) == (409, "campaign_asks")
        assert "left" in refused.json()["detail"]
    assert program.post(f"{path}/resume", {"confirm": "left"}).json()["state"] == "running"
    Campaign.objects.update(asks_why="restored")
    campaigns.hold_left(now=datetime.now(UTC))
    refused = program.post(f"{path}/resume", {"confirm": "restored"})
    assert (refused.status_code, refused.json()["code"]) == (409, "campaign_asks")
    for why in ("broken", "conflict", "not_found", "denied"):
        Campaign.objects.update(asks_why=why)
        assert program.get(path).json()["asks_why"] == why
    assert program.post(f"{path}/stop").json()["state"] == "stopped"
    run_all()
    assert not Message.objects.filter(state="accepted").exists()


def test_who_prepares_does_not_start_and_what_is_wrong_is_said_at_its_place(cast, drafted) -> None:
    program = Program.of(cast.owner, scopes.CAMPAIGNS_READ, scopes.CAMPAIGNS_WRITE)
    path = program.post("campaigns", drafted)["Location"]
    assert program.post(f"{path}/start", {"at_most": 5}).status_code == 403
    wrong = program.post("campaigns", drafted | {"saved_list": "nothing", "way": "at"})
    assert (wrong.status_code, set(wrong.json()["fields"])) == (422, {"saved_list", "starts_at"})
    assert program.post("campaigns", drafted | {"saved_list": ""}).status_code == 422  # no list is not all clients
    for hour in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-11:00"):
        odd = program.post("campaigns", drafted | {"way": "at", "starts_at": hour})
        assert (odd.status_code, set(odd.json()["fields"])) == (422, {"starts_at"})
    odd = program.post("campaigns", drafted | {"way": "clock", "on_day": "9999-12-31", "hour": "23:59"})
    assert (odd.status_code, set(odd.json()["fields"])) == (422, {"starts_at"})
    assert Program.of(add_person(cast.owner, "manager")).get("campaigns").status_code == 403
    seen = Program.of(add_person(cast.owner, "reader"))
    assert seen.get(path).status_code == 200
    assert seen.post("campaigns", drafted).status_code == 403
    assert Program.of(cast.stranger).get(path).status_code == 404
