"""One request accepted by several people at the same moment makes one deal; delivered several times, one request."""

import threading

import pytest
from django.db import DatabaseError, connection, transaction

from voronka.accounts.testing import add_person
from voronka.deals.models import Deal
from voronka.deals.services import inbox
from voronka.deals.testing import NOON, make_shop
from voronka.kit.actors import Actor
from voronka.kit.tenancy import company_context
from voronka.people import services as people
from voronka.people.models import Client, InboxLead, Touch
from voronka.people.services import TouchData

pytestmark = pytest.mark.django_db(transaction=True)


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
    return make_shop()


def deliver(shop, request_id=""):
    touch = TouchData(channel="form", name="Ann", phones=("+79130000001",), signs=("links",), request_id=request_id)

    def act():
        with company_context(shop.cast.company_id), transaction.atomic():
            people.receive(actor=Actor.system(shop.cast.company_id), touch=touch, now=NOON)

    return act


def accept(shop, actor, lead, told):
    def act():
        with company_context(shop.cast.company_id, employee_id=actor.employee_id), transaction.atomic():
            told.append(inbox.accept(actor=actor, public_id=lead, now=NOON))

    return act


def test_accepted_by_two_people_and_twice_by_each_it_makes_one_deal(shop):
    deliver(shop)()
    with shop.as_(shop.cast.owner), transaction.atomic():
        lead = InboxLead.objects.get().public_id
    told: list[inbox.Sorted] = []
    people_at_once = [shop.cast.colleague, add_person(shop.cast.owner, "manager")]
    all_at_once([accept(shop, one, lead, told) for one in people_at_once for _twice in range(2)])
    with shop.as_(shop.cast.owner), transaction.atomic():
        assert (Deal.objects.count(), Client.objects.count(), Touch.objects.count()) == (1, 1, 1)
        assert {one.deal_public_id for one in told} == {Deal.objects.get().public_id}
    assert sorted(one.was_repeated for one in told) == [False, True, True, True]


def test_the_control_without_the_lock_takes_one_request_in_twice(shop, monkeypatch):
    """Both read the request while it waits: nobody is told of the other, or the database alone stops one of them."""
    deliver(shop)()
    with shop.as_(shop.cast.owner), transaction.atomic():
        lead = InboxLead.objects.get().public_id
    both_have_read = threading.Barrier(2)

    def unlocked(actor, public_id):
        found = InboxLead.objects.get(public_id=public_id)
        both_have_read.wait(20)
        return found

    monkeypatch.setattr(inbox.inbox, "lock_lead", unlocked)
    told, failed = [], []

    def accepting(one):
        act = accept(shop, one, lead, told)

        def run():
            try:
                act()
            except DatabaseError as error:
                failed.append(error)

        return run

    all_at_once([accepting(shop.cast.colleague), accepting(add_person(shop.cast.owner, "manager"))])
    assert not any(one.was_repeated for one in told)
    assert len(told) + len(failed) == 2


def test_a_request_delivered_at_once_with_one_id_waits_once(shop):
    all_at_once([deliver(shop, "same") for _n in range(4)])
    with shop.as_(shop.cast.owner), transaction.atomic():
        assert InboxLead.objects.count() == 1
