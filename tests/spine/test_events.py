"""The log and its listeners on real connections: nothing skipped, nothing twice, whoever is late or dies."""

import subprocess
import sys
import textwrap
import threading

import pytest
from django.db import connection, transaction

from voronka.accounts.events import CompanyChanged
from voronka.accounts.models import Team
from voronka.accounts.testing import make_owner
from voronka.kit.errors import Refusal
from voronka.kit.events import listeners, publish
from voronka.kit.events.listeners import Listener
from voronka.kit.models import EventRow, ListenerPosition
from voronka.kit.tenancy import NoCompany, company_context

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = frozenset({CompanyChanged.name()})


@pytest.fixture
def company():
    return make_owner().company_id


def announce(company, *words):
    with company_context(company), transaction.atomic():
        publish(*(CompanyChanged(company_id=company, fields=[word]) for word in words))


def number():
    return sum(iter(listeners.number_events, 0))


def writes(name="tests.writes"):
    """Return a listener whose effect is a row of the database, one an event: a second one would be refused."""
    return Listener(name, NAMES, lambda event: Team.objects.create(name=event.payload["fields"][0]))


def effects(company):
    with company_context(company), transaction.atomic():
        return list(Team.objects.order_by("id").values_list("name", flat=True))


def position(company, listener):
    with company_context(company), transaction.atomic():
        return ListenerPosition.objects.get(listener=listener.name)


def in_thread(act):
    failures = []

    def run():
        try:
            act()
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.failures = failures
    return thread


def test_an_event_belongs_to_its_transaction(company):
    with pytest.raises(Refusal), company_context(company), transaction.atomic():
        publish(CompanyChanged(company_id=company, fields=["undone"]))
        raise Refusal("no")
    number()
    listener = writes()
    listeners.drain(listener, company)
    assert effects(company) == []


def test_outside_a_company_nothing_is_announced():
    with pytest.raises(NoCompany):
        publish(CompanyChanged(company_id=1, fields=[]))


def test_events_are_handled_once_and_in_order(company):
    listener, words = writes(), [f"{n:03}" for n in range(450)]
    announce(company, *words)
    assert listeners.drain(listener, company) == 0, "before it is numbered, an event is not seen"
    number()
    assert company in listeners.companies_waiting(listener)
    assert listeners.drain(listener, company) == 450
    assert listeners.drain(listener, company) == 0
    assert listeners.companies_waiting(listener) == []
    assert effects(company) == words


def test_a_late_commit_is_neither_skipped_nor_doubled(company):
    """The earlier id commits later: a position by id would have passed over it."""
    listener, written, go = writes(), threading.Event(), threading.Event()

    def late():
        with company_context(company), transaction.atomic():
            publish(CompanyChanged(company_id=company, fields=["late"]))
            written.set()
            assert go.wait(10)

    thread = in_thread(late)
    assert written.wait(10)
    announce(company, "early")
    number()
    listeners.drain(listener, company)
    assert effects(company) == ["early"]
    go.set()
    thread.join(10)
    assert not thread.failures
    number()
    listeners.drain(listener, company)
    assert effects(company) == ["early", "late"]
    with company_context(company), transaction.atomic():
        ids = list(EventRow.objects.filter(name=CompanyChanged.name()).order_by("seq").values_list("id", flat=True))
    assert ids == sorted(ids, reverse=True), "the control: by id the order is the other way round"


