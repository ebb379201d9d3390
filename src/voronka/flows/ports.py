"""What other parts offer to automations: who may walk them, and what brings somebody in.

A part registers its kind of record as a traveller, then what may happen to it as triggers, from its `triggers.py`
(`flows.services`: `offer_traveller`, `trigger`). Automations know nothing of clients, deals and orders beside this.
"""

import re
import unicodedata
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Protocol

from pydantic import BeforeValidator, Field

from voronka.kit.events import Event, RecordedEvent
from voronka.kit.steps import Effect, Setup, Step, StepContext

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.functional import _StrPromise

    from voronka.kit.actors import Actor


HOUR_SHAPE = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
NAME_SHAPE = r"^[a-zа-яё][a-zа-яё0-9_]{0,29}$"


def answer_name(typed: object) -> object:
    """Return the name of an answer as texts can say it: one word of small letters, however it was typed.

    Liquid takes letters of any alphabet in a name, yet no spaces; a й of two signs would be another name than one of
    one, and nobody sees which of them he has typed.
    """
    if not isinstance(typed, str):
        return typed
    return re.sub(r"[\s-]+", "_", unicodedata.normalize("NFC", typed).strip().lower())


# By what name an answer of a scenario is kept, as people write it; the second may be left out.
AnswerName = Annotated[str, BeforeValidator(answer_name), Field(pattern=NAME_SHAPE)]
AnyAnswerName = Annotated[str, BeforeValidator(answer_name), Field(pattern=f"^$|{NAME_SHAPE}")]


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
    kept: dict[str, Any] = field(default_factory=dict)  # JSON: what the walk keeps from one step to the next
    key: str = ""  # names walk and node: for what is to be done once
    near: "Near | None" = None  # what the part gave with the moment at which the steps run, None with nobody there


def _no_categories() -> Sequence[tuple[str, str]]:
    return ()


def _no_list(actor: "Actor") -> Sequence[tuple[str, str]]:
    return ()


def _as_it_is(_actor: "Actor", name: str) -> str:
    return name


def _no_lock(subject_id: int) -> None:
    return None


def _no_page(actor: "Actor", code: str, after: int, limit: int) -> list[int]:
    return []


class Near(Protocol):
    """What a part hands along with a moment (Heard.near): passed on to steps, of which automations know only this."""

    def anew(self) -> "Near":
        """Return a fresh one for the next moment on the same page; used by tries."""


class Replay(Protocol):
    """How a part tells again what a live record did: for trying a map out."""

    def times(self, subject_id: int) -> Sequence[tuple[str, datetime]]:
        """Return the times that may be told again, the newest first: a code and when it began."""

    def moments(self, subject_id: int, chosen: str) -> "Iterable[tuple[datetime, str, Heard]]":
        """Give the moments of one time, in order, with their words; the record is as it was then, until it ends."""


