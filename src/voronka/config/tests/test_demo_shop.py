"""The shop of the demo company: as many goods as asked for, priced over time, guarded, found."""

import random
import time
from datetime import UTC, datetime, timedelta

import pytest

from voronka.accounts.testing import make_company
from voronka.catalogue import queries
from voronka.catalogue.models import Barcode, Category, Cost, HeldPrice, KitLine, Price, Product, Variant
from voronka.catalogue.rules import barcodes
from voronka.config.demo.answers import fill_answers
from voronka.config.demo.orders import fill_orders
from voronka.config.demo.shop import GOODS, stock_shelves
from voronka.config.demo.store import fill_places
from voronka.config.demo.talks import TALKS, fill_talks
from voronka.kit.tenancy import company_context
from voronka.messaging.queries import answers as answer_queries
from voronka.messaging.queries.talk_report import talk_report
from voronka.messaging.queries.talks import list_talks
from voronka.messaging.services.answers import try_question
from voronka.orders import queries as order_queries
from voronka.orders import services as orders
from voronka.orders.models import Order, OrderPart, Return
from voronka.people.testing import make_client
from voronka.stock import services as stock

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 19, 9, 20, tzinfo=UTC)


@pytest.fixture
def shop():
    cast = make_company()
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        chance = random.Random(5)  # the same invented goods each time
        stock_shelves(actor=cast.owner, now=NOW, begin=NOW - timedelta(days=90), chance=chance, most=600)
        yield cast


def test_goods_are_priced_guarded_and_found(shop):
    assert 400 <= Variant.objects.count() <= 700
    assert Category.objects.filter(parent=None).count() >= 6
    assert all(barcodes.read(value).kind == "ean13" for value in Barcode.objects.values_list("value", flat=True))
    now, before = (queries.price_now(list(Variant.objects.values_list("id", flat=True)), at=at) for at in (
        NOW, NOW - timedelta(days=89)
    ))  # fmt: skip
    assert len(now) > Variant.objects.count() * 0.9
    assert sum(now[one] != before.get(one) for one in now) > len(now) * 0.4
    costs = queries.costs_of(list(now), NOW)
    assert all(now[one] > costs[one].amount for one in costs if one in now)
    assert HeldPrice.objects.filter(state="held").exists()
    assert KitLine.objects.count() in (0, 2)
    assert Cost.objects.exists()
    assert queries.find_variants("фасад дуб")
    assert Product.objects.filter(kind="service").count() >= 6
    assert Price.objects.filter(kind__code="wholesale").exists()


@pytest.mark.slow
def test_five_thousand_goods_are_filled_in_seconds():
    cast = make_company()
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        began = time.process_time()
        stock_shelves(actor=cast.owner, now=NOW, begin=NOW - timedelta(days=90), chance=random.Random(5))
        took = time.process_time() - began
        assert Variant.objects.filter(product__kind="goods").count() in range(GOODS - 300, GOODS + 300)
    assert took < 30, f"{took:.1f} s of the processor"


def test_orders_of_ninety_days_stand_on_the_ledger_and_the_newest_at_every_step(shop):
    fill_places(actor=shop.owner, now=NOW, begin=NOW - timedelta(days=90), chance=random.Random(6))
    for number in range(8):
        make_client(shop.owner, f"Покупатель {number}", phone=f"+7391200000{number}")
    fill_orders(actor=shop.owner, now=NOW, chance=random.Random(7), many=60)
    assert orders.compare_orders() == []
    assert stock.compare_with_ledger() == []
    found = Order.objects.values_list("phase", flat=True)
    assert {"new", "work", "shipping", "done", "cancelled"} <= set(found)
    assert found.filter(phase="done").count() > 40
    assert Order.objects.filter(made_at__lt=NOW - timedelta(days=60)).exists()
    assert OrderPart.objects.filter(kind="purchase", state="waiting").exists()
    assert Return.objects.exists()
    told = order_queries.shares(shop.owner, NOW - timedelta(days=90), NOW, now=NOW)
    assert 0 < told.perfect <= told.on_time < told.count


def test_the_knowledge_base_answers_and_has_work_to_do():
    cast = make_company()
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        fill_answers(actor=cast.owner, proposer=cast.colleague, now=NOW)
        assert len(answer_queries.list_articles(cast.owner).rows) == answer_queries.PAGE
        assert try_question(actor=cast.owner, question="скока стоит доставка").article is not None
        waiting, unanswered = answer_queries.waiting_counts(cast.owner)
        assert waiting == 2
        assert unanswered >= 4
        times = [one.times for one in answer_queries.list_unanswered(cast.owner)]
        assert times == sorted(times, reverse=True)


def test_the_chat_has_talks_that_wait_and_talks_that_were_rated():
    cast = make_company()
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        fill_talks(actor=cast.owner, operators=[cast.colleague, cast.owner], now=NOW)
        report = talk_report(since=NOW - timedelta(days=7))
        assert report.whole.talks == len(TALKS)
        assert report.whole.rated == sum(1 for talk in TALKS if talk[-1])
        assert len(report.departments) == 2
        assert len(list_talks(cast.owner, "all", now=NOW).rows) == len(TALKS) - report.whole.rated
