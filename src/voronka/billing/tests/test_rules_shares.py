from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.billing.rules.shares import KOPECK, part_back, share
from voronka.billing.rules.totals import (
    Line,
    counted,
    discounted,
    percent_words,
    tax_inside,
    totals_of,
)

sums = st.decimals("0", "10000000", places=2)
rates = st.sampled_from([None, Decimal(0), Decimal(5), Decimal(7), Decimal(10), Decimal(20), Decimal(22)])
lines = st.lists(
    st.builds(
        Line,
        name=st.just("x"),
        quantity=st.decimals("0.001", "5000", places=3),
        price=st.decimals("0", "100000", places=2),
        percent=rates,
    ),
    min_size=1,
    max_size=12,
)


@given(
    st.decimals("-1000000", "1000000", places=2),
    st.lists(st.decimals("0", "100000", places=3), min_size=1, max_size=30),
)
def test_shares_make_the_total(total, weights):
    parts = share(total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    if whole:
        for part, weight in zip(parts, weights, strict=True):
            assert abs(part - total * weight / whole) < KOPECK + Decimal("1e-9")


@given(st.lists(sums, min_size=1, max_size=20), st.data())
def test_a_discount_is_never_more_than_its_line(amounts, data):
    total = data.draw(st.decimals(0, sum(amounts), places=2))
    assert all(part <= amount for part, amount in zip(share(total, amounts), amounts, strict=True) if sum(amounts))


def test_wrong_shares_are_refused():
    with pytest.raises(ValueError, match="no_lines"):
        share(Decimal(1), [])
    with pytest.raises(ValueError, match="negative"):
        share(Decimal(1), [Decimal(-1), Decimal(2)])
    with pytest.raises(ValueError, match="not_kopecks"):
        share(Decimal("0.001"), [Decimal(1)])
    assert share(Decimal("0.02"), [Decimal(0)] * 3) == [KOPECK, KOPECK, 0]


@given(sums, st.lists(st.integers(1, 9), min_size=1, max_size=9))
def test_returns_come_to_what_was_paid(total, steps):
    quantity, before, given_back = Decimal(sum(steps)), Decimal(0), Decimal(0)
    for step in steps:
        part = part_back(total, quantity, before, Decimal(step))
        assert part >= 0
        given_back += part
        before += step
    assert given_back == total


def test_more_than_sold_does_not_come_back():
    with pytest.raises(ValueError, match="too_many"):
        part_back(Decimal(100), Decimal(3), Decimal(2), Decimal(2))


@given(lines, st.booleans(), st.booleans())
def test_lines_make_the_totals(given_lines, included, by_line):
    found = counted(given_lines, included=included, by_line=by_line)
    whole = totals_of(found)
    assert whole.amount == sum(line.amount for line in found)
    assert whole.tax == sum(line.tax for line in found) == sum(row[2] for row in whole.by_percent)
    assert whole.net + whole.tax == whole.amount
    for line in found:
        exact = line.amount * (line.percent or 0) / (100 + (line.percent or 0))
        assert abs(line.tax - exact) <= KOPECK
    if included:
        assert whole.amount == sum(
            (line.quantity * line.price).quantize(KOPECK, rounding="ROUND_HALF_UP") for line in found
        )
        for percent, amount, tax in whole.by_percent:
            if not by_line:  # the tax of a rate is that of its total, to the kopeck
                assert tax == tax_inside(amount, percent)


@given(lines, st.data())
def test_a_discount_of_the_paper_goes_to_its_lines(given_lines, data):
    whole = totals_of(counted(given_lines)).amount
    off = data.draw(st.decimals(0, whole, places=2))
    assert totals_of(counted(discounted(given_lines, off))).amount == whole - off


def test_the_invoice_of_the_picture():
    rows = [(2, 18900), (4, 9800), (1, 18900), (2, 6450), (1, 6200), (1, 3000)]
    found = counted([Line("x", Decimal(n), Decimal(p), percent=Decimal(22)) for n, p in rows], by_line=False)
    assert totals_of(found).amount == Decimal(118000)
    assert totals_of(found).tax == Decimal("21278.69")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (Line("x", Decimal(0), Decimal(1)), "quantity"),
        (Line("x", Decimal(-1), Decimal(1)), "quantity"),
        (Line("x", Decimal("NaN"), Decimal(1)), "quantity"),
        (Line("x", Decimal(10**9), Decimal(1)), "quantity"),
        (Line("x", Decimal(1), Decimal(-1)), "price"),
        (Line("x", Decimal(99999999), Decimal(10**12)), "too_big"),
        (Line("x", Decimal(1), Decimal(1), discount=Decimal(2)), "discount"),
    ],
)
def test_lines_that_cannot_be_are_refused_with_their_place(line, code):
    good = Line("x", Decimal(1), Decimal(1))
    with pytest.raises(ValueError) as caught:
        counted([good, line])
    assert caught.value.args == (code, 2)


def test_rates_in_words_and_prices_without_tax():
    assert percent_words(None) == "без НДС"
    assert percent_words(Decimal("22.00")) == "22%"
    assert percent_words(Decimal(10)) == "10%"
    line = counted([Line("x", Decimal(3), Decimal(122), percent=Decimal(22))])[0]
    assert line.net_price == 100
    assert replace(line, unit="166").unit_word == "кг"
