"""Personal prices of clients."""

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from voronka.connect.schemas.common import Given, GivenMoment, Moment, Told

if TYPE_CHECKING:
    from voronka.catalogue.models import ClientTerms as TermsRow

Discount = Annotated[Decimal, Field(ge=0, lt=100, decimal_places=2, examples=["7.50"])]
OwnKind = Annotated[str, Field(max_length=40, examples=["wholesale"])]


class Terms(Told):
    """What a client pays from `since` (null: ever since) until `until` (null: further notice).

    `kind` is null for the default kind of price; the discount in percent comes off it.
    """

    kind: Annotated[str | None, Field(examples=["wholesale"])]
    discount_percent: Discount
    since: Moment | None
    until: Moment | None


class TermsList(Told):
    """What is agreed with a client, the earliest first."""

    items: list[Terms]


class TermsGiven(Given):
    """Terms from `since` (now) until `until` (the next planned ones, or further notice).

    Neither a kind nor a discount leaves that time without personal prices.
    """

    kind: OwnKind = ""
    discount_percent: Discount = Decimal(0)
    since: GivenMoment | None = None
    until: GivenMoment | None = None


def terms_out(row: "TermsRow") -> Terms:
    """Return terms as they go out."""
    return Terms(
        kind=row.kind.code if row.kind else None, discount_percent=row.discount_percent, since=row.since,
        until=row.until,
    )  # fmt: skip
