"""Pages of clients as people meet them."""

import json
import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from voronka.accounts import services as accounts
from voronka.accounts.models import Role
from voronka.accounts.testing import Cast, add_person, sign_in
from voronka.config.testing import part_of
from voronka.kit.models import EventRow
from voronka.kit.tenancy import company_context
from voronka.people import services
from voronka.people.models import Client, Consent, CustomField, Note
from voronka.people.testing import NOON, make_client

NAUGHTY = json.loads((Path(__file__).parent / "data" / "blns.json").read_text("utf-8"))


@pytest.fixture
def owner(cast: Cast) -> Browser:
    return sign_in(Browser(), cast.owner)


def text_of(response: HttpResponse) -> str:
    return response.content.decode()


def form_of(client: Client, **changes: str) -> dict[str, str]:
    """Return what the form of editing sends when nothing but `changes` was touched."""
    from voronka.people.forms import initial_of, texts_of

    held = texts_of(initial_of(services.draft_of(client)))
    return {**held, "version": str(client.version), "base": json.dumps(held), **changes}


def test_who_gives_a_client_away_comes_to_his_list(cast: Cast) -> None:
    mate = add_person(cast.owner, "manager")
    with company_context(cast.company_id):
        role = Role.objects.get(code="manager")
        own = {"people.see_clients": 1, "people.edit_clients": 1}
        accounts.change_role_rights(actor=cast.owner, role_id=role.pk, rights=own)
        client = make_client(cast.owner, "Anna", responsible_id=cast.colleague.person_id)
    browser = sign_in(Browser(), cast.colleague)
    sent = form_of_in(cast, client, responsible=str(mate.person_id))
    answer = browser.post(f"/clients/{client.public_id}/edit/", sent)
    assert answer.headers["Location"] == "/clients/"
    assert browser.get("/clients/").status_code == 200


def form_of_in(cast: Cast, client: Client, **changes: str) -> dict[str, str]:
    """Do the same as form_of, outside of the company."""
    with company_context(cast.company_id):
        return form_of(client, **changes)


def test_an_empty_list_teaches(owner: Browser) -> None:
    response = owner.get("/clients/")
    assert response.status_code == 200
    assert "/clients/add/" in text_of(response)


def test_the_list_shows_finds_and_sorts(cast: Cast, owner: Browser) -> None:
    with company_context(cast.company_id):
        for name, city in (("Аня", "Омск"), ("Боря", "Томск"), ("Витя", "Омск")):
            make_client(cast.owner, name, city=city)
    assert text_of(owner.get("/clients/?sort=name")).find("Аня") < text_of(owner.get("/clients/?sort=name")).find(
        "Боря"
    )
    assert "Боря" not in text_of(owner.get("/clients/?f.city=Омск"))
    found = text_of(owner.get("/clients/?q=бор", headers={"HX-Request": "true"}))
    assert "Боря" in found
    assert "Витя" not in found
    assert "<html" not in found
    assert text_of(owner.get("/clients/count/?f.city=Омск")).strip() == "2"


def test_columns_are_chosen_own_fields_too(cast: Cast, owner: Browser) -> None:
    with company_context(cast.company_id):
        services.add_field(actor=cast.owner, name="Вес груза", kind="number", code="weight")
        make_client(cast.owner, "Аня", city="Омск", fields={"weight": "7,5"})
    usual = text_of(owner.get("/clients/"))
    chosen = text_of(owner.get("/clients/?columns=custom.weight,city&sort=custom.weight"))
    row = re.compile(r"<tbody.*</tbody>", re.DOTALL)
    assert "7,5" not in row.search(usual)[0]  # type: ignore[index]  # there are rows
    assert "7,5" in row.search(chosen)[0]  # type: ignore[index]  # there are rows
    assert b"7.5" in b"".join(owner.get("/clients/export.csv?columns=custom.weight").streaming_content).replace(
        b",", b"."
    )  # type: ignore[attr-defined]  # a file


@pytest.mark.parametrize(
    "query", ["f.made_at=завтра", "f.sum=1..2..3", "f.nothing=1", "f.zone=Mars", "f.responsible=x"]
)
def test_a_wrong_filter_says_so(cast: Cast, owner: Browser, query: str) -> None:
    with company_context(cast.company_id):
        make_client(cast.owner, "Аня")
    response = owner.get(f"/clients/?{query}")
    assert response.status_code == 422
    assert "Аня" not in text_of(response)


