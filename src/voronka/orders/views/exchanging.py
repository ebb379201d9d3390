"""An exchange on one screen: what comes back, what is given instead, what the client pays on top or gets back."""

import uuid
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, Refusal
from voronka.kit.screens import actor_of, signed_in, wants_fragment
from voronka.orders import services
from voronka.orders.models import Order
from voronka.orders.permissions import MAKE, RETURN, SHIP
from voronka.orders.queries.orders import get_order, list_delivery, list_payment
from voronka.orders.services import Worth, return_delivery
from voronka.orders.services.drafts import OrderDraft
from voronka.orders.views.entering import gone
from voronka.orders.views.entry_form import form_context, selling_choices
from voronka.orders.views.returning import back_context, delivery_choices, goods_of, place_choices, place_id_of
from voronka.orders.views.typed import Typed, change_form, draft_from, form_of, hidden_from, operation_of, read_form
from voronka.orders.views.words import money, posted
from voronka.people import queries as people

BY_RULE = "rule"
_SENT = ("reason", "fault", "back_delivery", "back_place", "given")


@signed_in
@require_http_methods(["GET", "POST"])
def exchange(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take goods back and give others instead: every press sends the whole form and gets it back, until it is done."""
    actor, now = actor_of(request), timezone.now()
    actor.require(RETURN)
    actor.require(MAKE, owner_id=actor.employee_id)
    order = get_order(actor, public_id)
    client = people.get_client(actor, order.client.public_id)
    if request.method == "GET":
        return _form(request, actor, order, _begun(order, actor), {"back_place": _usual_place(order, actor)}, now)
    sent: Any = posted(request)
    typed, act = read_form(sent), sent.get("act", "find")
    if act not in ("place", "sum"):
        change_form(typed, act, actor)
    typed.fields["client"] = client.public_id
    if act != "place":
        return _form(request, actor, order, typed, sent, now, is_sum=act == "sum")
    done = services.exchanged(order, operation_of(sent))
    if done is not None:
        return gone(request, reverse("orders:order", args=[done[1].public_id]))
    try:
        worth = _worth(order, sent)
    except Refusal as wrong:
        return _form(request, actor, order, typed, sent, now, not_back=_shown(wrong))
    try:
        back, new = services.exchange(
            order.public_id, goods_of(sent, order), _draft(typed, order, actor, client.pk), actor=actor, now=now,
            operation=operation_of(sent), reason=sent.get("reason", ""), fault=sent.get("fault", "client"),
            delivery=_delivery(sent, order), place_id=_place(sent, actor), leaves_from=_leaves_from(typed, sent, actor),
            is_given=bool(sent.get("given")) and actor.may(SHIP),
        )  # fmt: skip
    except Refusal as wrong:
        return _form(request, actor, order, typed, sent, now, refused=_shown(wrong))
    said = _("Exchanged: return № %(back)d, order № %(number)d") % {"back": back.number, "number": new.number}
    messages.success(request, " · ".join(one for one in (said, _difference(worth, new, actor)) if one))
    return gone(request, reverse("orders:order", args=[new.public_id]))


def _shown(wrong: Refusal) -> Refusal:
    """Return what the form can say; all else is for the page of refusals."""
    if wrong.status not in (409, 422):
        raise wrong
    return wrong


def _begun(order: Order, actor: Actor) -> Typed:
    """Return the form as it begins: the client and where to, as in the order; goods are still to be chosen."""
    typed = form_of(order, actor)
    typed.lines = []
    typed.fields |= {"operation": str(uuid.uuid4()), "channel": "shop", "delivery_cost": "", "day": "", "interval": "",
                     "promo": "", "comment": "", "version": ""}  # fmt: skip
    pickup = next((one.public_id for one in list_delivery() if one.kind == "pickup"), "")
    typed.fields["delivery"] = pickup or typed.fields["delivery"]
    # What is still to be paid is paid at the desk: goods of a prepayment would wait for it.
    there = next((one.public_id for one in list_payment() if not one.wants_prepayment), "")
    typed.fields["payment"] = there or typed.fields["payment"]
    return typed


def _usual_place(order: Order, actor: Actor) -> str:
    known = [one for one, _name in place_choices(actor)]
    own = order.place.public_id if order.place is not None else ""
    return own if own in known else next(iter(known), "")


def _delivery(sent: Any, order: Order) -> Decimal | None:
    chosen = sent.get("back_delivery", "")
    return {"back": return_delivery.left_of(order), "stays": Decimal("0.00")}.get(chosen)


def _worth(order: Order, sent: Any) -> Worth:
    """Return what the typed goods are worth. Raises Invalid, Conflict."""
    return services.worth_of(
        order, goods_of(sent, order), fault=sent.get("fault", "client"), delivery=_delivery(sent, order)
    )


def _place(sent: Any, actor: Actor) -> int | None:
    try:
        return place_id_of(actor, sent["back_place"]) if sent.get("back_place") else None
    except Invalid as wrong:
        raise Invalid(wrong.message, fields={"back_place": wrong.message}) from None


def _leaves_from(typed: Typed, sent: Any, actor: Actor) -> str:
    """Return the place the new goods are taken from: as chosen, else where the old ones are taken in, if it sells."""
    chosen, taken_in = typed.fields["place"][:20], sent.get("back_place", "")
    if chosen == BY_RULE:
        return ""
    return chosen or (taken_in if taken_in in dict(selling_choices(actor)) else "")


def _draft(typed: Typed, order: Order, actor: Actor, client_id: int) -> OrderDraft:
    kept = {name: getattr(order, name) for name in hidden_from(actor)}  # what he was not shown stays
    return replace(draft_from(typed, actor, client_id), **kept)


def _difference(worth: Worth, new: Order, actor: Actor) -> str:
    if more := worth.to_pay(new.total):
        return _("the client pays on top %(sum)s") % {"sum": money(more, new.currency, actor)}
    if less := worth.to_give(new.total):
        return _("to give back %(sum)s") % {"sum": money(less, new.currency, actor)}
    return ""


def _form(
    request: HttpRequest, actor: Actor, order: Order, typed: Typed, sent: Any, now: datetime, *,
    is_sum: bool = False, refused: Refusal | None = None, not_back: Refusal | None = None,
) -> HttpResponse:  # fmt: skip
    chosen = typed.fields["place"]
    typed.fields["place"] = _leaves_from(typed, sent, actor)  # what may be promised goes by the place that is meant
    context = form_context(actor, typed, now, refused=refused)
    typed.fields["place"] = chosen
    worth, why = None, ""
    try:
        worth = _worth(order, sent) if goods_of(sent, order) else None
    except Refusal as wrong:
        why = _shown(wrong).message
    total = context["whole"].total if context["whole"] else Decimal(0)
    context |= {
        **back_context(actor, order, sent, dict(not_back.fields) if not_back else {}),
        "swapped": order,
        "likes": [],
        "back_places": [*place_choices(actor), ("", _("later, it is not here yet"))],
        "back_deliveries": delivery_choices(actor, order),
        "sent": {name: sent.get(name, "")[:300] for name in _SENT},
        "worth": worth,
        "back_why": why,
        "to_pay": worth.to_pay(total) if worth else Decimal(0),
        "to_give": worth.to_give(total) if worth else Decimal(0),
        "places": [("", _("where it is taken in")), (BY_RULE, _("by the rule")), *context["places"][1:]],
        "may_give": actor.may(SHIP),
        "may_keep": False,
        "action": reverse("orders:exchange", args=[order.public_id]),
        "back": reverse("orders:order", args=[order.public_id]),
    }
    if not_back is not None:
        context["why"] = not_back.message
    if is_sum:
        return render(request, "orders/_entry_sum.html", context)
    template = "orders/_entry_form.html" if wants_fragment(request) else "orders/entry.html"
    return render(request, template, context, status=422 if refused or not_back else 200)
