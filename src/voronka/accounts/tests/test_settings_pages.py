"""Settings over HTTP: people, roles, the company, the history and what is put back from it."""

import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import translation

from voronka.accounts import queries, services
from voronka.accounts.models import Company, Employee, Role
from voronka.accounts.templatetags.signing import origin_words
from voronka.accounts.testing import NOW, actor_of, add_person, make_company, sign_in, user_of
from voronka.kit import history
from voronka.kit.actors import SEE_HISTORY
from voronka.kit.errors import Denied, NotFound, Refusal
from voronka.kit.models import EventRow, StoredFile
from voronka.kit.tenancy import company_context, walls

PARTS = Path(__file__).parents[2]

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_company()


@pytest.fixture
def client(cast):
    return sign_in(Client(), cast.owner)


@pytest.fixture
def inside(cast):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id, origin="10.1.1.1"):
        yield cast


def page(client, name, *args):
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


NEW = {
    "email": "nina@example.com",
    "first_name": "Нина",
    "last_name": "Новик",
    "role": "manager",
    "zone": "Asia/Omsk",
}


def test_an_employee_is_invited_by_a_link_shown_once(client):
    answer = client.post(reverse("accounts:employee-add"), NEW)
    assert "/join/" in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    shown = page(client, "accounts:employees")
    assert "nina@example.com" in shown
    assert "/join/" not in shown


def test_where_letters_go_out_the_link_goes_by_letter_alone(client, cast, settings):
    settings.MAIL_REACHES_PEOPLE = True
    assert client.post(reverse("accounts:employee-add"), NEW).url == reverse("accounts:employees")
    with company_context(cast.company_id):
        invited = Employee.objects.get(user__email="nina@example.com")
        services.send_invitation_letter(employee_id=invited.pk, site="http://testserver/")
    [letter] = mail.outbox
    assert letter.to == ["nina@example.com"]
    path = re.search(r"http://testserver(/join/\S+)", letter.body).group(1)
    assert Client().get(path).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"email": "nobody"}, "id_email-why"),
        ({"first_name": ""}, "id_first_name-why"),
        ({"first_name": "x" * 101}, "id_first_name-why"),
        ({"role": "emperor"}, "id_role-why"),
        ({"zone": "Mars/Olympus"}, "id_zone-why"),
        ({"team": "99999"}, "id_team-why"),
    ],
)
def test_wrong_input_is_told_at_its_place_and_kept(client, cast, wrong, told):
    answer = client.post(reverse("accounts:employee-add"), {**NEW, **wrong})
    assert answer.status_code == 422
    assert f'id="{told}"' in answer.content.decode()
    assert "Новик" in answer.content.decode()
    with company_context(cast.company_id):
        assert Employee.objects.count() == 2


def test_a_place_is_changed_ended_and_given_back(client, inside):
    employee = Employee.objects.get(pk=inside.colleague.employee_id)
    args = [employee.public_id]
    answer = client.post(
        reverse("accounts:employee", args=args),
        {"first_name": "Пётр", "last_name": "Петров", "role": "cashier", "zone": "UTC", "strict_feed": "no"},
    )
    assert answer.status_code == 302
    employee.refresh_from_db()
    assert (employee.first_name, employee.role.code, employee.zone, employee.strict_feed) == (
        "Пётр",
        "cashier",
        "UTC",
        False,
    )
    client.post(reverse("accounts:employee-dismiss", args=args))
    assert queries.find_actor(inside.company_id, employee.pk) is None
    client.post(reverse("accounts:employee-return", args=args))
    assert queries.find_actor(inside.company_id, employee.pk) is not None


def test_the_last_owner_is_told_why_he_stays(client, inside):
    public_id = Employee.objects.get(pk=inside.owner.employee_id).public_id
    assert client.post(reverse("accounts:employee-dismiss", args=[public_id])).status_code == 409


def test_a_role_is_changed_by_its_page(client, inside):
    assert client.get(reverse("accounts:role", args=["reader"])).status_code == 200
    client.post(reverse("accounts:role", args=["manager"]), {SEE_HISTORY.code: "3"})
    assert actor_of(inside.company_id, inside.colleague.employee_id).may(SEE_HISTORY)
    for wrong in ("7", "-1", "x", ""):
        assert client.post(reverse("accounts:role", args=["manager"]), {SEE_HISTORY.code: wrong}).status_code == 422
    assert client.post(reverse("accounts:role", args=["owner"]), {SEE_HISTORY.code: "0"}).status_code == 403
    assert "нет" in page(client, "accounts:roles") or "no" in page(client, "accounts:roles")


