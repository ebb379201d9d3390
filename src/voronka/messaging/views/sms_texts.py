"""Texts of SMS with fields: written by the company, counted on a real client."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound, Refusal
from voronka.kit.screens import actor_of, signed_in
from voronka.messaging import queries, services
from voronka.messaging.permissions import EDIT_TEMPLATES
from voronka.messaging.services.writing_sms import TEXT_LIMIT, tariff_of
from voronka.messaging.views.letters import field_words
from voronka.messaging.views.sms import count_context
from voronka.people import queries as people


@require_GET
@signed_in
def text_list(request: HttpRequest) -> HttpResponse:
    """List the texts in use."""
    actor_of(request).require(EDIT_TEMPLATES)
    return render(request, "messaging/sms/texts.html", {"templates": queries.list_templates("sms")})


@require_http_methods(["GET", "POST"])
@signed_in
def text_edit(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """Write a text or change one; `act` preview counts it on a client and keeps nothing."""
    actor = actor_of(request)
    actor.require(EDIT_TEMPLATES)
    found = queries.find_template(public_id, "sms") if public_id else None
    if public_id and found is None:
        raise NotFound(_("There is no such text."))
    typed = {"name": found.name if found else "", "body": found.body if found else ""}
    errors: dict[str, str] = {}
    shown: dict[str, Any] = {}
    if request.method == "POST":
        typed = {name: request.POST.get(name, "").replace("\r\n", "\n").replace("\0", "") for name in typed}
        if request.POST.get("act") == "preview":
            shown = _shown(actor, request, typed["body"])
        else:
            errors = _save(actor, typed, public_id)
            if not errors:
                messages.success(request, _("Saved"))
                return redirect("messaging:sms-texts")
    context = {
        "template": found, "typed": typed, "errors": errors, "shown": shown, "fields": field_words(actor),
        "counted": count_context(shown.get("text", typed["body"])[:TEXT_LIMIT], tariff_of("advertising")),
    }  # fmt: skip
    return render(request, "messaging/sms/text_edit.html", context, status=422 if errors else 200)


def _save(actor: Actor, typed: dict[str, str], public_id: str) -> dict[str, str]:
    """Keep a text; return what is wrong by its place."""
    if len(typed["body"]) > TEXT_LIMIT:
        return {"body": _("From 1 to 1,000 characters.")}
    try:
        services.save_template(
            actor=actor, name=typed["name"][:100], subject="", body=typed["body"], public_id=public_id or None,
            channel="sms",
        )  # fmt: skip
    except Invalid as refusal:
        return dict(refusal.fields)
    return {}


def _shown(actor: Actor, request: HttpRequest, text: str) -> dict[str, Any]:
    """Return the text on the asked client, the clients to choose from, or why it cannot be shown."""
    query = request.POST.get("q", "").strip()[:200]
    found = people.find_clients(actor, query, most=6) if query else []
    client = found[0] if len(found) == 1 else None
    shown: dict[str, Any] = {"q": query, "client": client, "found": found if client is None else []}
    if client is None:
        return shown | {"nobody": bool(query) and not found}
    try:
        filled = services.preview_letter(actor=actor, subject="", body=text[:TEXT_LIMIT], client_id=client.pk)
    except Refusal as refusal:
        return shown | {"why": refusal.message}
    return shown | {"client": people.shown(actor, client), "text": filled.body}


@require_POST
@signed_in
def text_delete(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put a text away."""
    services.delete_template(actor=actor_of(request), public_id=public_id)
    messages.success(request, _("The text is put away; buttons that use it say so."))
    return redirect("messaging:sms-texts")
