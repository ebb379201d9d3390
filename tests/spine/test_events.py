"""The log and its listeners on real connections: nothing skipped, nothing twice, whoever is late or dies."""

import subprocess
import sys
import textwrap
import threading
import time
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from procrastinate.exceptions import ConnectorException

from voronka.accounts.events import CompanyChanged
from voronka.accounts.models import Team
from voronka.accounts.testing import make_owner
from voronka.kit import pulse
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


def test_whoever_has_read_for_his_time_begins_no_further_batch_and_goes_on_later(company, monkeypatch):
    listener, words = writes(), [f"{n:03}" for n in range(450)]
    announce(company, *words)
    number()
    assert listeners.drain(listener, company, seconds=0) == 200
    monkeypatch.setitem(listeners._listeners, listener.name, listener)
    monkeypatch.setattr(pulse, "COMPANY_SECONDS", 0)
    pulse.drain_job(listener.name)
    assert effects(company) == words[:400], "a job leaves the rest of a long log to the next one"
    assert listener.name in listeners.all_waiting()
    pulse.drain_job(listener.name)
    assert effects(company) == words


def test_to_ask_whether_somebody_waits_the_log_is_not_read(company):
    listener = writes()
    announce(company, "first")
    number()
    listeners.drain(listener, company)
    with company_context(company), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kit_event (company_id, name, at, cause, subject_kind, subject_id, payload, seq)"
            " SELECT company_id, name, at, cause, subject_kind, subject_id, payload, -n"
            " FROM (SELECT * FROM kit_event WHERE company_id = %s AND seq > 0 LIMIT 1) one, generate_series(1, 5000) n",
            [company],
        )
        # As the planner does it where it takes a company for a hundred, of which nobody has told it better.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT kit_companies_waiting(%s)", [listener.name])
        [(plan,)] = cursor.fetchall()
    read = plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"]
    assert read < 100, "5,000 events lie behind whoever has read them all"


def put_off():
    """Return which listeners the queue is to let read on, and empty the queue."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'kit.drain' RETURNING args ->> 'listener'")
        return {name for (name,) in cursor.fetchall()}


def test_a_beat_wakes_whoever_has_something_to_read_by_one_question(company, monkeypatch):
    listener, now = writes(), datetime.now(UTC)
    idle = Listener("tests.idle", NAMES, lambda event: None)
    for one in (listener, idle):
        monkeypatch.setitem(listeners._listeners, one.name, one)
    monkeypatch.setattr(pulse, "_sweeps", [])
    announce(company, "first")
    number()
    listeners.drain(idle, company)
    with CaptureQueriesContext(connection) as asked:
        pulse.beat(now, 0.0)
    assert sum("kit_companies_waiting" in one["sql"] for one in asked) == 1
    woken = put_off()
    assert listener.name in woken
    assert idle.name not in woken
    assert woken == {one.name for one in listeners.all_listeners() if listeners.companies_waiting(one)}
    listeners.drain(listener, company)
    pulse.beat(now, 0.0)
    assert listener.name not in put_off()
    announce(company, "second")
    pulse.beat(now, 0.0)
    assert {listener.name, idle.name} <= put_off()


def test_a_sweep_that_breaks_keeps_the_others_from_nothing(monkeypatch):
    ran, now = [], datetime.now(UTC)

    def breaks(_now):
        ran.append("broken")
        raise KeyError("a fault of the program")

    sound = pulse.Sweep("tests.sound", 1.0, lambda _now: ran.append("sound"))
    monkeypatch.setattr(pulse, "_sweeps", [pulse.Sweep("tests.broken", 1.0, breaks), sound])
    pulse.beat(now, 0.0)
    pulse.beat(now, 2.0)
    assert ran == ["broken", "sound"] * 2


@pytest.mark.parametrize(
    "fault", [KeyError("a fault of the program"), ConnectorException("the queue has no database")]
)
def test_a_pulse_that_broke_beats_again(monkeypatch, fault):
    """A worker whose pulse has stopped takes jobs and looks alive, while nobody orders any."""
    beats, stop = [], threading.Event()

    def breaks_once(_now, clock):
        beats.append(clock)
        if len(beats) == 1:
            raise fault
        stop.set()

    monkeypatch.setattr(pulse, "beat", breaks_once)
    monkeypatch.setattr(pulse, "WAIT_SECONDS", 0.1)
    beating = in_thread(lambda: pulse.run(stop))
    beating.join(30)
    assert beating.failures == []
    assert len(beats) == 2


def test_beats_of_a_busy_company_leave_each_other_room(monkeypatch):
    """A hundred commits are one beat; what is committed meanwhile is heard by the next one."""
    begun, stop = [], threading.Event()
    monkeypatch.setattr(pulse, "beat", lambda now, clock: begun.append(clock))
    beating = in_thread(lambda: pulse._beat_while_connected(stop))
    for _n in range(60):
        with connection.cursor() as cursor:
            cursor.execute("NOTIFY voronka_events")
        time.sleep(0.02)
    told = time.monotonic()
    while not begun or begun[-1] < told:
        assert time.monotonic() < told + 30
        time.sleep(0.01)
    stop.set()
    beating.join(30)
    assert beating.failures == []
    apart = [later - earlier for earlier, later in pairwise(begun)]
    assert len(begun) > 2
    assert min(apart) > pulse.LEAST_SECONDS - 0.01


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
