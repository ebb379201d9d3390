"""Templates of letters in the browser, and the mailbox."""

import html
import re
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path

import pytest
from django.test import Client as Browser

from voronka.accounts import services as accounts
from voronka.accounts.testing import Cast, make_company, sign_in
from voronka.kit.actors import Access
from voronka.kit.errors import Invalid
from voronka.kit.tenancy import company_context
from voronka.messaging.models import Letter, Template
from voronka.messaging.services import render_letter, save_template
from voronka.messaging.services.values import own_fields, values_for
from voronka.people import queries as people_queries
from voronka.people import services as people
from voronka.people.models import Client, ContactPoint

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
GOOD = {"name": "Не дозвонились", "subject": "Звонили вам", "body": "{{ client.first_name }}, звонили вам."}


@pytest.fixture
def cast() -> Cast:
    return make_company()


@pytest.fixture
def browser(cast: Cast) -> Browser:
    return sign_in(Browser(), cast.owner)


def templates(cast: Cast) -> list[Template]:
    with company_context(cast.company_id):
        return list(Template.objects.order_by("id"))


def test_a_template_is_made_changed_and_put_away(cast: Cast, browser: Browser) -> None:
    assert browser.get("/settings/letters/").status_code == 200
    assert browser.get("/settings/letters/new/").status_code == 200
    assert browser.post("/settings/letters/new/", GOOD).status_code == 302
    made = templates(cast)[0]
    address = f"/settings/letters/{made.public_id}/"
    assert "звонили вам" in browser.get(address).content.decode()
    assert browser.post(address, GOOD | {"subject": "Ещё раз"}).status_code == 302
    assert templates(cast)[0].subject == "Ещё раз"
    assert browser.post(f"{address}delete").status_code == 302
    assert browser.get(address).status_code == 404


def test_every_field_that_may_be_put_into_a_letter_has_a_name_for_people(browser: Browser) -> None:
    page = browser.get("/settings/letters/new/").content.decode()
    names = [one.strip() for one in re.findall(r'data-insert="[^"]*"[^>]*>(.*?)</button>', page, re.DOTALL)]
    assert len(names) > 15
    assert [one for one in names if re.fullmatch(r"[a-z_]+\.[a-z_]+", one)] == []


@pytest.mark.parametrize(
    "changed",
    [
        {"name": ""},
        {"name": "ы" * 101},
        {"subject": "ы" * 201},
        {"body": ""},
        {"body": "x" * 20_001},
        {"body": "{{ client.salary }}"},
        {"body": "{% for one in client %}"},
        {"body": "\x00"},
        {},
    ],
)
def test_a_broken_template_comes_back_with_its_problems(
    cast: Cast, browser: Browser, changed: dict[str, str]
) -> None:
    if not changed:
        browser.post("/settings/letters/new/", GOOD)
    answer = browser.post("/settings/letters/new/", GOOD | changed)
    assert answer.status_code == 422
    assert "v-input-why" in answer.content.decode()
    assert len(templates(cast)) == (0 if changed else 1)


def test_the_preview_shows_the_letter_on_a_real_client_safely(cast: Cast, browser: Browser) -> None:
    with company_context(cast.company_id):
        client = Client.objects.create(name="Анна <b>", first_name="<script>", zone="Europe/Moscow")
        ContactPoint.objects.create(client=client, kind="email", value="anna@example.com")
    answer = browser.post("/settings/letters/new/", GOOD | {"act": "preview", "q": "Анна"})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "anna@example.com" in text
    assert "&lt;script&gt;, звонили вам" in text
    assert templates(cast) == []
    assert browser.post("/settings/letters/new/", GOOD | {"act": "preview", "q": "Нетакого"}).status_code == 200
    broken = GOOD | {"act": "preview", "client": client.public_id, "body": "{% if %}"}
    assert "v-input-why" in browser.post("/settings/letters/new/", broken).content.decode()


def test_own_fields_of_clients_stand_in_letters(cast: Cast, browser: Browser) -> None:
    values = {"budget": "184000", "day": "03.12.2026", "wood": "дуб; ясень", "lift": "да", "size": "42"}
    kinds = {"budget": "money", "day": "date", "wood": "choices", "lift": "yes_no", "size": "text", "empty": "number"}
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        for code, kind in kinds.items():
            options = ["дуб", "ясень"] if kind == "choices" else []
            people.add_field(actor=cast.owner, name=f"Поле {code}", kind=kind, code=code, options=options)
        draft = people.ClientDraft(name="Анна Смирнова", fields=values)
        client = people.create_client(actor=cast.owner, draft=draft, now=NOON)
    page = html.unescape(browser.get("/settings/letters/new/").content.decode())
    slots = re.findall(r'data-insert="({{ client.fields[^"]+)"[^>]*>(Поле \w+)', page)
    assert [name for _slot, name in slots] == [f"Поле {code}" for code in kinds]
    body = "; ".join(slot for slot, _name in slots)
    assert browser.post("/settings/letters/new/", GOOD | {"body": body}).status_code == 302
    shown = browser.post(
        "/settings/letters/new/", GOOD | {"body": body, "act": "preview", "client": client.public_id}
    )
    text = shown.content.decode().replace("\u00a0", " ")
    assert "184 000 ₽; 03.12.2026; дуб, ясень; да; 42; " in text
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        field = people_queries.find_custom_field("size")
        assert field is not None
        people.change_field(actor=cast.owner, public_id=field.public_id, name=field.name, is_active=False)
        said = values_for(client.pk, {}, cast.owner)
        assert render_letter(templates(cast)[0], "anna@example.com", said).body.endswith("да; 42; ")
        accounts.change_company(actor=cast.owner, changes={"language": "en"})
        said = values_for(client.pk, {}, cast.owner)
        english = render_letter(templates(cast)[0], "anna@example.com", said).body
        assert english.startswith("184,000")
        assert english.endswith("yes; 42; ")
        blind = replace(cast.owner, limits={"client.custom.size": Access.HIDDEN})
        hidden = values_for(client.pk, {}, blind, shown=True)
        assert hidden["client"]["fields"]["size"] is None  # type: ignore[index,call-overload]  # nested plain values
        assert "client.fields.budget | money" in dict(own_fields(blind))
        blind = replace(cast.owner, limits={"client.custom.wood": Access.HIDDEN})
        for actor, is_told in ((cast.owner, True), (blind, False)):
            with pytest.raises(Invalid) as refused:
                save_template(actor=actor, name="Ещё", subject="", body="{{ client.fields.wod }}")
            assert ("wood" in refused.value.fields["body"]) is is_told
    again = browser.post("/settings/letters/new/", GOOD | {"name": "Ещё", "body": "{{ client.fields.size }}"})
    assert again.status_code == 422


