import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.people.rules.columns import SEVERAL, recognise_columns
from voronka.people.rules.headings import target_of

DATA = Path(__file__).parent / "data"
NAUGHTY = json.loads((DATA / "blns.json").read_text(encoding="utf-8"))


def _targets(header, rows=()):
    return [one.target for one in recognise_columns(header, rows)]


def _messy():
    with (DATA / "contacts_messy" / "clients_cp1251.csv").open(encoding="cp1251", newline="") as file:
        return list(csv.reader(file, delimiter=";"))


MEANINGS = ["", "name", "phone", "email", "city", "birthday", "purchases_sum", "comment"]


def test_the_messy_list_by_names_and_content():
    rows = _messy()
    assert _targets(rows[0], rows[1:201]) == MEANINGS
    assert _targets(rows[0], []) == MEANINGS
    assert all(one.sure for one in recognise_columns(rows[0], rows[1:201])[1:])


def test_the_messy_list_without_a_header():
    rows = _messy()
    found = recognise_columns([], rows[1:201])
    assert [one.target for one in found] == ["", "name", "phone", "email", "city", "birthday", "", ""]
    assert [one.kind for one in found][6] == "money"
    assert {one.by for one in found} == {"content", ""}


def test_a_row_of_values_is_no_header():
    rows = _messy()
    for row in rows[1:60]:
        assert not any(_targets(row)), row


@pytest.mark.parametrize(
    ("heading", "target"),
    [
        ("ФИО", "name"),
        ("Ф.И.О.", "name"),
        ("Фамилия", "last_name"),
        ("first_name", "first_name"),
        ("Отчество", "middle_name"),
        ("Тел.", "phone"),
        ("Телефон 2", "phone"),
        ("Моб. телефон", "phone"),
        ("Номер телефона клиента", "phone"),
        ("E-mail", "email"),
        ("Эл. почта", "email"),
        ("EMAIL*", "email"),
        ("Город", "city"),
        ("Населённый пункт", "city"),
        ("Адрес", "address"),
        ("Адрес клиента (фактический)", "address"),
        ("Адрес доставки", "address_delivery"),
        ("Юр. адрес", "address_legal"),
        ("Почтовый индекс", "postcode"),
        ("Дата рождения (дд.мм.гггг)", "birthday"),
        ("Сумма покупок, руб.", "purchases_sum"),
        ("ИНН", "inn"),
        ("ИНН контрагента", "inn"),
        ("КПП", "kpp"),
        ("Р/с", "account"),
        ("Расчётный счёт", "account"),
        ("VIP", "is_vip"),
        ("Пол", "gender"),
        ("Источник", "source"),
        ("Телеграм", "telegram"),
        ("Согласие на обработку ПД", "consent"),
        ("Согласие на рассылку", "consent_ads"),
        ("Код клиента", "external_id"),
        ("Примечание", "comment"),
        ("Размер обуви", ""),
        ("№", ""),
        ("№ п/п", ""),
        ("Дата", ""),
        ("Дата последней покупки", ""),
        ("", ""),
        ("т" * 500, ""),
    ],
)
def test_names_of_columns(heading, target):
    assert target_of(heading)[0] == target


def test_cells_overrule_a_wrong_name():
    rows = [[f"user{number}@mail.ru"] for number in range(20)]
    (guess,) = recognise_columns(["Телефон"], rows)
    assert (guess.target, guess.by, guess.sure) == ("email", "content", False)


def test_a_first_name_column_with_whole_names():
    whole = [["Сомова Анна"], ["Ким Евгений"], ["Смирнов Иван"]]
    assert _targets(["Имя"], whole) == ["name"]
    assert _targets(["Имя"], [["Анна"], ["Иван"]]) == ["name"]
    assert _targets(["Фамилия", "Имя"], [["Сомова", "Анна"], ["Смирнов", "Иван"]]) == ["last_name", "first_name"]


def test_parts_of_names_without_a_header():
    rows = [["Сомова", "Анна", "Ильинична"], ["Смирнов", "Иван", "Олегович"], ["Лезгина", "Ольга", "Юрьевна"]] * 3
    assert _targets([], rows) == ["last_name", "first_name", "middle_name"]


def test_taxpayers_are_not_telephones():
    rows = [["7707083893", "89131112233"], ["7736207543", "9145350403"], ["7728168971", "8 958 404-22-03"]]
    assert _targets([], rows) == ["inn", "phone"]


def test_each_single_meaning_goes_to_one_column():
    assert _targets(["Город", "Город клиента", "Телефон", "Тел. 2"]) == ["city", "", "phone", "phone"]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["да", "нет", "да"], "yes_no"),
        (["01.02.2024", "2024-05-06"], "date"),
        (["1 500,50", "2 000", "3,99"], "money"),
        (["12", "15", 7], "number"),
        (["https://a.ru", "www.b.ru"], "link"),
        (["красный", "синий", "красный", "зелёный"] * 6, "choice"),
        (["раз", "два", "три"], "text"),
        ([], "text"),
    ],
)
def test_kinds_of_unknown_columns(cells, kind):
    (guess,) = recognise_columns(["Размер"], [[cell] for cell in cells])
    assert (guess.target, guess.kind) == ("", kind)


cell = st.one_of(st.text(max_size=40), st.sampled_from(NAUGHTY), st.floats(), st.none(), st.dates(), st.booleans())


@given(st.lists(cell, max_size=5), st.lists(st.lists(cell, max_size=5), max_size=5))
def test_nothing_makes_guessing_fail(header, rows):
    found = _targets(header, rows)
    assert len(found) == max([len(header), *map(len, rows)], default=0)
    for target in set(found) - SEVERAL - {""}:
        assert found.count(target) == 1
