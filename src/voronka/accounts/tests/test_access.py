"""Networks that people come in from, modules that are switched off, and the log of exports."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from voronka.accounts import queries, services
from voronka.accounts.models import Company, ListExport, Role
from voronka.accounts.services import RoleChoices
from voronka.accounts.testing import NOW, PASSWORD, Cast, add_person, make_company, sign_in, user_of
from voronka.kit.actors import EXPORT, Actor, all_rights
from voronka.kit.errors import Denied, Invalid
from voronka.kit.models import EventRow
from voronka.kit.steps import all_steps, steps_for, working
from voronka.kit.tenancy import company_context

pytestmark = pytest.mark.django_db
OFFICE = {"REMOTE_ADDR": "203.0.113.7"}
HOME = {"REMOTE_ADDR": "198.51.100.9"}


@pytest.fixture
def cast() -> Iterator[Cast]:
    made = make_company()
    with company_context(made.company_id, employee_id=made.owner.employee_id):
        yield made


def keep_office(cast: Cast, client: Client) -> None:
    sign_in(client, cast.owner)
    answer = client.post(reverse("accounts:networks"), {"networks": "203.0.113.0/24"}, **OFFICE)
    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("0.0.0.0/0", "полмира"),
        ("::/0\n203.0.113.0/24", "полмира"),
        ("198.51.100.0/24", "203.0.113.7"),
        ("garbage", "garbage"),
        ("203.0.113.0/24\n<script>alert(1)</script>", "&lt;script&gt;"),
    ],
)
def test_nobody_saves_a_list_that_locks_him_out_or_means_nothing(
    cast: Cast, client: Client, lines: str, words: str
) -> None:
    answer = sign_in(client, cast.owner).post(reverse("accounts:networks"), {"networks": lines}, **OFFICE)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert words in text
    assert lines.splitlines()[0] in text  # what was typed is kept
    assert queries.list_networks() == []


def test_a_running_session_stops_outside_the_networks_and_goes_on_inside(cast: Cast, client: Client) -> None:
    keep_office(cast, client)
    assert client.get("/me/", **OFFICE).status_code == 200
    away = client.get("/me/", **HOME)
    assert away.status_code == 403
    assert "198.51.100.9" in away.content.decode()
    assert client.get("/me/", headers={"HX-Request": "true"}, **HOME).status_code == 403
    told = client.get("/me/", headers={"Accept": "application/json"}, **HOME)
    assert (told.status_code, told.json()["code"]) == (403, "barred")
    assert client.post(reverse("kit:live-ticket"), **HOME).status_code == 403
    assert client.get("/me/", **OFFICE).status_code == 200


def test_signing_in_from_outside_opens_nothing_of_the_company(cast: Cast, client: Client) -> None:
    keep_office(cast, client)
    fresh = Client()
    sent = {"login": user_of(cast.owner).email, "password": PASSWORD}
    answer = fresh.post(reverse("account_login"), sent, follow=True, **HOME)
    assert answer.status_code == 403
    assert reverse("account_logout") in answer.content.decode()


@pytest.mark.parametrize(("proxies", "status"), [(0, 403), (1, 200), (2, 403)])
def test_a_forwarded_address_counts_as_many_proxies_as_are_trusted(
    cast: Cast,
    client: Client,
    settings,
    proxies: int,
    status: int,  # type: ignore[no-untyped-def]
) -> None:
    keep_office(cast, client)
    settings.TRUSTED_PROXIES = proxies
    forged = "203.0.113.9" if proxies != 2 else "198.51.100.1, 203.0.113.9"
    assert client.get("/me/", headers={"X-Forwarded-For": forged}, **HOME).status_code == status


def test_an_unknown_address_is_outside(cast: Cast, client: Client) -> None:
    keep_office(cast, client)
    assert client.get("/me/", REMOTE_ADDR="").status_code == 403


def test_other_companies_stay_open(cast: Cast, client: Client) -> None:
    """A person of two companies goes to the one that lets him in."""
    email = user_of(cast.owner).email
    other, place = services.found_company(
        name="Вторая", owner_email=email, password=None, owner_name="Olga", now=Company.objects.get().made_at
    )
    keep_office(cast, client)
    barred = client.get("/me/", **HOME).content.decode()
    assert "Вторая" in barred
    assert client.post(reverse("accounts:place"), {"place": place}, **HOME).status_code == 302
    assert client.get("/me/", **HOME).status_code == 200
    assert other


def test_jobs_and_the_system_know_no_networks(cast: Cast, client: Client) -> None:
    keep_office(cast, client)
    assert queries.find_actor(cast.company_id, cast.owner.employee_id or 0, origin="export") is not None


def test_an_administrator_lets_the_locked_out_in(cast: Cast, client: Client) -> None:
    keep_office(cast, client)
    assert services.let_everybody_in(email="nobody@example.com") == []
    assert services.let_everybody_in(email=user_of(cast.owner).email) == ["Bellwether"]
    assert client.get("/me/", **HOME).status_code == 200


def again(actor: Actor) -> Actor:
    found = queries.find_actor(actor.company_id, actor.employee_id or 0)
    assert found is not None
    return found


def kinds(actor: Actor) -> set[str]:
    return {one.kind for one in steps_for(actor)}


def test_a_switched_off_module_is_gone_from_every_place(cast: Cast, client: Client) -> None:
    sign_in(client, cast.owner)
    letters = reverse("messaging:templates")
    assert client.get(letters).status_code == 200
    assert letters in client.get(reverse("accounts:settings")).content.decode()
    assert "messaging.send_letter" in kinds(again(cast.owner))
    assert client.post(reverse("accounts:modules"), {"on": ["import"]}).status_code == 302
    answer = client.get(letters)
    assert answer.status_code == 404
    assert "выключена" in answer.content.decode()
    assert client.post(letters).status_code in (404, 405)
    assert letters not in client.get(reverse("accounts:settings")).content.decode()
    off = again(cast.owner)
    assert not any(kind.startswith("messaging.") for kind in kinds(off))
    assert "deals.set_task" in kinds(off)
    assert client.post(reverse("accounts:modules"), {"on": ["import", "letters"]}).status_code == 302
    assert client.get(letters).status_code == 200


def test_steps_rest_where_the_company_has_switched_them_off_only(cast: Cast) -> None:
    letter = next(one for one in all_steps() if one.kind == "messaging.send_letter").model_validate({"template": "x"})
    role = Role.objects.get(code="manager")
    services.change_role(actor=cast.owner, role_id=role.pk, wanted=RoleChoices(modules_off=["letters"]))
    manager = again(cast.colleague)
    assert "messaging.send_letter" not in kinds(manager)
    assert working([letter], manager) == [letter]
    services.switch_modules(actor=cast.owner, off=["letters"])
    assert working([letter], again(cast.colleague)) == []


def test_a_role_leaves_a_module_and_a_section_out_for_its_people_only(cast: Cast, client: Client) -> None:
    role = Role.objects.get(code="marketer")
    wanted = RoleChoices(modules_off=["import"], unused=["section:deal-list"])
    services.change_role(actor=cast.owner, role_id=role.pk, wanted=wanted)
    sign_in(client, add_person(cast.owner, "marketer"))
    assert client.get("/clients/import/").status_code == 404
    page = client.get("/clients/").content.decode()
    assert 'href="/clients/import/"' not in page
    assert 'href="/deals/"' not in page.partition("</header>")[0]
    owner = sign_in(Client(), cast.owner)
    assert owner.get("/clients/import/").status_code == 200
    assert 'href="/deals/"' in owner.get("/clients/").content.decode().partition("</header>")[0]


def test_the_company_leaves_sections_out_for_everybody_but_never_the_settings(cast: Cast, client: Client) -> None:
    sign_in(client, cast.owner)
    kept = services.unusable_codes() - {"section:deal-list", "press:meeting"}
    sent = {"on": ["import", "letters"], "uses": "1", **{f"use.{code}": "1" for code in kept}}
    assert client.post(reverse("accounts:modules"), sent).status_code == 302
    assert queries.list_unused() == ["press:meeting", "section:deal-list"]
    for actor in (again(cast.owner), again(cast.colleague)):
        assert actor.unused >= {"press:meeting", "section:deal-list"}
    head = client.get("/clients/").content.decode().partition("</header>")[0]
    assert 'href="/deals/"' not in head
    assert 'href="/settings/"' in head
    with pytest.raises(Invalid):
        services.switch_modules(actor=cast.owner, off=[], unused=["section:settings"])
    assert client.post(reverse("accounts:modules"), {"on": ["import"]}).status_code == 302
    assert queries.list_unused() == ["press:meeting", "section:deal-list"]  # a form without them leaves them alone


@pytest.mark.parametrize("off", [["nothing"], ["letters", "kit"], [""]])
def test_an_unknown_module_is_refused(cast: Cast, off: list[str]) -> None:
    with pytest.raises(Invalid):
        services.switch_modules(actor=cast.owner, off=off)
    assert Company.objects.get().modules_off == []


@pytest.mark.parametrize("address", ["people:client-export", "deals:deal-export"])
@pytest.mark.parametrize("code", ["csv", "xlsx"])
def test_each_export_is_a_line_of_the_log(cast: Cast, client: Client, address: str, code: str) -> None:
    sign_in(client, cast.owner)
    answer = client.get(reverse(address, args=[code]), {"q": "Секретная", "f.city": "Омск"}, **OFFICE)
    assert answer.status_code == 200
    line = ListExport.objects.get()
    assert (line.rows, line.format, line.address, line.employee_id) == (
        0,
        code,
        "203.0.113.7",
        cast.owner.employee_id,
    )
    assert "Секретная" in line.query
    event = EventRow.objects.get(name="accounts.ListExported")
    assert event.payload["export_id"] == line.pk
    assert "Секретная" not in str(event.payload)
    page = client.get(reverse("accounts:exports")).content.decode()
    for words in ("Секретная", "203.0.113.7", cast.owner.name, code.upper()):
        assert words in page


@pytest.mark.parametrize("address", ["people:client-export", "deals:deal-export"])
def test_no_right_no_file_and_no_line(cast: Cast, client: Client, address: str) -> None:
    assert sign_in(client, cast.colleague).get(reverse(address, args=["csv"])).status_code == 403
    assert ListExport.objects.count() == 0


def test_the_log_of_exports_cannot_be_rewritten(cast: Cast, client: Client) -> None:
    from django.db import ProgrammingError, transaction

    sign_in(client, cast.owner).get(reverse("people:client-export", args=["csv"]))
    for rewrite in (lambda: ListExport.objects.update(rows=5), lambda: ListExport.objects.all().delete()):
        with pytest.raises(ProgrammingError), transaction.atomic():
            rewrite()


def test_one_who_may_not_see_all_takes_no_archive_of_all(cast: Cast) -> None:
    role = services.make_role(actor=cast.owner, name="Заместитель", like="owner")
    services.change_role(actor=cast.owner, role_id=role.pk, wanted=RoleChoices(fields={"deal.sum": 0}))
    deputy = add_person(cast.owner, role.code)
    for refused in (services.order_export, services.find_export):
        with pytest.raises(Denied):
            refused(actor=deputy)


def test_signing_out_tells_the_browser_to_drop_its_pages(cast: Cast, client: Client) -> None:
    answer = sign_in(client, cast.owner).post(reverse("account_logout"))
    assert answer.headers["Clear-Site-Data"] == '"cache"'


def test_who_may_is_asked_once_for_all_and_says_what_each_would_be_told(cast: Cast) -> None:
    head, manager = add_person(cast.owner, "head"), add_person(cast.owner, "manager")
    reader = add_person(cast.owner, "reader")
    services.dismiss_employee(actor=cast.owner, employee_id=reader.person_id)
    services.add_employee(
        actor=cast.owner, email="new@example.com", first_name="Ann", last_name="New", role="head", team_id=None,
        zone="Europe/Moscow", now=NOW,
    )  # fmt: skip
    for right in all_rights():
        for owner_id in (None, manager.employee_id):
            told = queries.employees_who_may(right, owner_id=owner_id)
            actors = [queries.find_actor(cast.company_id, one.pk) for one in queries.list_employees()]
            able = [one.employee_id for one in actors if one is not None and one.may(right, owner_id=owner_id)]
            assert told == able, right.code
    assert {cast.owner.employee_id, head.employee_id} <= set(queries.employees_who_may(EXPORT))
    with CaptureQueriesContext(connection) as asked:
        queries.employees_who_may(EXPORT)
    assert len(asked) == 1
