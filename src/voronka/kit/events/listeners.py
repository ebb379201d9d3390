"""Listening: each listener keeps its own position in each company's log and moves it with its effects.

A failing event is tried five times, then the listener is parked for that company (`voronka state`) until a
person retries or skips (`voronka listener`); other companies and other listeners do not wait for it.
"""

import json
import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from math import inf
from typing import Any

import structlog
from django.db import connection, transaction
from django.utils import timezone

from voronka.kit.events.log import Event, caused_by
from voronka.kit.models import ListenerPosition
from voronka.kit.tenancy import company_context

log = structlog.get_logger(__name__)

BATCH = 200
ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An event as read back from the log; `by` names its employee where a timeline is read, else it is empty."""

    seq: int
    company_id: int
    name: str
    at: datetime
    employee_id: int | None
    cause: uuid.UUID | None
    subject_kind: str
    subject_id: int
    client_id: int | None
    payload: dict[str, Any]  # the announcer's own fields, as JSON
    by: str = ""


Handler = Callable[[RecordedEvent], None]


@dataclass(frozen=True, slots=True)
class Listener:
    """A named reaction to some kinds of events; `names` are their names in the log."""

    name: str
    names: frozenset[str]
    handle: Handler


_listeners: dict[str, Listener] = {}


def listens(name: str, *events: type[Event]) -> Callable[[Handler], Handler]:
    """Register a function of `subscribers.py` as the listener `name` (stable: it keeps the position)."""

    def register(handle: Handler) -> Handler:
        if name in _listeners:
            raise ValueError(f"listener {name} is registered twice")
        _listeners[name] = Listener(name, frozenset(event.name() for event in events), handle)
        return handle

    return register


def listen_further(name: str, event: type[Event]) -> None:
    """Let a registered listener hear of another kind of event: upper parts offer theirs to a lower one, at start."""
    known = _listeners[name]
    _listeners[name] = replace(known, names=known.names | {event.name()})


def all_listeners() -> list[Listener]:
    """Return the registered listeners."""
    return list(_listeners.values())


def number_events(limit: int = 5_000) -> int:
    """Give numbers to committed events, in order of their ids; return how many. One caller at a time wins."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT kit_number_events(%s)", [limit])
        return int(cursor.fetchone()[0])


def companies_waiting(listener: Listener) -> list[int]:
    """Return the companies whose log has grown past the position of the listener."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company FROM kit_companies_waiting(%s) AS company", [listener.name])
        return [row[0] for row in cursor.fetchall()]


def all_waiting() -> list[str]:
    """Return the names of the listeners that have something to read in some company: one statement for all of them."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM unnest(%s::text[]) AS known (name)"
            " WHERE EXISTS (SELECT 1 FROM kit_companies_waiting(name))",
            [list(_listeners)],
        )
        return [row[0] for row in cursor.fetchall()]


def drain(listener: Listener, company_id: int, *, seconds: float = inf) -> int:
    """Handle the company's unread events in batches until none is left; return how many were handled.

    After `seconds` no new batch is begun. A batch and the new position are one transaction. When a batch fails, its
    events are taken one by one, so the ones before the bad one stay done.
    """
    handled, size, ends = 0, BATCH, time.monotonic() + seconds
    _ensure_position(listener, company_id)
    while True:
        try:
            taken = _drain_batch(listener, company_id, size)
        except _BadEvent as bad:
            if size > 1:
                size = 1
                continue
            _note_failure(listener, company_id, bad)
            return handled
        handled += taken or 0
        if taken is None or time.monotonic() >= ends:
            return handled


def _ensure_position(listener: Listener, company_id: int) -> None:
    """Make the position in a transaction of its own.

    A first batch that fails must find it to note the failure, and a second worker must find it locked instead
    of waiting for the first one's commit.
    """
    with company_context(company_id), transaction.atomic():
        if not ListenerPosition.objects.filter(listener=listener.name).exists():
            ListenerPosition.objects.bulk_create(
                [ListenerPosition(company_id=company_id, listener=listener.name)], ignore_conflicts=True
            )


