"""Every operation of the API x keys of every role x wrong scopes x another company's key x nobody.

Nothing shows, nothing changes; who may, can. A new operation fails here until it has its row in api_table.py.
"""

import dataclasses

import pytest
from api_table import ROWS, build
from django.db import transaction
from isolation_table import SECRET, body_of, difference, make_world, signed, state_of, writes, written_since

from voronka.config.testing import part_of
from voronka.connect.api.operations import ABOUT
from voronka.connect.models import ApiKey
from voronka.connect.rules.scopes import RIGHTS
from voronka.connect.testing import make_key

WRITING = [row for row in ROWS if row.about.is_writing]
SHUT = (401, 403, 404)
# Told at every request by a key: how often it was used, and when last.
USED = {"connect_apikeyuse"}
# Common to all companies: the queue of jobs, and the accounts of people, where an invitation makes a new one.
COMMON = {"procrastinate_jobs", "accounts_user"}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Build the world once; every attempt below is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = make_world()
        people = {**made.people, "stranger": made.stranger, "other": made.other_manager}
        made.kept["keys"] = {name: make_key(actor) for name, actor in people.items()}
        made.kept["narrow"] = {
            scope: make_key(made.owner, *(other for other in RIGHTS if other != scope)) for scope in RIGHTS
        }
        with made.inside():
            from voronka.accounts import queries

            made.kept["employee_id"] = queries.public_ids_of_employees([made.owner.person_id])[made.owner.person_id]
        build(made)
        made = dataclasses.replace(made, before=(state_of(made.company_id), state_of(made.other_company_id)))
        yield made
        transaction.set_rollback(True)


class Attempt:
    """Ask inside a savepoint that is rolled back, and keep the answer and what it did to both companies."""

    def __init__(self, world, row, key, extra=None, *, with_rows=False, looks=True, **headers):
        self.changed, self.changed_other = [], []
        with transaction.atomic():
            counted = _of_interest(writes())
            self.answer = row.ask(key, world, extra, **headers)
            self.text = body_of(self.answer)
            if looks and _of_interest(writes()) != counted:
                changed, other = world.changes_since(counted)
                self.changed = [table for table in changed if table not in USED]
                self.changed_other = [table for table in other if table not in USED | COMMON]
            self.rows = world.rows_since(counted) if with_rows else {}
            transaction.set_rollback(True)


def _of_interest(counts):
    return {table: count for table, count in counts.items() if table not in USED}


def test_every_operation_is_in_the_table():
    listed = {row.name for row in ROWS}
    assert set(ABOUT) - listed == set(), "these operations have no row in tests/isolation/api_table.py"
    assert listed - set(ABOUT) == set(), "these rows have no operation"


def test_every_scope_names_declared_rights():
    from voronka.kit.actors import all_rights

    assert {right for rights in RIGHTS.values() for right in rights} <= {one.code for one in all_rights()}
    assert {about.scope for about in ABOUT.values()} == set(RIGHTS)


def test_control_an_attempt_sees_what_shows_and_what_changes(world):
    rows = {row.name: row for row in ROWS}
    assert SECRET in Attempt(world, rows["get_client"], world.kept["keys"]["owner"]).text
    changed = Attempt(world, rows["add_note"], world.kept["keys"]["owner"])
    assert {"people_note", "kit_event", "connect_keptanswer"} <= set(changed.changed)
    assert changed.changed_other == []


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_who_may_can(world, row):
    for number, role in enumerate(part_of(sorted(row.may), 2, ROWS.index(row)) or sorted(row.may)):
        attempt = Attempt(world, row, world.kept["keys"][role], looks=number == 0)
        assert attempt.answer.status_code in row.answer, (role, attempt.answer.status_code, attempt.text[:3000])
        if not row.about.is_writing:
            assert attempt.changed == [], role
        assert attempt.changed_other == []


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_roles_without_the_right_get_403_or_404_and_change_nothing(world, row):
    for role in part_of(sorted(set(world.people) - row.may), 2, ROWS.index(row)):
        attempt = Attempt(world, row, world.kept["keys"][role])
        refused = (403, 404, 422) if row.names else (403, 404)
        assert attempt.answer.status_code in refused, (role, attempt.answer.status_code, attempt.text[:500])
        assert attempt.changed == [], role
        assert SECRET not in attempt.text


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_nobody_and_wrong_keys_get_and_change_nothing(world, row):
    for key in ("", "vrk_" + "x" * 43, "nonsense"):
        attempt = Attempt(world, row, key)
        assert attempt.answer.status_code == 401
        assert attempt.answer["Content-Type"] == "application/problem+json"
        assert attempt.changed == []
        assert SECRET not in attempt.text


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_strangers_key_gets_and_changes_nothing(world, row):
    attempt = Attempt(world, row, world.kept["keys"]["stranger"])
    assert SECRET not in attempt.text
    assert set(attempt.changed) <= ({"accounts_user"} if row.name == "invite_employee" else set())
    if row.names_a_record(world):
        assert attempt.answer.status_code in (*SHUT, 422), attempt.answer.status_code
        assert attempt.changed_other == []


