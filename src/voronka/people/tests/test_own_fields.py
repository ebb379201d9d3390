"""Own fields are found by indexes, and in every order: with the same answer as looking at each card."""

from decimal import Decimal

import pytest
from django.db import connection
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voronka.accounts.testing import Cast
from voronka.kit.tenancy import company_context
from voronka.people import services
from voronka.people.models import Client
from voronka.people.queries import own_fields
from voronka.people.queries.asked import ask_of
from voronka.people.queries.lists import Ask, read_page, walk_clients
from voronka.people.rules.number_keys import END, keys_of_range

FIELDS = (
    ("area", "number", ()),
    ("budget", "money", ()),
    ("since", "date", ()),
    ("segment", "choice", ("опт", "розница")),
    ("want", "choices", ("кухня", "шкаф")),
    ("contract", "yes_no", ()),
    ("who", "person", ()),
    ("object", "text", ()),
)


@pytest.fixture
def cards(inside: Cast) -> Cast:
    """Cards that differ in every kind of field."""
    for code, kind, options in FIELDS:
        services.add_field(actor=inside.owner, name=code, kind=kind, options=options, code=code)
    me = inside.owner.employee_id
    rows = {
        "А": {"area": "7", "since": "2026-01-31", "segment": "опт", "want": ["кухня", "шкаф"], "object": 'Дом "Лес"'},
        "Б": {"area": "7.5", "since": "2026-02-01", "segment": "розница", "want": ["шкаф"], "contract": True},
        "В": {"area": "-3", "budget": "2000000000.00", "since": "2027-02-01", "contract": False, "who": me},
        "Г": {"area": "1000", "budget": "1500.00", "object": "Берег 100%\nвторой дом"},
        "Д": {},
    }
    Client.objects.bulk_create(Client(name=name, zone="UTC", fields=fields) for name, fields in rows.items())
    return inside


CASES = {
    "f.custom.area=7": "А",
    "f.custom.area=7..7,5": "АБ",
    "f.custom.area=-5..6": "В",
    "f.custom.area=8..": "Г",
    "f.custom.area=..7": "АВ",
    "f.custom.area:not=7..8": "ВГД",
    "f.custom.budget=1000..": "ВГ",
    "f.custom.budget=1999999999..2000000001": "В",
    "f.custom.since=31.01.2026": "А",
    "f.custom.since=31.01.2026..01.02.2026": "АБ",
    "f.custom.since=01.02.2026..01.02.2028": "БВ",
    "f.custom.since=02.02.2026..": "В",
    "f.custom.segment=опт": "А",
    "f.custom.segment=опт|розница": "АБ",
    "f.custom.segment:not=опт": "БВГД",
    "f.custom.want=шкаф": "АБ",
    "f.custom.contract=yes": "Б",
    "f.custom.contract=no": "АВГД",
    "f.custom.object=дом": "АГ",
    "f.custom.object=100%": "Г",
    'f.custom.object="лес': "А",
    "f.custom.object=бе": "Г",
    "f.custom.object=опт": "",
    "f.custom.area=7&f.custom.segment=опт": "А",
}


@pytest.mark.parametrize("few", [5_000, 0], ids=["by an index", "card by card"])
@pytest.mark.parametrize("query", CASES)
def test_a_condition_finds_the_same_by_an_index_and_without(
    cards: Cast, query: str, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_fields, "FEW", few)
    page = read_page(cards.owner, ask_of(QueryDict(query + "&sort=name")))
    assert not page.problems
    assert "".join(row.client.name for row in page.rows) == CASES[query]


@pytest.mark.parametrize(
    ("every", "neighbours", "is_common"),
    [(3, False, True), (400, False, False), (1, True, False)],
    ids=["everywhere", "rare", "a hundred neighbours"],
)
def test_what_is_everywhere_is_not_looked_for_by_the_index(
    cards: Cast, every: int, neighbours: bool, is_common: bool
) -> None:
    """A handful of pages tells; cards of one import, which stand side by side, are not taken for the whole base."""
    with company_context(cards.company_id):
        made = [
            Client(
                name=f"Клиент {n}",
                zone="Europe/Moscow",
                comment="Ждёт звонка " * 8,
                fields={"segment": "розница"} if (n < 100 if neighbours else n % every == 0) else {},
            )
            for n in range(8000)
        ]
        Client.objects.bulk_create(made)
        with connection.cursor() as cursor:
            # As many pages as the function takes at most: rows that other tests took back lie among them.
            cursor.execute(
                'SELECT people_own_common(ARRAY[\'{"segment": "розница"}\']::jsonb[], 100,'
                " (pg_relation_size('people_client') / 8192 / 20)::integer)"
            )
            assert cursor.fetchone() == (is_common,)
        page = read_page(cards.owner, ask_of(QueryDict("f.custom.segment=розница")), size=50)
        held = Client.objects.filter(fields__segment="розница").count()
        assert len(page.rows) == min(50, held)


