"""Two who wait for each other both come to their end: whoever the database stopped is done again."""

import threading
from contextlib import nullcontext

import pytest
from django.db import OperationalError, connection, transaction

from voronka.kit.db import again as module
from voronka.kit.db.again import TRIES, again
from voronka.kit.errors import Conflict

DEADLOCK, ORDER = "40P01", "40001"


def at_once(within, wrap):
    """Let two verbs take two locks, each in the other order; return what they raised and how often they were begun."""
    gate, failures, begun = threading.Barrier(2, timeout=30), [], []

    def take(first, second):
        mine = []

        @wrap
        @transaction.atomic
        def verb():
            begun.append(first)
            for key in (first, second):
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
                if not mine:
                    mine.append(key)
                    gate.wait()

        try:
            with transaction.atomic() if within else nullcontext():
                verb()
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=pair) for pair in ((7_001, 7_002), (7_002, 7_001))]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    return failures, len(begun)


def stop(code):
    with connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'stopped' USING ERRCODE = '{code}'; END $$")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("within", [False, True])
def test_a_verb_that_met_another_is_done_again(within):
    assert at_once(within, again) == ([], 3)


@pytest.mark.django_db(transaction=True)
def test_control_without_it_one_of_two_is_stopped():
    failures, begun = at_once(within=False, wrap=lambda verb: verb)
    assert [type(one) for one in failures] == [OperationalError]
    assert begun == 2


@pytest.mark.django_db
@pytest.mark.parametrize(("code", "tries"), [(DEADLOCK, TRIES), (ORDER, 1), ("57P01", 1)])
def test_it_is_tried_three_times_and_then_told(code, tries, monkeypatch):
    """Within a transaction (the test's own) what could not be serialised is not done again: it began too early."""
    begun, waits = [], []
    monkeypatch.setattr(module.time, "sleep", waits.append)

    @again
    @transaction.atomic
    def verb():
        begun.append(1)
        stop(code)

    with pytest.raises(Conflict if tries > 1 else OperationalError) as told:
        verb()
    assert len(begun) == tries
    assert len(waits) == tries - 1
    assert all(0 < one < 0.5 for one in waits)
    assert getattr(told.value, "code", "busy") == "busy"
    with transaction.atomic():
        assert not connection.needs_rollback


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_what_could_not_be_serialised_is_done_again():
    begun = []

    @again
    @transaction.atomic
    def verb():
        begun.append(1)
        if len(begun) < TRIES:
            stop(ORDER)
        return len(begun)

    assert verb() == TRIES


@pytest.mark.django_db
def test_of_verbs_within_one_another_the_outer_one_is_done_again(monkeypatch):
    monkeypatch.setattr(module.time, "sleep", lambda seconds: None)
    outer, inner = [], []

    @again
    @transaction.atomic
    def small():
        inner.append(1)
        if len(inner) == 1:
            stop(DEADLOCK)

    @again
    @transaction.atomic
    def large():
        outer.append(1)
        small()

    large()
    assert (len(outer), len(inner)) == (2, 2)
