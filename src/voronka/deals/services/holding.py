"""Goods held for a deal, and the orders that presses made of it: done, and taken back with the press."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.deals.models import Deal, Press
from voronka.deals.ports import GoodsLine
from voronka.deals.queries.goods import lines_of
from voronka.kit.actors import Actor
from voronka.kit.db.again import again
from voronka.kit.errors import Conflict
from voronka.orders import queries as order_queries
from voronka.orders import services as orders
from voronka.stock import queries as stock_queries
from voronka.stock import services as stock

HOLDER = "deal"
HELD, FREED = "hold", "unhold"  # effects of a press: goods held until its moment, a hold that was let go


def held_until(deal_id: int) -> datetime | None:
    """Return until when goods are held for a deal; None where nothing is."""
    return max((one.expires_at for one in stock_queries.held_for(HOLDER, deal_id) if one.expires_at), default=None)


@again
@transaction.atomic
def hold(
    deal_id: int, goods: Sequence[GoodsLine], until: datetime, *, actor: Actor, now: datetime, operation: uuid.UUID
) -> int:
    """Hold the goods of a deal until a moment, in place of what is held for it; return how many lines are.

    What is told in words and services are not held. Raises Denied, OutOfStock naming what is short.
    """
    stock.release(stock.Holder(HOLDER, deal_id), actor=actor, now=now)
    lines = [
        stock.Line(place, one.variant_id, one.quantity)
        for place, one in enumerate(goods, 1)
        if one.variant_id is not None and not one.is_service
    ]
    if lines:
        stock.reserve(stock.Holder(HOLDER, deal_id), lines, actor=actor, now=now, until=until, operation=operation)
    return len(lines)


def let_go(deal_id: int, *, actor: Actor, now: datetime) -> int:
    """Let go of what is held for a deal; return how many promises ended."""
    return stock.release(stock.Holder(HOLDER, deal_id), actor=actor, now=now)


def order_operation(cause: uuid.UUID) -> uuid.UUID:
    """Return the operation under which a press places its order."""
    return uuid.uuid5(cause, "deals.make_order")


def take_back_orders(*, actor: Actor, cause: uuid.UUID, now: datetime) -> None:
    """Cancel the order that a press made: the counter-entry of its undo.

    Raises Conflict for one that is closed, of which goods have left, or for which money has come: neither comes back
    by an undo.
    """
    order = order_queries.find_by_operation(order_operation(cause))
    if order is None:
        return
    if order.phase != "cancelled" and (order.paid > 0 or order.lines.filter(shipped__gt=0).exists()):
        raise Conflict(
            _("Order № %(number)s is shipped or paid already: cancel it by itself, with its return or refund.")
            % {"number": order.number},
            code="order_went_on",
        )
    orders.cancel(
        order.public_id, _("The press was taken back"), actor=actor, now=now,
        version=None if order.phase == "cancelled" else order.version,
    )  # fmt: skip


def take_back_holds(*, actor: Actor, cause: uuid.UUID, now: datetime) -> None:
    """Let go of what a press held, and hold again what it had let go of, for as long as that was held.

    What somebody else has taken since is not held again: the undo does not fail for it.
    """
    press = Press.objects.select_related("deal").filter(cause=cause).first()
    if press is None:
        return
    codes = {one["code"]: one["at"] for one in press.effects}
    if HELD in codes:
        let_go(press.deal_id, actor=actor, now=now)
    until = datetime.fromisoformat(codes[FREED]) if codes.get(FREED) else None
    if until is not None and until > now:
        _hold_again(press.deal, until, actor=actor, now=now)


def _hold_again(deal: Deal, until: datetime, *, actor: Actor, now: datetime) -> None:
    lines = [
        stock.Line(one.position, one.variant_id, one.quantity)
        for one in lines_of(deal.pk)
        if one.variant_id is not None
    ]
    try:
        if lines:
            stock.reserve(stock.Holder(HOLDER, deal.pk), lines, actor=actor, now=now, until=until)
    except stock.OutOfStock:
        return