def test_a_sign_that_is_everywhere_leaves_the_condition_to_the_cards(
    cards: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Told:
        """Answers as the search does of what is everywhere."""

        def cursor(self) -> "Told":
            return self

        def __enter__(self) -> "Told":
            return self

        def __exit__(self, *_error: object) -> None:
            return None

        def execute(self, _sql: str, _given: object) -> None:
            return None

        def fetchall(self) -> list[tuple[None]]:
            return [(None,)]

    monkeypatch.setattr(own_fields, "connection", Told())
    page = read_page(cards.owner, ask_of(QueryDict("f.custom.segment=опт&sort=name")))
    assert [row.client.name for row in page.rows] == ["А"]


def test_who_is_named_in_a_field_is_found(cards: Cast) -> None:
    page = read_page(cards.owner, Ask(filters={"custom.who": str(cards.owner.employee_id)}))
    assert [row.client.name for row in page.rows] == ["В"]


def test_the_search_sees_no_other_company(cards: Cast) -> None:
    with company_context(cards.stranger.company_id), connection.cursor() as cursor:
        for given_ in (
            [['{"segment": "опт"}'], None, None],
            [None, keys_of_range(cards.company_id, "area", Decimal(0), Decimal(10)), None],
            [None, None, "ДОМ"],
        ):
            cursor.execute("SELECT count(*) FROM people_own_search(%s::jsonb[], %s, %s, 10)", given_)
            assert cursor.fetchone() == (0,)


numbers = st.one_of(
    st.integers(-70, 70),
    st.integers(-(2**31), 2**31),
    st.sampled_from([END, END - 1, -END, -END + 1, 10**15]),
    st.decimals(-5000, 5000, places=2),
).map(Decimal)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(numbers, numbers, numbers)
def test_keys_of_a_range_are_those_of_the_numbers_in_it(
    inside: Cast, number: Decimal, one: Decimal, other: Decimal
) -> None:
    least, most = sorted((one, other))
    with connection.cursor() as cursor:
        cursor.execute("SELECT people_number_keys(7, jsonb_build_object('a', %s::text))", [format(number, "f")])
        kept = set(cursor.fetchone()[0])
    assert bool(kept & set(keys_of_range(7, "a", least, None))) or number < least
    assert bool(kept & set(keys_of_range(7, "a", None, most))) or number > most
    keys = keys_of_range(7, "a", least, most)
    assert len(keys) < 400
    if least <= number <= most:
        assert kept & set(keys)
    elif abs(number) < END and not least // 1 <= number // 1 <= most // 1:
        assert not kept & set(keys)


@pytest.mark.parametrize("sort", ["sum", "-sum", "responsible", "-responsible", "kind", "-vip", "zone", "-source"])
def test_every_order_walks_each_card_once_and_those_without_a_value_last(inside: Cast, sort: str) -> None:
    Client.objects.bulk_create(
        Client(
            name=f"К{n}",
            zone=("UTC", "Europe/Moscow")[n % 2],
            purchases_sum=None if n % 3 == 0 else n % 4,
            responsible_id=inside.owner.employee_id if n % 2 else None,
            is_vip=n % 5 == 0,
        )
        for n in range(13)
    )
    rows = [row.client for row in walk_clients(inside.owner, Ask(sort=sort), chunk=3)]
    assert len({one.pk for one in rows}) == len(rows) == 13
    values = [getattr(one, "sorted_by") for one in rows]  # noqa: B009  an annotation, unknown to the type
    present = [one for one in values if one is not None]
    assert values == [*present, *(one for one in values if one is None)]
    keys = [(value, one.pk) for value, one in zip(values, rows, strict=True) if value is not None]
    assert keys == sorted(keys, reverse=sort.startswith("-"))
