"""A field of a card put back from the history."""

import pytest

from voronka.accounts.testing import add_person, make_company
from voronka.kit import history
from voronka.kit.errors import Denied, Invalid, NotFound
from voronka.kit.tenancy import company_context
from voronka.people import services
from voronka.people.models import Client
from voronka.people.testing import NOON, make_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    cast = make_company()
    with company_context(cast.company_id, employee_id=cast.owner.employee_id, origin="test"):
        yield cast


def changed(cast, **changes):
    """Make a card, change it, and return it with the change that the history keeps."""
    client = make_client(cast.owner, address="ул. Мира, 1", comment="прежнее")
    services.update_client(
        actor=cast.owner, client_id=client.pk, changes=changes, version=Client.objects.get().version, now=NOON
    )
    return client, history.list_changes(actor=cast.owner, table="people_client", row_id=client.pk)[0]


def test_the_old_value_comes_back_and_the_rest_stays(cast):
    client, change = changed(cast, address="ул. Мира, 2", comment="новое")
    told = {field.column: (field.old, field.new, field.can_restore) for field in change.fields}
    assert told == {"address": ("ул. Мира, 1", "ул. Мира, 2", True), "comment": ("прежнее", "новое", True)}
    history.restore(actor=cast.owner, change_id=change.id, column="address")
    client.refresh_from_db()
    assert (client.address, client.comment) == ("ул. Мира, 1", "новое")
    newest = history.list_changes(actor=cast.owner, table="people_client", row_id=client.pk)[0]
    assert [(field.column, field.old, field.new) for field in newest.fields] == [
        ("address", "ул. Мира, 2", "ул. Мира, 1")
    ]


def test_the_right_to_edit_the_card_is_asked(cast):
    client, change = changed(cast, address="ул. Мира, 2")
    with pytest.raises((Denied, NotFound)):
        history.restore(actor=add_person(cast.owner, "reader"), change_id=change.id, column="address")
    client.refresh_from_db()
    assert client.address == "ул. Мира, 2"


def test_a_value_that_no_longer_fits_is_refused_with_its_reason(cast):
    client, change = changed(cast, call_opens_minute=600, call_closes_minute=1200)
    with pytest.raises(Invalid):
        history.restore(actor=cast.owner, change_id=change.id, column="call_opens_minute")
    client.refresh_from_db()
    assert client.call_opens_minute == 600


def test_strangers_find_no_such_change(cast):
    _, change = changed(cast, address="ул. Мира, 2")
    with company_context(cast.other_company_id), pytest.raises(NotFound):
        history.restore(actor=cast.stranger, change_id=change.id, column="address")
