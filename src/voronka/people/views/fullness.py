"""The completeness of a card: the ring with its question, answered in place; the weights in the settings."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.kit.screens import actor_of, signed_in, wants_fragment
from voronka.people import queries, services
from voronka.people.models import Client, CustomField
from voronka.people.permissions import EDIT_CLIENTS, MANAGE_FIELDS
from voronka.people.queries.clients import may_touch
from voronka.people.queries.fullness import fullness_of, list_weights, shipped_question
from voronka.people.rules.completeness import CUSTOM, MOST_WEIGHT
from voronka.people.services.words import CONTACT_NAMES, field_name


def fullness_context(actor: Actor, client: Client) -> dict[str, Any]:
    """Return what the ring of a card shows."""
    contacts = queries.list_contacts(actor, [client.pk])[client.pk]
    full = fullness_of(actor, client, contacts, queries.fields_shown(actor))
    return {"full": full, "client": client, "may_answer": may_touch(actor, EDIT_CLIENTS, client)}


@signed_in
@require_http_methods(["GET", "POST"])
def full_answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Open the one missing field in the place of its question; Enter saves the answer and shows what is asked next."""
    actor = actor_of(request)
    client = queries.get_client(actor, public_id)
    queries.get_client_for(actor, EDIT_CLIENTS, client_id=client.pk)
    context = fullness_context(actor, client)
    if request.method != "POST":
        return _page(request, context | _input(context["full"].code))
    code, value = request.POST.get("code", "")[:60], request.POST.get("value", "")
    try:
        services.fill_field(actor=actor, client_id=client.pk, code=code, value=value, now=timezone.now())
    except Invalid as wrong:
        why = next(iter(wrong.fields.values()), wrong.message)
        return _page(request, context | _input(code) | {"value": value[:300], "why": why}, status=422)
    if not wants_fragment(request):
        return redirect("people:client-detail", client.public_id)
    return _page(request, fullness_context(actor, queries.get_client(actor, client.public_id)))


def _page(request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    if not wants_fragment(request):
        return render(request, "people/full_answer.html", context, status=status)
    # htmx puts in what comes back only with 2xx; the refusal is shown at the field itself.
    return render(request, "people/_full.html", context)


def _input(code: str) -> dict[str, Any]:
    """Return what the open field needs: its name, and its choices where it has some."""
    own = queries.find_custom_field(code.removeprefix(CUSTOM)) if code.startswith(CUSTOM) else None
    choices: list[tuple[str, str]] = []
    if own is not None and own.kind in (CustomField.Kind.CHOICE, CustomField.Kind.CHOICES):
        choices = [(one, one) for one in own.options]
    elif own is not None and own.kind == CustomField.Kind.YES_NO:
        choices = [("да", _("yes")), ("нет", _("no"))]
    hints = {"birthday": "31.12.1990", "phone": "+7 913 123-45-67", "email": "name@company.ru"}
    return {"open": code, "choices": choices, "hint": hints.get(code, ""), "name": _name(code, own)}


def _name(code: str, own: CustomField | None) -> str:
    if own is not None:
        return own.name
    if code in CONTACT_NAMES:
        return str(CONTACT_NAMES[code])
    return _("Contact person") if code == "persons" else field_name(code)


@signed_in
@require_http_methods(["GET", "POST"])
def weights(request: HttpRequest) -> HttpResponse:
    """Set how much each field counts and by which question it is asked for."""
    actor = actor_of(request)
    actor.require(MANAGE_FIELDS)
    fields = queries.list_custom_fields()
    names = {CUSTOM + one.code: one for one in fields}
    held = list_weights(fields)
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            with transaction.atomic():
                services.set_weights(actor=actor, weights=_sent(request, held))
        except Invalid as wrong:
            problems = wrong.fields
        else:
            messages.success(request, _("Saved"))
            return redirect("people:weights")
    rows = [
        {
            "code": code,
            "name": _name(code, names.get(code)),
            "weight": request.POST.get(f"weight-{code}", str(weight)),
            "question": request.POST.get(f"question-{code}", question),
            "shipped": shipped_question(code, names[code].name if code in names else ""),
            "why": problems.get(f"weight-{code}", "") or problems.get(f"question-{code}", ""),
        }
        for code, (weight, question) in held.items()
    ]
    context = {"rows": rows, "most": MOST_WEIGHT}
    return render(request, "people/weights.html", context, status=422 if problems else 200)


def _sent(request: HttpRequest, held: dict[str, tuple[int, str]]) -> dict[str, tuple[int, str]]:
    found = {}
    for code, (weight, question) in held.items():
        text = request.POST.get(f"weight-{code}", str(weight)).strip()
        number = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else -1
        found[code] = (number, request.POST.get(f"question-{code}", question))
    return found
