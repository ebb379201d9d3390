from datetime import UTC, date, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from voronka.deals.rules.ladder import (
    ARCHIVE,
    DEFAULT_LADDER,
    BadLadder,
    Ladder,
    Retry,
    ladder_problems,
    next_rung,
    retry_at,
)
from voronka.work.rules.hours import ALWAYS, CallWindow

KRASNOYARSK = CallWindow("Asia/Krasnoyarsk", 540, 1200)
ZONES = sorted(zone for zone in available_timezones() if zone not in {"localtime", "Factory"})
moments = st.datetimes(datetime(2010, 1, 1), datetime(2037, 9, 1)).map(lambda at: at.replace(tzinfo=UTC))
ladders = st.builds(
    lambda delays, end: Ladder((*delays, *end)),
    st.lists(st.integers(1, 86400), min_size=1, max_size=11),
    st.sampled_from([(), (ARCHIVE,)]),
)


@st.composite
def windows(draw: st.DrawFn) -> CallWindow:
    opens, closes = draw(st.integers(0, 1439)), draw(st.integers(0, 1440))
    assume(opens != closes)
    return CallWindow(
        draw(st.sampled_from(ZONES)), opens, closes, frozenset(draw(st.sets(st.integers(0, 6), max_size=6)))
    )


def at_client(text: str) -> datetime:
    """Return the moment when clocks in Krasnoyarsk (UTC+7) show this."""
    return datetime.fromisoformat(text + "+07:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("misses", "now", "at", "moved"),
    [
        (0, "2026-03-12T12:00", "2026-03-12T12:05", False),
        (1, "2026-03-12T12:00", "2026-03-12T12:30", False),
        (2, "2026-03-12T12:00", "2026-03-12T15:00", False),
        (3, "2026-03-12T12:00", "2026-03-13T12:00", False),
        (0, "2026-03-12T19:54:59", "2026-03-12T19:59:59", False),
        (0, "2026-03-12T19:55", "2026-03-13T09:00", True),  # 20:00 sharp is too late
        (0, "2026-03-12T19:58", "2026-03-13T09:00", True),
        (2, "2026-03-12T18:00", "2026-03-13T09:00", True),
        (0, "2026-03-12T03:00", "2026-03-12T09:00", True),  # pressed while it is night there
        (2, "2026-03-12T07:00", "2026-03-12T10:00", False),  # the delay itself leads into the hours
        (3, "2026-03-12T21:00", "2026-03-14T09:00", True),
    ],
)
def test_retries_of_the_shipped_ladder(misses: int, now: str, at: str, moved: bool) -> None:
    retry = retry_at(DEFAULT_LADDER, misses, at_client(now), KRASNOYARSK)
    assert (retry.at, retry.moved, retry.rung) == (at_client(at), moved, misses + 1)


@pytest.mark.parametrize("misses", [4, 5, 99])
def test_the_fifth_miss_archives(misses: int) -> None:
    retry = retry_at(DEFAULT_LADDER, misses, at_client("2026-03-12T12:00"), KRASNOYARSK)
    assert retry == Retry(rung=5, archive=True, at=None, asked_at=None, moved=False)


def test_a_ladder_without_an_archive_repeats_its_last_delay() -> None:
    ladder = Ladder((5, 60))
    now = at_client("2026-03-12T12:00")
    assert [retry_at(ladder, misses, now, ALWAYS).asked_at for misses in (0, 1, 7)] == [
        now + timedelta(minutes=minutes) for minutes in (5, 60, 60)
    ]


def test_days_off_are_passed_over() -> None:
    window = CallWindow("Asia/Krasnoyarsk", 540, 1200, frozenset({5, 6}), frozenset({date(2026, 3, 16)}))
    retry = retry_at(DEFAULT_LADDER, 0, at_client("2026-03-13T19:58"), window)
    assert retry.at == at_client("2026-03-17T09:00")


@given(ladders, st.integers(0, 14), moments, windows())
def test_a_retry_is_in_the_window_and_never_early_or_the_deal_is_archived(
    ladder: Ladder, misses: int, now: datetime, window: CallWindow
) -> None:
    retry = retry_at(ladder, misses, now, window)
    rung = ladder.rungs[retry.rung - 1]
    assert retry.rung == next_rung(ladder, misses)
    if retry.archive:
        assert rung == ARCHIVE
        assert retry.at is None
    else:
        assert retry.at is not None
        assert window.is_open(retry.at)
        assert retry.at - now >= timedelta(minutes=int(rung))
        assert retry.moved is (retry.at - now != timedelta(minutes=int(rung)))
        if retry.moved:
            assert not window.is_open(now + timedelta(minutes=int(rung)))


@pytest.mark.parametrize(
    ("rows", "problems"),
    [
        ([], [("no_rungs", None)]),
        ([5] * 13, [("too_many", None)]),
        ([0], [("too_short", 0)]),
        ([5, -3], [("too_short", 1)]),
        ([86401], [("too_long", 0)]),
        (["archive", 5], [("archive_not_last", 0)]),
        ([5, "archive", "archive"], [("archive_not_last", 1)]),
        ([5, "ten"], [("not_a_number", 1)]),
        ([True], [("not_a_number", 0)]),
        ([5.5, None], [("not_a_number", 0), ("not_a_number", 1)]),
        ([[5]], [("not_a_number", 0)]),
        (["archive"], []),
        ([1, 86400], []),
        ([5, 30, 180, 1440, "archive"], []),
        ([1] * 11 + ["archive"], []),
    ],
)
def test_an_edited_ladder_is_checked(rows: list[object], problems: list[tuple[str, int | None]]) -> None:
    assert [(problem.code, problem.row) for problem in ladder_problems(rows)] == problems
    if problems:
        with pytest.raises(BadLadder) as caught:
            Ladder(tuple(rows))  # type: ignore[arg-type]  # what a person may have typed
        assert caught.value.problems == ladder_problems(rows)
