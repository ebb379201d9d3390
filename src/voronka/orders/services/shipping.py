"""Goods of an order are picked, checked by the scanner, shipped, handed over: whole or in parts."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from voronka.catalogue import queries as catalogue
from voronka.kit.actors import Actor
from voronka.kit.db.again import again
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.events import publish
from voronka.orders.events import OrderDelivered, OrderShipped
from voronka.orders.models import Order, OrderLine, OrderPart, PackScan, Shipment, ShipmentLine
from voronka.orders.permissions import SHIP
from voronka.orders.services.finishing import end_way, note_services
from voronka.orders.services.locking import bumped, holder_of, lock_order, next_number, require_open
from voronka.orders.services.passing import pass_on
from voronka.orders.services.tasks import end_parts
from voronka.stock import queries as stock_queries
from voronka.stock import services as stock


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a reading did: `trouble` is empty, unknown, not_here or too_many; `left` pieces are to be read still."""

    trouble: str
    variant_id: int | None
    picked: Decimal
    quantity: Decimal
    left: Decimal
    name: str = ""


@again
@transaction.atomic
def start_picking(
    public_id: str, *, actor: Actor, now: datetime, operation: uuid.UUID, place_id: int | None = None
) -> list[Shipment]:
    """Begin to pick what is promised and not picked yet: a shipment for each place, or for the one named.

    The same operation asked again returns what it began. Raises Conflict where nothing is promised, or the order is
    to be paid first.
    """
    order = lock_order(actor, public_id, SHIP, by_record=False)
    ids = {place: uuid.uuid5(operation, str(place)) for place in _places(order, place_id)}
    known = list(Shipment.objects.filter(operation__in=[*ids.values(), operation]).order_by("id"))
    if known:
        return known
    require_open(order)
    method = order.payment_method
    if method is not None and method.wants_prepayment and order.paid < order.owed:
        raise Conflict(_("This order is to be paid before it is picked."), code="unpaid")
    goods = _to_pick(order, place_id)
    if not goods:
        raise Conflict(
            _("Nothing of this order is reserved that is not being picked already."), code="nothing_to_pick"
        )
    made = [_begin(order, place, lines, operation, now) for place, lines in sorted(goods.items())]
    pass_on(order, "work", actor=actor, now=now, cause=_("picking began"))
    bumped(order)
    return made


def _places(order: Order, place_id: int | None) -> list[int]:
    if place_id is not None:
        return [place_id]
    held = {one.place_id for one in stock_queries.held_for("order", order.pk)}
    return sorted(held | set(Shipment.objects.filter(order=order).values_list("place_id", flat=True)))


def _to_pick(order: Order, place_id: int | None) -> dict[int, dict[tuple[int, int], Decimal]]:
    """Return by place and (position, variant) how many are promised that no live shipment picks."""
    found: dict[int, dict[tuple[int, int], Decimal]] = {}
    for one in stock_queries.held_for("order", order.pk):
        if place_id in (None, one.place_id):
            goods = found.setdefault(one.place_id, {})
            key = (one.line, one.variant_id)
            goods[key] = goods.get(key, Decimal(0)) + one.quantity
    rows = ShipmentLine.objects.filter(shipment__order=order, shipment__state__in=["picking", "packed"])
    for place, position, variant_id, quantity in rows.values_list(
        "shipment__place_id", "line__position", "variant_id", "quantity"
    ):
        if (position, variant_id) in found.get(place, {}):
            found[place][position, variant_id] -= quantity
    kept = {place: {key: many for key, many in goods.items() if many > 0} for place, goods in found.items()}
    return {place: goods for place, goods in kept.items() if goods}


def _begin(
    order: Order, place_id: int, goods: Mapping[tuple[int, int], Decimal], operation: uuid.UUID, now: datetime
) -> Shipment:
    rows = dict(OrderLine.objects.filter(order=order).values_list("position", "id"))
    made = Shipment.objects.create(
        order=order, operation=uuid.uuid5(operation, str(place_id)), place_id=place_id, method=order.delivery_method,
        number=next_number("shipment"), made_at=now,
    )  # fmt: skip
    ShipmentLine.objects.bulk_create(
        ShipmentLine(shipment=made, line_id=rows[position], variant_id=variant_id, quantity=quantity)
        for (position, variant_id), quantity in sorted(goods.items())
    )
    OrderPart.objects.filter(order=order, kind="pick", source_id=place_id, state="waiting").update(state="doing")
    return made


