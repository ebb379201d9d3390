"""Hidden fields and programs: a key of a narrowed role is told no mark by any operation, though it may do all else."""

import pytest
from api_table import ROWS, build
from django.db import transaction
from hidden_marks import mark_everything, told
from isolation_table import body_of, make_world

from voronka.accounts import queries
from voronka.accounts import services as accounts
from voronka.accounts.testing import add_person
from voronka.connect.testing import make_key
from voronka.kit.limits import limited_fields


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Build the world of all operations once, with marks in every limited field and keys of both roles."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = make_world()
        with made.inside():
            made.kept["employee_id"] = queries.public_ids_of_employees([made.owner.person_id])[made.owner.person_id]
        build(made)
        with made.inside():
            mark_everything()
            role = accounts.make_role(actor=made.owner, name="Стажёр", like="owner")
            wanted = accounts.RoleChoices(fields={one.code: 0 for one in limited_fields()})
            accounts.change_role(actor=made.owner, role_id=role.pk, wanted=wanted)
        made.kept["keys"] = {"owner": make_key(made.owner), "narrow": make_key(add_person(made.owner, role.code))}
        yield made
        transaction.set_rollback(True)


def asked(world, row, key: str) -> str:
    """Ask an operation by a key; nothing of it stays."""
    with transaction.atomic():
        answer = row.ask(world.kept["keys"][key], world, None)
        text = body_of(answer)
        assert answer.status_code < 500, (row.name, answer.status_code, text[:500])
        transaction.set_rollback(True)
    return text


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_no_operation_tells_a_hidden_field(world, row):
    text = asked(world, row, "narrow")
    assert told(text) == [], text[:1500]


@pytest.mark.parametrize("name", ["list_clients", "get_client", "list_deals", "get_deal"])
def test_control_the_owners_key_is_told_the_marks(world, name):
    (row,) = [one for one in ROWS if one.name == name]
    assert told(asked(world, row, "owner"))
