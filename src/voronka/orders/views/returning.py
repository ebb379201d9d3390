"""What the client gives back: written down by the desk, taken in at any place, or rejected."""

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound, Refusal
from voronka.kit.screens import actor_of, place_for, signed_in
from voronka.orders import services
from voronka.orders.models import Order, Return
from voronka.orders.permissions import MAKE, RETURN
from voronka.orders.queries import picking as queries
from voronka.orders.queries.orders import get_order
from voronka.orders.queries.reach import reachable
from voronka.orders.services import Back, return_delivery
from voronka.orders.services.carrying import order_instead
from voronka.orders.services.words import CONDITION_WORDS, FAULT_WORDS, RETURN_KIND_WORDS, RETURN_WORDS
from voronka.orders.views.typed import operation_of
from voronka.orders.views.words import day_words, many, money, plain, posted, read_count
from voronka.people import queries as people
from voronka.stock import queries as stock

_TYPED = ("reason", "place", "operation", "fault", "delivery")
STATES = ("asked", "received", "refunded", "rejected", "cancelled")


def place_choices(actor: Actor) -> list[tuple[str, str]]:
    """Return the places that take goods in."""
    found = stock.places(Actor.system(actor.company_id))
    return [(one.public_id, one.name) for one in found if one.kind in ("warehouse", "shop")]


