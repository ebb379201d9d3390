"""The story of a press: what the manager does on the line, and how it is taken back."""

import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from voronka.deals import services
from voronka.deals.models import Deal, Press
from voronka.deals.testing import NOON, Shop, make_client, make_deal, make_shop, press
from voronka.kit.errors import Conflict, Denied, NotFound
from voronka.kit.models import EventRow
from voronka.work.models import Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return make_shop()


def state_of(deal: Deal) -> dict[str, object]:
    """Everything that an undo must give back."""
    fresh = Deal.objects.get(pk=deal.pk)
    columns = ("stage_id", "stage_since", "misses", "tags", "sum", "responsible_id", "state", "loss_reason_id",
               "closed_at", "open_task_id")  # fmt: skip
    task = Task.objects.filter(pk=fresh.open_task_id).values().first()
    return {**{column: getattr(fresh, column) for column in columns}, "task": task}


def names(deal: Deal) -> Counter[str]:
    return Counter(EventRow.objects.filter(subject_kind="deal", subject_id=deal.pk).values_list("name", flat=True))


def test_a_miss_sets_the_next_try_by_the_ladder(shop: Shop) -> None:
    with shop.as_(shop.cast.colleague) as me:
        deal = make_deal(me)
        for delay in (5, 30, 180, 1440):
            press(me, deal, "miss", "busy")
            task = Deal.objects.select_related("open_task").get(pk=deal.pk).open_task
            assert task is not None
            wanted = NOON + timedelta(minutes=delay)
            assert task.ready_at == wanted
        press(me, deal, "miss", "silent")
        assert Deal.objects.get(pk=deal.pk).state == "archived"
        assert names(deal)["deals.ButtonPressed"] == 5


def test_a_retry_after_hours_goes_to_the_next_morning_and_the_toast_says_so(shop: Shop) -> None:
    evening = datetime(2026, 11, 2, 12, 58, tzinfo=UTC)  # 19:58 in Krasnoyarsk
    with shop.as_(shop.cast.colleague) as me:
        deal = make_deal(me)
        done = press(me, deal, "miss", now=evening)
        task = Deal.objects.select_related("open_task").get(pk=deal.pk).open_task
        assert task is not None
        assert task.ready_at == datetime(2026, 11, 3, 2, 0, tzinfo=UTC)  # 9:00 there
        assert "calling hours" in done.effects[0].words or "время звонков" in done.effects[0].words.lower()


def test_misses_share_one_counter_and_a_talk_resets_it(shop: Shop) -> None:
    with shop.as_(shop.cast.colleague) as me:
        deal = make_deal(me)
        press(me, deal, "miss", "silent")
        press(me, deal, "miss", "busy")
        assert Deal.objects.get(pk=deal.pk).misses == 2
        press(me, deal, "think")
        assert Deal.objects.get(pk=deal.pk).misses == 0


def test_one_press_is_one_event_and_its_steps_carry_its_cause(shop: Shop) -> None:
    with shop.as_(shop.cast.colleague) as me:
        deal = make_deal(me)
        press(me, deal, "next")
        row = Press.objects.get()
        of_press = EventRow.objects.filter(cause=row.cause).values_list("name", flat=True).order_by("id")
        assert list(of_press) == [
            "deals.ButtonPressed",
            "deals.StageChanged",
            "deals.ResponsibleChanged",
            "deals.NextStepSet",
        ]


def test_a_repeated_request_has_one_effect(shop: Shop) -> None:
    with shop.as_(shop.cast.colleague) as me:
        deal = make_deal(me)
        same = uuid.uuid4()
        first = press(me, deal, "miss", request_id=same)
        second = press(me, deal, "miss", request_id=same)
        assert (second.press_id, second.was_repeated) == (first.press_id, True)
        assert Deal.objects.get(pk=deal.pk).misses == 1
        closing = uuid.uuid4()
        won = press(me, deal, "paid", request_id=closing, sum="1000")
        assert press(me, deal, "paid", request_id=closing, sum="1000").press_id == won.press_id


CASES = [
    ("miss", None, {}),
    ("back", None, {"at": "2026-11-03T10:00:00+03:00"}),
    ("next", None, {}),
    ("meet", None, {"at": "2026-11-05T12:00:00+03:00"}),
    ("think", None, {}),
    ("paid", None, {"sum": "184 000,50"}),
    ("refuse", "refuse", {"reason": "price", "comment": "дорого"}),
    ("refuse", "wrong", {}),
]


