"""What happens to orders, as others may hear it."""

from dataclasses import dataclass
from typing import ClassVar

from voronka.kit.events.log import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderPlaced(Event):
    """A client ordered; sums are in the money of the order."""

    subject: ClassVar = ("order", "order_id")
    order_id: int
    client_id: int
    channel: str
    total: str
    lines: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderChanged(Event):
    """What was ordered, how it is delivered or paid was changed; `total` is the sum now, `was` the one before."""

    subject: ClassVar = ("order", "order_id")
    order_id: int
    client_id: int
    total: str
    was: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderStatusChanged(Event):
    """An order came to a status; `phase` is what the status means."""

    subject: ClassVar = ("order", "order_id")
    order_id: int
    client_id: int
    status: str
    phase: str
    was: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderCancelled(Event):
    """An order was cancelled. `paid` had come for it; `kept` is what the client has goods for that are not back yet."""

    subject: ClassVar = ("order", "order_id")
    order_id: int
    client_id: int
    total: str
    paid: str
    kept: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderShipped(Event):
    """Goods of an order left; `whole` tells whether nothing is left to ship."""

    subject: ClassVar = ("order", "order_id")
    order_id: int
    client_id: int
    shipment_id: int
    whole: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderDelivered(Event):
    """Goods of an order came to the client; `whole` tells whether all of them have."""

    subject: ClassVar = ("order", "order_id")
    order_id: int
    client_id: int
    shipment_id: int
    whole: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderReturned(Event):
    """Goods came back, or a return was asked, rejected, withdrawn: `state` says which; `sum` is what they sold for."""

    subject: ClassVar = ("order", "order_id")
    order_id: int
    client_id: int
    return_id: int
    state: str
    sum: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderPaid(Event):
    """What has come for an order changed."""

    subject: ClassVar = ("order", "order_id")
    order_id: int
    client_id: int
    paid: str
    total: str
    whole: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderSettingsChanged(Event):
    """A status, a way of delivery or of payment was added or changed."""

    subject: ClassVar = ("order_setting", "setting_id")
    setting_id: int
    kind: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedbackGiven(Event):
    """A client said on the page of his order what he thinks of it, by one to five stars."""

    subject: ClassVar = ("order", "order_id")
    order_id: int
    client_id: int
    stars: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderLetterMoved(Event):
    """A letter with an order came, became an order or was put aside: `state` is waiting, placed or dropped."""

    subject: ClassVar = ("order_letter", "order_letter_id")
    order_letter_id: int
    state: str