@signed_in
@require_GET
def return_list(request: HttpRequest) -> HttpResponse:
    """Show returns: those that wait first, or of a state."""
    actor, now = actor_of(request), timezone.now()
    actor.require(RETURN)
    asked = request.GET.get("state", "")
    rows = queries.list_returns(actor, states=[asked] if asked in STATES else [])
    context = {
        "rows": [
            (one, people.name_shown(actor, one.order.client.name), str(RETURN_WORDS[one.state]),
             money(one.sum, one.order.currency, actor), day_words(one.made_at, actor, now))
            for one in rows
        ],
        "states": [("", _("any state")), *((code, str(words)) for code, words in RETURN_WORDS.items())],
        "state": asked,
    }  # fmt: skip
    return render(request, "orders/return_list.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def return_new(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write down what of an order comes back and take it in at once where a place is named."""
    actor, now = actor_of(request), timezone.now()
    actor.require(RETURN)
    order = get_order(actor, public_id)
    if request.method == "GET":
        return _form(request, actor, order, {"operation": str(uuid.uuid4())})
    sent: Any = posted(request)
    try:
        back = services.ask_return(
            order.public_id, goods_of(sent, order), actor=actor, now=now, operation=operation_of(sent),
            reason=sent.get("reason", ""), fault=sent.get("fault", "client"),
            delivery=_delivery(sent, return_delivery.left_of(order)),
        )  # fmt: skip
        if sent.get("place"):
            services.receive_return(back.public_id, place_id_of(actor, sent["place"]), actor=actor, now=now)
    except Refusal as wrong:
        if wrong.status not in (409, 422):
            raise
        return _form(request, actor, order, sent, wrong)
    messages.success(request, _("Written down: return № %(number)d") % {"number": back.number})
    return redirect("orders:return", back.public_id)


def _delivery(sent: Any, left: Decimal) -> Decimal | None:
    """Return how much of the delivery goes back as it was chosen: all that is left, nothing, or by the reason."""
    return {"back": left, "stays": Decimal("0.00")}.get(sent.get("delivery", ""))


def goods_of(sent: Any, order: Order) -> list[Back]:
    """Read what comes back of an order. Raises Invalid at its place."""
    found = []
    for line in order.lines.all():
        typed = sent.get(f"quantity-{line.position}", "").strip()
        if typed and typed != "0":
            quantity = read_count(typed, f"quantity-{line.position}")
            found.append(Back(line.position, quantity, sent.get(f"condition-{line.position}", "sale")))
    return found


def place_id_of(actor: Actor, public_id: str) -> int:
    """Return the row of a chosen place. Raises Invalid."""
    found = [one.pk for one in stock.places(Actor.system(actor.company_id)) if one.public_id == public_id]
    if not found:
        message = _("There is no such place.")
        raise Invalid(message, fields={"place": message})
    return found[0]


def _form(
    request: HttpRequest, actor: Actor, order: Order, typed: Any, refused: Refusal | None = None
) -> HttpResponse:
    problems = dict(refused.fields) if refused else {}
    context = {
        "order": order,
        "client": people.name_shown(actor, order.client.name),
        **back_context(actor, order, typed, problems),
        "deliveries": delivery_choices(actor, order),
        "places": [("", _("later, it is not here yet")), *place_choices(actor)],
        "may_exchange": actor.may(MAKE, owner_id=actor.employee_id),
        "typed": {name: typed.get(name, "")[:300] for name in _TYPED},
        "problems": problems,
        "why": refused.message if refused else "",
    }  # fmt: skip
    return render(request, "orders/return_new.html", context, status=422 if refused else 200)


def back_context(actor: Actor, order: Order, typed: Any, problems: Mapping[str, str]) -> dict[str, Any]:
    """Return the rows of what the client has of an order, with what was typed of their coming back."""
    lines = [one for one in order.lines.order_by("position") if one.shipped > one.returned]
    return {
        "back_lines": [
            (one, many(one.shipped - one.returned, actor), f"{plain(one.shipped - one.returned):f}",
             typed.get(f"quantity-{one.position}", ""), typed.get(f"condition-{one.position}", "sale"),
             problems.get(f"quantity-{one.position}", ""))
            for one in lines
        ],
        "conditions": [(code, str(words)) for code, words in CONDITION_WORDS.items()],
        "faults": [(code, str(words)) for code, words in FAULT_WORDS.items()],
    }  # fmt: skip


def delivery_choices(actor: Actor, order: Order) -> list[tuple[str, str]]:
    """Return what may become of the delivery, none where nothing of it is left to give back."""
    left = return_delivery.left_of(order)
    if not left:
        return []
    return [
        ("", _("by the reason: back by our fault, or when everything comes back")),
        ("back", _("goes back: %(sum)s") % {"sum": money(left, order.currency, actor)}),
        ("stays", _("is not given back")),
    ]


@signed_in
@require_GET
def return_card(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a return: what comes back, for what sum, what to do with it."""
    actor, now = actor_of(request), timezone.now()
    back = queries.get_return(actor, public_id)
    lines = list(back.lines.select_related("line").order_by("id"))
    instead = order_instead(back)
    if instead is not None and not Order.objects.filter(reachable(actor), pk=instead.pk).exists():
        instead = None
    context = {
        "row": back,
        "order": back.order,
        "client": people.name_shown(actor, back.order.client.name),
        "state": str(RETURN_WORDS[back.state]),
        "kind": str(RETURN_KIND_WORDS[back.kind]),
        "made": day_words(back.made_at, actor, now),
        "lines": [
            (one, many(one.quantity, actor), money(one.sum, back.order.currency, actor),
             str(CONDITION_WORDS[one.condition]))
            for one in lines
        ],
        "conditions": [(code, str(words)) for code, words in CONDITION_WORDS.items()],
        "fault": str(FAULT_WORDS[back.fault]),
        "delivery": money(back.delivery, back.order.currency, actor) if back.delivery else "",
        "deliveries": _left(actor, back),
        "delivery_now": "back" if back.delivery else "stays",
        "places": place_choices(actor),
        "instead": instead,
        "may_act": actor.may(RETURN) and back.state == "asked",
        "paper": _paper(actor, back),
    }  # fmt: skip
    return render(request, "orders/return.html", context)


def _paper(actor: Actor, back: Return) -> str:
    """Return the address that begins the act of a return, empty where the actor writes none, or nothing comes back."""
    page = place_for(actor, "billing:document-new")
    if not page or "billing.issue" not in actor.rights or back.state in ("rejected", "cancelled"):
        return ""
    return f"{page}?{urlencode({'kind': 'back', 'order': back.order.public_id, 'back': back.public_id})}"


def _left(actor: Actor, back: Return) -> list[tuple[str, str]]:
    """Return what may become of the delivery when a return is taken in."""
    left = return_delivery.left_of(back.order, besides=back)
    if not left:
        return []
    part = back.delivery or left
    return [
        ("back", _("goes back: %(sum)s") % {"sum": money(part, back.order.currency, actor)}),
        ("stays", _("is not given back")),
    ]


def _chosen(sent: Any, back: Return) -> Decimal | None:
    """Return how much of the delivery goes back as it is taken in; None leaves it as it was written down."""
    chosen = sent.get("delivery", "")
    if chosen == ("back" if back.delivery else "stays"):
        return None
    return _delivery(sent, return_delivery.left_of(back.order, besides=back))


@signed_in
@require_POST
def return_act(request: HttpRequest, public_id: str, act: str) -> HttpResponse:
    """Take a return in, reject it, or withdraw it for the client."""
    actor, now, sent = actor_of(request), timezone.now(), posted(request)
    back = queries.get_return(actor, public_id)
    match act:
        case "receive":
            said = {one.pk: sent.get(f"condition-{one.pk}", one.condition) for one in back.lines.all()}
            services.receive_return(
                back.public_id,
                place_id_of(actor, sent.get("place", "")),
                actor=actor,
                now=now,
                conditions=said,
                delivery=_chosen(sent, back),
            )
            messages.success(request, _("Received: return № %(number)d") % {"number": back.number})
        case "reject" | "withdraw":
            services.reject_return(
                back.public_id, sent.get("cause", ""), actor=actor, now=now, withdrawn=act == "withdraw"
            )
            messages.success(request, _("Closed: return № %(number)d") % {"number": back.number})
        case _other:
            raise NotFound(_("There is no such act."))
    return redirect("orders:return", back.public_id)
