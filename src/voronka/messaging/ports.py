"""What a channel does for messages: the one face of e-mail, SMS, push and messengers."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as it goes to a channel. `public_id` may stand in its headers and addresses."""

    message_id: int
    public_id: str
    address: str
    sender: str
    subject: str
    text: str
    html: str
    traffic: str
    client_id: int | None = None


@dataclass(frozen=True, slots=True)
class Handed:
    """What became of a hand-over.

    `retry` says that nothing has left and it may be tried again; `unknown` that nobody can tell. `words` are the other
    side's, for people; `cost` in the company's currency.
    """

    message_id: int
    state: Literal["accepted", "rejected", "retry", "unknown"]
    provider: str = ""
    provider_id: str = ""
    code: str = ""
    words: str = ""
    parts: int | None = None
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a provider tells later. The message is named by its id, or by the provider and its id there."""

    channel: str
    state: Literal["accepted", "delivered", "failed"]
    at: datetime
    message_id: int | None = None
    provider: str = ""
    provider_id: str = ""
    code: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether a channel can send now: it is set up, and there is money for it."""

    is_set_up: bool = True
    has_budget: bool = True


class Channel(Protocol):
    """A way out. It answers for each message as it goes; what it did not answer for counts as unknown."""

    def hand_over(self, batch: Sequence[Outgoing]) -> Iterator[Handed]:
        """Hand messages over, outside of any transaction; an exception leaves the unanswered ones unknown."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A channel with what tells of its readiness; `chunk` messages are handed over between two notes of it."""

    channel: Channel
    readiness: Callable[[], Readiness]
    chunk: int


_channels: dict[str, Registered] = {}


def register_channel(
    name: str, channel: Channel, *, readiness: Callable[[], Readiness] = Readiness, chunk: int = 50
) -> None:
    """Make a channel known by the name that messages bear."""
    _channels[name] = Registered(channel, readiness, chunk)


def find_channel(name: str) -> Registered | None:
    """Return a channel, None where nobody has registered one."""
    return _channels.get(name)