def test_many_writers_with_long_and_short_transactions(company):
    """Eight connections announce while numbering and draining go on; the end is exact."""
    listener, done = writes(), threading.Event()

    def writer(mine):
        for n in range(12):
            with company_context(company), transaction.atomic():
                publish(CompanyChanged(company_id=company, fields=[f"{mine}-{n}"]))
                threading.Event().wait(0.002 * ((mine + n) % 5))

    def reader():
        while not done.is_set():
            listeners.number_events()
            listeners.drain(listener, company)

    writers = [in_thread(lambda mine=mine: writer(mine)) for mine in range(8)]
    readers = [in_thread(reader) for _ in range(2)]
    for thread in writers:
        thread.join(30)
    done.set()
    for thread in readers:
        thread.join(30)
    number()
    listeners.drain(listener, company)
    assert not [thread.failures for thread in [*writers, *readers] if thread.failures]
    seen = effects(company)
    assert len(seen) == 96
    assert set(seen) == {f"{mine}-{n}" for mine in range(8) for n in range(12)}
    for mine in range(8):
        assert [word for word in seen if word.startswith(f"{mine}-")] == [f"{mine}-{n}" for n in range(12)]


def test_a_failing_event_parks_its_listener_for_its_company_alone(company):
    other = make_owner().company_id

    def handle(event):
        if event.payload["fields"] == ["bad"]:
            raise ValueError("the client's name must not get into the note")
        Team.objects.create(name=event.payload["fields"][0])

    listener = Listener("tests.parks", NAMES, handle)
    announce(company, "before", "bad", "after")
    announce(other, "elsewhere")
    number()
    for turn in range(listeners.ATTEMPTS):
        listeners.drain(listener, company)
        assert (position(company, listener).parked_at is not None) == (turn == listeners.ATTEMPTS - 1)
    assert effects(company) == ["before"], "what came before the bad one stays done"
    assert company not in listeners.companies_waiting(listener)
    assert "name must not" not in position(company, listener).error
    listeners.drain(listener, other)
    assert effects(other) == ["elsewhere"]
    with company_context(company):
        listeners.skip_parked(listener.name)
    listeners.drain(listener, company)
    assert effects(company) == ["before", "after"]


def test_a_mended_listener_goes_on_after_retry(company):
    broken = [True]

    def handle(event):
        if broken[0]:
            raise ValueError
        Team.objects.create(name=event.payload["fields"][0])

    listener = Listener("tests.mended", NAMES, handle)
    announce(company, "one", "two")
    number()
    for _ in range(listeners.ATTEMPTS):
        listeners.drain(listener, company)
    broken[0] = False
    assert listeners.drain(listener, company) == 0
    with company_context(company):
        listeners.retry_parked(listener.name)
    assert listeners.drain(listener, company) == 2
    assert effects(company) == ["one", "two"]


def test_two_workers_do_not_share_a_batch(company):
    inside, go = threading.Event(), threading.Event()

    def handle(event):
        inside.set()
        assert go.wait(10)
        Team.objects.create(name=event.payload["fields"][0])

    listener = Listener("tests.shared", NAMES, handle)
    announce(company, "one")
    number()
    thread = in_thread(lambda: listeners.drain(listener, company))
    assert inside.wait(10)
    assert listeners.drain(listener, company) == 0, "another worker holds the position"
    go.set()
    thread.join(10)
    assert not thread.failures
    assert effects(company) == ["one"]


def test_a_worker_killed_inside_a_batch_leaves_nothing_half_done(company):
    announce(company, *[f"{n}" for n in range(20)])
    number()
    program = textwrap.dedent(
        """
        import os, signal, sys, django
        django.setup()
        from voronka.accounts.models import Team
        from voronka.kit.events import listeners
        def handle(event):
            Team.objects.create(name=event.payload["fields"][0])
            if event.payload["fields"] == ["13"]:
                os.kill(os.getpid(), signal.SIGKILL)
        listener = listeners.Listener("tests.writes", frozenset(["accounts.CompanyChanged"]), handle)
        listeners.drain(listener, int(sys.argv[1]))
        """
    )
    killed = subprocess.run([sys.executable, "-c", program, str(company)], timeout=60, check=False)
    assert killed.returncode == -9
    assert effects(company) == []
    assert listeners.drain(writes(), company) == 20
    assert effects(company) == [f"{n}" for n in range(20)]
