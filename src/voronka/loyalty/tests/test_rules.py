from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from voronka.loyalty.rules import codes, discounts
from voronka.loyalty.rules.discounts import Terms

SIGNS = some.text(alphabet=codes.ALPHABET, min_size=codes.SECRET_SIGNS, max_size=codes.SECRET_SIGNS)
MONEY = some.decimals(min_value=0, max_value=10**9, places=2)
LINES = some.lists(some.tuples(MONEY, some.booleans()), max_size=12)


@given(SIGNS, some.integers(0, 9), some.sampled_from(codes.ALPHABET))
def test_check_letter_finds_every_wrong_sign(secret, place, wrong):
    whole = secret + codes.check_letter(secret)
    typed = whole[:place] + wrong + whole[place + 1 :]
    assert codes.is_mistyped(typed) == (typed != whole)


@given(SIGNS, some.integers(0, 8))
def test_check_letter_finds_signs_that_changed_places(secret, place):
    whole = secret + codes.check_letter(secret)
    typed = whole[:place] + whole[place + 1] + whole[place] + whole[place + 2 :]
    assert codes.is_mistyped(typed) == (typed != whole)


def test_codes_are_long_read_aloud_and_found_however_they_are_typed():
    made = [codes.new_signs() for _turn in range(2_000)]
    assert len(set(made)) == 2_000
    assert not set("01IOL") & set("".join(made))
    assert not any(codes.is_mistyped(one) for one in made)
    printed = codes.printed("7KX2M9QTB4", "ЛЕТО")
    assert printed == "ЛЕТО-7KX2M-9QTB4"
    assert codes.key_of(" лето 7kx2m-9qtв4 ") == codes.key_of(printed)
    assert codes.key_of("Лето'; -- \0") == codes.key_of("ЛETO")


@given(LINES, some.decimals(min_value="0.01", max_value=100, places=2), some.none() | MONEY)
def test_percent_is_exact_in_all_and_no_line_goes_below_zero(lines, percent, cap):
    amounts, fits = [one for one, _fit in lines], [fit for _one, fit in lines]
    taken = discounts.taken_off(Terms(True, percent, cap), amounts, fits)
    base = sum((one for one, fit in lines if fit), Decimal(0))
    exact = min((base * percent / 100).quantize(Decimal("0.01"), rounding="ROUND_HALF_UP"), base)
    assert sum(taken, Decimal(0)) == (exact if cap is None else min(exact, cap))
    assert all(0 <= off <= amount for off, amount in zip(taken, amounts, strict=True))
    assert all(off == 0 for off, fit in zip(taken, fits, strict=True) if not fit)


@given(LINES, some.decimals(min_value="0.01", max_value=10**9, places=2))
def test_a_sum_is_shared_to_the_kopeck_and_is_never_more_than_the_goods(lines, whole):
    amounts, fits = [one for one, _fit in lines], [fit for _one, fit in lines]
    taken = discounts.taken_off(Terms(False, whole), amounts, fits)
    base = sum((one for one, fit in lines if fit), Decimal(0))
    assert sum(taken, Decimal(0)) == min(whole, base)
    for off, amount, fit in zip(taken, amounts, fits, strict=True):
        exact = min(whole, base) * amount / base if fit and base else Decimal(0)
        assert abs(off - exact) < Decimal("0.01")
        assert off <= amount


def test_three_equal_lines_share_a_rouble_of_discount():
    taken = discounts.taken_off(Terms(False, Decimal("1.00")), [Decimal(10)] * 3, [True] * 3)
    assert taken == [Decimal("0.34"), Decimal("0.33"), Decimal("0.33")]


def test_a_sale_of_less_than_nothing_is_refused():
    with pytest.raises(ValueError, match="negative"):
        discounts.taken_off(Terms(True, Decimal(10)), [Decimal(-1)], [True])
