"""Leads that come at the same moment are shared exactly; without the lock of the rules two go to one person."""

import threading
from collections import Counter
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from voronka.accounts.testing import add_person
from voronka.deals.models import AnswerWatch, Deal, Pipeline, ShareRule, ShareSeat
from voronka.deals.services import escalating
from voronka.deals.services.opening import open_deal
from voronka.deals.services.sharing import Sharer
from voronka.deals.testing import NOON, make_client, make_shop
from voronka.kit.actors import Actor
from voronka.kit.models import EventRow
from voronka.kit.tenancy import company_context

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 6


def all_at_once(acts):
    """Run all acts at the same moment, each on a connection of its own; raise what one of them raised."""
    gate, failed = threading.Barrier(len(acts)), []

    def run(act):
        try:
            gate.wait()
            act()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    if failed:
        raise failed[0]


@pytest.fixture
def shop():
    """A shop whose new leads go to three people in turn."""
    shop = make_shop(datetime.now(UTC))
    people = [shop.cast.colleague, *(add_person(shop.cast.owner, "manager") for _n in range(2))]
    with shop.as_(shop.cast.owner), transaction.atomic():
        rule = ShareRule.objects.create(pipeline=Pipeline.objects.get(code="new_lead"), way="turn")
        for one in people:
            ShareSeat.objects.create(rule=rule, employee_id=one.employee_id)
    return shop


def lead_of(shop):
    system = Actor.system(shop.cast.company_id)

    def act():
        with company_context(shop.cast.company_id), transaction.atomic():
            client = make_client(zone="Europe/Moscow")
            open_deal(actor=system, client_id=client.pk, now=NOON, source="form", by_rules=True)

    return act


def owners(shop):
    with shop.as_(shop.cast.owner), transaction.atomic():
        return Counter(Deal.objects.values_list("responsible_id", flat=True))


def test_a_turn_goes_round_exactly_however_many_come_at_once(shop):
    all_at_once([lead_of(shop) for _n in range(AT_ONCE)])
    assert sorted(owners(shop).values()) == [2, 2, 2]


def test_the_control_without_the_lock_gives_two_to_one_person(shop, monkeypatch):
    made, both_decided = Sharer.of, threading.Barrier(2)

    def unlocked(pipeline_id, **more):
        return made(pipeline_id, **{**more, "lock": False})

    save = Sharer.save

    def late_save(sharer):
        both_decided.wait(30)
        save(sharer)

    monkeypatch.setattr(Sharer, "of", unlocked)
    monkeypatch.setattr(Sharer, "save", late_save)
    all_at_once([lead_of(shop) for _n in range(2)])
    assert list(owners(shop).values()) == [2]


def test_two_workers_take_each_step_of_an_escalation_once(shop):
    lead_of(shop)()
    with shop.as_(shop.cast.owner), transaction.atomic():
        watch = AnswerWatch.objects.get()
    late = watch.due_at

    def sweep():
        escalating.escalate_company(shop.cast.company_id, now=late)

    all_at_once([sweep] * 4)
    with shop.as_(shop.cast.owner), transaction.atomic():
        assert EventRow.objects.filter(name="deals.AnswerLate").count() == 1
        assert AnswerWatch.objects.get().step == 1
