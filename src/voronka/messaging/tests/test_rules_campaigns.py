"""The client's hour over zones and moved clocks, shares of variants, the throttle: properties."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from voronka.kit.clocks import known_zones, place, wall
from voronka.messaging.rules.campaigns import (
    GRACE,
    client_hour,
    first_hour,
    is_overdue,
    let_through,
    may_move,
    next_look,
    variant_of,
    was_left,
)
from voronka.messaging.rules.gate import Facts, Quiet, decide

NOON = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
zones = st.sampled_from(sorted(known_zones()))
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(lambda one: one.replace(tzinfo=UTC))
minutes = st.integers(0, 1439)


@given(zones, moments, minutes, st.integers(-3, 40))
@settings(max_examples=400, deadline=None)
def test_the_hour_is_the_first_on_the_clients_own_clock(zone: str, after: datetime, minute: int, ahead: int) -> None:
    day = after.date() + timedelta(days=ahead)
    at = client_hour(day, minute, zone, after)
    assert at >= after
    local = wall(at, zone)
    assert local.date() >= day
    shown = place(local.date(), minute, zone)
    # It is what the clock shows, or the first moment after a gap that swallowed the hour.
    assert at == shown.at or place(local.date() - timedelta(days=1), minute, zone).moved
    if not shown.moved:
        assert local.hour * 60 + local.minute == minute
    # No earlier day would do.
    before = place(max(local.date() - timedelta(days=1), day), minute, zone).at
    assert before == at or before < after or local.date() == day


@given(st.dates(date(2026, 1, 1), date(2027, 1, 1)), minutes, zones)
@settings(max_examples=60, deadline=None)
def test_no_clock_on_earth_shows_it_before_the_campaign_begins(day: date, minute: int, zone: str) -> None:
    assert first_hour(day, minute) <= place(day, minute, zone).at


@given(zones, moments, minutes)
@settings(max_examples=200, deadline=None)
def test_an_hour_of_the_night_goes_at_the_end_of_it(zone: str, after: datetime, minute: int) -> None:
    """22:00-08:00 is quiet: an hour inside of it is put to the first moment of the client's morning, none other is."""
    quiet = Quiet(22 * 60, 8 * 60)
    at = client_hour(after.date(), minute, zone, after)
    verdict = decide(Facts("advertising", at, zone, consent=True, quiet=quiet), at)
    if quiet.holds(at, zone):
        assert verdict.kind == "wait"
        assert verdict.until is not None
        assert at < verdict.until <= at + timedelta(hours=11)
        assert not quiet.holds(verdict.until, zone)
    else:
        assert verdict.kind == "go"


def test_days_when_the_clock_is_moved() -> None:
    spring, autumn = date(2026, 3, 29), date(2026, 10, 25)
    # 02:30 does not exist in Berlin on that day: the first moment after the gap.
    gap = client_hour(spring, 150, "Europe/Berlin", NOON - timedelta(days=300))
    assert gap == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    # It comes twice in autumn: the first of the two.
    twice = client_hour(autumn, 150, "Europe/Berlin", NOON - timedelta(days=90))
    assert twice == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    # Nine in the morning stays nine, an hour apart in UTC.
    before, after = (client_hour(day, 540, "Europe/Berlin", datetime(2026, 3, 1, tzinfo=UTC)) for day in (
        date(2026, 3, 28), date(2026, 3, 30),
    ))  # fmt: skip
    assert (before.hour, after.hour) == (8, 7)
    # Who is behind the hour already gets it the next day.
    assert client_hour(NOON.date(), 600, "Asia/Kamchatka", NOON) == datetime(2026, 11, 2, 22, 0, tzinfo=UTC)


@given(st.lists(st.integers(1, 100), min_size=1, max_size=4), st.integers(1, 2**60))
def test_a_client_has_one_variant_for_good(shares: list[int], client: int) -> None:
    number = variant_of("abc", client, shares)
    assert 1 <= number <= len(shares)
    assert number == variant_of("abc", client, shares)


def test_shares_hold_over_many() -> None:
    found = Counter(variant_of("k3", one, [70, 20, 10]) for one in range(20_000))
    assert [round(found[one] / 200) for one in (1, 2, 3)] == [70, 20, 10]
    # Another campaign shares the same clients anew.
    assert [variant_of("a", one, [1, 1]) for one in range(50)] != [variant_of("b", one, [1, 1]) for one in range(50)]


@given(st.integers(1, 6_000), st.lists(st.floats(0.1, 300), min_size=1, max_size=60))
@settings(deadline=None)
def test_the_throttle_lets_no_more_through_than_its_minutes(a_minute: int, pauses: list[float]) -> None:
    now, freed, total, at_once = NOON, NOON, 0, 0
    for pause in pauses:
        now += timedelta(seconds=pause)
        count, freed = let_through(a_minute, freed, now)
        assert count <= a_minute  # a minute at most, however long nobody looked
        assert freed <= now
        total += count
        at_once = max(at_once, count)
    assert total <= (now - NOON).total_seconds() / 60 * a_minute + 1


def test_looks_come_as_often_as_the_throttle_needs() -> None:
    assert next_look(None, NOON) - NOON == timedelta(seconds=10)
    assert next_look(6_000, NOON) - NOON == timedelta(seconds=1)
    assert next_look(20, NOON) - NOON == timedelta(seconds=3)
    assert not is_overdue(NOON, NOON + GRACE)
    assert is_overdue(NOON, NOON + GRACE + timedelta(seconds=1))
    assert not was_left(None, NOON)
    assert may_move("running", "paused")
    assert not may_move("done", "running")
