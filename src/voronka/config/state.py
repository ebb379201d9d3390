"""`voronka state`: whether the work behind the pages goes on; `voronka listener`: a stopped reader set going again."""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from voronka.config.env import SettingError
from voronka.config.home import look_in

# A worker gives a sign of life every ten seconds, numbers events within one, begins a job as soon as it is free.
SILENT = timedelta(minutes=1)
UNREAD = timedelta(minutes=10)
PATIENCE_SECONDS = 3.0
_WORKERS = "SELECT count(*), max(last_heartbeat) FROM procrastinate_workers"
# What waits for its turn behind one of the same lock is not due.
_JOBS = """
SELECT count(*) FILTER (WHERE is_due), min(since) FILTER (WHERE is_due), count(*) FILTER (WHERE status = 'doing')
FROM (SELECT j.status, COALESCE(j.scheduled_at, (SELECT min(e.at) FROM procrastinate_events e WHERE e.job_id = j.id)),
        j.status = 'todo' AND COALESCE(j.scheduled_at, %(now)s) <= %(now)s AND NOT EXISTS (
          SELECT 1 FROM procrastinate_jobs o WHERE o.lock = j.lock AND o.status = 'doing')
      FROM procrastinate_jobs j WHERE j.status IN ('todo', 'doing')) AS known (status, since, is_due)
"""
_FAILED = """
SELECT task_name, count(*) FROM procrastinate_jobs WHERE status = 'failed' GROUP BY task_name ORDER BY 2 DESC, 1
"""
_EVENTS = "SELECT count(*), max(id) FROM kit_event WHERE seq IS NULL"
_LEFT = "SELECT EXISTS (SELECT 1 FROM kit_event WHERE seq IS NULL AND id <= %s)"
# A beat orders a job for whoever has something to read within a second.
_UNWOKEN = """
SELECT DISTINCT l.listener FROM kit_listener l WHERE l.parked_at IS NULL AND l.listener = ANY (%s)
  AND EXISTS (SELECT 1 FROM kit_event e WHERE e.company_id = l.company_id AND e.seq > l.seq)
  AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs j WHERE j.task_name = 'kit.drain' AND j.status IN ('todo', 'doing')
    AND j.args ->> 'listener' = l.listener)
"""
_PARKED = """
SELECT company_id, listener, parked_at, error FROM kit_listener WHERE parked_at IS NOT NULL
ORDER BY company_id, listener
"""


@dataclass(frozen=True, slots=True)
class State:
    """What is told, a line each, and what of it is wrong."""

    lines: Sequence[str]
    faults: Sequence[str]


def read_state(*, now: datetime, patience: float = PATIENCE_SECONDS) -> State:
    """Return how the work behind the pages stands, of all companies: as the owner of the database sees it.

    Wrong is a worker that is silent for a minute, an event without its number or a listener that nobody wakes for
    `patience` seconds, a job that has been due for ten minutes, a listener that is parked. Jobs that failed are told
    of: somebody has to look why, nothing waits.
    """
    from django.db import connections

    from voronka.kit.events import listeners

    known = [one.name for one in listeners.all_listeners()]
    lines: list[str] = []
    faults: list[str] = []
    with connections["owner"].cursor() as cursor:
        cursor.execute(_WORKERS)
        many, seen_at = cursor.fetchone()
        lines.append(f"workers: {many}, the last sign of life {_ago(seen_at, now)}")
        if seen_at is None or now - seen_at > SILENT:
            faults.append("no worker is at work: nothing is numbered, sent or swept")
        cursor.execute(_EVENTS)
        unnumbered, last = cursor.fetchone()
        lines.append(f"events without a number: {unnumbered}")
        unwoken = _unwoken(cursor, known)
        if unnumbered or unwoken:  # the hour of an event says nothing of when it was committed: a second look does
            time.sleep(patience)
            cursor.execute(_LEFT, [last or 0])
            if cursor.fetchone()[0]:
                faults.append("events wait for their numbers: nobody hears of them")
            faults += [
                f"{one} has something to read, and nobody wakes it" for one in unwoken & _unwoken(cursor, known)
            ]
        cursor.execute(_JOBS, {"now": now})
        due, due_at, running = cursor.fetchone()
        lines.append(f"jobs: {running} at work, {due} due")
        if due_at is not None and now - due_at > UNREAD:
            faults.append(f"a job has been due since {due_at:%Y-%m-%d %H:%M:%S} UTC")
        cursor.execute(_FAILED)
        lines += [f"jobs that failed: {name}, {count}" for name, count in cursor.fetchall()]
        cursor.execute(_PARKED)
        for company, name, parked_at, error in cursor.fetchall():
            faults.append(
                f"{name} is parked for company {company} since {parked_at:%Y-%m-%d %H:%M} UTC: {error};"
                f" `voronka listener retry {name} --company {company}` lets it try again, `skip` pass the event over"
            )
    return State(lines, faults)


def _unwoken(cursor: Any, known: Sequence[str]) -> set[str]:
    """Return the listeners that have something to read and no job that lets them."""
    cursor.execute(_UNWOKEN, [list(known)])
    return {name for (name,) in cursor.fetchall()}


def set_going(name: str, company_id: int, how: str) -> None:
    """Let a parked listener try its event again (`retry`), or pass it over (`skip`). Raises SettingError."""
    from django.db import transaction

    from voronka.kit.events import listeners
    from voronka.kit.models import ListenerPosition
    from voronka.kit.tenancy import company_context

    with company_context(company_id, origin="voronka listener"), transaction.atomic():
        if not ListenerPosition.objects.filter(listener=name, parked_at__isnull=False).exists():
            raise SettingError(f"{name} is not parked for company {company_id}; `voronka state` tells which are")
        (listeners.retry_parked if how == "retry" else listeners.skip_parked)(name)


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `state` and `listener` to the commands of voronka."""
    text = "tell whether workers, events, jobs and listeners go on; exit code 1 when something stands still"
    commands.add_parser("state", help=text, description=text).set_defaults(command=_state)
    text = "set a parked listener going: let it try its event again, or pass the event over"
    listener = commands.add_parser("listener", help=text, description=text)
    listener.add_argument("how", choices=("retry", "skip"))
    listener.add_argument("name", help="as `voronka state` tells it")
    listener.add_argument("--company", type=int, required=True, metavar="ID")
    listener.set_defaults(command=_listener)


def _state(_: argparse.Namespace) -> int:
    with look_in():
        import django

        django.setup()
        from django.utils import timezone

        state = read_state(now=timezone.now())
    for line in state.lines:
        print(line)
    for fault in state.faults:
        print(f"WRONG: {fault}")
    return 1 if state.faults else 0


def _listener(given: argparse.Namespace) -> int:
    with look_in():
        import django

        django.setup()
        set_going(given.name, given.company, given.how)
    print(f"{given.name} reads on")
    return 0


def _ago(at: datetime | None, now: datetime) -> str:
    return "never" if at is None else f"{(now - at).total_seconds():.0f} s ago"