def test_own_fields_of_deals_stand_in_letters(cast: Cast, browser: Browser) -> None:
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        for code, kind in (("advance", "money"), ("ready_on", "date"), ("place", "text")):
            people.add_field(actor=cast.owner, name=f"Поле {code}", kind=kind, code=code, subject="deal")
        client = people.create_client(actor=cast.owner, draft=people.ClientDraft(name="Анна Смирнова"), now=NOON)
    page = html.unescape(browser.get("/settings/letters/new/").content.decode())
    slots = re.findall(r'data-insert="({{ deal.fields[^"]+)"[^>]*>([^<]+)', page)
    assert [name for _slot, name in slots] == [f"сделка: Поле {code}" for code in ("advance", "ready_on", "place")]
    body = "; ".join(slot for slot, _name in slots)
    assert browser.post("/settings/letters/new/", GOOD | {"body": body}).status_code == 302
    preview = GOOD | {"body": body, "act": "preview", "client": client.public_id}
    assert "(Поле place)" in browser.post("/settings/letters/new/", preview).content.decode()
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        own = {"advance": "15000.00", "ready_on": "2026-12-03", "place": None}
        said = values_for(client.pk, {}, cast.owner, own=own)
        text = render_letter(templates(cast)[0], "anna@example.com", said).body.replace("\u00a0", " ")
        assert text.startswith("15 000 ₽; 03.12.2026;")
        blind = replace(cast.owner, limits={"deal.custom.advance": Access.HIDDEN})
        hidden = values_for(client.pk, {}, blind, own=own, shown=True)
        assert hidden["deal"]["fields"]["advance"] is None  # type: ignore[index,call-overload]  # nested plain values
        assert "deal.fields.place" in dict(own_fields(blind))
        assert "deal.fields.advance | money" not in dict(own_fields(blind))


def put(folder: Path, name: str, operation: uuid.UUID, subject: str) -> None:
    message = EmailMessage()
    message["To"], message["Subject"] = "anna@example.com", subject
    message["Message-ID"] = make_msgid(idstring=str(operation), domain="localhost")
    message["Date"] = "Mon, 02 Nov 2026 09:00:00 +0000"
    message.set_content("<script>alert(1)</script> Привет")
    (folder / f"{name}.eml").write_bytes(message.as_bytes())


def test_the_mailbox_shows_own_letters_only_and_as_text(
    cast: Cast, browser: Browser, settings, tmp_path: Path
) -> None:  # type: ignore[no-untyped-def]
    settings.MAILBOX, settings.MAIL_REACHES_PEOPLE = tmp_path, False
    with company_context(cast.company_id):
        own = Letter.objects.create(operation_id=uuid.uuid4(), client_id=1, address="a@b.c", subject="s", body="b")
    with company_context(cast.other_company_id):
        other = Letter.objects.create(operation_id=uuid.uuid4(), client_id=1, address="a@b.c", subject="s", body="b")
    put(tmp_path, "1", own.operation_id, "Наше письмо")
    put(tmp_path, "2", other.operation_id, "Чужое письмо")
    put(tmp_path, "3", uuid.uuid4(), "Смена пароля")
    (tmp_path / "4.eml").write_bytes(b"\xff\xfe broken")
    text = browser.get("/mailbox/").content.decode()
    assert "Наше письмо" in text
    assert "Чужое письмо" not in text
    assert "Смена пароля" not in text
    assert "&lt;script&gt;alert(1)" in text
    settings.MAIL_REACHES_PEOPLE = True
    assert browser.get("/mailbox/").status_code == 404


def test_rights(cast: Cast) -> None:
    manager, stranger = sign_in(Browser(), cast.colleague), sign_in(Browser(), cast.stranger)
    sign_in(Browser(), cast.owner).post("/settings/letters/new/", GOOD)
    address = f"/settings/letters/{templates(cast)[0].public_id}/"
    for path in ("/settings/letters/", "/settings/letters/new/", address, "/mailbox/"):
        assert manager.get(path).status_code == 403
    assert manager.post(f"{address}delete").status_code == 403
    assert stranger.get(address).status_code == 404
    assert stranger.post(address, GOOD).status_code == 404
    assert stranger.post(f"{address}delete").status_code == 404
