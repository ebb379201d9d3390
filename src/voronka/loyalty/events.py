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
