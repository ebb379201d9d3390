"""The form of an order as it was typed: begun, changed by presses, read."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from voronka.catalogue import queries as catalogue
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.orders.models import Order
from voronka.orders.queries.orders import get_order, list_delivery, list_payment
from voronka.orders.services.drafts import LineDraft, OrderDraft
from voronka.orders.services.words import CHANNEL_WORDS
from voronka.orders.views.words import plain, read_count, read_day, read_interval, read_money
from voronka.people import queries as people

MOST_LINES = 200
PLAIN = (
    "who", "new_name", "new_phone", "goods", "channel", "delivery", "payment", "delivery_cost", "city", "address",
    "day", "interval", "recipient_name", "recipient_phone", "comment", "discount", "place", "backorder", "client",
    "operation", "version", "is_new", "promo", "letter", "keep_address",
)  # fmt: skip
COLUMNS = ("variant", "name", "quantity", "price", "position", "said")


@dataclass(slots=True)
class Typed:
    """A form as it was typed: plain fields and rows of lines."""

    fields: dict[str, str]
    lines: list[dict[str, str]]


def begun(request: HttpRequest, actor: Actor) -> Typed:
    """Return the form that a new order begins with: empty, of a client, or like an order that is repeated."""
    typed = Typed(dict.fromkeys(PLAIN, ""), [])
    typed.fields["operation"], typed.fields["channel"] = str(uuid.uuid4()), "phone"
    ways, payments = list_delivery(), list_payment()
    typed.fields["delivery"] = ways[0].public_id if ways else ""
    typed.fields["payment"] = payments[0].public_id if payments else ""
    repeated = request.GET.get("repeat", "")
    if repeated.isalnum():
        old = form_of(get_order(actor, repeated), actor)
        for name in ("client", "delivery", "payment", "city", "address", "recipient_name", "recipient_phone"):
            typed.fields[name] = old.fields[name]
        typed.lines = [{**one, "position": "", "price": ""} if one["variant"] else {**one, "position": ""} for one in
                       old.lines]  # fmt: skip
    if not repeated and request.GET.get("client", "").isalnum():
        choose(typed, request.GET["client"][:20], actor)
    return typed


def read_form(sent: Any) -> Typed:
    """Return what a form sent."""
    fields = {name: str(sent.get(name, ""))[:4_000] for name in PLAIN}
    columns = {name: sent.getlist(f"line_{name}")[:MOST_LINES] for name in COLUMNS}
    rows = max((len(values) for values in columns.values()), default=0)
    lines = [
        {name: columns[name][at][:500] if at < len(columns[name]) else "" for name in COLUMNS} for at in range(rows)
    ]
    return Typed(fields, [one for one in lines if one["variant"] or one["name"].strip()])


# What of an order tells of the client, and the field of his card that it tells.
TELLS = {"recipient_phone": "client.phone", "address": "client.address", "city": "client.city"}


def hidden_from(actor: Actor) -> list[str]:
    """Return the fields of the form that an actor may not see."""
    return [name for name, code in TELLS.items() if not actor.sees(code)]


def form_of(order: Order, actor: Actor) -> Typed:
    """Return an order as the form shows it to an actor."""
    fields = dict.fromkeys(PLAIN, "")
    spans = (order.delivery_from, order.delivery_to)
    fields |= {
        "client": order.client.public_id,
        "channel": order.channel,
        "delivery": order.delivery_method.public_id if order.delivery_method else "",
        "payment": order.payment_method.public_id if order.payment_method else "",
        "delivery_cost": str(order.delivery_cost),
        "city": order.city,
        "address": order.address,
        "day": order.promised_at.date().isoformat() if order.promised_at else "",
        "interval": f"{spans[0]:%H:%M}-{spans[1]:%H:%M}" if spans[0] and spans[1] else "",
        "recipient_name": order.recipient_name,
        "recipient_phone": order.recipient_phone,
        "comment": order.comment,
        "version": str(order.version),
        "promo": order.promo_code.code if order.promo_code else "",
        "backorder": "1",
    }
    fields |= dict.fromkeys(hidden_from(actor), "")
    lines = list(order.lines.select_related("variant").order_by("position"))
    return Typed(fields, [
        {"variant": one.variant.public_id if one.variant else "", "name": one.name,
         "quantity": f"{plain(one.quantity):f}", "price": str(one.price), "position": str(one.position), "said": ""}
        for one in lines
    ])  # fmt: skip


def change_form(typed: Typed, act: str, actor: Actor) -> None:
    """Do what a press asks of the form: choose a client, add or drop a line, find what is typed."""
    what, _colon, value = act.partition(":")
    match what:
        case "client":
            choose(typed, value, actor)
        case "address":
            take_address(typed, value, actor)
        case "other":
            typed.fields["client"], typed.fields["is_new"] = "", ""
        case "new":
            typed.fields["is_new"] = "1"
            said = typed.fields["who"].strip()
            digits = sum(sign.isdigit() for sign in said)
            typed.fields["new_phone" if digits >= 5 else "new_name"] = said
        case "add":
            _add(typed, value)
        case "free":
            typed.lines.append({"variant": "", "name": typed.fields["goods"].strip()[:300], "quantity": "1",
                                "price": "", "position": "", "said": ""})  # fmt: skip
            typed.fields["goods"] = ""
        case "is":
            _settle(typed, value)
        case "drop":
            if value.isdecimal() and len(value) < 5 and int(value) < len(typed.lines):
                del typed.lines[int(value)]
        case _other:
            _find(typed, actor)


def choose(typed: Typed, public_id: str, actor: Actor) -> None:
    """Take a client for the order, with his city and address where none are typed."""
    try:
        client = people.get_client(actor, public_id)
    except NotFound:
        return
    typed.fields |= {"client": client.public_id, "who": "", "is_new": ""}
    typed.fields["city"] = typed.fields["city"] or client.city
    typed.fields["address"] = typed.fields["address"] or client.address


def take_address(typed: Typed, address_id: str, actor: Actor) -> None:
    """Take one of the chosen client's addresses for the order."""
    client = client_of(typed, actor)
    found = people.find_address(actor, client, address_id[:20]) if client is not None else None
    if found is not None:
        typed.fields |= {"city": found.city, "address": found.line, "keep_address": ""}