@pytest.mark.parametrize("sort", ["name", "-name", "city", "-made_at", "responsible", "-sum", "custom.weight", "zzz"])
def test_pages_by_key_show_everybody_once(cast: Cast, owner: Browser, sort: str) -> None:
    from voronka.people.queries.lists import Ask, walk_clients

    with company_context(cast.company_id):
        services.add_field(actor=cast.owner, name="Вес", kind="number", code="weight")
        for number in range(23):
            make_client(
                cast.owner,
                f"Клиент {number % 7}",
                city="Омск" if number % 3 else "",
                responsible_id=cast.owner.employee_id if number % 2 else None,
                fields={"weight": str(number % 5)} if number % 4 else {},
            )
        seen = [row.client.pk for row in walk_clients(cast.owner, Ask(sort=sort), chunk=4)]
        assert sorted(seen) == sorted(Client.objects.values_list("pk", flat=True))


@pytest.mark.parametrize("after", ["x", "W10", "WzEsMl0", "e30", "0" * 900])
def test_a_spoilt_place_is_the_beginning(cast: Cast, owner: Browser, after: str) -> None:
    with company_context(cast.company_id):
        make_client(cast.owner, "Аня")
    assert "Аня" in text_of(owner.get(f"/clients/?after={after}"))


def test_key_pages_ask_a_known_number_of_questions(cast: Cast, owner: Browser) -> None:
    with company_context(cast.company_id):
        services.add_field(actor=cast.owner, name="Вес", kind="number")
        clients = [make_client(cast.owner, f"Клиент {n}", phone=f"+7913000000{n}") for n in range(9)]
    assert questions(owner, "/clients/") == 3  # own fields, clients, contacts
    # Own fields, the card, contacts, other addresses, consents, workplaces, touches, the company, the log with its
    # counts, weights of fields, likely doubles.
    assert questions(owner, f"/clients/{clients[0].public_id}/") == 11


def questions(browser: Browser, address: str) -> int:
    """Count what a page itself asks, without signing in and without the count of the inbox in the top bar."""
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200
    own = ('FROM "people_', "kit_event", 'FROM "accounts_company"')
    said = [one["sql"] for one in asked.captured_queries if "people_inboxlead" not in one["sql"]]
    return sum(any(table in one for table in own) for one in said)


def test_the_card_shows_what_is_known(cast: Cast, owner: Browser) -> None:
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        client = make_client(
            cast.owner, phone="89130000001", email="anna@loft.ru", city="Красноярск", comment="<b>любит</b> дуб"
        )
        services.add_note(actor=cast.owner, client_id=client.pk, text="Звонить после обеда", now=NOON)
    page = text_of(owner.get(f"/clients/{client.public_id}/"))
    for shown in ("tel:+79130000001", "mailto:anna@loft.ru", "после обеда", "&lt;b&gt;любит&lt;/b&gt; дуб"):
        assert shown in page


@pytest.mark.parametrize("role", ["manager", "reader", "storekeeper", "accountant", "marketer"])
def test_roles_see_the_buttons_they_may_press(cast: Cast, role: str) -> None:
    with company_context(cast.company_id):
        client = make_client(cast.owner)
        person = add_person(cast.owner, role)
    page = sign_in(Browser(), person).get(f"/clients/{client.public_id}/")
    assert page.status_code == 200
    assert (f"/clients/{client.public_id}/edit/" in text_of(page)) == (role in ("manager", "marketer"))


def test_strangers_and_nobody_get_nowhere(cast: Cast) -> None:
    with company_context(cast.company_id):
        client = make_client(cast.owner)
    stranger = sign_in(Browser(), cast.stranger)
    for path in ("", "edit/", "feed/", "history/", "persons/"):
        address = f"/clients/{client.public_id}/{path}"
        assert stranger.get(address).status_code == 404
        assert Browser().get(address).status_code == 302
    for path in ("note/", "consent/", "edit/", "persons/", "persons/remove/"):
        sent = {"text": "x", "purpose": "advertising", "given": "yes", "name": "X"}
        assert stranger.post(f"/clients/{client.public_id}/{path}", sent).status_code == 404
    with company_context(cast.company_id):
        client.refresh_from_db()
        assert (client.version, Note.objects.count(), Consent.objects.count()) == (1, 0, 0)


def test_a_card_is_made_by_hand(cast: Cast, owner: Browser) -> None:
    sent = {"kind": "person", "name": "Смирнова Анна", "contact_0_kind": "phone", "contact_0": "8 913 000 00 01"}
    response = owner.post("/clients/add/", sent)
    with company_context(cast.company_id):
        client = Client.objects.get()
    assert response.headers["Location"] == f"/clients/{client.public_id}/"