COMPANY = {
    "name": "Ладная кухня",
    "zone": "Asia/Omsk",
    "country": "KZ",
    "currency": "KZT",
    "language": "ru",
    "call_opens_minute": "600",
    "call_closes_minute": "1140",
}


def test_countries_and_currencies_are_named_as_people_say(client):
    shown = page(client, "accounts:company")
    assert "Казахстан" in shown
    assert "российский рубль, RUB" in shown


def test_settings_of_the_company(client, inside):
    assert client.post(reverse("accounts:company"), COMPANY).status_code == 302
    rules = queries.get_company_rules()
    assert (rules.name, rules.zone, rules.currency, rules.call_opens_minute) == (
        "Ладная кухня",
        "Asia/Omsk",
        "KZT",
        600,
    )
    wrong = client.post(reverse("accounts:company"), {**COMPANY, "call_opens_minute": "1140"})
    assert wrong.status_code == 422
    assert "id_call_closes_minute-why" in wrong.content.decode()
    key = rules.form_key
    client.post(reverse("accounts:form-key"))
    assert queries.get_company_rules().form_key != key
    assert queries.company_of_form(key) is None


@pytest.mark.parametrize(
    "name", ["\u202etxt.exe", "<script>alert(1)</script>", "';DROP TABLE x;--", "👩‍🔬 & Co", "a\x00b"]
)
def test_odd_names_are_kept_as_text(client, inside, name):
    assert client.post(reverse("accounts:company"), {**COMPANY, "name": name}).status_code in (302, 422)
    assert "<script>alert" not in page(client, "accounts:company")


class TestHistory:
    def test_who_when_from_where_old_and_new(self, inside):
        for first_name in ("Пётр", "Павел"):
            services.change_employee(
                actor=inside.owner,
                employee_id=inside.colleague.employee_id,
                first_name=first_name,
                last_name="Manager",
                role="manager",
                team_id=None,
                zone="Europe/Moscow",
            )
        found = history.list_changes(
            actor=inside.owner, table="accounts_employee", row_id=inside.colleague.employee_id
        )
        told = [[(field.column, field.old, field.new) for field in one.fields] for one in found[:2]]
        assert told == [[("first_name", "Пётр", "Павел")], [("first_name", "Maxim", "Пётр")]]
        assert {(one.employee_id, one.origin) for one in found[:2]} == {(inside.owner.employee_id, "10.1.1.1")}
        assert not any(field.column == "invitation" for one in found for field in one.fields)

    def test_a_value_is_put_back_by_the_owning_service(self, client, inside):
        client.post(reverse("accounts:company"), COMPANY)
        [change] = history.list_changes(actor=inside.owner, table="accounts_company")
        shown = page(client, "accounts:history")
        assert "Bellwether" in shown
        url = reverse("accounts:history-restore", args=[change.id])
        assert client.post(url, {"column": "name"}).status_code == 302
        assert client.post(url, {"column": "form_key"}).status_code == 404
        assert Company.objects.get().name == "Bellwether"
        assert Company.objects.get().zone == "Asia/Omsk"
        assert EventRow.objects.filter(name="accounts.CompanyChanged").count() == 2

    def test_putting_back_asks_the_right_of_the_owning_service(self, inside):
        services.change_company(actor=inside.owner, changes={"name": "New"})
        [change] = history.list_changes(actor=inside.owner, table="accounts_company")
        reader = add_person(inside.owner, "reader")
        assert history.list_changes(actor=reader)
        with pytest.raises(Denied):
            history.restore(actor=reader, change_id=change.id, column="name")
        with pytest.raises(Denied):
            history.list_changes(actor=inside.colleague)

    def test_what_nobody_takes_back_is_refused(self, inside):
        role = Role.objects.get(code="manager")
        services.change_role_rights(actor=inside.owner, role_id=role.pk, rights={SEE_HISTORY.code: 3})
        [change] = history.list_changes(actor=inside.owner, table="accounts_role")
        assert not change.fields[0].can_restore
        with pytest.raises(Refusal):
            history.restore(actor=inside.owner, change_id=change.id, column="rights")

    def test_minutes_of_a_day_are_read_as_a_clock_shows_them(self, client, inside):
        services.change_company(actor=inside.owner, changes={"call_opens_minute": 570})
        shown = page(client, "accounts:history")
        assert ">9:30<" in shown
        said = re.sub("<[^>]*>", " ", shown)  # addresses and moments in tags hold any digits
        assert "540" not in said
        assert "570" not in said

    def test_another_company_has_its_own_history(self, inside):
        services.change_company(actor=inside.owner, changes={"name": "New"})
        [change] = history.list_changes(actor=inside.owner, table="accounts_company")
        with company_context(inside.other_company_id):
            assert history.list_changes(actor=inside.stranger, table="accounts_company") == []
            with pytest.raises(NotFound):
                history.restore(actor=inside.stranger, change_id=change.id, column="name")


