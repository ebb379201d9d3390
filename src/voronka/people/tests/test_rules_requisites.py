import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.kit.requisites import parse_account, parse_bik, parse_inn, parse_kpp, parse_ogrn
from voronka.people.rules.spam import spam_signs

NAUGHTY = json.loads((Path(__file__).parent / "data" / "blns.json").read_text(encoding="utf-8"))

# Public requisites of Sberbank, Yandex and the Tax Service's own examples.
RIGHT = [
    (parse_inn, "7707083893", "7707083893"),
    (parse_inn, "ИНН 7736207543", "7736207543"),
    (parse_inn, "500100732259", "500100732259"),
    (parse_inn, 7707083893.0, "7707083893"),
    (parse_inn, "105015766", "0105015766"),  # a spreadsheet ate the zero
    (parse_kpp, "773601001", "773601001"),
    (parse_kpp, "7736AB001", "7736AB001"),
    (parse_ogrn, "1027700132195", "1027700132195"),
    (parse_ogrn, "1027700229193", "1027700229193"),
    (parse_ogrn, "304500116000157", "304500116000157"),
    (parse_bik, "044525225", "044525225"),
    (parse_bik, "44525225", "044525225"),
]


@pytest.mark.parametrize(("parse", "text", "value"), RIGHT)
def test_right_requisites(parse, text, value):
    assert (parse(text).value, parse(text).reason) == (value, "")


@pytest.mark.parametrize(
    ("parse", "text", "reason"),
    [
        (parse_inn, "7707083894", "control_sum"),
        (parse_inn, "500100732258", "control_sum"),
        (parse_inn, "0000000000", "control_sum"),
        (parse_inn, "12345", "length"),
        (parse_inn, "77070838AA", "not_digits"),
        (parse_inn, "٧٧٠٧٠٨٣٨٩٣", "not_digits"),
        (parse_kpp, "77360100", ""),
        (parse_kpp, "7736010011", "length"),
        (parse_kpp, "77360100X", "not_digits"),
        (parse_ogrn, "1027700132196", "control_sum"),
        (parse_ogrn, "102770013219", "length"),
        (parse_bik, "944525225", "control_sum"),
        (parse_bik, "0445", "length"),
    ],
)
def test_wrong_requisites_say_why(parse, text, reason):
    assert parse(text).reason == reason


@pytest.mark.parametrize("parse", [parse_inn, parse_kpp, parse_ogrn, parse_bik])
@pytest.mark.parametrize("text", ["", None, "—", "нет", "  "])
def test_none_is_no_mistake(parse, text):
    assert (parse(text).value, parse(text).reason) == ("", "")


def test_accounts_are_checked_against_their_bank():
    assert parse_account("40702810900000000001", "").reason == "no_bik"
    right = [
        number for last in range(10) if (number := parse_account(f"4070281{last}900000000001", "044525225").value)
    ]
    assert len(right) == 1
    assert parse_account(right[0], "044525226").reason == "control_sum"
    assert parse_account("30101810400000000225", "044525225").value  # Sberbank's own correspondent account
    assert parse_account("30101810400000000226", "044525225").reason == "control_sum"
    assert parse_account("407028109", "044525225").reason == "length"


@given(st.sampled_from([row for row in RIGHT if row[0] in (parse_inn, parse_ogrn)]), st.data())
def test_one_wrong_digit_is_seen(row, data):
    parse, _, value = row
    place = data.draw(st.integers(0, len(value) - 2))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != value[place]]))
    changed = parse(value[:place] + other + value[place + 1 :])
    # Remainders of 10 and 0 share one control digit, so a few single mistakes stay unseen by the rule itself.
    assert changed.reason in ("control_sum", "")
    assert changed.value != value


@given(st.one_of(st.text(), st.sampled_from(NAUGHTY), st.floats(), st.integers()))
def test_nothing_makes_checking_fail(text):
    for parse in (parse_inn, parse_kpp, parse_ogrn, parse_bik):
        assert not (parse(text).value and parse(text).reason)
    parse_account(text, str(text))
    assert len(set(spam_signs(str(text)))) == len(spam_signs(str(text)))


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("Здравствуйте! Перезвоните мне, пожалуйста, после 18.", []),
        ("Интересует цена на кирпич М-150, 3 поддона", []),
        ("Смотрите www.spam.ru", ["links"]),
        ("http://a.ru http://b.ru http://c.ru", ["many_links"]),
        ("<script>alert(1)</script>", ["markup"]),
        ("1' OR 1=1; --", ["injection"]),
        ("Продвижение сайтов недорого", ["offer"]),
        ("ааааааааааааааа", ["repeated"]),
        ("xkjdhfgskdjfhg", ["gibberish"]),
        ("К\u200bр\u200bе\u200bдит", ["hidden_signs"]),
        ("СРОЧНО КУПИТЕ НАШИ ТОВАРЫ ПО САМОЙ НИЗКОЙ ЦЕНЕ В ГОРОДЕ", ["shouting"]),
        (
            "We are happy to offer you our great services at the best price you have ever seen for you",
            ["foreign"],
        ),
    ],
)
def test_signs_of_spam(text, signs):
    assert spam_signs(text) == signs
