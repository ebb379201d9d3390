"""What billing asks of providers of payments. One class of `gateways/` speaks with each kind of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Known = Literal["waiting", "paid", "declined"]


@dataclass(frozen=True, slots=True)
class Keys:
    """What an account with a provider is opened by. `id` is the row of our own."""

    id: int
    shop_id: str
    secret: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A payment to be made: under one `operation` the provider makes one, however often he is asked."""

    operation: str
    amount: Decimal
    currency: str
    about: str
    back_url: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a provider says of a payment now. `refunded` is all that has gone back, `address` where to pay."""

    outer_id: str
    state: Known
    amount: Decimal
    currency: str
    refunded: Decimal = Decimal("0.00")
    address: str = ""


class ProviderRefused(Exception):
    """The provider has said no, and will again; `code` is his: invalid_credentials, not_found, insufficient_funds."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code[:40]


class ProviderSilent(Exception):
    """Nothing certain came back: whether it was done is unknown, and asking again under the same key is right."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code[:40]


class Forged(Exception):
    """A notice whose signature is missing, wrong or too old, or that is none at all."""


class Gateway(Protocol):
    """One account with a provider. Every call may take seconds: never inside a transaction."""

    def create(self, wanted: Wanted) -> Told:
        """Make a payment and return where to pay it. Raises ProviderRefused, ProviderSilent."""

    def status(self, outer_id: str) -> Told:
        """Return what is known of a payment. Raises ProviderRefused, ProviderSilent."""

    def refund(self, outer_id: str, *, operation: str, amount: Decimal, currency: str) -> None:
        """Give a part back. Returns when it is done. Raises ProviderRefused, ProviderSilent."""

    def hint(self, headers: Mapping[str, str], body: bytes, *, now: float) -> str:
        """Return which payment a notice is about, by the provider's number. Header names are in small letters.

        A notice says that something happened, never what: the state is asked for. Raises Forged.
        """


@dataclass(frozen=True, slots=True)
class GatewayKind:
    """A kind of provider: its name, how an account is opened, whether real money moves, how to lead there."""

    kind: str
    name: "str | _StrPromise"
    open: Callable[[Keys], Gateway]
    is_real: bool = True


_kinds: dict[str, GatewayKind] = {}


def register_gateway(kind: GatewayKind) -> None:
    """Register a kind of provider; once each, at start."""
    if kind.kind in _kinds:
        raise ValueError(f"gateway {kind.kind} is registered twice")
    _kinds[kind.kind] = kind


def gateway_kind(kind: str) -> GatewayKind:
    """Return a registered kind; KeyError names an unknown one."""
    return _kinds[kind]


def gateway_kinds() -> list[GatewayKind]:
    """Return every kind, as they were registered."""
    return list(_kinds.values())
