"""The arithmetic of buffers: thirds, lots and multiples, demand, growth, and nothing given twice."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.stock.rules import replenishing as rules

D = Decimal
amounts = st.decimals(min_value=0, max_value=10_000, places=3)
positive = st.decimals(min_value=D("0.001"), max_value=10_000, places=3)
days = st.integers(min_value=0, max_value=200)


@pytest.mark.parametrize(
    ("free", "zone"),
    [("-1", "red"), ("0", "red"), ("20", "red"), ("20.001", "yellow"), ("40", "yellow"), ("41", "green"),
     ("60", "green"), ("60.001", "above")],
)  # fmt: skip
def test_a_buffer_of_sixty_has_its_thirds(free, zone):
    assert rules.zone(D(free), D(60)) == zone


@given(positive, amounts, positive)
def test_rounding_up_gives_whole_multiples_no_smaller_and_no_more_than_one_larger(quantity, least, multiple):
    found = rules.rounded(quantity, least, multiple)
    assert found % multiple == 0
    assert max(quantity, least) <= found < max(quantity, least) + multiple


def test_nothing_wanted_is_nothing_whatever_the_lot():
    assert rules.rounded(D(0), D(50), D(6)) == 0


@given(positive, st.decimals(min_value=-5_000, max_value=10_000, places=3), amounts, positive, amounts, days)
def test_an_order_fills_the_buffer_and_none_is_made_above_the_reorder_point(
    target, position, least, multiple, per_day, lead
):
    many = rules.wanted(target, position, least, multiple, per_day=per_day, lead_days=lead)
    point = rules.reorder_point(target, per_day, lead)
    assert target * 2 / 3 <= point <= target or point == target
    if position > point or position >= target:
        assert many == 0
    else:
        assert position + many >= target
        assert many >= least
    # What was ordered is on its way: nothing is asked again, unless the lot filled it.
    assert rules.wanted(target, position + many, least, multiple, per_day=per_day, lead_days=lead) == 0


@pytest.mark.parametrize(
    ("zone", "in_zone", "dips", "wants"),
    [
        ("red", 8, 0, None),
        ("red", 9, 0, D(80)),
        ("red", 0, 3, D(80)),
        ("yellow", 90, 3, None),
        ("green", 26, 0, None),
        ("green", 27, 0, D(40)),
        ("above", 60, 0, D(40)),
    ],
)
def test_too_long_in_red_grows_by_a_third_and_too_long_in_green_shrinks_by_one(zone, in_zone, dips, wants):
    assert rules.advice(zone, in_zone, dips, D(60), 9, D(1)) == wants


@given(st.sampled_from(rules.ZONES), days, st.integers(0, 9), positive, days, positive)
def test_advice_is_whole_multiples_larger_in_red_and_smaller_in_green(zone, in_zone, dips, target, lead, multiple):
    found = rules.advice(zone, in_zone, dips, target, lead, multiple)
    if found is not None:
        assert found % multiple == 0
        assert found > 0
        assert found > target if zone == "red" else found < target


def test_demand_counts_what_was_lost_and_the_best_week_swings():
    demand = rules.Demand([D(7), D(21), D(14), D(0)], 28, lost=D(14))
    assert demand.per_day == 2
    assert demand.swing == D("1.5")
    assert rules.proposed_target(demand.per_day, demand.swing, 9, D(6)) == 30
    assert rules.Demand([], 0).per_day == 0
    assert rules.Demand([D(-3)], 7).per_day == 0


@given(
    st.lists(st.tuples(st.integers(1, 3), positive, positive, st.booleans(), st.lists(st.integers(1, 3), max_size=2)),
             max_size=12),
    st.dictionaries(st.tuples(st.integers(1, 3), st.integers(1, 3)), amounts, max_size=9),
)  # fmt: skip
def test_places_never_give_more_than_they_have_and_nobody_gets_more_than_he_asked_for(asked, spare):
    needs = [
        rules.Need(number, variant, many, multiple, D(number), has_supplier, sources)
        for number, (variant, many, multiple, has_supplier, sources) in enumerate(asked)
    ]
    shares = rules.share_out(needs, spare)
    taken: dict[tuple[int, int], Decimal] = {}
    got: dict[int, Decimal] = {}
    for one in shares:
        assert one.quantity > 0
        got[one.buffer_id] = got.get(one.buffer_id, D(0)) + one.quantity
        if one.source_id is not None:
            key = (needs[one.buffer_id].variant_id, one.source_id)
            taken[key] = taken.get(key, D(0)) + one.quantity
    assert all(many <= spare.get(key, D(0)) for key, many in taken.items())
    for one in needs:
        assert got.get(one.buffer_id, D(0)) <= one.quantity
        if one.has_supplier:
            assert got[one.buffer_id] == one.quantity
    assert spare == dict(spare)


def test_the_emptiest_is_served_first():
    needs = [
        rules.Need(1, 9, D(6), D(1), D("0.5"), False, [7]),
        rules.Need(2, 9, D(6), D(1), D("0.1"), True, [7]),
    ]
    assert rules.share_out(needs, {(9, 7): D(8)}) == [rules.Share(2, 7, D(6)), rules.Share(1, 7, D(2))]


def test_how_long_it_lasts_and_what_will_be_missed():
    assert rules.days_left(D(7), D("3.1")) == 2
    assert rules.days_left(D(7), D(0)) is None
    assert rules.days_left(D(-2), D(1)) == 0
    assert rules.missing_until(D(7), D(12), D("3.1"), 9) == D("8.9")
    assert rules.missing_until(D(70), D(0), D(1), 9) == 0
