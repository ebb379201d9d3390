from datetime import UTC, date, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.kit.clocks import day_bounds, wall
from voronka.work.rules.hours import ALWAYS, CallWindow, Hours
from voronka.work.rules.schedule import USUAL_WEEK, Schedule, flat_hours, schedule_from_rows
from voronka.work.rules.shared_hours import good_moment, shared_hours

ZONES = sorted(zone for zone in available_timezones() if zone not in {"localtime", "Factory"})
moments = st.datetimes(datetime(2010, 1, 1), datetime(2037, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))
hours = st.none() | st.tuples(st.integers(0, 1439), st.integers(0, 1440)).filter(lambda h: h[0] != h[1]).map(
    lambda h: Hours(*h)
)
schedules = st.builds(Schedule, st.sampled_from(ZONES), st.tuples(*[hours] * 7))
windows = st.builds(
    CallWindow, st.sampled_from(ZONES), st.integers(0, 600), st.integers(601, 1440), st.frozensets(st.integers(0, 5))
)

MOSCOW = Schedule("Europe/Moscow", USUAL_WEEK)
HOLIDAY = Schedule(
    "Europe/Moscow", USUAL_WEEK, days_off=frozenset({date(2026, 3, 9)}), extra_days=frozenset({date(2026, 3, 14)})
)
NIGHT_SHIFT = Schedule("Europe/Berlin", (Hours(22 * 60, 6 * 60),) * 7)
NOBODY = Schedule("UTC", (None,) * 7)
KAMCHATKA = CallWindow("Asia/Kamchatka", 540, 1200)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "at", "moment", "morning"),
    [
        (MOSCOW, "2026-03-12T09:00", "2026-03-12T09:00", "2026-03-13T06:00"),
        (MOSCOW, "2026-03-12T05:00", "2026-03-12T06:00", "2026-03-12T06:00"),
        (MOSCOW, "2026-03-13T15:00", "2026-03-16T06:00", "2026-03-16T06:00"),  # Friday, 18:00 sharp
        (HOLIDAY, "2026-03-06T15:00", "2026-03-10T06:00", "2026-03-10T06:00"),
        (HOLIDAY, "2026-03-13T15:00", "2026-03-14T06:00", "2026-03-14T06:00"),  # a Saturday that is worked
        (NIGHT_SHIFT, "2026-03-12T03:00", "2026-03-12T03:00", "2026-03-12T21:00"),  # the shift of yesterday
        (NOBODY, "2026-03-12T09:00", None, None),
    ],
)
def test_the_next_working_moment_and_morning(
    schedule: Schedule, at: str, moment: str | None, morning: str | None
) -> None:
    assert schedule.next_working_moment(utc(at)) == (utc(moment) if moment else None)
    assert schedule.next_working_morning(utc(at)) == (utc(morning) if morning else None)
    assert schedule.is_working(utc(at)) is (at == moment)


def test_a_night_shift_is_as_long_as_the_clock_makes_it() -> None:
    lengths = {}
    for day in (date(2026, 3, 27), date(2026, 3, 28), date(2026, 10, 24)):
        shift = NIGHT_SHIFT.shift_on(day)
        assert shift is not None
        lengths[day] = (shift.end - shift.start) / timedelta(hours=1)
    assert list(lengths.values()) == [8, 7, 9]


@given(schedules, moments)
def test_working_moments_are_worked_and_none_is_passed_over(schedule: Schedule, at: datetime) -> None:
    found = schedule.next_working_moment(at)
    if found is None:
        assert not any(schedule.week)
        return
    assert found >= at
    assert schedule.is_working(found)
    assert schedule.next_working_moment(found) == found
    if found > at:
        assert not schedule.is_working(at + (found - at) * 0.5)


@given(st.lists(hours, min_size=7, max_size=7))
def test_a_week_comes_back_from_its_stored_form(week: list[Hours | None]) -> None:
    assert schedule_from_rows("UTC", flat_hours(week)).week == tuple(week)


def test_single_days_are_read_from_rows() -> None:
    schedule = schedule_from_rows(
        "Europe/Moscow", flat_hours(USUAL_WEEK), {date(2026, 3, 9): False, date(2026, 3, 14): True}
    )
    assert schedule == HOLIDAY


@pytest.mark.parametrize(
    ("zone", "flat", "code"),
    [("UTC", [540, 1080], "not_a_week"), ("Nowhere", [-1] * 14, "unknown_zone"), ("UTC", [540] * 14, "empty")],
)
def test_rows_that_are_no_schedule_are_refused(zone: str, flat: list[int], code: str) -> None:
    with pytest.raises(ValueError, match=code):
        schedule_from_rows(zone, flat)


@pytest.mark.parametrize(
    ("window", "at", "working", "proposed"),
    [
        # 17:48 in Moscow is 02:48 in Kamchatka: at 9:05 of my Friday it is 18:05 there.
        (KAMCHATKA, "2026-03-12T14:48", MOSCOW, "2026-03-13T06:05"),
        (KAMCHATKA, "2026-03-12T14:48", None, "2026-03-12T21:05"),
        (KAMCHATKA, "2026-03-13T06:30", MOSCOW, "2026-03-13T06:30"),  # good already
        (KAMCHATKA, "2026-03-13T08:30", MOSCOW, "2026-03-16T06:05"),  # over the weekend
        (KAMCHATKA, "2026-03-12T14:48", NOBODY, "2026-03-12T21:05"),
        (CallWindow("Europe/Moscow", 20 * 60, 22 * 60), "2026-03-12T09:00", MOSCOW, "2026-03-12T17:05"),  # never both
        (ALWAYS, "2026-03-12T09:00", MOSCOW, "2026-03-12T09:00"),
    ],
)
def test_a_good_moment(window: CallWindow, at: str, working: Schedule | None, proposed: str) -> None:
    assert good_moment(window, utc(at), working) == utc(proposed)


@given(windows, moments, st.none() | schedules)
def test_a_good_moment_is_always_inside_the_window(
    window: CallWindow, at: datetime, working: Schedule | None
) -> None:
    proposed = good_moment(window, at, working)
    assert proposed >= at
    assert window.is_open(proposed)


@given(windows, moments, schedules)
def test_shared_hours_suit_both_sides_on_that_day(window: CallWindow, at: datetime, schedule: Schedule) -> None:
    day = wall(at, window.zone).date()
    start, end = day_bounds(day, window.zone)
    for span in shared_hours(window, schedule, day):
        for moment in (span.start, span.start + (span.end - span.start) * 0.999):
            assert start <= moment < end
            assert window.is_open(moment)
            assert schedule.is_working(moment)


def test_shared_hours_of_kamchatka_and_moscow() -> None:
    [span] = shared_hours(KAMCHATKA, MOSCOW, date(2026, 3, 13))
    assert (wall(span.start, "Asia/Kamchatka").hour, wall(span.end, "Asia/Kamchatka").hour) == (18, 20)
    assert shared_hours(KAMCHATKA, MOSCOW, date(2026, 3, 14)) == []
