"""When an order has come to the end of its way: all has left, the client has all, it is paid."""

from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.orders.models import Order, OrderLine, OrderPart, Shipment, Status
from voronka.orders.services.passing import pass_on, pass_to
from voronka.orders.services.tasks import end_parts


def note_services(order: Order) -> None:
    """What is no goods is done when all goods have left, however late it was written."""
    OrderLine.objects.filter(order=order, is_goods=False).update(shipped=F("quantity"))


def settle_left(order: Order, *, actor: Actor, now: datetime) -> None:
    """Let a changed order stand where what is left of it says: all has left, the client has all, or not any more."""
    goods = list(OrderLine.objects.filter(order=order, is_goods=True))
    if not any(one.shipped for one in goods):
        return
    if any(one.shipped < one.quantity for one in goods):
        if order.shipped_at or order.delivered_at:
            order.shipped_at = order.delivered_at = None
            order.save(update_fields=["shipped_at", "delivered_at"])
        return
    note_services(order)
    live = Shipment.objects.filter(order=order).exclude(state=Shipment.State.CANCELLED)
    moments = list(live.values_list("state", "shipped_at", "delivered_at"))
    order.shipped_at = order.shipped_at or max((at for _state, at, _then in moments if at), default=now)
    is_had = all(state == Shipment.State.DELIVERED for state, _at, _then in moments)
    if is_had and order.delivered_at is None:
        order.delivered_at = max((at for _state, _then, at in moments if at), default=now)
        end_parts(OrderPart.objects.filter(order=order, state__in=["waiting", "doing"]).order_by("id"), now)
        order.save(update_fields=["shipped_at", "delivered_at"])
        end_way(order, actor=actor, now=now)
        return
    order.save(update_fields=["shipped_at"])
    pass_on(order, "shipping", actor=actor, now=now, cause=_("everything has left"))
    close_if_done(order, actor=actor, now=now)


def end_way(order: Order, *, actor: Actor, now: datetime) -> None:
    """Bring an order whose goods the client has to the last status of its way, and close it where it is paid."""
    last = Status.objects.filter(phase="shipping", is_on=True).order_by("-position", "-id").first()
    if last is not None:
        pass_to(order, last, actor=actor, now=now, cause=_("the client has everything"))
    close_if_done(order, actor=actor, now=now)


def close_if_done(order: Order, *, actor: Actor, now: datetime) -> bool:
    """Close a locked order that is delivered whole and paid in full."""
    if order.delivered_at is None or order.paid < order.owed or order.phase in ("done", "cancelled"):
        return False
    return pass_on(order, "done", actor=actor, now=now, cause=_("delivered and paid"))
