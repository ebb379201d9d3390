"""Operations on orders, their shipments and returns."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Query, Router

from voronka.catalogue import queries as catalogue
from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import Reply, operation
from voronka.connect.api.paging import before_of, cursor_of
from voronka.connect.rules import scopes
from voronka.connect.schemas import orders as docs
from voronka.connect.schemas.common import Cursor, IdInPath, Limit, named
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.orders import services
from voronka.orders.queries import orders as queries
from voronka.orders.queries import picking
from voronka.orders.services import desk
from voronka.orders.services.addresses import keep_delivery
from voronka.orders.services.drafts import draft_of
from voronka.people import queries as people
from voronka.stock import queries as stock

if TYPE_CHECKING:
    from voronka.orders.models import Order as OrderRow

orders = Router(tags=["orders"])
shipments = Router(tags=["orders"])
returns = Router(tags=["orders"])
statuses = Router(tags=["orders"])
SEE, SHIP, RETURN = "orders.see", "orders.ship", "orders.return"


def _told(actor: Actor, rows: "Sequence[OrderRow]", *, with_lines: bool) -> list[docs.Order]:
    lines = {row.pk: list(row.lines.order_by("position")) if with_lines else [] for row in rows}
    ids = [one.variant_id for own in lines.values() for one in own if one.variant_id]
    known = catalogue.public_ids("variant", ids) if ids else {}
    return [
        docs.order_out(
            row, named(row.client.public_id, people.name_shown(actor, row.client.name)),
            [(one, known.get(one.variant_id or 0)) for one in lines[row.pk]], status=row.status.code,
            sees_address=actor.sees("client.address"),
        )
        for row in rows
    ]  # fmt: skip


def _told_at_once(actor: Actor, placed: services.Placed, variants: Mapping[int, str]) -> docs.Order:
    """Return the document of an order just placed, nothing of it read back."""
    client = placed.order.client
    return docs.order_out(
        placed.order, named(client.public_id, people.name_shown(actor, client.name)),
        [(one, variants.get(one.variant_id or 0)) for one in placed.lines], status=placed.status_code,
        sees_address=actor.sees("client.address"),
    )  # fmt: skip


def _one(actor: Actor, public_id: str) -> docs.Order:
    return _told(actor, [queries.get_order(actor, public_id)], with_lines=True)[0]


@operation(orders, "GET", "", scope=scopes.ORDERS_READ, answer=docs.OrderList, right=SEE,
           summary=gettext_lazy("List orders"))  # fmt: skip
def list_orders(
    request: ApiRequest,
    status: Annotated[str, Query(max_length=40, description="Code of a status.")] = "",
    phase: Literal["", "new", "work", "ready", "shipping", "done", "cancelled"] = "",
    client: Annotated[str, Query(max_length=60, description="Of whom.")] = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> docs.OrderList:
    """Return a page of orders within reach, those placed last first, without their lines."""
    actor = request.auth.actor
    key = {"orders": phase, "status": status, "client": client}
    asked = {"status__code": status, "phase": phase}
    rows = queries.list_orders(actor).filter(**{name: value for name, value in asked.items() if value})
    if client:
        rows = rows.filter(client_id=people.get_client(actor, client).pk)
    before = before_of(cursor, key)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: limit + 1])
    page = found[:limit]
    after = str(page[-1].pk) if len(found) > limit else ""
    return docs.OrderList(items=_told(actor, page, with_lines=False), next=cursor_of(after, key))


@operation(orders, "GET", "/{order}", scope=scopes.ORDERS_READ, answer=docs.Order, right=SEE,
           summary=gettext_lazy("Get an order"))  # fmt: skip
def get_order(request: ApiRequest, order: IdInPath) -> docs.Order:
    """Return an order within reach with its lines."""
    return _one(request.auth.actor, order)


@operation(orders, "POST", "", scope=scopes.ORDERS_WRITE, answer=docs.Order, status=201,
           summary=gettext_lazy("Place an order"))  # fmt: skip
def place_order(request: ApiRequest, sent: docs.OrderGiven) -> Reply:
    """Place an order and reserve its goods: all of it, or nothing; what is short is named by its line."""
    actor, now = request.auth.actor, request.auth.now
    known = catalogue.variant_ids({one.variant for one in sent.lines if one.variant})
    city, address = _where(sent, actor)
    draft = services.OrderDraft(
        client_id=0, client=sent.client, lines=_lines(sent.lines, known), channel="api",
        outer_number=sent.number, delivery=sent.delivery or "", payment=sent.payment or "",
        delivery_cost=sent.delivery_cost, promo=sent.promo or None, city=city, address=address,
        recipient_name=sent.recipient_name, recipient_phone=sent.recipient_phone, comment=sent.comment,
        promised_at=sent.promised_at,
    )  # fmt: skip
    placed = services.place_whole(
        draft, actor=actor, now=now, operation=uuid.uuid4(), on_short="backorder" if sent.backorder else "refuse"
    )
    if sent.keep_address:
        keep_delivery(placed.order, actor=actor, now=now)
    told = _told_at_once(actor, placed, {pk: public_id for public_id, pk in known.items()})
    return Reply(told, headers={"Location": f"/api/v1/orders/{placed.order.public_id}"})


def _where(sent: docs.OrderGiven, actor: Actor) -> tuple[str, str]:
    """Return city and address that an order goes to. Raises Invalid, NotFound."""
    if not sent.client_address:
        return sent.city, sent.address
    found = people.find_address(actor, people.get_client(actor, sent.client), sent.client_address)
    if found is None:
        message = _("The client has no such address.")
        raise Invalid(message, fields={"client_address": message})
    return found.city, found.line


def _lines(given: Sequence[docs.OrderLineGiven], known: Mapping[str, int]) -> list[services.LineDraft]:
    found = []
    for at, one in enumerate(given, 1):
        if one.variant and one.variant not in known:
            message = _("There are no such goods.")
            raise Invalid(message, fields={f"variant-{at}": message})
        variant_id = known[one.variant] if one.variant else None
        found.append(services.LineDraft(one.quantity, variant_id, one.name, one.price, one.discount))
    return found


@operation(orders, "PATCH", "/{order}", scope=scopes.ORDERS_WRITE, answer=docs.Order,
           summary=gettext_lazy("Change an order as you read it"))  # fmt: skip
def change_order(request: ApiRequest, order: IdInPath, sent: docs.OrderChanges) -> docs.Order:
    """Change what is sent of an order, its lines too, if nobody changed it since its version was read.

    Goods are promised and let go of as quantities change: all of it, or nothing. What is picked or has left stays.
    """
    actor = request.auth.actor
    row = queries.get_order(actor, order)
    old = draft_of(row, list(row.lines.order_by("position")))
    names = ("delivery", "payment", "delivery_cost", "promo", "city", "address", "recipient_name", "recipient_phone",
             "comment")  # fmt: skip
    changes: dict[str, Any] = {name: value for name in names if (value := getattr(sent, name)) is not None}
    if "delivery" in changes:
        changes.setdefault("delivery_cost", None)
    if sent.lines is not None:
        changes["lines"] = _changed_lines(sent.lines, old.lines)
    services.change(
        order, replace(old, **changes), actor=actor, version=sent.version, now=request.auth.now,
        on_short="backorder" if sent.backorder else "refuse",
    )  # fmt: skip
    return _one(actor, order)


def _changed_lines(
    given: Sequence[docs.OrderLineChanged], olds: Sequence[services.LineDraft]
) -> list[services.LineDraft]:
    """Return the lines as they are to be. Raises Invalid naming each that is of no order or of no goods."""
    known = catalogue.variant_ids({one.variant for one in given if one.variant})
    own = {one.position: one for one in olds}
    found, wrong = [], {}
    for at, one in enumerate(given, 1):
        held = own.get(one.line) if one.line is not None else services.LineDraft(Decimal(1))
        if held is None:
            wrong[f"line-{at}"] = _("There is no such line in the order.")
        elif one.variant and one.variant not in known:
            wrong[f"variant-{at}"] = _("There are no such goods.")
        else:
            found.append(_changed_line(held, one, known[one.variant] if one.variant else None))
    if wrong:
        raise Invalid(next(iter(wrong.values())), fields=wrong)
    return found


def _changed_line(
    held: services.LineDraft, sent: docs.OrderLineChanged, variant_id: int | None
) -> services.LineDraft:
    """Return a line with what was sent of it; other goods are counted anew."""
    if variant_id is not None and variant_id != held.variant_id:
        held = services.LineDraft(held.quantity, variant_id, position=held.position)
    quantity = sent.quantity if sent.quantity is not None else held.quantity
    stays = held.discount if quantity == held.quantity else None
    return replace(
        held, quantity=quantity, name=sent.name or held.name,
        price=sent.price if sent.price is not None else held.price,
        discount=sent.discount if sent.discount is not None else stays,
    )  # fmt: skip


@operation(orders, "POST", "/{order}/status", scope=scopes.ORDERS_WRITE, answer=docs.Order,
           summary=gettext_lazy("Bring an order to a status"))  # fmt: skip
def set_order_status(request: ApiRequest, order: IdInPath, sent: docs.StatusGiven) -> docs.Order:
    """Bring an order to a status and run its steps; what the status asks for and the order lacks is named."""
    actor = request.auth.actor
    services.set_status(order, sent.status, actor=actor, now=request.auth.now, cause=sent.cause)
    return _one(actor, order)


@operation(orders, "POST", "/{order}/promise", scope=scopes.ORDERS_WRITE, answer=docs.Order,
           summary=gettext_lazy("Promise another day"))  # fmt: skip
def promise_order(request: ApiRequest, order: IdInPath, sent: docs.PromiseGiven) -> docs.Order:
    """Promise an order for another moment; the first promise stays for the figures."""
    actor = request.auth.actor
    desk.promise(order, sent.at, actor=actor, now=request.auth.now, cause=sent.cause)
    return _one(actor, order)


@operation(orders, "POST", "/{order}/cancel", scope=scopes.ORDERS_WRITE, answer=docs.Order,
           summary=gettext_lazy("Cancel an order"))  # fmt: skip
def cancel_order(request: ApiRequest, order: IdInPath, sent: docs.CancelGiven) -> docs.Order:
    """Cancel an order at any step: its goods come free, what is picked is put back, its promo code is given back."""
    actor = request.auth.actor
    services.cancel(order, sent.cause, actor=actor, now=request.auth.now)
    return _one(actor, order)


@operation(orders, "POST", "/{order}/shipments", scope=scopes.ORDERS_SHIP, answer=docs.ShipmentList, status=201,
           right=SHIP, summary=gettext_lazy("Begin picking"))  # fmt: skip
def pick_order(request: ApiRequest, order: IdInPath) -> docs.ShipmentList:
    """Begin to pick what is reserved and not picked yet: a parcel for each place."""
    actor = request.auth.actor
    made = services.start_picking(order, actor=actor, now=request.auth.now, operation=uuid.uuid4())
    return docs.ShipmentList(items=[_shipment(actor, one.public_id) for one in made])


def _shipment(actor: Actor, public_id: str) -> docs.Shipment:
    return docs.shipment_out(picking.get_shipment(actor, public_id))


@operation(shipments, "GET", "", scope=scopes.ORDERS_READ, answer=docs.ShipmentList, right=SHIP,
           summary=gettext_lazy("List parcels at work"))  # fmt: skip
def list_shipments(request: ApiRequest) -> docs.ShipmentList:
    """Return the parcels that are being picked or wait to leave, first those promised first."""
    found = picking.shipments_at_work(request.auth.actor, with_goods=True)
    return docs.ShipmentList(items=[docs.shipment_out(one.shipment) for one in found])


@operation(shipments, "GET", "/{shipment}", scope=scopes.ORDERS_READ, answer=docs.Shipment, right=SEE,
           summary=gettext_lazy("Get a parcel"))  # fmt: skip
def get_shipment(request: ApiRequest, shipment: IdInPath) -> docs.Shipment:
    """Return a parcel of an order within reach."""
    return _shipment(request.auth.actor, shipment)


@operation(shipments, "POST", "/{shipment}/scans", scope=scopes.ORDERS_SHIP, answer=docs.Scan, right=SHIP,
           summary=gettext_lazy("Check a reading"))  # fmt: skip
def scan_shipment(request: ApiRequest, shipment: IdInPath, sent: docs.ScanGiven) -> docs.Scan:
    """Check one reading of a scanner against a parcel: what is in it counts, anything else is told."""
    actor, now = request.auth.actor, request.auth.now
    found = services.scan_pack(
        shipment, sent.code, actor=actor, now=now, operation=uuid.uuid4(), quantity=sent.quantity
    )
    return docs.Scan(
        trouble=found.trouble, name=found.name, picked=found.picked, quantity=found.quantity, left=found.left
    )


@operation(shipments, "POST", "/{shipment}/ship", scope=scopes.ORDERS_SHIP, answer=docs.Shipment, right=SHIP,
           summary=gettext_lazy("Ship a parcel"))  # fmt: skip
def ship_shipment(request: ApiRequest, shipment: IdInPath, sent: docs.ShipGiven) -> docs.Shipment:
    """Let a parcel leave: its goods leave the stock."""
    actor, now = request.auth.actor, request.auth.now
    services.ship(shipment, actor=actor, now=now, operation=uuid.uuid4(), tracking=sent.tracking, partly=sent.partly)
    return _shipment(actor, shipment)


@operation(shipments, "POST", "/{shipment}/deliver", scope=scopes.ORDERS_SHIP, answer=docs.Shipment, right=SHIP,
           summary=gettext_lazy("Say that the client has a parcel"))  # fmt: skip
def deliver_shipment(request: ApiRequest, shipment: IdInPath) -> docs.Shipment:
    """Say that the client has a parcel; said again nothing happens."""
    actor = request.auth.actor
    services.deliver(shipment, actor=actor, now=request.auth.now)
    return _shipment(actor, shipment)


@operation(orders, "POST", "/{order}/returns", scope=scopes.RETURNS_WRITE, answer=docs.Return, status=201,
           right=RETURN, summary=gettext_lazy("Write down a return"))  # fmt: skip
def ask_return(request: ApiRequest, order: IdInPath, sent: docs.ReturnGiven) -> Reply:
    """Write down what a client gives back; he gets his shares of the lines' sums, to the kopeck."""
    actor = request.auth.actor
    goods = [services.Back(one.line, one.quantity, one.condition) for one in sent.lines]
    back = services.ask_return(
        order,
        goods,
        actor=actor,
        now=request.auth.now,
        operation=uuid.uuid4(),
        reason=sent.reason,
        kind=sent.kind,
        fault=sent.fault,
        delivery=sent.delivery,
    )
    made = docs.return_out(picking.get_return(actor, back.public_id))
    return Reply(made, headers={"Location": f"/api/v1/returns/{back.public_id}"})