@pytest.mark.parametrize("row", [row for row in ROWS if row.by_record], ids=str)
def test_another_managers_record_is_out_of_reach(world, row):
    attempt = Attempt(world, row, world.kept["keys"]["other"])
    assert attempt.answer.status_code in (403, 404, 422)
    assert attempt.changed == []
    assert SECRET not in attempt.text


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_key_without_the_scope_is_refused_although_its_maker_may(world, row):
    attempt = Attempt(world, row, world.kept["narrow"][row.about.scope])
    assert attempt.answer.status_code == 403
    assert attempt.answer.json()["code"] == "insufficient_scope"
    assert attempt.changed == []
    assert SECRET not in attempt.text


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_revoked_key_opens_nothing(world, row):
    from voronka.connect.rules.keys import key_hash
    from voronka.kit.tenancy import company_context

    key = world.kept["keys"]["owner"]
    with transaction.atomic():
        with company_context(world.company_id):
            ApiKey.objects.filter(hash=key_hash(key)).update(revoked_at=world.kept.get("now") or "2026-01-01T00:00Z")
        assert row.ask(key, world).status_code == 401
        transaction.set_rollback(True)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_the_session_of_a_person_works_and_needs_the_anti_forgery_sign(world, row):
    """Reading is open to one's own session; writing without the sign is refused and changes nothing."""
    client = world.client(world.owner, asks_for_sign=True)
    with transaction.atomic():
        if row.about.is_writing:
            counted = writes()
            answer = client.generic(row.about.method, row.path(world), b"{}", "application/json")
            assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
            assert world.changes_since(counted)[0] == []
        else:
            answer = client.get(row.path(world), row.query(world))
            said = body_of(answer)  # to its end, so that a file is closed
            assert answer.status_code in row.answer, said[:500]
        transaction.set_rollback(True)


@pytest.mark.parametrize("row", WRITING, ids=str)
def test_fields_that_are_nobodys_to_send_are_refused(world, row):
    """Company, role, owner, price and the like, added to a writing request: it is refused, or does what it did."""
    extra = {
        "company": world.other_company_id,
        "company_id": world.other_company_id,
        "owner_id": world.stranger.employee_id,
        "role": "owner",
        "rights": {"kit.change_settings": 3},
        "is_superuser": True,
        "price": "777.77",
        "total": "777.77",
        "public_id": "aaaaaaaaaaaa",
        "scopes": ["webhooks:manage"],
    }
    key = world.kept["keys"]["owner"]
    if row.sent is None:
        plain = Attempt(world, row, key, with_rows=True)
        padded = Attempt(world, row, key, {"company": "1"}, with_rows=True)
        assert padded.answer.status_code == plain.answer.status_code
        # Answers are kept encrypted, secrets and messages are random: they differ each time.
        differ = set(world.differ(plain.rows, padded.rows))
        assert differ <= {"connect_keptanswer", "connect_webhook", "connect_webhookdelivery"}
        return
    for name, value in extra.items():
        if name in row.sent(world):
            continue
        attempt = Attempt(world, row, key, {name: value})
        if name in row.takes:  # it may be sent, such a value never
            assert attempt.answer.status_code in (403, 422), name
            assert attempt.changed == []
            continue
        assert attempt.answer.status_code == 422, name
        assert attempt.answer.json()["fields"] == {name: "There is no such field."}
        assert attempt.changed == []
        assert attempt.changed_other == []


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_unknown_words_behind_the_address_are_refused(world, row):
    if row.about.is_writing:
        return
    attempt = Attempt(world, row, world.kept["keys"]["owner"], {"company_id": "1"})
    assert attempt.answer.status_code == 422
    assert set(attempt.answer.json()["fields"]) == {"company_id"}


@pytest.mark.parametrize("row", WRITING, ids=str)
def test_writing_needs_a_token_and_repeats_to_nothing(world, row):
    key = world.kept["keys"]["owner"]
    without = Attempt(world, row, key, **{"Idempotency-Key": ""})
    assert (without.answer.status_code, without.answer.json()["code"]) == (400, "idempotency_key_required")
    assert without.changed == []
    with transaction.atomic():
        counted = writes()
        first = row.ask(key, world, **{"Idempotency-Key": "one-and-the-same"})
        after = {**world.before[0], **state_of(world.company_id, written_since(counted))}
        counted = writes()
        again = row.ask(key, world, **{"Idempotency-Key": "one-and-the-same"})
        assert again.status_code == first.status_code
        assert again.content == first.content
        assert again["Idempotent-Replayed"] == "true"
        now = {**after, **state_of(world.company_id, written_since(counted) - USED)}
        assert difference(after, now) == []
        transaction.set_rollback(True)


def test_addresses_that_are_none_and_methods_that_are_not_taken(world):
    client = signed(None)
    for path in ("/api/v1/nothing", "/api/v2/clients", "/api/v1/clients/x/y/z"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    answer = client.put("/api/v1/clients", headers={"Authorization": f"Bearer {world.kept['keys']['owner']}"})
    assert (answer.status_code, answer["Allow"]) == (405, "GET, POST")
