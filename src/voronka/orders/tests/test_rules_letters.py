"""What people write when they order by a letter, and what is read of it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.orders.rules.letters import MOST_SAID, number_of, read_rows, read_text
from voronka.orders.rules.letters.text import read_line

LINES = [
    ("АРТ-12 – 3 шт", "АРТ-12", "3", "796"),
    ("АРТ-12 - 3 шт.", "АРТ-12", "3", "796"),
    ("3 x 4601234567890", "4601234567890", "3", ""),
    ("3х4601234567890", "4601234567890", "3", ""),
    ("Кирпич красный, 200 шт", "Кирпич красный", "200", "796"),
    ("Кирпич красный, 1 200 шт.", "Кирпич красный", "1200", "796"),
    ("1. Стул «Норд» – 4", "Стул «Норд»", "4", ""),
    ("- Стул «Норд»: 4 штуки", "Стул «Норд»", "4", "796"),
    ("• 2 уп Саморез 4,2х75", "Саморез 4,2х75", "2", "778"),
    ("2 шт. Стол обеденный", "Стол обеденный", "2", "796"),
    ("10 - Стул", "Стул", "10", ""),
    ("Стул x 10", "Стул", "10", ""),
    ("Стол\t2", "Стол", "2", ""),
    ("Стол | 2", "Стол", "2", ""),
    ("Песок карьерный 2,5 т", "Песок карьерный", "2.5", "168"),
    ("Chair Nord, 4 pcs", "Chair Nord", "4", "796"),
    ("3 pcs Chair Nord", "Chair Nord", "3", "796"),
    ("Кабель ВВГнг 3х2,5 — 100 м;", "Кабель ВВГнг 3х2,5", "100", "006"),
]


@pytest.mark.parametrize(("line", "name", "many", "unit"), LINES)
def test_a_line_as_people_write_it_is_read(line, name, many, unit):
    found = read_line(line)
    assert found is not None
    assert (found.name, found.quantity, found.unit, found.is_weak) == (name, Decimal(many), unit, False)


@pytest.mark.parametrize(
    "line",
    [
        "Добрый день!",
        "Прошу отгрузить следующее:",
        "+7 916 123-45-67",
        "тел. 8 (495) 123-45-67",
        "Пишите на sales@client.test - 3 шт",
        "ИНН 7701234567",
        "Стул 3 шт не надо",
        "Стул - 0 шт",
        "Плитка 30 200 шт",
        "Стул - 3 200,5,1 шт",
        "Стул - 1,500 шт",
        "x" * 500 + " - 3 шт",
    ],
)
def test_what_is_no_line_of_goods_is_none(line):
    assert read_line(line) is None


def test_a_number_behind_a_comma_is_weak_and_a_code_alone_says_not_how_many():
    assert read_line("ул. Ленина, 5").is_weak
    assert read_line("4601234567890").quantity is None


def test_codes_are_told_from_numbers_of_names():
    assert read_line("Стул арт. 7 - 2 шт").codes == ("7",)
    assert read_line("Гвоздь 12 мм - 2 шт").codes == ()
    assert "АБ-1234" in read_line("Стул АБ-1234 - 2 шт").codes


LETTER = """Добрый день!

Прошу отгрузить:
1) АРТ-12 – 3 шт
2) Кирпич красный, 200 шт
доставка завтра после 15

С уважением,
Иван, склад 14
тел. +7 916 123-45-67
> старое: Стол - 5 шт
"""


def test_a_letter_is_read_down_to_its_signature():
    found = read_text(LETTER)
    assert [one.name for one in found.lines] == ["АРТ-12", "Кирпич красный"]
    assert list(found.words) == ["Добрый день!", "Прошу отгрузить:"]
    assert list(found.unclear) == ["доставка завтра после 15"]
    assert not found.is_otherwise


@pytest.mark.parametrize("text", ["Стул - 3 шт\nЭто вместо прошлого", "А есть стул - 3 шт?", "Отмените: Стул - 3 шт"])
def test_what_asks_or_takes_back_is_no_order_by_itself(text):
    assert read_text(text).is_otherwise


def test_what_is_quoted_is_not_ordered_again():
    found = read_text("Стул - 3 шт\nИван пишет:\nСтол - 5 шт\n> Стол - 5 шт")
    assert [one.name for one in found.lines] == ["Стул"]


@pytest.mark.parametrize(
    ("text", "value"),
    [("3", "3"), ("2,5", "2.5"), ("1 200", "1200"), ("0", None), ("-1", None), ("1,500", None), ("1e5", None),
     ("999999999", None), ("", None), ("0,0001", None), ("１２", None)],
)  # fmt: skip
def test_a_quantity_is_read_or_asked(text, value):
    assert number_of(text) == (Decimal(value) if value else None)


TABLE = [
    ["Заявка № 5", None, None, None],
    ["№", "Артикул", "Наименование товара", "Кол-во, шт"],
    [1, "АРТ-12", "Стул", 3],
    [2, "АРТ-13", "Стол", "2 шт"],
    [3, "", "Лампа", None],
    [4, "АРТ-14", "Полка", "много"],
    ["Итого", None, None, 5],
]


def test_a_table_is_read_by_its_headings():
    lines, unclear = read_rows(TABLE)
    assert [(one.name, one.codes, one.quantity) for one in lines] == [
        ("Стул", ("АРТ-12",), Decimal(3)),
        ("Стол", ("АРТ-13",), Decimal(2)),
        ("Полка", ("АРТ-14",), None),
    ]
    assert unclear == []


def test_a_table_without_headings_is_none():
    assert read_rows([["Стул", 3], ["Стол", 2]]) is None
    assert read_rows([]) is None


@given(st.text(max_size=3_000))
def test_any_text_is_read_within_bounds(text):
    found = read_text(text)
    assert len(found.lines) <= MOST_SAID
    assert all(one.quantity is None or one.quantity > 0 for one in found.lines)


@given(
    st.lists(st.lists(st.one_of(st.none(), st.text(max_size=20), st.integers(), st.floats()), max_size=6), max_size=9)
)
def test_any_table_is_read(rows):
    read_rows([["Товар", "Количество"], *rows])