@operation(returns, "GET", "", scope=scopes.ORDERS_READ, answer=docs.ReturnList, right=RETURN,
           summary=gettext_lazy("List returns"))  # fmt: skip
def list_returns(
    request: ApiRequest, state: Literal["", "asked", "received", "refunded", "rejected", "cancelled"] = ""
) -> docs.ReturnList:
    """Return the newest hundred returns within reach."""
    found = picking.list_returns(request.auth.actor, states=[state] if state else [])
    return docs.ReturnList(items=[docs.return_out(one) for one in found])


@operation(returns, "GET", "/{back}", scope=scopes.ORDERS_READ, answer=docs.Return, right=SEE,
           summary=gettext_lazy("Get a return"))  # fmt: skip
def get_return(request: ApiRequest, back: IdInPath) -> docs.Return:
    """Return a return of an order within reach."""
    return docs.return_out(picking.get_return(request.auth.actor, back))


@operation(returns, "POST", "/{back}/receive", scope=scopes.RETURNS_WRITE, answer=docs.Return, right=RETURN,
           summary=gettext_lazy("Take a return in"))  # fmt: skip
def receive_return(request: ApiRequest, back: IdInPath, sent: docs.ReceiveGiven) -> docs.Return:
    """Take what comes back in at any place of the company; what is damaged goes off the books at once."""
    actor = request.auth.actor
    place = next((one for one in stock.places(Actor.system(actor.company_id)) if one.public_id == sent.place), None)
    if place is None:
        raise NotFound(_("There is no such place."))
    services.receive_return(back, place.pk, actor=actor, now=request.auth.now, delivery=sent.delivery)
    return docs.return_out(picking.get_return(actor, back))


@operation(returns, "POST", "/{back}/reject", scope=scopes.RETURNS_WRITE, answer=docs.Return, right=RETURN,
           summary=gettext_lazy("Reject a return"))  # fmt: skip
def reject_return(request: ApiRequest, back: IdInPath, sent: docs.RejectGiven) -> docs.Return:
    """Say that a return is not taken, or that the client has withdrawn it."""
    actor = request.auth.actor
    services.reject_return(back, sent.cause, actor=actor, now=request.auth.now, withdrawn=sent.withdrawn)
    return docs.return_out(picking.get_return(actor, back))


@operation(statuses, "GET", "", scope=scopes.ORDERS_READ, answer=docs.OrderStatusList, right=SEE,
           summary=gettext_lazy("List statuses of orders"))  # fmt: skip
def list_order_statuses(request: ApiRequest) -> docs.OrderStatusList:
    """Return the statuses of orders in their order, with what each asks for and what may follow."""
    return docs.OrderStatusList(items=[docs.status_out(one) for one in queries.list_statuses(only_on=False)])