class _BadEvent(Exception):
    def __init__(self, event: RecordedEvent, reason: BaseException) -> None:
        super().__init__(str(reason))
        self.event, self.reason = event, reason


def _drain_batch(listener: Listener, company_id: int, size: int) -> int | None:
    """Handle up to `size` events; None when nothing is left, parked, or held by another worker."""
    with company_context(company_id, origin=f"listener {listener.name}"), transaction.atomic():
        position = ListenerPosition.objects.select_for_update(skip_locked=True).filter(listener=listener.name).first()
        if position is None or position.parked_at is not None:
            return None
        head = _head()
        if head <= position.seq:
            return None
        events = _read(listener, position.seq, head, size)
        for event in events:
            try:
                with transaction.atomic(), caused_by(event.cause):
                    listener.handle(event)
            except Exception as reason:
                raise _BadEvent(event, reason) from reason
        position.seq = events[-1].seq if len(events) == size else head
        position.failures, position.failed_seq, position.error = 0, None, ""
        position.save(update_fields=["seq", "failures", "failed_seq", "error"])
        return len(events)


def _head() -> int:
    """Return the number of the company's last numbered event: a position may rest on any kind of event."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COALESCE(max(seq), 0) FROM kit_event"
            " WHERE company_id = NULLIF(current_setting('app.company_id', true), '')::bigint"
        )
        return int(cursor.fetchone()[0])


def _read(listener: Listener, after: int, upto: int, size: int) -> list[RecordedEvent]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq, company_id, name, at, employee_id, cause, subject_kind, subject_id, client_id, payload::text"
            " FROM kit_event WHERE company_id = NULLIF(current_setting('app.company_id', true), '')::bigint"
            " AND seq > %s AND seq <= %s AND name = ANY (%s) ORDER BY seq LIMIT %s",
            [after, upto, list(listener.names), size],
        )
        return [recorded(row) for row in cursor.fetchall()]


def recorded(row: tuple[Any, ...], *, by: str = "") -> RecordedEvent:  # a database row is untyped
    """Make a RecordedEvent of the columns in the order of its fields, the payload as JSON text."""
    return RecordedEvent(*(*row[:-1], json.loads(row[-1]), by))


def _note_failure(listener: Listener, company_id: int, bad: _BadEvent) -> None:
    with company_context(company_id, origin=f"listener {listener.name}"), transaction.atomic():
        position = ListenerPosition.objects.select_for_update().get(listener=listener.name)
        position.failures = position.failures + 1 if position.failed_seq == bad.event.seq else 1
        position.failed_seq = bad.event.seq
        position.error = f"{type(bad.reason).__name__} at event {bad.event.seq} {bad.event.name}"
        if position.failures >= ATTEMPTS:
            position.parked_at = timezone.now()
        position.save(update_fields=["failures", "failed_seq", "error", "parked_at"])
    is_parked = position.parked_at is not None
    log.log(
        logging.ERROR if is_parked else logging.WARNING,
        "listener failed",
        listener=listener.name,
        company=company_id,
        seq=bad.event.seq,
        reason=type(bad.reason).__name__,
        parked=is_parked,
    )


def retry_parked(listener_name: str) -> None:
    """Let the parked listener of the current company try its event again."""
    with transaction.atomic():
        ListenerPosition.objects.filter(listener=listener_name).update(parked_at=None, failures=0)


def skip_parked(listener_name: str) -> None:
    """Pass over the event on which the listener of the current company is parked."""
    with transaction.atomic():
        position = ListenerPosition.objects.select_for_update().get(listener=listener_name, parked_at__isnull=False)
        if position.failed_seq is not None:
            position.seq = position.failed_seq
        position.parked_at, position.failures, position.failed_seq, position.error = None, 0, None, ""
        position.save(update_fields=["seq", "parked_at", "failures", "failed_seq", "error"])
