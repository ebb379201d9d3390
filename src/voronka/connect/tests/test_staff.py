"""Employees, roles and hours set up by a program: as far as its maker may, and never his own power over people."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client as Browser

from voronka.accounts import services as accounts
from voronka.accounts.models import Employee, Role
from voronka.accounts.testing import add_person, sign_in
from voronka.connect.testing import Program
from voronka.deals.models import Deal
from voronka.deals.testing import Shop, make_deal, make_shop
from voronka.work.models import DayOff, Leave, Schedule

pytestmark = pytest.mark.django_db
DAY = {"opens_minute": 540, "closes_minute": 1080}


@pytest.fixture
def shop() -> Shop:
    return make_shop()


@pytest.fixture
def program(shop: Shop) -> Program:
    return Program.of(shop.cast.owner)


def ids(program: Program) -> dict[str, str]:
    return {one["name"]: one["id"] for one in program.get("employees", state="all").json()["items"]}


def invite(program: Program, email: str = "nina@example.com", role: str = "manager", **more: object) -> dict:
    sent = {"email": email, "first_name": "Нина", "last_name": "Новик", "role": role, **more}
    answer = program.post("employees", sent)
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_an_employee_is_invited_and_takes_his_place_by_the_link(shop, program):
    assert program.post("teams", {"name": " Север  один "}).json() == {"name": "Север один"}
    assert program.post("teams", {"name": "Север один"}).json()["fields"] == {"name": "There is a team of this name."}
    made = invite(program, team="Север один", zone="Asia/Omsk")
    assert {name: made["employee"][name] for name in ("role", "team", "zone", "has_joined", "feed")} == {
        "role": "manager",
        "team": "Север один",
        "zone": "Asia/Omsk",
        "has_joined": False,
        "feed": "company",
    }
    token = re.fullmatch(r"http://testserver/join/(.+)/", made["link"])[1]
    joined = accounts.join(token=token, user_id=None, password="a long and calm password", now=datetime.now(UTC))
    assert joined.email == "nina@example.com"
    shown = program.get(f"employees/{made['employee']['id']}").json()
    assert (shown["has_joined"], shown["email"]) == (True, "nina@example.com")
    again = program.post(f"employees/{made['employee']['id']}/invite")
    assert (again.status_code, again.json()["code"]) == (409, "refused")


def test_where_letters_go_out_the_invitation_is_a_letter_and_no_link(shop, program, settings):
    settings.MAIL_REACHES_PEOPLE = True
    assert invite(program)["link"] is None


def test_the_same_invitation_again_invites_nobody_twice(shop, program):
    sent = {"email": "nina@example.com", "first_name": "Нина", "role": "manager"}
    first = program.post("employees", sent, token="nina")
    again = program.post("employees", sent, token="nina")
    assert (again.status_code, again.json()["link"]) == (201, first.json()["link"])
    taken = program.post("employees", sent, token="other")
    assert (taken.status_code, set(taken.json()["fields"])) == (422, {"email"})
    with shop.as_(shop.cast.owner):
        assert Employee.objects.filter(user__email="nina@example.com").count() == 1


@pytest.mark.parametrize("right", ["connect.manage_keys", "accounts.manage_employees", "kit.change_settings"])
def test_no_program_gives_power_over_the_company(shop, program, right):
    """Not by the owner's role, not by a role of one's own that has such a right, not by making one."""
    with shop.as_(shop.cast.owner) as owner:
        strong = accounts.make_role(actor=owner, name="Заместитель", like="manager")
        accounts.change_role_rights(actor=owner, role_id=strong.pk, rights={right: 3})
        code, before = strong.code, Employee.objects.count()
    mate = ids(program)["Olga Orlova"]
    weak = program.post("roles", {"name": "Стажёр", "like": "manager"}).json()["code"]
    for answer in (
        program.post("employees", {"email": "eve@example.com", "first_name": "Ева", "role": "owner"}),
        program.post("employees", {"email": "eve@example.com", "first_name": "Ева", "role": code}),
        program.call("PATCH", f"employees/{mate}", {"first_name": "Ева"}),
        program.post(f"employees/{mate}/dismiss"),
        program.post("roles", {"name": "Второй", "like": code}),
        program.post("roles", {"name": "Второй", "like": "owner"}),
        program.call("PATCH", f"roles/{code}", {"rights": {"deals.see": "own"}}),
        program.call("PATCH", f"roles/{weak}", {"rights": {right: "all"}}),
        program.post(f"roles/{code}/delete", {"successor": "manager"}),
        program.post(f"roles/{weak}/delete", {"successor": code}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "denied"), answer.content
        assert answer.json()["detail"].startswith("A program may neither give nor take"), answer.content
    with shop.as_(shop.cast.owner) as owner:
        assert Employee.objects.count() == before
        assert not Role.objects.filter(name="Второй").exists()
        # The control: the same person by his own hand may.
        accounts.make_role(actor=owner, name="Второй", like=code)


def test_a_program_of_one_who_may_less_gives_no_more_than_he_has(shop, program):
    with shop.as_(shop.cast.owner) as owner:
        role = accounts.make_role(actor=owner, name="Кадры", like="reader")
        accounts.change_role_rights(
            actor=owner, role_id=role.pk, rights={"accounts.manage_employees": 3, "accounts.manage_roles": 3}
        )
        clerk = add_person(owner, role.code)
    weak = Program.of(clerk)
    answer = weak.post("employees", {"email": "eve@example.com", "first_name": "Ева", "role": "manager"})
    assert (answer.status_code, answer.json()["code"]) == (403, "denied")
    assert invite(weak, role="reader")["employee"]["role"] == "reader"


def test_an_employee_is_changed_dismissed_and_taken_back(shop, program):
    mate = Program.of(shop.cast.colleague)
    manager = mate.get("me").json()["employee"]["id"]
    changed = program.call("PATCH", f"employees/{manager}", {"last_name": "Новик", "feed": "led"}).json()
    assert (changed["last_name"], changed["feed"]) == ("Новик", "led")
    first = changed["first_name"]
    assert program.call("PATCH", f"employees/{manager}", {"role": "head"}).json()["role"] == "head"
    back = program.call("PATCH", f"employees/{manager}", {"role": "manager", "feed": "company"}).json()
    assert (back["first_name"], back["last_name"], back["feed"]) == (first, "Новик", "company")
    wrong = program.call("PATCH", f"employees/{manager}", {"team": "Нет такой", "role": "manager"})
    assert wrong.json()["fields"] == {"team": "There is no such team."}
    assert program.post(f"employees/{manager}/dismiss").json()["is_active"] is False
    assert mate.get("me").status_code == 401
    returned = program.post(f"employees/{manager}/return").json()
    assert (returned["employee"]["is_active"], returned["link"]) == (True, None)
    assert mate.get("me").status_code == 200


def test_only_those_who_manage_employees_are_told_their_addresses(shop, program):
    head = Program.of(add_person(shop.cast.owner, "head"))
    reader = Program.of(shop.cast.owner, "company:read")
    for weak in (head, reader):
        assert {(one["email"], one["feed"]) for one in weak.get("employees").json()["items"]} == {(None, None)}
    assert {one["feed"] for one in program.get("employees").json()["items"]} == {"company"}


def test_a_role_is_made_narrowed_and_deleted(shop, program):
    made = program.post("roles", {"name": "Стажёр", "like": "manager"}).json()
    usual = program.get("roles/manager").json()["rights"]
    assert (made["employees"], made["rights"]) == (0, usual)
    known = program.get("rights").json()
    by_code = {one["code"]: one for one in known["rights"]}
    assert by_code["people.see_clients"]["reaches"] == ["none", "own", "team", "all"]
    assert by_code["deals.edit_buttons"]["reaches"] == ["none", "all"]
    assert [code for code, one in by_code.items() if not one["by_program"]] == [
        "accounts.back_up", "accounts.manage_employees", "accounts.manage_roles", "connect.manage_keys",
        "kit.change_settings",
    ]  # fmt: skip
    section = next(one["code"] for one in known["unusable"] if one["code"].startswith("section:"))
    sent = {
        "name": "Младший менеджер",
        "rights": {"people.see_clients": "own", "deals.assign": "none"},
        "fields": {"client.phone": "read", "deal.sum": "hidden"},
        "unused": [section],
    }
    changed = program.call("PATCH", f"roles/{made['code']}", sent).json()
    assert changed["name"] == "Младший менеджер"
    assert changed["rights"] == {**usual, "people.see_clients": "own", "deals.assign": "none"}
    assert changed["fields"] == {"client.phone": "read", "deal.sum": "hidden"}
    assert changed["unused"] == [section]
    opened = program.call("PATCH", f"roles/{made['code']}", {"fields": {"deal.sum": "edit"}}).json()
    assert opened["fields"] == {"client.phone": "read"}
    for wrong in (
        {"rights": {"deals.edit_buttons": "own"}},
        {"rights": {"no.such": "all"}},
        {"fields": {"x": "read"}},
    ):
        answer = program.call("PATCH", f"roles/{made['code']}", wrong)
        assert answer.status_code == 422
    invited = invite(program, role=made["code"])["employee"]["id"]
    assert [one["employees"] for one in program.get("roles").json()["items"] if one["code"] == made["code"]] == [1]
    assert program.post(f"roles/{made['code']}/delete", {"successor": "manager"}).json() == {"employees": 1}
    assert program.get(f"employees/{invited}").json()["role"] == "manager"
    assert program.get(f"roles/{made['code']}").status_code == 404


def test_everything_open_of_one_is_seen_handed_over_and_given_back(shop, program):
    head = add_person(shop.cast.owner, "head")
    with shop.as_(shop.cast.colleague) as manager:
        for _number in range(3):
            make_deal(manager, now=datetime.now(UTC), responsible_id=manager.employee_id)
    manager = Program.of(shop.cast.colleague).get("me").json()["employee"]
    to = Program.of(head).get("me").json()["employee"]
    way = {"way": "person", "to": to["id"]}
    plan = program.get(f"employees/{manager['id']}/hand-over", **way).json()
    assert plan == {"shares": [{"employee": to, "deals": 3}], "deals": 3, "tasks": 0, "is_more": False}
    done = program.post(f"employees/{manager['id']}/hand-over", way).json()
    assert (done["employee"], done["to"], done["deals"], done["undone_at"]) == (manager, to, 3, None)
    nothing = program.post(f"employees/{manager['id']}/hand-over", way)
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_open")
    nobody = program.post(f"employees/{manager['id']}/hand-over", {"way": "person", "to": "nobody"})
    assert nobody.json()["fields"] == {"to": "Choose a colleague."}
    assert program.post(f"hand-overs/{done['id']}/undo").json() == {"deals": 3, "tasks": 0}
    assert program.post(f"hand-overs/{done['id']}/undo").json() == {"deals": 0, "tasks": 0}
    (past,) = program.get(f"employees/{manager['id']}/hand-overs").json()["items"]
    assert (past["id"], past["undone_at"] is None) == (done["id"], False)
    with shop.as_(shop.cast.owner):
        assert set(Deal.objects.values_list("responsible", flat=True)) == {shop.cast.colleague.employee_id}


def test_hours_of_the_company_and_of_one(shop, program):
    usual = program.get("hours/company").json()
    assert (usual["is_own"], usual["week"][:5], usual["week"][5:]) == (False, [DAY] * 5, [None, None])
    week = {"week": [None, *[DAY] * 5, None], "lunch": {"opens_minute": 780, "closes_minute": 840}}
    assert program.call("PUT", "hours/company", week).json() == {**week, "is_own": True}
    manager = ids(program)[shop.cast.colleague.name]
    assert program.get(f"hours/{manager}").json() == {**week, "is_own": False}
    night = {"week": [{"opens_minute": 1320, "closes_minute": 360}] + [None] * 6, "lunch": None}
    assert program.call("PUT", f"hours/{manager}", night).json() == {**night, "is_own": True}
    assert program.call("DELETE", f"hours/{manager}").status_code == 204
    assert program.get(f"hours/{manager}").json()["is_own"] is False
    assert program.call("DELETE", "hours/company").status_code == 422
    with shop.as_(shop.cast.owner):
        assert Schedule.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "place"),
    [
        ({"week": [DAY] * 6}, "week"),
        ({"week": [None] * 7}, "week"),
        ({"week": [{"opens_minute": 540, "closes_minute": 540}, *[None] * 6]}, "week.0"),
        ({"week": [{"opens_minute": 540, "closes_minute": 1441}, *[None] * 6]}, "week.0.closes_minute"),
        ({"week": [DAY] * 7, "lunch": {"opens_minute": 840, "closes_minute": 780}}, "lunch"),
    ],
)
def test_hours_that_are_none_are_refused_at_their_place(program, sent, place):
    answer = program.call("PUT", "hours/company", sent)
    assert (answer.status_code, set(answer.json()["fields"])) == (422, {place}), answer.content


def test_days_off_and_holidays(shop, program):
    assert program.post("holidays", {"year": 2027}).json()["added"] > 10
    assert program.post("holidays", {"year": 2027}).json() == {"added": 0}
    assert program.post("holidays", {"year": 2019}).status_code == 422
    loaded = program.get("hours/company/days", year=2027).json()["items"]
    assert {"on": "2027-01-07", "works": False} in [{"on": one["on"], "works": one["works"]} for one in loaded]
    manager = ids(program)[shop.cast.colleague.name]
    day = program.call("PUT", f"hours/{manager}/days/2027-03-06", {"works": True, "name": "Инвентаризация"}).json()
    assert day == {"on": "2027-03-06", "works": True, "name": "Инвентаризация"}
    assert program.get(f"hours/{manager}/days", year=2027).json() == {"items": [day]}
    for _again in range(2):
        assert program.call("DELETE", f"hours/{manager}/days/2027-03-06").status_code == 204
    assert program.call("PUT", f"hours/{manager}/days/1990-03-06", {}).json()["fields"].keys() == {"on"}
    leave = {"kind": "trip", "starts_on": "2027-08-02", "ends_on": "2027-08-03"}
    made = program.post(f"hours/{manager}/leaves", leave).json()
    assert program.get(f"hours/{manager}/leaves").json() == {"items": [made]}
    assert program.get(f"hours/{manager}/leaves", since="2027-08-04").json() == {"items": []}
    bad = program.post(f"hours/{manager}/leaves", {**leave, "ends_on": "2027-08-01"})
    assert (bad.status_code, set(bad.json()["fields"])) == (422, {"ends_on"})
    assert program.call("DELETE", f"leaves/{made['id']}").status_code == 204
    with shop.as_(shop.cast.owner):
        assert not Leave.objects.exists()
        assert not DayOff.objects.exclude(employee=None).exists()


def test_the_page_of_documentation_says_what_stays_with_people(shop):
    page = sign_in(Browser(), shop.cast.owner).get("/api/").content.decode()
    assert "пароли и второй фактор" in page
    told = Browser().get("/api/v1/openapi.json", headers={"Accept-Language": "ru"}).json()["info"]["description"]
    assert "пароли и второй фактор" in told
    told = Browser().get("/api/v1/openapi.json", headers={"Accept-Language": "en"}).json()["info"]["description"]
    assert "passwords and the second factor" in told
