"""What an order is short of is taken from another place that has it."""

import uuid
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.db.again import again
from voronka.kit.errors import Conflict, NotFound
from voronka.kit.events import publish
from voronka.orders.events import OrderChanged
from voronka.orders.models import Order, OrderLine, OrderPart
from voronka.orders.permissions import CHANGE
from voronka.orders.services.locking import bumped, holder_of, lock_order, require_open
from voronka.orders.services.tasks import end_parts
from voronka.stock import queries as stock_queries
from voronka.stock import services as stock

WAITED = ("purchase", "production")


@again
@transaction.atomic
def take_from(
    public_id: str, position: int, place: str, *, actor: Actor, now: datetime, version: int | None = None
) -> Decimal:
    """Promise what a line is short of from a place that has it; return how many were taken.

    What waited for a purchase waits no more; where the order leaves from elsewhere, the goods are moved there first.
    Raises Denied, NotFound, Conflict where nothing is short or nothing is free there any more.
    """
    order = lock_order(actor, public_id, CHANGE, version=version)
    require_open(order)
    line = OrderLine.objects.filter(order=order, position=position, variant__isnull=False).first()
    source = next(
        (one for one in stock_queries.places(Actor.system(actor.company_id)) if one.public_id == place), None
    )
    if line is None or source is None or line.variant_id is None:
        raise NotFound(_("There is no such line or place."))
    waiting = list(
        OrderPart.objects.filter(order=order, line=line, kind__in=WAITED, state__in=["waiting", "doing"]).order_by(
            "id"
        )
    )
    lack = sum((one.quantity or Decimal(0) for one in waiting), Decimal(0))
    free = stock_queries.available([line.variant_id], [source.pk])[line.variant_id].get(source.pk, Decimal(0))
    many = min(lack, free)
    if many <= 0:
        raise Conflict(_("Nothing of it is free there any more."), code="nothing_free")
    stock.reserve(
        holder_of(order), [stock.Line(position, line.variant_id, many, source.pk)], actor=actor, now=now,
        operation=uuid.uuid4(),
    )  # fmt: skip
    _end_waiting(waiting, many, now)
    if order.place_id is not None and order.place_id != source.pk:
        OrderPart.objects.create(
            order=order, kind=OrderPart.Kind.TRANSFER, line=line, variant_id=line.variant_id, quantity=many,
            source_id=source.pk, target_id=order.place_id, due_at=order.promised_at, made_at=now,
        )  # fmt: skip
    _told(order)
    return many


def _end_waiting(parts: list[OrderPart], many: Decimal, now: datetime) -> None:
    for part in parts:
        taken = min(many, part.quantity or Decimal(0))
        many -= taken
        if taken == part.quantity:
            end_parts([part], now, state=OrderPart.State.CANCELLED)
        elif taken:
            part.quantity = (part.quantity or Decimal(0)) - taken
            part.save(update_fields=["quantity"])


def _told(order: Order) -> None:
    bumped(order)
    total = str(order.total)
    publish(OrderChanged(order_id=order.pk, client_id=order.client_id, total=total, was=total))
