import contextlib
from datetime import UTC, date, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from voronka.kit.clocks import wall
from voronka.work.rules.hours import ALWAYS, CallWindow, Hours, company_window, snapped

ZONES = sorted(zone for zone in available_timezones() if zone not in {"localtime", "Factory"})
moments = st.datetimes(datetime(2005, 1, 1), datetime(2037, 12, 1)).map(lambda at: at.replace(tzinfo=UTC))


@st.composite
def windows(draw: st.DrawFn) -> CallWindow:
    opens = draw(st.integers(0, 1439))
    closes = draw(st.integers(0, 1440))
    assume(opens != closes)
    weekdays = draw(st.sets(st.integers(0, 6), max_size=6))
    return CallWindow(draw(st.sampled_from(ZONES)), opens, closes, frozenset(weekdays))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


MOSCOW = CallWindow("Europe/Moscow", 540, 1200)
BERLIN_NIGHT = CallWindow("Europe/Berlin", 120, 180)
BERLIN_EARLY = CallWindow("Europe/Berlin", 30, 90)
OVER_MIDNIGHT = CallWindow("Europe/Moscow", 22 * 60, 2 * 60)
WORKDAYS = CallWindow("Europe/Moscow", 540, 1200, frozenset({5, 6}), frozenset({date(2026, 3, 9)}))


@pytest.mark.parametrize(
    ("window", "at", "opens"),
    [
        (MOSCOW, "2026-03-12T12:00", "2026-03-12T12:00"),  # open now
        (MOSCOW, "2026-03-12T16:59:59", "2026-03-12T16:59:59"),
        (MOSCOW, "2026-03-12T17:00", "2026-03-13T06:00"),  # closed at 20:00 sharp
        (MOSCOW, "2026-03-12T05:59:59", "2026-03-12T06:00"),
        (WORKDAYS, "2026-03-06T18:00", "2026-03-10T06:00"),  # a weekend, then a holiday
        (OVER_MIDNIGHT, "2026-03-12T22:30", "2026-03-12T22:30"),  # 01:30 at night
        (OVER_MIDNIGHT, "2026-03-12T23:00", "2026-03-13T19:00"),
        (BERLIN_NIGHT, "2026-03-28T23:00", "2026-03-30T00:00"),  # 02:00-03:00 does not come on the 29th
        (CallWindow("Europe/Berlin", 150, 600), "2026-03-29T00:00", "2026-03-29T01:00"),  # 02:30 is skipped
        (BERLIN_NIGHT, "2026-10-24T23:59", "2026-10-25T00:00"),  # 02:00 comes twice
        (BERLIN_NIGHT, "2026-10-25T01:00", "2026-10-25T01:00"),  # and is still open the second time
        (CallWindow("Europe/Berlin", 120, 150), "2026-10-25T00:30", "2026-10-25T01:00"),  # reopened by the clock
        (ALWAYS, "2026-03-12T03:33", "2026-03-12T03:33"),
    ],
)
def test_next_open(window: CallWindow, at: str, opens: str) -> None:
    assert window.next_open(utc(at)) == utc(opens)


@pytest.mark.parametrize(
    ("window", "at", "closes"),
    [
        (MOSCOW, "2026-03-12T12:00", "2026-03-12T17:00"),
        (MOSCOW, "2026-03-12T17:00", None),
        (OVER_MIDNIGHT, "2026-03-12T20:00", "2026-03-12T23:00"),
        (BERLIN_NIGHT, "2026-10-25T00:00", "2026-10-25T02:00"),  # two hours long on that day
        (CallWindow("Europe/Berlin", 60, 150), "2026-03-29T00:30", "2026-03-29T01:00"),
        (CallWindow("Europe/Moscow", 0, 1440, frozenset({6})), "2026-03-13T12:00", "2026-03-14T21:00"),
        (ALWAYS, "2026-03-12T12:00", None),
    ],
)
def test_closes_at(window: CallWindow, at: str, closes: str | None) -> None:
    assert window.closes_at(utc(at)) == (utc(closes) if closes else None)


@given(windows(), moments)
def test_next_open_is_open_not_earlier_and_stays_when_asked_again(window: CallWindow, at: datetime) -> None:
    opens = window.next_open(at)
    assert opens >= at
    assert window.is_open(opens)
    assert window.next_open(opens) == opens
    assert (opens == at) is window.is_open(at)
    if opens > at:
        assert not window.is_open(opens - timedelta(seconds=1))


