"""A scenario gone through: what is said until somebody is asked, and what his answer leads to.

It knows no rows and writes none: whoever calls keeps the state and the lines. One message goes through so many nodes at
most; what breaks on the way calls a person, so that nobody is left without an answer.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import structlog
from django.db import OperationalError, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from pydantic import ValidationError

from voronka.flows.ports import Conversation, TalkStep
from voronka.flows.rules.maps import NO, WRONG, YES, Map, Node
from voronka.flows.rules.scenes import MOST_ANSWER, MOST_AT_ONCE, chosen, compares, first_line, read_answer
from voronka.flows.services.entering import Senseless, meets
from voronka.flows.services.scenes.setups import AskNode, ForkNode, KeepNode, PersonNode, SayNode
from voronka.flows.services.scenes.wholes import answer_names, talk_steps
from voronka.kit import modules, texts
from voronka.kit.actors import Actor
from voronka.kit.steps import StepContext
from voronka.kit.subjects import Subject

log = structlog.get_logger(__name__)
C = TypeVar("C")

DONE, PERSON, LIMIT, BROKEN, SILENCE, SENSELESS = "end", "person", "limit", "broken", "silence", "senseless"
HANDED = frozenset({PERSON, LIMIT, BROKEN, SILENCE, SENSELESS})  # why a person was called


@dataclass(slots=True)
class State:
    """Where a scenario stands with somebody: at a node that waits, after so many answers that were none."""

    node: str = ""
    values: dict[str, str] = field(default_factory=dict)
    memo: dict[str, Any] = field(default_factory=dict)
    tries: int = 0
    reminded: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return {
            "node": self.node, "values": self.values, "memo": self.memo, "tries": self.tries,
            "reminded": self.reminded,
        }  # fmt: skip

    @classmethod
    def of(cls, kept: Mapping[str, Any], node: str) -> "State":
        """Return it of what was kept."""
        values = {str(name): str(value) for name, value in dict(kept.get("values", {})).items()}
        return cls(
            node, values, dict(kept.get("memo", {})), int(kept.get("tries", 0)), bool(kept.get("reminded", False))
        )


@dataclass(frozen=True, slots=True)
class Line:
    """Something that happened at a node; `about` is of plain values."""

    node: str
    code: str
    way: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Turn:
    """What came of a message: the lines of the log, and why the scenario is over, "" while it waits."""

    lines: list[Line] = field(default_factory=list)
    over: str = ""


@dataclass(frozen=True, slots=True)
class _Draft:
    """What steps get: the conversation, nothing else."""

    conversation: Conversation

    def capability(self, wanted: type[C]) -> C:
        """Return the conversation or raise LookupError."""
        if isinstance(self.conversation, wanted):
            return self.conversation
        raise LookupError(f"a talk offers no {wanted.__name__}")


class Walker:
    """Goes through one scenario for one message."""

    def __init__(
        self, held: Map, state: State, conversation: Conversation, *, actor: Actor, now: datetime, name: str
    ) -> None:
        self.held, self.state, self.conversation = held, state, conversation
        self.actor, self.now, self.name = actor, now, name
        self.turn = Turn()
        conversation.values, conversation.memo = state.values, state.memo

    # --- from outside --------------------------------------------------------------------------------------------

    def begin(self) -> Turn:
        """Go from the beginning until somebody is asked."""
        return self._safely(lambda: self._go(self.held.first))

    def hear(self, text: str) -> Turn:
        """Take an answer and go on until somebody is asked again."""
        return self._safely(lambda: self._heard(text[: 4 * MOST_ANSWER]))

    def silence(self, *, reminds: bool = True) -> Turn:
        """Do what is done when nobody answers: remind once, call a person, or end."""
        return self._safely(lambda: self._silent(reminds))

    # --- inside --------------------------------------------------------------------------------------------------

    def _safely(self, act: Callable[[], None]) -> Turn:
        try:
            with transaction.atomic():
                act()
        except OperationalError:
            raise  # two waited for each other: the whole message is taken again
        except Senseless:  # a field of the card was put away: the answer is neither yes nor no
            self.conversation.said.clear()
            self._call("", "", SENSELESS)
        except Exception as reason:  # noqa: BLE001 - whatever broke, somebody waits for an answer
            log.warning("a scenario broke", node=self.state.node, reason=type(reason).__name__)
            self.conversation.said.clear()  # what was said in a part that broke was not said
            self._call("", "", BROKEN)
        return self.turn

    def _note(self, node: str, code: str, way: str = "", **about: Any) -> None:
        self.turn.lines.append(Line(node, code, way, about))

    def _go(self, node_id: str) -> None:
        for _turn in range(MOST_AT_ONCE):
            node = self.held.node(node_id)
            if node is None:
                self.state.node, self.turn.over = "", DONE
                self._note("", "end")
                return
            way = self._arrive(node)
            if way is None:
                return
            node_id = self.held.target((node.id, way))
        self._call("", "", LIMIT)

    def _arrive(self, node: Node) -> str | None:
        """Do what a node does; None where it waits or the scenario is over."""
        self.state.node, self.state.tries, self.state.reminded = node.id, 0, False
        match node.kind:
            case "say":
                self.conversation.say(self._filled(SayNode.model_validate(node.set).text))
                self._note(node.id, "said", "next")
                return "next"
            case "ask":
                self._ask(AskNode.model_validate(node.set))
                self._note(node.id, "asked")
                return None
            case "fork":
                way = YES if self._holds(ForkNode.model_validate(node.set)) else NO
            case "check":
                way = YES if self._meets(node) else NO
            case "keep":
                return self._keep(node)
            case "person":
                setup = PersonNode.model_validate(node.set)
                self._call(self._filled(setup.text), setup.department, PERSON)
                return None
            case _:
                return self._acted(node, None)
        self._note(node.id, "checked", way)
        return way

    def _ask(self, setup: AskNode) -> None:
        self.conversation.say(self._filled(setup.text), setup.buttons if setup.about == "choice" else ())

    def _heard(self, text: str) -> None:
        node = self.held.node(self.state.node)
        if node is None:
            self.turn.over = DONE
            return
        if node.kind == "act":
            way = self._acted(node, first_line(text))
            if way is not None:
                self._go(self.held.target((node.id, way)))
            return
        setup = AskNode.model_validate(node.set)
        value, way = _understood(setup, text)
        if value is None:
            value, way = _understood(setup, first_line(text))
        if value is not None:
            self.state.values[setup.name] = value
            self._note(node.id, "answered", way, said=value, question=setup.text)
            self._go(self.held.target((node.id, way)))
            return
        self.state.tries += 1
        if self.state.tries < setup.tries:
            self._note(node.id, "again", said=text[:MOST_ANSWER])
            self.conversation.say(self._filled(setup.again) or _again_words(setup.about))
            self._ask(setup)
            return
        self._note(node.id, "no_answer", WRONG, said=text[:MOST_ANSWER])
        self._go(self.held.target((node.id, WRONG)))

    def _silent(self, reminds: bool) -> None:
        node = self.held.node(self.state.node)
        setup = AskNode.model_validate(node.set) if node is not None and node.kind == "ask" else None
        if setup is not None and setup.silence == "remind" and reminds and not self.state.reminded:
            self.state.reminded = True
            self.conversation.say(self._filled(setup.reminder), setup.buttons if setup.about == "choice" else ())
            self._note(self.state.node, "reminded")
            return
        if setup is not None and setup.silence == "person":
            self._note(self.state.node, "silence")
            self._call("", "", SILENCE)
            return
        self._note(self.state.node, "silence")
        self.turn.over = SILENCE

    def _holds(self, setup: ForkNode) -> bool:
        match setup.what:
            case "hours":
                return self.conversation.is_open()
            case "client":
                return self.conversation.client_id is not None
            case "channel":
                return self.conversation.channel == setup.channel
        return compares(self.state.values.get(setup.name, ""), setup.how, setup.value)

    def _meets(self, node: Node) -> bool:
        client_id = self.conversation.client_id
        filters = {str(name): str(text) for name, text in node.set.get("filters", {}).items()}
        return client_id is not None and meets("client", client_id, filters, actor=self.actor, now=self.now)

    def _keep(self, node: Node) -> str:
        setup = KeepNode.model_validate(node.set)
        text = " ".join(self._filled(setup.text).split())[:MOST_ANSWER]
        if setup.where == "value":
            self.state.values[setup.name] = text
            is_kept = True
        else:
            is_kept = self.conversation.set_field(setup.where, text)
        self._note(node.id, "kept" if is_kept else "not_kept", "next")
        return "next"

    def _acted(self, node: Node, heard: str | None) -> str | None:
        step = self._step(node)
        cause = uuid.uuid5(uuid.NAMESPACE_OID, f"{self.conversation.key}:{node.id}")
        context = StepContext(
            subject=Subject("talk", self.conversation.talk_id), client_id=self.conversation.client_id or 0,
            actor=self.actor, now=self.now, cause=cause, draft=_Draft(self.conversation), dry=self.conversation.dry,
        )  # fmt: skip
        if heard is None:
            self.state.memo.clear()
        way = step.talk(self.conversation, context, heard)
        about = {"said": heard[:MOST_ANSWER], "question": str(step.title)} if heard is not None else {}
        if not way:
            self._note(node.id, "waits" if heard is None else "answered", **about)
            return None
        self.state.memo.clear()
        self._note(node.id, "acted", way, **about)
        return way

    def _step(self, node: Node) -> TalkStep:
        stored = dict(node.set.get("step", {}))
        kind = talk_steps().get(str(stored.pop("kind", "")))
        if kind is None or modules.owner_of(kind) in self.actor.off_in_company:
            raise LookupError("the step is of a part that is off")
        try:
            return kind.model_validate(stored)
        except ValidationError as error:
            raise LookupError("the step is broken") from error

    def _filled(self, text: str) -> str:
        if "{" not in text:
            return text
        known = dict.fromkeys(answer_names(self.held), "")
        values = {**self.conversation.facts(), "answers": known | self.state.values}
        return texts.render(text, values, autoescape=False, language=self.conversation.language)

    def _call(self, text: str, department: str, why: str) -> None:
        self._note(self.state.node, "called", why=why)
        self.turn.over = why
        with translation.override(self.actor.language):  # colleagues read it
            summary = self.summary(why)
        self.conversation.hand_over(text, department, summary)

    def summary(self, why: str) -> str:
        """Say all that was answered, for whoever takes over."""
        reasons = {
            LIMIT: _("The scenario went on and on: look at its map."),
            BROKEN: _("The scenario broke: look at its log."),
            SENSELESS: _("The scenario asks of a field that was put away: look at its map."),
            SILENCE: _("Nothing was answered to the last question."),
        }
        questions = {
            str(one.set.get("name")): str(one.set.get("text", "")) for one in self.held.nodes if one.kind == "ask"
        }
        asked = {name: self._told(questions.get(name, name)) for name in self.state.values}
        rows = [f"{_one_line(asked[name])}: {value}" for name, value in self.state.values.items()]
        head = _("Scenario “%(name)s”") % {"name": self.name}
        return "\n".join([head, *([reasons[why]] if why in reasons else []), *rows])[:2_000]

    def _told(self, question: str) -> str:
        """Return a question as it was asked; one that breaks, perhaps the reason of the summary, as it was drawn."""
        try:
            return self._filled(question)
        except texts.TextError:
            return question


def _understood(setup: AskNode, text: str) -> tuple[str | None, str]:
    """Return an answer as it is kept and the way that it goes, None for what is no answer."""
    if setup.about != "choice":
        return read_answer(setup.about, text), "next"
    at = chosen(text, setup.buttons)
    return (setup.buttons[at], str(at)) if at is not None else (None, "")


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 80 else f"{line[:79]}…"


def _again_words(about: str) -> str:
    return {
        "phone": _("This is no phone number. Write it with the code, such as +7 912 345-67-89."),
        "email": _("This is no e-mail address."),
        "number": _("Write a number, please."),
        "date": _("Write a date, please, such as 25.12.2026."),
        "choice": _("Choose one of these, please."),
    }.get(about, _("I did not understand that."))
