import json
import math
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.people.rules.values import (
    clean_text,
    parse_bool,
    parse_date,
    parse_integer,
    parse_money,
    parse_number,
)

TODAY = date(2026, 11, 23)
NAUGHTY = json.loads((Path(__file__).parent / "data" / "blns.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("cell", "sum_"),
    [
        ("4 784,85", "4784.85"),
        ("4\u00a0784,85", "4784.85"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1,234,567", "1234567"),
        ("1.234.567,8", "1234567.8"),
        ("1 086,54 руб.", "1086.54"),
        ("₽ 1 500", "1500"),
        ("5 р. 20 коп.", "5.20"),
        ("5 руб 5 коп", "5.05"),
        ("12 тыс", "12000"),
        ("12т.р.", "12000"),
        ("1,5 млн руб", "1500000"),
        ("−7,5", "-7.50"),
        ("0,500", "0.50"),
        ("1'000.50", "1000.50"),
        ("1 234.567", "1234.57"),
        ("€5", "5"),
        ("0", "0"),
        (3968, "3968"),
        (910.4900000000001, "910.49"),
        (Decimal("1.005"), "1.01"),
    ],
)
def test_sums_as_people_write_them(cell, sum_):
    assert parse_money(cell).value == Decimal(sum_)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("abc", "not_a_sum"),
        ("1,2,3", "separators"),
        ("12,34,56", "separators"),
        ("1.2.3", "separators"),
        ("1,000.5.5", "separators"),
        ("1 2", "separators"),
        ("9" * 30, "too_big"),
        (10**400, "too_big"),
        ("999999 млрд", "too_big"),
        (math.inf, "not_a_sum"),
        (Decimal("sNaN"), "not_a_sum"),
        (True, "not_a_sum"),
        ("=1+1", "not_a_sum"),
        ("5" * 1000 + "x", "not_a_sum"),
    ],
)
def test_what_is_no_sum_says_why(cell, reason):
    assert (parse_money(cell).value, parse_money(cell).reason) == (None, reason)


@pytest.mark.parametrize("cell", ["", "   ", "—", "нет", None])
def test_an_empty_sum_is_no_mistake(cell):
    assert (parse_money(cell).value, parse_money(cell).reason) == (None, "")


@pytest.mark.parametrize("cell", ["1,234", "1.234", "12345,678"])
def test_a_sum_that_may_mean_two_things_is_unsure(cell):
    assert not parse_money(cell).sure


@given(st.integers(-(10**15) + 1, 10**15 - 1), st.sampled_from([" ", " ", " ", ""]))
def test_a_written_sum_is_read_back(cents, blank):
    sum_ = Decimal(cents) / 100
    written = f"{sum_:,.2f}".replace(",", blank).replace(".", ",") + " руб."
    assert parse_money(written).value == sum_


def test_numbers():
    assert parse_number("1,2345").value == Decimal("1.2345")
    assert parse_integer("1 000").value == 1000
    assert parse_integer("1,5").reason == "not_whole"
    assert parse_integer("пять").reason == "not_a_number"
    assert parse_integer(7.0).value == 7


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("09.12.1974", (1974, 12, 9)),
        ("9.12.74", (1974, 12, 9)),
        ("26.9.03", (2003, 9, 26)),
        ("1.1.26", (2026, 1, 1)),
        ("1.1.27", (1927, 1, 1)),
        ("2005-12-06", (2005, 12, 6)),
        ("12/06/1958", (1958, 6, 12)),
        ("12/31/1958", (1958, 12, 31)),
        ("9 декабря 1974", (1974, 12, 9)),
        ("9 дек. 1974 г.", (1974, 12, 9)),
        ("«9» мая 1974 года", (1974, 5, 9)),
        ("December 9, 1974", (1974, 12, 9)),
        ("9th Dec 1974", (1974, 12, 9)),
        ("1974-12-09T10:00:00Z", (1974, 12, 9)),
        ("09.12.1974 00:00:00", (1974, 12, 9)),
        ("19741209", (1974, 12, 9)),
        ("09121974", (1974, 12, 9)),
        ("29.02.2024", (2024, 2, 29)),
        ("27372", (1974, 12, 9)),
        (27372, (1974, 12, 9)),
        (27372.75, (1974, 12, 9)),
        (1, (1900, 1, 1)),
        (59, (1900, 2, 28)),
        (61, (1900, 3, 1)),
        (datetime(1974, 12, 9, 23, 59), (1974, 12, 9)),
    ],
)
def test_dates_as_people_write_them(cell, day):
    assert parse_date(cell, latest=TODAY).value == date(*day)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("31.02.2026", "no_such_date"),
        ("29.02.2023", "no_such_date"),
        ("32.13.2001", "no_such_date"),
        (60, "no_such_date"),
        ("9 декабря", "no_year"),
        ("09.12", "no_year"),
        ("завтра", "not_a_date"),
        ("9 кракозября 1974", "not_a_date"),
        ("1974", "not_a_date"),
        (0, "not_a_date"),
        (10**400, "not_a_date"),
        (math.nan, "not_a_date"),
        (Decimal("sNaN"), "not_a_date"),
        (True, "not_a_date"),
        ("07.07.0007", "far_year"),
        ("24.11.2026", "in_future"),
        ("1" * 500, "not_a_date"),
    ],
)
def test_what_is_no_date_says_why(cell, reason):
    assert (parse_date(cell, latest=TODAY).value, parse_date(cell, latest=TODAY).reason) == (None, reason)


