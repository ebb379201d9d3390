"""What a channel does for messages: the one face of e-mail, SMS, push and messengers."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol

# The gate's word for a message that waits for the morning of its receiver.
NIGHT = "quiet"
HandedState = Literal["accepted", "rejected", "retry", "unknown"]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as it goes to a channel. `public_id` may stand in its headers and addresses.

    `by_machine` says that no person wrote it or pressed for it, `is_tracked` that openings and clicks may be counted.
    `until` is when its receiver's night begins, by the machine's running clock (`time.monotonic`), None where none is
    waited out: a channel asks `is_late` right before it lets a message go, and answers `night` of one that is.
    """

    message_id: int
    public_id: str
    address: str
    sender: str
    subject: str
    text: str
    html: str
    traffic: str
    client_id: int | None = None
    by_machine: bool = False
    is_tracked: bool = False
    until: float | None = None

    def is_late(self) -> bool:
        """Tell whether its receiver's night has begun."""
        return self.until is not None and time.monotonic() >= self.until

    def night(self) -> "Handed":
        """Return the answer that nothing has left, for it is night."""
        return Handed(self.message_id, "retry", code=NIGHT)


@dataclass(frozen=True, slots=True)
class Handed:
    """What became of a hand-over.

    `retry` says that nothing has left and it may be tried again; `unknown` that nobody can tell. `words` are the other
    side's, for people; `cost` in the company's currency. `part_ids` are the provider's numbers of the parts of an SMS,
    where each has its own.
    """

    message_id: int
    state: HandedState
    provider: str = ""
    provider_id: str = ""
    code: str = ""
    words: str = ""
    parts: int | None = None
    cost: Decimal | None = None
    part_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a provider tells later. The message is named by its id, or by the provider and its id there.

    No index knows the latter: a channel whose receipts name it keeps a table of its own, as SMS do (`SmsPart`).
    """

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
    """Whether a channel can send now: it is set up, and there is money for it.

    `carries` are the kinds of messages that it has a way for; None where it tells none apart.
    """

    is_set_up: bool = True
    has_budget: bool = True
    carries: frozenset[str] | None = None


class Channel(Protocol):
    """A way out. It answers for each message as it goes; what it did not answer for counts as unknown."""

    def hand_over(self, batch: Sequence[Outgoing]) -> Iterator[Handed]:
        """Hand messages over, outside of any transaction; an exception leaves the unanswered ones unknown."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A channel with what tells of its readiness; `chunk` messages are handed over between two notes of it.

    `batch` stands around the chunks that are handed over one after another.
    """

    channel: Channel
    readiness: Callable[[], Readiness]
    chunk: int
    batch: Callable[[], AbstractContextManager[None]] = nullcontext


_channels: dict[str, Registered] = {}


def register_channel(
    name: str,
    channel: Channel,
    *,
    readiness: Callable[[], Readiness] = Readiness,
    chunk: int = 50,
    batch: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> None:
    """Make a channel known by the name that messages bear."""
    _channels[name] = Registered(channel, readiness, chunk, batch)


def find_channel(name: str) -> Registered | None:
    """Return a channel, None where nobody has registered one."""
    return _channels.get(name)
