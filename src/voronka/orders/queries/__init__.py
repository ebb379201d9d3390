"""What others may ask of orders."""

from voronka.orders.permissions import CHANGE, MAKE, RETURN, SEE, SET_UP, SHIP
from voronka.orders.queries.orders import (
    OrderCard,
    StatusCount,
    card,
    card_of,
    find_orders,
    get_order,
    list_delivery,
    list_orders,
    list_payment,
    list_statuses,
    may_see,
    orders_about,
    public_ids,
    purchases_of,
    totals,
)
from voronka.orders.queries.reach import reachable

__all__ = [
    "CHANGE",
    "MAKE",
    "RETURN",
    "SEE",
    "SET_UP",
    "SHIP",
    "OrderCard",
    "StatusCount",
    "card",
    "card_of",
    "find_orders",
    "get_order",
    "list_delivery",
    "list_orders",
    "list_payment",
    "list_statuses",
    "may_see",
    "orders_about",
    "public_ids",
    "purchases_of",
    "reachable",
    "totals",
]
