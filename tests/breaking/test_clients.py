"""Lists and cards of clients: every parameter spoilt, rights that go while a page is open, two at one card."""

import base64
import json
import re
from typing import Any

import pytest
from django.db import transaction
from django.test import Client as Browser
from django.utils.html import escape

from voronka.accounts.models import Employee, Role
from voronka.accounts.testing import Cast, add_person, make_company, sign_in
from voronka.config.testing import part_of
from voronka.kit import facets
from voronka.kit.tenancy import company_context
from voronka.people import services
from voronka.people.models import Client, CustomField
from voronka.people.testing import make_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    cast = make_company()
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        for kind in CustomField.Kind.values:
            options = ["да", "нет"] if kind in ("choice", "choices") else []
            services.add_field(actor=cast.owner, name=f"Поле {kind}", kind=kind, options=options)
        for number in range(3):
            make_client(cast.owner, f"Клиент {number}", phone=f"+7913200000{number}")
    return cast


@pytest.fixture
def owner(cast: Cast) -> Browser:
    return sign_in(Browser(), cast.owner)


def codes(cast: Cast) -> list[str]:
    with company_context(cast.company_id):
        return list(facets.facets_of("client", cast.owner))


def cursor(value: object, pk: object = 1) -> str:
    return base64.urlsafe_b64encode(json.dumps([value, pk]).encode()).decode().rstrip("=")


PLACES = [
    "a\0b", "\ud800", None, True, [], {}, 10**30, -(10**30), 1e308, "1e400000", "1e-400000", "NaN", "Infinity", "",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-02-31", "\u202e", "x" * 500,
]  # fmt: skip
GARBAGE = [
    "", " ", "0", "-1", "9" * 40, "1,5,5", "1..2", "31.02.2026", "..", "a..b", "\0", "a\0b", "²", "\u202eevil\u202c",
    "\u200b\ufeff", "👨‍👩‍👧", "' OR 1=1 --", "%", "_", "\\", "null", "[]", '{"$gt": 1}', "x" * 5_000,
    "2026-11-23T25:61", "1e400000", "NaN", "-Infinity", "01.01.0001..01.01.9999", "0..", "..9999999999999999999999",
]  # fmt: skip


class TestEveryParameterOfTheList:
    """Sort, place, filters, columns: garbage is answered with a page, never with a broken server."""

    def test_a_forged_place_in_every_order(self, cast: Cast, owner: Browser) -> None:
        for number, code in enumerate(codes(cast)):
            sort = f"-{code}" if number % 2 else code
            for value in PLACES if code in ("name", "made_at") else part_of(PLACES, 8, number):
                answer = owner.get("/clients/", {"sort": sort, "after": cursor(value)})
                assert answer.status_code == 200, (sort, value)
        for pk in (10**30, -1, "x", None, 1.5, True, [], "9" * 5000):
            assert owner.get("/clients/", {"after": cursor("2026-01-01T00:00:00+00:00", pk)}).status_code == 200, pk
        for text in ("[" * 900, "e30", "bnVsbA", "AAAA", "%00", "=" * 9, "é"):
            assert owner.get("/clients/", {"after": text}).status_code == 200, text

    def test_a_place_of_one_order_under_another(self, cast: Cast, owner: Browser) -> None:
        with company_context(cast.company_id, employee_id=cast.owner.employee_id):
            for number in range(52):
                make_client(cast.owner, f"Ещё {number}", phone=f"+7913300{number:04}", city="Томск")
        places = []
        for code in codes(cast):
            page = owner.get("/clients/", {"sort": code}).content.decode()
            places += re.findall(r"after=([\w-]+)", page)[:1]
        assert len(places) > 5
        for turn, place in enumerate(places):
            for code in part_of(codes(cast), 8, turn):
                assert owner.get("/clients/", {"sort": code, "after": place}).status_code == 200, (code, place)

    def test_garbage_in_every_filter(self, cast: Cast, owner: Browser) -> None:
        for number, code in enumerate(codes(cast)):
            for text in part_of(GARBAGE, 10, number):
                answer = owner.get("/clients/", {f"f.{code}": text})
                assert answer.status_code in (200, 422), (code, text)
            assert owner.get("/clients/count/", {f"f.{code}": GARBAGE[10]}).status_code == 200

    def test_a_field_that_was_put_away_meanwhile(self, cast: Cast, owner: Browser) -> None:
        with company_context(cast.company_id, employee_id=cast.owner.employee_id):
            field = CustomField.objects.get(kind="number")
            (code,) = [one for one in codes(cast) if one.endswith(field.code)]
            services.change_field(actor=cast.owner, public_id=field.public_id, name=field.name, is_active=False)
            assert code not in codes(cast)
        asked = {f"f.{code}": "5", "sort": code, "columns": code, "after": cursor("5"), "add": code}
        page = owner.get("/clients/", asked)
        assert page.status_code == 422
        assert owner.get("/clients/", {**asked, f"f.{code}": ""}).status_code == 200
        assert owner.get("/clients/export.csv", asked).status_code < 500

    @pytest.mark.parametrize("name", ["columns", "sort", "add", "q", "after", "tab", "before", "f.", "f.x", "f.f.f."])
    def test_garbage_in_every_other_parameter(self, cast: Cast, owner: Browser, name: str) -> None:
        with company_context(cast.company_id):
            client = Client.objects.order_by("id")[0]
        paths = ("/clients/", "/clients/export.csv", f"/clients/{client.public_id}/feed/")
        for number, text in enumerate(GARBAGE):
            for path in paths[number % 3 : number % 3 + 1]:
                answer = owner.get(path, {name: text})
                assert answer.status_code < 500, (path, name, text)
                if answer.streaming:
                    b"".join(answer.streaming_content)


