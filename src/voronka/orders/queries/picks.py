"""What is to be picked, for paper: by order and place, of shipments begun and of goods only promised yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from voronka.catalogue import queries as catalogue
from voronka.kit.actors import Actor
from voronka.orders.models import Order, Shipment
from voronka.orders.permissions import SHIP
from voronka.orders.queries.picking import LIVE
from voronka.orders.queries.reach import reachable
from voronka.stock import queries as stock

MOST_ORDERS = 100


@dataclass(frozen=True, slots=True)
class PickLine:
    """So many of a variant that are not in the box yet."""

    card: catalogue.VariantCard
    barcode: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Pick:
    """What of an order is to be taken in one place, by article; `number` is the shipment's, None before it began."""

    order: Order
    place_id: int
    place: str
    number: int | None
    lines: Sequence[PickLine]


def picks_of(actor: Actor, public_ids: Sequence[str]) -> list[Pick]:
    """Return what is to be picked of orders within reach, place by place in the places' order: seven statements.

    Raises Denied. Orders of which nothing is to be picked are left out.
    """
    actor.require(SHIP)
    rows = Order.objects.filter(reachable(actor), public_id__in=list(public_ids)[:MOST_ORDERS])
    orders = {one.pk: one for one in rows.select_related("client", "delivery_method").order_by("number")}
    begun = Shipment.objects.filter(order_id__in=list(orders), state__in=LIVE).order_by("id")
    shipments = list(begun.prefetch_related("lines"))
    wanted = {(one.order_id, one.place_id, one.number): _left_of(one) for one in shipments}
    return _told(actor, orders, wanted | _promised(list(orders), shipments))


def pick_of(actor: Actor, shipment: Shipment) -> list[Pick]:
    """Return what of a shipment is not in the box yet. Raises Denied."""
    actor.require(SHIP)
    key = (shipment.order_id, shipment.place_id, shipment.number)
    return _told(actor, {shipment.order_id: shipment.order}, {key: _left_of(shipment)})


Goods = dict[int, Decimal]


def _left_of(shipment: Shipment) -> Goods:
    found: Goods = {}
    for one in shipment.lines.all():
        found[one.variant_id] = found.get(one.variant_id, Decimal(0)) + one.quantity - one.picked
    return found


def _promised(ids: Sequence[int], shipments: Sequence[Shipment]) -> dict[tuple[int, int, int | None], Goods]:
    """Return what is promised by order and place and in no shipment that is being picked."""
    found: dict[tuple[int, int, int | None], Goods] = {}
    for order_id, held in stock.held_for_many("order", ids).items():
        for one in held:
            goods = found.setdefault((order_id, one.place_id, None), {})
            goods[one.variant_id] = goods.get(one.variant_id, Decimal(0)) + one.quantity
    for shipment in shipments:
        goods = found.get((shipment.order_id, shipment.place_id, None), {})
        for line in shipment.lines.all():
            goods[line.variant_id] = goods.get(line.variant_id, Decimal(0)) - line.quantity
    return found


def _told(
    actor: Actor, orders: Mapping[int, Order], wanted: Mapping[tuple[int, int, int | None], Goods]
) -> list[Pick]:
    ids = sorted({variant for goods in wanted.values() for variant, many in goods.items() if many > 0})
    cards, codes = catalogue.variants_by_ids(ids), catalogue.barcodes_of(ids)
    own = stock.places(Actor.system(actor.company_id), only_on=False)
    places = {one.pk: (place, one) for place, one in enumerate(own)}
    found = []
    for (order_id, place_id, number), goods in wanted.items():
        lines = [
            PickLine(cards[variant], next(iter(codes.get(variant, ())), ""), many)
            for variant, many in goods.items()
            if many > 0 and variant in cards
        ]
        if lines:
            lines.sort(key=lambda one: (one.card.code, one.card.id))
            name = places[place_id][1].name if place_id in places else ""
            found.append(Pick(orders[order_id], place_id, name, number, lines))
    last = len(places)
    found.sort(key=lambda one: (places[one.place_id][0] if one.place_id in places else last, one.order.number))
    return found