def lock_shipment(public_id: str) -> Shipment:
    """Lock a shipment and return it as it is now; whoever needs its order has locked that before. Raises NotFound."""
    found = (
        Shipment.objects.select_for_update(of=("self",)).filter(public_id=public_id).select_related("order").first()
    )
    if found is None:
        raise NotFound(_("There is no such shipment."))
    return found


def _lock_both(actor: Actor, public_id: str) -> tuple[Order, Shipment]:
    order_id = Shipment.objects.filter(public_id=public_id).values_list("order__public_id", flat=True).first()
    if order_id is None:
        raise NotFound(_("There is no such shipment."))
    order = lock_order(actor, order_id, SHIP, by_record=False)
    return order, lock_shipment(public_id)


def _require_state(shipment: Shipment, *states: str) -> None:
    if shipment.state not in states:
        words = {
            "picking": _("Shipment № %(number)d is being picked still."),
            "packed": _("Shipment № %(number)d is packed already."),
            "shipped": _("Shipment № %(number)d has left already."),
            "delivered": _("Shipment № %(number)d is delivered already."),
            "cancelled": _("Shipment № %(number)d is cancelled."),
        }[shipment.state]
        raise Conflict(words % {"number": shipment.number}, code=f"shipment_{shipment.state}")


@transaction.atomic
def scan_pack(
    public_id: str, code: str, *, actor: Actor, now: datetime, operation: uuid.UUID, quantity: Decimal = Decimal(1)
) -> Scanned:
    """Check one reading of the scanner against a shipment: what is in it counts, anything else is told and kept.

    A reading sent again is counted once. Raises Denied, NotFound, Conflict where it is not being picked.
    """
    _order, shipment = _lock_both(actor, public_id)
    before = PackScan.objects.filter(operation=operation).first()
    if before is not None:
        return _told(shipment, before.variant_id, before.trouble)
    _require_state(shipment, "picking", "packed")
    if not quantity.is_finite() or not 0 < quantity < 10**8 or quantity.quantize(Decimal("0.001")) != quantity:
        raise Invalid(_("Say how many."), fields={"quantity": _("Say how many.")})
    tidy = code.strip()[:80].replace("\0", "")
    cards = (catalogue.find_variants(barcode=tidy) or catalogue.find_variants(code=tidy)) if tidy else []
    variant_id = cards[0].id if cards else None
    trouble = "unknown" if variant_id is None else _count(shipment, variant_id, quantity)
    PackScan.objects.create(
        operation=operation, shipment=shipment, variant_id=variant_id, code=tidy, quantity=quantity, trouble=trouble,
        employee_id=actor.employee_id, at=now,
    )  # fmt: skip
    _settle_state(shipment, now)
    return _told(shipment, variant_id, trouble)


def _count(shipment: Shipment, variant_id: int, quantity: Decimal) -> str:
    rows = list(shipment.lines.select_for_update().filter(variant_id=variant_id).order_by("id"))
    if not rows:
        return "not_here"
    if quantity > sum((one.quantity - one.picked for one in rows), Decimal(0)):
        return "too_many"
    for row in rows:
        part = min(quantity, row.quantity - row.picked)
        if part > 0:
            quantity -= part
            row.picked += part
            row.save(update_fields=["picked"])
    return ""


def _told(shipment: Shipment, variant_id: int | None, trouble: str) -> Scanned:
    rows = list(shipment.lines.select_related("variant"))
    mine = [one for one in rows if one.variant_id == variant_id]
    left = sum((one.quantity - one.picked for one in rows), Decimal(0))
    name = mine[0].variant.name if mine else ""
    picked = sum((one.picked for one in mine), Decimal(0))
    return Scanned(trouble, variant_id, picked, sum((one.quantity for one in mine), Decimal(0)), left, name)


