"""Prices of goods, their kinds, and those that the guard holds for a person."""

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from voronka.connect.schemas.common import Given, GivenMoment, Moment, Money, PublicId, Told

if TYPE_CHECKING:
    from voronka.catalogue.models import HeldPrice as HeldRow
    from voronka.catalogue.models import Price as PriceRow
    from voronka.catalogue.models import PriceKind as KindRow

KindCode = Annotated[str, Field(max_length=40, examples=["retail"])]
Percent = Annotated[Decimal, Field(examples=["30"])]
Amount = Annotated[Decimal, Field(gt=0, le=Decimal("999999999.99"), decimal_places=2, examples=["1290.00"])]


class PriceGiven(Given):
    """A price from `since` (now) until `until` (further notice). `confirmed` passes the guard, for who may release."""

    kind: KindCode = "retail"
    amount: Amount
    since: GivenMoment | None = None
    until: GivenMoment | None = None
    confirmed: bool = False


class PriceDone(Told):
    """What became of a price: changed, same (it is this already), or held by the guard, whose id is `held`."""

    state: Literal["changed", "same", "held"]
    held: PublicId | None
    reasons: Annotated[list[str], Field(examples=[["jump"]])]


class Price(Told):
    """A price of the past, the present or the future."""

    kind: KindCode
    amount: Money
    since: Moment
    until: Moment | None
    source: Annotated[str, Field(examples=["hand"])]


class PriceList(Told):
    """The prices of a variant by kind, the newest first."""

    items: list[Price]


class PriceKind(Told):
    """A kind of price, its rounding and its guard."""

    code: KindCode
    name: Annotated[str, Field(examples=["Retail"])]
    currency: Annotated[str, Field(examples=["RUB"])]
    is_default: bool
    is_on: bool
    step: Money
    ending: Money | None
    guard_percent: Percent | None
    margin_percent: Percent | None


class PriceKindList(Told):
    """The kinds of prices, the default one first."""

    items: list[PriceKind]


class HeldPrice(Told):
    """A price that the guard holds for a person."""

    id: PublicId
    variant: PublicId
    kind: KindCode
    amount: Money
    was: Money | None
    reasons: Annotated[list[str], Field(examples=[["jump"]])]
    made_at: Moment


class HeldList(Told):
    """The prices that wait, the oldest first, at most two hundred."""

    items: list[HeldPrice]


class SettleGiven(Given):
    """Held prices to be released or refused."""

    prices: Annotated[list[PublicId], Field(min_length=1, max_length=500)]
    act: Literal["release", "refuse"]


class Settled(Told):
    """How many prices were settled."""

    settled: Annotated[int, Field(examples=[1])]


def price_out(row: "PriceRow", kind: str) -> Price:
    """Return a price as it goes out."""
    return Price(kind=kind, amount=row.amount, since=row.since, until=row.until, source=row.source)


def kind_out(row: "KindRow") -> PriceKind:
    """Return a kind of price as it goes out."""
    return PriceKind(
        code=row.code,
        name=row.name,
        currency=row.currency,
        is_default=row.is_default,
        is_on=row.is_on,
        step=row.step,
        ending=row.ending,
        guard_percent=row.guard_percent,
        margin_percent=row.margin_percent,
    )


def held_out(row: "HeldRow") -> HeldPrice:
    """Return a held price as it goes out."""
    return HeldPrice(
        id=row.public_id,
        variant=row.variant.public_id,
        kind=row.kind.code,
        amount=row.amount,
        was=row.was,
        reasons=list(row.reasons),
        made_at=row.made_at,
    )
