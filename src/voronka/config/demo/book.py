"""What the demo is made of while it lies in memory, and how it is written: the tables of the product, in bulk."""

import dataclasses
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, models

from voronka.deals.models import Deal, Press
from voronka.kit.events import Event
from voronka.kit.events.listeners import all_listeners
from voronka.kit.events.log import plain_value
from voronka.kit.models import EventRow, ListenerPosition
from voronka.messaging.models import Message, MessageStep
from voronka.people.models import Client, Consent, ContactPerson, ContactPoint, MatchKey, Note, Touch
from voronka.work.models import Task

_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Said:
    """An event of the past and who brought it about."""

    at: datetime
    employee_id: int | None
    cause: uuid.UUID | None
    event: Event


@dataclass(slots=True)
class Book:
    """All rows of the demo, in memory; `ids` hands out ids of the database's own sequences."""

    company_id: int
    clients: list[Client] = field(default_factory=list)
    contacts: list[ContactPoint] = field(default_factory=list)
    persons: list[ContactPerson] = field(default_factory=list)
    keys: list[MatchKey] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)
    touches: list[Touch] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    presses: list[Press] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    message_steps: list[MessageStep] = field(default_factory=list)
    events: list[Said] = field(default_factory=list)

    def say(
        self, at: datetime, *events: Event, employee_id: int | None = None, cause: uuid.UUID | None = None
    ) -> None:
        """Remember events of one moment, in their order."""
        self.events.extend(Said(at, employee_id, cause, event) for event in events)

    def write(self) -> None:
        """Write everything, ids being given already; the order follows the keys between the tables."""
        for rows in (self.clients, self.contacts, self.persons, self.keys, self.consents, self.touches, self.notes,
                     self.tasks, self.deals, self.presses, self.messages, self.message_steps):  # fmt: skip
            _write(rows)
        self.events.sort(key=lambda said: said.at)
        numbers = _numbers(len(self.events))
        _write([_event_row(one, self.company_id, seq) for one, seq in zip(self.events, numbers, strict=True)])


class Ids:
    """Hands out ids of a table, taken from its sequence a thousand at a time."""

    def __init__(self, model: type[models.Model]) -> None:
        self._table = model._meta.db_table
        self._left: list[int] = []

    def take(self) -> int:
        """Return an id that nobody else gets."""
        if not self._left:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, 1000)", [self._table]
                )
                self._left = [row[0] for row in reversed(cursor.fetchall())]
        return self._left.pop()


def _write(rows: Sequence[Any]) -> None:  # models of many tables
    if rows:
        type(rows[0]).objects.bulk_create(rows, batch_size=_BATCH)


def _event_row(said: Said, company_id: int, seq: int) -> EventRow:
    kind, id_field = said.event.subject
    values = {one.name: getattr(said.event, one.name) for one in dataclasses.fields(said.event)}
    return EventRow(
        company_id=company_id,
        seq=seq,
        name=said.event.name(),
        at=said.at,
        employee_id=said.employee_id,
        cause=said.cause,
        subject_kind=kind,
        subject_id=values[id_field],
        client_id=values.get("client_id"),
        payload=json.loads(json.dumps(values, default=plain_value)),
    )


def settle_listeners(company_id: int) -> None:
    """Set every listener behind the events: nobody reacts to a past that has had its effects."""
    last = EventRow.objects.filter(seq__isnull=False).aggregate(last=models.Max("seq"))["last"] or 0
    ListenerPosition.objects.bulk_create(
        [ListenerPosition(company_id=company_id, listener=one.name, seq=last) for one in all_listeners()]
    )


def _numbers(count: int) -> list[int]:
    """Take numbers of the log, as its one sequencer does and under its lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7341, 1)")
        cursor.execute("SELECT nextval('kit_event_number') FROM generate_series(1, %s)", [count])
        return [row[0] for row in cursor.fetchall()]
