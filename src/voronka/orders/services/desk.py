"""What the desk does with orders beside their way: another promise, another colleague, many orders at once."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, Refusal
from voronka.kit.events import publish
from voronka.orders.events import OrderChanged
from voronka.orders.models import Order
from voronka.orders.permissions import CHANGE
from voronka.orders.services.drafts import require_near
from voronka.orders.services.flow import Bulk
from voronka.orders.services.locking import bumped, lock_order, require_open

MOST = 500


@transaction.atomic
def promise(
    public_id: str,
    promised_at: datetime,
    *,
    actor: Actor,
    now: datetime,
    cause: str = "",
    version: int | None = None,
) -> Order:
    """Promise an order for another moment; a later one than before asks for the cause of the delay.

    What was promised first stays for the figures. Raises Denied, NotFound, Conflict, Invalid.
    """
    order = lock_order(actor, public_id, CHANGE, version=version)
    require_open(order)
    cause = " ".join(cause.split())[:200]
    require_near(promised_at, "value")
    if promised_at < now:
        message = _("Promise a day that is still to come.")
        raise Invalid(message, code="past", fields={"value": message})
    is_later = order.promised_at is not None and promised_at > order.promised_at
    if is_later and not cause:
        message = _("Say why it comes later than promised.")
        raise Invalid(message, code="no_cause", fields={"cause": message})
    order.promised_at = promised_at
    order.first_promised_at = order.first_promised_at or promised_at
    if is_later:
        order.late_cause = cause
    bumped(order, "promised_at", "first_promised_at", "late_cause")
    _tell(order)
    return order


@transaction.atomic
def hand_over(public_id: str, employee: str, *, actor: Actor, now: datetime, version: int | None = None) -> Order:
    """Give an order to a colleague by his public id, empty for nobody. Raises Denied, NotFound, Conflict, Invalid."""
    order = lock_order(actor, public_id, CHANGE, version=version)
    require_open(order)
    found = next((one for one in accounts.list_employees() if one.public_id == employee), None)
    if employee and found is None:
        message = _("There is no such colleague.")
        raise Invalid(message, fields={"value": message})
    employee_id = found.pk if found else None
    if order.responsible_id != employee_id:
        order.responsible_id = employee_id
        bumped(order, "responsible_id")
        _tell(order)
    return order


def for_many(public_ids: Sequence[str], act: Callable[[str], object]) -> Bulk:
    """Do something with many orders, each by itself: one that cannot does not stop the others."""
    done, refused = [], {}
    for public_id in list(dict.fromkeys(public_ids))[:MOST]:
        try:
            with transaction.atomic():
                act(public_id)
            done.append(public_id)
        except Refusal as refusal:
            refused[public_id] = refusal.message
    return Bulk(done, refused)


def _tell(order: Order) -> None:
    total = str(order.total)
    publish(OrderChanged(order_id=order.pk, client_id=order.client_id, total=total, was=total))
