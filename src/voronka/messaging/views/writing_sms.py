"""An SMS written by hand from the client's card: counted while it is typed, then sent through the gate."""

import uuid
from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from voronka.kit.errors import Invalid
from voronka.kit.screens import actor_of, signed_in
from voronka.messaging import queries, services
from voronka.messaging.permissions import WRITE
from voronka.messaging.queries.messages import sms_address
from voronka.messaging.services.blocking import hint_of
from voronka.messaging.services.writing_sms import TEXT_LIMIT, HandSms, tariff_of
from voronka.messaging.views.sms import count_context
from voronka.people import queries as people


@require_http_methods(["GET", "POST"])
@signed_in
def write_sms(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write an SMS to a client."""
    actor, now = actor_of(request), datetime.now(UTC)
    client = people.get_client_for(actor, WRITE, client_id=people.get_client(actor, public_id).pk)
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            message = services.write_sms_by_hand(actor=actor, client_id=client.pk, sms=_sms(request), now=now)
        except Invalid as refusal:
            problems = dict(refusal.fields)
        else:
            messages.success(request, queries.why(queries.get_message(actor, message.public_id), actor, now))
            return redirect("people:client-detail", public_id)
    typed = {name: request.POST.get(name, "")[:40_000] for name in ("text", "traffic", "operation")}
    traffic = typed["traffic"] or "service"
    address = sms_address(client.pk)
    context = {
        "client": people.shown(actor, client),
        "typed": typed | {"traffic": traffic, "operation": typed["operation"] or str(uuid.uuid4())},
        "kinds": [("service", _("about his orders and questions")), ("advertising", _("advertising"))],
        "ways": [
            (words, queries.would_get(actor, client.pk, "sms", now=now, traffic=code))
            for code, words in (("service", _("Service messages")), ("advertising", _("Advertising")))
        ],
        "to": address if actor.sees("client.phone") else hint_of(address),
        "has_number": bool(address),
        "counted": count_context(_text(request), tariff_of(traffic)),
        "errors": problems,
    }
    return render(request, "messaging/write_sms.html", context, status=422 if problems else 200)


def _text(request: HttpRequest) -> str:
    return request.POST.get("text", "").replace("\r\n", "\n")[: TEXT_LIMIT + 1]


def _sms(request: HttpRequest) -> HandSms:
    try:
        operation = uuid.UUID(request.POST.get("operation", ""))
    except ValueError:
        raise Invalid(
            _("The page is broken: reload it and try again."), fields={"text": _("Reload the page.")}
        ) from None
    return HandSms(_text(request), request.POST.get("traffic", ""), operation)


@require_POST
@signed_in
def write_sms_count(request: HttpRequest, public_id: str) -> HttpResponse:
    """Count an SMS while it is typed, by the price of the provider that would take it."""
    actor = actor_of(request)
    people.get_client_for(actor, WRITE, client_id=people.get_client(actor, public_id).pk)
    context = {"counted": count_context(_text(request).replace("\0", ""), tariff_of(request.POST.get("traffic", "")))}
    return render(request, "messaging/sms/_count.html", context)
