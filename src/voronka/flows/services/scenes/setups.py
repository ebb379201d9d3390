"""Nodes of scenarios as people set them up: their settings, their words, and what is wrong with them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from pydantic import Field

from voronka.flows.ports import TalkStep
from voronka.flows.rules.maps import MOST_BUTTONS, Map, Node
from voronka.flows.rules.scenes import NAME_SHAPE, About, idle_circles, words_of
from voronka.flows.services import offering
from voronka.kit import texts
from voronka.kit.actors import Actor
from voronka.kit.step_forms import register_look
from voronka.kit.steps import Sentence, Setting, Setup, Slot, all_steps, say, steps_for
from voronka.kit.subjects import Subject

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MOST_TEXT = 1_000
MOST_TITLE = 60
DAY = 24 * 60
CHANNELS = ("chat", "telegram", "email", "sms")
CHANNEL_WORDS: "Mapping[str, str | _StrPromise]" = {
    "chat": gettext_lazy("the chat of the site"),
    "telegram": "Telegram",
    "email": pgettext_lazy("a channel", "letters"),
    "sms": "SMS",
}


class _Lines:
    """A text of several lines."""

    template = "flows/_lines_look.html"

    def piece(self, value: object) -> Mapping[str, object]:
        """Return the text."""
        return {"value": value if isinstance(value, str) else "", "rows": 2, "most": MOST_TEXT}

    def read(self, posted: QueryDict, name: str) -> object:
        """Return what was typed without signs that nobody sees."""
        text = posted.get(name, "")[: 2 * MOST_TEXT].replace("\r\n", "\n")
        return "".join(sign for sign in text if sign.isprintable() or sign == "\n").strip()

    def words(self, value: object) -> str:
        """Say what is wrong with it."""
        if not value:
            return _("Write something.")
        return _("The text is longer than %(limit)s signs.") % {"limit": MOST_TEXT}


class _Rows:
    """Short texts, one a line."""

    template = "flows/_lines_look.html"

    def piece(self, value: object) -> Mapping[str, object]:
        """Return them as lines."""
        held = value if isinstance(value, list) else []
        return {"value": "\n".join(str(one) for one in held), "rows": 2, "most": (MOST_TITLE + 1) * MOST_BUTTONS}

    def read(self, posted: QueryDict, name: str) -> object:
        """Return the lines that hold something."""
        lines = posted.get(name, "")[:2_000].splitlines()
        return [found for one in lines if (found := " ".join(one.split()))]

    def words(self, value: object) -> str:
        """Say what is wrong with them."""
        return _("One to %(n)d buttons, a line each, %(most)d signs at most.") % {
            "n": MOST_BUTTONS, "most": MOST_TITLE,
        }  # fmt: skip


register_look("lines", _Lines())
register_look("rows", _Rows())

Title = Annotated[str, Field(min_length=1, max_length=MOST_TITLE)]


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
            help=gettext_lazy("Latin letters: by it texts and branches name the answer"),
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
    name: str = Field(default="answer", pattern=NAME_SHAPE)
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
    name: str = Field(default="answer", pattern=NAME_SHAPE)
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
    name: str = Field(default="answer", pattern=NAME_SHAPE)
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


class Start(Setup):
    """When a scenario begins: by the first message, a word or a button; where and at what hours."""

    kind: ClassVar[str] = "flows.scene"
    title: ClassVar[str] = gettext_lazy("somebody writes")  # type: ignore[assignment]  # when shown
    icon: ClassVar[str] = "message-circle"
    settings: ClassVar[Mapping[str, Setting]] = {
        "first": Setting(gettext_lazy("At the first message of a talk")),
        "words": Setting(
            gettext_lazy("By words"), help=gettext_lazy("Parted by commas; it begins where a message has one of them")
        ),
        "button": Setting(
            gettext_lazy("By a button"), help=gettext_lazy("Its title; it stands before the talk begins")
        ),
        "hours": Setting(
            pgettext_lazy("a setting", "Hours"),
            words={
                "any": pgettext_lazy("hours of a scenario", "at any time"),
                "open": gettext_lazy("in working time"),
                "away": gettext_lazy("out of working time"),
            },
        ),
        "alone": Setting(gettext_lazy("Only while no operator is there")),
        "chat": Setting(gettext_lazy("In the chat of the site")),
        "telegram": Setting(gettext_lazy("In Telegram")),
        "email": Setting(gettext_lazy("In letters")),
        "sms": Setting(
            gettext_lazy("By SMS"), help=gettext_lazy("To numbers of known clients; each message costs money")
        ),
    }

    first: bool = True
    words: str = Field(default="", max_length=300)
    button: str = Field(default="", max_length=MOST_TITLE)
    hours: Literal["any", "open", "away"] = "any"
    alone: bool = False
    chat: bool = True
    telegram: bool = False
    email: bool = False
    sms: bool = False

    @property
    def channels(self) -> list[str]:
        """Return where it speaks."""
        return [one for one in CHANNELS if getattr(self, one)]

    def sentence(self) -> Sentence:
        """Say when it begins."""
        by = []
        if self.first:
            by.append(_("at the first message"))
        if words_of(self.words):
            by.append(_("by the words “%(words)s”") % {"words": self.words})
        if self.button:
            by.append(_("by the button “%(title)s”") % {"title": self.button})
        when = "" if self.hours == "any" else f", {self.settings['hours'].words[self.hours]}"
        where = ", ".join(str(CHANNEL_WORDS[one]) for one in self.channels)
        said = ", ".join(by) or _("by nothing yet")
        alone = f", {_('while no operator is there')}" if self.alone else ""
        return [f"{said[:1].upper()}{said[1:]}{when}{alone}: {where}"]

    def problems(self) -> list[str]:
        """Ask for what begins it and where."""
        found = []
        if not (self.first or words_of(self.words) or self.button):
            found.append(_("Say what begins the scenario: the first message, words or a button."))
        if not self.channels:
            found.append(_("Say where the scenario speaks."))
        return found


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


def talk_steps(actor: Actor | None = None) -> dict[str, type[TalkStep]]:
    """Return by kind the steps that a scenario may ask of the product; for an actor, those of modules that are on."""
    known = all_steps() if actor is None else steps_for(actor)
    return {one.kind: one for one in known if issubclass(one, TalkStep)}


def way_words(node: Node, way: str) -> str:
    """Return what stands beside an exit of a node of a scenario."""
    match node.kind:
        case "ask":
            buttons = node.set.get("buttons", [])
            if way.isdecimal() and isinstance(buttons, list) and int(way) < len(buttons):
                return str(buttons[int(way)])
            return pgettext("an exit", "no answer") if way == "wrong" else pgettext("an exit", "answered")
        case "fork":
            return _("yes") if way == "yes" else _("no")
        case "act":
            kind = talk_steps().get(str(node.set.get("step", {}).get("kind", "")))
            return str(kind.ways.get(way, "")) if kind else ""
    return ""


def start_of(held: Map) -> Start:
    """Return when a scenario begins; what was drawn by nobody begins by nothing."""
    typed = {name: value for name, value in held.trigger.items() if name != "kind"}
    return Start.model_validate(typed) if typed else Start()


def answer_names(held: Map) -> list[str]:
    """Return the names that answers of a map are kept by."""
    names = [str(one.set.get("name", "")) for one in held.nodes if one.kind in ("ask", "keep")]
    for one in held.nodes:
        kind = talk_steps().get(str(one.set.get("step", {}).get("kind", ""))) if one.kind == "act" else None
        names += list(kind.gives) if kind else []
    return list(dict.fromkeys(name for name in names if name))


def whole_problems(held: Map) -> dict[str, list[str]]:
    """Return what is wrong with a scenario beyond single nodes: circles, texts that name what nobody answers."""
    found: dict[str, list[str]] = {}
    for node_id in idle_circles(held):
        found.setdefault(node_id, []).append(
            _("From here the scenario comes back to here without asking anything: it would never end.")
        )
    names = answer_names(held) or ["answer"]
    for one in held.nodes:
        for key in ("text", "again", "reminder"):
            if (text := one.set.get(key)) and isinstance(text, str):
                found.setdefault(one.id, []).extend(text_problems(text, names))
        if one.kind == "fork" and one.set.get("what") == "answer" and one.set.get("name") not in names:
            found.setdefault(one.id, []).append(_("No question keeps an answer by this name."))
    return {key: words for key, words in found.items() if words}
