"""What messages offer to automations: what people do with letters and SMS begins one, or is waited for inside.

The letters of ready processes are written when one is taken. What machines open or follow is not announced at all.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from voronka.flows.ports import EventTrigger
from voronka.flows.services import offer_maker, trigger
from voronka.kit.actors import Actor
from voronka.kit.steps import Sentence
from voronka.messaging import events
from voronka.messaging.queries import list_templates
from voronka.messaging.services.templates import save_template


def write_letter(actor: Actor, words: Mapping[str, str], now: datetime) -> str:
    """Write the template of a ready process, or find the one of this name; return its public id."""
    known = next((one for one in list_templates() if one.name == words["name"]), None)
    if known is not None:
        return str(known.public_id)
    made = save_template(actor=actor, name=words["name"], subject=words["subject"], body=words["body"])
    return str(made.public_id)


offer_maker("letter", write_letter)


@trigger
class Opened(EventTrigger):
    """A client opened a letter."""

    kind: ClassVar[str] = "messaging.opened"
    title: ClassVar[str] = gettext_lazy("a client opens a letter")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "mail-opened"
    subject: ClassVar[str] = "client"
    event: ClassVar = events.LetterOpened

    def sentence(self) -> Sentence:
        """Say it."""
        return [_("The client opens a letter")]


@trigger
class Followed(EventTrigger):
    """A client followed a link of a letter."""

    kind: ClassVar[str] = "messaging.followed"
    title: ClassVar[str] = gettext_lazy("a client follows a link of a letter")  # type: ignore[assignment]  # as above
    icon: ClassVar[str] = "link"
    subject: ClassVar[str] = "client"
    event: ClassVar = events.LetterClicked

    def sentence(self) -> Sentence:
        """Say it."""
        return [_("The client follows a link of a letter")]


@trigger
class Answered(EventTrigger):
    """A client answered by SMS."""

    kind: ClassVar[str] = "messaging.sms_came"
    title: ClassVar[str] = gettext_lazy("a client answers by SMS")  # type: ignore[assignment]  # as above
    icon: ClassVar[str] = "device-mobile"
    subject: ClassVar[str] = "client"
    event: ClassVar = events.SmsReceived

    def sentence(self) -> Sentence:
        """Say it."""
        return [_("The client answers by SMS")]
