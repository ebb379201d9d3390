"""What other parts offer to automations: who may walk them, and what brings somebody in.

A part registers its kind of record as a traveller, then what may happen to it as triggers, from its `triggers.py`
(`flows.services`: `offer_traveller`, `trigger`). Automations know nothing of clients, deals and orders beside this.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from voronka.kit.events import Event, RecordedEvent
from voronka.kit.steps import Effect, Setup, Step

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from voronka.kit.actors import Actor


HOUR_SHAPE = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"


@dataclass(frozen=True, slots=True)
class Found:
    """A record that somebody picked by its words: to try a map on."""

    id: int
    public_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Act:
    """Steps to be run on a record inside the caller's transaction; `dry` tells what they would do, no more."""

    subject_id: int
    steps: Sequence[Step]
    actor: "Actor"
    now: datetime
    cause: uuid.UUID
    dry: bool = False


def _no_list(actor: "Actor") -> Sequence[tuple[str, str]]:
    return ()


def _as_it_is(_actor: "Actor", name: str) -> str:
    return name


def _no_page(actor: "Actor", code: str, after: int, limit: int) -> list[int]:
    return []


@dataclass(frozen=True, slots=True)
class Traveller:
    """How automations treat records of a kind.

    `opener` is the class whose capabilities steps get (kit.steps); `rows` are the records that are there, for
    conditions; `client_of` gives the client of a record, `zone_of` the clock it lives by; `run` runs steps on one;
    `find` looks for one by words, `pick` opens it by its public id, `seen` tells which of many an actor may see.
    `lists` are the saved lists (code, name), `list_page` ids of one in their order. `named` gives a record's name as an
    actor may read it: a client without a name is called by his phone.
    """

    kind: str
    opener: type
    rows: "Callable[[], QuerySet[Any]]"  # of the part's own model
    client_of: Callable[[int], int | None]
    zone_of: Callable[[int], str]
    run: Callable[[Act], list[Effect]]
    find: "Callable[[Actor, str], Sequence[Found]]"
    pick: "Callable[[Actor, str], Found | None]"
    seen: "Callable[[Actor, Sequence[int]], set[int]]"
    lists: "Callable[[Actor], Sequence[tuple[str, str]]]" = _no_list
    list_page: "Callable[[Actor, str, int, int], list[int]]" = _no_page
    named: "Callable[[Actor, str], str]" = _as_it_is


class Trigger(Setup):
    """The base of what begins an automation; `subject` is the kind of record that walks it."""

    subject: ClassVar[str]


class EventTrigger(Trigger):
    """Something that the log tells of. It is waited for inside of maps as well, and may be their goal."""

    event: ClassVar[type[Event]]

    @classmethod
    def subject_of(cls, event: RecordedEvent) -> int | None:
        """Return the record that the event brings in."""
        return event.subject_id if event.subject_kind == cls.subject else event.client_id

    def fits(self, event: RecordedEvent) -> bool:
        """Tell whether the event is the one that is meant."""
        return True


class DayTrigger(Trigger):
    """A day of somebody's calendar: looked for once a day, at an hour of his own clock."""

    at: str = Field(default="10:00", pattern=HOUR_SHAPE)

    def zones(self) -> Sequence[str]:
        """Return the clocks by which there is somebody."""
        raise NotImplementedError

    def whose(self, day: date, zone: str, after: int, limit: int) -> list[int]:
        """Return ids of those who live by a clock and whose day it is, in their order, from `after` on."""
        raise NotImplementedError


class ListTrigger(Trigger):
    """Somebody begins to match a saved list."""

    list: str = Field(max_length=20)


class HandTrigger(Trigger):
    """Nothing by itself: a person, or a program by the API, brings somebody in."""


# Writes what a ready process needs before its steps can name it: a letter. Returns what the step is given.
Maker = Callable[["Actor", Mapping[str, str], datetime], str]
