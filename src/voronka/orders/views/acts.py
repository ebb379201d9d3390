"""What may be done with one order from its card: each act asks what it needs to know, then does it."""

import uuid
from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.pieces import Choice
from voronka.kit.screens import actor_of, signed_in, wants_fragment
from voronka.orders import services
from voronka.orders.models import Order
from voronka.orders.queries.orders import get_order
from voronka.orders.services import desk, lacking
from voronka.orders.services.words import PHASE_WORDS
from voronka.orders.views.packing import SPACE, begin_picking
from voronka.orders.views.words import many, posted, read_day, read_interval, read_version

ASKED = ("status", "promise", "hand", "cancel")
ACTS = (*ASKED, "pick", "take", "link", "split")


@signed_in
@require_http_methods(["GET", "POST"])
def order_act(request: HttpRequest, public_id: str, act: str) -> HttpResponse:
    """Ask what an act on an order needs to know, or do it and go back to the card."""
    actor, now = actor_of(request), timezone.now()
    row = get_order(actor, public_id)
    if act not in ACTS or (request.method == "GET" and act not in ASKED):
        raise NotFound(_("There is no such act."))
    if request.method == "GET":
        return _question(request, actor, row, act, {})
    try:
        target, said = _do(posted(request), actor, row, act, now)
    except Invalid as wrong:
        if act not in ASKED or act == "status":
            raise
        return _question(request, actor, row, act, dict(wrong.fields), why=wrong.message)
    messages.success(request, said)
    if wants_fragment(request):
        response = HttpResponse(status=200)
        response.headers["HX-Redirect"] = target
        return response
    return redirect(target)


def _do(sent: Any, actor: Actor, row: Order, act: str, now: datetime) -> tuple[str, str]:
    """Do an act; return where to go and what to say."""
    card = reverse("orders:order", args=[row.public_id])
    version = read_version(sent.get("version", ""))
    value, cause = sent.get("value", ""), sent.get("cause", "")
    match act:
        case "status":
            order, effects = services.set_status(
                row.public_id, value, actor=actor, now=now, version=version, cause=cause
            )
            said = _("№ %(number)d: %(status)s") % {"number": order.number, "status": order.status.name}
            return card, ". ".join([said, *(one.words for one in effects)])
        case "promise":
            desk.promise(row.public_id, _moment(sent, actor), actor=actor, now=now, cause=cause, version=version)
            return card, _("Promised for another day")
        case "hand":
            desk.hand_over(row.public_id, value, actor=actor, now=now, version=version)
            return card, _("Handed over")
        case "cancel":
            services.cancel(row.public_id, cause, actor=actor, now=now, version=version)
            return card, _("Cancelled: № %(number)d. What was reserved is free again.") % {"number": row.number}
        case "take":
            position = sent.get("position", "")
            taken = lacking.take_from(
                row.public_id, int(position) if position.isdecimal() and len(position) < 6 else 0,
                sent.get("place", ""), actor=actor, now=now, version=version,
            )  # fmt: skip
            return card, _("Taken: %(n)s") % {"n": many(taken, actor)}
        case "split":
            parts = services.split(row.public_id, actor=actor, now=now)
            return card, ngettext("%(n)d part is at work", "%(n)d parts are at work", len(parts)) % {"n": len(parts)}
        case "link":
            services.new_link(row.public_id, actor=actor)
            return card, _("The client's page has a new link; the old one leads nowhere now")
    return _pick(row, actor, now, sent)


def _pick(row: Order, actor: Actor, now: datetime, sent: Any) -> tuple[str, str]:
    """Begin picking; the same press sent twice begins once, by the version that was seen."""
    operation = uuid.uuid5(SPACE, f"pick:{row.public_id}:{read_version(sent.get('version', ''))}")
    return begin_picking(actor, row.public_id, now, operation=operation), _("Picking began")


def _moment(sent: Any, actor: Actor) -> datetime:
    day = read_day(sent, "value")
    if day is None:
        message = _("Choose a day.")
        raise Invalid(message, fields={"value": message})
    interval = read_interval(sent.get("interval", ""))
    return datetime.combine(day, interval[1] if interval else time(20), actor.zone)


def _question(
    request: HttpRequest, actor: Actor, row: Order, act: str, problems: dict[str, str], *, why: str = ""
) -> HttpResponse:
    sent = request.POST
    day = row.promised_at.astimezone(actor.zone).date().isoformat() if row.promised_at else ""
    context: dict[str, Any] = {
        "order": row,
        "act": act,
        "action": reverse("orders:act", args=[row.public_id, act]),
        "back": reverse("orders:order", args=[row.public_id]),
        "hidden": {"version": str(row.version)},
        "problems": problems,
        "why": why,
        "typed": {"value": sent.get("value", day)[:20], "cause": sent.get("cause", "")[:200]},
    }
    if act == "status":
        context["choices"] = [
            Choice(one.name, str(PHASE_WORDS[one.phase]), one.code) for one in services.ways_of(row, actor)
        ]
    if act == "hand":
        context["people"] = [("", _("nobody")), *((one.public_id, one.name) for one in accounts.list_employees())]
        context["typed"]["value"] = sent.get("value", row.responsible.public_id if row.responsible else "")[:20]
    if act == "promise" and row.delivery_method is not None:
        spans = [f"{since}-{until}" for since, until in row.delivery_method.intervals]
        context["intervals"] = [("", _("any time")), *((one, one.replace("-", "–")) for one in spans)]
    template = "orders/_act.html" if wants_fragment(request) else "orders/act.html"
    return render(request, template, context, status=422 if problems else 200)
