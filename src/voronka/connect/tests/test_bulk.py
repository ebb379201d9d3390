"""Many clients at once, the recycle bin and the history of cards, as a program works with them."""

import pytest

from voronka.accounts.testing import add_person
from voronka.connect.testing import Program
from voronka.deals.testing import make_shop
from voronka.people.models import BulkRun, Client
from voronka.people.services import bulk

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def program(shop):
    made = Program.of(shop.cast.owner)
    for number in range(4):
        made.post("clients", {"name": f"Клиент {number}", "city": "Омск" if number % 2 else "Тула"})
    return made


def run_jobs(shop, verb) -> None:
    with shop.as_(shop.cast.owner):
        verb(BulkRun.objects.get().pk)


def cities(shop) -> list[str]:
    with shop.as_(shop.cast.owner):
        return list(Client.objects.order_by("name").values_list("city", flat=True))


def test_clients_of_a_list_are_looked_at_changed_and_put_back(shop, program):
    begun = program.post("bulk-changes", {"query": "f.city=Омск"})
    assert begun.status_code == 201, begun.content
    run = begun.json()
    assert (run["state"], run["total"], run["does"]) == ("draft", 2, None)
    assert run["may"] == ["responsible", "city", "vip", "delete"]
    path, action = f"bulk-changes/{run['id']}", {"action": "city", "value": "Томск"}
    seen = program.post(f"{path}/preview", action).json()
    assert (seen["total"], seen["will_change"], seen["may_be_held"]) == (2, 2, False)
    sample = {"name": "Клиент 1", "before": "Омск", "after": "Томск", "why": ""}
    assert seen["samples"][0] == sample
    assert cities(shop) == ["Тула", "Омск", "Тула", "Омск"]
    started = program.post(f"{path}/start", action).json()
    assert (started["state"], started["does"]) == ("running", {"action": "city", "field": "", "value": "Томск"})
    run_jobs(shop, bulk.run)
    done = program.get(path).json()
    assert (done["state"], done["seen"], done["changed"]) == ("done", 2, 2)
    assert cities(shop) == ["Тула", "Томск", "Тула", "Томск"]
    assert program.post(f"{path}/undo").json()["state"] == "undoing"
    run_jobs(shop, bulk.undo)
    assert program.get(path).json()["undo"] == {"restored": 2, "kept": 0}
    assert cities(shop) == ["Тула", "Омск", "Тула", "Омск"]
    again = program.post(f"{path}/start", action)
    assert (again.status_code, again.json()["code"]) == (409, "bulk_moved_on")


def test_whom_to_change_is_said_in_one_way_and_never_misread(shop, program):
    ids = [one["id"] for one in program.get("clients").json()["items"]]
    for sent in ({}, {"clients": ids[:1], "query": ""}, {"clients": []}):
        assert program.post("bulk-changes", sent).status_code == 422, sent
    for query, place in (
        ("f.cty=Омск", "f.cty"), ("city=Омск", "city"), ("f.city=", "f.city"), ("Омск", "Омск"), ("sort=x", "sort"),
        ("f.city=Москва", "query"),
    ):  # fmt: skip
        refused = program.post("bulk-changes", {"query": query})
        assert (refused.status_code, set(refused.json()["fields"])) == (422, {place}), query
    assert program.post("bulk-changes", {"clients": ["nobody"]}).json()["fields"].keys() == {"clients"}
    assert program.post("bulk-changes", {"query": ""}).json()["total"] == 4
    assert program.post("bulk-changes", {"clients": ids[:2]}).json()["total"] == 2


def test_actions_take_values_of_their_kind(shop, program):
    mate = Program.of(shop.cast.colleague).get("me").json()["employee"]["id"]
    person = program.post("fields", {"name": "Куратор", "kind": "person"}).json()["code"]
    goods = program.post("fields", {"name": "Товары", "kind": "choices", "options": ["стол", "стул"]}).json()["code"]
    path = f"bulk-changes/{program.post('bulk-changes', {'query': ''}).json()['id']}"
    for action, ends in (
        ({"action": "responsible", "value": mate}, shop.cast.colleague.name),
        ({"action": "vip", "value": True}, "yes"),
        ({"action": "field", "field": goods, "value": ["стол"]}, "стол"),
        ({"action": "add", "field": goods, "value": ["стул"]}, "стул"),
    ):
        seen = program.post(f"{path}/preview", action)
        assert (seen.status_code, seen.json()["samples"][0]["after"]) == (200, ends), seen.content
    for wrong, place in (
        ({"action": "responsible", "value": "nobody"}, "value"),
        ({"action": "vip", "value": "yes"}, "value"),
        ({"action": "field", "field": "nothing", "value": 1}, "field"),
        ({"action": "add", "field": goods, "value": ["шкаф"]}, "value"),
        ({"action": "everything"}, "action"),
    ):
        refused = program.post(f"{path}/preview", wrong)
        assert (refused.status_code, set(refused.json()["fields"])) == (422, {place}), refused.content
    started = program.post(f"{path}/start", {"action": "field", "field": person, "value": mate}).json()
    assert started["does"] == {"action": "field", "field": person, "value": mate}
    run_jobs(shop, bulk.run)
    assert {one["fields"][person] for one in program.get("clients").json()["items"]} == {mate}
    stopped = program.post(f"{path}/stop")
    assert (stopped.status_code, stopped.json()["code"]) == (409, "bulk_moved_on")


