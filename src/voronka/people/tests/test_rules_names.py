import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.people.rules.names import NAME_LIMIT, name_key, parse_name
from voronka.people.rules.registers import common_first_names, first_names

NAUGHTY = json.loads((Path(__file__).parent / "data" / "blns.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("text", "last", "first", "middle", "gender"),
    [
        ("Скорев Владимир Юрьевич", "Скорев", "Владимир", "Юрьевич", "m"),
        ("Семён Кривохин Андреевич", "Кривохин", "Семён", "Андреевич", "m"),
        ("Ольга Ивановна Петрова", "Петрова", "Ольга", "Ивановна", "f"),
        (" Лышкина  Инна  Алексеевна ", "Лышкина", "Инна", "Алексеевна", "f"),
        ("МУКСИМОВ Ярослав Петрович", "Муксимов", "Ярослав", "Петрович", "m"),
        ("КИМ ЕВГЕНИЙ", "Ким", "Евгений", "", "m"),
        ("иВАНОВ иВАН", "Иванов", "Иван", "", "m"),
        ("петрова-водкина анна ивановна", "Петрова-Водкина", "Анна", "Ивановна", "f"),
        ("Салтыков Щедрин Михаил Евграфович", "Салтыков Щедрин", "Михаил", "Евграфович", "m"),
        ("Мамедов Али Гасан оглы", "Мамедов", "Али", "Гасан оглы", "m"),
        ("Mayrakov Petr Antonovich", "Mayrakov", "Petr", "Antonovich", "m"),
        ("Smirnova Anna", "Smirnova", "Anna", "", "f"),
        ("Anna Smirnova", "Smirnova", "Anna", "", "f"),
        ("Абрамович Роман Аркадьевич", "Абрамович", "Роман", "Аркадьевич", "m"),
        ("Роман Аркадьевич Абрамович", "Абрамович", "Роман", "Аркадьевич", "m"),
        ("Анна Сергеевна", "", "Анна", "Сергеевна", "f"),
        ("Анна", "", "Анна", "", "f"),
        ("Иванов", "Иванов", "", "", "m"),
        ("Иванов И.И.", "Иванов", "И.", "И.", "m"),
        ("И. И. Иванова", "Иванова", "И.", "И.", "f"),
        ("Галина Марина Вадимовна", "Галина", "Марина", "Вадимовна", "f"),
        ("Петренко Саша", "Петренко", "Саша", "", ""),
        ("Иванoв Пётр", "Иванов", "Пётр", "", "m"),  # a Latin o
        ("Gabriel Garcia Marquez", "Garcia Marquez", "Gabriel", "", "m"),
        ("Ludwig van Beethoven", "van Beethoven", "Ludwig", "", ""),
    ],
)
def test_names_are_taken_apart(text, last, first, middle, gender):
    name = parse_name(text)
    assert (name.last, name.first, name.middle, name.gender) == (last, first, middle, gender)
    assert name.kind == "person"
    assert not name.reason
    assert name.name == " ".join(filter(None, (last, first, middle)))


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("ООО «Ромашка»", "ООО"),
        ("Ромашка ООО", "ООО"),
        ("ооо ромашка", "ООО"),
        ('Общество с ограниченной ответственностью "Лютик"', "ООО"),
        ("ПАО Сбербанк", "ПАО"),
        ("Acme LLC", "LLC"),
        ("Школа № 12", ""),
        ("Кафе Весна", ""),
        ("МБДОУ Детский сад 5", "МБДОУ"),
        ("Рога и копыта, ТОО", "ТОО"),
    ],
)
def test_organisations_are_known(text, form):
    name = parse_name(text)
    assert (name.kind, name.form, name.name, name.last) == ("organisation", form, text, "")


