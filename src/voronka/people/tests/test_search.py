"""Search while typing, on the real function and under both walls."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from voronka.accounts.testing import Cast, make_company
from voronka.kit.tenancy import company_context
from voronka.people.models import Client, ContactPoint
from voronka.people.queries import search_clients
from voronka.people.queries.search import read_asked

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_company()


@pytest.fixture
def inside(cast: Cast) -> Iterator[Cast]:
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        yield cast


def make(name: str, *, phone: str = "", mail: str = "", **more: object) -> Client:
    client = Client.objects.create(name=name, zone="Europe/Moscow", **more)
    for kind, value in (("phone", phone), ("email", mail)):
        if value:
            ContactPoint.objects.create(client=client, kind=kind, value=value)
    return client


CASES = [
    ("смирн", ["Смирнова Анна Петровна"]),
    ("анна смир", ["Смирнова Анна Петровна"]),
    ("алена", ["Алёна Ежова"]),
    ("АЛЁНА", ["Алёна Ежова"]),
    ("2000001", ["Смирнова Анна Петровна"]),
    ("8 (391) 200-00-01", ["Смирнова Анна Петровна"]),
    ("+7 391 200 00 01", ["Смирнова Анна Петровна"]),
    ("anna.smirnova@", ["Смирнова Анна Петровна"]),
    ("Anna.Smirnova@example.ru", ["Смирнова Анна Петровна"]),
    ("7707083893", ["ООО «Сто_процентов%»"]),
    ("7707", ["ООО «Сто_процентов%»"]),
    ("сто_проц", ["ООО «Сто_процентов%»"]),
    ("процентов%", ["ООО «Сто_процентов%»"]),
    ("см", ["Смирнова Анна Петровна"]),
    ("%%%", []),
    ("___", []),
    ("\\", []),
    ("'; DROP TABLE people_client; --", []),
    ("\x00", []),
    ("", []),
    ("a" * 5_000, []),
]


@pytest.mark.parametrize(("asked", "names"), CASES)
def test_finds_by_any_sign(inside: Cast, asked: str, names: list[str]) -> None:
    make("Смирнова Анна Петровна", phone="+73912000001", mail="anna.smirnova@example.ru")
    make("Алёна Ежова", phone="+79130000002")
    make("ООО «Сто_процентов%»", kind="organisation", inn="7707083893")
    found = Client.objects.in_bulk(search_clients(inside.owner, asked))
    assert [one.name for one in found.values()] == names


def test_names_that_begin_with_the_words_come_first(inside: Cast) -> None:
    make("Анна Иванова")
    make("Иванова Анна")
    found = search_clients(inside.owner, "иванова")
    assert [Client.objects.get(pk=one).name for one in found] == ["Иванова Анна", "Анна Иванова"]


def test_another_company_is_never_found(cast: Cast) -> None:
    with company_context(cast.other_company_id):
        make("Смирнова Чужая", phone="+73912000001", mail="anna@example.ru", inn="7707083893")
    with company_context(cast.company_id):
        for asked in ("смирнова", "2000001", "anna@example.ru", "7707083893"):
            assert search_clients(cast.owner, asked) == []


def test_outside_a_company_nothing_is_found(cast: Cast) -> None:
    with company_context(cast.company_id):
        make("Смирнова")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.company_id', '', true)")
        cursor.execute("SELECT count(*) FROM people_search(ARRAY['СМИРН'], NULL, NULL, NULL, NULL, 10)")
        assert cursor.fetchone() == (0,)


def test_a_manager_finds_his_own_and_the_common_ones(inside: Cast) -> None:
    make("Общая Ирина")
    make("Общая Чужая", responsible_id=inside.owner.employee_id)
    mine = make("Общая Моя", responsible_id=inside.colleague.employee_id)
    names = {Client.objects.get(pk=one).name for one in search_clients(inside.colleague, "общая")}
    assert names == {"Общая Ирина", mine.name}


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("12", "words", ["12"]),
        ("89131234567", "digits", "9131234567"),
        ("+7 913 123-45-67", "digits", "9131234567"),
        ("a@b", "mail", "a@b"),
        ("ёж", "words", ["ЕЖ"]),
    ],
)
def test_what_is_asked(text: str, field: str, value: object) -> None:
    assert getattr(read_asked(text), field) == value


def test_twenty_searches_ask_the_database_once_each(
    inside: Cast, django_assert_num_queries: Callable[..., object]
) -> None:
    with django_assert_num_queries(1):
        search_clients(inside.owner, "анна")
