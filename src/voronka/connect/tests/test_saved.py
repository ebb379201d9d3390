"""Saved lists, as a program reads them: which there are, what they ask for, the clients and deals of one."""

from datetime import UTC, datetime

import pytest

from voronka.accounts import services as accounts
from voronka.accounts.testing import add_person
from voronka.connect.testing import Program
from voronka.deals.testing import make_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def program(shop):
    made = Program.of(shop.cast.owner)
    for number in range(6):
        sent = {"name": f"Клиент {number}", "city": "Омск" if number % 2 else "Тула"}
        client = made.post("clients", sent).json()["client"]["id"]
        made.post("deals", {"client": client, "title": f"Сделка {number}", "sum": str(1000 * number)})
    return made


def save(shop, subject: str, query: str, name: str = "Омичи", *, is_shared: bool = False) -> str:
    with shop.as_(shop.cast.owner) as owner:
        return accounts.save_view(
            actor=owner, subject=subject, name=name, query=query, is_shared=is_shared, now=datetime.now(UTC)
        ).public_id


def walked(program: Program, path: str, said: str, limit: int) -> list[str]:
    seen, cursor = [], ""
    while cursor is not None:
        page = program.get(path, limit=limit, cursor=cursor).json()
        seen += [one[said] for one in page["items"]]
        cursor = page["next"]
    return seen


def test_lists_are_read_with_what_they_ask_for(shop, program):
    own = save(shop, "client", "f.city=Омск&sort=name&page=7")
    shared = save(shop, "deal", "f.sum=3000..", "Крупные", is_shared=True)
    me = program.get("me").json()["employee"]
    told = program.get("saved-lists").json()["items"]
    assert [(one["id"], one["subject"], one["name"], one["is_shared"]) for one in told] == [
        (own, "client", "Омичи", False),
        (shared, "deal", "Крупные", True),
    ]
    assert told[0]["conditions"] == [{"name": "f.city", "value": "Омск"}, {"name": "sort", "value": "name"}]
    assert (told[0]["owner"], told[0]["is_mine"]) == (me, True)
    assert [one["id"] for one in program.get("saved-lists", subject="deal").json()["items"]] == [shared]
    assert program.get(f"saved-lists/{own}").json() == told[0]
    mate = Program.of(shop.cast.colleague)
    (seen,) = mate.get("saved-lists").json()["items"]
    assert (seen["id"], seen["is_mine"]) == (shared, False)
    assert mate.get(f"saved-lists/{own}").status_code == 404
    assert mate.get(f"saved-lists/{own}/clients").status_code == 404


def test_the_clients_of_a_list_come_in_its_order_page_by_page(shop, program):
    saved = save(shop, "client", "f.city=Омск&sort=-name")
    assert walked(program, f"saved-lists/{saved}/clients", "name", 2) == ["Клиент 5", "Клиент 3", "Клиент 1"]
    assert program.get(f"saved-lists/{saved}/deals").status_code == 404
    texts = save(shop, "client", "q=Клиент 4", "По тексту")
    assert walked(program, f"saved-lists/{texts}/clients", "name", 2) == ["Клиент 4"]
    several = save(shop, "client", "f.city=Омск&f.city=Тула&sort=name", "Оба города")
    assert len(walked(program, f"saved-lists/{several}/clients", "name", 4)) == 6
    cursor = program.get(f"saved-lists/{saved}/clients", limit=2).json()["next"]
    other = program.get(f"saved-lists/{several}/clients", limit=2, cursor=cursor)
    assert (other.status_code, other.json()["code"]) == (422, "bad_cursor")


def test_the_deals_of_a_list_come_newest_first(shop, program):
    saved = save(shop, "deal", "f.sum=2000..", "Крупные")
    assert walked(program, f"saved-lists/{saved}/deals", "title", 3) == [f"Сделка {one}" for one in (5, 4, 3, 2)]
    city = save(shop, "deal", "f.client.city=Омск")
    assert walked(program, f"saved-lists/{city}/deals", "title", 2) == [f"Сделка {one}" for one in (5, 3, 1)]
    assert program.get(f"saved-lists/{city}/clients").status_code == 404
    won = save(shop, "deal", "state=won", "Выигранные")
    assert walked(program, f"saved-lists/{won}/deals", "title", 2) == []