def _settle_state(shipment: Shipment, now: datetime) -> None:
    """Let a shipment be packed when all of it is in the box, and no longer when it is not."""
    whole = all(one.picked == one.quantity for one in shipment.lines.all())
    state = Shipment.State.PACKED if whole else Shipment.State.PICKING
    if state != shipment.state:
        shipment.state, shipment.packed_at = state, now if whole else None
        shipment.version += 1
        shipment.save(update_fields=["state", "packed_at", "version"])


@transaction.atomic
def set_picked(
    public_id: str, *, actor: Actor, now: datetime, picked: Mapping[int, Decimal] | None = None
) -> Shipment:
    """Say by hand what is in the box, by the ids of the shipment's lines; all of it where nothing is named."""
    _order, shipment = _lock_both(actor, public_id)
    _require_state(shipment, "picking", "packed")
    wrong: dict[str, str] = {}
    for row in shipment.lines.select_for_update().order_by("id"):
        many = row.quantity if picked is None else picked.get(row.pk, row.picked)
        if not many.is_finite() or not 0 <= many <= row.quantity or many.quantize(Decimal("0.001")) != many:
            wrong[f"picked-{row.pk}"] = _("From nothing to what was ordered.")
            continue
        row.picked = many
        row.save(update_fields=["picked"])
    if wrong:
        raise Invalid(next(iter(wrong.values())), fields=wrong)
    _settle_state(shipment, now)
    return shipment


@again
@transaction.atomic
def cancel_shipment(public_id: str, *, actor: Actor, now: datetime) -> Shipment:
    """Put what was picked back: it stays promised to the order and may be picked again. Cancelled already: nothing."""
    order, shipment = _lock_both(actor, public_id)
    if shipment.state == Shipment.State.CANCELLED:
        return shipment
    _require_state(shipment, "picking", "packed")
    shipment.state = Shipment.State.CANCELLED
    shipment.version += 1
    shipment.save(update_fields=["state", "version"])
    OrderPart.objects.filter(order=order, kind="pick", source_id=shipment.place_id, state="doing").update(
        state="waiting"
    )
    bumped(order)
    return shipment


@again
@transaction.atomic
def ship(
    public_id: str, *, actor: Actor, now: datetime, operation: uuid.UUID, tracking: str = "", partly: bool = False
) -> Shipment:
    """Give out what is in the box: goods leave the stock, the order's lines know it.

    With `partly` a box that is not full leaves as it is and the rest is picked again. Shipped already: nothing happens.
    Raises Denied, NotFound, Conflict where it is not packed or empty.
    """
    order, shipment = _lock_both(actor, public_id)
    if shipment.state in (Shipment.State.SHIPPED, Shipment.State.DELIVERED):
        return shipment
    if not partly:
        _require_state(shipment, "packed")
    _require_state(shipment, "picking", "packed")
    require_open(order)
    rows = list(shipment.lines.select_related("line").order_by("id"))
    goods: dict[tuple[int, int], Decimal] = {}
    for row in rows:
        if row.picked > 0:
            goods[row.line.position, row.variant_id] = row.picked
    if not goods:
        raise Conflict(
            _("The box of shipment № %(number)d is empty.") % {"number": shipment.number}, code="empty_box"
        )
    moved = stock.ship(
        holder_of(order), actor=actor, now=now, operation=operation, lines=goods, place_id=shipment.place_id
    )
    for row in rows:
        if row.picked == 0:
            row.delete()
        elif row.picked < row.quantity:
            row.quantity = row.picked
            row.save(update_fields=["quantity"])
    shipment.state, shipment.shipped_at, shipment.tracking = Shipment.State.SHIPPED, now, tracking.strip()[:80]
    shipment.version += 1
    shipment.save(update_fields=["state", "shipped_at", "tracking", "version"])
    values: dict[int, Decimal] = {}
    for one in moved:
        values[one.line] = values.get(one.line, Decimal(0)) + one.value
    whole = _note_shipped(order, values)
    _follow_shipped(order, shipment, whole=whole, actor=actor, now=now)
    return shipment


