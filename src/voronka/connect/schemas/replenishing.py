"""Buffers, what they ask for, sales that were lost."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from voronka.connect.schemas.common import Given, Moment, Money, Named, PublicId, Told

Quantity = Annotated[Decimal, Field(examples=["12"])]
Wanted = Annotated[Decimal, Field(gt=0, le=Decimal(1_000_000_000), decimal_places=3, examples=["12"])]
Lot = Annotated[Decimal, Field(ge=0, le=Decimal(1_000_000_000), decimal_places=3, examples=["6"])]
Days = Annotated[int, Field(ge=0, le=730, examples=[9])]
Colour = Literal["red", "yellow", "green", "above"]
Cause = Annotated[Literal["short", "off_sale", "late", "dear"], Field(examples=["short"])]
Times = Annotated[int, Field(examples=[3])]
Most = Annotated[int, Field(examples=[2])]


class Buffer(Told):
    """A buffer as it stands now. `lead_days` is what holds: its own, the supplier's, or seven."""

    id: PublicId
    variant: Named
    code: Annotated[str, Field(examples=["ST-120-W"])]
    place: Named
    target: Quantity
    min_lot: Quantity
    multiple: Quantity
    lead_days: Days
    supplier: Named | None
    source: Named | None
    zone: Colour
    on_hand: Quantity
    promised: Quantity
    coming: Quantity
    per_day: Quantity
    advised: Quantity | None


class BufferList(Told):
    """A page of buffers."""

    items: list[Buffer]
    next: Annotated[str | None, Field(examples=[None])] = None


class BufferGiven(Given):
    """A buffer as it is wanted; at most one of `supplier` and `source`."""

    variant: PublicId
    place: PublicId
    target: Wanted
    lead_days: Days | None = None
    min_lot: Lot = Decimal(0)
    multiple: Wanted = Decimal(1)
    supplier: PublicId | None = None
    source: PublicId | None = None


class BuffersGiven(Given):
    """Buffers to set: all of them or none."""

    buffers: Annotated[list[BufferGiven], Field(min_length=1, max_length=1_000)]


class BuffersSet(Told):
    """How many buffers are new, and how many others changed."""

    new: Most
    changed: Most


class PlaceGiven(Given):
    """The place whose missing buffers are reckoned."""

    place: PublicId


class Share(Told):
    """So many from a supplier, or from another place."""

    supplier: Named | None
    source: Named | None
    quantity: Quantity


class ProposalTold(Told):
    """What a buffer asks for, and why. `cost` of one piece in roubles: null where unknown or not to be seen."""

    buffer: PublicId
    variant: Named
    place: Named
    quantity: Quantity
    shares: list[Share]
    cost: Money | None
    reason: Annotated[str, Field(examples=["3 left, 2 promised, 5 a week go, the supplier takes 9 days"])]


class ProposalList(Told):
    """Everything that is proposed now, the emptiest buffers first."""

    items: list[ProposalTold]


class PickGiven(Given):
    """A proposal that is taken, with another quantity if one is wanted."""

    buffer: PublicId
    quantity: Wanted | None = None


class OrderGiven(Given):
    """What to order. The same `operation` sent again makes nothing else."""

    picks: Annotated[list[PickGiven], Field(min_length=1, max_length=5_000)]
    operation: Annotated[UUID | None, Field(examples=["3f0c5d3e-7a57-4c63-9b9d-0d9f1f4f3a10"])] = None


class MadePaper(Told):
    """A paper that was made: a purchase order or a transfer."""

    id: PublicId
    kind: Literal["purchase", "transfer"]
    number: Annotated[int, Field(examples=[12])]
    expected_on: Annotated[date | None, Field(examples=["2026-12-04"])]


class Ordered(Told):
    """Papers made, and how many of the picks ask for nothing any more."""

    papers: list[MadePaper]
    skipped: Most


class LostGoods(Told):
    """What was wanted in vain of a variant in a place for a cause. `sum` by the price of now."""

    variant: Named
    code: Annotated[str, Field(examples=["ST-120-W"])]
    place: Named | None
    cause: Cause
    quantity: Quantity
    times: Times
    last_at: Moment
    sum: Money | None


class LostList(Told):
    """Lost sales of a period, the greatest sums first."""

    items: list[LostGoods]


class LostGiven(Given):
    """Somebody wanted what was not there."""

    variant: PublicId
    quantity: Wanted
    cause: Cause = "short"
    place: PublicId | None = None
    client: PublicId | None = None