@given(windows(), moments, st.timedeltas(timedelta(0), timedelta(days=9)))
def test_next_open_never_runs_backwards(window: CallWindow, at: datetime, later: timedelta) -> None:
    assert window.next_open(at) <= window.next_open(at + later)


@given(windows(), moments, st.floats(0, 0.999))
def test_nothing_between_is_open_before_next_open_and_closed_before_closes_at(
    window: CallWindow, at: datetime, part: float
) -> None:
    opens = window.next_open(at)
    if opens > at:
        assert not window.is_open(at + (opens - at) * part)
    closes = window.closes_at(opens)
    if closes is not None:
        assert not window.is_open(closes)
        assert window.is_open(opens + (closes - opens) * part)


@given(windows(), moments)
def test_open_is_what_the_database_asks(window: CallWindow, at: datetime) -> None:
    """The feed compares the minutes of the local clock; the rule must say the same on ordinary days."""
    clock = wall(at, window.zone)
    assume(clock.weekday() not in window.closed_weekdays and window.opens_minute < window.closes_minute)
    minutes = clock.hour * 60 + clock.minute
    assert window.is_open(at) is (window.opens_minute <= minutes < window.closes_minute)


def test_spans_of_a_day_are_as_long_as_the_clock_makes_them() -> None:
    days = {date(2026, 3, 28): 60, date(2026, 3, 29): 0, date(2026, 10, 25): 120}
    for day, minutes in days.items():
        lengths = [span.end - span.start for span in BERLIN_NIGHT.spans_on(day)]
        assert sum(lengths, timedelta()) == timedelta(minutes=minutes)
    assert [len(OVER_MIDNIGHT.spans_on(date(2026, 3, 12))), len(ALWAYS.spans_on(date(2026, 3, 12)))] == [2, 1]


@pytest.mark.parametrize(
    ("opens", "closes", "narrowed"),
    [
        (540, 1200, (540, 1200)),
        (545, 1199, (570, 1170)),
        (0, 1440, (0, 1440)),
        (1391, 1440, (1410, 1440)),
        (1330, 125, (1350, 120)),
        (1380, 10, (1380, 1440)),
        (1420, 95, (0, 90)),
    ],
)
def test_hours_are_narrowed_to_half_hours(opens: int, closes: int, narrowed: tuple[int, int]) -> None:
    window = snapped(CallWindow("UTC", opens, closes))
    assert (window.opens_minute, window.closes_minute) == narrowed


@given(windows(), moments)
def test_narrowed_hours_never_allow_a_call_that_the_full_ones_do_not(window: CallWindow, at: datetime) -> None:
    if (window.closes_minute - window.opens_minute) % 1440 in range(1, 60):
        with contextlib.suppress(ValueError):
            assert snapped(window).opens_minute % 30 == 0
        return
    narrow = snapped(window)
    assert narrow.opens_minute % 30 == narrow.closes_minute % 30 == 0
    assert window.is_open(at) or not narrow.is_open(at)
    assert snapped(narrow) == narrow


@pytest.mark.parametrize(("opens", "closes"), [(550, 560), (545, 595), (1430, 10)])
def test_hours_without_a_half_hour_are_refused(opens: int, closes: int) -> None:
    with pytest.raises(ValueError, match="too_short"):
        snapped(CallWindow("UTC", opens, closes))


@pytest.mark.parametrize(
    ("zone", "opens", "closes", "weekdays", "code"),
    [
        ("UTC", 600, 600, (), "empty"),
        ("UTC", -1, 600, (), "out_of_day"),
        ("UTC", 0, 1441, (), "out_of_day"),
        ("Nowhere", 0, 600, (), "unknown_zone"),
        ("UTC", 0, 600, range(7), "never_open"),
    ],
)
def test_windows_in_which_nobody_can_call_are_refused(
    zone: str, opens: int, closes: int, weekdays: tuple[int, ...], code: str
) -> None:
    with pytest.raises(ValueError, match=code):
        CallWindow(zone, opens, closes, frozenset(weekdays))


def test_the_clients_own_hours_stand_above_the_companys() -> None:
    assert company_window("Asia/Krasnoyarsk") == CallWindow("Asia/Krasnoyarsk", 540, 1200)
    assert company_window("Asia/Krasnoyarsk", own=Hours(1080, 1290)) == CallWindow("Asia/Krasnoyarsk", 1080, 1290)
    assert company_window("UTC", company=Hours(600, 1080)) == CallWindow("UTC", 600, 1080)
