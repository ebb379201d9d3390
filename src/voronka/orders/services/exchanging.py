"""An exchange: what comes back, the order of what the client gets instead, the money between them, in one act."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from voronka.kit.actors import Actor
from voronka.kit.db.again import again
from voronka.orders.models import Order, Return
from voronka.orders.permissions import RETURN
from voronka.orders.rules.pricing import ZERO
from voronka.orders.services import return_delivery
from voronka.orders.services.carrying import operation_of_new, order_instead, paid_for
from voronka.orders.services.drafts import OrderDraft, find_delivery
from voronka.orders.services.entering import promised, routed
from voronka.orders.services.locking import lock_order
from voronka.orders.services.placing import OnShort, place
from voronka.orders.services.returning import Back, ask_return, asked_lines, receive_return
from voronka.orders.services.shipping import hand_over
from voronka.orders.services.ways import outlook


@dataclass(frozen=True, slots=True)
class Worth:
    """What comes back is worth `sum`, of which `paid` is paid for: so much pays what is given instead."""

    sum: Decimal
    paid: Decimal

    def to_pay(self, total: Decimal) -> Decimal:
        """Return what the client pays on top for goods that cost so much."""
        return max(total - self.paid, ZERO)

    def to_give(self, total: Decimal) -> Decimal:
        """Return what he gets back in money."""
        return max(self.paid - total, ZERO)


def worth_of(order: Order, goods: Sequence[Back], *, fault: str = "client", delivery: Decimal | None = None) -> Worth:
    """Return what goods that would come back are worth; nothing is written. Raises as `ask_return`."""
    back = Return(order=order, kind=Return.Kind.EXCHANGE, fault=fault)
    return_delivery.give(order, back, asked_lines(order, goods), delivery)
    return Worth(back.sum, paid_for(order, back.sum))


def exchanged(order: Order, operation: uuid.UUID) -> tuple[Return, Order] | None:
    """Return what an operation has exchanged of an order, None where it has done nothing yet."""
    back = Return.objects.filter(operation=operation, order=order).first()
    new = order_instead(back) if back is not None else None
    return (back, new) if back is not None and new is not None else None


@again
@transaction.atomic
def exchange(
    public_id: str,
    goods: Sequence[Back],
    draft: OrderDraft,
    *,
    actor: Actor,
    now: datetime,
    operation: uuid.UUID,
    reason: str = "",
    on_short: OnShort = "refuse",
    fault: str = "client",
    delivery: Decimal | None = None,
    place_id: int | None = None,
    leaves_from: str = "",
    is_given: bool = False,
) -> tuple[Return, Order]:
    """Take goods back and place the order of what the client gets instead: both, or neither.

    At `place_id` the goods are taken in at once, and what was paid for them pays the new order; without, they are to
    come yet, and the money follows when they have. `leaves_from` is where the new goods are taken, empty where the rule
    says; with `is_given` the client has them in his hands. The same operation again returns what it wrote. Raises
    Denied, NotFound, Conflict, Invalid, OutOfStock.
    """
    order = lock_order(actor, public_id, RETURN, by_record=False)
    done = exchanged(order, operation)
    if done is not None:
        return done
    back = ask_return(
        public_id, goods, actor=actor, now=now, operation=operation, reason=reason, kind=Return.Kind.EXCHANGE,
        fault=fault, delivery=delivery,
    )  # fmt: skip
    draft = replace(draft, client_id=order.client_id, exchange_of_id=order.pk)
    found = outlook(
        [(at, one.variant_id, one.quantity) for at, one in enumerate(draft.lines, 1)], actor=actor, now=now,
        city=draft.city, delivery=find_delivery(draft.delivery), place=leaves_from,
    )  # fmt: skip
    draft = routed(draft, found, by_hand=bool(leaves_from))
    if draft.promised_at is None:
        draft = promised(draft, found, actor)
    new = place(draft, actor=actor, now=now, operation=operation_of_new(operation), on_short=on_short)
    if place_id is not None:
        back = receive_return(back.public_id, place_id, actor=actor, now=now)
    if is_given:
        hand_over(new.public_id, actor=actor, now=now, operation=uuid.uuid5(operation, "given"))
    new.refresh_from_db()
    return back, new