def _settle(typed: Typed, value: str) -> None:
    """Say which goods the words of a line mean: its number and the goods."""
    place, _colon, public_id = value.partition(":")
    card = catalogue.variant_by_public_id(public_id[:20])
    if card is not None and place.isdecimal() and len(place) < 5 and int(place) < len(typed.lines):
        typed.lines[int(place)] |= {"variant": card.public_id, "name": card.name}


def _add(typed: Typed, public_id: str) -> None:
    """Add goods: one more of a line that is there already, else a new line."""
    card = catalogue.variant_by_public_id(public_id)
    typed.fields["goods"] = ""
    if card is None:
        return
    same = next((one for one in typed.lines if one["variant"] == public_id), None)
    if same is None:
        typed.lines.append(
            {"variant": public_id, "name": card.name, "quantity": "1", "price": "", "position": "", "said": ""}
        )
        return
    try:
        same["quantity"] = f"{read_count(same['quantity'] or '0', 'quantity') + 1:f}"
    except Invalid:
        same["quantity"] = "1"


def _find(typed: Typed, actor: Actor) -> None:
    """Take what Enter means: goods of a scanned code, or the only thing found; the only client found."""
    said = typed.fields["goods"].strip()
    if said:
        exact = catalogue.find_variants(barcode=said, on_sale=True) or catalogue.find_variants(
            code=said, on_sale=True
        )
        found = exact or catalogue.find_variants(said, most=2, on_sale=True)
        if len(found) == 1:
            _add(typed, found[0].public_id)
    elif typed.fields["who"].strip() and not typed.fields["client"]:
        clients = people.find_clients(actor, typed.fields["who"].strip()[:200], most=2)
        if len(clients) == 1:
            choose(typed, clients[0].public_id, actor)


def _lines(typed: Typed) -> list[LineDraft]:
    """Read the lines. Raises Invalid that names each bad one."""
    known = {one["variant"]: catalogue.variant_by_public_id(one["variant"]) for one in typed.lines if one["variant"]}
    found, wrong = [], {}
    for at, one in enumerate(typed.lines, 1):
        card = known.get(one["variant"])
        if one["variant"] and card is None:
            wrong[f"variant-{at}"] = _("There are no such goods.")
            continue
        try:
            quantity = read_count(one["quantity"] or "1", f"quantity-{at}")
            price = read_money({f"price-{at}": one["price"]}, f"price-{at}")
        except Invalid as bad:
            wrong |= bad.fields
            continue
        position = one["position"]
        found.append(
            LineDraft(quantity, card.id if card else None, one["name"] if card is None else "", price,
                      position=int(position) if position.isdecimal() and len(position) < 6 else None)
        )  # fmt: skip
    if wrong:
        raise Invalid(" ".join(wrong.values()), fields=wrong)
    return found


def draft_from(typed: Typed, actor: Actor, client_id: int) -> OrderDraft:
    """Read the order as it is typed. Raises Invalid naming what is wrong."""
    fields = typed.fields
    day, span = read_day(fields, "day"), read_interval(fields["interval"])
    until = span[1] if span else time(20)
    return OrderDraft(
        client_id=client_id,
        lines=_lines(typed),
        channel=fields["channel"] if fields["channel"] in CHANNEL_WORDS else "phone",
        discount=read_money(fields, "discount", empty=Decimal("0.00")) or Decimal("0.00"),
        delivery=fields["delivery"][:20],
        payment=fields["payment"][:20],
        delivery_cost=read_money(fields, "delivery_cost"),
        address=fields["address"],
        city=fields["city"],
        delivery_on=day,
        delivery_from=span[0] if span and day else None,
        delivery_to=span[1] if span and day else None,
        recipient_name=fields["recipient_name"],
        recipient_phone=fields["recipient_phone"],
        comment=fields["comment"],
        promo=fields["promo"].strip()[:60] if "promo" in fields else None,
        promised_at=datetime.combine(day, until, actor.zone) if day else None,
    )


def client_of(typed: Typed, actor: Actor) -> Any:
    """Return the client that was chosen, None for none. Raises NotFound."""
    return people.get_client(actor, typed.fields["client"]) if typed.fields["client"].isalnum() else None


def operation_of(fields: Mapping[str, str]) -> uuid.UUID:
    """Return the number of the form. Raises Invalid."""
    try:
        return uuid.UUID(fields.get("operation", ""))
    except ValueError:
        raise Invalid(_("The form has lost its number: open it anew."), code="operation") from None
