"""Requests of the inbox, as a program sorts them: list, show, accept, attach, reject, put back."""

import pytest

from voronka.connect.testing import Program
from voronka.deals.models import Deal
from voronka.deals.testing import make_shop
from voronka.people import services as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    made = make_shop()
    with made.as_(made.cast.owner) as owner:
        people.set_sources(actor=owner, sources=["yandex"])
    return made


@pytest.fixture
def program(shop):
    return Program.of(shop.cast.owner)


def bring(program: Program, number: int, **more: object) -> str:
    sent = {"name": f"Анна {number}", "phones": [f"+7916123456{number}"], "source": "yandex", **more}
    answer = program.post("leads", sent)
    assert answer.json()["state"] == "waiting", answer.content
    return answer.json()["lead"]


def waiting(program: Program, **asked: object) -> list[str]:
    return [one["id"] for one in program.get("leads", **asked).json()["items"]]


def test_what_waits_is_listed_the_oldest_first_and_shown_whole(program):
    ids = [bring(program, number, message="Кухню", city="Омск", extra={"Форма": "Подвал"}) for number in range(5)]
    seen, cursor = [], ""
    while cursor is not None:
        page = program.get("leads", limit=2, cursor=cursor).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
        program.post(
            f"leads/{seen[-1]}/reject", {}
        )  # the one a page ends with is sorted: the next page stays the next
    assert seen == ids
    assert waiting(program, state="spam") == [ids[4], ids[3], ids[1]]
    read = program.get(f"leads/{ids[0]}").json()
    assert (read["name"], read["phones"], read["city"], read["source"]) == (
        "Анна 0", ["+79161234560"], "Омск", "yandex",
    )  # fmt: skip
    assert (read["message"], read["extra"], read["state"], read["client"]) == (
        "Кухню", {"Форма": "Подвал"}, "waiting", None,
    )  # fmt: skip


def test_a_request_is_accepted_once_and_put_back(shop, program):
    lead = bring(program, 1)
    done = program.post(f"leads/{lead}/accept").json()
    assert (done["is_new_deal"], done["was_sorted"], done["request"]["state"]) == (True, False, "accepted")
    deal, client = done["request"]["deal"], done["request"]["client"]
    assert program.get(f"deals/{deal}").json()["client"]["id"] == client
    again = program.post(f"leads/{lead}/accept").json()
    assert (again["is_new_deal"], again["was_sorted"], again["request"]["deal"]) == (False, True, deal)
    with shop.as_(shop.cast.owner):
        assert Deal.objects.count() == 1
    refused = program.post(f"leads/{lead}/reject", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "sorted_already")
    back = program.post(f"leads/{lead}/put-back").json()
    assert (back["state"], back["client"], back["deal"]) == ("waiting", None, None)
    assert program.get(f"deals/{deal}").json()["state"] == "archived"
    assert waiting(program) == [lead]


def test_a_request_is_attached_to_the_client_that_is_named(program):
    card = program.post("clients", {"name": "Смирнова Анна"}).json()["client"]["id"]
    lead = bring(program, 1)
    missing = program.post(f"leads/{lead}/attach", {"client": "aaaaaaaaaaaa"})
    assert (missing.status_code, set(missing.json()["fields"])) == (422, {"client"})
    done = program.post(f"leads/{lead}/attach", {"client": card}).json()
    assert (done["request"]["state"], done["request"]["client"]) == ("attached", card)
    other = bring(program, 1)
    (likely,) = program.get(f"leads/{other}/likely").json()["items"]
    assert likely["client"]["id"] == card
    assert "phone" in likely["signs"]
    assert likely["deals"] == [done["request"]["deal"]]


def test_a_blocked_sender_lands_in_spam_from_then_on(program):
    lead = bring(program, 1)
    assert program.post(f"leads/{lead}/reject", {"block": True}).json()["state"] == "spam"
    sent = {"name": "Анна", "phones": ["+79161234561"]}
    assert program.post("leads", sent).json()["state"] == "spam"
    assert program.post(f"leads/{lead}/put-back").json()["state"] == "waiting"
    accepted = program.post(f"leads/{lead}/accept").json()["request"]["state"]
    assert accepted == "accepted"


def test_a_manager_is_told_no_client_and_deal_of_others(shop, program):
    lead = bring(program, 1)
    done = program.post(f"leads/{lead}/accept").json()["request"]
    mine = program.get("me").json()["employee"]["id"]
    colleague = Program.of(shop.cast.colleague)
    told = colleague.get(f"leads/{lead}").json()
    seen = colleague.get(f"clients/{done['client']}").status_code == 200
    assert (told["client"] == done["client"]) is seen
    assert told["decided_by"]["id"] == mine
    assert (told["deal"] == done["deal"]) is (colleague.get(f"deals/{done['deal']}").status_code == 200)


def test_a_key_that_reads_sorts_nothing(shop, program):
    lead = bring(program, 1)
    reader = Program.of(shop.cast.owner, "leads:read")
    assert waiting(reader) == [lead]
    assert reader.post(f"leads/{lead}/accept").json()["code"] == "insufficient_scope"
    sorter = Program.of(shop.cast.owner, "leads:sort")
    assert sorter.get("leads").json()["code"] == "insufficient_scope"
    assert sorter.post(f"leads/{lead}/accept").json()["request"]["deal"]


def test_own_fields_are_told_by_their_codes_and_employees_by_public_ids(program):
    me = program.get("me").json()["employee"]["id"]
    codes = {
        kind: program.post("fields", {"name": kind, "kind": kind}).json()["code"] for kind in ("number", "person")
    }
    lead = bring(program, 1, fields={codes["number"]: 7, codes["person"]: me})
    assert program.get(f"leads/{lead}").json()["fields"] == {codes["number"]: 7, codes["person"]: me}


def test_a_page_of_requests_takes_few_statements(program, django_assert_max_num_queries):
    for number in range(10):
        bring(program, number)
    with django_assert_max_num_queries(20):
        assert len(program.get("leads", limit=10).json()["items"]) == 10
