"""Cards of one client, as a program joins them: likely doubles, joining with choices, parting again."""

import pytest

from voronka.accounts.testing import add_person
from voronka.connect.testing import Program
from voronka.deals.testing import make_shop
from voronka.people.services.doubles import find_all_pairs

pytestmark = pytest.mark.django_db
PHONE = {"kind": "phone", "value": "+79161234567"}


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def program(shop):
    return Program.of(shop.cast.owner)


def card(program: Program, name: str = "Смирнова Анна", **more: object) -> str:
    return program.post("clients", {"name": name, "contacts": [PHONE], **more}).json()["client"]["id"]


def pairs(program: Program, **asked: object) -> list[set[str]]:
    items = program.get("doubles", **asked).json()["items"]
    return [{one["id"] for one in pair["clients"]} for pair in items]


def search(shop) -> None:
    with shop.as_(shop.cast.owner):
        find_all_pairs()


def test_cards_are_joined_and_parted_exactly(program):
    first = card(program, city="Омск", comment="Утром")
    second = card(program, city="Тула", contacts=[{"kind": "email", "value": "anna@yandex.ru"}])
    program.post(f"clients/{second}/notes", {"text": "Заметка"})
    before = [program.get(f"clients/{one}").json() for one in (first, second)]
    made = program.post("merges", {"survivor": first, "others": [second], "choices": {"city": second}})
    assert made.status_code == 201, made.content
    merge = made.json()
    assert made["Location"] == f"/api/v1/merges/{merge['id']}"
    assert (merge["merged"], merge["by"]["name"]) == ([second], "Olga Orlova")
    joined = merge["client"]
    assert (joined["id"], joined["city"], joined["comment"]) == (first, "Тула", "Утром")
    assert {one["kind"] for one in joined["contacts"]} == {"phone", "email"}
    assert program.get(f"clients/{second}").json()["id"] == first
    assert len(program.get(f"clients/{first}/notes").json()["items"]) == 1
    parted = program.post(f"merges/{merge['id']}/undo")
    assert parted.status_code == 200, parted.content
    assert program.get(f"merges/{merge['id']}").json()["undone_by"]["name"] == "Olga Orlova"
    after = [program.get(f"clients/{one}").json() for one in (first, second)]
    assert [{**one, "version": 0} for one in after] == [{**one, "version": 0} for one in before]


def test_a_newer_joining_is_taken_back_first(program):
    ids = [card(program) for _n in range(3)]
    older, newer = (program.post("merges", {"survivor": ids[0], "others": [one]}).json()["id"] for one in ids[1:])
    refused = program.post(f"merges/{older}/undo")
    assert (refused.status_code, refused.json()["code"], refused.json()["newer"]) == (409, "newer_merge", newer)
    assert [program.post(f"merges/{one}/undo").status_code for one in (newer, older)] == [200, 200]


def test_what_makes_no_sense_is_named_by_its_place(program):
    first, second = card(program), card(program, "Иванова Ольга")
    firm = program.post("clients", {"name": "ООО Кухня", "kind": "organisation"}).json()["client"]["id"]
    good = {"survivor": first, "others": [second]}
    wrong = [
        ({"others": [first]}, 422, {"others"}),
        ({"others": ["aaaaaaaaaaaa"]}, 422, {"others"}),
        ({"survivor": "aaaaaaaaaaaa"}, 422, {"survivor"}),
        ({"choices": {"city": firm}}, 422, {"choices.city"}),
        ({"choices": {"colour": first}}, 422, {"choices.colour"}),
        ({"choices": {"city": "both"}}, 422, {"choices.city"}),
        ({"others": [firm]}, 409, set()),
        ({"versions": {second: 99}}, 409, set()),
    ]
    for change, status, places in wrong:
        answer = program.post("merges", {**good, **change})
        assert (answer.status_code, set(answer.json().get("fields", {}))) == (status, places), change
    version = program.get(f"clients/{second}").json()["version"]
    assert program.post("merges", {**good, "versions": {second: version}}).status_code == 201


def test_likely_doubles_come_in_pages_until_they_are_told_apart(shop, program):
    ids = [card(program, city="Омск") for _n in range(3)]
    search(shop)
    every = pairs(program)
    assert sorted(map(sorted, every)) == sorted(map(sorted, ({ids[0], ids[1]}, {ids[0], ids[2]}, {ids[1], ids[2]})))
    (told, *_more) = program.get("doubles").json()["items"]
    assert "phone" in told["signs"]
    assert told["score"] > 0
    seen, cursor = [], ""
    while cursor is not None:
        page = program.get("doubles", limit=1, cursor=cursor).json()
        seen += [{one["id"] for one in pair["clients"]} for pair in page["items"]]
        cursor = page["next"]
    assert seen == every
    assert program.post("doubles/different", {"clients": ids[:2]}).status_code == 204
    assert {*ids[:2]} not in pairs(program)
    assert len(pairs(program)) == 2


def test_a_manager_joins_only_cards_that_he_may_change(shop, program):
    mate = Program.of(shop.cast.colleague)
    third = Program.of(add_person(shop.cast.owner, "manager"))
    who, else_ = (one.get("me").json()["employee"]["id"] for one in (mate, third))
    his = [card(program, responsible=who) for _n in range(2)]
    other = card(program, responsible=else_)
    search(shop)
    assert pairs(mate) == [set(his)]
    assert len(pairs(program)) == 3
    refused = mate.post("merges", {"survivor": his[0], "others": [other]})
    assert (refused.status_code, set(refused.json()["fields"])) == (422, {"others"})
    assert mate.post("doubles/different", {"clients": [his[0], other]}).status_code == 422
    assert mate.post("merges", {"survivor": his[0], "others": [his[1]]}).status_code == 201
    narrow = Program.of(shop.cast.owner, "clients:read", "clients:write")
    assert narrow.post("merges", {"survivor": his[0], "others": [other]}).json()["code"] == "insufficient_scope"


def test_a_page_of_doubles_takes_few_statements(shop, program, django_assert_max_num_queries):
    for _n in range(6):
        card(program)
    search(shop)
    with django_assert_max_num_queries(20):
        assert len(program.get("doubles").json()["items"]) == 15
