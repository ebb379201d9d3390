"""Shipments and returns as those who work with them see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.db.arrays import Array
from voronka.kit.errors import NotFound
from voronka.orders.models import Order, OrderLine, Return, Shipment, ShipmentLine
from voronka.orders.queries.reach import reachable

LIVE = ("picking", "packed")
MOST = 100
# What a row of the page of picking says: a whole order with its client has a hundred columns, of which this is a tenth.
_OF_ORDER = ("number", "public_id", "promised_at", "version", "client", "client__name")
_OF_SHIPMENT = ("public_id", "state", "order", "place", "place__name")


@dataclass(frozen=True, slots=True)
class Picking:
    """A shipment on the desk of the store: how many lines and pieces, how many of them are in the box."""

    shipment: Shipment
    lines: int
    wanted: Decimal
    picked: Decimal


def get_shipment(actor: Actor, public_id: str) -> Shipment:
    """Return a shipment of an order within reach. Raises NotFound."""
    rows = Shipment.objects.filter(order__in=Order.objects.filter(reachable(actor)), public_id=public_id)
    found = (
        rows.select_related("order", "order__client", "order__status", "place", "method")
        .prefetch_related("lines__variant")
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such shipment."))
    return found


def get_return(actor: Actor, public_id: str) -> Return:
    """Return a return of an order within reach. Raises NotFound."""
    rows = Return.objects.filter(order__in=Order.objects.filter(reachable(actor)), public_id=public_id)
    found = (
        rows.select_related("order", "order__client", "place", "employee", "employee__user")
        .prefetch_related("lines__line")
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such return."))
    return found


def order_of_code(actor: Actor, code: str) -> Order | None:
    """Return the order within reach whose number stands on a sheet, None where there is none."""
    plain = code.strip().lstrip("№# ")
    if not (plain.isascii() and plain.isdigit() and len(plain) < 10):
        return None
    found = Order.objects.filter(reachable(actor), number=int(plain))
    return found.prefetch_related("shipments").first()


def shipments_at_work(actor: Actor, *, place: str = "", with_goods: bool = False) -> list[Picking]:
    """Return the shipments that are being picked or wait to leave, first those promised first: what rows of a page say
    of them, or whole with their lines and what these are of where goods are asked for.
    """
    rows = Shipment.objects.filter(order__in=Order.objects.filter(reachable(actor)), state__in=LIVE)
    if place:
        rows = rows.filter(place__public_id=place)
    # First which, then what of them: of thousands that wait a page is shown.
    ids = list(rows.order_by(F("order__promised_at").asc(nulls_last=True), "id").values_list("id", flat=True)[:MOST])
    whole = Shipment.objects.filter(pk__any_of=Array(ids)).select_related("order", "order__client", "place")
    if with_goods:
        whole = whole.select_related("method").prefetch_related("lines__variant")
    else:
        whole = whole.only(*_OF_SHIPMENT, *(f"order__{one}" for one in _OF_ORDER))
    known = {one.pk: one for one in whole}
    found = [known[pk] for pk in ids if pk in known]
    lines = ShipmentLine.objects.filter(shipment_id__any_of=Array(ids)).order_by()
    summed = lines.values_list("shipment_id").annotate(Count("id"), Sum("quantity"), Sum("picked"))
    sums = {pk: (count, wanted, picked) for pk, count, wanted, picked in summed}
    return [Picking(one, *sums.get(one.pk, (0, Decimal(0), Decimal(0)))) for one in found]


def orders_to_pick(actor: Actor, *, place: str = "") -> list[Order]:
    """Return the orders in work whose goods have not all left and that nobody picks, first those promised first: what
    rows of a page say of them.

    They are met in the order of their promise (the index `orders_order_to_pick`) until a page is full.
    """
    live = Shipment.objects.filter(order_id=OuterRef("pk"), state__in=LIVE)
    lines = OrderLine.objects.filter(order_id=OuterRef("pk"), is_goods=True, shipped__lt=F("quantity"))
    rows = Order.objects.filter(reachable(actor), Exists(lines), ~Exists(live), phase__in=["new", "work", "ready"])
    if place:
        rows = rows.filter(place__public_id=place)
    rows = rows.filter(Q(payment_method=None) | Q(payment_method__wants_prepayment=False) | Q(paid__gte=F("owed")))
    ids = list(rows.order_by(F("promised_at").asc(nulls_last=True), "id").values_list("id", flat=True)[:MOST])
    whole = Order.objects.filter(pk__any_of=Array(ids)).select_related("client", "place")
    whole = whole.only(*_OF_ORDER, "place", "place__name")
    known = {one.pk: one for one in whole}
    return [known[pk] for pk in ids if pk in known]


def list_returns(actor: Actor, *, states: Sequence[str] = (), since: datetime | None = None) -> list[Return]:
    """Return the returns of orders within reach, the newest first."""
    rows = Return.objects.filter(order__in=Order.objects.filter(reachable(actor)))
    if states:
        rows = rows.filter(state__in=list(states))
    if since is not None:
        rows = rows.filter(made_at__gte=since)
    found = rows.select_related("order", "order__client", "place").prefetch_related("lines__line")
    return list(found.order_by("-id")[:MOST])