def test_a_wrong_form_keeps_what_was_typed(cast: Cast, owner: Browser) -> None:
    sent = {"kind": "person", "name": "Анна", "contact_0": "12", "birthday": "31.02.2026", "comment": "любит дуб"}
    response = owner.post("/clients/add/", sent)
    page = text_of(response)
    assert response.status_code == 422
    assert all(f'value="{value}"' in page for value in ("Анна", "12", "31.02.2026"))
    assert "любит дуб" in page
    assert page.count("v-input-why") >= 2
    with company_context(cast.company_id):
        assert not Client.objects.exists()


def test_each_of_two_wrong_contacts_is_told_at_its_place(owner: Browser) -> None:
    sent = {"kind": "person", "name": "Анна", "contact_0": "12", "contact_1_kind": "email", "contact_1": "anna@"}
    page = text_of(owner.post("/clients/add/", sent))
    assert all(f'id="id_contact_{number}-why"' in page for number in (0, 1))
    assert "v-banner--late" not in page


def test_what_an_import_told_of_purchases_stands_on_the_card(cast: Cast, owner: Browser) -> None:
    with company_context(cast.company_id):
        client = make_client(cast.owner)
        assert "612\u202f400" not in text_of(owner.get(f"/clients/{client.public_id}/"))
        Client.objects.filter(pk=client.pk).update(purchases_sum=612_400)
    assert "612\u202f400" in text_of(owner.get(f"/clients/{client.public_id}/"))


@pytest.mark.parametrize("start", range(0, len(NAUGHTY), 40))
def test_naughty_strings_make_no_server_error(cast: Cast, owner: Browser, start: int) -> None:
    for text in part_of(NAUGHTY[start : start + 40], 3, start // 40):
        sent = {"kind": "person", "name": text, "city": text, "comment": text, "contact_0": text, "inn": text}
        assert owner.post("/clients/add/", sent).status_code in (302, 422)
        assert owner.get("/clients/", {"q": text}).status_code == 200
        assert owner.get("/clients/", {"f.name": text, "sort": text, "columns": text}).status_code in (200, 422)
        assert owner.post("/clients/duplicates/hint/", sent).status_code == 200


def test_ten_megabytes_are_refused(owner: Browser) -> None:
    assert owner.post("/clients/add/", {"kind": "person", "name": "я" * 5_000_000}).status_code in (400, 413)


def test_two_editors_lose_nothing(cast: Cast, owner: Browser) -> None:
    with company_context(cast.company_id):
        client = make_client(cast.owner, city="Омск", phone="+79130000001")
        mine, theirs = form_of(client, city="Тверь", comment="моё"), form_of(client, city="Томск", source="выставка")
    address = f"/clients/{client.public_id}/edit/"
    assert owner.post(address, theirs).status_code == 302
    second = owner.post(address, mine)
    page = text_of(second)
    assert second.status_code == 409
    assert 'value="Тверь"' in page
    assert "«Томск»" in page
    assert "моё" in page
    assert 'value="выставка"' in page
    with company_context(cast.company_id):
        client.refresh_from_db()
        assert (client.city, client.comment) == ("Томск", "")
        again = {**form_of(client), "city": "Тверь", "comment": "моё"}
    assert owner.post(address, again).status_code == 302
    with company_context(cast.company_id):
        client.refresh_from_db()
        assert (client.city, client.comment, client.first_source) == ("Тверь", "моё", "выставка")


def test_an_untouched_form_changes_nothing(cast: Cast, owner: Browser) -> None:
    with company_context(cast.company_id):
        services.add_field(actor=cast.owner, name="Готов", kind="yes_no", code="ready")
        client = make_client(
            cast.owner, phone="+79130000001", birthday="01.02.1990", is_vip=True, fields={"ready": "да"}
        )
        sent = form_of(client)
    assert owner.post(f"/clients/{client.public_id}/edit/", sent).status_code == 302
    with company_context(cast.company_id):
        client.refresh_from_db()
        assert client.version == 1


def test_a_file_field_keeps_its_file(cast: Cast, owner: Browser) -> None:
    with company_context(cast.company_id):
        services.add_field(actor=cast.owner, name="Договор", kind="file", code="contract")
        client = make_client(cast.owner)
        sent = {**form_of(client), "field_contract": SimpleUploadedFile("договор.svg", b"<svg/>", "image/svg+xml")}
    assert owner.post(f"/clients/{client.public_id}/edit/", sent).status_code == 302
    with company_context(cast.company_id):
        client.refresh_from_db()
        other = make_client(cast.owner, "Другой")
    address = f"/clients/{client.public_id}/files/{client.fields['contract']}/"
    answer = owner.get(address)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content) == b"<svg/>"  # type: ignore[attr-defined]
    assert sign_in(Browser(), cast.stranger).get(address).status_code == 404
    with company_context(cast.company_id):
        stolen = form_of(other)
    owner.post(f"/clients/{other.public_id}/edit/", {**stolen, "field_contract": client.fields["contract"]})
    with company_context(cast.company_id):
        other.refresh_from_db()
        assert other.fields == {}


