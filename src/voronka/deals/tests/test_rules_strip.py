from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.deals.rules.strip import Column, ColumnKind, hour_strip, strip_days, tasks_in
from voronka.work.rules.hours import ALWAYS, CallWindow, Hours
from voronka.work.rules.load import quarters
from voronka.work.rules.schedule import USUAL_WEEK, Schedule

ZONES = sorted(zone for zone in available_timezones() if zone not in {"localtime", "Factory"})
moments = st.datetimes(datetime(2015, 1, 1), datetime(2037, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))
windows = st.builds(
    CallWindow, st.sampled_from(ZONES), st.integers(0, 600), st.integers(601, 1440), st.frozensets(st.integers(0, 5))
)
hours = st.none() | st.builds(Hours, st.integers(0, 700), st.integers(701, 1440))
schedules = st.none() | st.builds(Schedule, st.sampled_from(ZONES), st.tuples(*[hours] * 7))

MOSCOW = Schedule("Europe/Moscow", USUAL_WEEK)
KRASNOYARSK = CallWindow("Asia/Krasnoyarsk", 540, 1200)
NOW = datetime(2026, 3, 12, 9, 4, tzinfo=UTC)


def shown(cell: Column) -> str:
    mark = {ColumnKind.FREE: "", ColumnKind.QUIET: "q", ColumnKind.OFF: "o", ColumnKind.NIGHT: "n"}[cell.kind]
    day = f"{cell.first_of:%d:}" if cell.first_of else ""
    until = f"-{cell.client_end.hour}" if cell.kind is ColumnKind.NIGHT else ""
    return f"{day}{cell.client.hour}{until}{mark}/{cell.mine:%H}"


def test_the_strip_of_the_picture() -> None:
    cells = hour_strip(NOW, "Asia/Krasnoyarsk", "Europe/Moscow", KRASNOYARSK, MOSCOW)
    assert " ".join(map(shown, cells)) == (
        "12:16/12 17/13 18/14 19/15 20q/16 21q/17 22-9n/18 "
        "13:9o/05 10o/06 11o/07 12o/08 13/09 14/10 15/11 16/12 17/13 18/14 19/15 20q/16"
    )


def test_a_strip_that_begins_at_night_begins_with_it() -> None:
    kamchatka = CallWindow("Asia/Kamchatka", 540, 1200)
    cells = hour_strip(
        datetime(2026, 3, 12, 14, 48, tzinfo=UTC), "Asia/Kamchatka", "Europe/Moscow", kamchatka, MOSCOW
    )
    assert [shown(cell) for cell in cells[:3]] == ["2-9n/17", "13:9o/00", "10o/01"]
    assert cells[0].hours == 7


def test_the_folded_day_of_a_client_of_evenings_is_no_night() -> None:
    evenings = CallWindow("Asia/Krasnoyarsk", 17 * 60, 1440)
    folded = {
        window.opens_minute: [cell.is_by_day for cell in hour_strip(NOW, window.zone, "Europe/Moscow", window, MOSCOW)
                       if cell.kind is ColumnKind.NIGHT]
        for window in (evenings, KRASNOYARSK)
    }  # fmt: skip
    assert True in folded[evenings.opens_minute], "from two at night to five in the afternoon"
    nights = folded[KRASNOYARSK.opens_minute]
    assert nights
    assert not any(nights)


def test_a_press_on_the_present_hour_sets_a_moment_ahead() -> None:
    first, second, *_ = hour_strip(NOW, "Asia/Krasnoyarsk", "Europe/Moscow", KRASNOYARSK, MOSCOW)
    assert (first.pick, second.pick) == (NOW.replace(minute=5), NOW.replace(hour=10, minute=0))
    late = datetime(2026, 3, 12, 12, 58, tzinfo=UTC)  # 19:58 there: no five-minute mark is left
    assert shown(hour_strip(late, "Asia/Krasnoyarsk", "Europe/Moscow", KRASNOYARSK, MOSCOW)[0]) == "19-9n/15"


def test_hours_that_open_in_the_middle_are_picked_from_there() -> None:
    window = CallWindow("Europe/Moscow", 570, 1200)
    cells = hour_strip(datetime(2026, 3, 12, 4, tzinfo=UTC), "Europe/Moscow", "Europe/Moscow", window)
    assert (shown(cells[0]), shown(cells[1])) == ("7-9n/07", "12:9/09")
    assert cells[1].pick == datetime(2026, 3, 12, 6, 30, tzinfo=UTC)


