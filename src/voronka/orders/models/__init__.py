"""Orders and their lines, what is done for them, what leaves, what comes back, how a company sets them up."""

from voronka.orders.models.facts import OrderFact
from voronka.orders.models.mail import ClientWord, MailboxState, OrderLetter, OrderMailbox
from voronka.orders.models.orders import Order, OrderLine, Passage
from voronka.orders.models.parts import OrderPart, PackScan, Return, ReturnLine, Shipment, ShipmentLine
from voronka.orders.models.public import Feedback, ShopGoods, ShopPage
from voronka.orders.models.routing import RoutingSettings
from voronka.orders.models.setup import ClientFigures, DeliveryMethod, Numbering, PaymentMethod, Status

__all__ = [
    "ClientFigures",
    "ClientWord",
    "DeliveryMethod",
    "Feedback",
    "MailboxState",
    "Numbering",
    "Order",
    "OrderFact",
    "OrderLetter",
    "OrderLine",
    "OrderMailbox",
    "OrderPart",
    "PackScan",
    "Passage",
    "PaymentMethod",
    "Return",
    "ReturnLine",
    "RoutingSettings",
    "Shipment",
    "ShipmentLine",
    "ShopGoods",
    "ShopPage",
    "Status",
]
