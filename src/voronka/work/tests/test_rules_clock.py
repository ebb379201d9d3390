from datetime import UTC, date, datetime
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.work.rules.clock import ClockFace, Sky, Stretch, clock_face, day_scale, difference, sky
from voronka.work.rules.hours import ALWAYS, CallWindow
from voronka.work.rules.schedule import USUAL_WEEK, Schedule

ZONES = sorted(zone for zone in available_timezones() if zone not in {"localtime", "Factory"})
KAMCHATKA = CallWindow("Asia/Kamchatka", 540, 1200)
MOSCOW = Schedule("Europe/Moscow", USUAL_WEEK)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_clock_face_shows_the_local_day() -> None:
    face = clock_face(utc("2026-03-12T14:48:59"), "Asia/Kamchatka")
    assert face == ClockFace("Asia/Kamchatka", 2, 48, date(2026, 3, 13), 4, 720)


@pytest.mark.parametrize(
    ("zone", "mine", "at", "figure"),
    [
        ("Asia/Krasnoyarsk", "Europe/Moscow", "2026-03-12T00:00", "+4"),
        ("Europe/Kaliningrad", "Europe/Moscow", "2026-03-12T00:00", "\u22121"),
        ("Asia/Kolkata", "UTC", "2026-03-12T00:00", "+5:30"),
        ("America/St_Johns", "UTC", "2026-01-12T00:00", "\u22123:30"),
        ("Asia/Kathmandu", "Asia/Kolkata", "2026-03-12T00:00", "+0:15"),
        ("Europe/Moscow", "Europe/Minsk", "2026-03-12T00:00", "0"),
        ("Europe/Berlin", "Europe/Moscow", "2026-03-29T00:59", "\u22122"),  # a second later summer begins there
        ("Europe/Berlin", "Europe/Moscow", "2026-03-29T01:00", "\u22121"),
        ("Pacific/Kiritimati", "Pacific/Pago_Pago", "2026-03-12T00:00", "+25"),
    ],
)
def test_the_difference_of_two_clocks(zone: str, mine: str, at: str, figure: str) -> None:
    assert difference(zone, mine, utc(at)).figure == figure


@given(st.sampled_from(ZONES), st.sampled_from(ZONES), st.datetimes(datetime(1980, 1, 1), datetime(2037, 1, 1)))
def test_the_difference_is_the_same_from_both_sides(zone: str, mine: str, at: datetime) -> None:
    there, back = (difference(*pair, at.replace(tzinfo=UTC)) for pair in ((zone, mine), (mine, zone)))
    assert there.total_minutes == -back.total_minutes
    assert abs(there.total_minutes) == there.hours * 60 + there.minutes <= 26 * 60


@pytest.mark.parametrize(
    ("window", "at", "expected"),
    [
        (KAMCHATKA, "2026-03-12T20:59:59", Sky.NIGHT),
        (KAMCHATKA, "2026-03-12T21:00", Sky.DAY),
        (KAMCHATKA, "2026-03-13T06:59", Sky.DAY),
        (KAMCHATKA, "2026-03-13T07:00", Sky.DUSK),
        (KAMCHATKA, "2026-03-13T07:59", Sky.DUSK),
        (KAMCHATKA, "2026-03-13T08:00", Sky.NIGHT),
        (ALWAYS, "2026-03-13T23:59", Sky.DAY),
    ],
)
def test_the_sky_follows_the_calling_hours(window: CallWindow, at: str, expected: Sky) -> None:
    assert sky(window, utc(at)) is expected


def test_the_scale_of_a_far_client_has_his_hours_mine_and_both() -> None:
    scale = day_scale(KAMCHATKA, MOSCOW, utc("2026-03-12T14:48"))
    assert scale.now_minute == 2 * 60 + 48
    assert scale.call == [Stretch(540, 1200)]
    assert scale.work == [Stretch(0, 180), Stretch(1080, 1440)]  # my Thursday evening, my Friday morning
    assert scale.both == [Stretch(1080, 1200)]
    assert day_scale(KAMCHATKA, None, utc("2026-03-12T14:48")).work == []