@pytest.mark.parametrize(("button", "outcome", "answers"), CASES)
def test_undo_gives_back_everything_also_after_presses_on_other_deals(
    shop: Shop, button: str, outcome: str | None, answers: dict[str, str]
) -> None:
    with shop.as_(shop.cast.colleague) as me:
        deal, other = make_deal(me), make_deal(me, client=make_client("Igor"))
        press(me, deal, "miss", "busy")
        before = state_of(deal)
        done = press(me, deal, button, outcome, **answers)
        assert state_of(deal) != before
        press(me, other, "miss")
        services.undo(actor=me, press_id=done.press_id, now=NOON + timedelta(seconds=9))
        assert state_of(deal) == before
        assert Deal.objects.get(pk=other.pk).misses == 1
        assert services.undo(actor=me, press_id=done.press_id, now=NOON + timedelta(seconds=9)).stays == []
        assert names(deal)["deals.PressUndone"] == 1


def test_after_ten_seconds_only_the_head_takes_back_and_only_the_newest(shop: Shop) -> None:
    later = NOON + timedelta(hours=1)
    with shop.as_(shop.cast.colleague) as me:
        deal = make_deal(me)
        first = press(me, deal, "miss")
        second = press(me, deal, "think", now=NOON + timedelta(minutes=6))
        with pytest.raises(Denied):
            services.undo(actor=me, press_id=second.press_id, now=later)
    with shop.as_(shop.cast.owner) as owner:
        with pytest.raises(Conflict):
            services.undo(actor=owner, press_id=first.press_id, now=later)
        services.undo(actor=owner, press_id=second.press_id, now=later)
        services.undo(actor=owner, press_id=first.press_id, now=later)
        assert Deal.objects.get(pk=deal.pk).misses == 0


def test_a_press_asks_before_it_acts_and_changes_nothing_meanwhile(shop: Shop) -> None:
    with shop.as_(shop.cast.colleague) as me:
        deal = make_deal(me)
        before = state_of(deal)
        for answers, field in (
            ({}, "sum"),
            ({"sum": "две тысячи"}, "sum"),
            ({"sum": "-5"}, "sum"),
            ({"sum": "0"}, "sum"),
        ):
            with pytest.raises(Exception) as refused, transaction.atomic():
                press(me, deal, "paid", **answers)
            assert field in refused.value.fields
        assert state_of(deal) == before
        press(me, deal, "paid", sum="184 000,50")
        assert Deal.objects.get(pk=deal.pk).sum == Decimal("184000.50")


def test_strangers_see_no_deal_and_colleagues_press_only_their_own(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        deal = make_deal(owner, responsible_id=owner.employee_id)
    with shop.as_(shop.cast.stranger) as stranger, pytest.raises(NotFound), transaction.atomic():
        press(stranger, deal, "miss")
    with shop.as_(shop.cast.colleague) as me, pytest.raises(Denied), transaction.atomic():
        press(me, deal, "miss")
    with shop.as_(shop.cast.owner):
        assert Deal.objects.get(pk=deal.pk).misses == 0


ROUND_THE_APPLICATION = [
    "UPDATE deals_deal SET open_task_id = NULL WHERE id = {deal}",
    "UPDATE work_task SET is_open = false, closed_at = now() WHERE id = {task}",
    "UPDATE deals_deal SET task_open = false WHERE id = {deal}",
    "UPDATE deals_deal SET state = 'won', closed_at = now() WHERE id = {deal}",
    "UPDATE deals_deal SET open_task_id = {other} WHERE id = {deal}",
    "DELETE FROM work_task WHERE id = {task}",
]


@pytest.mark.parametrize("sql", ROUND_THE_APPLICATION)
def test_the_database_holds_that_an_open_deal_has_exactly_one_open_step(shop: Shop, sql: str) -> None:
    with shop.as_(shop.cast.owner) as owner:
        deal, other = make_deal(owner), make_deal(owner, client=make_client("Igor"))
        with pytest.raises(IntegrityError), transaction.atomic():
            send(sql.format(deal=deal.pk, task=deal.open_task_id, other=other.open_task_id))


def send(sql: str) -> None:
    """Send a statement as somebody who goes round the application, and check what is due at commit."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_press_takes_at_most_twelve_statements(shop: Shop) -> None:
    with shop.as_(shop.cast.colleague) as me:
        deal = make_deal(me, responsible_id=me.employee_id)
        press(me, deal, "miss")
        with CaptureQueriesContext(
            connection,
        ) as captured:
            press(me, deal, "miss", "busy")
        sent = [q["sql"] for q in captured.captured_queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
        assert len(sent) <= 12, "\n".join(sent)
