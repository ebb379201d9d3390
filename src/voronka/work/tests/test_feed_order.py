"""The database gives tasks in the very order of the plain rule, over windows, bands, priorities and turns."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from voronka.accounts.testing import make_company
from voronka.kit.subjects import Subject
from voronka.kit.tenancy import company_context
from voronka.work import services
from voronka.work.rules.bands import Band, Candidate, Priority, choose
from voronka.work.rules.hours import CallWindow

NOW = datetime(2026, 3, 12, 9, 4, tzinfo=UTC)
# At that moment it is noon in Moscow, 21:04 in Kamchatka and 5:04 in New York.
WINDOWS = [
    CallWindow("Europe/Moscow", 540, 1200),
    CallWindow("Asia/Krasnoyarsk", 540, 1200),
    CallWindow("Asia/Kamchatka", 540, 1200),
    CallWindow("America/New_York", 540, 1200),
    CallWindow("Asia/Kolkata", 870, 900),
]


def open_tasks(draw: random.Random, pools: list[int], count: int) -> list[Candidate]:
    """Open tasks of all sorts, each about a client of its own; return them as the plain rule sees them."""
    found = []
    for number in range(count):
        window = draw.choice(WINDOWS)
        band, priority = draw.choice([*Band, Band.BACKLOG, Band.BACKLOG]), draw.choice(list(Priority))
        ready_at = NOW - timedelta(minutes=draw.randint(-30, 300))
        task_id = services.open_task(
            services.NewTask(
                kind="call",
                title="",
                subject=Subject("client", number + 1),
                client_id=number + 1,
                pool_id=draw.choice(pools),
                employee_id=None,
                window_id=services.window_for(window.zone, window.opens_minute, window.closes_minute),
                band=band,
                priority=priority,
                ready_at=ready_at,
            ),
            now=NOW,
        )
        found.append(Candidate(task_id, band, priority, ready_at, window.is_open(NOW)))
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(5))
def test_tasks_are_given_in_the_order_of_the_rule(seed: int) -> None:
    cast = make_company()
    draw = random.Random(seed)
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        pools = [services.pool_for("employee:1"), services.pool_for("pipeline:1")]
        waiting = {task.task_id: task for task in open_tasks(draw, pools, 60)}
        for turn in range(1, 62):
            expected = choose(waiting.values(), turn=turn, now=NOW)
            ahead = services.look_ahead(actor=cast.owner, pool_ids=pools, besides=None, now=NOW)
            taken = services.take_next(actor=cast.owner, pool_ids=pools, now=NOW)
            if expected is None:
                assert taken is None
                assert ahead is None
                break
            assert taken is not None
            assert (taken.task_id, taken.turn) == (expected.task_id, turn)
            assert ahead == taken, "looking ahead chose otherwise than the feed"
            after = services.look_ahead(actor=cast.owner, pool_ids=pools, besides=taken.task_id, now=NOW)
            assert after is None or after.task_id != taken.task_id, "the client in hand was shown as the next one"
            services.close_task(taken.task_id, now=NOW)
            del waiting[taken.task_id]
        assert all(not task.callable_now or task.ready_at > NOW for task in waiting.values())
