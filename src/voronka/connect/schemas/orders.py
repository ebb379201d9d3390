"""Orders, their shipments and returns."""

from datetime import time
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from voronka.connect.schemas.common import Given, GivenMoment, Moment, Money, Named, PublicId, Told

if TYPE_CHECKING:
    from voronka.orders.models import Order as OrderRow
    from voronka.orders.models import OrderLine as LineRow
    from voronka.orders.models import Return as ReturnRow
    from voronka.orders.models import Shipment as ShipmentRow
    from voronka.orders.models import Status as StatusRow

Count = Annotated[Decimal, Field(gt=0, max_digits=11, decimal_places=3, examples=["2"])]
Sum = Annotated[Decimal, Field(ge=0, max_digits=16, decimal_places=2, examples=["18900.00"])]
Cause = Annotated[str, Field(max_length=200, examples=["The client changed his mind"])]
Code = Annotated[str, Field(max_length=40, examples=["agreed"])]


class OrderLineGiven(Given):
    """A line: goods by the id of their variant, or words. Without a price goods cost what the client pays for them."""

    variant: PublicId | None = None
    name: Annotated[str, Field(max_length=500, examples=["Assembly"])] = ""
    quantity: Count = Decimal(1)
    price: Sum | None = None
    discount: Sum | None = None


class OrderGiven(Given):
    """An order to be placed: all of it, or nothing. With `backorder` what is short waits for goods.

    With `client_address`, an id of the client's `addresses`, it goes there: city and address are that one's. With
    `keep_address` where it goes is kept on the client's card, if he has no such address.
    """

    client: PublicId
    lines: Annotated[list[OrderLineGiven], Field(min_length=1, max_length=1000)]
    number: Annotated[
        str, Field(max_length=60, description="What your system calls it: once.", examples=["A-1042"])
    ] = ""
    delivery: PublicId | None = None
    payment: PublicId | None = None
    delivery_cost: Sum | None = None
    promo: Annotated[str, Field(max_length=60, examples=["SUMMER"])] = ""
    city: Annotated[str, Field(max_length=120, examples=["Omsk"])] = ""
    address: Annotated[str, Field(max_length=500, examples=["Lenina 1, 5"])] = ""
    client_address: Annotated[str, Field(max_length=20, examples=["main"])] = ""
    keep_address: bool = False
    recipient_name: Annotated[str, Field(max_length=200, examples=["Anna Smirnova"])] = ""
    recipient_phone: Annotated[str, Field(max_length=40, examples=["+73912000001"])] = ""
    comment: Annotated[str, Field(max_length=4000, examples=["Call an hour before"])] = ""
    promised_at: GivenMoment | None = None
    backorder: bool = False


class OrderLineChanged(Given):
    """A line as it is to be. `line` names one of the order: what is not sent of it stays; without, it is a new line.

    Where the quantity of a line changes and no discount is sent, its discount changes in proportion.
    """

    line: Annotated[int, Field(ge=1, le=2**31 - 1, examples=[1])] | None = None
    variant: PublicId | None = None
    name: Annotated[str, Field(max_length=500, examples=["Assembly"])] = ""
    quantity: Count | None = None
    price: Sum | None = None
    discount: Sum | None = None


class OrderChanges(Given):
    """What is to be changed of an order; what is not sent stays. `version` is the order's as you read it.

    `lines` are all lines that the order is to have: one of its lines that is left out is taken out. With another way of
    delivery and no cost, it costs what the way asks. An empty `promo` takes the code away. With `backorder` what is
    short waits for goods.
    """

    version: Annotated[int, Field(ge=1, le=2**31 - 1, examples=[3])]
    lines: Annotated[list[OrderLineChanged], Field(min_length=1, max_length=1000)] | None = None
    delivery: PublicId | None = None
    payment: PublicId | None = None
    delivery_cost: Sum | None = None
    promo: Annotated[str, Field(max_length=60, examples=["SUMMER"])] | None = None
    city: Annotated[str, Field(max_length=120, examples=["Omsk"])] | None = None
    address: Annotated[str, Field(max_length=500, examples=["Lenina 1, 5"])] | None = None
    recipient_name: Annotated[str, Field(max_length=200, examples=["Anna Smirnova"])] | None = None
    recipient_phone: Annotated[str, Field(max_length=40, examples=["+73912000001"])] | None = None
    comment: Annotated[str, Field(max_length=4000, examples=["Call an hour before"])] | None = None
    backorder: bool = False


