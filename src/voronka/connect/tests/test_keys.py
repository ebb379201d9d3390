"""Keys: what they open, for how long, and that they never outgrow their maker."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from voronka.accounts import queries as accounts
from voronka.accounts import services as people
from voronka.accounts.models import Employee, Role
from voronka.accounts.testing import actor_of, make_company, sign_in
from voronka.connect.models import ApiKey, ApiKeyUse
from voronka.connect.rules import scopes
from voronka.connect.rules.keys import key_hash, new_key
from voronka.connect.services import keys
from voronka.connect.testing import Program, make_key
from voronka.kit.actors import Reach
from voronka.kit.errors import Denied, Invalid
from voronka.kit.tenancy import company_context
from voronka.people.testing import make_client

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def cast():
    cast = make_company()
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        yield cast


def test_a_key_is_kept_as_its_hash_alone(cast):
    key = make_key(cast.owner)
    row = ApiKey.objects.get()
    assert row.hash == key_hash(key)
    assert key not in str(vars(row))
    assert key.startswith(row.beginning)
    assert key_hash(key + "x") is None
    assert new_key() != new_key()


def test_who_lacks_the_right_makes_none(cast):
    with pytest.raises(Denied):
        keys.make_key(actor=cast.colleague, name="A", scopes=[scopes.COMPANY_READ], days=None, now=NOW)
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "place"),
    [({"name": " "}, "name"), ({"name": "x" * 101}, "name"), ({"scopes": []}, "scopes"), ({"scopes": ["*"]}, "scopes"),
     ({"days": 0}, "days"), ({"days": 99_999}, "days")],
)  # fmt: skip
def test_wrong_input_is_named(cast, wrong, place):
    given = {"name": "A", "scopes": [scopes.COMPANY_READ], "days": None, **wrong}
    with pytest.raises(Invalid) as refused:
        keys.make_key(actor=cast.owner, now=NOW, **given)
    assert set(refused.value.fields) == {place}


def test_a_key_ends_with_its_days_and_with_its_revoking(cast):
    key = make_key(cast.owner, days=1, now=NOW)
    assert keys.open_by(key, now=NOW + timedelta(hours=23)) is not None
    assert keys.open_by(key, now=NOW + timedelta(hours=25)) is None
    other = make_key(cast.owner)
    keys.revoke_key(actor=cast.owner, public_id=ApiKey.objects.latest("id").public_id, now=NOW)
    assert keys.open_by(other, now=NOW) is None


def test_its_rights_are_those_of_its_maker_at_the_moment_and_of_its_scopes(cast):
    key = make_key(cast.colleague, scopes.CLIENTS_READ, scopes.DEALS_READ)
    assert keys.open_by(key, now=NOW).actor.rights == {"people.see_clients": Reach.OWN, "deals.see": Reach.OWN}
    foreign = make_client(cast.owner, "Чужая Анна", responsible_id=cast.owner.employee_id).public_id
    program = Program(key)
    assert program.get(f"clients/{foreign}").status_code == 404
    role = Role.objects.get(code="manager")
    people.change_role_rights(actor=cast.owner, role_id=role.pk, rights={"people.see_clients": 0})
    assert program.get("clients").status_code == 403
    assert program.get("deals").status_code == 200
    public_id = Employee.objects.get(pk=cast.colleague.employee_id).public_id
    people.dismiss_employee(actor=cast.owner, employee_id=accounts.get_employee(public_id).pk)
    assert program.get("deals").status_code == 401


def test_its_uses_are_counted_and_its_last_one_noted(cast):
    key = make_key(cast.owner)
    assert [keys.open_by(key, now=NOW + timedelta(seconds=one)).used for one in range(3)] == [1, 2, 3]
    assert keys.open_by(key, now=NOW + timedelta(minutes=1)).used == 1
    assert ApiKeyUse.objects.get().last_at == NOW + timedelta(minutes=1)


def test_the_history_says_by_which_key_a_card_was_changed(cast):
    from voronka.kit.models import Change

    client = make_client(cast.owner, "Анна")
    program = Program.of(cast.owner)
    changed = program.call("PATCH", f"clients/{client.public_id}", {"city": "Тула", "version": 1})
    assert changed.status_code == 200
    row = Change.objects.filter(table="people_client").latest("id")
    key = ApiKey.objects.get()
    assert row.actor == {"employee": cast.owner.employee_id, "origin": f"api {key.public_id}"}


def test_a_key_beside_a_session_of_another_company_acts_in_its_own(cast):
    make_client(cast.owner, "Анна Тайная")
    program = Program.of(cast.owner)
    sign_in(program.client, cast.stranger)
    assert [one["name"] for one in program.get("clients").json()["items"]] == ["Анна Тайная"]
    program.key = "vrk_" + "x" * 43
    assert program.get("clients").status_code == 401, "a wrong key never falls back to the session"


def test_the_page_shows_a_key_once_and_revokes_it(cast, client):
    sign_in(client, cast.owner)
    page = client.post("/settings/keys/", {"name": "Магазин", "scopes": ["clients:read"], "days": "30"})
    shown = page.content.decode()
    key = shown.partition("data-made-key")[2].split('value="')[1].split('"')[0]
    assert key.startswith("vrk_")
    assert keys.open_by(key, now=datetime.now(UTC)) is not None
    assert key not in client.get("/settings/keys/").content.decode()
    assert page["Cache-Control"].startswith("max-age=0")
    client.post(f"/settings/keys/{ApiKey.objects.get().public_id}/revoke/")
    assert keys.open_by(key, now=datetime.now(UTC)) is None
    wrong = client.post("/settings/keys/", {"name": "", "scopes": ["clients:read"]})
    assert wrong.status_code == 422
    assert 'value="clients:read" checked' in wrong.content.decode()


def test_an_actor_of_a_key_is_never_the_system(cast):
    actor = keys.open_by(make_key(cast.owner), now=NOW).actor
    assert dataclasses.asdict(actor)["is_system"] is False
    assert "connect.manage_keys" not in actor.rights
    assert actor.giving == scopes.giveable(cast.owner.rights)
    assert cast.owner.rights.keys() >= scopes.PEOPLE_ONLY
    assert not scopes.PEOPLE_ONLY & actor.giving.keys()
    assert actor_of(cast.company_id, actor.person_id).employee_id == cast.owner.employee_id


def test_scopes_are_of_declared_rights_and_have_words():
    from voronka.connect.services.words import SCOPE_NAMES

    assert set(SCOPE_NAMES) == set(scopes.RIGHTS)
    with transaction.atomic():
        assert scopes.narrowed({"people.see_clients": Reach.OWN}, ["clients:read", "gone"]) == {
            "people.see_clients": Reach.OWN
        }
