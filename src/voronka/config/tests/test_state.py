"""`voronka state` and `voronka listener`: a silent worker, an event without a number, a parked listener are told of."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from voronka.accounts.events import CompanyChanged
from voronka.accounts.testing import make_company
from voronka.config.env import SettingError
from voronka.config.home import APP_VARIABLE, OWNER_VARIABLE, look_in
from voronka.config.state import read_state, set_going
from voronka.kit.events import Listener, listeners, publish
from voronka.kit.models import ListenerPosition
from voronka.kit.tenancy import company_context

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def _write(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.fixture
def worker():
    """Have one worker that has just given a sign of life, and an empty queue."""
    _write("DELETE FROM procrastinate_jobs")
    _write("DELETE FROM procrastinate_workers")
    _write("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    yield
    _write("DELETE FROM procrastinate_workers")
    _write("DELETE FROM procrastinate_jobs")


def _number():
    while listeners.number_events():
        pass


def test_work_that_goes_on_is_no_fault(worker):
    make_company()
    _number()
    state = read_state(now=datetime.now(UTC))
    assert state.faults == []
    assert state.lines[0].startswith("workers: 1, the last sign of life ")
    assert "events without a number: 0" in state.lines


def test_a_worker_that_is_silent_leaves_events_without_numbers_and_jobs_due(worker):
    company_id = make_company().company_id
    _number()
    with company_context(company_id), transaction.atomic():
        publish(CompanyChanged(company_id=company_id, fields=["zone"]))
    _write(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args, scheduled_at) VALUES ('a', 'a', '{}', now())"
    )
    later = datetime.now(UTC) + timedelta(minutes=11)
    faults = read_state(now=later).faults
    assert [one.split(":")[0] for one in faults[:1]] == ["no worker is at work"]
    assert "events wait for their numbers: nobody hears of them" in faults
    assert any(one.startswith("a job has been due since ") for one in faults)


def test_a_beat_that_stands_still_is_seen_by_whoever_is_not_woken(worker):
    company_id = make_company().company_id
    _number()
    name = listeners.all_listeners()[0].name
    with company_context(company_id), transaction.atomic():
        ListenerPosition.objects.create(company_id=company_id, listener=name, seq=0)
    said = f"{name} has something to read, and nobody wakes it"
    assert read_state(now=datetime.now(UTC), patience=0).faults == [said]
    _write(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args, scheduled_at)"
        " VALUES ('listeners', 'kit.drain', jsonb_build_object('listener', %s::text), now())",
        name,
    )
    assert read_state(now=datetime.now(UTC), patience=0).faults == []


def test_a_job_behind_one_of_the_same_lock_waits_for_its_turn(worker):
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    for status in ("doing", "todo"):
        _write(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args, scheduled_at, status)"
            " VALUES ('a', 'a', 'one', '{}', %s, %s)",
            long_ago,
            status,
        )
    state = read_state(now=datetime.now(UTC))
    assert (state.faults, "jobs: 1 at work, 0 due" in state.lines) == ([], True)


def test_a_look_at_a_place_where_nothing_runs_makes_nothing_there(tmp_path, monkeypatch):
    for variable in (APP_VARIABLE, OWNER_VARIABLE, "DATABASE_URL"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("VORONKA_HOME", str(tmp_path / "home"))
    with pytest.raises(SettingError, match="does not run"), look_in():
        pass
    assert not (tmp_path / "home").exists()


def test_jobs_that_failed_are_told_of_by_name(worker):
    for _each in range(3):
        _write(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status) VALUES ('a', 'b.c', '{}', 'failed')"
        )
    assert "jobs that failed: b.c, 3" in read_state(now=datetime.now(UTC)).lines


@pytest.mark.parametrize(("how", "heard"), [("retry", ["bad", "after"]), ("skip", ["after"])])
def test_a_parked_listener_is_named_and_set_going(worker, how, heard):
    company_id, got, broken = make_company().company_id, [], [True]

    def handle(event):
        if broken[0] and event.payload["fields"] == ["bad"]:
            raise ValueError("a name that must not be told")
        got.append(event.payload["fields"][0])

    listener = Listener("tests.state", frozenset([CompanyChanged.name()]), handle)
    with company_context(company_id), transaction.atomic():
        for word in ("bad", "after"):
            publish(CompanyChanged(company_id=company_id, fields=[word]))
    _number()
    with pytest.raises(SettingError, match="is not parked"):
        set_going(listener.name, company_id, how)
    for _turn in range(listeners.ATTEMPTS):
        listeners.drain(listener, company_id)
    [fault] = read_state(now=datetime.now(UTC)).faults
    assert f"tests.state is parked for company {company_id} since " in fault
    assert f"voronka listener retry tests.state --company {company_id}" in fault
    assert "must not" not in fault
    broken[0] = False
    set_going(listener.name, company_id, how)
    listeners.drain(listener, company_id)
    assert got == heard
    with company_context(company_id), transaction.atomic():
        assert ListenerPosition.objects.get(listener=listener.name).parked_at is None
