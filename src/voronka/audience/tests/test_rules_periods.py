"""Periods: whole days of the company, and what they are held against."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.audience.rules.periods import PERIODS, BadPeriod, Period, against_of, period_of

TODAY = date(2026, 3, 12)


def span(period: Period) -> str:
    return f"{period.first.isoformat()}..{period.last.isoformat()}"


@pytest.mark.parametrize(
    ("code", "today", "wanted", "before", "year"),
    [
        ("month", TODAY, "2026-03-01..2026-03-12", "2026-02-01..2026-02-12", "2025-03-01..2025-03-12"),
        ("month", date(2026, 3, 31), "2026-03-01..2026-03-31", "2026-02-01..2026-02-28", "2025-03-01..2025-03-31"),
        ("month", date(2026, 1, 31), "2026-01-01..2026-01-31", "2025-12-01..2025-12-31", "2025-01-01..2025-01-31"),
        ("last-month", TODAY, "2026-02-01..2026-02-28", "2026-01-01..2026-01-31", "2025-02-01..2025-02-28"),
        (
            "last-month",
            date(2024, 3, 1),
            "2024-02-01..2024-02-29",
            "2024-01-01..2024-01-31",
            "2023-02-01..2023-02-28",
        ),
        ("week", TODAY, "2026-03-06..2026-03-12", "2026-02-27..2026-03-05", "2025-03-06..2025-03-12"),
        ("quarter", TODAY, "2026-01-01..2026-03-12", "2025-10-01..2025-12-10", "2025-01-01..2025-03-12"),
        ("quarter", date(2026, 12, 31), "2026-10-01..2026-12-31", "2026-07-01..2026-09-30", "2025-10-01..2025-12-31"),
        ("nonsense", TODAY, "2026-03-01..2026-03-12", "2026-02-06..2026-02-28", None),
    ],
)
def test_the_usual_periods(code: str, today: date, wanted: str, before: str, year: str | None) -> None:
    period = period_of(code, today)
    assert span(period) == wanted
    if code in PERIODS:
        assert span(against_of("before", period, code)) == before
        assert span(against_of("year", period, code)) == year


def test_typed_days_are_turned_round_when_reversed() -> None:
    period = period_of("own", TODAY, first="2026-03-10", last="2026-03-01")
    assert span(period) == "2026-03-01..2026-03-10"
    assert span(against_of("before", period, "own")) == "2026-02-19..2026-02-28"
    other = against_of("own", period, "own", first="2024-02-29", last="2024-02-29")
    assert span(other) == "2024-02-29..2024-02-29"
    assert span(against_of("year", other, "own")) == "2023-02-28..2023-02-28"


@pytest.mark.parametrize(
    ("first", "last", "code", "field"),
    [
        ("2026-02-31", "2026-03-01", "no_day", "from"),
        ("2026-03-01", "31.02.2026", "no_day", "to"),
        ("", "2026-03-01", "empty", "from"),
        ("2026-03-01", "", "empty", "to"),
        ("1999-12-31", "2026-03-01", "far", "from"),
        ("2026-03-01", "9999-12-31", "far", "to"),
        ("2020-01-01", "2026-03-01", "long", "from"),
        ("\x00", "2026-03-01", "no_day", "from"),
    ],
)
def test_days_that_cannot_be_are_refused_by_name(first: str, last: str, code: str, field: str) -> None:
    with pytest.raises(BadPeriod) as refused:
        period_of("own", TODAY, first=first, last=last)
    assert (refused.value.code, refused.value.field) == (code, field)
    with pytest.raises(BadPeriod) as refused:
        against_of("own", period_of("week", TODAY), "week", first=first, last=last)
    assert refused.value.field == {"from": "vs_from", "to": "vs_to"}[field]


@given(
    day=st.dates(date(2001, 1, 1), date(2099, 12, 31)),
    code=st.sampled_from(["month", "last-month", "week", "quarter"]),
)
def test_the_period_before_ends_before_and_is_never_longer_but_by_the_month(day: date, code: str) -> None:
    period = period_of(code, day)
    before = against_of("before", period, code)
    assert before.last < period.first <= period.last <= day
    assert before.first <= before.last
    assert before.days <= period.days or code == "last-month"
    assert period.walk()[0] == period.first
    assert len(period.walk()) == period.days


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("Europe/Moscow", date(2026, 3, 29), 24),
        ("Africa/Cairo", date(2026, 4, 24), 23),  # midnight itself is skipped
    ],
)
def test_days_in_which_the_clock_is_moved_meet_without_a_gap(zone: str, day: date, hours: int) -> None:
    start, end = Period(day, day).bounds(zone)
    assert end - start == timedelta(hours=hours)
    assert Period(day - timedelta(days=1), day - timedelta(days=1)).bounds(zone)[1] == start
    assert start.astimezone(ZoneInfo(zone)).date() == day
    assert (end - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).date() == day
    assert isinstance(start, datetime)
