"""Every address x each role x another company's ids x nobody: nothing shows, nothing changes; who may, can.

A new address fails here until it has its row in `rows_PART.py` (see isolation_table.py).
"""

import pytest
from django.db import transaction
from django.urls import reverse
from isolation_table import (
    SECRET,
    all_routes,
    all_rows,
    body_of,
    make_world,
    writes,
)

from voronka.config.testing import part_of

ROWS = all_rows()
WRITING = [row for row in ROWS if row.method != "GET"]
SHUT = (401, 403, 404)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Build the world once; every attempt below is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


class Attempt:
    """Ask inside a savepoint that is rolled back, and keep the answer and what it did to both companies."""

    def __init__(self, world, row, actor, extra=None, *, with_rows=False):
        client = world.client(actor)
        with transaction.atomic():
            counted = writes()
            self.answer = row.ask(client, world, extra)
            self.text = body_of(self.answer)
            self.changed, self.changed_other = world.changes_since(counted)
            self.rows = world.rows_since(counted) if with_rows else {}
            transaction.set_rollback(True)

    @property
    def is_shut(self):
        """Shut out: sent to sign in, or told 401, 403, 404."""
        sent = self.answer.status_code == 302 and self.answer.url.startswith(("/account/login/", "/account/reauth"))
        return sent or self.answer.status_code in SHUT


def test_every_address_is_in_the_table():
    listed = {row.name for row in ROWS}
    routes = set(all_routes())
    assert routes - listed == set(), "these addresses have no row in tests/isolation/rows_*.py"
    assert listed - routes == set(), "these rows have no address"


def test_control_an_attempt_sees_what_shows_and_what_changes(world):
    """Were a wall missing, the tests below would see what its owner sees here."""
    rows = {str(row): row for row in ROWS}
    shown = Attempt(world, rows["GET accounts:employees"], world.owner)
    changed = Attempt(world, rows["POST accounts:employee"], world.owner)
    assert SECRET in shown.text
    assert not shown.is_shut
    assert {"accounts_employee", "kit_change", "kit_event"} <= set(changed.changed)
    assert changed.changed_other == []


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_who_may_can(world, row):
    for role in part_of(sorted(row.may), 2, ROWS.index(row)) or sorted(row.may):
        attempt = Attempt(world, row, world.people[role])
        assert attempt.answer.status_code in row.answer, (role, attempt.answer.status_code, attempt.text[:3000])
        assert 'value="None"' not in attempt.text, "what is not given is an empty place"


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_nobody_gets_and_changes_nothing(world, row):
    attempt = Attempt(world, row, None)
    assert attempt.text.count(SECRET) == int(row.names_company)
    assert attempt.changed == []
    if row.is_open:
        assert attempt.answer.status_code in row.answer
    else:
        assert attempt.is_shut, attempt.answer.status_code


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_stranger_gets_and_changes_nothing(world, row):
    attempt = Attempt(world, row, world.stranger)
    assert attempt.text.count(SECRET) == int(row.names_company)
    changed = set(attempt.changed) - {"accounts_user", "procrastinate_jobs"}  # common to all companies: his own rows
    assert changed == set()
    names_a_record = set(row.args(world)) - {"act", "code", "name", "uidb36", "key", "token"}
    if names_a_record and not row.is_open:
        assert attempt.is_shut, attempt.answer.status_code
        assert attempt.changed_other == []
        assert "accounts_user" not in attempt.changed


@pytest.mark.parametrize("row", [row for row in ROWS if not row.is_open], ids=str)
def test_roles_without_the_right_get_403_or_404_and_change_nothing(world, row):
    for role in part_of(sorted(set(world.people) - row.may), 2, ROWS.index(row)):
        attempt = Attempt(world, row, world.people[role])
        assert attempt.answer.status_code in (403, 404), (role, attempt.answer.status_code)
        assert attempt.changed == [], role


@pytest.mark.parametrize("row", [row for row in ROWS if row.by_record], ids=str)
def test_another_managers_record_is_out_of_reach(world, row):
    attempt = Attempt(world, row, world.other_manager)
    assert attempt.answer.status_code in (403, 404)
    assert attempt.changed == []


@pytest.mark.parametrize("name", [name for name, view in all_routes().items() if getattr(view, "signed_in", False)])
def test_methods_outside_the_table_are_refused(world, name):
    rows = {row.method: row for row in ROWS if row.name == name}
    client = world.client(world.owner)
    for method in {"GET", "POST", "PUT", "DELETE", "PATCH"} - set(rows):
        with transaction.atomic():
            address = reverse(name, kwargs=next(iter(rows.values())).args(world))
            assert client.generic(method, address).status_code == 405, method
            transaction.set_rollback(True)


@pytest.mark.parametrize("row", WRITING, ids=str)
def test_fields_that_are_nobodys_to_send_are_ignored(world, row):
    """Company, role, owner, price and the like, added to a writing request: it does what it did without them."""
    extra = {
        "company": world.other_company_id,
        "company_id": world.other_company_id,
        "employee": world.stranger.employee_id,
        "employee_id": world.stranger.employee_id,
        "owner": world.stranger.employee_id,
        "owner_id": world.stranger.employee_id,
        "role": "owner",
        "role_id": 1,
        "rights": '{"kit.change_settings": 3}',
        "user": 1,
        "user_id": 1,
        "is_active": "1",
        "is_staff": "1",
        "is_superuser": "1",
        "joined_at": "2001-01-01",
        "price": "777.77",
        "sum": "777.77",
        "total": "777.77",
        "public_id": "aaaaaaaaaaaa",
        "form_key": "bbbbbbbbbbbb",
        "password": "stolen-password-777",
    }
    for role in part_of(sorted(row.may)[:2], 2, WRITING.index(row)) or sorted(row.may):
        plain = Attempt(world, row, world.people[role], with_rows=True)
        padded = Attempt(world, row, world.people[role], extra, with_rows=True)
        assert padded.answer.status_code == plain.answer.status_code
        assert world.differ(plain.rows, padded.rows) == []
        assert padded.changed_other == [] or set(padded.changed_other) <= {"accounts_user", "procrastinate_jobs"}