@dataclass(frozen=True, slots=True)
class Traveller:
    """How automations treat records of a kind.

    `opener` is the class whose capabilities steps get (kit.steps); `rows` are the records that are there, for
    conditions; `client_of` gives the client of a record, `zone_of` the clock it lives by; `run` runs steps on one;
    `find` looks for one by words, `pick` opens it by its public id, `seen` tells which of many an actor may see.
    `lists` are the saved lists (code, name), `list_page` ids of one in their order. `named` gives a record's name as an
    actor may read it: a client without a name is called by his phone.

    Records that are `is_live` are watched as they act (services.hear): their maps may have several doors and waits
    on a page, and the event log is not told who comes and goes. `lock` locks what their steps may touch, in the order
    of all verbs, before several turns are taken in one transaction. `categories` (code, name) are those to which a
    door may be narrowed: triggers that know goods have a setting of that name. `told` returns the one record that
    another program names by what it knows of it (`client`, `phone`, `email`), None where that is nobody or several.
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
    is_live: bool = False
    lock: Callable[[int], None] = _no_lock
    replay: Replay | None = None
    categories: Callable[[], Sequence[tuple[str, str]]] = _no_categories
    told: Callable[[Mapping[str, str]], int | None] | None = None


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


@dataclass(frozen=True, slots=True)
class Heard:
    """What a live record does right now. `codes` are those of moment triggers, `page` where he is.

    `key` names the moment, which brings somebody in once; `run` is the walk that it answers, as steps were told
    (Act.key), empty where none. `near` is handed to steps that run at once.
    """

    codes: Sequence[str]
    page: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""
    run: str = ""
    near: Near | None = None


class MomentTrigger(Trigger):
    """Something that a live record does, told by who sees it and not by the log. It is waited for as well."""

    code: ClassVar[str]

    def fits(self, heard: Heard) -> bool:
        """Tell whether the moment is the one that is meant."""
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


class ShownStep(Step):
    """The base of steps that show something to a live record right now: of several at one moment only one may."""

    @abstractmethod
    def yields(self) -> int:
        """Return its place among steps that want to show something at one moment, from 1: the lowest is shown."""

    @abstractmethod
    def called(self) -> str:
        """Return the name of what is shown."""


# Writes what a ready process needs before its steps can name it: a letter. Returns what the step is given.
Maker = Callable[["Actor", Mapping[str, str], datetime], str]


# --- scenarios: what is said in a talk ------------------------------------------------------------------------------


class Conversation(ABC):
    """A talk as a scenario and its steps see it; tried out, nothing leaves and nothing is written.

    `key` names the walk, for what must be done once; `talk_id` is 0 in a try. `client_id` is the client whom somebody
    has vouched for, never one whose phone was only typed. `values` are the answers by their names, `memo` is what a
    step keeps from one message to the next.

    What is said and whether a person is called is gathered here, and written by whoever keeps the talk, by `write`.
    """

    key: str
    talk_id: int
    client_id: int | None
    channel: str
    language: str
    dry: bool

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.memo: dict[str, Any] = {}  # JSON
        self.said: list[tuple[str, tuple[str, ...]]] = []
        self.handed: tuple[str, str, str] | None = None

    def say(self, text: str, buttons: Sequence[str] = ()) -> None:
        """Say something to the other side, with buttons where the channel has them, else as a numbered list."""
        self.said.append((text, tuple(buttons)))

    def hand_over(self, text: str, department: str, summary: str) -> None:
        """Leave the talk to people, who find the summary in it as a note; `text` is said to the other side."""
        self.handed = (text, department, summary)

    @property
    def is_taken(self) -> bool:
        """Tell whether a person has the talk, so that a scenario that goes on in it is over."""
        return False

    @abstractmethod
    def write(self, *, is_over: bool) -> None:
        """Write down what was said, and who has the talk now."""

    @abstractmethod
    def set_field(self, field: str, value: str) -> bool:
        """Keep something of the person: name, phone, e-mail of the talk, or an own field of his card. False if not."""

    @abstractmethod
    def facts(self) -> "Mapping[str, Any]":
        """Return the values that texts may name beside the answers: client, company."""

    @abstractmethod
    def is_open(self) -> bool:
        """Tell whether it is the company's working time."""


class TalkStep(Step):
    """The base of what a scenario asks of the product: a request made, an order looked up, goods found.

    `ways` are its exits by their codes, in order, of eight signs at most, with their words.
    """

    needs: ClassVar[frozenset[type]] = frozenset({Conversation})
    ways: ClassVar["Mapping[str, str | _StrPromise]"]

    @abstractmethod
    def talk(self, conversation: Conversation, context: StepContext, heard: str | None) -> str:
        """Do it and return the way that it goes, or "" while it waits for an answer, whose first line comes as `heard`.

        `context.dry` tells to do nothing that lasts.
        """

    def preview(self, context: StepContext) -> list[Effect]:
        """Tell nothing ahead: what it does depends on what is said."""
        return []


@dataclass(frozen=True, slots=True)
class Talks:
    """What the part of talks gives to scenarios.

    `open` locks a talk and returns it as a conversation of a walk, None where a person has it or it is no more.
    `fields` are those that a scenario may set (code, name), `departments` those it may hand over to.
    """

    open: "Callable[[int, str, datetime], Conversation | None]"
    fields: "Callable[[], Sequence[tuple[str, str]]]"
    departments: "Callable[[], Sequence[tuple[str, str]]]"
    tried_facts: "Callable[[], Mapping[str, Any]]"
    places: Sequence[str]  # dotted names that texts may use beside the answers
