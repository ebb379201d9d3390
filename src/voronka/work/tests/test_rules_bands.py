from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.work.rules.bands import (
    Band,
    Candidate,
    Priority,
    Reason,
    band_for,
    choose,
    is_oldest_turn,
    priority_for,
    why,
)

NOW = datetime(2026, 3, 12, 9, tzinfo=UTC)


def task(
    number: int, band: Band, minutes_ago: int, priority: Priority = Priority.USUAL, free: bool = True
) -> Candidate:
    return Candidate(number, band, priority, NOW - timedelta(minutes=minutes_ago), free)


candidates = st.lists(
    st.builds(
        task,
        st.integers(1, 10**6),
        st.sampled_from(Band),
        st.integers(-60, 10**5),
        st.sampled_from(Priority),
        st.booleans(),
    ),
    unique_by=lambda one: one.task_id,
    max_size=30,
)


@pytest.mark.parametrize(
    ("tasks", "turn", "chosen"),
    [
        ([], 1, None),
        ([task(1, Band.DUE, 900), task(2, Band.FRESH, 1), task(3, Band.PROMISED, 0)], 1, 3),
        ([task(1, Band.DUE, 900), task(2, Band.FRESH, 1), task(3, Band.PROMISED, -1)], 1, 2),  # promised for later
        ([task(1, Band.FRESH, 5), task(2, Band.FRESH, 50)], 1, 2),  # fresh leads by age
        ([task(1, Band.DUE, 900), task(2, Band.DUE, 5, Priority.VIP)], 1, 2),  # due tasks by priority
        ([task(1, Band.BACKLOG, 900), task(2, Band.DUE, 0)], 9, 2),
        ([task(1, Band.BACKLOG, 900), task(2, Band.DUE, 0)], 10, 1),  # every tenth turn
        ([task(1, Band.BACKLOG, 9, Priority.VIP), task(2, Band.BACKLOG, 900)], 20, 2),  # its oldest, VIP or not
        ([task(1, Band.BACKLOG, 9, Priority.VIP), task(2, Band.BACKLOG, 900)], 21, 1),
        ([task(1, Band.PROMISED, 9, free=False), task(2, Band.DUE, 1)], 1, 2),  # it is night there
        ([task(1, Band.DUE, 0)], 10, 1),  # no backlog: the turn is a usual one
    ],
)
def test_the_one_right_task(tasks: list[Candidate], turn: int, chosen: int | None) -> None:
    found = choose(tasks, turn=turn, now=NOW)
    assert (found.task_id if found else None) == chosen


@given(candidates, st.integers(1, 100))
def test_no_due_task_stands_before_the_chosen_one(tasks: list[Candidate], turn: int) -> None:
    found = choose(tasks, turn=turn, now=NOW)
    due = [one for one in tasks if one.callable_now and one.ready_at <= NOW]
    if found is None:
        assert not due
        return
    backlog = [one for one in due if one.band is Band.BACKLOG]
    if is_oldest_turn(turn) and backlog:
        assert found.ready_at == min(one.ready_at for one in backlog)
    else:
        assert all((found.band, found.priority) <= (one.band, one.priority) for one in due)
        same = [one for one in due if (one.band, one.priority) == (found.band, found.priority)]
        assert found.ready_at == min(one.ready_at for one in same)


@given(st.integers(1, 40), st.integers(1, 40))
def test_nothing_starves_under_an_endless_stream_of_promises(old: int, places: int) -> None:
    """Each turn brings a new promise, yet the backlog is worked off, one in ten turns, the oldest first."""
    waiting = [task(number, Band.BACKLOG, 1000 + number) for number in range(old)]
    given_out: list[int] = []
    for turn in range(1, 10 * old + places):
        stream = task(10**6 + turn, Band.PROMISED, 1, Priority.VIP)
        found = choose([*waiting, stream], turn=turn, now=NOW)
        assert found is not None
        if found in waiting:
            waiting.remove(found)
            given_out.append(found.task_id)
    assert given_out == list(reversed(range(old)))


@pytest.mark.parametrize(
    ("promised", "asked", "dated", "band"),
    [
        (True, True, True, Band.PROMISED),
        (False, True, False, Band.FRESH),
        (False, True, True, Band.FRESH),
        (False, False, True, Band.DUE),
        (False, False, False, Band.BACKLOG),
    ],
)
def test_the_band_of_a_new_task(promised: bool, asked: bool, dated: bool, band: Band) -> None:
    assert band_for(promised=promised, asked=asked, dated=dated) is band


def test_vip_stands_above_high() -> None:
    assert [priority_for(vip=v, high=h) for v, h in ((True, True), (False, True), (False, False))] == list(Priority)


@pytest.mark.parametrize(
    ("one", "turn", "held", "code", "waited"),
    [
        (task(1, Band.PROMISED, 4), 3, False, Reason.PROMISED, 4),
        (task(1, Band.PROMISED, 11), 3, False, Reason.PROMISED_LATE, 11),
        (task(1, Band.FRESH, 10), 3, False, Reason.FRESH, 10),
        (task(1, Band.FRESH, 11), 3, False, Reason.FRESH_LATE, 11),
        (task(1, Band.DUE, 99), 3, False, Reason.DUE, 99),
        (task(1, Band.DUE, 99, Priority.VIP), 3, False, Reason.DUE_VIP, 99),
        (task(1, Band.DUE, 99, Priority.HIGH), 3, False, Reason.DUE_HIGH, 99),
        (task(1, Band.BACKLOG, 99), 3, False, Reason.BACKLOG, 99),
        (task(1, Band.BACKLOG, 99), 10, False, Reason.BACKLOG_TURN, 99),
        (task(1, Band.DUE, 99), 3, True, Reason.HELD, 99),
        (task(1, Band.DUE, -9), 3, False, Reason.AHEAD, 0),
        (task(1, Band.DUE, 99, free=False), 3, True, Reason.QUIET, 99),
    ],
)
def test_why_this_client(one: Candidate, turn: int, held: bool, code: Reason, waited: int) -> None:
    told = why(one, turn=turn, now=NOW, held=held)
    assert (told.code, told.waited_minutes, told.at, told.turn) == (code, waited, one.ready_at, turn)
