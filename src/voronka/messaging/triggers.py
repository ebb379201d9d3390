"""What messages offer to automations: what people do with letters and SMS begins one, or is waited for inside.

The letters of ready processes are written when one is taken. What machines open or follow is not announced at all.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from voronka.accounts import queries as accounts
from voronka.flows.ports import Act, Conversation, EventTrigger, Found, Talks, Traveller
from voronka.flows.services import offer_maker, offer_talks, offer_traveller, trigger
from voronka.kit.actors import Actor, Reach
from voronka.kit.errors import Conflict, Denied, NotFound
from voronka.kit.steps import Effect, Sentence
from voronka.messaging import events
from voronka.messaging.models import Talk
from voronka.messaging.permissions import TALK
from voronka.messaging.queries import list_templates
from voronka.messaging.queries.talks import get_talk, talk_name, talks_seen
from voronka.messaging.services.blocks import BlocksDraft, save_blocks
from voronka.messaging.services.chat import speaking
from voronka.messaging.services.ready import ready_letters
from voronka.messaging.services.templates import save_template
from voronka.people import queries as clients


def write_letter(actor: Actor, words: Mapping[str, str], now: datetime) -> str:
    """Write the template of a ready process, or find the one of this name; return its public id."""
    known = next((one for one in list_templates() if one.name == words["name"]), None)
    if known is not None:
        return str(known.public_id)
    if words.get("ready"):  # one of the letters of blocks that are shipped here
        ready = ready_letters(accounts.get_company_rules().language)[words["ready"]]
        draft = BlocksDraft(words["name"], ready.subject, list(ready.blocks))
        return str(save_blocks(actor=actor, draft=draft).public_id)
    made = save_template(actor=actor, name=words["name"], subject=words["subject"], body=words["body"])
    return str(made.public_id)


offer_maker("letter", write_letter)


def _runs_nothing(act: Act) -> list[Effect]:
    raise Conflict(_("A scenario begins by what somebody writes."), code="not_taken")


def _found_talk(row: Talk) -> Found:
    return Found(row.pk, row.public_id, talk_name(row))


def _find_talk(actor: Actor, words: str) -> Sequence[Found]:
    return []


def _pick_talk(actor: Actor, public_id: str) -> Found | None:
    try:
        return _found_talk(get_talk(actor, public_id))
    except (Denied, NotFound):
        return None


def _talks_seen(actor: Actor, ids: Sequence[int]) -> set[int]:
    return set(talks_seen(actor, ids)) if actor.reach(TALK) is not Reach.NONE else set()


def _client_of(talk_id: int) -> int | None:
    return Talk.objects.values_list("client_id", flat=True).get(pk=talk_id)


offer_traveller(
    Traveller(
        "talk", Conversation, lambda: Talk.objects.all(), _client_of, lambda _pk: accounts.get_company_rules().zone,
        _runs_nothing, _find_talk, _pick_talk, _talks_seen, named=clients.name_shown,
    )
)  # fmt: skip
offer_talks(Talks(speaking.open_talk, speaking.fields, speaking.departments, speaking.tried_facts, speaking.PLACES))


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
