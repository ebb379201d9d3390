"""Properties of routing, promising and likeness: what must hold whatever is asked."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from voronka.orders.rules.alike import NEAR, Placed, alike, last_digits, share_of
from voronka.orders.rules.promising import Need, Way, promise, ready, working_day
from voronka.orders.rules.routing import Rule, Spot, distance_km, route

MOSCOW, KRASNOYARSK, NOVOSIBIRSK = (55.75, 37.62), (56.01, 92.87), (55.03, 82.92)
VARIANTS = st.integers(1, 4)
QUANTITIES = st.decimals("0.5", "9", places=1)
POINTS = st.tuples(st.floats(41, 81), st.floats(20, 180))
WANTED = st.dictionaries(VARIANTS, QUANTITIES, min_size=1, max_size=4)


@st.composite
def spots(draw, most=5):
    many = draw(st.integers(0, most))
    return [
        Spot(
            place=number,
            kind=draw(st.sampled_from(["shop", "warehouse"])),
            priority=draw(st.integers(1, 3)),
            at=draw(st.none() | POINTS),
            free=draw(st.dictionaries(VARIANTS, st.decimals("0", "9", places=1))),
        )
        for number in range(1, many + 1)
    ]


def free(places, variant):
    return sum((spot.free.get(variant, Decimal(0)) for spot in places), Decimal(0))


@given(WANTED, spots(), st.sampled_from(Rule), st.none() | POINTS, st.randoms())
def test_nothing_is_taken_that_is_not_there_and_nothing_is_short_that_is(wanted, places, rule, to, chance):
    found = route(wanted, places, rule, to)
    for variant, quantity in wanted.items():
        taken = sum((take.quantity for take in found.takes if take.variant == variant), Decimal(0))
        assert taken + found.short.get(variant, Decimal(0)) == quantity
        assert taken == min(quantity, free(places, variant))
    by_place = {spot.place: spot for spot in places}
    for take in found.takes:
        assert 0 < take.quantity <= by_place[take.place].free[take.variant]
    assert len({(take.place, take.variant) for take in found.takes}) == len(found.takes)
    shuffled = list(places)
    chance.shuffle(shuffled)
    assert route(wanted, shuffled, rule, to) == found
    assert found.place == (found.places[0] if found.places else None)
    assert bool(found.reasons) == bool(found.takes or found.short)


@given(WANTED, spots(), POINTS)
def test_nearest_takes_from_no_place_while_a_nearer_one_has_more(wanted, places, to):
    found = route(wanted, places, Rule.NEAREST, to)
    far = {spot.place: distance_km(spot.at, to) if spot.at else float("inf") for spot in places}
    taken = {(take.place, take.variant): take.quantity for take in found.takes}
    for take in found.takes:
        for spot in places:
            if far[spot.place] < far[take.place]:
                assert taken.get((spot.place, take.variant), Decimal(0)) == spot.free.get(take.variant, Decimal(0))


@given(WANTED, spots(), POINTS)
def test_shops_are_emptied_before_warehouses_are_asked(wanted, places, to):
    found = route(wanted, places, Rule.SHOP_FIRST, to)
    kinds = {spot.place: spot.kind for spot in places}
    taken = {(take.place, take.variant): take.quantity for take in found.takes}
    for take in found.takes:
        if kinds[take.place] != "shop":
            for spot in places:
                if spot.kind == "shop":
                    assert taken.get((spot.place, take.variant), Decimal(0)) == spot.free.get(
                        take.variant, Decimal(0)
                    )


@given(WANTED, spots(), st.none() | POINTS)
def test_one_parcel_is_as_few_as_can_be(wanted, places, to):
    found = route(wanted, places, Rule.ONE_PARCEL, to)
    for many in range(len(found.places)):
        for group in combinations(places, many):
            assert any(
                min(quantity, free(group, variant)) < min(quantity, free(places, variant))
                for variant, quantity in wanted.items()
            )


def test_the_choice_is_explained_with_figures():
    wanted = {1: Decimal(6), 2: Decimal(1)}
    places = [
        Spot(1, "warehouse", 1, MOSCOW, {1: Decimal(9), 2: Decimal(3)}),
        Spot(2, "warehouse", 2, NOVOSIBIRSK, {1: Decimal(3)}),
        Spot(3, "shop", 3, KRASNOYARSK, {1: Decimal(4), 2: Decimal(1)}),
    ]
    near = route(wanted, places, Rule.NEAREST, KRASNOYARSK)
    assert [(take.place, take.variant, take.quantity) for take in near.takes] == [(3, 1, 4), (3, 2, 1), (2, 1, 2)]
    assert near.reasons[0].code == "nearest"
    assert near.reasons[0].figures == {"place": 3, "km": 0, "next_place": 2, "next_km": 635}
    assert near.stored()["why"][1] == {"code": "rest", "place": 2, "has": 1, "of": 2}
    whole = route(wanted, places, Rule.ONE_PARCEL, KRASNOYARSK)
    assert whole.places == (1,)
    assert (whole.reasons[0].code, whole.reasons[0].figures["others"]) == ("whole", 0)
    full = route(wanted, places, Rule.FULLEST, KRASNOYARSK)
    assert (full.place, full.reasons[0].figures) == (1, {"place": 1, "has": 2, "of": 2})
    assert route(wanted, places, Rule.SHOP_FIRST, MOSCOW).reasons[0].code == "shop"
    assert route(wanted, places[:1], Rule.SHOP_FIRST, MOSCOW).reasons[0].code == "no_shop"
    short = route({1: Decimal("20.5")}, places, Rule.NEAREST)
    assert short.reasons[0].code == "no_map"
    assert short.reasons[-1].figures == {"variant": 1, "quantity": "4.5"}
    assert route({1: Decimal(0)}, places, Rule.NEAREST).reasons == ()


def test_many_places_are_still_few_parcels():
    places = [Spot(number, "shop", 1, None, {1: Decimal(1)}) for number in range(1, 40)]
    big = Spot(40, "warehouse", 9, None, {1: Decimal(30), 2: Decimal(1)})
    assert route({1: Decimal(30), 2: Decimal(1)}, [*places, big], Rule.ONE_PARCEL).places == (40,)


# --- Promises ---------------------------------------------------------------------------------------------------

WEEK = st.frozensets(st.integers(0, 6), min_size=1)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31))
DAYS = st.integers(0, 30)
INTERVALS = st.sampled_from([(), ((time(10), time(14)), (time(14), time(18))), ((time(18), time(22)),)])


@st.composite
def needs(draw):
    return Need(
        line=draw(st.integers(1, 9)),
        quantity=draw(QUANTITIES),
        free=draw(st.decimals("0", "9", places=1)),
        elsewhere=draw(st.decimals("0", "9", places=1)),
        transfer_days=draw(st.integers(0, 5)),
        coming=draw(st.lists(st.tuples(st.dates(date(2026, 1, 1), date(2027, 1, 31)), QUANTITIES), max_size=3)),
        supplier_days=draw(st.none() | DAYS),
    )


@settings(max_examples=300)
@given(st.lists(needs(), max_size=4), DAYS, INTERVALS, MOMENTS, WEEK)
def test_a_promise_is_worked_and_after_the_goods_are_there(lines, days, intervals, now, week):
    def works(day):
        return day.weekday() in week

    found = promise(lines, Way(days=days, intervals=intervals), now, works)
    if found.on is None:
        assert found.held_by is not None
        assert found.held_by.code == "unknown"
        return
    assert works(found.on)
    assert found.until is not None
    start = datetime.combine(found.on, found.since or found.until)
    assert start >= now
    for line in found.lines:
        assert line.on is not None
        assert found.on >= line.on
    later = promise(lines, Way(days=days + 1, intervals=intervals), now, works)
    assert later.on > found.on


@given(needs(), MOMENTS, st.decimals("0.5", "9", places=1))
def test_more_stock_is_never_later(need, now, more):
    def works(day):
        return day.weekday() < 5

    before = ready(need, now.date(), works)
    after = ready(
        Need(need.line, need.quantity, need.free + more, need.elsewhere, need.transfer_days, need.coming,
             need.supplier_days),
        now.date(), works,
    )  # fmt: skip
    assert before.on is None or (after.on is not None and after.on <= max(before.on, now.date()))


def test_the_day_is_told_with_what_decides_it():
    def works(day):
        return day.weekday() < 5

    now = datetime(2026, 3, 12, 12)  # a Thursday
    stock = Need(1, Decimal(1), free=Decimal(1))
    comes = Need(2, Decimal(2), free=Decimal(1), coming=[(date(2026, 3, 17), Decimal(24))], supplier_days=20)
    found = promise([stock, comes], Way(days=2, intervals=[(time(14), time(18))]), now, works)
    assert (found.on, found.since, found.until) == (date(2026, 3, 19), time(14), time(18))
    assert (found.held_by.line, found.held_by.code) == (2, "coming")
    assert promise([stock], Way(), now, works).on == date(2026, 3, 12)
    assert promise([stock], Way(), now.replace(hour=17), works).on == date(2026, 3, 13)
    assert promise([stock], Way(intervals=[(time(9), time(11))]), now, works).on == date(2026, 3, 13)
    bought = promise([Need(3, Decimal(1), supplier_days=3)], Way(), now, works)
    assert (bought.on, bought.held_by.code) == (date(2026, 3, 17), "supplier")
    moved = ready(Need(4, Decimal(2), free=Decimal(1), elsewhere=Decimal(1), transfer_days=2), now.date(), works)
    assert (moved.on, moved.code) == (date(2026, 3, 16), "transfer")
    assert working_day(date(2026, 3, 12), 2, lambda day: False) == date(2026, 3, 14)


# --- Likeness ---------------------------------------------------------------------------------------------------

GOODS = st.dictionaries(st.integers(1, 4) | st.sampled_from(["Sofa", "sofa ", "Chair"]), QUANTITIES, max_size=4)


@st.composite
def placed(draw):
    return Placed(
        order=draw(st.integers(1, 5)),
        client=draw(st.integers(1, 2)),
        phone=draw(st.sampled_from(["", "+7 391 200-00-01", "8 (391) 200 00 01", "+7 916 000-00-00"])),
        goods=draw(GOODS),
        made_at=draw(st.datetimes(datetime(2026, 3, 1), datetime(2026, 3, 5))),
    )


@given(placed(), placed())
def test_likeness_goes_both_ways(one, other):
    there, back = alike(one, [other]), alike(other, [one])
    assert [found.share for found in there] == [found.share for found in back]
    if there:
        assert one.order != other.order
        assert abs(one.made_at - other.made_at) <= NEAR
        assert one.client == other.client or last_digits(one.phone) == last_digits(other.phone) != ""


@given(GOODS)
def test_the_same_goods_are_wholly_common(goods):
    assert share_of(goods, goods) == (1 if goods else 0)
    assert share_of(goods, {}) == 0


def test_one_order_sent_twice_is_seen_by_client_or_phone():
    now = datetime(2026, 3, 12, 12)
    first = Placed(1, 7, "+7 391 200-00-01", {10: Decimal(2), "Assembly": Decimal(1)}, now)
    again = Placed(2, 7, "", {10: Decimal(2), " assembly ": Decimal(1)}, now + timedelta(minutes=8))
    other_card = Placed(3, 8, "8 391 2000001", {10: Decimal(2)}, now + timedelta(hours=3))
    more = Placed(4, 7, "", {11: Decimal(2)}, now)
    old = Placed(5, 7, "", dict(first.goods), now - timedelta(days=3))
    assert [(one.order, one.same, one.minutes) for one in alike(first, [old, more, other_card, again])] == [
        (2, "client", 8)
    ]
    half = Placed(3, 8, "8 391 2000001", {10: Decimal(2), "ASSEMBLY": Decimal(1)}, now)
    assert [(one.order, one.same) for one in alike(first, [half])] == [(3, "phone")]
