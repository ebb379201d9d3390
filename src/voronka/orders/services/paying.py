"""What has come for an order, as billing says; the client's own link."""

from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.events import publish
from voronka.kit.tenancy import current_company_id
from voronka.orders.events import OrderPaid
from voronka.orders.models import Order
from voronka.orders.permissions import CHANGE
from voronka.orders.services.finishing import close_if_done
from voronka.orders.services.locking import bumped, lock_order
from voronka.orders.services.placing import hash_of, token_of
from voronka.orders.services.returning import settle_returns


@transaction.atomic
def note_paid(order_id: int, paid: Decimal, *, now: datetime, is_back: bool = False) -> Order:
    """Keep what has come for an order in all, less what went back: billing calls it when its money moves.

    Said again, it changes nothing. Money that went back pays for the returns received, the oldest first; `is_back` says
    that some has which lay on no paper any more. Raises NotFound, Invalid for less than nothing.
    """
    order = Order.objects.select_for_update().filter(pk=order_id).first()
    if order is None:
        raise NotFound(_("There is no such order."))
    if not paid.is_finite() or paid < 0:
        raise Invalid(_("This sum cannot be."), fields={"paid": _("This sum cannot be.")})
    if order.paid == paid:
        if is_back:
            settle_returns(order, now=now)
        return order
    before, order.paid = order.paid, paid
    bumped(order, "paid")
    publish(
        OrderPaid(
            order_id=order.pk, client_id=order.client_id, paid=str(paid), total=str(order.total),
            whole=before < order.owed <= paid,
        )
    )  # fmt: skip
    if paid < before or is_back:
        settle_returns(order, now=now)
    close_if_done(order, actor=Actor.system(current_company_id()), now=now)
    return order


@transaction.atomic
def new_link(public_id: str, *, actor: Actor) -> str:
    """Give the client's own page a new link and return its token; the one before leads nowhere any more."""
    order = lock_order(actor, public_id, CHANGE)
    order.link_version += 1
    order.link_hash = hash_of(token_of(order))
    bumped(order, "link_version", "link_hash")
    return token_of(order)


def order_of_link(token: str) -> tuple[int, int] | None:
    """Return the company and the order of a client's own link, None for a token of none; outside of any company."""
    if not token or len(token) > 200 or not token.isascii():
        return None
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company_id, order_id FROM orders_of_link(%s)", [hash_of(token)])
        row = cursor.fetchone()
    return None if row is None else (row[0], row[1])
