"""What surveys offer to others: a rating may begin an automation; who leaves is asked why on the very page."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from voronka.care import events
from voronka.care.rules import questions as rules
from voronka.care.services.asking import invite_left
from voronka.care.services.links import page_address
from voronka.flows.ports import EventTrigger
from voronka.flows.services import trigger
from voronka.kit.events import RecordedEvent
from voronka.kit.steps import Sentence, Setting, say
from voronka.messaging.ports import LeftAsk, register_left_ask


def ask_left(message_id: int, client_id: int, now: datetime, writes: bool) -> LeftAsk | None:
    """Return the first question of the survey of those who left, its answers to be pressed."""
    row = invite_left(message_id, client_id, now=now, writes=writes)
    if row is None or row.version is None:
        return None
    first = rules.read(row.version.questions)[0]
    choices = tuple((str(number), words) for number, words in enumerate(first.options))
    return LeftAsk(first.text, page_address(row.public_id), f"a-{first.key}", choices)


register_left_ask(ask_left)


@trigger
class Rated(EventTrigger):
    """A client answered a survey."""

    kind: ClassVar[str] = "care.rated"
    title: ClassVar[str] = gettext_lazy("a client answers a survey")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "star"
    subject: ClassVar[str] = "client"
    event: ClassVar = events.SurveyAnswered
    settings: ClassVar[Mapping[str, Setting]] = {
        "how": Setting(
            pgettext_lazy("survey", "Rating"),
            words={
                "any": gettext_lazy("any rating"),
                "bad": gettext_lazy("a bad rating"),
                "good": gettext_lazy("a good rating"),
            },
        ),
        "where": Setting(
            gettext_lazy("Where he was asked"),
            words={
                "any": pgettext_lazy("survey", "anywhere"),
                "site": pgettext_lazy("survey", "on the site"),
                "message": gettext_lazy("by a letter or an SMS"),
            },
        ),
    }

    how: Literal["any", "bad", "good"] = "any"
    where: Literal["any", "site", "message"] = "any"

    def sentence(self) -> Sentence:
        """Say which."""
        words = {"any": _("any rating"), "bad": _("a bad rating"), "good": _("a good rating")}
        if self.where == "any":
            return say(_("A client answers a survey: {how}"), how=words[self.how])
        places = {"site": pgettext("survey", "on the site"), "message": _("by a letter or an SMS")}
        return say(
            _("A client answers a survey: {how}, asked {where}"), how=words[self.how], where=places[self.where]
        )

    def fits(self, event: RecordedEvent) -> bool:
        """Tell whether the rating is such, and was not the same before."""
        told = event.payload
        if self.where != "any" and (told.get("channel") == "site") != (self.where == "site"):
            return False
        if told.get("rating") is None or told.get("was") == told.get("rating"):
            return self.how == "any" and bool(told.get("is_new"))
        return self.how == "any" or bool(told.get("is_bad")) == (self.how == "bad")
