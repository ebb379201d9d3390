"""The pulse of a worker: numbers events, wakes listeners, sends what is due, runs the sweeps.

Two threads beside the job worker. Both wait for a notice and look by themselves every second as well, since a
half-open connection loses notices silently. One does nothing but number: open pages wait for that, and a beat with all
its sweeps takes a tenth of a second. Any number of workers may beat side by side.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import psycopg
import structlog
from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from voronka.kit import jobs, outbox
from voronka.kit.db.address import database_address
from voronka.kit.events import listeners

log = structlog.get_logger(__name__)

WAIT_SECONDS = 1.0
# Whoever holds the sequencer may have looked before our commit: it is free again within milliseconds.
AGAIN_SECONDS = 0.005


@dataclass(slots=True)
class Sweep:
    """Something looked after every so often, by whichever worker gets to it."""

    name: str
    every_seconds: float
    run: Callable[[datetime], None]
    last: float = field(default=float("-inf"))


_sweeps: list[Sweep] = []


def sweep(name: str, *, every_seconds: float) -> Callable[[Callable[[datetime], None]], Callable[[datetime], None]]:
    """Register a function of `jobs.py` that looks for due rows at the moment it is given."""

    def register(run: Callable[[datetime], None]) -> Callable[[datetime], None]:
        _sweeps.append(Sweep(name, every_seconds, run))
        return run

    return register


@jobs.job("kit.drain", queue="listeners")
def drain_job(listener: str) -> None:
    """Let one listener read on in every company that has something for it."""
    for known in listeners.all_listeners():
        if known.name == listener:
            for company_id in listeners.companies_waiting(known):
                listeners.drain(known, company_id)


@jobs.job("kit.send", queue="outgoing")
def send_job(to_company: int) -> None:
    """Send what one company has due."""
    outbox.send_due(to_company, now=datetime.now(UTC))


def beat(now: datetime, clock: float) -> None:
    """Do one beat: number, wake, send, sweep."""
    while listeners.number_events():
        pass
    for listener in listeners.all_listeners():
        if listeners.companies_waiting(listener):
            jobs.defer("kit.drain", listener=listener.name, once=f"drain {listener.name}")
    for company_id in outbox.companies_with_due(now):
        jobs.defer("kit.send", to_company=company_id, once=f"send {company_id}")
    for one in _sweeps:
        if clock - one.last >= one.every_seconds:
            one.last = clock
            one.run(now)


def run(stop: threading.Event) -> None:
    """Beat until told to stop; a lost database is waited for."""
    numbering = threading.Thread(target=_keep, args=(_number_while_connected, stop), name="numbering", daemon=True)
    numbering.start()
    _keep(_beat_while_connected, stop)
    numbering.join(timeout=2 * WAIT_SECONDS)


def _keep(work: Callable[[threading.Event], None], stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            work(stop)
        except (psycopg.Error, DatabaseError, InterfaceError) as error:
            log.warning("pulse lost the database", reason=type(error).__name__)
            stop.wait(WAIT_SECONDS)
        finally:
            close_old_connections()
            connection.close()


def _beat_while_connected(stop: threading.Event) -> None:
    with psycopg.connect(database_address(), autocommit=True) as listening:
        listening.execute("LISTEN voronka_events")
        while not stop.is_set():
            beat(datetime.now(UTC), time.monotonic())
            for _ in listening.notifies(timeout=WAIT_SECONDS, stop_after=1):
                pass


def _number_while_connected(stop: threading.Event) -> None:
    with psycopg.connect(database_address(), autocommit=True) as listening:
        listening.execute("LISTEN voronka_events")
        is_told = False
        while not stop.is_set():
            if not listeners.number_events() and is_told:
                stop.wait(AGAIN_SECONDS)
                listeners.number_events()
            is_told = False
            for _ in listening.notifies(timeout=WAIT_SECONDS, stop_after=1):
                is_told = True
