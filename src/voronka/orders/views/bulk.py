"""Many orders at once: what is asked first, what became of each."""

from collections.abc import Callable
from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.screens import actor_of, signed_in, wants_fragment
from voronka.orders import services
from voronka.orders.models import Order
from voronka.orders.permissions import CHANGE
from voronka.orders.queries.orders import list_orders, list_statuses
from voronka.orders.services import desk
from voronka.orders.views import asking
from voronka.orders.views.words import posted, read_day

MOST = 200


def acts() -> dict[str, tuple[str, str, str]]:
    """Return what may be done with many orders: its name, its icon, what the button of its question says."""
    return {
        "status": (_("Status"), "arrow-right", _("Bring them there")),
        "promise": (_("Reschedule"), "calendar", _("Promise for this day")),
        "hand": (_("Hand over"), "user", _("Hand over")),
        "cancel": (_("Cancel orders"), "x", _("Cancel the orders")),
    }


@signed_in
@require_http_methods(["GET", "POST"])
def orders_bulk(request: HttpRequest, act: str) -> HttpResponse:
    """Ask what an act needs to know, then do it with each of the chosen orders and tell what became of them."""
    actor, now = actor_of(request), timezone.now()
    actor.require(CHANGE, owner_id=actor.employee_id)
    if act not in acts():
        raise NotFound(_("There is no such act."))
    sent = posted(request) if request.method == "POST" else request.GET
    ids = [one for one in dict.fromkeys(sent.getlist("id")) if one.isalnum() and len(one) < 20][:MOST]
    orders = list(list_orders(actor).filter(public_id__in=ids)) if ids else []
    if request.method == "GET" or "value" not in sent:
        return _question(request, actor, act, orders, {})
    try:
        verb = _verb(act, sent, actor, now)
    except Invalid as wrong:
        return _question(request, actor, act, orders, dict(wrong.fields), why=wrong.message)
    found = desk.for_many([one.public_id for one in orders], verb)
    return _told(request, act, orders, found)


def _question(
    request: HttpRequest, actor: Actor, act: str, orders: list[Order], problems: dict[str, str], *, why: str = ""
) -> HttpResponse:
    name, icon, commit = acts()[act]
    sent = request.POST if request.method == "POST" else request.GET
    context: dict[str, Any] = {
        "act": act,
        "name": name,
        "icon": icon,
        "commit": commit,
        "orders": orders,
        "hint": ngettext("%(n)d order", "%(n)d orders", len(orders)) % {"n": len(orders)},
        "why": why,
        "problems": problems,
        "typed": {key: sent.get(key, "")[:300] for key in ("value", "cause")},
        "query": _query(request),
        "back": asking.list_address(_query(request)),
    }
    if act == "status":
        context["choices"] = [(one.code, one.name) for one in list_statuses()]
    if act == "hand":
        context["choices"] = [("", _("nobody")), *((one.public_id, one.name) for one in accounts.list_employees())]
    template = "orders/_bulk_ask.html" if wants_fragment(request) else "orders/bulk.html"
    return render(request, template, context, status=422 if problems else 200)


def _query(request: HttpRequest) -> str:
    sent = request.POST if request.method == "POST" else request.GET
    return sent.get("query", "")[:4_000]


def _verb(act: str, sent: Any, actor: Actor, now: datetime) -> Callable[[str], object]:
    value, cause = sent.get("value", ""), sent.get("cause", "")
    if act == "status":
        return lambda public_id: services.set_status(public_id, value, actor=actor, now=now, cause=cause)
    if act == "hand":
        return lambda public_id: desk.hand_over(public_id, value, actor=actor, now=now)
    if act == "cancel":
        if not cause.strip():
            message = _("Say why they are cancelled.")
            raise Invalid(message, fields={"cause": message})
        return lambda public_id: services.cancel(public_id, cause, actor=actor, now=now)
    day = read_day(sent, "value")
    if day is None:
        message = _("Choose a day.")
        raise Invalid(message, fields={"value": message})
    at = datetime.combine(day, time(20), actor.zone)
    return lambda public_id: desk.promise(public_id, at, actor=actor, now=now, cause=cause)


def _told(request: HttpRequest, act: str, orders: list[Order], found: services.Bulk) -> HttpResponse:
    done = len(found.done)
    said = ngettext("Done with %(n)d order", "Done with %(n)d orders", done) % {"n": done}
    if not found.refused:
        messages.success(request, said)
        return redirect(asking.list_address(_query(request)))
    by_id = {one.public_id: one for one in orders}
    context = {
        "name": acts()[act][0],
        "said": said,
        "done": done,
        "refused": [(by_id[public_id], why) for public_id, why in found.refused.items()],
        "back": asking.list_address(_query(request)),
    }
    return render(request, "orders/bulk_done.html", context)