def _note_shipped(order: Order, values: Mapping[int, Decimal]) -> bool:
    """Write on the lines what has left; return whether nothing is left to ship."""
    sent: dict[int, dict[int, Decimal]] = {}
    rows = ShipmentLine.objects.filter(shipment__order=order, shipment__state__in=["shipped", "delivered"])
    for line_id, variant_id, many in rows.values_list("line_id", "variant_id").annotate(many=Sum("quantity")):
        sent.setdefault(line_id, {})[variant_id] = many
    lines = list(OrderLine.objects.filter(order=order).order_by("position"))
    for line in lines:
        if line.is_goods and line.pk in sent:
            line.shipped = shipped_of(line, sent[line.pk])
            line.shipped_cost += values.get(line.position, Decimal(0))
    whole = all(one.shipped == one.quantity for one in lines if one.is_goods)
    for line in lines:
        if whole and not line.is_goods:
            line.shipped = line.quantity  # what is no goods is done when all goods have left
    OrderLine.objects.bulk_update(lines, ["shipped", "shipped_cost"])
    return whole


def shipped_of(line: OrderLine, sent: Mapping[int, Decimal]) -> Decimal:
    """Return how many of a line have left: of a kit as many as are complete."""
    if line.variant_id is not None and line.variant_id in sent:
        return min(sent[line.variant_id], line.quantity)
    per_kit = catalogue.taken_from_stock({line.variant_id or 0: Decimal(1)})
    whole = min(
        (sent.get(part, Decimal(0)) // many for part, many in per_kit.items() if many > 0), default=Decimal(0)
    )
    return min(whole, line.quantity)


def _follow_shipped(order: Order, shipment: Shipment, *, whole: bool, actor: Actor, now: datetime) -> None:
    if whole:
        order.shipped_at = now
    bumped(order, "shipped_at")
    still_held = {one.place_id for one in stock_queries.held_for("order", order.pk)}
    if shipment.place_id not in still_held:
        live = OrderPart.objects.filter(order=order, state__in=["waiting", "doing"])
        end_parts(live.filter(kind__in=["pick", "transfer"], source_id=shipment.place_id).order_by("id"), now)
    publish(OrderShipped(order_id=order.pk, client_id=order.client_id, shipment_id=shipment.pk, whole=whole))
    if whole:
        pass_on(order, "shipping", actor=actor, now=now, cause=_("everything has left"))


@transaction.atomic
def deliver(public_id: str, *, actor: Actor, now: datetime) -> Shipment:
    """Say that the client has a shipment. Delivered already: nothing happens. Raises Denied, NotFound, Conflict."""
    order, shipment = _lock_both(actor, public_id)
    if shipment.state == Shipment.State.DELIVERED:
        return shipment
    _require_state(shipment, "shipped")
    shipment.state, shipment.delivered_at = Shipment.State.DELIVERED, now
    shipment.version += 1
    shipment.save(update_fields=["state", "delivered_at", "version"])
    under_way = Shipment.objects.filter(order=order, state__in=["picking", "packed", "shipped"]).exists()
    left = OrderLine.objects.filter(order=order, is_goods=True, shipped__lt=F("quantity")).exists()
    whole = not under_way and not left
    if whole:
        note_services(order)
        order.delivered_at = now
        end_parts(OrderPart.objects.filter(order=order, state__in=["waiting", "doing"]).order_by("id"), now)
    bumped(order, "delivered_at")
    publish(OrderDelivered(order_id=order.pk, client_id=order.client_id, shipment_id=shipment.pk, whole=whole))
    if whole and order.phase not in ("done", "cancelled"):
        end_way(order, actor=actor, now=now)
    return shipment


@again
@transaction.atomic
def hand_over(public_id: str, *, actor: Actor, now: datetime, operation: uuid.UUID) -> list[Shipment]:
    """Give the client all that is promised to his order at once, over the counter; return the shipments."""
    order = lock_order(actor, public_id, SHIP, by_record=False)
    if not Shipment.objects.filter(order=order, state__in=["picking", "packed"]).exists():
        start_picking(public_id, actor=actor, now=now, operation=operation)
    found: Sequence[Shipment] = list(
        Shipment.objects.filter(order=order, state__in=["picking", "packed", "shipped"]).order_by("id")
    )
    for one in found:
        if one.state != Shipment.State.SHIPPED:
            set_picked(one.public_id, actor=actor, now=now)
            ship(one.public_id, actor=actor, now=now, operation=uuid.uuid5(operation, one.public_id))
        deliver(one.public_id, actor=actor, now=now)
    return [Shipment.objects.get(pk=one.pk) for one in found]
