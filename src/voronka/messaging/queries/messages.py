"""Messages as people ask about them: those of a client, one with its steps, and why it went or did not."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Case, CharField, OuterRef, QuerySet, Subquery, Value, When
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound, Refusal
from voronka.messaging.models import Campaign, Letter, Message, MessageStep, SmsAnswer
from voronka.messaging.permissions import SEE
from voronka.messaging.queries.facts import Asked, scene_of
from voronka.messaging.queries.words import verdict_words, why_of
from voronka.messaging.rules.gate import Verdict, decide
from voronka.messaging.rules.sms import mobile_number
from voronka.messaging.rules.states import STAYS
from voronka.people import queries as people

if TYPE_CHECKING:
    from voronka.people.models import Client

_ADDRESS_FIELDS = {"email": "client.email", "sms": "client.phone"}


def list_messages(client_id: int, *, most: int = 20, before: int | None = None, **equal: str) -> list[Message]:
    """Return the messages to a client, newest first; those with an id under `before`, and with the fields `equal`."""
    rows = told().filter(client_id=client_id, **equal)
    return list((rows if before is None else rows.filter(pk__lt=before)).order_by("-id")[:most])


def told() -> QuerySet[Message]:
    """Return messages with what the sentence about one says beside itself: its author and the name of its campaign."""
    name = Subquery(Campaign.objects.filter(pk=OuterRef("cause_id")).values("name")[:1])
    return Message.objects.select_related("author").annotate(
        campaign_name=Case(When(cause_kind="campaign", then=name), default=Value(""), output_field=CharField())
    )


def get_message(actor: Actor, public_id: str) -> Message:
    """Return a message to a client whom the actor may see. Raises NotFound."""
    rows = told().filter(public_id=public_id, client_id__isnull=False)
    found = rows.first()
    if found is None or found.client_id is None or not may_see(actor, found.client_id):
        raise NotFound(_("There is no such message."))
    return found


def client_read(actor: Actor, public_id: str) -> "Client":
    """Return the card whose messages the actor may read. Raises NotFound, Denied."""
    return people.get_client_for(actor, SEE, address=public_id)


def may_read(actor: Actor, client_id: int | None) -> bool:
    """Tell whether the actor may read the messages to a client."""
    if client_id is None:
        return False
    try:
        people.get_client_for(actor, SEE, client_id=client_id)
    except Refusal:
        return False
    return True


def may_see(actor: Actor, client_id: int) -> bool:
    """Tell whether the actor may see the client that a message went to."""
    return people.list_clients(actor).filter(pk=client_id).exists()


def list_steps(messages: Sequence[Message]) -> dict[int, list[MessageStep]]:
    """Return what happened to messages, by their ids, oldest first."""
    found: dict[int, list[MessageStep]] = {one.pk: [] for one in messages}
    for step in MessageStep.objects.filter(message__in=messages).order_by("id"):
        found[step.message_id].append(step)
    return found


def why(message: Message, actor: Actor, now: datetime) -> str:
    """Say in one sentence what became of a message and why."""
    return why_of(message, actor, now)


def judge(client_id: int, channel: str, *, now: datetime, traffic: str = "advertising") -> Verdict:
    """Return what the gate would say to a message to the client now."""
    address = _address(client_id, channel)
    asked = Asked(client_id, address, traffic, "hand", now)
    return decide(scene_of(channel, [asked], now=now).facts(asked), now)


def _address(client_id: int, channel: str) -> str:
    if channel == "sms":
        return sms_address(client_id)
    return people.main_email(client_id) or "" if channel == "email" else "-"


def sms_address(client_id: int) -> str:
    """Return the first number of a client that SMS may go to, with its plus; empty where he has none."""
    numbers = (mobile_number(one) for one in people.phones_of(client_id))
    return next((f"+{one}" for one in numbers if one), "")


def would_get(actor: Actor, client_id: int, channel: str, *, now: datetime, traffic: str = "advertising") -> str:
    """Say in one sentence whether the client would get a message of this kind by this channel now."""
    return verdict_words(judge(client_id, channel, now=now, traffic=traffic), actor, now)


def sees_address(actor: Actor, channel: str) -> bool:
    """Tell whether the actor may see the addresses that messages of the channel go to."""
    code = _ADDRESS_FIELDS.get(channel)
    return code is None or actor.sees(code)


def answer_ids(ids: Sequence[int]) -> dict[int, str]:
    """Return the public ids of answers by SMS by id."""
    return dict(SmsAnswer.objects.filter(pk__in=ids).values_list("id", "public_id"))


def letters_of_old(ids: Sequence[int]) -> dict[int, Letter]:
    """Return letters of the time before messages, by id."""
    return Letter.objects.select_related("author").in_bulk(ids)


def with_steps(ids: Sequence[int]) -> dict[int, tuple[Message, list[MessageStep]]]:
    """Return messages by id with what happened to each, oldest first, by two statements; one where there are none."""
    rows = told().in_bulk(ids)
    steps = list_steps(list(rows.values())) if rows else {}
    return {pk: (row, steps[pk]) for pk, row in rows.items()}


def went_of(cause: uuid.UUID) -> list[Message]:
    """Return the messages of a press that have left, or may have: nobody can call them back."""
    return list(Message.objects.filter(cause=cause, state__in=STAYS).order_by("id"))


def public_ids(ids: Sequence[int]) -> dict[int, str]:
    """Return the public ids of messages by id."""
    return dict(Message.objects.filter(pk__in=ids).values_list("id", "public_id"))
