"""The demo company: believable, consistent, and awake at any hour."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.db.models import Count, Q, Sum
from pytest_django.plugin import DjangoDbBlocker

from voronka.accounts.models import Company, SavedView
from voronka.audience import services as audience
from voronka.audience.models import DealFact, PressDay
from voronka.billing.models import Document, Payment
from voronka.config.demo import words
from voronka.config.demo.book import Book
from voronka.config.demo.clients import Crowd, make_crowd
from voronka.config.demo.filling import Filled, fill_company
from voronka.config.demo.friends import BROUGHT
from voronka.config.demo.papers import INVOICES
from voronka.config.demo.storefront import connect_site, hang_widgets
from voronka.config.demo.visits import BUYERS, HERE, KNOWN, STRANGERS, fill_visits
from voronka.config.demo.wants import LOST
from voronka.deals import services
from voronka.deals.models import Deal, DealLine, Press
from voronka.deals.queries.desk import my_pools
from voronka.flows.models import Automation, Run
from voronka.kit.events.listeners import all_listeners, companies_waiting, drain, number_events
from voronka.kit.models import EventRow
from voronka.kit.tenancy import company_context, walls
from voronka.loyalty.models import Referral, ReferralGain, ReferralLink, ReferralPayout
from voronka.loyalty.queries.referrals import balances, get_terms, owed_to
from voronka.messaging.models import Campaign, Message, Talk
from voronka.messaging.queries.campaigns import results_of
from voronka.people.models import Client, ContactPoint, InboxLead, LikelyPair
from voronka.people.rules.zones import zone_of_phone
from voronka.site.models import SeenGoods, Showing, Visit, Visitor
from voronka.stock import services as stock
from voronka.stock.models import Balance, Buffer, LostSale, Place
from voronka.stock.models import Document as StockPaper
from voronka.stock.queries.replenishing import propose
from voronka.trials.models import Tally
from voronka.work import services as work
from voronka.work.models import DayOff, Lease, Leave, Task

pytestmark = pytest.mark.django_db

SMALL = 300
NOON = datetime(2026, 11, 19, 9, 20, tzinfo=UTC)  # a Thursday


@pytest.fixture(scope="module")
def once(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Filled]:
    """Fill a company once for all tests that look at it; each takes back what it changes, and the last all of it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield fill_company(now=NOON, clients=SMALL)
        transaction.set_rollback(True)


@pytest.fixture
def filled(once: Filled, db: None) -> Filled:
    return once


def test_the_log_says_what_the_tables_hold(filled: Filled) -> None:
    with company_context(filled.company_id):
        counts = dict(EventRow.objects.values_list("name").annotate(n=Count("id")))
        assert counts["deals.ButtonPressed"] == Press.objects.count() > 300
        assert counts["deals.PressUndone"] == Press.objects.exclude(undone_at=None).count()
        assert counts["deals.DealOpened"] == Deal.objects.count()
        assert counts["people.ClientCreated"] == Client.objects.count()
        went = Message.objects.exclude(state="refused").count()
        assert counts["messaging.MessagePlanned"] == went > 0
        assert counts["messaging.MessageAccepted"] == counts["messaging.MessageHanded"] == went
        closed = Deal.objects.exclude(state="open").count()
        undone_closings = Press.objects.filter(made_task_id=None).exclude(undone_at=None).count()
        assert counts["deals.DealClosed"] == closed + undone_closings
        won = Deal.objects.filter(state="won").aggregate(sum=Sum("sum"))["sum"]
        told = EventRow.objects.filter(name="deals.DealClosed", payload__state="won").values_list(
            "payload__sum", flat=True
        )
        assert sum(float(one) for one in told) == float(won)


def test_the_reports_are_equal_to_the_log_from_the_first_day(filled: Filled) -> None:
    with company_context(filled.company_id):
        assert audience.compare_with_log() == []
        assert DealFact.objects.count() == Deal.objects.count()
        pressed = PressDay.objects.aggregate(n=Sum("presses"))["n"]
        assert pressed == Press.objects.filter(undone_at=None).count() < Press.objects.count()
        answered = DealFact.objects.filter(source="form", answered_at__isnull=False)
        assert answered.count() > 50
        won = DealFact.objects.filter(state="won")
        assert won.aggregate(sum=Sum("sum")) == Deal.objects.filter(state="won").aggregate(sum=Sum("sum"))


def test_deals_and_steps_fit_together(filled: Filled) -> None:
    with company_context(filled.company_id):
        open_deals = Deal.objects.filter(state="open").select_related("open_task", "client")
        assert open_deals.count() > 30
        for deal in open_deals:
            assert deal.open_task is not None
            assert deal.open_task.is_open
            assert (deal.open_task.subject_id, deal.open_task.client_id) == (deal.pk, deal.client_id)
            assert deal.made_at <= deal.stage_since <= NOON
        assert Task.objects.filter(is_open=True, subject_kind="deal").count() == open_deals.count()
        assert not Task.objects.filter(Q(closed_at__gt=NOON) | Q(made_at__gt=NOON)).exists()
        assert not EventRow.objects.filter(at__gt=NOON, name__startswith="deals.").exists()
        assert {row.band for row in Task.objects.filter(is_open=True)} == {0, 1, 2, 3}
        fresh = Task.objects.filter(is_open=True, band=1, ready_at__gt=NOON - timedelta(minutes=20))
        assert fresh.count() >= 3
    assert walls.exceptions(connection) == []


