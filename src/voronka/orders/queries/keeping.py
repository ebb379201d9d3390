"""What is to be paid for an order: without what came back; of a cancelled one what had left before."""

from collections.abc import Sequence
from decimal import Decimal

from voronka.orders.models import Order, OrderLine, Return
from voronka.orders.rules.pricing import ZERO, part_of

CAME_BACK = (Return.State.RECEIVED, Return.State.REFUNDED)


def kept_sum(line: OrderLine) -> Decimal:
    """Return what the pieces of a line were sold for that the client has."""
    has = line.shipped - line.returned
    return part_of(line.total, line.quantity, has, ZERO, Decimal(0)) if has > 0 else ZERO


def kept_of(lines: Sequence[OrderLine], delivery: Decimal) -> Decimal:
    """Return what is to be paid for what the client has, with a delivery where he has anything."""
    if not any(one.shipped > one.returned for one in lines):
        return ZERO
    return sum((kept_sum(one) for one in lines), max(delivery, ZERO))


def owed_of(order: Order, lines: Sequence[OrderLine], back: Decimal, delivery: Decimal) -> Decimal:
    """Return what an order is to be paid in all. `back` is the sum of what came back, `delivery` its part for that."""
    return kept_of(lines, order.delivery_cost - delivery) if order.phase == "cancelled" else order.total - back
