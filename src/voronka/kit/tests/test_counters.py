"""Counters of tries: of many at once none is lost, and an hour is an hour."""

import threading
from datetime import UTC, datetime, timedelta

from django.core.cache import cache
from django.db import connections, transaction

from voronka.kit import counters

NOON = datetime(2026, 11, 26, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_of_many_at_once_none_is_lost(transactional_db: None) -> None:
    counts: list[int] = []
    gate = threading.Barrier(8)

    def guess() -> None:
        try:
            gate.wait(20)
            with transaction.atomic():  # as in a request, or a talk
                counts.append(counters.count("order 1", HOUR, now=NOON))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=guess) for _one in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert sorted(counts) == list(range(1, 9))
    assert counters.counted("order 1", now=NOON) == 8


def test_a_time_ends_when_it_was_to_end_and_begins_anew(db: None) -> None:
    limits = ((60, 1), (3600, 2))
    over = [counters.is_over("form a", limits, now=NOON + timedelta(minutes=at)) for at in (0, 0, 10, 20, 59, 61)]
    assert over == [False, True, True, True, True, False]
    assert counters.is_over("form b", limits, now=NOON, counts=False) is False
    assert counters.count("form a 3600", HOUR, now=NOON + timedelta(minutes=62), by=0) == 1


def test_many_visitors_push_out_nobodys_count(db: None) -> None:
    cache.clear()
    cache.set("login", 4, timeout=3600)
    for number in range(400):
        counters.count(f"visitor {number}", HOUR, now=datetime.now(UTC))
    cache.set("login-of-another", 1, timeout=3600)
    assert cache.get("login") == 4
    assert counters.counted("visitor 0", now=datetime.now(UTC)) == 1
