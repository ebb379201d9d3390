from datetime import UTC, date, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.kit.clocks import day_bounds, first_change, is_zone, place, wall, zone_info

ZONES = sorted(zone for zone in available_timezones() if zone not in {"localtime", "Factory"})
any_day = st.dates(date(1985, 1, 1), date(2037, 12, 1))


@pytest.mark.parametrize(
    ("zone", "day", "minute", "utc", "moved"),
    [
        ("Europe/Moscow", date(2026, 3, 12), 600, "2026-03-12T07:00", False),
        ("Europe/Berlin", date(2026, 3, 29), 150, "2026-03-29T01:00", True),  # 02:30 is skipped: 03:00
        ("Europe/Berlin", date(2026, 10, 25), 150, "2026-10-25T00:30", False),  # 02:30 comes twice: the first
        ("Asia/Kolkata", date(2026, 1, 1), 0, "2025-12-31T18:30", False),
        ("Australia/Lord_Howe", date(2026, 10, 4), 135, "2026-10-03T15:30", True),  # half an hour is skipped
        ("America/Sao_Paulo", date(2018, 11, 4), 0, "2018-11-04T03:00", True),  # midnight is skipped
        ("Pacific/Apia", date(2011, 12, 30), 720, "2011-12-30T10:00", True),  # the whole day is skipped
        ("Europe/Moscow", date(2026, 3, 12), 1440, "2026-03-12T21:00", False),
    ],
)
def test_a_wall_time_is_placed(zone: str, day: date, minute: int, utc: str, moved: bool) -> None:
    placed = place(day, minute, zone)
    assert placed.at == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert placed.moved is moved


@given(st.sampled_from(ZONES), any_day, st.integers(0, 1439))
def test_a_placed_time_shows_on_the_clock_or_is_the_first_after_the_gap(zone: str, day: date, minute: int) -> None:
    placed = place(day, minute, zone)
    clock = wall(placed.at, zone).replace(tzinfo=None)
    asked = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
    if not placed.moved:
        assert clock == asked
    else:
        assert clock > asked
        assert wall(placed.at - timedelta(seconds=1), zone).replace(tzinfo=None) < asked


@given(st.sampled_from(ZONES), any_day)
def test_days_follow_each_other_without_a_hole(zone: str, day: date) -> None:
    start, end = day_bounds(day, zone)
    assert day_bounds(day + timedelta(days=1), zone)[0] == end
    assert start <= end


def test_changes_of_the_clock_are_found_to_the_second() -> None:
    start = datetime(2026, 3, 1, 0, 0, 7, tzinfo=UTC)
    assert first_change("Europe/Berlin", start, datetime(2026, 4, 1, tzinfo=UTC)) == datetime(
        2026, 3, 29, 1, tzinfo=UTC
    )
    assert first_change("Europe/Moscow", start, datetime(2026, 12, 1, tzinfo=UTC)) is None


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../etc/passwd", "/etc/passwd", "Europe", "A\x00", "я" * 400])
def test_what_is_no_zone_is_refused(name: str) -> None:
    assert not is_zone(name)
    with pytest.raises(ValueError, match="no such zone"):
        zone_info(name)
