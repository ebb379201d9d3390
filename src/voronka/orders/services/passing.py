"""The passage of an order to a status, as every verb writes it."""

from datetime import datetime

from voronka.kit.actors import Actor
from voronka.kit.events import publish
from voronka.orders.events import OrderStatusChanged
from voronka.orders.models import Order, Passage, Status

ORDER_OF_PHASES = ("new", "work", "ready", "shipping", "done")


def pass_to(order: Order, status: Status, *, actor: Actor, now: datetime, cause: str = "") -> bool:
    """Bring a locked order to a status; False where it is there already. The caller has asked whether it may."""
    if order.status_id == status.pk:
        return False
    was = order.status.code
    order.status, order.status_at, order.phase = status, now, status.phase
    order.closed_at = now if status.phase in ("done", "cancelled") else None
    order.version += 1
    order.save(update_fields=["status", "status_at", "phase", "closed_at", "version"])
    Passage.objects.create(order=order, status=status, at=now, employee_id=actor.employee_id, cause=cause[:200])
    publish(
        OrderStatusChanged(
            order_id=order.pk, client_id=order.client_id, status=status.code, phase=status.phase, was=was
        )
    )
    return True


def first_of(phase: str) -> Status | None:
    """Return the first status in use of a phase."""
    return Status.objects.filter(phase=phase, is_on=True).order_by("position", "id").first()


def pass_on(order: Order, phase: str, *, actor: Actor, now: datetime, cause: str) -> bool:
    """Bring a locked order to the first status of a phase that it has not come to yet; never back."""
    if order.phase == "cancelled" or ORDER_OF_PHASES.index(order.phase) >= ORDER_OF_PHASES.index(phase):
        return False
    status = first_of(phase)
    return status is not None and pass_to(order, status, actor=actor, now=now, cause=cause)
