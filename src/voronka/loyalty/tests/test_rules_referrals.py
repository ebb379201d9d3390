from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.kit.money import rounded
from voronka.loyalty.rules.referrals import Deal, Sale, address_key, reckon

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SUMS = st.decimals(0, 100_000, places=2)


@st.composite
def _sales(draw):
    many = draw(st.integers(0, 8))
    return [
        Sale(
            key, NOW + timedelta(days=draw(st.integers(0, 60))), draw(SUMS), counts=draw(st.booleans()),
            is_delivered=draw(st.booleans()), is_paid=draw(st.booleans()),
        )
        for key in range(many)
    ]  # fmt: skip


@given(
    _sales(),
    st.decimals("0.01", 100, places=2),
    st.one_of(st.none(), st.decimals("0.01", 5_000, places=2)),
    st.integers(1, 40),
    st.sampled_from(["delivered", "paid", "both"]),
)
def test_orders_earn_their_percent_to_the_kopeck_and_never_above_the_cap(sales, percent, cap, days, earned_by):
    deal = Deal(percent, days, cap, earned_by)
    found = reckon(sales, deal)
    live = [one for one in sales if one.counts]
    until = min((one.at for one in live), default=NOW) + timedelta(days=days)
    good = {one.key: one for one in live if one.at < until and one.is_earned(earned_by)}
    assert set(found) <= set(good)
    assert all(0 < amount <= good[key].base and rounded(amount) == amount for key, amount in found.items())
    whole = sum((rounded(one.base * percent / 100) for one in good.values()), Decimal(0))
    assert sum(found.values()) == (whole if cap is None else min(whole, cap))
    assert found == reckon(list(reversed(sales)), deal)  # in whatever order they are told


@given(_sales(), st.integers(0, 7))
def test_an_order_that_comes_to_nothing_never_earns_more_for_the_others_than_the_cap_held_back(sales, gone):
    deal = Deal(Decimal(10), 10_000, Decimal(500), "both")
    before = sum(reckon(sales, deal).values())
    after = sum(reckon([one for one in sales if one.key != gone], deal).values())
    assert after <= before


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("Москва", "ул. Ленина, д. 5, кв. 7"), ("москва", "Ленина 5-7"), True),
        (("", "г. Москва, Ленина 5 кв 7"), ("Москва", "улица Ленина, дом 5, квартира 7"), True),
        (("Москва", "Ленина 5-7"), ("Москва", "Ленина 5-8"), False),
        (("Казань", "Ленина 5"), ("Москва", "Ленина 5"), False),
    ],
)
def test_addresses_are_compared_as_people_mean_them(one, other, same):
    assert (address_key(*one) == address_key(*other)) is same


def test_an_address_without_a_house_is_nobodys():
    assert address_key("Москва", "") == address_key("Москва", "Ленина") == ""
