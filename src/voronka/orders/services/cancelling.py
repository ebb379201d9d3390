"""An order is cancelled at any step, with everything put right."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.db.again import again
from voronka.kit.errors import Conflict, Invalid
from voronka.kit.events import publish
from voronka.loyalty import services as loyalty
from voronka.orders.events import OrderCancelled
from voronka.orders.models import Order, OrderPart, Shipment, Status
from voronka.orders.permissions import CHANGE
from voronka.orders.queries.keeping import kept_sum
from voronka.orders.rules.pricing import ZERO
from voronka.orders.services.locking import holder_of, lines_of, lock_order
from voronka.orders.services.owing import owed_now
from voronka.orders.services.passing import first_of, pass_to
from voronka.orders.services.tasks import end_parts
from voronka.stock import services as stock


@again
@transaction.atomic
def cancel(public_id: str, cause: str, *, actor: Actor, now: datetime, version: int | None = None) -> Order:
    """Cancel an order: its goods come free, what is picked is put back, its parts and their tasks end.

    Goods that have left stay the client's until they come back by a return, which a cancelled order takes as well. An
    order that is cancelled already stays so. Raises Denied, NotFound, Conflict, Invalid without a cause.
    """
    order = lock_order(actor, public_id, CHANGE, version=version)
    if order.phase == "cancelled":
        return order
    status = first_of("cancelled")
    if status is None:
        raise Conflict(_("There is no status of cancelled orders: Settings, Orders."), code="no_status")
    cancel_locked(order, status, cause, actor=actor, now=now)
    return order


def cancel_locked(order: Order, status: Status, cause: str, *, actor: Actor, now: datetime) -> None:
    """Cancel a locked order that is not cancelled, by a status of that phase."""
    cause = " ".join(cause.split())[:200]
    if not cause:
        message = _("Say why the order is cancelled.")
        raise Invalid(message, code="no_cause", fields={"cause": message})
    if order.phase == "done":
        raise Conflict(
            _("Order № %(number)d is closed: take the goods back by a return.") % {"number": order.number},
            code="order_closed",
        )
    order.cancel_cause = cause
    order.save(update_fields=["cancel_cause"])
    end_work(order, now)
    lines = lines_of(order)
    # What the client keeps he has at the price of the code: it stays used.
    if not any(one.shipped > one.returned for one in lines):
        loyalty.reverse(loyalty.Holder("order", order.pk), actor=actor, now=now)
    stock.release(holder_of(order), actor=Actor.system(actor.company_id), now=now)
    pass_to(order, status, actor=actor, now=now, cause=cause)
    order.owed = owed_now(order, lines)
    order.save(update_fields=["owed"])
    kept = sum((kept_sum(one) for one in lines), ZERO)
    publish(
        OrderCancelled(
            order_id=order.pk, client_id=order.client_id, total=str(order.total), paid=str(order.paid), kept=str(kept)
        )
    )


def end_work(order: Order, now: datetime) -> None:
    """End what was being done for a locked order: shipments that have not left, parts, their tasks."""
    Shipment.objects.filter(order=order, state__in=["picking", "packed"]).update(state=Shipment.State.CANCELLED)
    live = OrderPart.objects.filter(order=order, state__in=["waiting", "doing"]).order_by("id")
    end_parts(live, now, state=OrderPart.State.CANCELLED)