def test_around_the_calls_there_is_a_whole_company(filled: Filled) -> None:
    with company_context(filled.company_id):
        tasks = Task.objects.filter(subject_kind="task")
        assert (tasks.count(), tasks.filter(is_open=True, due_at__lt=NOON).count()) == (len(words.TASKS), 1)
        assert tasks.filter(is_open=False, outcome="done").count() == 1
        assert InboxLead.objects.filter(state="waiting").count() == len(words.REQUESTS)
        assert LikelyPair.objects.count() >= 3
        assert SavedView.objects.filter(is_shared=True).count() == len(words.LISTS)
        assert Leave.objects.filter(starts_on__gt=NOON.date()).count() == 1
        assert DayOff.objects.filter(on__year=NOON.year).exists()
        assert {"telegram", "email"} <= set(Talk.objects.values_list("channel", flat=True))


def test_a_press_of_the_past_can_be_taken_back(filled: Filled) -> None:
    owner = filled.actors["owner"]
    with company_context(owner.company_id, employee_id=owner.employee_id):
        deal = Deal.objects.filter(state="open", presses__isnull=False).order_by("-id").first()
        assert deal is not None
        last = Press.objects.filter(deal=deal, undone_at=None).order_by("-id").first()
        assert last is not None
        services.undo(actor=owner, press_id=last.pk, now=NOON, agreed=True)
        assert Deal.objects.get(pk=deal.pk).open_task_id == last.before["task_id"]


def test_clients_live_by_the_clocks_of_their_numbers(filled: Filled) -> None:
    with company_context(filled.company_id):
        zones = set(Client.objects.values_list("zone", flat=True))
        assert len(zones) >= 6
        assert {"Europe/Kaliningrad", "Asia/Kamchatka"} <= zones
        phones = ContactPoint.objects.filter(kind="phone").values_list("value", "client__zone")
        assert all(value[-4:-2] == "00" for value, _zone in phones)
        offset = {zone: NOON.astimezone(ZoneInfo(zone)).utcoffset() for zone in zones}
        wrong = [value for value, zone in phones if offset.get(zone_of_phone(value).zone) != offset[zone]]
        assert not wrong
        assert not ContactPoint.objects.filter(kind="email").exclude(value__endswith="@example.ru").exists()
        assert Client.objects.filter(is_vip=True).exists()
        assert Client.objects.filter(kind="organisation").exclude(inn="").exists()


def test_the_past_wakes_no_listener(filled: Filled) -> None:
    number_events()
    with company_context(filled.company_id):
        past = EventRow.objects.filter(name__startswith="people.").aggregate(n=Count("id", filter=Q(seq=None)))
        assert past["n"] == 0
    deaf = {"deals.open_for_lead", "deals.follow_client"}
    with company_context(filled.company_id):
        before = Deal.objects.count()
    for listener in all_listeners():
        if listener.name in deaf and filled.company_id in companies_waiting(listener):
            drain(listener, filled.company_id)
    with company_context(filled.company_id):
        assert Deal.objects.count() == before
        assert not Lease.objects.exists()


def test_the_same_seed_makes_the_same_people() -> None:
    def names() -> list[str]:
        crowd = Crowd(Book(1), Company(id=1, currency="RUB"), random.Random(7), NOON)
        make_crowd(crowd, 40, NOON - timedelta(days=90))
        return [f"{one.name}, {one.city}, {one.inn}" for one in crowd.book.clients]

    assert names() == names()


def test_managers_work_through_common_pools_and_their_own(filled: Filled) -> None:
    actor = filled.actors["maxim"]
    with company_context(actor.company_id, employee_id=actor.employee_id):
        assert len(my_pools(actor)) == 4
        assert work.may_work(actor)
        assert Company.objects.get().name == words.COMPANY


def test_invoices_are_issued_mostly_paid_and_somebody_owes(filled: Filled) -> None:
    with company_context(filled.company_id):
        papers = list(Document.objects.order_by("count"))
        assert [one.count for one in papers] == list(range(1, len(papers) + 1))
        assert 5 < len(papers) <= INVOICES
        assert {one.state for one in papers} == {"issued"}
        assert {one.client_id for one in papers} <= set(
            Deal.objects.filter(state="won").values_list("client", flat=True)
        )
        paid = sum(one.paid for one in papers)
        assert 0 < paid < sum(one.amount for one in papers)
        assert Payment.objects.aggregate(sum=Sum("amount"))["sum"] == paid


