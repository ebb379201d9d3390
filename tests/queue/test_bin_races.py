"""What takes a client away, and what people do with him at the same moment: one order of locks, nobody in a deadlock.

Each act is stopped where it holds the first of its locks; the other goes as far as it comes. With the order put back
(the record before the rows about it) the two wait for each other and the database ends one of them, or rows about
nobody stay open.
"""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection, transaction

from voronka.deals import services as deals
from voronka.deals.models import Deal
from voronka.deals.services import filling, undoing
from voronka.deals.testing import make_client, make_deal, make_shop, press
from voronka.kit import stakes
from voronka.kit.errors import Conflict
from voronka.kit.tenancy import company_context
from voronka.people import services as people
from voronka.people.models import Client
from voronka.people.services import bin as recycle_bin
from voronka.people.services import removing
from voronka.work import services as work
from voronka.work.models import Task
from voronka.work.services import TaskDraft
from voronka.work.services import tasks as task_verbs

pytestmark = pytest.mark.django_db(transaction=True)
LONG = 2.0  # seconds in which an act that is not held up has come to its place


@pytest.fixture
def shop():
    return make_shop(datetime.now(UTC))


class Meeting:
    """Two acts: the first waits in its middle until the second has come to its own middle, or is held up."""

    def __init__(self, shop):
        self.shop, self.first_is_in, self.second_is_in = shop, threading.Event(), threading.Event()
        self.found = {}

    def stop_first(self, module, name, monkeypatch):
        """Let the first act wait behind this function, whose locks it then holds."""
        real = getattr(module, name)

        def held(*args, **named):
            answer = real(*args, **named)
            if threading.current_thread().name == "first":
                self.first_is_in.set()
                self.second_is_in.wait(LONG)
            return answer

        monkeypatch.setattr(module, name, held)

    def note_second(self, module, name, monkeypatch):
        """Note that the second act has come to this function."""
        real = getattr(module, name)

        def noted(*args, **named):
            if threading.current_thread().name == "second":
                self.second_is_in.set()
            return real(*args, **named)

        monkeypatch.setattr(module, name, noted)

    def run(self, first, second):
        threads = [
            threading.Thread(target=self._act, args=(first, None), name="first"),
            threading.Thread(target=self._act, args=(second, self.first_is_in), name="second"),
        ]
        for one in threads:
            one.start()
        for one in threads:
            one.join(30)
        return self.found["first"], self.found["second"]

    def _act(self, act, after):
        name = threading.current_thread().name
        try:
            if after is not None:
                after.wait(20)
            owner = self.shop.cast.owner
            with company_context(self.shop.cast.company_id, employee_id=owner.employee_id), transaction.atomic():
                self.found[name] = act()
        except BaseException as error:
            self.found[name] = error
        finally:
            connection.close()


def put_back(monkeypatch):
    """Put the order of locks back to what it was: the record first, the rows about it when they are written."""
    monkeypatch.setattr(stakes, "lock_rows", lambda subject, ids: None)


def task_about(shop, client, **more):
    owner, now = shop.cast.owner, datetime.now(UTC)
    draft = TaskDraft(
        "Выставить счёт", owner.person_id, now + timedelta(days=1), about=f"client:{client.public_id}", **more
    )
    return work.set_task(actor=owner, draft=draft, now=now)


def bin_against_subtask(shop, monkeypatch):
    """A subtask is set about a client who is put into the bin: the parent, the client; the client, his tasks."""
    owner = shop.cast.owner
    with shop.as_(owner), transaction.atomic():
        client = make_client("Анна")
        parent = task_about(shop, client)
    meeting = Meeting(shop)
    meeting.stop_first(task_verbs, "_open_parent", monkeypatch)
    meeting.note_second(recycle_bin, "publish", monkeypatch)  # behind its last look at deals and tasks
    return client, meeting.run(
        lambda: task_about(shop, client, parent=parent.public_id),
        lambda: people.bin_client(actor=owner, client_id=client.pk, now=datetime.now(UTC)),
    )


def test_a_subtask_and_the_bin_wait_for_one_another_in_turn(shop, monkeypatch):
    client, found = bin_against_subtask(shop, monkeypatch)
    assert not [one for one in found if isinstance(one, BaseException)], found
    with shop.as_(shop.cast.owner), transaction.atomic():
        assert not Client.objects.filter(pk=client.pk).exists()
        assert Task.objects.filter(client_id=client.pk).count() == 2
        assert not Task.objects.filter(client_id=client.pk, is_open=True).exists()


