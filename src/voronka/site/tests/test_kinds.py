"""What single kinds of widgets do: true numbers, true hours, prizes decided here."""

import gzip
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from procrastinate.contrib.django.models import ProcrastinateJob

from voronka.accounts.models import Company
from voronka.accounts.testing import make_company
from voronka.audience.models import DealFact
from voronka.catalogue.testing import make_category, make_goods
from voronka.deals.models import AnswerWatch, Deal
from voronka.deals.services import FirstStep, take_next
from voronka.deals.services.shipped import ship
from voronka.deals.testing import make_client, make_deal
from voronka.flows.testing import hear
from voronka.kit.errors import Invalid, Refusal
from voronka.kit.models import EventRow
from voronka.kit.tenancy import company_context
from voronka.loyalty import services as loyalty
from voronka.orders.models import Order
from voronka.orders.services import DeliveryDraft, save_delivery
from voronka.orders.services.shop_page import ShopPageDraft, save_shop_page
from voronka.orders.testing import make_order, make_shop
from voronka.people.events import LeadReceived
from voronka.people.models import Touch
from voronka.site.models import NotShown, Showing, Visitor
from voronka.site.services import answering, kinds, requests
from voronka.site.services.ready import ready_widgets
from voronka.site.services.trying import as_shown
from voronka.site.testing import make_site, make_widget
from voronka.site.tests.test_stage import AGREES, NOW, call
from voronka.work import services as work
from voronka.work.models import Task

MODULES = Path(__file__).resolve().parents[1] / "built" / "modules"


@pytest.fixture
def cast(db):
    made = make_company(name="Ладная кухня", now=NOW)
    with company_context(made.company_id, employee_id=made.owner.employee_id):
        yield made


@pytest.fixture
def site(cast):
    return make_site(cast.owner, NOW)


def shown(site, widget, now=NOW, code=""):
    """Let a new visitor be shown a widget on a page of goods; return his key and what his page gets."""
    key = uuid.uuid4().hex
    about = {"product": {"name": "Стол обеденный", "code": code, "price": 1}} if code else {}
    asked = call(site, key, now, kind="page", page="/t", fired=[widget.public_id], about=about)
    return key, answering.answer_next(asked)["show"]


def act(site, key, show, now=NOW, **answers):
    return answering.answer_told(call(site, key, now, showing=show["id"], what="acted", answers=answers))


def keep_promise(now=NOW):
    """Do what waits for the worker: the call that was asked for last."""
    said = ProcrastinateJob.objects.filter(task_name="site.promise_call").latest("id").args
    kinds.promise_call(said["client_id"], datetime.fromisoformat(said["at"]), said["title"], now=now)


def test_a_call_at_an_hour_of_the_visitors_clock_is_a_promise_and_one_at_once_a_fresh_lead(cast, site):
    ship(actor=cast.owner, now=NOW)
    widget = make_widget(cast.owner, site, NOW, kind="callback", content={"contact": "phone", "consent": AGREES})
    # Friday 12:00 in Moscow, 14:00 in Yekaterinburg: the shop works till 18:00 of its own clock, then on Monday.
    key, show = shown(site, widget)
    content = show["content"]
    assert (content["mine"], content["ours"], content["open"]) == ("14:00", "12:00", True)
    assert [(one["mine"], one["ours"]) for one in content["hours"][:6]] == [
        ("15:00", "13:00"), ("16:00", "14:00"), ("17:00", "15:00"), ("18:00", "16:00"), ("19:00", "17:00"),
        ("11:00", "9:00"),
    ]  # fmt: skip
    at = content["hours"][3]["at"]
    with pytest.raises(Invalid):
        act(site, key, show, contact="+79132004317", consent=True, at="2026-11-28T03:00:00+00:00")
    told = act(site, key, show, contact="+79132004317", name="Иван", consent=True, at=at)
    assert "18:00" in told["when"]
    keep_promise()
    task = Task.objects.get(is_open=True)
    assert (task.band, task.ready_at.isoformat()) == (0, at)
    assert AnswerWatch.objects.get().starts_at == task.ready_at  # nobody is late before the hour that he named
    hear(cast.company_id, "deals.open_for_lead")
    task.refresh_from_db()
    assert (task.is_open, task.band, task.ready_at.isoformat(), Deal.objects.count()) == (True, 0, at, 1)
    # Asked again for another hour, his newest wish holds: he has one deal and one task.
    act(site, *shown(site, widget), contact="+79132004317", consent=True, at=content["hours"][4]["at"])
    keep_promise()
    task.refresh_from_db()
    assert (task.ready_at.isoformat(), Deal.objects.count()) == (content["hours"][4]["at"], 1)
    # At that hour it is night with another one: he has wished so himself, no calling hours hold it back.
    asked = replace(call(site, uuid.uuid4().hex, fired=[widget.public_id], kind="page"), zone="Asia/Vladivostok")
    late = answering.answer_next(asked)["show"]
    hour = late["content"]["hours"][4]
    assert (hour["mine"], hour["ours"]) == ("0:00", "17:00")
    answers = {"contact": "+79132004318", "consent": True, "at": hour["at"]}
    answering.answer_told(replace(asked, about={"showing": late["id"], "what": "acted", "answers": answers}))
    hear(cast.company_id, "deals.open_for_lead")  # the request may be heard of before the hour: its task moves there
    keep_promise()
    task = Task.objects.latest("id")
    assert (task.band, AnswerWatch.objects.latest("id").starts_at >= task.ready_at) == (0, True)
    assert (task.ready_at.isoformat(), task.window.opens_minute, task.window.closes_minute) == (hour["at"], 0, 1440)
    assert EventRow.objects.filter(name=LeadReceived.name()).count() == 3
    # At night nobody is promised a call at once.
    night = NOW + timedelta(hours=12)
    key, show = shown(site, widget, night)
    assert show["content"]["open"] is False
    with pytest.raises(Invalid):
        act(site, key, show, night, contact="+79132004319", consent=True)
    assert Deal.objects.count() == 2


