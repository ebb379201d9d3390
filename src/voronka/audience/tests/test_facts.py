"""The facts of the reports are the log to the last press, whatever is pressed and taken back."""

from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voronka.accounts.events import CompanyChanged
from voronka.accounts.models import Company
from voronka.accounts.testing import make_company
from voronka.audience import services as audience
from voronka.audience import subscribers
from voronka.audience.models import DealFact, PressDay, StageTime
from voronka.audience.queries.log import events_of_deal
from voronka.audience.testing import take_all_in
from voronka.deals import services
from voronka.deals.models import Deal, Press, Stage
from voronka.deals.services import guide
from voronka.deals.services.pipelines import empty_stage
from voronka.deals.testing import NOON, Shop, make_client, make_deal, make_shop, press
from voronka.kit.errors import Refusal
from voronka.kit.events import publish
from voronka.kit.events.listeners import all_listeners, drain, number_events
from voronka.kit.models import EventRow

pytestmark = pytest.mark.django_db

DEALS = 3
MOSCOW = ZoneInfo("Europe/Moscow")
PRESSES = [
    ("miss", "silent", {}),
    ("miss", "busy", {}),
    ("back", None, {"at": "2026-11-20T12:00:00+03:00"}),
    ("next", None, {}),
    ("think", None, {}),
    ("paid", None, {"sum": "100,50"}),
    ("refuse", "refuse", {"reason": "price"}),
    ("refuse", "wrong", {}),
]
ACTIONS = st.lists(
    st.tuples(
        st.integers(0, DEALS - 1),
        st.one_of(st.just("undo"), st.integers(0, len(PRESSES) - 1)),
        st.integers(1, 40),  # hours until then
        st.booleans(),  # whether the listener reads just then
    ),
    min_size=1,
    max_size=14,
)


@pytest.fixture
def shop() -> Shop:
    return make_shop()


def recount(zone: ZoneInfo) -> Counter[tuple[object, ...]]:
    """Count the log as a person would: every press told of, less every press told to be taken back."""
    taken_back = {
        one["press_id"] for one in EventRow.objects.filter(name="deals.PressUndone").values_list("payload", flat=True)
    }
    presses = EventRow.objects.filter(name="deals.ButtonPressed").order_by("id")
    return Counter(
        (one.at.astimezone(zone).date(), one.employee_id, one.payload["result"])
        for one in presses
        if one.payload["press_id"] not in taken_back
    )


def check_equal() -> None:
    """Hold the facts against the log, and against the deals and presses themselves, which know no facts."""
    days = {(one.on, one.employee_id, one.result): one.presses for one in PressDay.objects.exclude(presses=0)}
    assert days == recount(MOSCOW)
    assert sum(days.values()) == Press.objects.filter(undone_at=None).count()
    for deal in Deal.objects.select_related("loss_reason"):
        fact = DealFact.objects.get(deal_id=deal.pk)
        assert (fact.state, fact.stage_id, fact.responsible_id) == (deal.state, deal.stage_id, deal.responsible_id)
        assert (fact.pipeline_id, fact.source, fact.opened_at) == (deal.pipeline_id, deal.source, deal.made_at)
        assert fact.closed_at == deal.closed_at
        assert fact.reason == (deal.loss_reason.code if deal.loss_reason else "")
        if deal.state == "won":
            assert fact.sum == deal.sum
        standing = Press.objects.filter(deal=deal, undone_at=None).order_by("id")
        first = standing.first()
        assert (fact.answered_at, fact.answered_by) == ((first.at, first.employee_id) if first else (None, None))
        times = StageTime.objects.filter(deal_id=deal.pk)
        if deal.state == "open":
            assert fact.stage_since == deal.stage_since
            assert sum(one.seconds for one in times) == (fact.stage_since - fact.opened_at).total_seconds()
        else:
            assert sum(one.seconds for one in times) == (deal.closed_at - deal.made_at).total_seconds()
            assert {one.closed_at for one in times} == {deal.closed_at}