def test_with_the_order_put_back_a_subtask_stays_open_about_nobody(shop, monkeypatch):
    put_back(monkeypatch)
    client, found = bin_against_subtask(shop, monkeypatch)
    assert not [one for one in found if isinstance(one, BaseException)], found
    with shop.as_(shop.cast.owner), transaction.atomic():
        assert not Client.objects.filter(pk=client.pk).exists()
        assert Task.objects.filter(client_id=client.pk, is_open=True).exists()


def field_against_removal(shop, monkeypatch):
    """A field beside the deal is filled in while its invented client is taken away: the deal, the client; turned."""
    owner = shop.cast.owner
    with shop.as_(owner), transaction.atomic():
        client = make_client("Анна")
        deal = make_deal(owner, client=client, now=datetime.now(UTC))
    meeting = Meeting(shop)
    meeting.stop_first(filling, "locked_deal", monkeypatch)
    meeting.note_second(removing, "_without_proofs", monkeypatch)
    more = {"deal_public_id": deal.public_id, "code": filling.SUM, "text": "500", "seen": None}
    return client, meeting.run(
        lambda: filling.fill_in(actor=owner, now=datetime.now(UTC), **more),
        lambda: people.remove_clients(actor=owner, ids=[client.pk]),
    )


def test_a_field_and_a_removal_wait_for_one_another_in_turn(shop, monkeypatch):
    client, found = field_against_removal(shop, monkeypatch)
    assert not [one for one in found if isinstance(one, BaseException)], found
    with shop.as_(shop.cast.owner), transaction.atomic():
        assert not Client.with_binned.filter(pk=client.pk).exists()
        assert not Deal.objects.exists()


def test_with_the_order_put_back_a_field_and_a_removal_end_in_a_deadlock(shop, monkeypatch):
    put_back(monkeypatch)
    _client, found = field_against_removal(shop, monkeypatch)
    assert [one for one in found if isinstance(one, OperationalError) and "deadlock" in str(one)], found


def bin_against_undo(shop, monkeypatch):
    """A press that closed the deal is taken back while its client is put into the bin."""
    owner, now = shop.cast.owner, datetime.now(UTC)
    with shop.as_(owner), transaction.atomic():
        client = make_client("Анна")
        deal = make_deal(owner, client=client, now=now)
        done = press(owner, deal, "paid", sum="100", now=now)
    meeting = Meeting(shop)
    meeting.stop_first(undoing, "_give_back", monkeypatch)
    meeting.note_second(recycle_bin, "publish", monkeypatch)  # behind its last look at deals and tasks
    return client, meeting.run(
        lambda: deals.undo(actor=owner, press_id=done.press_id, now=now),
        lambda: people.bin_client(actor=owner, client_id=client.pk, now=datetime.now(UTC)),
    )


def test_a_deal_that_is_opened_again_keeps_its_client_out_of_the_bin(shop, monkeypatch):
    client, (undone, refused) = bin_against_undo(shop, monkeypatch)
    assert not isinstance(undone, BaseException), undone
    assert isinstance(refused, Conflict)
    with shop.as_(shop.cast.owner), transaction.atomic():
        assert Client.objects.filter(pk=client.pk).exists()
        assert Deal.objects.get().state == "open"


def test_with_the_order_put_back_an_open_deal_is_left_without_its_client(shop, monkeypatch):
    put_back(monkeypatch)
    client, found = bin_against_undo(shop, monkeypatch)
    assert not [one for one in found if isinstance(one, BaseException)], found
    with shop.as_(shop.cast.owner), transaction.atomic():
        assert not Client.objects.filter(pk=client.pk).exists()
        assert Deal.objects.get().state == "open"


def test_a_press_on_a_binned_client_is_not_taken_back(shop):
    owner, now = shop.cast.owner, datetime.now(UTC)
    with shop.as_(owner):
        with transaction.atomic():
            client = make_client("Анна")
            done = press(owner, make_deal(owner, client=client, now=now), "paid", sum="100", now=now)
            people.bin_client(actor=owner, client_id=client.pk, now=now)
        with transaction.atomic(), pytest.raises(Conflict) as refused:
            deals.undo(actor=owner, press_id=done.press_id, now=now)
        assert refused.value.code == "binned"
        with transaction.atomic():
            people.restore_clients(actor=owner, public_ids=[client.public_id])
            deals.undo(actor=owner, press_id=done.press_id, now=now)
            assert Deal.objects.get().state == "open"
