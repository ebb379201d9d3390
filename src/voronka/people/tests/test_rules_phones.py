import json
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.people.rules.phones import MOST_PHONES, display, parse_phones
from voronka.people.rules.regions import AREA_CODES

NAUGHTY = json.loads((Path(__file__).parent / "data" / "blns.json").read_text(encoding="utf-8"))


def _read(cell):
    return [one.e164 + (f" {one.extension}" if one.extension else "") for one in parse_phones(cell)]


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("8 (921) 218-05-60", ["+79212180560"]),
        ("8 (921) 218-05-60 доб. 12", ["+79212180560 12"]),
        ("8(921)2180560(доб.12)", ["+79212180560 12"]),
        ("8 921 218-05-60, доб. 12", ["+79212180560 12"]),
        ("tel:+7-921-218-05-60;ext=12", ["+79212180560 12"]),
        ("тел. 8 941 381-27-02", ["+79413812702"]),
        ("9145350403", ["+79145350403"]),
        ("7 978 444 42 84", ["+79784444284"]),
        ("938-137-82-04", ["+79381378204"]),
        ("+7\u00a0(900)\u2011316‑02‑15", ["+79003160215"]),
        ("89587183517, 8 (495) 111-22-35", ["+79587183517", "+74951112235"]),
        ("89131234560; 89131234560", ["+79131234560"]),
        ("8 913 123 45 61 / 8 913 123 45 62", ["+79131234561", "+79131234562"]),
        ("8 913 123 45 61 и 8 913 123 45 62", ["+79131234561", "+79131234562"]),
        ("8 913 123 45 61\n8 913 123 45 62", ["+79131234561", "+79131234562"]),
        ("89131234561 89131234562", ["+79131234561", "+79131234562"]),
        ("+79131234561+79131234562", ["+79131234561", "+79131234562"]),
        ("8 (391) 221-12-33/34", ["+73912211233", "+73912211234"]),
        ("моб.: 8-913-123-45-61; раб. 8(391)2211234 доб 123", ["+79131234561", "+73912211234 123"]),
        ("8 913 123 45 61 (мама)", ["+79131234561"]),
        ("8,913,123,45,61", ["+79131234561"]),
        ("8913ООО1122", ["+79130001122"]),
        (79131234561.0, ["+79131234561"]),
        (89131234561, ["+79131234561"]),
        ("+375 29 123-45-61", ["+375291234561"]),
        ("375291234561", ["+375291234561"]),
        ("8 10 375 29 1234561", ["+375291234561"]),
        ("+77011234561", ["+77011234561"]),
        ("8 701 123 45 61", ["+77011234561"]),
        ("+49 30 901820", ["+4930901820"]),
        ("8 800 555-35-35", ["+78005553535"]),
        ("", []),
        ("нет", []),
        ("—", []),
        (None, []),
    ],
)
def test_numbers_of_a_cell(cell, numbers):
    assert _read(cell) == numbers


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("123", "too_short"),
        ("8 913 абв", "too_short"),
        ("221-12-34", "no_area_code"),
        ("89131234567890123", "too_long"),
        ("О913ООО1122", "unknown_code"),
        ("8 (013) 123 45 67", "unknown_code"),
        ("позвоните мне", "no_digits"),
        ("+7 913 12", "too_short"),
        ("1" * 2000, "too_long"),
    ],
)
def test_what_is_no_number_says_why(cell, reason):
    assert [(one.e164, one.reason) for one in parse_phones(cell)] == [("", reason)]


def test_kinds_and_sureness():
    assert [one.kind for one in parse_phones("89131230561, 83912211239, 88005553535")] == [
        "mobile",
        "landline",
        "tollfree",
    ]
    assert not parse_phones("+7 900 000-00-00")[0].sure
    assert parse_phones("+7 913 805-41-12")[0].sure


def test_a_cell_of_very_many_numbers_is_cut():
    cell = ", ".join(f"8913{number:07}" for number in range(0, 60_000, 1000))
    assert len(parse_phones(cell)) == MOST_PHONES + 1
    assert parse_phones(cell)[-1].reason == "too_many"


def test_the_quick_table_agrees_with_the_library():
    for code in AREA_CODES:
        number = phonenumbers.parse(f"+7{code}2345678")
        assert phonenumbers.is_valid_number(number) or code == "840", code  # 840 is Abkhazia's, left out there


russian = st.builds(
    lambda code, rest: f"+7{code}{rest:07}",
    st.one_of(st.integers(900, 999).map(str), st.sampled_from(sorted(AREA_CODES))),
    st.integers(0, 9_999_999),
)
foreign = st.sampled_from(
    [
        phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
        if (example := phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE))
    ]
)


@given(st.one_of(russian, foreign))
def test_what_is_shown_is_read_back(e164):
    assert _read(display(e164)) == [e164]
    assert _read(e164) == [e164]


@given(russian, st.sampled_from(["8{}{}{}", "8 ({}) {}-{}", "тел. {} {} {}", "7-{}-{}-{}", "+7 {}{} {} доб. 1"]))
def test_russian_numbers_in_every_writing(e164, form):
    cell = form.format(e164[2:5], e164[5:8], e164[8:])
    assert [one.e164 for one in parse_phones(cell)] == [e164]


@given(st.one_of(st.text(), st.sampled_from(NAUGHTY), st.text("0123456789+-() ,;/доб.xОo\n"), st.floats()))
def test_nothing_makes_reading_fail(cell):
    for one in parse_phones(cell):
        assert bool(one.e164) != bool(one.reason)
        if one.e164:
            assert one.e164 in [again.e164 for again in parse_phones(display(one.e164))]
    display(str(cell))
