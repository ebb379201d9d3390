"""A letter written by hand from the client's card: looked at first, then sent through the gate."""

import uuid
from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, Refusal
from voronka.kit.screens import actor_of, signed_in
from voronka.messaging import queries, services
from voronka.messaging.permissions import WRITE
from voronka.messaging.services.writing import BODY_LIMIT, SUBJECT_LIMIT, HandLetter
from voronka.people import queries as people


@require_http_methods(["GET", "POST"])
@signed_in
def write(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write a letter to a client, by a template or from nothing; `act` preview shows it and sends nothing."""
    actor, now = actor_of(request), datetime.now(UTC)
    client = people.get_client_for(actor, WRITE, client_id=people.get_client(actor, public_id).pk)
    context = _typed(request) | {
        "client": people.shown(actor, client),
        "templates": [("", _("without a template"))]
        + [(one.public_id, one.name) for one in queries.list_templates()],
        "kinds": [("service", _("about his orders and questions")), ("advertising", _("advertising"))],
        "would": queries.would_get(actor, client.pk, "email", now=now),
    }
    if request.method == "GET":
        return render(request, "messaging/write.html", context)
    try:
        letter = _letter(request)
        if request.POST.get("act") == "preview":
            context["shown"] = services.preview_letter(
                actor=actor, subject=letter.subject, body=letter.body, client_id=client.pk
            )
            return render(request, "messaging/write.html", context)
        message = services.write_by_hand(actor=actor, client_id=client.pk, letter=letter, now=now)
    except Invalid as refusal:
        return render(request, "messaging/write.html", context | {"errors": refusal.fields}, status=422)
    except Refusal as refusal:
        if refusal.status in {403, 404}:
            raise
        return render(request, "messaging/write.html", context | {"why": refusal.message}, status=422)
    messages.success(request, _said(message.public_id, actor, now))
    return redirect("people:client-detail", public_id)


def _said(public_id: str, actor: Actor, now: datetime) -> str:
    return queries.why(queries.get_message(actor, public_id), actor, now)


def _typed(request: HttpRequest) -> dict[str, object]:
    """Return what stands in the form: what was typed, or the template that was chosen."""
    if request.method == "POST":
        names = ("subject", "body", "traffic", "operation")
        return {name: request.POST.get(name, "")[:40_000] for name in names}
    found = queries.find_template(request.GET.get("template", "")[:12])
    return {
        "template": found.public_id if found else "",
        "subject": found.subject if found else "",
        "body": found.body if found else "",
        "traffic": "service",
        "operation": str(uuid.uuid4()),
    }


def _letter(request: HttpRequest) -> HandLetter:
    sent = request.POST
    try:
        operation = uuid.UUID(sent.get("operation", ""))
    except ValueError:
        raise Invalid(
            _("The page is broken: reload it and try again."), fields={"body": _("Reload the page.")}
        ) from None
    subject, body = sent.get("subject", "")[: SUBJECT_LIMIT + 1], sent.get("body", "")[: BODY_LIMIT + 1]
    return HandLetter(subject, body, sent.get("traffic", ""), operation)


@require_POST
@signed_in
def call_back(request: HttpRequest, public_id: str) -> HttpResponse:
    """Call a letter back that has not gone yet."""
    actor = actor_of(request)
    if services.call_back_by_hand(actor=actor, public_id=public_id, now=datetime.now(UTC)):
        messages.success(request, _("Called back: it does not go."))
    else:
        messages.warning(request, _("It is too late: it goes already."))
    client_id = queries.get_message(actor, public_id).client_id or 0
    return redirect("people:client-detail", people.public_ids("client", [client_id])[client_id])
