"""Overlapping merges at the same moment: who comes late is told, and a press or a request meanwhile loses nothing."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from voronka.deals.models import Deal
from voronka.deals.testing import make_deal, make_shop, press
from voronka.kit.errors import Conflict
from voronka.kit.tenancy import company_context
from voronka.people import services
from voronka.people.models import Client, MergedCard, Note
from voronka.people.services import TouchData, merging
from voronka.people.testing import make_client

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(shop, acts):
    """Run all acts at the same moment, each on its own connection, in one transaction; return what came of it."""
    gate, found = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        try:
            gate.wait()
            with company_context(shop.cast.company_id, employee_id=shop.cast.owner.employee_id), transaction.atomic():
                found[place] = act()
        except BaseException as error:
            found[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    return found


@pytest.fixture
def shop():
    return make_shop(datetime.now(UTC))


def joining(shop, survivor, *others):
    return lambda: services.merge_clients(
        actor=shop.cast.owner, survivor_id=survivor.pk, other_ids=[one.pk for one in others], chosen={},
        now=datetime.now(UTC),
    )  # fmt: skip


def cards(shop, count):
    with shop.as_(shop.cast.owner), transaction.atomic():
        made = [make_client(shop.cast.owner, f"Клиент {n}", phone=f"+7913000000{n}") for n in range(count)]
        for one in made:
            services.add_note(actor=shop.cast.owner, client_id=one.pk, text="Слово", now=datetime.now(UTC))
    return made


def test_of_overlapping_merges_the_late_ones_are_told_and_nothing_is_lost(shop):
    for _turn in range(3):
        one, two, three = cards(shop, 3)
        found = at_once(shop, [joining(shop, one, two), joining(shop, two, three), joining(shop, three, one)])
        lost = [answer for answer in found if isinstance(answer, BaseException)]
        assert len(lost) in (1, 2), found
        assert all(isinstance(answer, Conflict) for answer in lost), found
        with shop.as_(shop.cast.owner), transaction.atomic():
            left = Client.objects.filter(pk__in=[one.pk, two.pk, three.pk])
            assert left.count() == len(lost)  # each merge that won has made two cards one
            assert Note.objects.filter(client__in=left).count() == 3
            assert MergedCard.objects.filter(survivor__in=left).count() == 3 - len(lost)
            for card in left:
                card.contacts.all().delete()


def test_without_the_lock_a_card_is_joined_twice(shop, monkeypatch):
    """The control: both merges read the card before either has written."""
    one, two, three = cards(shop, 3)
    both_have_read = threading.Barrier(2)

    def read_only(actor, ids):
        found = list(Client.objects.select_related("responsible").filter(pk__in=ids).order_by("pk"))
        both_have_read.wait(20)
        return found

    monkeypatch.setattr(merging, "_lock", read_only)
    found = at_once(shop, [joining(shop, one, two), joining(shop, three, two)])
    # Nobody is told why: the database alone stops the second one, by the key of joined cards.
    assert not any(isinstance(answer, Conflict) for answer in found)
    assert sum(isinstance(answer, Exception) for answer in found) >= 1


def test_a_press_and_a_request_during_a_merge_stay_with_the_client(shop):
    now = datetime.now(UTC)
    for _turn in range(3):
        one, two = cards(shop, 2)
        with shop.as_(shop.cast.owner), transaction.atomic():
            deal = make_deal(shop.cast.owner, client=two, now=now)
        found = at_once(
            shop,
            [
                joining(shop, one, two),
                lambda deal=deal: press(shop.cast.owner, deal, "miss", now=now),
                lambda: services.record_touch(
                    actor=shop.cast.owner,
                    touch=TouchData(channel="form", phones=("+79130000001",), wants_contact=True),
                    now=now,
                ),
            ],
        )
        assert not any(isinstance(answer, BaseException) for answer in found), found
        with shop.as_(shop.cast.owner), transaction.atomic():
            held = Deal.objects.select_related("open_task").get(pk=deal.pk)
            assert (held.client_id, held.open_task.client_id) == (one.pk, one.pk)
            Client.objects.filter(pk=one.pk).update(name="settled")
            one.contacts.all().delete()