def test_a_chosen_day_begins_at_its_start() -> None:
    cells = hour_strip(NOW, "Asia/Krasnoyarsk", "Europe/Moscow", KRASNOYARSK, MOSCOW, day=date(2026, 3, 16))
    assert [shown(cell) for cell in cells[:2]] == ["0-9n/20", "16:9o/05"]
    past = hour_strip(NOW, "Asia/Krasnoyarsk", "Europe/Moscow", KRASNOYARSK, MOSCOW, day=date(2026, 3, 1))
    assert past == hour_strip(NOW, "Asia/Krasnoyarsk", "Europe/Moscow", KRASNOYARSK, MOSCOW)


@pytest.mark.parametrize(
    ("day", "first", "again"),
    [
        (date(2026, 3, 29), [0, 1, 3, 4, 5], 0),  # the hour from 2 is skipped
        (date(2026, 10, 25), [0, 1, 2, 2, 3], 1),  # and comes twice
        (date(2026, 6, 1), [0, 1, 2, 3, 4], 0),
    ],
)
def test_days_on_which_the_clock_is_moved(day: date, first: list[int], again: int) -> None:
    window = CallWindow("Europe/Berlin", 0, 1440)
    cells = hour_strip(NOW, "Europe/Berlin", "Europe/Moscow", window, day=day, columns=30)
    assert [cell.client.hour for cell in cells[:5]] == first
    assert sum(cell.comes_again for cell in cells) == again
    assert sum(cell.client.date() == day for cell in cells) == 24 - (first[2] == 3) + again


def test_load_is_counted_by_the_clients_hours() -> None:
    load = quarters([NOW.replace(hour=9, minute=45), *[NOW.replace(hour=11, minute=30)] * 4, NOW.replace(hour=20)])
    cells = hour_strip(NOW, "Asia/Krasnoyarsk", "Europe/Moscow", KRASNOYARSK, MOSCOW, load)
    assert [cell.load for cell in cells[:7]] == [1, 0, 4, 0, 0, 0, 1]
    assert [shown(cell) for cell in cells if cell.is_full] == ["18/14"]
    # By the clock of Kathmandu the hour from 11:15 UTC is 17:00 to 18:00.
    cells = hour_strip(NOW, "Asia/Kathmandu", "Europe/Moscow", ALWAYS, None, load)
    assert [cell.load for cell in cells[:4]] == [0, 1, 0, 4]


def test_the_days_to_choose_from() -> None:
    load = quarters([NOW + timedelta(days=1)] * 3)
    days = strip_days(NOW, "Asia/Krasnoyarsk", KRASNOYARSK, MOSCOW, load)
    assert [(one.day.day, one.load, one.is_off) for one in days] == [
        (12, 0, False),
        (13, 3, False),
        (14, 0, True),
        (15, 0, True),
        (16, 0, False),
        (17, 0, False),
        (18, 0, False),
    ]
    late = datetime(2026, 3, 12, 15, tzinfo=UTC)  # 22:00 there: today is over
    assert [one.is_off for one in strip_days(late, "Asia/Krasnoyarsk", KRASNOYARSK, MOSCOW)][:2] == [True, False]


@given(windows, st.sampled_from(ZONES), moments, schedules, st.none() | st.integers(-2, 9))
def test_a_strip_has_no_hole_and_offers_only_what_is_allowed(
    window: CallWindow, mine: str, now: datetime, schedule: Schedule | None, ahead: int | None
) -> None:
    day = None if ahead is None else (now + timedelta(days=ahead)).date()
    cells = hour_strip(now, window.zone, mine, window, schedule, day=day)
    plain = [cell for cell in cells if cell.kind is not ColumnKind.NIGHT]
    assert len(plain) == 18
    for before, after in pairwise(cells):
        assert before.end == after.start
    for cell in plain:
        assert timedelta(0) < cell.end - cell.start <= timedelta(hours=1)
        if cell.kind is ColumnKind.QUIET:
            assert cell.pick is None
        else:
            assert cell.pick is not None
            assert cell.start <= cell.pick < cell.end
            assert cell.pick >= now
            assert window.is_open(cell.pick)
            working = schedule.next_working_moment(cell.start) if schedule else cell.start
            assert (cell.kind is ColumnKind.FREE) is (working is not None and working < cell.end)
    labels = [cell.first_of for cell in cells if cell.first_of]
    assert labels == sorted(set(labels))


@given(st.lists(moments, max_size=20), moments)
def test_load_of_neighbouring_stretches_adds_up(tasks: list[datetime], at: datetime) -> None:
    load = quarters(tasks)
    at = at.replace(minute=0, second=0, microsecond=0)
    middle, end = at + timedelta(hours=3), at + timedelta(hours=9)
    assert tasks_in(load, at, middle) + tasks_in(load, middle, end) == tasks_in(load, at, end)
