"""The store: what is to be picked, the box that is being packed by the scanner, shipping it."""

import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from voronka.catalogue import queries as catalogue
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.screens import actor_of, addresses, place_for, signed_in, wants_fragment
from voronka.orders import services
from voronka.orders.models import Shipment
from voronka.orders.permissions import SHIP
from voronka.orders.queries import picking as queries
from voronka.orders.services.words import SHIPMENT_WORDS
from voronka.orders.views.words import day_words, many, posted, read_count
from voronka.people import queries as people
from voronka.stock import queries as stock

SPACE = uuid.UUID("5b1a4a0e-6d5e-4a51-9b57-0f6f0f5f3b1d")


@dataclass(frozen=True, slots=True)
class PackRow:
    """A line of the box: goods, their codes, how many of how many are in it."""

    name: str
    code: str
    barcode: str
    picked: str
    wanted: str
    is_done: bool
    is_now: bool


@signed_in
@require_GET
def picking(request: HttpRequest) -> HttpResponse:
    """Show what is to be picked and what is being picked, of a place or of all; a read `code` of a sheet opens its
    order.
    """
    actor, now = actor_of(request), timezone.now()
    actor.require(SHIP)
    if code := request.GET.get("code", "").strip()[:80]:
        return _open(request, actor, code)
    places = [one for one in stock.places(Actor.system(actor.company_id)) if one.kind in ("warehouse", "shop")]
    asked = request.GET.get("place", "")[:20]
    place = asked if asked in {one.public_id for one in places} else ""
    box, card, pick = addresses("orders:shipment"), addresses("orders:order"), addresses("orders:act", "pick")
    context = {
        "places": [("", _("all places")), *((one.public_id, one.name) for one in places)],
        "place": place,
        "at_work": [
            (one.shipment, one.shipment.order.number, box(one.shipment.public_id),
             str(SHIPMENT_WORDS[one.shipment.state]), people.name_shown(actor, one.shipment.order.client.name),
             day_words(one.shipment.order.promised_at, actor, now), many(one.picked, actor), many(one.wanted, actor))
            for one in queries.shipments_at_work(actor, place=place)
        ],
        "to_pick": [
            (one, one.number, card(one.public_id), pick(one.public_id), people.name_shown(actor, one.client.name),
             day_words(one.promised_at, actor, now))
            for one in queries.orders_to_pick(actor, place=place)
        ],
    }  # fmt: skip
    return render(request, "orders/picking.html", context)