def form_of(owner: Browser, client: Client) -> dict[str, Any]:
    """Return what the form of a card sends when nothing was typed."""
    form = owner.get(f"/clients/{client.public_id}/edit/").context["form"]
    page = owner.get(f"/clients/{client.public_id}/edit/").context
    data: dict[str, Any] = {"version": page["version"], "base": page["base"]}
    for name in form.fields:
        value = form[name].value()
        if value not in (None, "", False) and not hasattr(value, "read"):
            data[name] = value
    return data


def the_client(cast: Cast) -> Client:
    with company_context(cast.company_id):
        return Client.objects.order_by("id")[0]


TYPED = [
    ("birthday", "31.02.2026"), ("birthday", "29.02.2025"), ("birthday", "01.01.0001"), ("birthday", "99.99.9999"),
    ("call_opens", "25:61"), ("call_opens", "²"), ("zone", "Mars/Olympus"), ("zone", "../etc"), ("inn", "1" * 12),
    ("contact_0", "8 913\0"), ("contact_0", "1,2,3"), ("responsible", "9" * 30), ("responsible", "-1"),
    ("field_pole_number", "1,2,3"), ("field_pole_money", "1,5,5"), ("field_pole_money", "1e400000"),
    ("field_pole_number", "NaN"), ("field_pole_date", "31.02.2026"), ("field_pole_person", "²"),
    ("field_pole_choice", "может быть"), ("field_pole_link", "javascript:alert(1)"), ("kind", "robot"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text"), TYPED)
def test_what_cannot_be_is_told_at_its_place_and_stays_typed(
    cast: Cast, owner: Browser, name: str, text: str
) -> None:
    client = the_client(cast)
    answer = owner.post(f"/clients/{client.public_id}/edit/", {**form_of(owner, client), name: text})
    assert answer.status_code in (200, 302, 422), answer.status_code
    with company_context(cast.company_id):
        after = Client.objects.get(pk=client.pk)
    if answer.status_code == 422:
        assert (after.version, after.fields) == (client.version, client.fields)
        shown = answer.content.decode()
        assert "aria-invalid" in shown
        if text.isprintable() and name not in ("kind", "zone", "responsible") and "choice" not in name:
            assert escape(text) in shown
    else:
        # What was taken was taken whole, in a form that means the same: nothing like it may be kept.
        assert text not in json.dumps(after.fields)
        assert after.birthday == client.birthday


def test_signs_that_nobody_sees_cannot_disguise_a_name(cast: Cast, owner: Browser) -> None:
    data = {"kind": "person", "name": "\u202eАнна\u202c\u200b Сми\u2066рнова\ufeff", "contact_0": "8 913 500-00-01"}
    assert owner.post("/clients/add/", {**data, "contact_0_kind": "phone"}).status_code == 302
    with company_context(cast.company_id):
        made = Client.objects.order_by("-id")[0]
    assert not {sign for sign in made.name if sign in "\u202e\u202c\u200b\u2066\ufeff"}
    assert made.name == "Анна Смирнова"
    assert owner.get("/clients/", {"q": "Анна Смирнова"}).content.decode().count(made.public_id) >= 1


class TestRightsThatGoWhileThePageIsOpen:
    """A page that was opened with a right cannot use it after it was taken away."""

    def test_every_form_of_the_open_pages(self, cast: Cast) -> None:
        me = add_person(cast.owner, "head")
        browser, client = sign_in(Browser(), me), the_client(cast)
        address = f"/clients/{client.public_id}/"
        typed = {**form_of(browser, client), "city": "Омск"}
        with company_context(cast.company_id), transaction.atomic():
            reader = Role.objects.get(code="reader")
            Employee.objects.filter(pk=me.employee_id).update(role=reader)
        for path, data in (
            ("edit/", typed),
            ("note/", {"text": "x"}),
            ("consent/", {"purpose": "advertising", "channel": "any", "given": "1"}),
            ("persons/", {"person": client.public_id}),
        ):
            assert browser.post(address + path, data).status_code == 403, path
        assert browser.post("/clients/add/", {"name": "x", "contact_0": "8 913 500-00-02"}).status_code == 403
        assert browser.post("/clients/import/upload", {}).status_code == 403
        assert browser.get("/clients/export.csv").status_code == 403
        assert browser.get(address).status_code == 200
        with company_context(cast.company_id):
            assert Client.objects.get(pk=client.pk).version == client.version
            assert Client.objects.count() == 3

    def test_a_dismissed_person_is_out_at_once(self, cast: Cast) -> None:
        me = add_person(cast.owner, "head")
        browser, client = sign_in(Browser(), me), the_client(cast)
        typed = {**form_of(browser, client), "city": "Омск"}
        with company_context(cast.company_id), transaction.atomic():
            Employee.objects.filter(pk=me.employee_id).update(is_active=False)
        answer = browser.post(f"/clients/{client.public_id}/edit/", typed)
        assert answer.status_code in (302, 401, 403)
        with company_context(cast.company_id):
            assert Client.objects.get(pk=client.pk).city == client.city


class TestTwoPeopleAtOneCard:
    """The second one sees what changed, and neither loses a word."""

    def test_the_same_field_shows_both_and_the_next_save_is_meant(self, cast: Cast, owner: Browser) -> None:
        client, other = the_client(cast), sign_in(Browser(), add_person(cast.owner, "head"))
        mine, theirs = form_of(owner, client), form_of(other, client)
        address = f"/clients/{client.public_id}/edit/"
        assert other.post(address, {**theirs, "comment": "их слова", "city": "Омск"}).status_code == 302
        answer = owner.post(address, {**mine, "comment": "мои слова"})
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "мои слова" in page
        assert "их слова" in page
        assert "Омск" in page
        with company_context(cast.company_id):
            assert Client.objects.get(pk=client.pk).comment == "их слова"
        again = {**mine, "comment": "мои и их слова", "city": "Омск", "version": answer.context["version"],
                 "base": answer.context["base"]}  # fmt: skip
        assert owner.post(address, again).status_code == 302
        with company_context(cast.company_id):
            after = Client.objects.get(pk=client.pk)
        assert (after.comment, after.city) == ("мои и их слова", "Омск")

    @pytest.mark.parametrize("base", ["", "null", "[]", "{", '{"city": 5}', '{"city": ["x"]}', "[" * 5000, "\0"])
    def test_a_spoilt_memory_of_the_form_loses_nothing(self, cast: Cast, owner: Browser, base: str) -> None:
        with company_context(cast.company_id, employee_id=cast.owner.employee_id):
            client = make_client(cast.owner, "Смирнова Анна Петровна", phone="+79132000077")
        data = {**form_of(owner, client), "base": base, "city": "Омск"}
        answer = owner.post(f"/clients/{client.public_id}/edit/", data)
        assert answer.status_code in (302, 409, 422)
        with company_context(cast.company_id):
            after = Client.objects.get(pk=client.pk)
            contacts = after.contacts.count()
        assert after.name == client.name
        assert contacts == 1

    @pytest.mark.parametrize("version", ["", "0", "-1", "²", "9" * 30, "1.5"])
    def test_a_spoilt_version_writes_over_nobody(self, cast: Cast, owner: Browser, version: str) -> None:
        client = the_client(cast)
        answer = owner.post(
            f"/clients/{client.public_id}/edit/", {**form_of(owner, client), "version": version, "city": "Омск"}
        )
        assert answer.status_code == 409
        assert "Омск" in answer.content.decode()
        with company_context(cast.company_id):
            assert Client.objects.get(pk=client.pk).city == client.city
