"""Steps: what a button, an automation, a scenario or a bot may do.

A step is a class with typed settings; its instances are stored as JSON `{"kind": ..., settings}`. It says
itself in a sentence, tells by `preview` what it would do, and does it by `run` inside the caller's
transaction. Parts contribute their steps from `steps.py`.
"""

import uuid
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from string import Formatter
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from voronka.kit import modules
from voronka.kit.actors import Actor
from voronka.kit.subjects import Subject

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

C = TypeVar("C")

# What a step does to the next step of its subject: nothing, sets one, closes the subject, or does one or the other.
Ending = Literal["", "next", "close", "maybe"]


@dataclass(frozen=True, slots=True)
class Slot:
    """A changeable piece of a step's sentence: the setting it shows and the words for its value."""

    setting: str
    words: str


Sentence = Sequence[str | Slot]


@dataclass(frozen=True, slots=True)
class Ask:
    """Something a person has to answer before the step can run.

    `kind` is one of moment, text, money, number, date, choice, choices, yes_no, person, file,
    link; `key` is the name under which
    the answer comes back; `options` are (value, words) of a choice.
    """

    key: str
    kind: str
    label: str
    required: bool = True
    options: Sequence[tuple[str, str]] = ()
    default: object = None
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a step did or would do, in words for the toast, the dry run and the history.

    `at` is the moment the effect concerns (the time of a task, the leaving of a letter); `happens` is
    False for a step whose condition was not met.
    """

    code: str
    words: str
    at: datetime | None = None
    happens: bool = True


def _no_options(where: Subject) -> Sequence[tuple[str, str]]:
    return ()


@dataclass(frozen=True, slots=True)
class Setting:
    """How a setting of a step is edited: its name for people and, where its type does not say it, its values.

    `words` name the values of a choice. `options` lists (value, words) at the place that is being edited, such
    as the stages of its pipeline; nothing else may be saved then. `look` changes how a number or a list is
    edited: minutes, ladder, lines (a text of several), rows (short texts, one a line). The setting matters only
    while the setting `when[0]` has one of the values `when[1]`.
    """

    label: "str | _StrPromise"
    words: Mapping[str, "str | _StrPromise"] = field(default_factory=dict)
    options: Callable[[Subject], Sequence[tuple[str, str]]] = _no_options
    is_picked: bool = False
    look: Literal["", "minutes", "ladder", "lines", "rows"] = ""
    when: tuple[str, frozenset[str]] | None = None
    help: "str | _StrPromise" = ""


class Opener(Protocol):
    """Opens capabilities of the subject in hand: a draft that is written once, at the end."""

    def capability(self, wanted: type[C]) -> C:
        """Return the capability or raise LookupError."""


@dataclass(slots=True)
class StepContext:
    """What a step knows while it runs.

    `answers` are the person's validated answers by key; `given` holds what earlier steps gave; `facts` are words
    about the subject for texts and `own` the values of its own fields by code, as the steps leave them; `dry`
    means that nothing may be written outside the draft, which will be thrown away.
    """

    subject: Subject
    client_id: int
    actor: Actor
    now: datetime
    cause: uuid.UUID
    draft: Opener
    answers: Mapping[str, Any] = field(default_factory=dict)  # typed by the Ask that asked
    given: dict[str, object] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    own: Mapping[str, object] = field(default_factory=dict)
    dry: bool = False


class Setup(BaseModel):
    """Something that people set up in an editor: a step, what begins an automation, a node of its map.

    The fields of a subclass are its settings; `kind` is the stable id `part.verb`; `title` names it in the editor;
    `settings` say how its settings are edited.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ClassVar[str]
    title: ClassVar[str]
    icon: ClassVar[str] = "circle"
    settings: ClassVar[Mapping[str, Setting]] = {}

    @abstractmethod
    def sentence(self) -> Sentence:
        """Say it with its settings in the reader's language."""

    def problems(self) -> list[str]:
        """Return what is wrong with the settings beyond their types: a stage that is gone, a switched-off person."""
        return []

    def to_json(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return {"kind": self.kind, **self.model_dump(mode="json")}


class Step(Setup):
    """The base of all steps.

    `needs` are the capabilities it asks of its subject; `gives` names the values it leaves to later steps; `ending` is
    what it does to the subject's next step; `by_person` says that it makes no sense where nobody can be asked.
    """

    needs: ClassVar[frozenset[type]] = frozenset()
    gives: ClassVar[Mapping[str, type]] = {}
    ending: ClassVar[Ending] = ""
    by_person: ClassVar[bool] = False

    def asks(self, context: StepContext) -> Sequence[Ask]:
        """Return what a person has to answer first."""
        return ()

    @abstractmethod
    def preview(self, context: StepContext) -> list[Effect]:
        """Tell what `run` would do, writing nothing but the draft."""

    def run(self, context: StepContext) -> list[Effect]:
        """Do it, inside the caller's transaction. Steps that only change the draft need no more than preview."""
        return self.preview(context)


class CounterEntry(Protocol):
    """Takes back what steps wrote into a part's books under a cause, by counter-entries; a Refusal stops the undo."""

    def __call__(self, *, actor: Actor, cause: uuid.UUID, now: datetime) -> object:
        """Take it back; where there is nothing, do nothing."""


_counter_entries: dict[str, CounterEntry] = {}


def register_counter_entry(code: str, act: CounterEntry) -> None:
    """Let a part take back what its steps did beyond the draft and the outbox; asked in the order of registration."""
    if code in _counter_entries:
        raise ValueError(f"counter-entry {code} is registered twice")
    _counter_entries[code] = act


def take_back(*, actor: Actor, cause: uuid.UUID, now: datetime) -> None:
    """Take back what all parts wrote under a cause, in the transaction of the undo. Raises Refusal."""
    for act in _counter_entries.values():
        act(actor=actor, cause=cause, now=now)


S = TypeVar("S", bound=type[Step])
_steps: dict[str, type[Step]] = {}


def step(kind: type[Step]) -> type[Step]:
    """Register a step class; a decorator of `steps.py`."""
    if kind.kind in _steps:
        raise ValueError(f"step {kind.kind} is registered twice")
    _steps[kind.kind] = kind
    return kind


def all_steps() -> list[type[Step]]:
    """Return the registered step classes in the order of registration."""
    return list(_steps.values())


def steps_for(actor: Actor) -> list[type[Step]]:
    """Return the step classes that the actor may put into a button: those of switched-off modules are left out."""
    return list(modules.switched_on(_steps.values(), actor, by=lambda kind: kind))


def working(steps: Sequence[Step], actor: Actor) -> list[Step]:
    """Return the steps that a press runs: those of modules that the company has switched off rest meanwhile.

    What only the actor's role leaves out still happens: he does not see the module, the company uses it.
    """
    return [one for one in steps if modules.owner_of(type(one)) not in actor.off_in_company]


class BadStep(ValueError):
    """A stored or submitted step is of no known kind or its settings are wrong; `places` names them."""

    def __init__(self, number: int, reason: str, places: Mapping[str, str] | None = None) -> None:
        super().__init__(f"step {number + 1}: {reason}")
        self.number, self.reason, self.places = number, reason, dict(places or {})


def parse_steps(stored: Sequence[Mapping[str, Any]]) -> list[Step]:
    """Make steps of their stored form. Raises BadStep naming the step and the settings at fault."""
    steps = []
    for number, item in enumerate(stored):
        if not isinstance(item, Mapping) or item.get("kind") not in _steps:
            raise BadStep(number, "unknown kind")
        settings = {key: value for key, value in item.items() if key != "kind"}
        try:
            steps.append(_steps[item["kind"]].model_validate(settings))
        except ValidationError as error:
            places = {".".join(str(key) for key in one["loc"]): one["msg"] for one in error.errors()}
            raise BadStep(number, "wrong settings", places) from error
    return steps


def run_steps(steps: Sequence[Step], context: StepContext) -> list[Effect]:
    """Run the steps in their order and return their effects; a refusal of one is the refusal of all."""
    act: Callable[[Step], list[Effect]] = (
        (lambda one: one.preview(context)) if context.dry else (lambda one: one.run(context))
    )
    return [effect for one in steps for effect in act(one)]


def say(template: str, /, **slots: str) -> Sentence:
    """Make a sentence of a translated template: `{stage}` becomes a slot of the setting `stage`."""
    pieces: list[str | Slot] = []
    for text, name, _spec, _conversion in Formatter().parse(template):
        if text:
            pieces.append(text)
        if name is not None:
            pieces.append(Slot(name, slots[name]))
    return pieces
