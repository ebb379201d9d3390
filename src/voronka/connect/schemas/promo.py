"""Promo codes."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from voronka.connect.schemas.common import Given, GivenMoment, Money, PublicId, Told

if TYPE_CHECKING:
    from voronka.loyalty.models import PromoCode as CodeRow
    from voronka.loyalty.queries.promos import Row
    from voronka.loyalty.services import Quote as QuoteFound

Sum = Annotated[Decimal, Field(gt=0, max_digits=16, decimal_places=2, examples=["500.00"])]
Count = Annotated[int, Field(ge=1, le=1_000_000_000, examples=[100])]


class PromoGiven(Given):
    """A promo. `kind` shared has one `code` for all, batch gets its codes afterwards; without goods it is for all."""

    name: Annotated[str, Field(min_length=1, max_length=120, examples=["Summer sale"])]
    kind: Literal["shared", "batch"] = "shared"
    code: Annotated[str, Field(max_length=40, examples=["SUMMER26"])] = ""
    percent: Annotated[Decimal | None, Field(gt=0, le=100, decimal_places=2, examples=["10"])] = None
    sum: Sum | None = None
    cap: Sum | None = None
    minimum: Annotated[Decimal, Field(ge=0, max_digits=16, decimal_places=2, examples=["3000.00"])] = Decimal(0)
    uses: Count | None = None
    uses_by_client: Count | None = None
    since: GivenMoment | None = None
    until: GivenMoment | None = None
    with_personal_prices: bool = True
    categories: Annotated[list[PublicId], Field(max_length=500)] = []
    variants: Annotated[list[PublicId], Field(max_length=500)] = []
    client: PublicId | None = None
    note: Annotated[str, Field(max_length=300, examples=["Newsletter of June"])] = ""


class PromoSwitch(Given):
    """Whether a promo holds."""

    is_on: bool


class Promo(Told):
    """A promo: `code` is null for a batch; `used` counts the sales that stand, `taken_off` what they got."""

    id: PublicId
    name: str
    kind: Literal["shared", "batch"]
    state: Literal["on", "waits", "over", "off"]
    code: Annotated[str | None, Field(examples=["SUMMER26"])]
    percent: Annotated[Decimal | None, Field(examples=["10.00"])]
    sum: Money | None
    cap: Money | None
    minimum: Money
    uses: int | None
    uses_by_client: int | None
    since: datetime | None
    until: datetime | None
    with_personal_prices: bool
    codes: int
    used: int
    taken_off: Money


class PromoList(Told):
    """A page of promos, the newest first."""

    items: list[Promo]
    next: str | None


class CodesGiven(Given):
    """How many codes to make, what stands before each, whom alone they are for."""

    count: Annotated[int, Field(ge=1, le=10_000, examples=[100])]
    prefix: Annotated[str, Field(max_length=8, examples=["GIFT"])] = ""
    client: PublicId | None = None


class Code(Told):
    """A code. `left` is null where it has no limit."""

    id: PublicId
    code: Annotated[str, Field(examples=["GIFT-7KX2M-9QTB4"])]
    used: int
    left: int | None
    is_on: bool


class CodeList(Told):
    """Codes, in the order of making."""

    items: list[Code]
    next: str | None = None


class QuoteLine(Given):
    """A line of a sale: what it costs before the code."""

    variant: PublicId | None = None
    sum: Annotated[Decimal, Field(ge=0, max_digits=16, decimal_places=2, examples=["1990.00"])]


class QuoteGiven(Given):
    """A code and the sale it is for."""

    code: Annotated[str, Field(min_length=1, max_length=40, examples=["SUMMER26"])]
    client: PublicId | None = None
    lines: Annotated[list[QuoteLine], Field(min_length=1, max_length=1000)]


class Quote(Told):
    """What a code takes off, line by line; else `reason` (a stable code) and why in words. Nothing is used up."""

    is_good: bool
    reason: Annotated[str, Field(examples=["minimum"])]
    words: str
    discount: Money
    discounts: list[Money]


def promo_out(row: "Row") -> Promo:
    """Return a promo as a document."""
    one = row.promo
    return Promo(
        id=one.public_id, name=one.name, kind="batch" if one.is_batch else "shared",
        state=row.state,
        code=row.code.code if row.code else None, percent=one.amount if one.is_percent else None,
        sum=None if one.is_percent else one.amount, cap=one.cap, minimum=one.minimum,
        uses=row.code.most if row.code else None, uses_by_client=one.per_client, since=one.since, until=one.until,
        with_personal_prices=one.with_terms, codes=row.sums.codes, used=row.sums.uses, taken_off=row.sums.taken_off,
    )  # fmt: skip


def code_out(row: "CodeRow") -> Code:
    """Return a code as a document."""
    left = None if row.most is None else row.most - row.used
    return Code(id=row.public_id, code=row.code, used=row.used, left=left, is_on=row.is_on)


def quote_out(found: "QuoteFound") -> Quote:
    """Return what a code takes off as a document."""
    return Quote(
        is_good=found.is_good, reason=found.reason, words=found.words, discount=found.discount,
        discounts=list(found.discounts),
    )  # fmt: skip
