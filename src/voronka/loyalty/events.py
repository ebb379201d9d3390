"""What happens to promo codes, as others may hear it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from voronka.kit.events.log import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class PromoSaved(Event):
    """A promo was made, changed, switched on or off."""

    subject: ClassVar = ("promo", "promo_id")
    promo_id: int
    is_new: bool
    is_on: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class CodesMade(Event):
    """A batch of codes for single use was made."""

    subject: ClassVar = ("promo", "promo_id")
    promo_id: int
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CodeRedeemed(Event):
    """A code took `amount` off a sale; told again with the new sum when the sale's lines have changed."""

    subject: ClassVar = ("promo", "promo_id")
    promo_id: int
    client_id: int | None
    holder_kind: str
    holder_id: int
    amount: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class CodeGivenBack(Event):
    """The sale that a code was used in came to nothing: the code may be used again."""

    subject: ClassVar = ("promo", "promo_id")
    promo_id: int
    client_id: int | None
    holder_kind: str
    holder_id: int
    amount: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferralTermsSaved(Event):
    """The terms of the referral programme were set, or it was switched on or off."""

    subject: ClassVar = ("referral_terms", "terms_id")
    terms_id: int
    is_on: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class FriendCame(Event):
    """A client was brought by another one; `way` says how it is known."""

    subject: ClassVar = ("referral", "referral_id")
    referral_id: int
    client_id: int
    referrer_id: int
    way: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FriendBrought(Event):
    """A client has brought a friend: the other side of FriendCame, by which his own timeline knows it."""

    subject: ClassVar = ("referral", "referral_id")
    referral_id: int
    client_id: int
    friend_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferralHeld(Event):
    """It looks as if a client brought himself: a person is to judge. `reasons` are codes with spaces between."""

    subject: ClassVar = ("referral", "referral_id")
    referral_id: int
    client_id: int
    referrer_id: int | None
    reasons: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferralJudged(Event):
    """A person accepted a referral, refused it, or took his word back; `state` is what it is now."""

    subject: ClassVar = ("referral", "referral_id")
    referral_id: int
    client_id: int | None
    referrer_id: int | None
    state: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FriendBought(Event):
    """An order of a friend has earned `amount` for the client who brought him; told once for an order."""

    subject: ClassVar = ("referral", "referral_id")
    referral_id: int
    client_id: int
    friend_id: int
    amount: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class FriendCounted(Event):
    """A friend who was brought counts: at once, or since a person has accepted him. Told once, for automations."""

    subject: ClassVar = ("referral", "referral_id")
    referral_id: int
    client_id: int
    referrer_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FriendEarned(Event):
    """What an order of a friend who counts has earned; `gain_id` is told once, for automations."""

    subject: ClassVar = ("referral", "referral_id")
    referral_id: int
    client_id: int
    friend_id: int
    gain_id: int
    amount: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferralPaid(Event):
    """A client was paid what he had earned by his friends, by a code or by hand (`way`)."""

    subject: ClassVar = ("client", "client_id")
    client_id: int
    amount: Decimal
    way: str
