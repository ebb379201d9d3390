"""An order is locked before anything about it is read that the verb goes by."""

from django.db import connection
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor, Right
from voronka.kit.errors import Conflict, NotFound
from voronka.orders.models import Order, OrderLine
from voronka.orders.queries.reach import require_reach
from voronka.stock import services as stock

ENDED = frozenset({"done", "cancelled"})


def lock_order(
    actor: Actor, public_id: str, right: Right, *, version: int | None = None, by_record: bool = True
) -> Order:
    """Lock an order and return it as it is now. Raises NotFound, Denied; Conflict for another version than was seen."""
    rows = Order.objects.select_for_update(of=("self",)).filter(public_id=public_id).select_related(
        "status", "responsible", "client", "delivery_method", "payment_method"
    )  # fmt: skip
    order = rows.first()
    # Waiting for somebody who gave it another status, the database loses a row that it has joined to the old one; one
    # that got another owner or way comes back without it. Under the lock it is read as it is.
    if (order is None or _lacks(order)) and Order.objects.select_for_update().filter(public_id=public_id).values_list(
        "pk"
    ).first():
        order = rows.first()
    if order is None:
        raise NotFound(_("There is no such order."))
    require_reach(actor, order, right if by_record else None)
    if not by_record:
        actor.require(right)
    if version is not None and version != order.version:
        raise Conflict(_("Somebody changed this order meanwhile: look at it again."), code="moved")
    return order


def hold_order(order_id: int) -> None:
    """Lock an order for whoever reckons up what it is then told: else an older sum may come after a newer one."""
    Order.objects.select_for_update(of=("self",)).filter(pk=order_id).values_list("pk").first()


def _lacks(order: Order) -> bool:
    """Tell whether a row came without something that it names."""
    optional = ("responsible", "client", "delivery_method", "payment_method")
    return any(getattr(order, f"{one}_id") is not None and getattr(order, one) is None for one in optional)


def lines_of(order: Order) -> list[OrderLine]:
    """Return the lines of a locked order: whoever changes them holds the order."""
    return list(OrderLine.objects.filter(order=order).order_by("position"))


def require_open(order: Order) -> None:
    """Raise Conflict for an order that has come to its end."""
    if order.phase == "cancelled":
        raise Conflict(_("Order № %(number)d is cancelled.") % {"number": order.number}, code="order_cancelled")
    if order.phase == "done":
        raise Conflict(_("Order № %(number)d is closed.") % {"number": order.number}, code="order_closed")


def holder_of(order: Order) -> stock.Holder:
    """Return the order as the stock knows it."""
    return stock.Holder("order", order.pk)


def next_number(kind: str) -> int:
    """Return the next number of shipments or returns; its row stays locked, so it is asked for last."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT orders_next_number(%s)", [kind])
        return int(cursor.fetchone()[0])


def bumped(order: Order, *fields: str) -> None:
    """Write the fields of a locked order with its next version."""
    order.version += 1
    order.save(update_fields=[*fields, "version"])
