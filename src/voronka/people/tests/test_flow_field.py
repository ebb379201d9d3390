"""An automation changes an own field of its client: as a person would type it, once, and never what it cannot be."""

from datetime import UTC, datetime, timedelta

import pytest

from voronka.accounts.testing import Cast, make_company
from voronka.flows.models import Run
from voronka.flows.services import bring_in
from voronka.flows.services.nodes import steps_offered
from voronka.flows.testing import go, make_automation, step, told
from voronka.kit.errors import Invalid
from voronka.kit.models import EventRow
from voronka.kit.tenancy import company_context
from voronka.people.services.fields import add_field, change_field
from voronka.people.testing import make_client

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
BY_HAND = {"kind": "people.by_hand"}


@pytest.fixture
def cast():
    made = make_company(now=NOW - timedelta(days=1))
    with company_context(made.company_id, employee_id=made.owner.employee_id):
        yield made


def walk(cast: Cast, *steps, client) -> Run:
    row = make_automation(cast.owner, BY_HAND, *steps, now=NOW)
    run = bring_in(actor=cast.owner, automation=row.public_id, subject=client.public_id, now=datetime.now(UTC))
    for _turn in range(3):
        go(cast.company_id, datetime.now(UTC))
    run.refresh_from_db()
    return run


def test_fields_are_written_as_people_type_them_and_emptied_and_an_equal_value_changes_nothing(cast: Cast) -> None:
    add_field(actor=cast.owner, name="Размер", kind="choice", options=["S", "XL"], code="size")
    add_field(actor=cast.owner, name="Проба", kind="date", code="tried")
    client = make_client(cast.owner, "Анна", fields={"tried": "2026-01-02"})
    run = walk(
        cast, step(1, "people.set_field", "n2", field="size", value=" XL "),
        step(2, "people.set_field", "n3", field="size", value="XL"),
        step(3, "people.set_field", field="tried", value=""), client=client,
    )  # fmt: skip
    assert (run.state, run.error) == ("done", "")
    client.refresh_from_db()
    assert client.fields == {"size": "XL"}
    changed = EventRow.objects.filter(name="people.ClientChanged", client_id=client.pk)
    assert [one.payload["fields"] for one in changed.order_by("id")] == [["custom.size"], ["custom.tried"]]
    assert "поле «Размер»: XL" in str([one.effects for one in run.steps.order_by("number")])
    walk(cast, step(1, "people.set_field", field="tried", value="31.12.2026"), client=client)
    client.refresh_from_db()
    assert client.fields["tried"] == "2026-12-31"


def test_a_value_that_does_not_suit_is_kept_out_of_the_map_and_a_field_put_away_stops_in_words(cast: Cast) -> None:
    field = add_field(actor=cast.owner, name="Размер", kind="choice", options=["S", "XL"], code="size")
    add_field(actor=cast.owner, name="Договор", kind="file", code="paper")
    for wrong in ({"field": "size", "value": "XXL"}, {"field": "paper"}, {"field": "gone", "value": "x"}):
        with pytest.raises(Invalid):
            make_automation(cast.owner, BY_HAND, step(1, "people.set_field", **wrong), now=NOW)
    client = make_client(cast.owner, "Анна")
    row = make_automation(
        cast.owner, BY_HAND, step(1, "people.set_field", field="size", value="S"), now=NOW, name="Two"
    )
    change_field(actor=cast.owner, public_id=field.public_id, is_active=False)
    run = bring_in(actor=cast.owner, automation=row.public_id, subject=client.public_id, now=datetime.now(UTC))
    at = datetime.now(UTC)
    for _turn in range(5):
        go(cast.company_id, at)
        at += timedelta(hours=11)
    run.refresh_from_db()
    assert (run.state, told(run)[-1][1]) == ("failed", "failed")
    assert run.error
    client.refresh_from_db()
    assert client.fields == {}


def test_it_is_offered_to_clients_and_to_nobody_else() -> None:
    assert "people.set_field" in steps_offered("client")
    assert not {"people.set_field"} & {*steps_offered("deal"), *steps_offered("order")}
