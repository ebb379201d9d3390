"""Sums of orders are exact to the kopeck, whatever is sold for whatever price."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.orders.rules.pricing import Asked, part_of, priced, problem, tax_in, whole_of

KOPECKS = st.integers(0, 10**7).map(lambda one: Decimal(one) / 100)
LINES = st.lists(
    st.builds(
        Asked,
        st.integers(1, 10**6).map(lambda one: Decimal(one) / 1000),
        KOPECKS,
        percent=st.sampled_from([None, Decimal(0), Decimal(5), Decimal(7), Decimal(10), Decimal(20), Decimal(22)]),
    ),
    min_size=1,
    max_size=12,
)


@given(LINES, st.integers(0, 100), KOPECKS)
def test_lines_add_up_to_the_whole(lines, percent, delivery):
    goods = sum(((one.quantity * one.price).quantize(Decimal("0.01"), "ROUND_HALF_UP") for one in lines), Decimal(0))
    discount = (goods * percent / 100).quantize(Decimal("0.01"), "ROUND_DOWN")
    sums = priced(lines, discount)
    whole = whole_of([(one.discount, one.total, one.tax) for one in sums], delivery, Decimal(22))
    assert sum(one.discount for one in sums) == discount
    assert whole.goods == goods
    assert whole.total == goods - discount + delivery
    assert whole.tax == sum(one.tax for one in sums) + tax_in(delivery, Decimal(22))
    assert all(0 <= one.tax <= one.total for one in sums)


@given(KOPECKS, st.lists(st.integers(1, 50), min_size=1, max_size=8), st.data())
def test_parts_that_come_back_are_the_line_whatever_was_refused_between(total, parts, data):
    whole = Decimal(sum(parts))
    live: list[tuple[Decimal, Decimal]] = []

    def gone():
        return sum((one[1] for one in live), Decimal(0)), sum((one[0] for one in live), Decimal(0))

    for many in parts:
        money, count = gone()
        live.append((Decimal(many), part_of(total, whole, Decimal(many), money, count)))
        if data.draw(st.booleans()):
            live.pop(data.draw(st.integers(0, len(live) - 1)))
    money, count = gone()
    assert 0 <= money <= total
    if count < whole:
        live.append((whole - count, part_of(total, whole, whole - count, money, count)))
    assert gone() == (total, whole)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (Asked(Decimal(0), Decimal(1)), "quantity"),
        (Asked(Decimal("0.0001"), Decimal(1)), "quantity"),
        (Asked(Decimal("Infinity"), Decimal(1)), "quantity"),
        (Asked(Decimal("1e9"), Decimal(1)), "quantity"),
        (Asked(Decimal(1), Decimal("0.001")), "price"),
        (Asked(Decimal(1), Decimal("-0.01")), "price"),
        (Asked(Decimal(99999999), Decimal(99999999)), "too_big"),
        (Asked(Decimal(1), Decimal(1), Decimal("1.01")), "discount"),
        (Asked(Decimal(1), Decimal(1), Decimal("0.001")), "discount"),
        (Asked(Decimal("100.000"), Decimal("1.00"), Decimal("100.00")), ""),
    ],
)
def test_what_cannot_be_is_named(line, found):
    assert problem(line) == found


def test_more_than_there_is_is_no_discount_and_no_part():
    with pytest.raises(ValueError, match="discount"):
        priced([Asked(Decimal(1), Decimal(1))], Decimal("1.01"))
    with pytest.raises(ValueError, match="too_many"):
        part_of(Decimal(1), Decimal(1), Decimal(2), Decimal(0), Decimal(0))
