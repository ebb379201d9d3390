"""The gate as a rule: quiet hours over zones and moved clocks, caps, consents, what waits and what is refused."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voronka.kit.clocks import wall
from voronka.messaging.rules.gate import TOO_LATE, Cap, Facts, Quiet, decide
from voronka.messaging.rules.states import ENDS, STATES, moved_by_receipt

NIGHT = Quiet(22 * 60, 8 * 60)
DAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
# Zones of whole, half and quarter hours, with and without moved clocks, one that skipped a day.
ZONES = ["Europe/Moscow", "Asia/Kamchatka", "Europe/Kaliningrad", "America/New_York", "Australia/Lord_Howe",
         "Asia/Kathmandu", "Africa/Casablanca", "Pacific/Apia", "Europe/London", "America/St_Johns", "UTC",
         "Antarctica/Troll"]  # fmt: skip
moments = st.datetimes(datetime(2011, 12, 1), datetime(2027, 12, 31)).map(lambda one: one.replace(tzinfo=UTC))
# Around the nights when clocks are moved, and the day that Samoa skipped.
moved = st.builds(
    lambda start, minutes: start + timedelta(minutes=minutes),
    st.sampled_from(
        [
            datetime(2026, 3, 8, 0, tzinfo=UTC), datetime(2026, 3, 29, 0, tzinfo=UTC),
            datetime(2026, 10, 25, 0, tzinfo=UTC), datetime(2026, 11, 1, 0, tzinfo=UTC),
            datetime(2026, 4, 4, 12, tzinfo=UTC), datetime(2026, 10, 3, 12, tzinfo=UTC),
            datetime(2011, 12, 29, 12, tzinfo=UTC),
        ]
    ),
    st.integers(-600, 1800),
)  # fmt: skip
minutes = st.integers(0, 1439)


def is_quiet(quiet: Quiet, at: datetime, zone: str) -> bool:
    """Say it anew, in another way: walk the quiet minutes round the dial."""
    clock = wall(at, zone)
    length = (quiet.ends - quiet.begins) % 1440
    return (clock.hour * 60 + clock.minute - quiet.begins) % 1440 < length


@settings(max_examples=400, deadline=None)
@given(at=st.one_of(moments, moved), zone=st.sampled_from(ZONES), begins=minutes, ends=minutes)
def test_nobody_is_written_to_in_his_night_and_the_morning_is_the_first_moment_of_it(at, zone, begins, ends) -> None:
    quiet = Quiet(begins, ends)
    assert quiet.holds(at, zone) == is_quiet(quiet, at, zone)
    until = quiet.ends_at(at, zone)
    assert not is_quiet(quiet, until, zone)
    assert at <= until <= at + timedelta(hours=50)
    if until > at:
        # Every minute before is quiet, and so is the last second.
        assert is_quiet(quiet, until - timedelta(seconds=1), zone)
        step = at
        while step < until:
            assert is_quiet(quiet, step, zone)
            step += timedelta(minutes=7)


@settings(max_examples=300, deadline=None)
@given(at=st.one_of(moments, moved), zone=st.sampled_from(ZONES), begins=minutes, ends=minutes)
def test_the_next_night_begins_at_its_first_moment_whatever_is_done_to_the_clocks(at, zone, begins, ends) -> None:
    quiet = Quiet(begins, ends)
    at = quiet.ends_at(at, zone)
    until = quiet.begins_at(at, zone)
    if begins == ends:
        assert until is None
        return
    assert until is not None
    assert at < until <= at + timedelta(hours=50)
    assert is_quiet(quiet, until, zone)
    assert not is_quiet(quiet, until - timedelta(microseconds=1), zone)
    step = at
    while step < until:
        assert not is_quiet(quiet, step, zone)
        step += timedelta(minutes=7)


def test_the_night_begins_at_ten_sharp_and_once_more_where_ten_comes_twice() -> None:
    ten = datetime(2026, 11, 2, 19, 0, tzinfo=UTC)  # 22:00 in Moscow
    assert NIGHT.begins_at(ten - timedelta(microseconds=1), "Europe/Moscow") == ten
    assert decide(Facts("advertising", ten, "Europe/Moscow", consent=True, quiet=NIGHT), ten).code == "quiet"
    # Clocks go back from 3:00 to 2:00 on 25 October: half past two comes twice, and so does the night.
    short = Quiet(150, 480)
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert short.begins_at(first - timedelta(minutes=1), "Europe/Berlin") == first
    again = first + timedelta(hours=1)
    assert short.begins_at(first + timedelta(minutes=31), "Europe/Berlin") == again


@settings(max_examples=300, deadline=None)
@given(at=st.one_of(moments, moved), zone=st.sampled_from(ZONES))
def test_from_ten_to_eight_advertising_waits_for_eight_of_the_client(at, zone) -> None:
    facts = Facts("advertising", at, zone, consent=True, quiet=NIGHT)
    verdict = decide(facts, at)
    clock = wall(at, zone)
    if 8 <= clock.hour < 22:
        assert verdict.kind == "go"
    else:
        assert (verdict.kind, verdict.code) == ("wait", "quiet")
        assert decide(facts, verdict.until).kind == "go"
        assert wall(verdict.until, zone).hour == 8


def test_equal_ends_are_no_night_and_minutes_are_of_a_day() -> None:
    assert not Quiet(480, 480).holds(DAY, "UTC")
    for wrong in ((-1, 5), (5, 1440)):
        with pytest.raises(ValueError, match="minutes"):
            Quiet(*wrong)


@settings(max_examples=300)
@given(
    most=st.integers(1, 5),
    days=st.integers(1, 30),
    ages=st.lists(st.integers(0, 40 * 24 * 60), max_size=12),
)
def test_a_cap_is_never_passed_and_says_when_the_next_may_go(most, days, ages) -> None:
    went = [DAY - timedelta(minutes=one) for one in ages]
    cap, length = Cap(most, days, went), timedelta(days=days)
    free = cap.free_at(DAY)
    inside = [one for one in went if DAY - length < one <= DAY]
    assert (free is None) == (len(inside) < most)
    if free is not None:
        assert free > DAY
        # At that moment one more fits, a second before it does not.
        assert Cap(most, days, went).free_at(free) is None
        assert Cap(most, days, went).free_at(free - timedelta(seconds=1)) is not None


@pytest.mark.parametrize(
    ("more", "kind", "code"),
    [
        ({}, "go", ""),
        ({"consent": None}, "refuse", "no_consent"),
        ({"consent": False}, "refuse", "opted_out"),
        ({"caps": [Cap(2, 7, [DAY - timedelta(days=1)] * 2)]}, "refuse", "cap"),
        ({"blocked": "bounce"}, "refuse", "blocked_bounce"),
        ({"has_client": False}, "refuse", "no_client"),
        ({"has_address": False}, "refuse", "no_address"),
        ({"is_channel_on": False}, "refuse", "channel_off"),
        ({"planned_for": DAY - TOO_LATE - timedelta(seconds=1)}, "refuse", "too_late"),
        ({"is_sending_on": False}, "wait", "sending_off"),
        ({"is_set_up": False}, "wait", "not_set_up"),
        ({"has_budget": False}, "wait", "no_budget"),
    ],
)
def test_each_reason_has_its_code(more, kind, code) -> None:
    facts = Facts(**({"traffic": "advertising", "planned_for": DAY, "zone": "Europe/Moscow", "consent": True} | more))
    assert (decide(facts, DAY).kind, decide(facts, DAY).code) == (kind, code)


@pytest.mark.parametrize(
    "more", [{"consent": None}, {"consent": False}, {"caps": [Cap(1, 7, [DAY])]}, {"planned_for": DAY - 2 * TOO_LATE}]
)
def test_service_passes_consents_and_caps_but_not_blocked_addresses(more) -> None:
    facts = Facts(**({"traffic": "service", "planned_for": DAY, "zone": "Europe/Moscow"} | more))
    assert decide(facts, DAY).kind == "go"
    blocked = Facts(**({"traffic": "service", "planned_for": DAY, "zone": "Europe/Moscow", "blocked": "stop"} | more))
    assert decide(blocked, DAY).code == "blocked_stop"


@given(
    st.lists(st.sampled_from(["accepted", "delivered", "failed"]), max_size=8), st.sampled_from(["handed", "unknown"])
)
def test_receipts_in_any_order_end_once_and_never_go_back(told, state) -> None:
    ended = ""
    for one in told:
        if moved_by_receipt(state, one):
            assert not ended
            state = one
            ended = state if state in ENDS else ""
    assert state in STATES
    for closed in ("refused", "cancelled", "planned", "waiting", "claimed"):
        assert not any(moved_by_receipt(closed, one) for one in ("accepted", "delivered", "failed"))
