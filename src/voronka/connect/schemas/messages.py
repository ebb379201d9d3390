"""Messages to clients: what was said, how far it has come, and why."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from voronka.connect.schemas.common import Given, Moment, Named, PublicId, Told, named
from voronka.kit.actors import Actor
from voronka.messaging import queries
from voronka.messaging.queries.words import touch_words
from voronka.people import queries as people

if TYPE_CHECKING:
    from datetime import datetime

    from voronka.messaging.models import Message as MessageRow
    from voronka.messaging.models import MessageStep as StepRow
    from voronka.messaging.models import MessageTouch as TouchRow

Traffic = Literal["service", "advertising"]
State = Literal[
    "planned",
    "waiting",
    "held",
    "claimed",
    "handed",
    "accepted",
    "delivered",
    "failed",
    "unknown",
    "refused",
    "cancelled",
]


class Message(Told):
    """A message to a client. `why` says in a sentence what became of it; what the reader may not see is empty."""

    id: PublicId
    client: PublicId
    channel: Annotated[str, Field(examples=["email"])]
    traffic: Traffic
    state: State
    code: Annotated[str, Field(examples=["no_consent"], description="Why it was refused, waits or failed.")]
    why: Annotated[str, Field(examples=["Did not go: the client never agreed to advertising."])]
    address: Annotated[str, Field(examples=["anna@example.com"])]
    subject: Annotated[str, Field(examples=["Your order is ready"])]
    text: str
    cause: Annotated[str, Field(examples=["step"], description="hand, step, order, campaign, automation.")]
    author: Named | None
    made_at: Moment
    due_at: Moment
    handed_at: Moment | None
    ended_at: Moment | None


class MessageStep(Told):
    """What happened to a message at one moment."""

    state: State
    code: str
    words: Annotated[str, Field(examples=["did not reach: it came back"])]
    at: Moment


class Touch(Told):
    """An opening of a letter, or a link followed (`link` from 1). `by_person` is null till it is judged, in half a
    minute; of a machine `reason` says why it is thought to be one.
    """

    kind: Literal["open", "click"]
    link: Annotated[int, Field(examples=[1])]
    at: Moment
    by_person: bool | None
    reason: Annotated[str, Field(examples=["scanner"])]
    words: Annotated[str, Field(examples=["opened by a machine: a scanner of mail"])]


class MessageWithSteps(Message):
    """A message with what happened to it, and how its letter was opened and followed, oldest first.

    Of hundreds that a scanner makes the first two hundred are told. Links that no person sees are left out.
    """

    steps: list[MessageStep]
    touches: list[Touch]


class MessageList(Told):
    """A page of the messages to a client, newest first."""

    items: list[Message]
    next: str | None


class LetterGiven(Given):
    """A letter to a client; subject and text may name the fields of `/letter-templates/fields`."""

    client: PublicId
    subject: Annotated[str, Field(min_length=1, max_length=200, examples=["Your order, {{ client.first_name }}"])]
    text: Annotated[str, Field(min_length=1, max_length=20_000, examples=["Dear {{ client.name }}, it is ready."])]
    traffic: Traffic = "service"


def message_out(row: "MessageRow", client: str, actor: Actor, now: "datetime") -> Message:
    """Return a message as it goes out."""
    return Message(**_fields(row, client, actor, now))


MOST_TOUCHES = 200


def whole_out(
    row: "MessageRow", client: str, steps: "list[StepRow]", touches: "list[TouchRow]", actor: Actor, now: "datetime"
) -> MessageWithSteps:
    """Return a message as it goes out, with its steps and touches."""
    told = [MessageStep(state=one.state, code=one.code, words=queries.step_words(one), at=one.at) for one in steps]
    touched = [
        Touch(
            kind=one.kind, link=one.link, at=one.at, by_person=one.is_human, reason=one.reason,
            words=touch_words(one),
        )
        for one in touches if one.kind != "trap"
    ]  # fmt: skip
    return MessageWithSteps(**_fields(row, client, actor, now), steps=told, touches=touched[:MOST_TOUCHES])


def _fields(row: "MessageRow", client: str, actor: Actor, now: "datetime") -> dict[str, object]:
    # A text may hold any field of the card: one who may not see all of them sees none of it.
    hides = people.hides_any(actor)
    author = row.author
    return {
        "id": row.public_id,
        "client": client,
        "channel": row.channel,
        "traffic": row.traffic,
        "state": row.state,
        "code": row.code,
        "why": queries.why(row, actor, now),
        "address": row.address if queries.sees_address(actor, row.channel) else "",
        "subject": "" if hides else row.subject,
        "text": "" if hides else row.body,
        "cause": row.cause_kind,
        "author": named(author.public_id, author.name) if author is not None else None,
        "made_at": row.made_at,
        "due_at": row.due_at,
        "handed_at": row.handed_at,
        "ended_at": row.ended_at,
    }
