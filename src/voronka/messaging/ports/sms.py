"""Providers of SMS: what a kind is set up by, how an account is spoken to, what it tells."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, Protocol

from voronka.messaging.ports.accounts import Keys
from voronka.messaging.ports.channels import Channel, Handed, Outgoing

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

ReceiptState = Literal["accepted", "delivered", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class SmsReceipt:
    """What a provider tells later of a message, by his number; `address` is the receiver's where he names it."""

    provider_id: str
    state: ReceiptState
    code: str = ""
    words: str = ""
    address: str = ""
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message to us. A part of a longer one has `part` (reference, how many, which) and waits for the others."""

    address: str
    text: str
    to: str = ""
    provider_id: str = ""
    part: tuple[int, int, int] | None = None
    at: datetime | None = None


Take = Callable[[SmsReceipt | Incoming], None]


@dataclass(frozen=True, slots=True)
class Notice:
    """What a provider's notice is about: a message by his number, or answers of subscribers.

    A notice is never believed: it makes us ask the provider sooner, so one that comes twice or late does no harm.
    """

    number: str = ""
    has_answers: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of a kind, as a person types it. `least` and `most` bound a number."""

    name: str
    label: "str | _StrPromise"
    help: "str | _StrPromise" = ""
    look: str = "text"
    is_needed: bool = True
    default: str = ""
    choices: tuple[tuple[str, "str | _StrPromise"], ...] = ()
    least: int = 0
    most: int = 0


class Gateway(Channel, Protocol):
    """An account spoken to. Every call may take seconds: never inside a transaction."""

    def bursts(self, batch: Sequence[Outgoing]) -> Iterator[list[Handed]]:
        """Hand messages over as `hand_over` does; answers that came at once are told of together.

        What is told is kept before more is asked for, so nothing is held back to make a burst longer.
        """
        return ([one] for one in self.hand_over(batch))

    def status(self, message_id: int, number: str, address: str) -> SmsReceipt | None:
        """Ask how a message stands; None where the provider tells by himself only. Raises Refused, Silent."""

    def balance(self) -> Decimal | None:
        """Return the money left; None where the provider does not tell. Raises Refused, Silent."""

    def incoming(self, after: int) -> list[Incoming]:
        """Ask what subscribers wrote since the message of this number, oldest first. Raises Refused, Silent."""

    def listen(self, seconds: float) -> None:
        """Take receipts for a time, where they come over a session of ours."""

    def close(self) -> None:
        """End what is open."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of provider. `is_real` says that messages leave, `tells_money` that it can be asked for the balance.

    `tells_state` and `tells_answers` say that it can be asked how a message stands and what subscribers wrote;
    `keeps_session` that all this comes by itself over a session of ours. `notice` reads what it posts to our address,
    the secret of the address given: it returns what to ask about, and raises Forged.
    """

    kind: str
    name: "str | _StrPromise"
    settings: tuple[Setting, ...]
    secret: "str | _StrPromise"
    open: Callable[[Keys, Take], Gateway]
    is_real: bool = True
    tells_money: bool = False
    tells_state: bool = False
    tells_answers: bool = False
    keeps_session: bool = False
    notice: "Callable[[bytes, str], Notice] | None" = None
    is_safe: Callable[[Mapping[str, str]], bool] = field(default=lambda _settings: True)
    # The provider's own codes with ours, for the catalogue.
    codes: tuple[tuple[str, str], ...] = ()
    pages: str = ""


_kinds: dict[str, Kind] = {}


def register_sms_kind(kind: Kind) -> None:
    """Register a kind of provider of SMS; once each, at start."""
    if kind.kind in _kinds:
        raise ValueError(f"kind of SMS {kind.kind} is registered twice")
    _kinds[kind.kind] = kind


def sms_kinds() -> Mapping[str, Kind]:
    """Return the kinds of providers of SMS by their codes."""
    return _kinds