def test_goods_lie_in_three_places_and_papers_of_the_store_go_on(filled: Filled) -> None:
    with company_context(filled.company_id):
        selling = Place.objects.filter(is_selling=True).order_by("priority")
        lying = [Balance.objects.filter(place=one, on_hand__gt=0).count() for one in selling]
        states = set(StockPaper.objects.values_list("kind", "state"))
        assert stock.compare_with_ledger() == []
    assert len(lying) == 3
    assert lying[0] > lying[1] > lying[2] > 0
    assert states == {("purchase", "sent"), ("receipt", "open"), ("transfer", "sent"), ("count", "open")}


def test_deals_have_goods_and_replenishment_has_something_to_say(filled: Filled) -> None:
    with company_context(filled.company_id):
        sold = Deal.objects.filter(state="open", goods_count__gt=0)
        assert sold.count() >= 10
        lines = dict(DealLine.objects.values_list("deal_id").annotate(n=Sum("total")))
        assert {one.pk: one.sum for one in sold} == lines
        assert LostSale.objects.count() == LOST
        assert not LostSale.objects.filter(at__gt=NOON).exists()
        zones = dict(Buffer.objects.values_list("zone").annotate(n=Count("id")))
        assert sum(zones.values()) > 20
        assert {"red", "green"} <= set(zones), zones
        assert propose(now=NOON).groups, "something is to be ordered"


def test_one_campaign_has_gone_and_another_is_a_draft(filled: Filled) -> None:
    with company_context(filled.company_id):
        gone, draft = Campaign.objects.order_by("id")
        assert (gone.state, draft.state) == ("done", "draft")
        whole, *variants = results_of(gone)
        assert len(variants) == 2
        assert whole.accepted > 10
        assert whole.planned == sum(whole.states[one] for one in ("accepted", "failed", "refused"))
        letters = Message.objects.filter(cause_kind="campaign", cause_id=gone.pk).values("client_id")
        newer = Client.objects.filter(pk__in=letters, made_at__gt=gone.started_at)
        assert not newer.exists(), "nobody was written to before he came"
        # Its two texts are a test, and whoever opens it sees whom they went to and what came of it.
        [test] = Tally.objects.values("trial").annotate(shown=Sum("shown"), money=Sum("money"))
        assert test["shown"] == whole.accepted
        assert test["money"] > 0


def test_automations_are_there_and_some_orders_are_on_their_way(filled: Filled) -> None:
    with company_context(filled.company_id):
        assert Automation.objects.exclude(subject="talk").count() == 4
        assert Automation.objects.exclude(subject="talk").filter(is_on=True).count() == 2
        assert Automation.objects.filter(subject="talk", is_on=True).count() == 3  # the scenarios of its chat
        assert set(Run.objects.values_list("state", "automation__ready")) == {("running", "after_sale")}


def test_clients_bring_friends_one_is_held_and_one_client_was_paid(filled: Filled) -> None:
    with company_context(filled.company_id):
        rows = list(Referral.objects.order_by("id"))
        assert get_terms().is_on
        assert (len(rows), ReferralLink.objects.count()) == (sum(BROUGHT), len(BROUGHT))
        [held] = [one for one in rows if one.state == "held"]
        assert held.reasons == ["phone"]
        assert all(one.gift_code_id for one in rows if one.state == "active")
        gains = dict(ReferralGain.objects.values_list("referral_id").annotate(n=Sum("amount")))
        assert set(gains) == {one.pk for one in rows}
        assert all(amount > 0 for amount in gains.values())
        paid = ReferralPayout.objects.get()
        assert (balances([paid.referrer_id or 0])[paid.referrer_id or 0].owed, paid.code is not None) == (0, True)
        owed, _after = owed_to()
        assert len(owed) == 2
        assert not EventRow.objects.filter(name__startswith="loyalty.", at__gt=NOON).exists()


def test_the_shop_on_the_web_has_had_a_month_of_visitors(filled: Filled) -> None:
    owner = filled.actors["owner"]
    with company_context(filled.company_id, employee_id=owner.employee_id):
        site = connect_site(actor=owner, origins=["http://localhost:8003"], now=NOON)
        hang_widgets(actor=owner, site=site, now=NOON)
        fill_visits(site=site, now=NOON)
        assert STRANGERS + KNOWN < Visit.objects.count() <= STRANGERS + KNOWN + BUYERS
        assert Visit.objects.filter(last_at__gt=NOON).count() == 0
        assert Visit.objects.filter(last_at__gt=NOON - timedelta(minutes=5)).count() >= HERE - 1
        assert Visitor.objects.filter(client__isnull=False, is_proven=True).count() > KNOWN
        assert Visit.objects.filter(bought_at__isnull=False).count() > 3
        assert Visit.objects.filter(basket_left_at__isnull=False).exists()
        assert SeenGoods.objects.count() > 20
        states = dict(Showing.objects.values_list("state").annotate(n=Count("id")))
        assert states["closed"] > states["acted"] > 3
        fill_visits(site=site, now=NOON)  # once
        assert Visit.objects.count() <= STRANGERS + KNOWN + BUYERS
