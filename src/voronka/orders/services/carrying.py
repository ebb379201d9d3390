"""The money of exchanged goods: what was paid for them pays the order of what the client got instead."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Max, Sum

from voronka.kit.actors import Actor
from voronka.kit.events import publish
from voronka.kit.sold import SoldLine
from voronka.orders import ports
from voronka.orders.events import OrderReturned
from voronka.orders.models import Order, Return, ReturnLine
from voronka.orders.queries.keeping import kept_sum
from voronka.orders.rules.pricing import ZERO

TAKEN_IN = (Return.State.RECEIVED, Return.State.REFUNDED)


def operation_of_new(operation: uuid.UUID) -> uuid.UUID:
    """Return the operation of the order that is placed instead of what an exchange takes back."""
    return uuid.uuid5(operation, "exchange")


def order_instead(back: Return) -> Order | None:
    """Return the order of what the client got for the goods of a return, None where there is none."""
    if back.kind != Return.Kind.EXCHANGE:
        return None
    return Order.objects.filter(operation=operation_of_new(back.operation), exchange_of_id=back.order_id).first()


def paid_for(order: Order, back_sum: Decimal, *, is_received: bool = False) -> Decimal:
    """Return how much of what comes back is paid for: what lies on the order's papers over what stays is worth."""
    stays = order.owed - (ZERO if is_received else back_sum)
    return max(min(back_sum, ports.money().on(order.pk) - stays), ZERO)


def carry(order: Order, back: Return, *, actor: Actor, now: datetime) -> Return:
    """Let the money of a return that was just received pay the order given instead, as far as that is to be paid.

    Both orders are locked, the older one first. What is more comes off the old order, to be given back in money.
    """
    found = order_instead(back)
    if found is None:
        return back
    new = Order.objects.select_for_update().get(pk=found.pk)
    keeper, paid = ports.money(), paid_for(order, back.sum, is_received=True)
    amount = max(min(paid, new.owed - keeper.on(new.pk)), ZERO)
    if not paid or new.phase == "cancelled":
        return back
    close_refunded(back, now)  # before the money moves, else an older return would take it for its own
    back.carried = keeper.carry(order.pk, new.pk, amount, paid - amount, kept_lines(order), actor=actor, now=now)
    back.save(update_fields=["carried"])
    return back


def close_refunded(back: Return, now: datetime) -> None:
    """Let a received return need no more money."""
    back.state, back.closed_at = Return.State.REFUNDED, now
    back.version += 1
    back.save(update_fields=["state", "closed_at", "version"])
    tell_of(back)


def tell_of(back: Return) -> None:
    """Announce how far a return is."""
    publish(
        OrderReturned(
            order_id=back.order_id, client_id=back.order.client_id, return_id=back.pk, state=back.state,
            sum=str(back.sum),
        )
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stays:
    """What stays of an order: its lines without what has come back, or what a cancelled one had sent out.

    `total` is the order's own sum, `backs` those of its returns which were taken in, the first to come first.
    """

    lines: Sequence[SoldLine]
    total: Decimal
    backs: Sequence[Decimal]
    is_cancelled: bool

    @property
    def due(self) -> Decimal:
        """What is to be paid for it."""
        return sum((one.sum for one in self.lines), ZERO)


def lessened_at(order_id: int) -> datetime | None:
    """Return since when less stays of an order than was ordered: it was cancelled, or something came back last."""
    cancelled = Order.objects.filter(pk=order_id, phase="cancelled").values_list("closed_at", flat=True).first()
    rows = Return.objects.filter(order=order_id, state__in=TAKEN_IN)
    back = rows.aggregate(last=Max("received_at"))["last"]
    return max((at for at in (cancelled, back) if at is not None), default=None)


def stays_of(order_id: int) -> Stays | None:
    """Return what stays of an order, None where there is no such order."""
    order = Order.objects.filter(pk=order_id).first()
    if order is None:
        return None
    rows = Return.objects.filter(order=order, state__in=TAKEN_IN).order_by("received_at", "id")
    return Stays(kept_lines(order), order.total, list(rows.values_list("sum", flat=True)), order.phase == "cancelled")


def kept_lines(order: Order) -> list[SoldLine]:
    """Return what stays of an order when what has come back is off it, line by line to the kopeck.

    Of a cancelled one what had left before stays, and the delivery with it.
    """
    rows = ReturnLine.objects.filter(back__order=order, back__state__in=TAKEN_IN)
    told = rows.values("line_id").annotate(many=Sum("quantity"), money=Sum("sum")).order_by()
    gone = {row["line_id"]: (row["many"], row["money"]) for row in told}
    found = []
    for line in order.lines.order_by("position"):
        many, money = gone.get(line.pk, (Decimal(0), ZERO))
        quantity, total = line.quantity - many, line.total - money
        if order.phase == "cancelled":
            quantity, total = max(line.shipped - line.returned, Decimal(0)), kept_sum(line)
        if quantity > 0:
            found.append(_kept(line.name, quantity, line.price, total, line.unit, line.vat,
                               is_service=line.variant_id is not None and not line.is_goods))  # fmt: skip
    back = Return.objects.filter(order=order, state__in=TAKEN_IN).aggregate(n=Sum("delivery"))["n"] or ZERO
    if order.delivery_cost > back and (found or order.phase != "cancelled"):
        left = order.delivery_cost - back
        found.append(_kept("Доставка", Decimal(1), left, left, "876", order.delivery_vat, is_service=True))
    return found


def _kept(
    name: str, quantity: Decimal, price: Decimal, total: Decimal, unit: str, vat: str, *, is_service: bool
) -> SoldLine:
    """Return a line that comes to its total; a kopeck that rounding adds to price times quantity makes it one piece."""
    discount = (price * quantity).quantize(ZERO, ROUND_HALF_UP) - total
    if discount < 0:
        return SoldLine(f"{name} × {quantity.normalize():f}", Decimal(1), total, vat=vat, is_service=is_service)
    return SoldLine(name, quantity, price, unit=unit, vat=vat, discount=discount, is_service=is_service)


def returned_lines(return_id: int) -> list[SoldLine]:
    """Return what a return brings back, each line for the client's share of it, as papers take them."""
    back = Return.objects.select_related("order").get(pk=return_id)
    found = [
        _kept(one.line.name, one.quantity, one.line.price, one.sum, one.line.unit, one.line.vat, is_service=False)
        for one in ReturnLine.objects.filter(back=back).select_related("line").order_by("id")
    ]
    if back.delivery:
        vat = back.order.delivery_vat
        found.append(_kept("Доставка", Decimal(1), back.delivery, back.delivery, "876", vat, is_service=True))
    return found


def came_back_of(order_id: int) -> list[tuple[datetime | None, SoldLine]]:
    """Return what has come back of an order and when, by its lines, each for what went or is to go back for it."""
    rows = ReturnLine.objects.filter(back__order=order_id, back__state__in=TAKEN_IN, line__order=order_id)
    told = rows.values(
        "line__name", "line__price", "line__unit", "line__vat", "line__position", "back__received_at"
    ).annotate(many=Sum("quantity"), money=Sum("sum"))
    return [
        (
            one["back__received_at"],
            SoldLine(
                one["line__name"], one["many"], one["line__price"], unit=one["line__unit"], vat=one["line__vat"],
                discount=(one["line__price"] * one["many"]).quantize(ZERO, ROUND_HALF_UP) - one["money"],
            ),
        )
        for one in told.order_by("back__received_at", "line__position")
    ]  # fmt: skip
