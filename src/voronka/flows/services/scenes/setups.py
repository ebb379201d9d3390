"""Nodes of scenarios as people set them up: their settings, their words, and what is wrong with them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from pydantic import Field

from voronka.flows.ports import AnswerName
from voronka.flows.rules.maps import MOST_BUTTONS
from voronka.flows.rules.scenes import About
from voronka.flows.services import offering
from voronka.flows.services.scenes.looks import MOST_TEXT, Title
from voronka.flows.services.scenes.starts import CHANNEL_WORDS
from voronka.kit import texts
from voronka.kit.steps import Sentence, Setting, Setup, Slot, say
from voronka.kit.subjects import Subject

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

DAY = 24 * 60


def text_problems(text: str, names: Sequence[str] | None = None) -> list[str]:
    """Return what is wrong with a text that has places for values; `names` are those of answers, None where unknown."""
    talks = offering.find_talks()
    known = [*(talks.places if talks else ()), *(f"answers.{one}" for one in names or ())]
    found = texts.check_template(text, known)
    if names is None:
        found = [one for one in found if one.code is not texts.ProblemCode.UNKNOWN_FIELD]
    return [texts.explain(one) for one in found]


def _departments(where: Subject) -> Sequence[tuple[str, str]]:
    talks = offering.find_talks()
    return [("", _("whoever answers")), *(talks.departments() if talks else ())]


def _fields(where: Subject) -> Sequence[tuple[str, str]]:
    talks = offering.find_talks()
    return [("value", _("keep as an answer only")), *(talks.fields() if talks else ())]


class SayNode(Setup):
    """Says something and goes on."""

    kind: ClassVar[str] = "say"
    title: ClassVar[str] = pgettext_lazy("a node of a map", "say")  # type: ignore[assignment]  # when shown
    icon: ClassVar[str] = "message"
    settings: ClassVar[Mapping[str, Setting]] = {
        "text": Setting(
            gettext_lazy("Text"), look="lines",
            help=gettext_lazy("Answers are put in by their names: {{ answers.name }}; also {{ company.name }}."),
        )
    }  # fmt: skip

    text: str = Field(min_length=1, max_length=MOST_TEXT)

    def sentence(self) -> Sentence:
        """Say what."""
        return [self.text]

    def problems(self) -> list[str]:
        """Check the places for values."""
        return text_problems(self.text)


class AskNode(Setup):
    """Asks and waits; what is no answer is asked for again, then goes its own way. Silence is met once."""

    kind: ClassVar[str] = "ask"
    title: ClassVar[str] = pgettext_lazy("a node of a map", "ask")  # type: ignore[assignment]  # when shown
    icon: ClassVar[str] = "help-circle"
    settings: ClassVar[Mapping[str, Setting]] = {
        "text": Setting(gettext_lazy("Question"), look="lines"),
        "about": Setting(
            gettext_lazy("What is answered"),
            words={
                "text": gettext_lazy("any text"),
                "choice": gettext_lazy("one of the buttons"),
                "phone": pgettext_lazy("an answer", "a phone"),
                "email": pgettext_lazy("an answer", "an e-mail"),
                "number": pgettext_lazy("an answer", "a number"),
                "date": pgettext_lazy("an answer", "a date"),
            },
        ),
        "buttons": Setting(
            gettext_lazy("Buttons"), look="rows", when=("about", frozenset({"choice"})),
            help=gettext_lazy("One a line; in letters and SMS they become a numbered list."),
        ),
        "name": Setting(
            gettext_lazy("Name of the answer"),
            help=gettext_lazy("One word, such as city: by it texts and branches name the answer"),
        ),
        "again": Setting(
            gettext_lazy("If it is no such answer, say"), look="lines",
            help=gettext_lazy("Empty: the usual words. Then the question is asked again."),
        ),
        "tries": Setting(gettext_lazy("Ask at most, times"), help=gettext_lazy("1 to 3, then the way “no answer”")),
        "minutes": Setting(gettext_lazy("Wait for an answer"), look="minutes"),
        "silence": Setting(
            gettext_lazy("If nobody answers"),
            words={
                "end": pgettext_lazy("of silence", "end"),
                "person": gettext_lazy("call a person"),
                "remind": gettext_lazy("remind once, then end"),
            },
        ),
        "reminder": Setting(
            gettext_lazy("The reminder"), look="lines", when=("silence", frozenset({"remind"})),
            help=gettext_lazy("It is said once, and never again for this question."),
        ),
    }  # fmt: skip

    text: str = Field(min_length=1, max_length=MOST_TEXT)
    about: About = "text"
    buttons: list[Title] = Field(default_factory=list, max_length=MOST_BUTTONS)
    name: AnswerName = "answer"
    again: str = Field(default="", max_length=MOST_TEXT)
    tries: int = Field(default=2, ge=1, le=3)
    minutes: int = Field(default=30, ge=1, le=7 * DAY)
    silence: Literal["end", "person", "remind"] = "end"
    reminder: str = Field(default="", max_length=MOST_TEXT)

    def sentence(self) -> Sentence:
        """Say what is asked."""
        return [self.text]

    def problems(self) -> list[str]:
        """Check texts and buttons."""
        found = [*text_problems(self.text), *text_problems(self.again), *text_problems(self.reminder)]
        if self.about == "choice" and not self.buttons:
            found.append(_("Give it buttons."))
        if len({one.casefold() for one in self.buttons}) != len(self.buttons):
            found.append(_("Two buttons say the same."))
        if self.silence == "remind" and not self.reminder:
            found.append(_("Write the reminder."))
        return found


class ForkNode(Setup):
    """Goes one way or another, by an answer, the hour, the channel, or whether the client is known."""

    kind: ClassVar[str] = "fork"
    title: ClassVar[str] = pgettext_lazy("a node of a map", "branch")  # type: ignore[assignment]  # as above
    icon: ClassVar[str] = "git-branch"
    settings: ClassVar[Mapping[str, Setting]] = {
        "what": Setting(
            gettext_lazy("By what"),
            words={
                "answer": gettext_lazy("an answer"),
                "hours": gettext_lazy("it is working time now"),
                "client": gettext_lazy("the client is known"),
                "channel": gettext_lazy("the channel"),
            },
        ),
        "name": Setting(gettext_lazy("Name of the answer"), when=("what", frozenset({"answer"}))),
        "how": Setting(
            pgettext_lazy("a setting", "How"),
            words={
                "is": pgettext_lazy("a comparison", "is"),
                "not": pgettext_lazy("a comparison", "is not"),
                "has": pgettext_lazy("a comparison", "has within it"),
                "more": pgettext_lazy("a comparison", "is more, or later, than"),
                "less": pgettext_lazy("a comparison", "is less, or earlier, than"),
                "filled": pgettext_lazy("a comparison", "was given at all"),
            },
            when=("what", frozenset({"answer"})),
        ),
        "value": Setting(gettext_lazy("With what"), when=("what", frozenset({"answer"}))),
        "channel": Setting(
            gettext_lazy("Channel"), words=CHANNEL_WORDS, when=("what", frozenset({"channel"}))
        ),
    }  # fmt: skip

    what: Literal["answer", "hours", "client", "channel"] = "answer"
    name: AnswerName = "answer"
    how: Literal["is", "not", "has", "more", "less", "filled"] = "is"
    value: str = Field(default="", max_length=200)
    channel: Literal["chat", "telegram", "email", "sms"] = "chat"

    def sentence(self) -> Sentence:
        """Say the condition."""
        match self.what:
            case "hours":
                return [_("Is it working time now?")]
            case "client":
                return [_("Is the client known?")]
            case "channel":
                return say(_("Is the channel {channel}?"), channel=str(CHANNEL_WORDS[self.channel]))
        how = str(self.settings["how"].words[self.how])
        value = "" if self.how == "filled" else f" «{self.value}»"
        return [Slot("name", self.name), f" {how}{value}?"]

    def problems(self) -> list[str]:
        """Ask for what it is compared with."""
        needs = self.what == "answer" and self.how != "filled" and not self.value
        return [_("Say with what the answer is compared.")] if needs else []


class KeepNode(Setup):
    """Keeps a value, as an answer or in a field of the client."""

    kind: ClassVar[str] = "keep"
    title: ClassVar[str] = gettext_lazy("keep a value")  # type: ignore[assignment]  # when shown
    icon: ClassVar[str] = "device-floppy"
    settings: ClassVar[Mapping[str, Setting]] = {
        "where": Setting(
            gettext_lazy("Where to"), options=_fields, is_picked=True,
            help=gettext_lazy("Fields of the card are kept where the talk is with a client whom somebody has named."),
        ),
        "name": Setting(gettext_lazy("Name of the answer"), when=("where", frozenset({"value"}))),
        "text": Setting(
            pgettext_lazy("a setting", "What"), look="lines", help=gettext_lazy("Such as {{ answers.city }}")
        ),
    }  # fmt: skip

    where: str = Field(default="value", max_length=60)
    name: AnswerName = "answer"
    text: str = Field(default="", max_length=MOST_TEXT)

    def sentence(self) -> Sentence:
        """Say what is kept where."""
        known = dict(_fields(Subject("talk", 0)))
        place = self.name if self.where == "value" else known.get(self.where, _("(gone)"))
        return say(_("Keep in “{where}”: {text}"), where=place, text=self.text)

    def problems(self) -> list[str]:
        """Check the text."""
        return text_problems(self.text)


class PersonNode(Setup):
    """Calls a person, who finds all that was answered."""

    kind: ClassVar[str] = "person"
    title: ClassVar[str] = gettext_lazy("call a person")  # type: ignore[assignment]  # when shown
    icon: ClassVar[str] = "user"
    settings: ClassVar[Mapping[str, Setting]] = {
        "text": Setting(
            gettext_lazy("What is said"), look="lines",
            help=gettext_lazy("Empty: the usual words, by whether it is working time."),
        ),
        "department": Setting(gettext_lazy("Department"), options=_departments, is_picked=True),
    }  # fmt: skip

    text: str = Field(default="", max_length=MOST_TEXT)
    department: str = Field(default="", max_length=20)

    def sentence(self) -> Sentence:
        """Say who is called."""
        name = dict(_departments(Subject("talk", 0))).get(self.department, _("(gone)"))
        return say(_("Call a person: {department}"), department=name) if self.department else [_("Call a person")]

    def problems(self) -> list[str]:
        """Check the text."""
        return text_problems(self.text)


SETUPS: Mapping[str, type[Setup]] = {
    one.kind: one for one in (SayNode, AskNode, ForkNode, KeepNode, PersonNode)
}  # fmt: skip
TITLES: "Mapping[str, tuple[str | _StrPromise, str]]" = {
    **{code: (one.title, one.icon) for code, one in SETUPS.items()},
    "check": (gettext_lazy("check a field of the client"), "filter"),
}
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "say": {"text": ""},
    "ask": {"text": "", "about": "text", "name": "answer"},
    "fork": {"what": "answer", "name": "answer", "how": "is", "value": ""},
    "keep": {"where": "value", "name": "answer", "text": ""},
    "person": {"text": "", "department": ""},
    "check": {"of": "client", "filters": {}},
}