class TestExport:
    pytestmark = pytest.mark.django_db

    def test_everything_of_this_company_and_nothing_of_another(self, inside, tmp_path):
        self._file(inside, b"\xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82")
        path = services.export_company(actor=inside.owner, now=NOW, folder=tmp_path)
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            about = json.loads(archive.read("about.json"))
            assert set(walls.company_tables()) | {"accounts_user"} == set(about["rows"])
            text = b"".join(archive.read(name) for name in archive.namelist()).decode("utf-8")
            rows = [
                json.loads(line)
                for name in archive.namelist()
                if name.startswith("rows/")
                and name not in ("rows/accounts_company.jsonl", "rows/accounts_user.jsonl")
                for line in archive.read(name).splitlines()
            ]
            assert {row["company_id"] for row in rows} == {inside.company_id}
            assert "привет" in text
            assert user_of(inside.owner).email in text
            assert user_of(inside.stranger).email not in text
            assert "Strangers" not in text
            assert user_of(inside.owner).password not in text
            assert all("invitation" not in row for row in rows if "last_name" in row and "role_id" in row)
        assert EventRow.objects.filter(name="accounts.CompanyExported").count() == 1

    def test_an_archive_is_ordered_made_and_taken(self, client, inside):
        assert client.post(reverse("accounts:export")).status_code == 302
        assert client.get(reverse("accounts:export-take")).status_code == 404
        for _ in range(2):
            services.keep_export(actor=inside.owner, now=NOW)
        assert StoredFile.objects.filter(subject_kind="company_export").count() == 1, "the earlier one is replaced"
        assert "archive.zip" in page(client, "accounts:export")
        taken = client.get(reverse("accounts:export-take"))
        assert taken.headers["Content-Disposition"].startswith("attachment")
        assert taken.headers["X-Content-Type-Options"] == "nosniff"
        with zipfile.ZipFile(io.BytesIO(b"".join(taken.streaming_content))) as archive:
            assert json.loads(archive.read("about.json"))["company"] == inside.company_id
            assert not [name for name in archive.namelist() if name.startswith("files/")]
        stranger = sign_in(Client(), inside.stranger)
        assert stranger.get(reverse("accounts:export-take")).status_code == 404

    def test_the_right_is_asked(self, inside):
        for role in ("head", "reader", "manager"):
            with pytest.raises(Denied):
                services.export_company(actor=add_person(inside.owner, role), now=NOW)

    @staticmethod
    def _file(cast, content):
        key = default_storage.save("tests/one", ContentFile(content))
        StoredFile.objects.create(
            company_id=cast.company_id,
            subject_kind="company",
            subject_id=cast.company_id,
            name="one.txt",
            content_type="text/plain",
            size=len(content),
            sha256="0" * 64,
            key=key,
        )


@pytest.mark.django_db(transaction=True)
def test_an_export_reads_one_moment():
    """Rows written while it runs are not half in it: the whole is read in one snapshot."""
    cast = make_company()
    path = services.export_company(actor=cast.owner, now=NOW)
    try:
        with zipfile.ZipFile(path) as archive:
            assert len(archive.read("rows/accounts_employee.jsonl").splitlines()) == 2
    finally:
        path.unlink()


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("listener orders.reserve_waiting", "само, в фоне"),
        ("job site.promise_call", "само, в фоне"),
        ("api 5x2k9m", "через API, ключ 5x2k9m"),
        ("voronka apikey", "командой на сервере"),
        ("import", "файл"),
        ("", ""),
    ],
)
def test_the_history_says_in_words_by_which_way_a_change_came(origin, words):
    with translation.override("ru"):
        assert origin_words(origin) == words


def test_every_door_by_which_the_program_changes_something_has_its_words():
    told = re.compile(r'company_context\([^)]*origin="([^"]+)"')
    sources = [
        one for one in PARTS.rglob("*.py") if not {"tests", "benches"} & set(one.parts) and one.stem != "testing"
    ]
    doors = {door for one in sources for door in told.findall(one.read_text())}
    assert {"automation address", "order form", "telegram"} <= doors
    for lang in ("ru", "en"):
        with translation.override(lang):
            assert not [door for door in sorted(doors) if origin_words(door) == door]
    with translation.override("ru"):
        assert not [
            door for door in sorted(doors) if re.search("[a-z]{4,}", origin_words(door).replace("Telegram", ""))
        ]
