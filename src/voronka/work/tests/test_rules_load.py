from datetime import UTC, date, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.kit.clocks import day_bounds
from voronka.work.rules.hours import Hours
from voronka.work.rules.load import count_in, hours_of, my_day, quarters
from voronka.work.rules.schedule import USUAL_WEEK, Schedule

ZONES = sorted(zone for zone in available_timezones() if zone not in {"localtime", "Factory"})
MOSCOW = Schedule("Europe/Moscow", USUAL_WEEK)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_my_day_has_my_hours_and_what_lies_outside_them() -> None:
    done = quarters([utc("2026-03-12T06:00"), utc("2026-03-12T06:59:59"), utc("2026-03-12T09:01")])
    planned = quarters([utc("2026-03-12T09:30"), *[utc("2026-03-12T11:15")] * 4, utc("2026-03-12T16:45")])
    hours = my_day(date(2026, 3, 12), MOSCOW, done=done, planned=planned, now=utc("2026-03-12T09:04"))
    assert [hour.hour for hour in hours] == [9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]  # one task is set for 19:45
    assert [hour.done for hour in hours] == [2, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
    assert [hour.planned for hour in hours] == [0, 0, 0, 1, 0, 4, 0, 0, 0, 0, 1]
    assert [hour.hour for hour in hours if hour.is_now] == [12]
    assert [hour.hour for hour in hours if hour.is_full] == [14]


def test_a_day_off_without_tasks_has_no_hours() -> None:
    assert my_day(date(2026, 3, 14), MOSCOW, done={}, planned={}, now=utc("2026-03-14T09:04")) == []


@pytest.mark.parametrize(
    ("zone", "day", "count"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("Europe/Moscow", date(2026, 3, 29), 24),
        ("Australia/Lord_Howe", date(2026, 10, 4), 24),  # one of them lasts half an hour
        ("Pacific/Apia", date(2011, 12, 30), 0),  # the day that was not
    ],
)
def test_a_local_day_has_as_many_hours_as_its_clock_shows(zone: str, day: date, count: int) -> None:
    assert len(hours_of(day, zone)) == count


@given(st.sampled_from(ZONES), st.dates(date(2005, 1, 1), date(2037, 1, 1)), st.lists(st.integers(0, 1800)))
def test_every_task_of_a_day_is_counted_in_exactly_one_hour(zone: str, day: date, minutes: list[int]) -> None:
    start, end = day_bounds(day, zone)
    moments = [start + timedelta(minutes=minute) for minute in minutes]
    load = quarters(moments)
    spans = hours_of(day, zone)
    inside = sum(start <= at < end for at in moments)
    assert sum(count_in(load, span.start, span.end) for span in spans) == inside


def test_hours_over_midnight_are_shown_on_the_day_they_begin() -> None:
    night = Schedule("Europe/Moscow", (Hours(22 * 60, 6 * 60),) * 7)
    hours = my_day(date(2026, 3, 12), night, done={}, planned={}, now=utc("2026-03-12T20:00"))
    assert [hour.hour for hour in hours] == [22, 23]
