"""Messages for tests: a channel that keeps what it is given, clients that may be written to."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import cast

from voronka.kit.actors import Actor
from voronka.messaging import ports, services
from voronka.messaging.models import Campaign, Template
from voronka.messaging.ports import Handed, Outgoing, Readiness
from voronka.messaging.services import Draft, campaigns
from voronka.people.models import Client, Consent


class Post:
    """A channel that takes everything and remembers it; `answer` may tell otherwise, or raise."""

    def __init__(self) -> None:
        """Begin with nothing taken."""
        self.got: list[Outgoing] = []
        self.answer: Callable[[Outgoing], Handed] = lambda one: Handed(one.message_id, "accepted", "post")

    def hand_over(self, batch: Sequence[Outgoing]) -> Iterator[Handed]:
        """Take messages one by one."""
        for one in batch:
            self.got.append(one)
            yield self.answer(one)


@contextmanager
def channel(
    name: str, post: ports.Channel, *, readiness: Callable[[], Readiness] = Readiness, chunk: int = 50
) -> Iterator[None]:
    """Let `post` be the channel of this name inside the block."""
    before = ports.find_channel(name)
    ports.register_channel(name, post, readiness=readiness, chunk=chunk)
    try:
        yield
    finally:
        if before is None:
            del ports.channels._channels[name]
        else:
            ports.channels._channels[name] = before


def make_reader(
    name: str = "Анна", *, at: datetime, agrees: bool | None = True, zone: str = "Europe/Moscow"
) -> Client:
    """Make a client who agreed to advertising, refused it, or said nothing."""
    client = Client.objects.create(name=name, zone=zone, zone_sure=True)
    if agrees is not None:
        Consent.objects.create(client=client, purpose="advertising", channel="any", given=agrees, at=at, source="x")
    return client


def draft(client: Client, due_at: datetime, **more: object) -> Draft:
    """Return an advertising letter to the client."""
    known: dict[str, object] = {
        "channel": "email", "traffic": "advertising", "client_id": client.pk, "body": "Скидки",
        "address": f"c{client.pk}@example.com", "due_at": due_at,
    }  # fmt: skip
    return Draft(**(known | more))  # type: ignore[arg-type]  # a test's own fields


def make_campaign(
    actor: Actor, *, now: datetime, channel: str = "email", text: str = "Здравствуйте, {{ client.first_name }}!",
    **more: object,
) -> Campaign:  # fmt: skip
    """Make a draft of a campaign to all clients, with one text, or the `texts` given with their shares."""
    texts = cast("Mapping[str, int]", more.pop("texts", {text: 1}))
    variants = []
    for number, (body, share) in enumerate(texts.items(), start=1):
        subject = "" if channel == "sms" else f"Осень {number}"
        template = services.save_template(
            actor=actor, name=f"Т{Template.objects.count()}", subject=subject, body=body, channel=channel
        )
        variants.append(campaigns.VariantDraft(template.public_id, share))
    known: dict[str, object] = {"name": "Осень", "channel": channel, "variants": variants}
    draft = campaigns.CampaignDraft(**(known | more))  # type: ignore[arg-type]  # a test's own fields
    return campaigns.save_campaign(actor=actor, draft=draft, now=now)