def test_a_condition_that_is_none_any_more_is_refused_not_ignored(shop, program):
    for subject, path in (("client", "clients"), ("deal", "deals")):
        saved = save(shop, subject, "f.custom.gone=1")
        answer = program.get(f"saved-lists/{saved}/{path}")
        assert (answer.status_code, set(answer.json()["fields"])) == (422, {"f.custom.gone"}), subject


def test_who_opens_no_such_list_is_told_none(shop, program):
    save(shop, "client", "f.city=Омск", is_shared=True)
    deal = save(shop, "deal", "f.sum=1..", "Все", is_shared=True)
    keeper = Program.of(add_person(shop.cast.owner, "storekeeper"))
    assert [one["subject"] for one in keeper.get("saved-lists").json()["items"]] == ["client"]
    assert keeper.get(f"saved-lists/{deal}").status_code == 403
    reader = Program.of(shop.cast.owner, "lists:read")
    assert len(reader.get("saved-lists").json()["items"]) == 2
    assert reader.get(f"saved-lists/{deal}/deals").json()["code"] == "insufficient_scope"


def test_a_page_of_a_list_takes_few_statements(shop, program, django_assert_max_num_queries):
    saved = save(shop, "deal", "f.sum=1..", "Все")
    with django_assert_max_num_queries(20):
        assert len(program.get(f"saved-lists/{saved}/deals").json()["items"]) == 5


def test_a_list_is_saved_changed_shared_deleted_and_taken_back(shop, program):
    made = program.post("saved-lists", {"subject": "client", "name": "Омичи", "query": "sort=name&f.city=Омск"})
    assert made.status_code == 201, made.content
    one = made.json()
    assert made["Location"] == f"/api/v1/saved-lists/{one['id']}"
    assert (one["is_mine"], one["is_shared"], len(one["conditions"])) == (True, False, 2)
    path = f"saved-lists/{one['id']}"
    assert walked(program, f"{path}/clients", "name", 2) == ["Клиент 1", "Клиент 3", "Клиент 5"]
    changed = program.call("PATCH", path, {"query": "f.city=Тула&sort=name", "is_shared": True}).json()
    assert (changed["name"], changed["is_shared"]) == ("Омичи", True)
    assert walked(Program.of(shop.cast.owner), f"{path}/clients", "name", 2) == ["Клиент 0", "Клиент 2", "Клиент 4"]
    mate = Program.of(shop.cast.colleague)
    assert mate.call("PATCH", path, {"name": "Моя"}).status_code == 403
    own = mate.post("saved-lists", {"subject": "client", "name": "Моя", "query": "f.city=Омск"}).json()["id"]
    refused = mate.call("PATCH", f"saved-lists/{own}", {"is_shared": True})
    assert (refused.status_code, mate.get(f"saved-lists/{own}").json()["is_shared"]) == (403, False)
    assert program.call("DELETE", path).status_code == 204
    assert program.get(path).status_code == 404
    second = program.post("saved-lists", {"subject": "client", "name": "омичи", "query": "f.city=Омск"}).json()["id"]
    taken = program.post(f"{path}/restore")
    assert (taken.status_code, set(taken.json()["fields"])) == (422, {"name"})
    program.call("DELETE", f"saved-lists/{second}")
    assert program.post(f"{path}/restore").json()["id"] == one["id"]


def test_a_list_that_the_screen_would_not_understand_is_refused(shop, program):
    for subject, query, place in (
        ("client", "f.cty=Омск", "f.cty"),
        ("client", "city=Омск", "city"),
        ("client", "f.city=", "f.city"),
        ("client", "sort=nothing", "sort"),
        ("deal", "f.sum=много", "f.sum"),
        ("deal", "sort=-sum", "sort"),
        ("client", "&".join(f"f.custom.x{number}=1" for number in range(21)), "query"),
    ):
        refused = program.post("saved-lists", {"subject": subject, "name": "Что-то", "query": query})
        assert (refused.status_code, set(refused.json()["fields"])) == (422, {place}), refused.content
    assert program.get("saved-lists").json()["items"] == []
    for number, query in enumerate(
        ("f.city:not=Омск", "f.city:empty=yes", "f.city=Омск&f.city=Тула&columns=city", "q=Анна")
    ):
        taken = program.post("saved-lists", {"subject": "client", "name": f"№ {number}", "query": query})
        assert taken.status_code == 201, taken.content