class CancelGiven(Given):
    """Why an order is cancelled."""

    cause: Cause


class StatusGiven(Given):
    """The status an order is brought to."""

    status: Code
    cause: Cause = ""


class PromiseGiven(Given):
    """Another moment that an order is promised for; a later one names its cause."""

    at: GivenMoment
    cause: Cause = ""


class ShipGiven(Given):
    """What is known of a parcel; with `partly` a box that is not full leaves as it is."""

    tracking: Annotated[str, Field(max_length=80, examples=["RA644000001RU"])] = ""
    partly: bool = False


class ScanGiven(Given):
    """One reading of a scanner."""

    code: Annotated[str, Field(min_length=1, max_length=80, examples=["4006381333931"])]
    quantity: Count = Decimal(1)


class BackGiven(Given):
    """So many of a line of the order come back."""

    line: Annotated[int, Field(ge=1, le=100_000, description="Number of the line.", examples=[1])]
    quantity: Count = Decimal(1)
    condition: Literal["sale", "damaged"] = "sale"


class ReturnGiven(Given):
    """What a client gives back."""

    lines: Annotated[list[BackGiven], Field(min_length=1, max_length=1000)]
    reason: Annotated[str, Field(max_length=300, examples=["Too big"])] = ""
    kind: Literal["return", "exchange"] = "return"
    fault: Annotated[
        Literal["client", "seller"], Field(description="Whose reason it is: his mind changed, or the goods were bad.")
    ] = "client"
    delivery: Annotated[
        Sum | None,
        Field(description="How much of the delivery goes back; without it by the reason."),
    ] = None


class ReceiveGiven(Given):
    """Where a return is taken in: any place of the company."""

    place: PublicId
    delivery: Annotated[
        Sum | None,
        Field(description="How much of the delivery goes back; without it as it was written down."),
    ] = None


class RejectGiven(Given):
    """Why a return is not taken; `withdrawn`: the client keeps the goods."""

    cause: Cause = ""
    withdrawn: bool = False


class OrderStatus(Told):
    """A status of orders. `phase` is what it means to the program; `next` what may follow, empty for any."""

    code: Code
    name: Annotated[str, Field(examples=["Agreed"])]
    phase: Literal["new", "work", "ready", "shipping", "done", "cancelled"]
    norm_minutes: int | None
    requires: Annotated[list[str], Field(examples=[["address"]])]
    next: list[str]
    is_on: bool


class OrderStatusList(Told):
    """Statuses in their order."""

    items: list[OrderStatus]


class OrderLine(Told):
    """A line with the figures of its moment; `line` is its number for ever."""

    line: int
    variant: PublicId | None
    name: str
    quantity: Decimal
    price: Money
    discount: Money
    tax: Money
    total: Money
    shipped: Decimal
    returned: Decimal


class Order(Told):
    """An order. `total` is goods less discount and with delivery; `paid` is what has come for it.

    `owed` is what it is to be paid in all: without what came back, of a cancelled one what had left before.
    """

    id: PublicId
    number: int
    status: Code
    phase: str
    channel: Annotated[str, Field(examples=["phone"])]
    outer_number: str
    client: Named | None
    goods: Money
    discount: Money
    delivery_cost: Money
    total: Money
    tax: Money
    paid: Money
    owed: Money
    currency: Annotated[str, Field(examples=["RUB"])]
    promised_at: Moment | None
    delivery_from: time | None
    delivery_to: time | None
    city: str
    address: str
    comment: str
    late_cause: str
    cancel_cause: str
    made_at: Moment
    version: int
    lines: list[OrderLine]


class OrderList(Told):
    """A page of orders, the newest first; their lines are told one by one."""

    items: list[Order]
    next: str | None


class ShipmentLine(Told):
    """Goods of a parcel: how many of how many are in it."""

    variant: PublicId
    name: str
    quantity: Decimal
    picked: Decimal


