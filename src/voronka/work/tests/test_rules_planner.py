"""The planner's grid, days off, the production calendar."""

from datetime import UTC, date, datetime, timedelta

import pytest

from voronka.work.rules.days import Away, worked_days
from voronka.work.rules.holidays import production_calendar
from voronka.work.rules.hours import Hours
from voronka.work.rules.planner import Planned, freest, overload, plan_grid, week_of
from voronka.work.rules.schedule import USUAL_WEEK, Schedule

MSK = "Europe/Moscow"
NOW = datetime(2026, 3, 12, 9, 4, tzinfo=UTC)  # Thursday, 12:04 in Moscow
WEEK = week_of(date(2026, 3, 12))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC) - timedelta(hours=3)


def working(year: int) -> int:
    """Count the working days of a year by the calendar."""
    known = {one.on: one.works for one in production_calendar(year)}
    days = (date(year, 1, 1) + timedelta(days=number) for number in range(365))
    return sum(known.get(day, day.weekday() < 5) for day in days)


@pytest.mark.parametrize("year", [2026, 2027])
def test_the_production_calendar_has_the_official_number_of_working_days(year: int) -> None:
    assert working(year) == 247


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 1, 9), False),
        (date(2026, 3, 9), False),
        (date(2026, 5, 11), False),
        (date(2026, 11, 4), False),
        (date(2026, 12, 31), False),
        (date(2027, 2, 20), True),
        (date(2027, 2, 22), False),
        (date(2027, 5, 3), False),
        (date(2027, 6, 14), False),
        (date(2027, 11, 5), False),
        (date(2027, 12, 31), False),
    ],
)
def test_moved_days_are_known(day: date, works: bool) -> None:
    assert {one.on: one.works for one in production_calendar(day.year)}[day] is works


def test_a_year_without_a_decree_is_refused() -> None:
    with pytest.raises(ValueError, match="2031"):
        production_calendar(2031)


def test_the_nearer_word_on_a_day_wins() -> None:
    day = date(2026, 5, 5)
    holiday = {day: False}
    assert worked_days(company_days=holiday, own_days={day: True})[day] is True
    vacation = [Away(date(2026, 5, 4), date(2026, 5, 10))]
    assert worked_days(company_days={day: True}, own_away=vacation)[day] is False
    assert worked_days(company_days={day: True}, company_away=vacation)[day] is True
    assert sum(not works for works in worked_days(company_days={}, own_away=vacation).values()) == 7


def test_lunch_is_no_working_time() -> None:
    schedule = Schedule(MSK, USUAL_WEEK, lunch=Hours(13 * 60, 13 * 60 + 30))
    assert not schedule.is_working(at(12, 13, 15))
    assert schedule.is_working(at(12, 13, 30))
    assert schedule.next_working_moment(at(12, 13, 5)) == at(12, 13, 30)
    assert schedule.ends_at(at(12, 13, 5)) == at(12, 18)


def test_a_week_is_cut_into_working_hours() -> None:
    schedule = Schedule(MSK, USUAL_WEEK, lunch=Hours(13 * 60, 14 * 60))
    planned = [Planned(1, at(13, 9, 5), promised=True), Planned(2, at(13, 9, 20), promised=False)]
    days = plan_grid(WEEK, schedule, done=[at(9, 10), at(9, 10, 59), at(12, 9)], planned=planned, now=NOW)
    assert [day.is_off for day in days] == [False] * 5 + [True] * 2
    assert [hour.hour for hour in days[0].hours] == list(range(9, 19))
    friday = days[4].hours[0]
    assert ([one.task_id for one in friday.cards], friday.ticks, friday.planned) == ([1], 1, 2)
    assert days[0].hours[1].done == 2
    assert days[3].is_today
    assert [hour.hour for hour in days[3].hours if hour.is_now] == [12]
    assert [hour.hour for hour in days[3].hours if hour.is_gone] == [9, 10, 11]
    assert [hour.hour for hour in days[3].hours if hour.is_lunch] == [13]
    assert days[0].norm == 32
    assert [one.hour for one in days[3].hours if one.is_off] == [18]


def test_tasks_outside_the_hours_widen_the_grid() -> None:
    planned = [Planned(1, at(14, 7), promised=True), Planned(2, at(12, 21), promised=False)]
    days = plan_grid(WEEK, Schedule(MSK, USUAL_WEEK), done=[], planned=planned, now=NOW, all_cards=True)
    assert [days[0].hours[0].hour, days[0].hours[-1].hour] == [7, 21]
    assert [one.task_id for one in days[3].hours[14].cards] == [2]


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_days_when_the_clock_is_moved_keep_their_tasks(day: date, hours: int) -> None:
    always = Schedule("Europe/Berlin", (Hours(0, 1440),) * 7)
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=2)
    planned = [Planned(n, begin + timedelta(minutes=30 * n), promised=False) for n in range(60)]
    grid = plan_grid([day], always, done=[], planned=planned, now=NOW)[0]
    assert [hour.hour for hour in grid.hours] == list(range(24))
    assert sum(hour.span is not None for hour in grid.hours) == min(hours, 24)
    assert grid.total == hours * 2


def test_the_freest_stretch_is_named() -> None:
    busy = [Planned(n, at(12, hour, 30), promised=False) for n, hour in enumerate(range(12, 18))]
    busy += [Planned(20 + n, at(13, hour), promised=False) for n, hour in enumerate(range(9, 14))]
    days = plan_grid(WEEK, Schedule(MSK, USUAL_WEEK), done=[], planned=busy, now=NOW)
    free = freest(days)
    assert free is not None
    assert (free.day.day, free.from_hour, free.to_hour, free.to_end) == (13, 14, 18, True)
    assert freest(days[:4]) is None


def test_overload_counts_what_is_too_much_ahead() -> None:
    hours = [(9, 9), (10, 3), (13, 6), (14, 5), (15, 4), (16, 8)]
    found = overload(hours, now_hour=12)
    assert found is not None
    assert (found.from_hour, found.to_hour, found.over) == (13, 15, 3)
    assert overload(hours, now_hour=17) is None