def test_a_request_stays_where_a_promise_has_no_stage_to_wait_in(cast, site):
    widget = make_widget(cast.owner, site, NOW, kind="callback", content={"contact": "phone", "consent": AGREES})
    key, show = shown(site, widget)
    told = act(site, key, show, contact="+79132004317", consent=True, at=show["content"]["hours"][0]["at"])
    keep_promise()
    assert "15:00" in told["when"]
    assert "15:00" in Touch.objects.get().message
    assert not Deal.objects.exists()
    ship(actor=cast.owner, now=NOW)
    hear(cast.company_id, "deals.open_for_lead")
    assert Deal.objects.get().client_id == Touch.objects.get().client_id


def test_a_call_wanted_now_is_at_the_head_of_the_feed_before_all_who_wait_longer(cast, site):
    ship(actor=cast.owner, now=NOW)
    work.set_week(actor=cast.owner, employee_id=None, week=[work.Hours(0, 1439)] * 7, lunch=None)
    Company.objects.filter(pk=cast.company_id).update(call_opens_minute=0, call_closes_minute=1440)
    now = datetime.now(UTC)
    for name, band in (("Пётр", 2), ("Игорь", 3)):
        first = FirstStep("call", "", band, now - timedelta(hours=2))
        make_deal(cast.owner, client=make_client(name), now=now - timedelta(hours=2), first=first)
    widget = make_widget(cast.owner, site, now, kind="callback", content={"contact": "phone", "consent": AGREES})
    key, show = shown(site, widget, now)
    act(site, key, show, now, contact="+79132004317", name="Анна", consent=True)
    hear(cast.company_id, "deals.open_for_lead")
    turn = take_next(actor=cast.colleague, now=datetime.now(UTC))
    assert Deal.objects.get(pk=turn.deal_id).client.name == "Анна"


def test_how_soon_we_usually_call_is_said_where_it_was_measured_only(cast, site):
    ship(actor=cast.owner, now=NOW)
    widget = make_widget(cast.owner, site, NOW, kind="callback", content={"contact": "phone", "consent": AGREES})
    for nr in range(11):
        with translation.override("ru"):
            usual = shown(site, widget)[1]["content"]["usual"]
        assert usual == ("" if nr < 10 else "обычно звоним через 24 секунды")
        deal = make_deal(cast.owner, client=make_client(f"{nr}"), now=NOW)
        DealFact.objects.create(
            deal=deal, pipeline_id=deal.pipeline_id, stage_id=deal.stage_id, source="form", opened_at=NOW,
            stage_since=NOW, state="open", answered_at=NOW, wait_seconds=20 + nr,
        )  # fmt: skip
    DealFact.objects.update(wait_seconds=9_000)
    assert shown(site, widget)[1]["content"]["usual"] == ""


