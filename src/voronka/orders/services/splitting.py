"""An order is split into parts, each the work of a department; what has come is promised to those who wait for it."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from voronka.catalogue import queries as catalogue
from voronka.kit.actors import Actor
from voronka.kit.db.again import again
from voronka.orders.models import Order, OrderLine, OrderPart
from voronka.orders.permissions import CHANGE
from voronka.orders.services.drafts import OrderDraft
from voronka.orders.services.facts import refresh_facts
from voronka.orders.services.locking import lock_order, require_open
from voronka.orders.services.placing import reserve_lines
from voronka.orders.services.tasks import department_of, end_parts, open_tasks
from voronka.stock import queries as stock

LIVE = ("waiting", "doing")


@transaction.atomic
def split(public_id: str, *, actor: Actor, now: datetime, produced: Sequence[int] = ()) -> list[OrderPart]:
    """Make the parts of an order that are missing, each with a task of its department; return all live ones.

    What is not promised is bought (lines whose positions are in `produced`: made); what lies elsewhere than the order
    leaves from is brought over; what is promised is picked, and delivered where a way of delivery says so. Asked again,
    it makes only what is missing.
    """
    order = lock_order(actor, public_id, CHANGE)
    require_open(order)
    live = list(order.parts.filter(state__in=LIVE))
    new = [*_lacking(order, live, set(produced)), *_moving(order, live)]
    for part in new:
        part.order, part.made_at = order, now
        part.due_at = part.due_at or order.promised_at
        part.department = department_of(part.kind, part.source_id)
        part.save(force_insert=True)
    refresh_facts([order.pk])  # no event tells that an order waits for goods
    open_tasks(order, [*live, *new], now)
    return [*live, *new]


def _lacking(order: Order, live: Sequence[OrderPart], produced: set[int]) -> list[OrderPart]:
    """Return parts for what is neither promised nor waited for."""
    held: dict[int, Decimal] = {}
    own = {one.position: one for one in order.lines.filter(is_goods=True)}
    for one in stock.held_for("order", order.pk):
        line = own.get(one.line)
        if line is not None and line.variant_id != one.variant_id:
            held[one.line] = line.quantity - line.shipped  # a kit is promised whole or not at all
        else:
            held[one.line] = held.get(one.line, Decimal(0)) + one.quantity
    waiting: dict[int | None, Decimal] = {}
    for part in live:
        if part.kind in ("purchase", "production"):
            waiting[part.line_id] = waiting.get(part.line_id, Decimal(0)) + (part.quantity or Decimal(0))
    found = []
    for position, line in sorted(own.items()):
        lacks = line.quantity - line.shipped - held.get(position, Decimal(0)) - waiting.get(line.pk, Decimal(0))
        if lacks > 0:
            kind = OrderPart.Kind.PRODUCTION if position in produced else OrderPart.Kind.PURCHASE
            found.append(OrderPart(kind=kind, line=line, variant_id=line.variant_id, quantity=lacks))
    return found


def _moving(order: Order, live: Sequence[OrderPart]) -> list[OrderPart]:
    """Return parts for picking at each place, for bringing over, for delivery."""
    places = sorted({one.place_id for one in stock.held_for("order", order.pk)})
    known = {(part.kind, part.source_id) for part in live}
    method = order.delivery_method
    found = []
    for place_id in places:
        if ("pick", place_id) not in known:
            found.append(OrderPart(kind=OrderPart.Kind.PICK, source_id=place_id))
        # What is picked up at a shop has to lie there first.
        elsewhere = order.place_id is not None and place_id != order.place_id
        if elsewhere and method is not None and method.kind == "pickup" and ("transfer", place_id) not in known:
            found.append(OrderPart(kind=OrderPart.Kind.TRANSFER, source_id=place_id, target_id=order.place_id))
    if places and method is not None and method.kind != "pickup" and not any(one.kind == "shipment" for one in live):
        found.append(OrderPart(kind=OrderPart.Kind.SHIPMENT))
    return found


def waiting_orders(variant_ids: Sequence[int]) -> list[int]:
    """Return the orders that wait for these goods, first those that were promised first."""
    waiting = OrderPart.objects.filter(kind__in=["purchase", "production"], state__in=LIVE, line__isnull=False)
    # A kit waits under its own name, and comes as its parts.
    kits = waiting.filter(variant__product__kind="kit").order_by().values_list("variant_id", flat=True).distinct()
    parts = catalogue.parts_of(list(kits))
    wanted = {*variant_ids, *(kit for kit, own in parts.items() if not own.keys().isdisjoint(variant_ids))}
    rows = waiting.filter(variant_id__in=wanted).order_by("order__promised_at", "order_id")
    return list(dict.fromkeys(rows.values_list("order_id", flat=True)))


@again
@transaction.atomic
def reserve_waiting(order_id: int, *, actor: Actor, now: datetime) -> int:
    """Promise an order what it waits for, as far as that has come; return how many of its parts are done."""
    order = Order.objects.select_for_update().filter(pk=order_id).first()
    if order is None or order.phase in ("done", "cancelled"):
        return 0
    parts = list(
        OrderPart.objects.filter(order=order, kind__in=["purchase", "production"], state__in=LIVE, line__isnull=False)
        .select_related("line")
        .order_by("id")
    )
    wanted: dict[int, Decimal] = {}
    for part in parts:
        wanted[part.line.position] = wanted.get(part.line.position, Decimal(0)) + (part.quantity or Decimal(0))
    if not wanted:
        return 0
    variants = dict(OrderLine.objects.filter(order=order).values_list("position", "variant_id"))
    asked = [(position, variants[position], quantity) for position, quantity in sorted(wanted.items())]
    draft = OrderDraft(client_id=order.client_id, lines=(), place_id=None)
    shorts = reserve_lines(
        order.pk, asked, draft, actor=actor, now=now, operation=uuid.uuid4(), on_short="backorder"
    )[1]  # fmt: skip
    return _settle(parts, {one.position: one.quantity for one in shorts}, now)


def _settle(parts: Sequence[OrderPart], short: dict[int, Decimal], now: datetime) -> int:
    """End the parts whose goods are promised now; the others wait for the rest."""
    done = []
    for part in reversed(parts):
        left = min(short.get(part.line.position, Decimal(0)), part.quantity or Decimal(0))
        short[part.line.position] = short.get(part.line.position, Decimal(0)) - left
        if left == 0:
            done.append(part)
        elif left != part.quantity:
            part.quantity = left
            part.save(update_fields=["quantity"])
    end_parts(done, now)
    return len(done)
