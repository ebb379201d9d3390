"""Custom fields of all kinds."""

import pytest
from django.db import IntegrityError, transaction

from voronka.accounts.testing import Cast
from voronka.kit.errors import Denied, Invalid
from voronka.people import queries, services
from voronka.people.models import CustomField
from voronka.people.testing import NOON, make_client

VALUES = [
    ("text", "  дуб\u200b ", "дуб"),
    ("number", "1 234,50", "1234.5"),
    ("number", 7, "7"),
    ("money", "184 000 руб.", "184000.00"),
    ("date", "31.12.2026", "2026-12-31"),
    ("date", "2026-12-31", "2026-12-31"),
    ("choice", "ДУБ", "дуб"),
    ("choices", ["дуб", "ясень", "дуб"], ["дуб", "ясень"]),
    ("choices", "дуб; ясень", ["дуб", "ясень"]),
    ("link", "https://loft.ru/a?b=1", "https://loft.ru/a?b=1"),
    ("yes_no", "да", True),
    ("yes_no", False, False),
    ("text", "", None),
    ("number", "  ", None),
]
WRONG = [
    ("text", "я" * 3_000),
    ("number", "1,2,3"),
    ("number", "много"),
    ("number", "1e99"),
    ("number", True),
    ("money", "сто"),
    ("date", "31.02.2026"),
    ("choice", "бук"),
    ("choices", ["дуб", "бук"]),
    ("person", "999999999"),
    ("person", "' OR 1=1"),
    ("link", "javascript:alert(1)"),
    ("link", "ftp://loft.ru"),
    ("link", "data:text/html,x"),
    ("file", "aaaaaaaaaaaa"),
    ("yes_no", "может быть"),
    ("text", {"a": 1}),
]


def field_of(cast: Cast, kind: str) -> CustomField:
    return services.add_field(
        actor=cast.owner, name="Поле", kind=kind, options=["дуб", "ясень"] if kind.startswith("choice") else []
    )


@pytest.mark.parametrize(("kind", "raw", "kept"), VALUES)
def test_values_are_kept_by_kind(inside: Cast, kind: str, raw: object, kept: object) -> None:
    field = field_of(inside, kind)
    assert services.clean_values([field], {field.code: raw}) == {field.code: kept}
    client = make_client(inside.owner, fields={field.code: raw})
    client.refresh_from_db()
    assert client.fields.get(field.code) == kept


@pytest.mark.parametrize(("kind", "raw"), WRONG)
def test_wrong_values_are_refused_at_their_field(inside: Cast, kind: str, raw: object) -> None:
    field = field_of(inside, kind)
    with pytest.raises(Invalid) as refusal:
        services.clean_values([field], {field.code: raw})
    assert list(refusal.value.fields) == [f"field_{field.code}"]


def test_a_person_is_an_employee(inside: Cast) -> None:
    field = field_of(inside, "person")
    me = inside.owner.employee_id
    assert services.clean_values([field], {field.code: str(me)}) == {field.code: me}


def test_fields_are_added_ordered_and_put_away(inside: Cast) -> None:
    one = services.add_field(actor=inside.owner, name="Бюджет", kind="money")
    two = services.add_field(actor=inside.owner, name="Стиль кухни", kind="text")
    assert (one.code, two.code) == ("byudzhet", "stil_kuhni")
    services.move_field(actor=inside.owner, public_id=two.public_id, by=-1)
    assert [field.name for field in queries.list_custom_fields()] == ["Стиль кухни", "Бюджет"]
    client = make_client(inside.owner, fields={"byudzhet": "5000"})
    services.change_field(actor=inside.owner, public_id=one.public_id, name="Бюджет", is_active=False)
    assert [field.name for field in queries.list_custom_fields()] == ["Стиль кухни"]
    services.update_client(
        actor=inside.owner, client_id=client.pk, changes={"fields": {"stil_kuhni": "лофт"}}, version=1, now=NOON
    )
    client.refresh_from_db()
    assert client.fields == {"byudzhet": "5000.00", "stil_kuhni": "лофт"}


@pytest.mark.parametrize(
    ("name", "kind", "options", "at"),
    [("", "text", [], "name"), ("Поле", "blob", [], "kind"), ("Поле", "choice", [" "], "options")],
)
def test_wrong_fields_are_refused(inside: Cast, name: str, kind: str, options: list[str], at: str) -> None:
    with pytest.raises(Invalid) as refusal:
        services.add_field(actor=inside.owner, name=name, kind=kind, options=options)
    assert list(refusal.value.fields) == [at]
    assert not CustomField.objects.exists()


def test_a_manager_sets_no_fields_up(inside: Cast) -> None:
    with pytest.raises(Denied):
        services.add_field(actor=inside.colleague, name="Поле", kind="text")
    assert not CustomField.objects.exists()


def test_what_is_not_given_of_a_field_stays(inside: Cast) -> None:
    """So that of two changes at the same moment neither takes back the other."""
    field = services.add_field(actor=inside.owner, name="Кухня", kind="choice", options=["прямая", "угловая"])
    services.change_field(actor=inside.owner, public_id=field.public_id, is_active=False)
    services.change_field(actor=inside.owner, public_id=field.public_id, name="Вид кухни")
    field.refresh_from_db()
    assert (field.name, field.options, field.is_active) == ("Вид кухни", ["прямая", "угловая"], False)


def test_the_database_keeps_a_field_to_clients_or_deals(inside: Cast) -> None:
    with pytest.raises(IntegrityError, match="people_custom_field_subject"), transaction.atomic():
        CustomField.objects.create(subject="visitor", code="x", name="X", kind="text")
