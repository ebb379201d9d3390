"""Any sequence of presses and undos, on several deals: undo gives back exactly what was, and the log adds up."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Count, Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voronka.deals import services
from voronka.deals.models import Deal, Press
from voronka.deals.testing import NOON, Shop, make_client, make_deal, make_shop, press
from voronka.kit.errors import Refusal
from voronka.kit.models import EventRow
from voronka.work.models import Task

pytestmark = pytest.mark.django_db

DEALS = 3
COLUMNS = ("stage_id", "stage_since", "misses", "tags", "sum", "responsible_id", "state", "loss_reason_id",
           "closed_at", "open_task_id")  # fmt: skip
PRESSES = [
    ("miss", "silent", {}),
    ("miss", "busy", {}),
    ("back", None, {"at": "2026-11-20T12:00:00+03:00"}),
    ("next", None, {}),
    ("meet", None, {"at": "2026-11-21T15:30:00+03:00"}),
    ("think", None, {}),
    ("paid", None, {"sum": "100,50"}),
    ("refuse", "refuse", {"reason": "price"}),
    ("refuse", "wrong", {}),
]
ACTIONS = st.lists(
    st.tuples(st.integers(0, DEALS - 1), st.one_of(st.just("undo"), st.integers(0, len(PRESSES) - 1))),
    min_size=1,
    max_size=14,
)


@pytest.fixture
def shop() -> Shop:
    return make_shop()


def state(deal: Deal) -> tuple[object, ...]:
    fresh = Deal.objects.get(pk=deal.pk)
    task = Task.objects.filter(pk=fresh.open_task_id).values_list(
        "id", "is_open", "ready_at", "band", "priority", "pool_id", "window_id", "employee_id", "title"
    )
    return (*(getattr(fresh, column) for column in COLUMNS), *task)


def check_invariants(deals: list[Deal]) -> None:
    """What must hold after every action, whatever it was."""
    for deal in Deal.objects.filter(pk__in=[one.pk for one in deals]):
        tasks = Task.objects.filter(subject_kind="deal", subject_id=deal.pk)
        open_tasks = list(tasks.filter(is_open=True).values_list("id", flat=True))
        assert open_tasks == ([deal.open_task_id] if deal.state == "open" else [])


@given(actions=ACTIONS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_sequence_of_presses_and_undos_adds_up(shop: Shop, actions: list[tuple[int, str | int]]) -> None:
    now = NOON
    with shop.as_(shop.cast.owner) as me:
        deals = [make_deal(me, client=make_client(f"Client {number}")) for number in range(DEALS)]
        # Per deal: the presses that stand, each with the state before it.
        standing: list[list[tuple[int, tuple[object, ...]]]] = [[] for _deal in deals]
        pressed = undone = 0
        for which, action in actions:
            now += timedelta(seconds=3)
            deal, stack = deals[which], standing[which]
            before = state(deal)
            if action == "undo":
                if not stack:
                    continue
                press_id, wanted = stack.pop()
                services.undo(actor=me, press_id=press_id, now=now)
                undone += 1
                assert state(deal) == wanted
            else:
                button, outcome, answers = PRESSES[int(action)]
                try:
                    with transaction.atomic():
                        done = press(me, deal, button, outcome, now=now, **answers)
                except Refusal:
                    assert state(deal) == before, "a refused press changed something"
                    continue
                pressed += 1
                stack.append((done.press_id, before))
            check_invariants(deals)
        ids = [deal.pk for deal in deals]
        log = Counter(EventRow.objects.filter(subject_kind="deal", subject_id__in=ids).values_list("name", flat=True))
        assert log["deals.ButtonPressed"] == pressed
        assert log["deals.PressUndone"] == undone
        kept = Press.objects.filter(deal_id__in=ids).aggregate(
            all=Count("id"), undone=Count("id", filter=~Q(undone_at=None))
        )
        assert (kept["all"], kept["undone"]) == (pressed, undone)