class Shipment(Told):
    """A parcel of an order."""

    id: PublicId
    number: int
    order: PublicId
    place: Named | None
    state: Literal["picking", "packed", "shipped", "delivered", "cancelled"]
    tracking: str
    lines: list[ShipmentLine]


class ShipmentList(Told):
    """Parcels."""

    items: list[Shipment]


class Scan(Told):
    """What a reading did: `trouble` is empty, unknown, not_here or too_many; `left` pieces are to be read still."""

    trouble: Literal["", "unknown", "not_here", "too_many"]
    name: str
    picked: Decimal
    quantity: Decimal
    left: Decimal


class ReturnLine(Told):
    """What comes back of a line and what the client gets for it."""

    line: int
    name: str
    quantity: Decimal
    sum: Money
    condition: Literal["sale", "damaged"]


class Return(Told):
    """Goods that a client gives back."""

    id: PublicId
    number: int
    order: PublicId
    kind: Literal["return", "exchange"]
    state: Literal["asked", "received", "refunded", "rejected", "cancelled"]
    reason: str
    fault: Literal["client", "seller"]
    sum: Money
    delivery: Annotated[Money, Field(description="Part of the sum: what goes back of the delivery.")]
    carried: Annotated[Money, Field(description="Part of the sum: what pays the order of what was given instead.")]
    place: Named | None
    lines: list[ReturnLine]


class ReturnList(Told):
    """Returns, the newest first."""

    items: list[Return]


def status_out(row: "StatusRow") -> OrderStatus:
    """Return the document of a status."""
    return OrderStatus(
        code=row.code, name=row.name, phase=row.phase, norm_minutes=row.norm_minutes, requires=row.requires,
        next=row.next, is_on=row.is_on,
    )  # fmt: skip


def order_out(
    row: "OrderRow",
    client: Named | None,
    lines: "list[tuple[LineRow, str | None]]",
    *,
    status: str,
    sees_address: bool,
) -> Order:
    """Return the document of an order in the status of this code; lines come with the public ids of their variants."""
    return Order(
        id=row.public_id, number=row.number, status=status, phase=row.phase, channel=row.channel,
        outer_number=row.outer_number, client=client, goods=row.goods_sum, discount=row.discount_sum,
        delivery_cost=row.delivery_cost, total=row.total, tax=row.tax, paid=row.paid, owed=row.owed,
        currency=row.currency, promised_at=row.promised_at,
        delivery_from=row.delivery_from, delivery_to=row.delivery_to, city=row.city,
        address=row.address if sees_address else "", comment=row.comment, late_cause=row.late_cause,
        cancel_cause=row.cancel_cause, made_at=row.made_at, version=row.version,
        lines=[
            OrderLine(
                line=one.position, variant=variant, name=one.name, quantity=one.quantity, price=one.price,
                discount=one.discount, tax=one.tax, total=one.total, shipped=one.shipped, returned=one.returned,
            )
            for one, variant in lines
        ],
    )  # fmt: skip


def shipment_out(row: "ShipmentRow") -> Shipment:
    """Return the document of a parcel."""
    return Shipment(
        id=row.public_id, number=row.number, order=row.order.public_id,
        place=Named(id=row.place.public_id, name=row.place.name), state=row.state, tracking=row.tracking,
        lines=[
            ShipmentLine(variant=one.variant.public_id, name=one.variant.name, quantity=one.quantity, picked=one.picked)
            for one in sorted(row.lines.all(), key=lambda line: line.pk)
        ],
    )  # fmt: skip


def return_out(row: "ReturnRow") -> Return:
    """Return the document of a return."""
    return Return(
        id=row.public_id, number=row.number, order=row.order.public_id, kind=row.kind, state=row.state,
        reason=row.reason, fault=row.fault, sum=row.sum, delivery=row.delivery,
        carried=row.carried,
        place=Named(id=row.place.public_id, name=row.place.name) if row.place else None,
        lines=[
            ReturnLine(
                line=one.line.position, name=one.line.name, quantity=one.quantity, sum=one.sum, condition=one.condition
            )
            for one in sorted(row.lines.all(), key=lambda line: line.pk)
        ],
    )  # fmt: skip
