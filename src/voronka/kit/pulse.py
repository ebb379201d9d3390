"""The pulse of a worker: numbers events, wakes listeners, sends what is due, runs the sweeps.

Two threads beside the job worker. Both wait for a notice and look by themselves every second as well, since a
half-open connection loses notices silently. One does nothing but number: open pages wait for that, and a beat with all
its sweeps takes a tenth of a second. Any number of workers may beat side by side.
"""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import psycopg
import structlog
from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from procrastinate.exceptions import ProcrastinateException

from voronka.kit import jobs, outbox
from voronka.kit.db.address import database_address
from voronka.kit.events import listeners

log = structlog.get_logger(__name__)

WAIT_SECONDS = 1.0
# A busy company commits a hundred times a second: what beats do for each of them is done for many at once, and the
# thread that numbers has the interpreter to itself in between.
LEAST_SECONDS = 0.2
# Whoever holds the sequencer may have looked before our commit: it is free again within milliseconds.
AGAIN_SECONDS = 0.005
# How long one job reads for a listener, and for one company of many.
READING_SECONDS, COMPANY_SECONDS = 5.0, 1.0


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
    """Let one listener read on in every company that has something for it, some seconds at most; a beat asks again.

    Whoever wrote much in a night keeps neither other companies waiting nor a worker that is to stop.
    """
    ends = time.monotonic() + READING_SECONDS
    for known in listeners.all_listeners():
        if known.name == listener:
            companies = listeners.companies_waiting(known)
            random.shuffle(companies)
            for company_id in companies:
                if (left := ends - time.monotonic()) <= 0:
                    return
                listeners.drain(known, company_id, seconds=min(left, COMPANY_SECONDS))


@jobs.job("kit.send", queue="outgoing")
def send_job(to_company: int) -> None:
    """Send what is due in the outbox of one company, a hundred items at most: the next beat asks for the rest."""
    outbox.send_due(to_company, now=datetime.now(UTC))


def beat(now: datetime, clock: float) -> None:
    """Do one beat: number, wake, send, sweep."""
    while listeners.number_events():
        pass
    for name in listeners.all_waiting():
        jobs.defer("kit.drain", listener=name, once=f"drain {name}")
    for company_id in outbox.companies_with_due(now):
        jobs.defer("kit.send", to_company=company_id, once=f"send {company_id}")
    for one in _sweeps:
        if clock - one.last >= one.every_seconds:
            one.last = clock
            _run_sweep(one, now)


def _run_sweep(one: Sweep, now: datetime) -> None:
    """Run a sweep. One that breaks is logged and run again in its turn: the others must not wait for it."""
    try:
        one.run(now)
    except Exception:
        log.exception("a sweep broke", sweep=one.name)
        if not connection.is_usable():
            raise  # no sweep can run before the connection is made anew


def run(stop: threading.Event) -> None:
    """Beat until told to stop; whatever breaks a beat, another begins a second later.

    Nothing may end this thread: a worker without it goes on taking jobs and looks alive, while nothing is numbered,
    sent or swept any more.
    """
    numbering = threading.Thread(target=_keep, args=(_number_while_connected, stop), name="numbering", daemon=True)
    numbering.start()
    _keep(_beat_while_connected, stop)
    numbering.join(timeout=2 * WAIT_SECONDS)


def _keep(work: Callable[[threading.Event], None], stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            work(stop)
        except (psycopg.Error, DatabaseError, InterfaceError, ProcrastinateException) as error:
            log.warning("pulse lost the database", reason=type(error).__name__)
            stop.wait(WAIT_SECONDS)
        except Exception:
            log.exception("the pulse broke")
            stop.wait(WAIT_SECONDS)
        finally:
            close_old_connections()
            connection.close()


def _beat_while_connected(stop: threading.Event) -> None:
    with psycopg.connect(database_address(), autocommit=True) as listening:
        listening.execute("LISTEN voronka_events")
        while not stop.is_set():
            begun = time.monotonic()
            beat(datetime.now(UTC), begun)
            for _ in listening.notifies(timeout=WAIT_SECONDS, stop_after=1):
                pass
            stop.wait(max(0.0, begun + LEAST_SECONDS - time.monotonic()))


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