@given(st.dates(date(1900, 3, 1), date(2199, 12, 31)))
def test_every_day_is_read_in_every_writing(day):
    serial = (day - date(1899, 12, 30)).days
    for cell in (day.isoformat(), f"{day:%d.%m.%Y}", f"{day.day}.{day.month}.{day.year}", f"{day:%d/%m/%Y}", serial):
        assert parse_date(cell).value == day
    assert parse_date(serial - 1462, epoch_1904=True).value == day or serial <= 1462


@given(st.dates(date(1927, 1, 1), TODAY))
def test_two_digits_of_a_year_lie_in_the_last_hundred_years(day):
    if day > TODAY - timedelta(days=36500):
        read = parse_date(f"{day:%d.%m.%y}", latest=TODAY)
        assert read.value == day
        assert not read.sure


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        ("Да", True),
        ("+", True),
        (1, True),
        ("TRUE", True),
        ("нет", False),
        ("0", False),
        ("-", False),
        (False, False),
    ],
)
def test_yes_and_no(cell, answer):
    assert parse_bool(cell).value is answer


def test_no_answer():
    assert parse_bool("может быть").reason == "not_an_answer"
    assert parse_bool("").value is None


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        (" Анна\tПетрова \r\n", "Анна Петрова"),
        ("Ан\u200bна\u202e", "Анна"),
        ("Ан\u200dна", "Анна"),
        ("и\u0306", "й"),
        ("и\u200b\u0306", "й"),
        ("👩\u200d🚀 летит", "👩\u200d🚀 летит"),
        ("a\x00b\x07c", "a b c"),
        ("\ud800", ""),
        (None, ""),
        (12, "12"),
        ("один\u2028два", "один два"),
    ],
)
def test_texts_are_cleaned(given_, kept):
    assert clean_text(given_, 100).text == kept


def test_lines_stay_where_they_are_wanted():
    assert clean_text("раз  \r\n\n\n\nдва", 100, lines=True).text == "раз\n\nдва"


def test_a_long_text_is_cut_and_says_so():
    assert clean_text("я" * 11, 10) == clean_text("я" * 10_000_000, 10)
    assert clean_text("я" * 11, 10).reason == "too_long"
    assert clean_text("я" * 10, 10).reason == ""


anything = st.one_of(st.text(), st.sampled_from(NAUGHTY), st.floats(), st.integers(), st.none(), st.booleans())


@given(anything)
def test_nothing_makes_reading_fail(cell):
    for read in (parse_date, parse_money, parse_number, parse_integer, parse_bool):
        found = read(cell)
        assert not (found.value is not None and found.reason)
    once = clean_text(cell, 50, lines=True).text
    assert clean_text(once, 50, lines=True).text == once
    assert len(once) <= 50
    once = clean_text(cell, 50).text
    assert clean_text(once, 50).text == once