def test_a_quiz_goes_the_way_of_its_answers_and_becomes_a_request(cast, site):
    questions = [
        {"text": "Для кого?", "answers": [{"text": "себе"}, {"text": "в подарок", "leads": 3}]},
        {"text": "Что важнее?", "answers": [{"text": "цена"}, {"text": "качество"}]},
        {"text": "Когда?", "answers": [{"text": "сейчас", "note": "завтра"}, {"text": "потом", "leads": -1}]},
    ]
    content = {"contact": "phone", "consent": AGREES, "questions": questions}
    widget = make_widget(cast.owner, site, NOW, kind="quiz", content=content)
    key, show = shown(site, widget)
    for wrong in ([], [0, 0], [9], ["x"], None):
        with pytest.raises(Invalid):
            act(site, key, show, path=wrong, contact="+79132004317", consent=True)
    act(site, key, show, path=[1, 0], contact="+79132004317", consent=True)
    touch = Touch.objects.get()
    assert touch.message == "Для кого? в подарок\nКогда? сейчас"
    assert touch.extra["Для кого?"] == "в подарок"


def test_a_quiz_counts_the_goods_of_its_answers_and_prices_no_more_than_so_many(cast, site, monkeypatch):
    tables, chairs = make_category("Столы"), make_category("Стулья")
    for nr in range(3):
        make_goods(f"Стол {nr}", category=tables, price=1_000 + nr)
    make_goods("Стул", category=chairs, price=250)
    answers = [{"text": "стол", "category": tables.public_id}, {"text": "стул", "category": chairs.public_id}]
    content = {"questions": [{"text": "Что ищете?", "answers": answers}]}
    widget = make_widget(cast.owner, site, NOW, kind="quiz", content=content)
    told = shown(site, widget)[1]["content"]["fits"]
    assert told[tables.public_id] == {"count": 3, "from": 1_000, "to": 1_002, "currency": "RUB", "of": 4}
    monkeypatch.setattr(kinds, "MOST_PRICED", 2)
    with CaptureQueriesContext(connection) as asked:
        told = kinds.dress_quiz(Showing.objects.get(), call(site, ""))["fits"]
    # Of the tables, more than are priced, nothing is said; a part of them would be a wrong number.
    assert told == {chairs.public_id: {"count": 1, "from": 250, "to": 250, "currency": "RUB", "of": 1}}
    assert sum('FROM "catalogue_price"' in one["sql"] for one in asked) == 1


def test_a_poll_is_counted_once_and_a_prize_is_decided_here(cast, site):
    poll = make_widget(
        cast.owner, site, NOW, kind="poll", content={"answers": ["да", "нет", "не знаю"], "thanks": "Спасибо"}
    )
    for choice, votes in ((0, [1, 0, 0]), (2, [1, 0, 1]), (0, [2, 0, 1])):
        key, show = shown(site, poll)
        assert act(site, key, show, choice=choice)["votes"] == votes
        assert act(site, key, show, choice=1)["votes"] == votes  # once
    with pytest.raises(Invalid):
        act(site, *shown(site, poll), choice=3)
    draft = loyalty.PromoDraft(name="Подарок", is_batch=True, amount=Decimal(10))
    promo = loyalty.save_promo(actor=cast.owner, draft=draft, now=NOW).public_id
    prizes = [{"text": "скидка 10 %", "weight": 3, "promo": promo}, {"text": "открытка"}]
    wheel = make_widget(cast.owner, site, NOW, kind="spinner", content={"prizes": prizes, "minutes": 60})
    fallen = set()
    for _turn in range(12):
        key, show = shown(site, wheel)
        assert show["content"]["prizes"] == [{"text": "скидка 10 %"}, {"text": "открытка"}]  # no odds, no promo
        told = act(site, key, show)
        assert act(site, key, show) == told  # turned again, it is the same gift
        assert bool(told["code"]) == (told["prize"] == 0)
        fallen.add(told["prize"])
    assert 0 in fallen


