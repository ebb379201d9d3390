"""The event log and webhooks."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import ConfigDict, Field

from voronka.connect.schemas.common import Given, GivenMoment, Moment, PublicId, Told

if TYPE_CHECKING:
    from voronka.connect.models import Webhook as WebhookRow
    from voronka.connect.models import WebhookAttempt, WebhookDelivery

Url = Annotated[str, Field(max_length=2_000, examples=["https://example.com/hooks/voronka"])]
EventNames = Annotated[
    list[Annotated[str, Field(max_length=80)]], Field(min_length=1, max_length=200, examples=[["deals.DealOpened"]])
]
About = Annotated[str, Field(max_length=200, examples=["Accounting"])]


class Event(Told):
    """Something that happened. `data` differs by `type`: see `GET /events/kinds`."""

    id: Annotated[int, Field(examples=[1042])]
    type: Annotated[str, Field(examples=["deals.DealOpened"])]
    timestamp: Moment
    employee: PublicId | None
    data: dict[str, Any]  # one shape for each kind of event


class EventList(Told):
    """A page of the log, oldest first. `next` is always there: asked again later, it goes on where this page ended."""

    items: list[Event]
    next: str
    is_end: bool


class EventKind(Told):
    """A kind of event with the JSON schema and an example of its `data`."""

    model_config = ConfigDict(populate_by_name=True)

    type: Annotated[str, Field(examples=["deals.DealOpened"])]
    name: str
    schema_: Annotated[dict[str, Any], Field(alias="schema", examples=[{"type": "object", "properties": {}}])]
    example: dict[str, Any]


class EventKindList(Told):
    """All kinds of events."""

    items: list[EventKind]


class Webhook(Told):
    """An address that is told of events. `failing`, `gone`, `broken` are of the system, `paused` of people."""

    id: PublicId
    url: Url
    about: str
    events: list[str]
    state: Literal["active", "paused", "failing", "gone", "broken"]
    failing_since: datetime | None
    made_at: Moment


class WebhookWithSecret(Webhook):
    """A webhook with the secret of its signatures: told when it is made and when it is renewed, never again."""

    secret: Annotated[str, Field(examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])]


class WebhookList(Told):
    """The webhooks, newest first."""

    items: list[Webhook]


class NewWebhook(Given):
    """An address and the events that it is to be told of."""

    url: Url
    events: EventNames
    about: About = ""


class WebhookChanges(Given):
    """Only what is sent is changed. `state` pauses or resumes; with `catch_up` also what happened meanwhile is sent."""

    url: Url | None = None
    events: EventNames | None = None
    about: About | None = None
    state: Literal["active", "paused"] | None = None
    catch_up: bool = False


class Attempt(Told):
    """One try of a delivery."""

    at: Moment
    milliseconds: int
    sent_headers: dict[str, str]
    status: int | None
    answer_headers: dict[str, str]
    answer: str
    error: str


class Delivery(Told):
    """A message: `message` is its `webhook-id`, the same over all tries."""

    id: PublicId
    message: Annotated[str, Field(examples=["msg_2f9c0f5a1b7d4e6a8c3b5d7f9e1a"])]
    event: Annotated[str, Field(examples=["deals.DealOpened"])]
    state: Literal["waiting", "sending", "sent", "failed", "cancelled"]
    attempts: int
    status: int | None
    made_at: Moment
    next_at: datetime | None
    settled_at: datetime | None


class DeliveryDetail(Delivery):
    """A message with its body and all its tries."""

    body: str
    tries: list[Attempt]


class DeliveryList(Told):
    """A page of messages, newest first."""

    items: list[Delivery]
    next: str | None


class ReplayGiven(Given):
    """Which messages are sent once more: those named, or all since a moment that were given up."""

    deliveries: Annotated[list[PublicId], Field(max_length=1_000)] = []
    failed_since: GivenMoment | None = None


class Replayed(Told):
    """How many messages will be sent once more."""

    count: int


def webhook_out(row: "WebhookRow") -> Webhook:
    """Return a webhook as it goes out, without its secret."""
    names = ("url", "about", "state", "failing_since", "made_at")
    return Webhook(id=row.public_id, events=list(row.events), **{name: getattr(row, name) for name in names})


def webhook_with_secret(row: "WebhookRow") -> WebhookWithSecret:
    """Return a webhook with its secret, for whoever has just made or renewed it."""
    return WebhookWithSecret(**webhook_out(row).model_dump(), secret=row.secret)


def _values(row: "WebhookDelivery") -> dict[str, Any]:
    names = ("event", "state", "attempts", "status", "made_at", "settled_at")
    next_at = row.next_at if row.state == "waiting" else None
    return {
        "id": row.public_id,
        "message": row.message_id,
        "next_at": next_at,
        **{name: getattr(row, name) for name in names},
    }


def delivery_out(row: "WebhookDelivery") -> Delivery:
    """Return a message as it goes out."""
    return Delivery(**_values(row))


def delivery_detail(row: "WebhookDelivery", tries: "list[WebhookAttempt]") -> DeliveryDetail:
    """Return a message with its body and tries as it goes out."""
    names = ("at", "milliseconds", "sent_headers", "status", "answer_headers", "answer", "error")
    shown = [Attempt(**{name: getattr(one, name) for name in names}) for one in tries]
    return DeliveryDetail(**_values(row), body=row.body, tries=shown)
