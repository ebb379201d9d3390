from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.billing.rules.words import MOST, number_in_words, sum_in_words

SAID = [
    ("0", "Ноль рублей 00 копеек"),
    ("1", "Один рубль 00 копеек"),
    ("2.01", "Два рубля 01 копейка"),
    ("5.02", "Пять рублей 02 копейки"),
    ("11.11", "Одиннадцать рублей 11 копеек"),
    ("21.21", "Двадцать один рубль 21 копейка"),
    ("112.12", "Сто двенадцать рублей 12 копеек"),
    ("1000", "Одна тысяча рублей 00 копеек"),
    ("2002.05", "Две тысячи два рубля 05 копеек"),
    ("118000", "Сто восемнадцать тысяч рублей 00 копеек"),
    ("1001001", "Один миллион одна тысяча один рубль 00 копеек"),
    ("2000000000", "Два миллиарда рублей 00 копеек"),
    ("999999999999.99", "Девятьсот девяносто девять миллиардов девятьсот девяносто девять миллионов девятьсот "
     "девяносто девять тысяч девятьсот девяносто девять рублей 99 копеек"),
    ("-4.50", "Минус четыре рубля 50 копеек"),
]  # fmt: skip
UNITS = {
    "ноль": 0, "один": 1, "одна": 1, "два": 2, "две": 2, "три": 3, "четыре": 4, "пять": 5, "шесть": 6, "семь": 7,
    "восемь": 8, "девять": 9, "десять": 10, "одиннадцать": 11, "двенадцать": 12, "тринадцать": 13, "четырнадцать": 14,
    "пятнадцать": 15, "шестнадцать": 16, "семнадцать": 17, "восемнадцать": 18, "девятнадцать": 19, "двадцать": 20,
    "тридцать": 30, "сорок": 40, "пятьдесят": 50, "шестьдесят": 60, "семьдесят": 70, "восемьдесят": 80,
    "девяносто": 90, "сто": 100, "двести": 200, "триста": 300, "четыреста": 400, "пятьсот": 500, "шестьсот": 600,
    "семьсот": 700, "восемьсот": 800, "девятьсот": 900,
}  # fmt: skip
SCALES = {"тысяч": 10**3, "миллион": 10**6, "миллиард": 10**9, "триллион": 10**12}


def heard(words):
    """Read a number back from its words, by its own way: every word adds, every scale multiplies what came before."""
    whole = group = 0
    for word in words:
        if word in UNITS:
            assert group % (1000 if UNITS[word] >= 100 else 100 if UNITS[word] >= 20 else 10) == 0, words
            group += UNITS[word]
        else:
            scale = next(value for stem, value in reversed(SCALES.items()) if word.startswith(stem))
            whole, group = whole + group * scale, 0
    return whole + group


@pytest.mark.parametrize(("amount", "words"), SAID)
def test_sums_are_said_as_people_say_them(amount, words):
    assert sum_in_words(Decimal(amount)) == words


@given(st.integers(0, 10**12), st.integers(0, 99))
def test_words_mean_the_sum(roubles, kopecks):
    words = sum_in_words(Decimal(roubles) + Decimal(kopecks).scaleb(-2), capital=False).split()
    assert heard(words[:-3]) == roubles
    assert words[-2] == f"{kopecks:02d}"
    teen = 11 <= roubles % 100 <= 14
    rouble = (
        "рубль" if roubles % 10 == 1 and not teen else "рубля" if 2 <= roubles % 10 <= 4 and not teen else "рублей"
    )
    assert words[-3] == rouble


@given(st.integers(0, MOST))
def test_thousands_are_female(number):
    words = number_in_words(number).split()
    for before, word in pairwise(words):
        assert not (word.startswith("тысяч") and before in ("один", "два"))
        assert not (word.startswith("милли") and before in ("одна", "две"))


def test_genders_and_currencies():
    assert number_in_words(2, gender="female") == "две"
    assert number_in_words(1, gender="neuter") == "одно"
    assert number_in_words(-21) == "минус двадцать один"
    assert sum_in_words(Decimal("1.01"), "USD") == "Один доллар США 01 цент"
    assert sum_in_words(Decimal(22), "EUR") == "Двадцать два евро 00 евроцентов"
    assert sum_in_words(Decimal(2), "UAH") == "Две гривны 00 копеек"
    assert sum_in_words(Decimal(5), "CHF") == "Пять CHF 00"
    assert sum_in_words(Decimal("0.005")) == "Ноль рублей 01 копейка"


def test_what_is_too_big_is_refused():
    with pytest.raises(ValueError, match="too_big"):
        sum_in_words(Decimal(10**15))