@pytest.mark.parametrize(
    "text",
    ["ИП Сомов Илья Олегович", "СОМОВ Илья Олегович, ИП", "Индивидуальный предприниматель Сомов Илья Олегович"],
)
def test_a_sole_trader_keeps_a_persons_name(text):
    name = parse_name(text)
    assert (name.kind, name.form, name.name) == ("organisation", "ИП", "ИП Сомов Илья Олегович")
    assert (name.last, name.first, name.middle, name.gender) == ("Сомов", "Илья", "Олегович", "m")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("нет", "empty"),
        ("<b>Иван</b>", "markup"),
        ("=1+1", "formula"),
        ("=cmd|' /C calc'!A0", "formula"),
        ("@SUM(A1)", "formula"),
        ("123", "no_letters"),
        ("👍", "no_letters"),
        ("Петров?Пётр?", "broken_text"),
        ("РџРµС‚СЂ", "broken_text"),
        ("тест тест", "test"),
        ("qwerty", "test"),
        ("https://spam.example", "not_a_name"),
        ("ivan@mail.ru", "not_a_name"),
        ("я" * (NAME_LIMIT + 1), "too_long"),
    ],
)
def test_what_is_no_name_says_why(text, reason):
    assert parse_name(text).reason == reason


def test_three_cells_in_any_order():
    expected = ("Иванов", "Иван", "Иванович")
    for cells in (
        {"last": "ИВАНОВ", "first": "иван", "middle": "Иванович"},
        {"last": "Иван", "first": "Иванов", "middle": "Иванович"},
        {"last": "Иванов", "first": "Иванович", "middle": "Иван"},
        {"last": "Иванов Иван Иванович"},
        {"first": "Иван Иванович Иванов"},
    ):
        name = parse_name(**cells)
        assert (name.last, name.first, name.middle) == expected, cells
    assert parse_name(last="Ли", first="Саша", gender="f").gender == "f"
    assert parse_name(first="=1+1").reason == "formula"


@pytest.mark.parametrize("order", ["{last} {first} {middle}", "{first} {middle} {last}", "{first} {last} {middle}"])
def test_common_names_are_recognised_in_every_order(order):
    genders = first_names()
    for first in sorted(common_first_names()):
        female = genders[first] == "f"
        last, middle = ("Лезгина", "Павловна") if female else ("Лезгин", "Павлович")
        name = parse_name(order.format(last=last, first=first.capitalize(), middle=middle))
        assert (name.last, name.first, name.middle) == (last, first.capitalize(), middle)
        assert name.gender == ("f" if female else "m")
        assert name.sure


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Майраков Пётр Антонович", "Mayrakov Petr Antonovich"),
        ("Фёдор", "Fyodor"),
        ("Тютюнщиков Тарас", "TARAS TYUTYUNSHCHIKOV"),
        ("Номочонова София Евгеньевна", "Nomochonova Sofiya Evgenevna"),
        ("Юрьева Наталья", "Iureva Nataliia"),
        ("Королёвина Анастасия", "анастасия королевина"),
        ("Максим", "Maxim"),
        ("ООО «Ромашка»", "Ромашка, ООО"),
        ("Хрущёв", "Khrushchev"),
    ],
)
def test_one_key_for_one_name(one, other):
    assert name_key(one) == name_key(other)


def test_keys_of_different_names_differ():
    names = ["Иванов Пётр", "Иванова Анна", "Петров Иван", "ООО Ромашка", "ООО Лютик", "Сергеев Алексей"]
    assert len({name_key(name) for name in names}) == len(names)


words = st.sampled_from(
    ["Иванов", "АННА", "иван", "Сергеевна", "ООО", "ИП", "«Ромашка»", "van", "оглы", "И.", "O'Neil", "-"]
)


@given(st.one_of(st.text(), st.sampled_from(NAUGHTY), st.lists(words, max_size=7).map(" ".join), st.integers()))
def test_nothing_makes_reading_fail(text):
    name = parse_name(text)
    assert name.kind in ("person", "organisation")
    assert name.name or name.reason
    if not name.reason:
        again = parse_name(name.name)
        assert name_key(again.name) == name_key(name.name)
    parse_name(last=text, first=text, middle=text)
    assert len(name_key(str(text))) <= NAME_LIMIT
    assert name_key(str(text)).isascii()