def _open(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """Open the order whose number was read from its sheet: the box that is being packed, else its card."""
    order = queries.order_of_code(actor, code)
    if order is None:
        messages.error(request, _("There is no order № %(code)s.") % {"code": code.replace("\0", "")})
        return redirect("orders:picking")
    live = [one.public_id for one in order.shipments.all() if one.state in queries.LIVE]
    if len(live) == 1:
        return redirect("orders:shipment", live[0])
    return redirect("orders:order", order.public_id)


@signed_in
@require_GET
def shipment(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a shipment: what goes into the box, where it lies, the scanner."""
    actor = actor_of(request)
    return render(request, "orders/shipment.html", pack_context(actor, queries.get_shipment(actor, public_id)))


def pack_context(actor: Actor, row: Shipment, scanned: Any = None, *, said: str = "") -> dict[str, Any]:
    """Return what the page of a shipment shows; `scanned` is what the last reading did."""
    lines = list(row.lines.select_related("line", "variant").order_by("line__position", "id"))
    codes = catalogue.barcodes_of([one.variant_id for one in lines])
    now = scanned.variant_id if scanned is not None else None
    rows = [
        PackRow(one.variant.name, one.variant.code, ", ".join(codes.get(one.variant_id, [])[:2]),
                many(one.picked, actor), many(one.quantity, actor), one.picked >= one.quantity, one.variant_id == now)
        for one in lines
    ]  # fmt: skip
    left = sum((one.quantity - one.picked for one in lines), Decimal(0))
    whole = sum((one.quantity for one in lines), Decimal(0))
    return {
        "row": row,
        "order": row.order,
        "client": people.name_shown(actor, row.order.client.name),
        "address": row.order.address if actor.sees("client.address") else "",
        "rows": sorted(rows, key=lambda one: (one.is_done, not one.is_now)),
        "left": many(left, actor),
        "is_left": left > 0,
        "is_empty": left == whole,
        "whole": many(whole, actor),
        "in_box": many(whole - left, actor),
        "share": round(float((whole - left) / whole) * 100) if whole else 0,
        "state": str(SHIPMENT_WORDS[row.state]),
        "is_open": row.state in queries.LIVE,
        "may_ship": actor.may(SHIP),
        "may_print": actor.may(SHIP) and row.state in queries.LIVE and left > 0,
        "paper_url": paper_url(actor, row),
        "scanned": scanned,
        "scan_name": scanned.name if scanned else "",
        "scan_picked": many(scanned.picked, actor) if scanned else "",
        "scan_wanted": many(scanned.quantity, actor) if scanned else "",
        "trouble": _trouble(scanned.trouble, said) if scanned is not None else "",
        "operation": str(uuid.uuid4()),
    }


def paper_url(actor: Actor, row: Shipment) -> str:
    """Return the address that begins a transfer document of a shipment, empty where the actor writes none."""
    page = place_for(actor, "billing:document-new")
    if not page or "billing.issue" not in actor.rights or row.state == "cancelled":
        return ""
    return f"{page}?{urlencode({'kind': 'upd', 'order': row.order.public_id, 'shipment': row.public_id})}"


def _trouble(code: str, said: str) -> str:
    return {
        "": "",
        "unknown": _("No goods have the code %(code)s.") % {"code": said},
        "not_here": _("This is not in the order: put it back."),
        "too_many": _("One too many: all of it is in the box already."),
    }.get(code, _("This reading does not count."))


@signed_in
@require_POST
def pack_scan(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take one reading of the scanner; sent again by its operation it counts once."""
    actor, now, sent = actor_of(request), timezone.now(), posted(request)
    row = queries.get_shipment(actor, public_id)
    try:
        operation = uuid.UUID(sent.get("operation", ""))
    except ValueError:
        raise Invalid(_("The reading has no number of its own."), code="operation") from None
    code = sent.get("code", "").strip()[:80]
    quantity = read_count(sent.get("quantity", "") or "1", "quantity")
    found = services.scan_pack(row.public_id, code, actor=actor, now=now, operation=operation, quantity=quantity)
    row.refresh_from_db()
    context = pack_context(actor, row, found, said=code)
    if wants_fragment(request):
        return render(request, "orders/_pack.html", context)
    return render(request, "orders/shipment.html", context, status=422 if found.trouble else 200)


@signed_in
@require_POST
def shipment_act(request: HttpRequest, public_id: str, act: str) -> HttpResponse:
    """Ship a box whole or as it is, say all of it is in, hand it over, put it back."""
    actor, now, sent = actor_of(request), timezone.now(), posted(request)
    row = queries.get_shipment(actor, public_id)
    number = {"number": row.number}
    target = reverse("orders:order", args=[row.order.public_id])
    match act:
        case "ship" | "partly":
            services.ship(
                row.public_id, actor=actor, now=now, operation=uuid.uuid5(SPACE, f"ship:{row.public_id}"),
                tracking=sent.get("tracking", ""), partly=act == "partly",
            )  # fmt: skip
            messages.success(request, _("Shipped: № %(number)d") % number)
        case "all":
            services.set_picked(row.public_id, actor=actor, now=now)
            target = reverse("orders:shipment", args=[row.public_id])
        case "deliver":
            services.deliver(row.public_id, actor=actor, now=now)
            messages.success(request, _("Delivered: № %(number)d") % number)
        case "back":
            services.cancel_shipment(row.public_id, actor=actor, now=now)
            messages.success(request, _("Put back: № %(number)d. The goods stay reserved.") % number)
        case _other:
            raise NotFound(_("There is no such act."))
    return redirect(target)


def begin_picking(actor: Actor, public_id: str, now: Any, *, operation: uuid.UUID) -> str:
    """Begin to pick an order; return the address of its first shipment. Raises Conflict where nothing is promised."""
    made = services.start_picking(public_id, actor=actor, now=now, operation=operation)
    live = [one for one in made if one.state in queries.LIVE] or made
    if not live:
        raise Conflict(_("Nothing of this order is to be picked."), code="nothing_to_pick")
    return reverse("orders:shipment", args=[live[0].public_id])