def test_deleting_many_takes_the_scope_of_deleting(shop, program):
    narrow = Program.of(shop.cast.owner, "clients:bulk")
    path = f"bulk-changes/{narrow.post('bulk-changes', {'query': 'f.city=Омск'}).json()['id']}"
    assert "delete" not in narrow.get(path).json()["may"]
    assert narrow.post(f"{path}/start", {"action": "delete"}).status_code == 403
    assert narrow.get(path).json()["state"] == "draft"
    wide = Program.of(shop.cast.owner, "clients:bulk", "clients:delete")
    assert wide.post(f"{path}/start", {"action": "delete"}).json()["does"]["action"] == "delete"
    run_jobs(shop, bulk.run)
    assert [one["client"]["name"] for one in wide.get("bin").json()["items"]] == ["Клиент 3", "Клиент 1"]
    mate = Program.of(add_person(shop.cast.owner, "head"))
    assert mate.get(path).status_code == 404


def test_the_bin_tells_who_and_when_page_by_page_and_gives_back(shop, program):
    ids = {one["name"]: one["id"] for one in program.get("clients").json()["items"]}
    for name in ids:
        assert program.call("DELETE", f"clients/{ids[name]}").status_code == 204
    assert program.get("clients").json()["items"] == []
    assert program.call("DELETE", f"clients/{ids['Клиент 0']}").status_code == 404
    seen, cursor = [], ""
    while cursor is not None:
        page = program.get("bin", limit=3, cursor=cursor).json()
        seen += page["items"]
        cursor = page["next"]
    assert [one["client"]["id"] for one in seen] == list(reversed(ids.values()))
    assert {(one["by"]["name"], one["days_left"]) for one in seen} == {("Olga Orlova", 29)}
    back = program.post("bin/restore", {"clients": [ids["Клиент 1"], "nobody"]}).json()
    assert back == {"clients": [ids["Клиент 1"]]}
    assert [one["id"] for one in program.get("clients").json()["items"]] == [ids["Клиент 1"]]
    assert program.post("bin/restore", {"clients": [ids["Клиент 1"]]}).status_code == 404
    assert Program.of(shop.cast.colleague).get("bin").status_code == 403


def test_a_held_client_stays_and_an_old_id_deletes_nobody(shop, program):
    client = program.get("clients").json()["items"][0]["id"]
    program.post("deals", {"client": client, "title": "Шкаф"})
    held = program.call("DELETE", f"clients/{client}")
    assert (held.status_code, held.json()["code"]) == (409, "client_held")
    one, other = (program.post("clients", {"name": name}).json()["client"]["id"] for name in ("Анна", "Анна П"))
    program.post("merges", {"survivor": one, "others": [other]})
    old = program.call("DELETE", f"clients/{other}")
    assert (old.status_code, old.json()["code"]) == (409, "joined")
    assert program.get(f"clients/{one}").status_code == 200


def test_the_history_of_a_card_names_who_what_before_and_after(shop, program):
    person = program.post("fields", {"name": "Куратор", "kind": "person"}).json()["code"]
    me = program.get("me").json()["employee"]
    client = program.post("clients", {"name": "Анна", "city": "Омск"}).json()["client"]
    for number, changes in enumerate(
        ({"city": "Томск"}, {"responsible": me["id"]}, {"fields": {person: me["id"]}, "external_id": "A-7"})
    ):
        sent = {**changes, "version": client["version"] + number}
        assert program.call("PATCH", f"clients/{client['id']}", sent).status_code == 200
    path = f"clients/{client['id']}/history"
    seen, cursor = [], ""
    while cursor is not None:
        page = program.get(path, limit=1, cursor=cursor).json()
        seen += page["items"]
        cursor = page["next"]
    assert [one["id"] for one in seen] == [one["id"] for one in program.get(path).json()["items"]]
    last, middle, first = seen
    assert [(one["field"], one["before"], one["after"]) for one in last["fields"]] == [
        ("external_id", "", "A-7"),
        (f"custom.{person}", None, me["id"]),
    ]
    assert [(one["field"], one["before"], one["after"]) for one in middle["fields"]] == [
        ("responsible", None, me["id"])
    ]
    assert ("city", "Омск", "Томск") in [(one["field"], one["before"], one["after"]) for one in first["fields"]]
    assert {one["who"]["name"] for one in seen} == {"Olga Orlova"}
    assert Program.of(shop.cast.colleague).get(path).status_code == 403