def test_goods_shops_and_numbers_are_the_companys_own_or_nothing_is_shown(cast, site):
    shop = make_shop(cast.owner, now=NOW - timedelta(days=9))
    code = shop.table.code
    proof = make_widget(cast.owner, site, NOW, kind="proof", content={"days": 30, "least": 2})
    goods = make_widget(cast.owner, site, NOW, kind="goods", content={"by": "bought", "address": "/p/{code}"})
    places = make_widget(cast.owner, site, NOW, kind="places")
    make_order(cast.owner, shop, (shop.table, 1), (shop.chair, 4), now=NOW - timedelta(days=2))
    assert shown(site, proof, code=code)[1] is None  # one order is not two
    make_order(cast.owner, shop, (shop.table, 1), now=NOW - timedelta(days=1))
    make_order(cast.owner, shop, (shop.table, 1), now=NOW - timedelta(days=40))
    assert shown(site, proof, code=code)[1]["content"]["times"] == 2
    [one] = shown(site, goods, code=code)[1]["content"]["goods"]
    assert (one["name"], one["price"], one["link"]) == ("Стул", Decimal("250.00"), f"/p/{shop.chair.code}")
    [kind] = shown(site, places, code=code)[1]["content"]["kinds"]
    assert [(each["name"], each["few"]) for each in kind["places"]] == [(shop.place.name, "")]
    for widget in (proof, goods, places):
        assert shown(site, widget, code="NOTHING")[1] is None
    assert set(NotShown.objects.values_list("reason", flat=True)) == {"empty"}
    assert Showing.objects.count() == 3


@pytest.mark.django_db
def test_every_ready_widget_can_be_shown_and_no_module_is_heavy(cast, site):
    for language in ("ru", "en"):
        for one in ready_widgets(language).values():
            told = as_shown(one.kind, one.content, site.pk, now=datetime.now(UTC))
            assert told["content"], one.code
    # What all share; the preview is of the editor only, the panel of the chat comes when it is opened.
    heavy = {"ui": 7, "preview": 8, "stage": 3, "chatpanel": 20}
    for path in MODULES.glob("*.js"):
        size = len(gzip.compress(path.read_bytes(), 9))
        assert size <= heavy.get(path.stem, 4) * 1024, f"{path.name}: {size}"
    assert set(ready_widgets("ru")) == set(ready_widgets("en"))


def test_an_order_is_placed_in_two_steps_at_the_prices_of_the_order_form(cast, site):
    shop = make_shop(cast.owner, tables=3, now=NOW - timedelta(days=9))
    form = make_widget(cast.owner, site, NOW, kind="order", content={"contact": "phone", "consent": AGREES})
    assert shown(site, form, code=shop.table.code)[1] is None  # the company sells nothing by itself
    save_shop_page(ShopPageDraft(is_on=True), actor=cast.owner)
    courier = save_delivery(
        DeliveryDraft(name="До двери", kind="courier", cost=Decimal(300), free_from=Decimal(2_500)), actor=cast.owner
    )
    assert shown(site, form, code="NOTHING")[1] is None
    key, show = shown(site, form, code=shop.table.code)
    content = show["content"]
    assert (content["price"], content["most"]) == (Decimal("1000.00"), 3)
    [way] = [one for one in content["delivery"] if one["id"] == courier.public_id]
    assert (way["cost"], way["free_from"], way["brings"]) == (300, 2_500, True)
    said = {"count": 2, "delivery": courier.public_id, "contact": "+79132004317", "name": "Анна", "consent": True}
    for lacks in (
        {"count": 4},
        {"count": 0},
        {"count": "2"},
        {"delivery": "none"},
        {"consent": False},
        {"contact": ""},
    ):
        with pytest.raises(Refusal):
            act(site, key, show, **{**said, "address": "Ленина, 1", **lacks})
    with pytest.raises(Invalid):
        act(site, key, show, **said)  # nobody knows where to bring it
    assert not Order.objects.exists()
    told = act(site, key, show, **said, address="Ленина, 1", price=1)
    assert act(site, key, show, **said, address="Ленина, 1") == told
    order = Order.objects.get()
    assert (order.channel, order.total, order.delivery_cost) == ("form", Decimal("2300.00"), Decimal("300.00"))
    assert (told["number"], told["sum"]) == (order.number, "2300.00")
    assert Touch.objects.get().extra["consent"] == AGREES
    visitor = Visitor.objects.get(key=key)
    assert visitor.client_id == order.client_id
    assert requests.made_card(visitor.pk, order.client_id)
    other, again = shown(site, form, code=shop.table.code)
    act(site, other, again, **{**said, "count": 1}, address="Ленина, 1")
    same = Visitor.objects.get(key=other)
    assert same.client_id == order.client_id
    assert not requests.made_card(same.pk, order.client_id)  # he has named a contact that was known by then