def test_duplicates_show_while_typing(cast: Cast, owner: Browser) -> None:
    with company_context(cast.company_id):
        client = make_client(cast.owner, phone="+79130000001")
    page = text_of(
        owner.post("/clients/duplicates/hint/", {"kind": "person", "name": "Анн", "contact_0": "89130000001"})
    )
    assert client.public_id in page
    assert text_of(owner.post("/clients/duplicates/hint/", {"kind": "person", "name": "Б"})).strip() == ""


def test_notes_and_consents_are_written(cast: Cast, owner: Browser) -> None:
    with company_context(cast.company_id):
        client = make_client(cast.owner)
    page = f"/clients/{client.public_id}/"
    answer = owner.post(page + "note/", {"text": "Звонить после 10"}, headers={"HX-Request": "true"})
    assert "Звонить после 10" in text_of(answer)
    assert owner.post(page + "note/", {"text": "  "}).status_code == 422
    owner.post(page + "consent/", {"purpose": "advertising", "channel": "sms", "given": "no"})
    assert owner.post(page + "consent/", {"purpose": "spying", "given": "yes"}).status_code == 422
    with company_context(cast.company_id):
        assert (Note.objects.count(), Consent.objects.get().given) == (1, False)


def test_the_history_tells_old_and_new(cast: Cast, owner: Browser) -> None:
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        client = make_client(cast.owner, city="Омск")
        services.update_client(actor=cast.owner, client_id=client.pk, changes={"city": "Томск"}, version=1, now=NOON)
    page = text_of(owner.get(f"/clients/{client.public_id}/history/"))
    assert "Омск" in page
    assert "Томск" in page
    assert cast.owner.name in page
    assert sign_in(Browser(), cast.colleague).get(f"/clients/{client.public_id}/history/").status_code == 403


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_the_list_leaves_as_a_file_and_is_logged(cast: Cast, owner: Browser, file_format: str) -> None:
    with company_context(cast.company_id):
        make_client(cast.owner, '=HYPERLINK("http://evil")', phone="+79130000001")
    answer = owner.get(f"/clients/export.{file_format}")
    body = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert answer.status_code == 200
    if file_format == "csv":
        assert "'=HYPERLINK" in body.decode("utf-8-sig")
    with company_context(cast.company_id):
        assert EventRow.objects.get(name="accounts.ListExported").payload["rows"] == 1
    assert sign_in(Browser(), cast.colleague).get(f"/clients/export.{file_format}").status_code == 403
    assert owner.get("/clients/export.exe").status_code == 404
    with company_context(cast.company_id):
        assert EventRow.objects.filter(name="accounts.ListExported").count() == 1


def test_fields_are_set_up_on_their_page(cast: Cast, owner: Browser) -> None:
    assert (
        owner.post("/settings/fields/", {"name": "Стиль", "kind": "choice", "options": "лофт\nклассика"}).status_code
        == 302
    )
    assert owner.post("/settings/fields/", {"name": "", "kind": "text"}).status_code == 422
    assert "«Поля, нужные на этом этапе»" in text_of(owner.get("/settings/fields/"))
    with company_context(cast.company_id):
        field = CustomField.objects.get()
    page = f"/settings/fields/{field.public_id}/"
    assert owner.post(page, {"name": "Стиль кухни", "options": "лофт"}).status_code == 302
    owner.post(page + "switch/")
    with company_context(cast.company_id):
        field.refresh_from_db()
        assert (field.name, field.options, field.is_active, field.kind) == ("Стиль кухни", ["лофт"], False, "choice")
    assert sign_in(Browser(), cast.colleague).get("/settings/fields/").status_code == 403
    assert sign_in(Browser(), cast.stranger).post(page + "switch/").status_code == 404


def test_a_contact_person_is_found_and_added(cast: Cast, owner: Browser) -> None:
    with company_context(cast.company_id):
        firm = make_client(cast.owner, "ООО «Ромашка»", kind="organisation")
        anna = make_client(cast.owner)
    page = f"/clients/{firm.public_id}/persons/"
    assert anna.public_id in text_of(owner.get(page, {"q": "смирн"}))
    assert owner.post(page, {"person": anna.public_id, "position": "директор"}).status_code == 302
    assert "директор" in text_of(owner.get(f"/clients/{firm.public_id}/"))
    assert "Ромашка" in text_of(owner.get(f"/clients/{anna.public_id}/"))
    owner.post(page + "remove/", {"person": anna.public_id})
    assert "директор" not in text_of(owner.get(f"/clients/{firm.public_id}/"))
