"""Announcing: frozen dataclasses become rows of the log inside the transaction of their change."""

import dataclasses
import json
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from django.db import connection

from voronka.kit.tenancy import current_company_id, current_place


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """The base of all events: named in the past tense, with ids, figures and codes, no personal data.

    A subclass says by `subject` what it is about (`kind`, the name of its id field) and may have a
    `client_id` field, by which timelines find it. Its name in the log is `part.ClassName`, for ever.
    """

    subject: ClassVar[tuple[str, str]]
    # What nothing announces any more: it stands in old logs, is told there, and is offered to nobody.
    is_past: ClassVar[bool] = False

    @classmethod
    def name(cls) -> str:
        """Return the stable name of this kind of event: `deals.ButtonPressed`."""
        return f"{cls.__module__.split('.')[1]}.{cls.__name__}"


_cause: ContextVar[uuid.UUID | None] = ContextVar("cause", default=None)


@contextmanager
def caused_by(cause: uuid.UUID | None) -> Iterator[None]:
    """Let what is announced within carry the cause, unless it has one of its own: so a chain can be followed back."""
    token = _cause.set(cause)
    try:
        yield
    finally:
        _cause.reset(token)


def all_kinds() -> dict[str, type[Event]]:
    """Return the kinds of events that parts announce, by their names in the log; known once all parts are loaded.

    Those of the past are left out.
    """
    found: dict[str, type[Event]] = {}
    waiting = list(Event.__subclasses__())
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        where = kind.__module__.split(".")
        # A slotted class is made twice by its decorator; the second, complete one comes later.
        if where[0] == "voronka" and where[2:3] == ["events"] and not kind.is_past:
            found[kind.name()] = kind
    return dict(sorted(found.items()))


def publish(*events: Event, cause: uuid.UUID | None = None, at: datetime | None = None) -> None:
    """Write the events to the log, in their order, by one statement, and wake the listeners.

    Belongs after the locks of the change are taken, so that a cause gets a lower id than its effect.
    `at` is for histories brought from elsewhere; the present is the database's clock otherwise.
    """
    if not events:
        return
    employee, why = teller()
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH written AS (INSERT INTO kit_event"
            " (company_id, name, at, employee_id, cause, subject_kind, subject_id, client_id, payload)"
            " SELECT %s, e ->> 0, COALESCE(%s, clock_timestamp()), %s, %s, e ->> 1, (e ->> 2)::bigint,"
            " (e ->> 3)::bigint, e -> 4"
            " FROM jsonb_array_elements(%s::jsonb) WITH ORDINALITY AS r (e, n) ORDER BY n RETURNING 1)"
            " SELECT pg_notify('voronka_events', '') FROM written LIMIT 1",
            [current_company_id(), at, employee, cause or why, packed(*events)],
        )


def teller() -> tuple[int | None, uuid.UUID | None]:
    """Return who tells of what happens here and by what cause: for a function of the database that tells it itself."""
    place = current_place()
    return place.employee_id if place else None, _cause.get()


def wake() -> None:
    """Wake the listeners when the open transaction is committed: for what functions of the database told."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('voronka_events', '')")


def packed(*events: Event) -> str:
    """Return events as `kit_write_events` takes them: for a function of the database that announces what it did itself.

    Such a function wakes nobody: a notice makes commits wait for one another, which takes from a verb that many call at
    once the half of its speed. Listeners come by their next look, within a second.
    """
    # One document takes a fifth of the time of arrays when an import announces a thousand cards.
    return json.dumps([_row(event) for event in events], default=plain_value, ensure_ascii=False)


def _row(event: Event) -> Sequence[object]:
    kind, id_field = event.subject
    values = {name: getattr(event, name) for name in _names(type(event))}
    return event.name(), kind, values[id_field], values.get("client_id"), values


_names_of_kind: dict[type[Event], tuple[str, ...]] = {}


def _names(kind: type[Event]) -> tuple[str, ...]:
    """Return the names of a kind's fields; asked for each of the thousands of events of an import."""
    if kind not in _names_of_kind:
        _names_of_kind[kind] = tuple(field.name for field in dataclasses.fields(kind))
    return _names_of_kind[kind]


def plain_value(value: object) -> str:
    """Return what JSON has no form for, as the log keeps it. Raises TypeError for anything else."""
    match value:
        case datetime() | date():
            return value.isoformat()
        case Decimal() | uuid.UUID():
            return str(value)
    raise TypeError(f"an event carries ids, figures and codes only, not {type(value).__name__}")
