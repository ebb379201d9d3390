from datetime import UTC, date, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.deals.rules.chips import Chip, ChipKind, chips
from voronka.kit.clocks import wall
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


def shown(chip: Chip) -> str:
    day = {
        ChipKind.IN_MINUTES: f"in {chip.minutes}",
        ChipKind.WEEKDAY: f"{chip.client:%a}",
        ChipKind.DATE: f"{chip.client:%d.%m}",
    }
    return f"{day.get(chip.kind, chip.kind.value)} {chip.client:%H:%M}/{chip.mine:%H:%M}"


@pytest.mark.parametrize(
    ("zone", "now", "offered"),
    [
        (
            "Asia/Krasnoyarsk",
            "2026-03-12T12:04",  # a Thursday
            ["in 5 16:09/12:09", "in 60 17:04/13:04", "today 18:00/14:00", "tomorrow 13:00/09:00", "Mon 13:00/09:00"],
        ),
        (
            "Europe/Moscow",
            "2026-03-12T09:30",
            ["in 5 09:35/09:35", "in 60 10:30/10:30", "today 17:00/17:00", "tomorrow 10:00/10:00", "Mon 09:00/09:00"],
        ),
        # At night for the client, already Friday there: no "tomorrow", which would be another day for each side.
        ("Asia/Kamchatka", "2026-03-12T17:48", ["Fri 18:00/09:00", "Mon 18:00/09:00", "Tue 18:00/09:00"]),
        # On Friday the next day for both is Monday, and then Tuesday.
        (
            "Europe/Moscow",
            "2026-03-13T16:58",
            ["in 5 17:03/17:03", "in 60 17:58/17:58", "Mon 09:00/09:00", "Tue 10:00/10:00"],
        ),
        # Ten minutes before the client's evening: the hour from now is too late.
        ("Asia/Yekaterinburg", "2026-03-12T17:50", ["in 5 19:55/17:55", "tomorrow 11:00/09:00", "Mon 11:00/09:00"]),
        ("Asia/Yekaterinburg", "2026-03-12T17:58", ["tomorrow 11:00/09:00", "Mon 11:00/09:00"]),
        # The caller works late: near times only, by the client's hours.
        (
            "Europe/Moscow",
            "2026-03-12T18:30",
            ["in 5 18:35/18:35", "in 60 19:30/19:30", "tomorrow 10:00/10:00", "Mon 09:00/09:00"],
        ),
        ("Asia/Kolkata", "2026-03-12T17:48", ["tomorrow 12:00/09:30", "Mon 12:00/09:30"]),
    ],
)
def test_what_is_offered_to_a_caller_in_moscow(zone: str, now: str, offered: list[str]) -> None:
    at = datetime.fromisoformat(now + "+03:00")
    found = chips(at, zone, "Europe/Moscow", CallWindow(zone, 540, 1200), MOSCOW)
    assert [shown(chip) for chip in found] == offered


def test_a_holiday_of_mine_is_passed_over() -> None:
    schedule = Schedule("Europe/Moscow", USUAL_WEEK, days_off=frozenset({date(2026, 3, 9)}))
    found = chips(
        datetime(2026, 3, 6, 15, tzinfo=UTC),
        "Europe/Moscow",
        "Europe/Moscow",
        CallWindow("Europe/Moscow", 540, 1080),
        schedule,
    )
    assert [shown(chip) for chip in found] == ["Tue 10:00/10:00", "16.03 09:00/09:00"]


def test_the_load_is_that_of_the_hour() -> None:
    load = quarters(
        [datetime(2026, 3, 12, hour, minute, tzinfo=UTC) for hour, minute in ((10, 30), (11, 0), (11, 15), (11, 59))]
    )
    found = chips(
        datetime(2026, 3, 12, 9, 4, tzinfo=UTC),
        "Asia/Krasnoyarsk",
        "Europe/Moscow",
        CallWindow("Asia/Krasnoyarsk", 540, 1200),
        MOSCOW,
        load,
    )
    assert [chip.load for chip in found] == [0, 1, 3, 0, 0]


def test_without_limits_all_five_are_offered() -> None:
    found = chips(datetime(2026, 3, 12, 9, tzinfo=UTC), "UTC", "UTC", ALWAYS)
    assert [shown(chip).split("/")[0] for chip in found] == [
        "in 5 09:05",
        "in 60 10:00",
        "today 18:00",
        "tomorrow 10:00",
        "Mon 09:00",
    ]


@given(windows, st.sampled_from(ZONES), moments, schedules)
def test_chips_suit_both_sides_and_are_named_rightly(
    window: CallWindow, mine: str, now: datetime, schedule: Schedule | None
) -> None:
    found = chips(now, window.zone, mine, window, schedule)
    assert [chip.at for chip in found] == sorted({chip.at for chip in found})
    assert len(found) <= 5
    for chip in found:
        assert chip.at > now
        assert window.is_open(chip.at)
        assert chip.client == chip.mine == chip.at
        if chip.kind is not ChipKind.IN_MINUTES and schedule is not None:
            assert schedule.is_working(chip.at)
        if chip.kind in {ChipKind.TODAY, ChipKind.TOMORROW}:
            days = timedelta(days=chip.kind is ChipKind.TOMORROW)
            assert not chip.days_differ
            for zone, clock in ((window.zone, chip.client), (mine, chip.mine)):
                assert clock.date() - wall(now, zone).date() == days
