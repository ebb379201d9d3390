"""The public form address: every kind of body, every kind of rubbish."""

import json
from collections.abc import Mapping

import pytest
from django.test import Client as Browser
from django.utils import translation

from voronka.accounts.models import Company
from voronka.accounts.testing import Cast, sign_in
from voronka.kit.models import EventRow
from voronka.kit.tenancy import company_context
from voronka.people import queries
from voronka.people.models import Client, InboxLead, Touch
from voronka.people.services import read_intake
from voronka.people.services.words import warning_words


@pytest.fixture
def address(cast: Cast) -> str:
    with company_context(cast.company_id):
        return f"/f/{Company.objects.get().form_key}"


def kept(cast: Cast) -> list[Touch]:
    with company_context(cast.company_id):
        return list(Touch.objects.select_related("client"))


LEAD = {"name": "Анна", "phone": "8 913 000-00-01", "цвет": "дуб", "utm_source": "yandex", "consent": "on"}


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data", "application/json"])
def test_a_lead_comes_in_by_every_kind_of_body(cast: Cast, address: str, kind: str) -> None:
    browser = Browser()
    if kind == "application/json":
        answer = browser.post(address, json.dumps(LEAD), content_type=kind)
        assert answer.json() == {"ok": True, "repeated": False}
        assert answer.status_code == 201
    elif kind == "multipart/form-data":
        assert browser.post(address, LEAD).status_code == 200
    else:
        from urllib.parse import urlencode

        assert browser.post(address, urlencode(LEAD), content_type=kind).status_code == 200
    (touch,) = kept(cast)
    assert (touch.source, touch.extra, touch.channel) == ("yandex", {"цвет": "дуб"}, "form")
    assert touch.client.name == "Анна"
    with company_context(cast.company_id):
        assert EventRow.objects.filter(name="people.LeadReceived").count() == 1
        assert [one.purpose for one in queries.list_consents(touch.client_id)] == ["personal_data"]


def test_other_sites_may_send_without_credentials(address: str) -> None:
    browser = Browser(enforce_csrf_checks=True)
    asked = browser.options(address, headers={"Origin": "https://shop.ru", "Access-Control-Request-Method": "POST"})
    assert (asked.status_code, asked.headers["Access-Control-Allow-Origin"]) == (204, "*")
    sent = browser.post(
        address, json.dumps(LEAD), content_type="application/json", headers={"Origin": "https://shop.ru"}
    )
    assert sent.status_code == 201
    assert sent.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in sent.headers
    assert sent.cookies.get("sessionid") is None


def test_a_repeated_request_has_one_effect(cast: Cast, address: str) -> None:
    for expected in (201, 200):
        answer = Browser().post(
            address, json.dumps(LEAD), content_type="application/json", headers={"Idempotency-Key": "k-1"}
        )
        assert answer.status_code == expected
    assert len(kept(cast)) == 1


BAD: list[tuple[bytes, str, int]] = [
    (b"{", "application/json", 400),
    (b"[1]", "application/json", 400),
    (b'"x"', "application/json", 400),
    (b"[" * 5_000, "application/json", 400),
    (b"\xff\xfe", "application/json", 400),
    (b"<a/>", "application/xml", 400),
    (b"--x", "multipart/form-data; boundary=y", 422),
    (b"--x", "multipart/form-data", 400),
    (b'{"phone": "12"}', "application/json", 422),
    (b'{"phone": {"a": [1]}}', "application/json", 422),
    (b'{"phone": null}', "application/json", 422),
    (b"{}", "application/json", 422),
    (b'{"name": "\\u0000", "phone": "\\u202e"}', "application/json", 422),
    (b"name=" + b"x" * 300_000, "application/x-www-form-urlencoded", 413),
]