@given(actions=ACTIONS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_sequence_of_presses_and_undos_is_counted_to_the_last(
    shop: Shop, actions: list[tuple[int, str | int, int, bool]]
) -> None:
    now = NOON
    with shop.as_(shop.cast.owner) as me:
        deals = [make_deal(me, client=make_client(f"Client {n}"), source="form") for n in range(DEALS)]
        standing: list[list[int]] = [[] for _deal in deals]
        for which, action, hours, reads in actions:
            now += timedelta(hours=hours)
            try:
                with transaction.atomic():
                    if action == "undo":
                        if standing[which]:
                            services.undo(actor=me, press_id=standing[which].pop(), now=now)
                    else:
                        button, outcome, answers = PRESSES[int(action)]
                        done = press(me, deals[which], button, outcome, now=now, **answers)
                        standing[which].append(done.press_id)
            except Refusal:
                pass
            if reads:
                take_all_in(me.company_id)
        take_all_in(me.company_id)
        check_equal()
        assert audience.compare_with_log() == []
        kept = sorted(DealFact.objects.values_list("deal_id", "state", "stage_id", "closed_at", "answered_at", "sum"))
        audience.rebuild()
        check_equal()
        again = DealFact.objects.values_list("deal_id", "state", "stage_id", "closed_at", "answered_at", "sum")
        assert sorted(again) == kept


def test_an_event_taken_in_again_changes_no_deal(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as me:
        deal = make_deal(me, client=make_client())
        press(me, deal, "next", now=NOON + timedelta(hours=3))
        take_all_in(me.company_id)
        before = list(DealFact.objects.values()), list(StageTime.objects.values())
        audience.take_in(events_of_deal(deal.pk, upto=10**12)[-1])
        assert (list(DealFact.objects.values()), list(StageTime.objects.values())) == before


def test_the_comparison_sees_every_kind_of_difference(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as me:
        deal = make_deal(me, client=make_client())
        press(me, deal, "next", now=NOON + timedelta(hours=3))
        press(me, deal, "refuse", "refuse", reason="price", now=NOON + timedelta(hours=5))
        take_all_in(me.company_id)
        assert audience.compare_with_log() == []
        for spoil in (
            lambda: DealFact.objects.update(state="won"),
            lambda: DealFact.objects.update(sum=1),
            lambda: DealFact.objects.all().delete(),
            lambda: StageTime.objects.update(seconds=1),
            lambda: StageTime.objects.all().delete(),
            lambda: PressDay.objects.update(presses=7),
            lambda: PressDay.objects.all().delete(),
        ):
            spoil()
            assert len(audience.compare_with_log()) >= 1
            assert audience.rebuild() == 1
            assert audience.compare_with_log() == []


def test_days_are_those_of_the_company_and_follow_its_zone(shop: Shop) -> None:
    late = datetime(2026, 11, 2, 22, 30, tzinfo=ZoneInfo("UTC"))  # the third of November in Moscow
    with shop.as_(shop.cast.owner) as me:
        press(me, make_deal(me, client=make_client()), "miss", "busy", now=late)
        take_all_in(me.company_id)
        assert PressDay.objects.get().on.day == 3
        Company.objects.filter(pk=me.company_id).update(zone="Atlantic/Azores")
        audience.rebuild()
        assert PressDay.objects.get().on.day == 2


def test_stages_emptied_without_a_press_and_deals_that_are_gone(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as me:
        deal, gone = make_deal(me, client=make_client()), make_deal(me, client=make_client("Gone"))
        stages = list(Stage.objects.filter(pipeline=deal.pipeline).order_by("position"))
        empty_stage(stage_id=stages[0].pk, target_id=stages[2].pk, now=NOON + timedelta(days=2))
        gone.delete()
        take_all_in(me.company_id)
        fact = DealFact.objects.get()
        assert (fact.deal_id, fact.stage_id) == (deal.pk, stages[2].pk)
        assert StageTime.objects.get().seconds == 2 * 86_400
        assert audience.compare_with_log() == []


@pytest.mark.parametrize("reads", [True, False])
def test_presses_on_the_example_leave_the_reports_with_it_and_stay_in_the_log(reads: bool) -> None:
    cast = make_company(now=NOON)
    shop = Shop(cast)
    with shop.as_(cast.owner) as me:
        guide.choose_trade(actor=me, code="services", now=NOON)
        guide.take_example(actor=me, now=NOON)
        invented = list(Deal.objects.order_by("id")[:3])
        mine = make_deal(me, client=make_client("Настоящий"), source="form")
        press(me, mine, "miss", "busy")
        press(me, invented[0], "miss", "busy")
        press(me, invented[0], "think", now=NOON + timedelta(hours=30))
        taken_back = press(me, invented[1], "miss", "busy")
        services.undo(actor=me, press_id=taken_back.press_id, now=NOON)
        if reads:
            take_all_in(me.company_id)
            assert sum(PressDay.objects.values_list("presses", flat=True)) == 3
        assert guide.drop_example(actor=me) == 0
        take_all_in(me.company_id)
        assert sum(PressDay.objects.values_list("presses", flat=True)) == 1
        assert DealFact.objects.get().deal_id == mine.pk
        assert audience.compare_with_log() == []
        assert EventRow.objects.filter(name="deals.ButtonPressed").count() == 4
        gone = EventRow.objects.filter(name="deals.ExampleDealRemoved").values_list("subject_id", flat=True)
        assert {one.pk for one in invented} <= set(gone)
        assert mine.pk not in gone
        audience.rebuild()
        assert sum(PressDay.objects.values_list("presses", flat=True)) == 1
        assert audience.compare_with_log() == []


def test_walls_stand_around_the_facts(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as me:
        make_deal(me, client=make_client())
        take_all_in(me.company_id)
        assert DealFact.objects.exists()
    with shop.as_(shop.cast.stranger):
        assert not DealFact.objects.exists()
        assert not PressDay.objects.exists()


def test_a_change_of_the_zone_puts_the_counting_anew_into_the_queue(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    put: list[str] = []
    monkeypatch.setattr(subscribers.jobs, "defer", lambda name, **_more: put.append(name))
    listener = next(one for one in all_listeners() if one.name == "audience.follow_zone")
    with shop.as_(shop.cast.owner) as me:
        publish(CompanyChanged(company_id=me.company_id, fields=["name"]))
        publish(CompanyChanged(company_id=me.company_id, fields=["zone", "name"]))
        number_events()
    drain(listener, shop.cast.company_id)
    assert put == ["audience.rebuild"]
