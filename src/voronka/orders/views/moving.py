"""A card of the board carried to another status: the same press as the button on the card of the order."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict
from voronka.kit.pieces import Choice
from voronka.kit.screens import actor_of, signed_in, wants_fragment
from voronka.orders import services
from voronka.orders.models import Order, Status
from voronka.orders.permissions import CHANGE, SET_UP
from voronka.orders.queries.orders import get_order
from voronka.orders.queries.reach import require_reach
from voronka.orders.services.words import PHASE_WORDS
from voronka.orders.views.words import posted, read_version
from voronka.people import queries as people


@signed_in
@require_http_methods(["GET", "POST"])
def order_move(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask about the status `to`, or offer all there are; posted, bring the order there and say what happened.

    A status that cannot follow is answered by those that can.
    """
    actor, row = actor_of(request), get_order(actor_of(request), public_id)
    require_reach(actor, row, CHANGE)
    if request.method == "POST":
        return _moved(request, actor, row)
    ways = services.ways_of(row, actor)
    asked = request.GET.get("to", "")[:40]
    if not asked:
        return _answer(request, row, "menu", _menu(row, actor, ways))
    target = Status.objects.filter(public_id=asked).first()
    if target is None:
        raise Conflict(_("This status was taken out meanwhile. The board is drawn anew."), code="status_gone")
    if target.pk == row.status_id:
        return HttpResponse(status=204)
    title = _("№ %(number)d: %(was)s → %(status)s") % {
        "number": row.number, "was": row.status.name, "status": target.name
    }  # fmt: skip
    if target.pk not in {one.pk for one in ways}:
        return _answer(request, row, "none", {"title": title, "can": ways, **_why(row, target, actor)})
    return _answer(request, row, "ask", {
        "title": title,
        "hint": people.name_shown(actor, row.client.name),
        "commit": target.name,
        "wants_cause": target.phase == Status.Phase.CANCELLED,
        "hidden": {"version": str(row.version), "value": target.code},
    })  # fmt: skip


def _menu(row: Order, actor: Actor, ways: list[Status]) -> dict[str, Any]:
    address = reverse("orders:move", args=[row.public_id])
    choices = [
        Choice(one.name, str(PHASE_WORDS[one.phase]), ask=f"{address}?to={one.public_id}", is_first=at == 0)
        for at, one in enumerate(ways)
    ]
    client = people.name_shown(actor, row.client.name)
    words = _("№ %(number)d, %(client)s: to which status?") % {"number": row.number, "client": client}
    return {"title": words, "choices": choices}


def _why(row: Order, target: Status, actor: Actor) -> dict[str, str]:
    """Return why an order does not go to a status, and where that is set up."""
    follows = not row.status.next or target.code in row.status.next
    names = {"was": row.status.name, "status": target.name}
    words = (
        _("Only some roles may bring orders to “%(status)s”.") % names
        if follows
        else _("After “%(was)s” an order does not come to “%(status)s”: the settings of statuses say so.") % names
    )
    page = reverse("orders:status", args=[(target if follows else row.status).public_id])
    return {"why": words, "settings_url": page if actor.may(SET_UP) else ""}


def _answer(request: HttpRequest, row: Order, answer: str, own: dict[str, Any]) -> HttpResponse:
    context = {
        "order": row,
        "answer": answer,
        "action": reverse("orders:move", args=[row.public_id]),
        "back": reverse("orders:order", args=[row.public_id]),
        **own,
    }
    response = render(request, "orders/_move.html" if wants_fragment(request) else "orders/move.html", context)
    response.headers["HX-Retarget"] = "#v-ask"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def _moved(request: HttpRequest, actor: Actor, row: Order) -> HttpResponse:
    sent = posted(request)
    order, effects = services.set_status(
        row.public_id, sent.get("value", "")[:40], actor=actor, now=timezone.now(),
        version=read_version(sent.get("version", "")), cause=sent.get("cause", "")[:200],
    )  # fmt: skip
    what = _("№ %(number)d: %(status)s") % {"number": order.number, "status": order.status.name}
    more = ". ".join(one.words for one in effects)
    if not wants_fragment(request):
        messages.success(request, ". ".join(filter(None, [what, more])))
        return redirect("orders:order", row.public_id)
    response = render(request, "orders/_moved.html", {"what": what, "more": more})
    response.headers["HX-Trigger"] = json.dumps({"voronka:pressed": {"order": row.public_id}})
    return response
