"""When a scenario begins, as people set it up: by what, where and at what hours."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from pydantic import Field

from voronka.flows.rules.maps import Map
from voronka.flows.rules.scenes import words_of
from voronka.flows.services.scenes.looks import MOST_TITLE
from voronka.kit.steps import Sentence, Setting, Setup

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

CHANNELS = ("chat", "telegram", "email", "sms")
CHANNEL_WORDS: "Mapping[str, str | _StrPromise]" = {
    "chat": gettext_lazy("the chat of the site"),
    "telegram": "Telegram",
    "email": pgettext_lazy("a channel", "letters"),
    "sms": "SMS",
}


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


def start_of(held: Map) -> Start:
    """Return when a scenario begins; what was drawn by nobody begins by nothing."""
    typed = {name: value for name, value in held.trigger.items() if name != "kind"}
    return Start.model_validate(typed) if typed else Start()
