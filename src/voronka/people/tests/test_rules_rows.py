import json
from datetime import date
from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from voronka.people.rules.rows import read_row

TODAY = date(2026, 11, 23)
NAUGHTY = json.loads((Path(__file__).parent / "data" / "blns.json").read_text(encoding="utf-8"))
ALL = [
    "full_name",
    "last",
    "first",
    "middle",
    "phone",
    "email",
    "city",
    "address",
    "birthday",
    "sum",
    "vip",
    "consent",
    "inn",
    "kpp",
    "ogrn",
    "bik",
    "account",
    "comment",
    "gender",
    "organisation",
    "source",
    "external_id",
    "extra:a",
    "skip",
]


def _problems(row):
    return [(one.target, one.reason) for one in row.problems]


def test_a_row_of_all_kinds():
    cells = [
        "Сомов Илья",
        "89131112233, 8 (391) 221-12-34",
        "A@mail.ru",
        "Омск",
        27372,
        "1 500,50 руб.",
        "да",
        "x",
        "2",
    ]
    targets = ["full_name", "phone", "email", "city", "birthday", "sum", "vip", "extra:size", "skip"]
    row = read_row(cells, targets, today=TODAY)
    assert row.problems == ()
    assert (row.name.last, row.name.first, row.name.gender) == ("Сомов", "Илья", "m")
    assert [one.e164 for one in row.phones] == ["+79131112233", "+73912211234"]
    assert [one.address for one in row.emails] == ["a@mail.ru"]
    assert row.texts == {"city": "Омск"}
    assert (row.birthday, row.sum, row.vip, row.consent) == (date(1974, 12, 9), Decimal("1500.50"), True, None)
    assert row.extra == {"size": "x"}
    assert row.card().city == "omsk"


def test_several_columns_of_one_meaning():
    row = read_row(
        ["Ким", "Анна", "89131112233", "89131112234", "a", "b"],
        ["last", "first", "phone", "phone", "comment", "comment"],
        today=TODAY,
    )
    assert len(row.phones) == 2
    assert row.texts["comment"] == "a\nb"
    assert row.name.name == "Ким Анна"


def test_an_organisation_is_named_by_its_own_column():
    row = read_row(["Ромашка", "7707083893"], ["organisation", "inn"], today=TODAY)
    assert (row.name.kind, row.name.name, row.inn) == ("organisation", "Ромашка", "7707083893")


def test_what_turns_a_row_away():
    targets = ["full_name", "phone", "email", "birthday", "sum"]
    for cells, expected in (
        (["Анна", "123", "", "", ""], [("phone", "too_short")]),
        (["Анна", "", "a@b", "", ""], [("email", "domain")]),
        (["Анна", "", "", "31.02.1990", ""], [("birthday", "no_such_date")]),
        (["Анна", "", "", "", "1,2,3"], [("sum", "separators")]),
        (["тест", "", "", "", ""], [("full_name", "test")]),
        (["", "", "", "", "5"], [("row", "nobody")]),
        ([], [("row", "nobody")]),
        (["Анна", "—", "нет", "", ""], []),
        (["", "89131112233", "", "", ""], []),
    ):
        assert _problems(read_row(cells, targets, today=TODAY)) == expected


def test_a_bad_value_beside_a_good_one_is_a_doubt():
    row = read_row(["Анна", "89131112233, 123"], ["full_name", "phone"], today=TODAY)
    assert row.problems == ()
    assert [(one.target, one.reason) for one in row.doubts] == [("phone", "too_short")]


cell = st.one_of(
    st.text(), st.sampled_from(NAUGHTY), st.floats(), st.integers(), st.none(), st.dates(), st.booleans()
)


@given(st.lists(cell, min_size=len(ALL), max_size=len(ALL)))
def test_nothing_makes_reading_fail(cells):
    row = read_row(cells, ALL, today=TODAY)
    assert row.problems or row.phones or row.emails or row.name.name
    row.card()
