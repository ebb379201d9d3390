"""Price lists of suppliers: columns found, rows read, mistakes told by row."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.catalogue.rules.pricelists import (
    MOST_PIECES,
    Bad,
    Kind,
    Layout,
    Line,
    Misfit,
    find_layout,
    fit_layout,
    pieces_of,
    read_lines,
    read_money,
    read_quantity,
)
from voronka.kit.tables import Reason, TableError, open_table

DATA = Path(__file__).parent / "data"


def rows_of(name: str, sheet: str | None = None) -> list[tuple[int, list]]:
    with open_table(DATA / name, sheet=sheet) as table:
        return [(row.number, row.cells) for row in table.rows()]


@pytest.mark.parametrize(
    ("cell", "amount", "currency"),
    [
        (1500, "1500.00", ""), (850.85, "850.85", ""), ("1 234,50", "1234.50", ""),
        ("1\u00a0234,5 ₽", "1234.50", "RUB"), ("12 500 руб.", "12500.00", "RUB"), ("2,999.99", "2999.99", ""),
        ("1.234,56 €", "1234.56", "EUR"), ("$ 99", "99.00", "USD"),
        ("1.234.567", "1234567.00", ""), ("1'200.10", "1200.10", ""), ("р. 15-", None, "RUB"),
    ],
)  # fmt: skip
def test_prices_are_read_as_people_write_them(cell: object, amount: str | None, currency: str) -> None:
    money = read_money(cell)
    assert money.amount == (None if amount is None else Decimal(amount))
    assert money.currency == currency


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        (-5, "negative"), ("-5,00", "negative"), (0, "zero"), ("0,00", "zero"), (10**13, "huge"), ("12,500", "unclear"),
        ("дорого", "unreadable"), (float("nan"), "unreadable"), (float("inf"), "unreadable"), (True, "unreadable"),
    ],
)  # fmt: skip
def test_a_price_that_is_none_says_why(cell: object, fault: str) -> None:
    assert read_money(cell).fault == fault
    assert read_money(cell).amount is None


def test_a_price_on_request_is_no_mistake() -> None:
    assert read_money("по запросу").is_asked
    assert not read_money("по запросу").fault
    assert read_money("-") == read_money(None)


@pytest.mark.parametrize(
    ("cell", "number"),
    [(12, "12"), (">100", "100"), ("более 50 шт", "50"), ("10-50", "10"), ("есть", None), ("нет", "0"),
     ("1 200", "1200"), ("+", None), ("-", "0"), ("под заказ", "0"), ("2,5", "2.5"), (True, None), (False, "0")],
)  # fmt: skip
def test_quantities_are_read(cell: object, number: str | None) -> None:
    assert read_quantity(cell).number == (None if number is None else Decimal(number))


@given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.none()))
def test_no_cell_breaks_the_reading(cell: object) -> None:
    money = read_money(cell)
    assert money.amount is None or (0 < money.amount < 10**12 and not money.fault)
    number = read_quantity(cell).number
    assert number is None or number >= 0


def test_a_sheet_with_groups_and_junk_is_read() -> None:
    rows = rows_of("wondersell_sample.xlsx", "Лист с данными")
    layout = find_layout(rows)
    assert layout is not None
    assert layout.header_row == 4
    lines = list(read_lines(rows, layout))
    assert len(lines) == 9
    assert all(isinstance(line, Line) for line in lines)
    assert lines[0].price == Decimal("2999.99")
    assert {line.category for line in lines} == {("Сепульки обычные",), ("Сепульки облегченные",)}


def test_a_real_stock_report_of_670_goods_is_read_whole() -> None:
    with open_table(DATA / "wondersell_sample.xlsx") as table:
        sheet = table.sheets[2]
    rows = rows_of("wondersell_sample.xlsx", sheet)
    layout = find_layout(rows)
    assert layout is not None
    assert {kind.value: column.index for kind, column in layout.columns.items()} == {
        "code": 1, "name": 2, "unit": 3, "quantity": 4, "price": 5,
    }  # fmt: skip
    lines = list(read_lines(rows, layout))
    assert len(lines) == 670
    first = lines[0]
    assert isinstance(first, Line)
    assert (first.code, first.price, first.quantity, first.unit) == ("009712", Decimal("1402.00"), Decimal(2), "шт")
    assert first.category[0] == "БЯЗЬ Иваново"
    assert len(first.category) == 3


def test_rows_that_slipped_a_column_are_told_not_misread() -> None:
    rows = rows_of("wondersell_sample.csv")
    layout = find_layout(rows)
    assert layout is not None
    found = list(read_lines(rows, layout))
    assert [one.row for one in found if isinstance(one, Bad)] == [7, 10, 11, 12, 13]
    assert {one.code for one in found if isinstance(one, Bad)} == {"shifted"}
    assert [one.price for one in found if isinstance(one, Line)] == [Decimal("2999.99"), 1500, 1233, 990]


LIST = [
    (1, ["ООО «Ромашка»", None, None, None, None, None]),
    (3, ["Прайс-лист от 12.03.2026", None, None, None, None, None]),
    (5, ["Код", "Наименование товара", "Штрихкод", "Цена", None, "Остаток"]),
    (6, [None, None, None, "опт, руб", "розница", None]),
    (7, ["Мебель", None, None, None, None, None]),
    (8, ["Стулья", None, None, None, None, None]),
    (9, [101, "Стул «Брусок», дуб", "4601546021298", "6 200,00", 9800, ">100"]),
    (10, [102, "Стул «Норд», ясень", None, "по запросу", None, "нет"]),
    (11, ["Столы", None, None, None, None, None]),
    (12, [103, "Стол «Линия»", "4601546021299", -5, 100, 3]),
    (13, [104, None, None, 700, None, 1]),
    (14, [105, "Стол барный", None, None, None, 1]),
    (15, ["Свет", None, None, None, None, None]),
    (16, ["Лампы", None, None, None, None, None]),
    (17, [106, "Лампа настольная", None, 1200, 1900, 4]),
    (18, ["Итого", None, None, 14100, None, None]),
]


def test_a_header_of_two_rows_groups_in_groups_and_bad_rows() -> None:
    layout = find_layout(LIST)
    assert layout is not None
    assert (layout.header_row, layout.header_rows) == (5, 2)
    assert layout.columns[Kind.PRICE].index == 3
    assert layout.columns[Kind.RETAIL].index == 4
    found = list(read_lines(LIST, layout))
    lines = {line.row: line for line in found if isinstance(line, Line)}
    assert sorted(lines) == [9, 10, 17]
    assert lines[9] == Line(
        9, "Стул «Брусок», дуб", "101", barcode="4601546021298", price=Decimal("6200.00"), retail=Decimal(9800),
        quantity=Decimal(100), quantity_text=">100", category=("Мебель", "Стулья"),
    )  # fmt: skip
    assert lines[10].price is None
    assert lines[10].quantity == 0
    assert lines[17].category == ("Свет", "Лампы")
    assert {bad.row: bad.code for bad in found if isinstance(bad, Bad)} == {
        12: "negative",
        13: "no_name",
        14: "no_price",
    }


def moved(rows: list, order: list[int]) -> list:
    return [(number, [cells[at] if at < len(cells) else None for at in order]) for number, cells in rows]


def test_a_column_that_moved_is_found_again_by_its_name() -> None:
    layout = find_layout(LIST)
    assert layout is not None
    shuffled = moved(LIST, [1, 0, 5, 2, 3, 4])
    again = fit_layout(layout, shuffled)
    assert isinstance(again, Layout)
    assert set(again.moved) == set(layout.columns)
    assert again.fingerprint == layout.fingerprint
    before = {one.row: one for one in read_lines(LIST, layout) if isinstance(one, Line)}
    after = {one.row: one for one in read_lines(shuffled, again) if isinstance(one, Line)}
    assert after == before


def test_a_column_that_is_gone_or_holds_something_else_is_asked_about() -> None:
    layout = find_layout(LIST)
    assert layout is not None
    renamed = [(number, ["Цены" if cell == "Цена" else cell for cell in cells]) for number, cells in LIST]
    assert fit_layout(layout, renamed) == Misfit("gone", Kind.PRICE, "цена опт руб")
    spoilt = [(number, [*cells[:3], "текст" if number > 8 else cells[3], *cells[4:]]) for number, cells in LIST]
    assert fit_layout(layout, spoilt) == Misfit("content", Kind.PRICE, "цена опт руб")
    assert fit_layout(layout, [(1, ["просто", "слова"])]) == Misfit("nothing")


def test_columns_without_names_are_told_by_what_stands_in_them() -> None:
    rows = [
        (number, [f"A-{number:04d}", f"Кресло офисное модель {number}", 1000 + number * 7, "шт"])
        for number in range(1, 40)
    ]
    layout = find_layout(rows)
    assert layout is not None
    assert {kind: column.index for kind, column in layout.columns.items()} == {
        Kind.CODE: 0, Kind.NAME: 1, Kind.PRICE: 2, Kind.UNIT: 3,
    }  # fmt: skip
    assert len(list(read_lines(rows, layout))) == 39
    swapped = moved(rows, [0, 2, 1, 3])
    assert isinstance(fit_layout(layout, swapped), Misfit)


def test_no_layout_is_made_of_a_letter() -> None:
    assert find_layout([(1, ["Здравствуйте!"]), (2, ["Высылаем прайс завтра."])]) is None
    assert find_layout([]) is None


def test_a_layout_is_kept_as_json() -> None:
    layout = find_layout(LIST, sheet="Лист 1")
    assert layout is not None
    assert Layout.from_json(layout.as_json()) == layout
    assert replace(layout, sheet="2") != layout


def test_yml_is_a_table_of_offers() -> None:
    rows = rows_of("stefanitsky_valid_feed.xml")
    layout = find_layout(rows)
    assert layout is not None
    lines = {line.code: line for line in read_lines(rows, layout) if isinstance(line, Line)}
    assert lines["1511AB"].name == "Принтер Brother 331"
    assert lines["1511AB"].maker_code == "ABC1234"
    assert lines["1511AB"].price == 80990
    assert lines["A1VV"].name == "Сэндвичница Brand K220Y9"
    assert lines["755B"].category == ("Книги", "Боевики")


def test_broken_yml_names_its_line() -> None:
    with pytest.raises(TableError) as told:
        rows_of("sirian_malformed.xml")
    assert (told.value.code, told.value.row) == (Reason.MARKUP, 6)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb">]><a><c><d>&b;</d></c></a>', Reason.BOMB),
        ('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///x">]><a><c><d>&b;</d></c></a>', Reason.BOMB),
        ('<?xml version="1.0"?><a>only text</a>', Reason.NOT_A_TABLE),
        ('<?xml version="1.0" encoding="no-such"?><a><b><c>1</c></b></a>', Reason.ENCODING),
    ],
)  # fmt: skip
def test_xml_that_means_harm_or_nothing_is_refused(tmp_path: Path, text: str, code: Reason) -> None:
    path = tmp_path / "feed.xml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TableError) as told, open_table(path) as table:
        list(table.rows())
    assert told.value.code is code


def test_an_old_feed_that_names_its_document_type_is_read(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_text(
        '<?xml version="1.0" encoding="windows-1251"?><!DOCTYPE yml_catalog SYSTEM "shops.dtd"><yml_catalog>'
        "<shop><offers>"
        '<offer id="7"><name>Чайник</name><price>99.5</price></offer></offers></shop></yml_catalog>',
        encoding="cp1251",
    )
    with open_table(path) as table:
        assert [row.cells for row in table.rows()] == [["id", "name", "price"], ["7", "Чайник", "99.5"]]


@pytest.mark.parametrize(
    ("pack", "unit", "heading", "pieces"),
    [
        ("10", "уп", "Цена", 10), ("уп. 12 шт", "Упак.", "Цена", 12), ("по 6 шт.", "короб", "Цена", 6),
        ("24", "", "Цена за упаковку, ₽", 24), ("24", "шт", "Цена за уп.", 24),
        ("10", "шт", "Цена", 1), ("10", "", "Цена", 1), ("10", "уп", "Цена за шт", 1), ("10", "уп", "Цена за 1 шт.", 1),
        ("1", "уп", "Цена", 1), ("0", "уп", "Цена", 1), ("10/20", "уп", "Цена", 1), ("2,5", "уп", "Цена", 1),
        ("1 кг", "уп", "Цена", 1), ("99999", "уп", "Цена", 1), ("-5", "уп", "Цена", 1), ("", "уп", "Цена", 1),
        ("١٢", "уп", "Цена", 1),
    ],
)  # fmt: skip
def test_a_price_is_of_a_pack_only_where_that_is_sure(pack, unit, heading, pieces):
    assert pieces_of(pack, unit, heading) == pieces


@given(pack=st.text(max_size=40), unit=st.text(max_size=20), heading=st.text(max_size=60))
def test_any_packing_gives_a_number_of_pieces(pack, unit, heading):
    assert 1 <= pieces_of(pack, unit, heading) <= MOST_PIECES


@given(number=st.integers(2, MOST_PIECES), unit=st.sampled_from(["шт", "", "кг", "м", "компл", "пара"]))
def test_a_number_alone_divides_nothing(number, unit):
    assert pieces_of(str(number), unit, "Цена, руб.") == 1
    assert pieces_of(f"{number} шт", "упак", "Цена, руб.") == number
