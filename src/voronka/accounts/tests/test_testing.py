"""The people of tests: copies of a company are what the verbs make, to the row, the event and the change."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from voronka.accounts.testing import NOW, PASSWORD, Cast, actor_of, make_company, make_company_by_verbs, user_of
from voronka.kit import actors
from voronka.kit.tenancy import company_context, walls

pytestmark = pytest.mark.django_db
# What each row has of its own: ids, moments of the clock, random words. People and companies are named instead.
OWN = {"id", "role_id", "transaction_id", "at", "public_id", "form_key", "password"}
RANDOM = re.compile(r"\b[0-9a-f]{64}\b|-\d{15}@")


def rows_of(cast: Cast) -> dict[str, list[str]]:
    """Return every row of both companies and the accounts of their people."""
    found: dict[str, list[str]] = {}
    people = {"owner": cast.owner, "colleague": cast.colleague, "stranger": cast.stranger}
    users = {user_of(actor).pk: who for who, actor in people.items()}
    names = {
        "employee": {actor.person_id: who for who, actor in people.items()},
        "company": {cast.company_id: "mine", cast.other_company_id: "other"},
        "user": users,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        for company_id in (cast.company_id, cast.other_company_id):
            with company_context(company_id):
                for table in walls.company_tables():
                    cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t')
                    found.setdefault(table, []).extend(_named(row, names) for (row,) in cursor.fetchall())
        cursor.execute("SELECT to_jsonb(t)::text FROM accounts_user t WHERE id = ANY(%s)", [list(users)])
        found["accounts_user"] = [_named(row, names, but={"joined_at"}) for (row,) in cursor.fetchall()]
    return {table: sorted(rows) for table, rows in found.items() if rows}


def _named(row: str, names: dict[str, dict[int, str]], *, but: set[str] | None = None) -> str:
    """Return a row with people and companies by who they are, and without what is its own."""

    def of(value: dict[str, Any]) -> dict[str, Any]:
        kinds = {"owner_id": "employee", "employee_id": "employee", "employee": "employee", "row_id": "employee",
                 "company_id": "company", "user_id": "user", "subject_id": value.get("subject_kind")}  # fmt: skip
        return {
            name: names[kinds[name]][one]
            if one is not None and name in kinds
            else of(one)
            if isinstance(one, dict)
            else one
            for name, one in value.items()
            if name not in OWN | (but or set())
        }

    return RANDOM.sub("~", json.dumps(of(json.loads(row)), sort_keys=True))


def test_a_copy_is_what_the_verbs_make() -> None:
    make_company()  # the first of a process is by the verbs too
    by_verbs, copy = (make(now=NOW + timedelta(hours=1)) for make in (make_company_by_verbs, make_company))
    assert rows_of(copy) == rows_of(by_verbs)
    assert set(rows_of(copy)) >= {"accounts_role", "accounts_employee", "kit_event", "kit_change"}


def test_the_people_of_a_copy_are_those_of_the_database() -> None:
    make_company()
    copy, other = make_company(), make_company()
    people = (copy.owner, copy.colleague, copy.stranger)
    assert [actor_of(one.company_id, one.person_id) for one in people] == list(people)
    assert all(user_of(one).check_password(PASSWORD) for one in people)
    assert len({user_of(one).email for one in (*people, other.owner, other.colleague, other.stranger)}) == 6
    assert len({copy.company_id, copy.other_company_id, other.company_id, other.other_company_id}) == 4


def test_a_copy_has_the_rights_of_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    make_company()
    *others, last = actors.all_rights()
    rights = {one.code: one for one in [*others, replace(last, code="zoo.feed")]}
    monkeypatch.setattr(actors, "_rights", rights)
    assert set(make_company().owner.rights) == set(rights), "as many as before, and yet another one"