@pytest.mark.parametrize(("body", "kind", "status"), BAD)
def test_rubbish_is_refused_with_a_reason(cast: Cast, address: str, body: bytes, kind: str, status: int) -> None:
    answer = Browser().post(address, body, content_type=kind, headers={"Accept": "application/json"})
    assert answer.status_code == status
    assert answer.json()["message"]
    assert kept(cast) == []


def test_a_person_who_errs_keeps_what_he_typed(cast: Cast, address: str) -> None:
    answer = Browser().post(address, {"name": "Анна", "phone": "12", "message": "Хочу кухню"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="Анна"' in page
    assert "Хочу кухню" in page
    assert kept(cast) == []


def test_the_hidden_field_catches_machines(cast: Cast, address: str) -> None:
    assert Browser().post(address, {**LEAD, "company_site": "http://spam"}).status_code == 200
    assert kept(cast) == []


def test_what_looks_like_spam_waits_to_be_sorted_and_is_marked(cast: Cast, address: str) -> None:
    Browser().post(address, {**LEAD, "message": "SEO http://a.ru http://b.ru http://c.ru"})
    assert kept(cast) == []
    with company_context(cast.company_id):
        lead = InboxLead.objects.get()
    assert "many_links" in lead.signs
    assert lead.state == "waiting"


def test_a_throw_away_address_waits_to_be_sorted_and_is_said_where_a_card_is_made(cast: Cast, address: str) -> None:
    Browser().post(address, {**LEAD, "email": "anna@mailinator.com"})
    assert kept(cast) == []
    with company_context(cast.company_id):
        assert "disposable_email" in InboxLead.objects.get().signs
    typed = {"kind": "person", "name": "Анна", "contact_0_kind": "email", "contact_0": "anna@mailinator.com"}
    saved = sign_in(Browser(), cast.owner).post("/clients/add/", typed, follow=True)
    with translation.override("ru"):
        assert warning_words("disposable_email") in [str(one) for one in saved.context["messages"]]


@pytest.mark.parametrize(
    ("where", "goes"),
    [
        ("https://shop.ru/thanks", True),
        ("https://evil.ru/", False),
        ("javascript:alert(1)", False),
        ("//evil.ru", False),
        ("https://shop.ru\\@evil.ru", False),
    ],
)
def test_a_form_goes_back_to_its_own_site_only(address: str, where: str, goes: bool) -> None:
    answer = Browser().post(address, {**LEAD, "redirect": where}, headers={"Origin": "https://shop.ru"})
    assert (answer.status_code == 303) == goes
    assert (answer.headers.get("Location") == where) == goes


def test_too_many_forms_from_one_place_wait(cast: Cast, address: str) -> None:
    answers = [
        Browser().post(address, json.dumps({"phone": f"+7913000{n:04}"}), content_type="application/json")
        for n in range(22)
    ]
    assert [one.status_code for one in answers[:20]] == [201] * 20
    assert answers[-1].status_code == 429


def test_the_page_of_the_form_opens_and_a_wrong_key_is_nowhere(address: str) -> None:
    assert Browser().get(address).status_code == 200
    assert Browser().get("/f/aaaaaaaaaaaa").status_code == 404
    assert Browser().delete(address).status_code == 405


NAMES: list[tuple[Mapping[str, object], str]] = [
    ({"Имя": "Анна"}, "Анна"),
    ({"first_name": "Анна", "last_name": "Смирнова"}, "Смирнова Анна"),
    ({"FIO": "Смирнова Анна"}, "Смирнова Анна"),
    ({"name": ["Анна"]}, "Анна"),
]


@pytest.mark.parametrize(("sent", "name"), NAMES)
def test_names_of_fields_are_understood(sent: Mapping[str, object], name: str) -> None:
    assert read_intake(sent).touch.name == name


def test_the_client_of_another_company_is_not_touched(cast: Cast, address: str) -> None:
    with company_context(cast.other_company_id):
        before = Client.objects.count()
    Browser().post(address, LEAD)
    with company_context(cast.other_company_id):
        assert Client.objects.count() == before
