from datetime import date
from decimal import Decimal

import pytest

from voronka.billing.rules.matching import Incoming, Open, Part, numbers_in, propose

DAY = date(2026, 3, 3)
TAIGA = {"name": "ООО «Таёжный двор»", "inn": "2463118405"}
OPEN = [
    Open(1, "874", DAY, Decimal(118000), **TAIGA),
    Open(2, "881", DAY, Decimal(96400), **TAIGA),
    Open(3, "866", DAY, Decimal(486000), name="ИП Сомов Илья Олегович", inn=""),
    Open(4, "893", DAY, Decimal(96400), name="Константинопольская-Задунайская Елизавета Владимировна"),
    Open(5, "879", DAY, Decimal(184000), name="Лебедева Нина Аркадьевна"),
    Open(6, "861", DAY, Decimal(38900), name="Орлов Пётр"),
    Open(7, "897", DAY, Decimal(37000), name="Ким Анна"),
]


def pay(amount, purpose, name="", inn=""):
    return propose(Incoming(Decimal(amount), DAY, purpose, name, inn), OPEN)


@pytest.mark.parametrize(
    ("purpose", "numbers"),
    [
        ("Оплата по сч. 874 и 881 за мебель, в т. ч. НДС 22 %", ["874", "881"]),
        ("Оплата по счёту 866 от 02.03.2026, без НДС", ["866"]),
        ("Оплата счёта № 00879 от 3.03.26 на сумму 184000-00", ["879"]),
        ("сч 870 столешница", ["870"]),
        ("по счету N 26-00012, 26-00013 НДС 22% 27050,00", ["26-12", "26-13"]),
        ("Счет на оплату №А-12/26", ["а-12/26"]),
        ("За кровать и матрас, вторая часть", []),
        ("Оплата 11.03.2026 за товар", []),
    ],
)
def test_numbers_are_found_in_purposes(purpose, numbers):
    assert numbers_in(purpose) == numbers


def test_a_payment_of_two_invoices_fills_them_in_order():
    found = pay(150000, "Оплата по сч. 874 и 881 за мебель, в т. ч. НДС 22 %", "ООО ТАЕЖНЫЙ ДВОР", "2463118405")
    assert found.parts == (Part(1, Decimal(118000)), Part(2, Decimal(32000)))
    assert found.is_sure
    assert found.over == 0


def test_number_payer_and_sum_are_sure():
    assert pay(184000, "Оплата счёта № 879", "ЛЕБЕДЕВА НИНА АРКАДЬЕВНА").is_sure
    assert pay(184000, "Оплата счёта № 879").is_sure  # the very sum stands for the payer
    assert not pay(1000, "Оплата счёта № 879").is_sure


def test_more_than_the_invoice_asks_a_person():
    found = pay(490500, "Оплата по счёту 866 от 02.03.2026, без НДС", "ИП Сомов Илья Олегович")
    assert found.over == 4500
    assert "excess" in found.signs
    assert not found.is_sure


def test_another_payer_asks_a_person():
    found = pay(118000, "Оплата по сч. 874", "ООО Другая", "7719402184")
    assert "other_inn" in found.signs
    assert not found.is_sure


def test_without_a_number_the_payer_is_proposed():
    found = pay(82750, "За кровать и матрас, вторая часть", "Константинопольская-Задунайская Елизавета Владимировна")
    assert found.parts == (Part(4, Decimal(82750)),)
    assert not found.is_sure


def test_what_nobody_knows_shows_likely_sums():
    found = pay(37900, "", "Петрова Мария Сергеевна")
    assert found.parts == ()
    assert set(found.alike) == {6, 7}
    assert pay(5, "").alike == ()


def test_one_number_of_two_years_is_the_payers_own():
    old = Open(9, "874", date(2025, 3, 3), Decimal(5), name="ООО Чужие", inn="7719402184")
    found = propose(Incoming(Decimal(118000), DAY, "по счету 874", "", TAIGA["inn"]), [old, *OPEN])
    assert found.parts == (Part(1, Decimal(118000)),)
    nobody = propose(Incoming(Decimal(118000), DAY, "по счету 874"), [old, *OPEN])
    assert not nobody.is_sure
