"""The addresses of a client on his card: added, changed, taken away, made the main one without leaving it."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.screens import actor_of, signed_in, wants_fragment
from voronka.people import queries, services
from voronka.people.models import Client
from voronka.people.permissions import EDIT_CLIENTS
from voronka.people.queries.addresses import MAIN
from voronka.people.queries.clients import may_touch
from voronka.people.services.addresses import CODES
from voronka.people.services.words import ADDRESS_LABELS

NEW = "new"
_PARTS = ("label", "city", "line", "postcode")


def addresses_context(actor: Actor, client: Client) -> dict[str, Any]:
    """Return what the part of a card with the addresses shows; nothing is open for typing."""
    may_edit = may_touch(actor, EDIT_CLIENTS, client) and all(map(actor.writes, CODES))
    return {
        "client": client,
        "seen": client.version,
        "addresses": queries.addresses_of(actor, client),
        "may_edit_addresses": may_edit,
        "labels": [str(word) for word in ADDRESS_LABELS.values()],
    }


@signed_in
@require_http_methods(["GET", "POST"])
def address_save(request: HttpRequest, public_id: str) -> HttpResponse:
    """Open an address of the card for typing, or keep what was typed: `address` is its id, `new` for one more."""
    actor = actor_of(request)
    client = queries.get_client(actor, public_id)
    queries.get_client_for(actor, EDIT_CLIENTS, client_id=client.pk)
    if request.method != "POST":
        asked = request.GET.get("address", "")[:20]
        held = queries.find_address(actor, client, asked) if asked != NEW else None
        typed = {name: getattr(held, name) if held else "" for name in _PARTS}
        opened = asked if held or asked == NEW else ""
        return _page(request, actor, client, {"open": opened, "typed": typed})
    sent = {name: request.POST.get(name, "")[:1_000] for name in _PARTS}
    address_id, now = request.POST.get("address", NEW)[:20], timezone.now()
    is_main = bool(request.POST.get("is_main"))
    try:
        if address_id == NEW:
            codes = services.add_address(
                actor=actor, client_id=client.pk, address=services.AddressDraft(**sent), now=now, is_main=is_main
            )
        else:
            codes = services.change_address(
                actor=actor, client_id=client.pk, address_id=address_id, changes=sent, now=now,
                version=_version(request),
            )  # fmt: skip
    except Invalid as wrong:
        typed = {**sent, "is_main": is_main}
        context = {"open": address_id, "typed": typed, "wrong": wrong.fields, "why": wrong.message}
        return _page(request, actor, client, {**context, "seen": _version(request)}, status=422)
    except NotFound as gone:  # what was typed is offered as one more: it never goes over another place
        context = {"open": NEW, "typed": sent, "why": gone.message}
        return _page(request, actor, queries.get_client(actor, public_id), context, status=404)
    return _answer(request, actor, client, codes)


@signed_in
@require_POST
def address_act(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take an address away or make it the main one. One that is gone already is shown as gone."""
    actor = actor_of(request)
    client = queries.get_client(actor, public_id)
    queries.get_client_for(actor, EDIT_CLIENTS, client_id=client.pk)
    address_id, now = request.POST.get("address", "")[:20], timezone.now()
    try:
        if request.POST.get("act") == MAIN:
            codes = services.make_main(actor=actor, client_id=client.pk, address_id=address_id, now=now)
        else:
            codes = services.remove_address(
                actor=actor, client_id=client.pk, address_id=address_id, now=now, version=_version(request)
            )
    except NotFound as gone:
        return _page(request, actor, queries.get_client(actor, public_id), {"why": gone.message}, status=404)
    return _answer(request, actor, client, codes)


def _version(request: HttpRequest) -> int:
    """Return the version of the card that was on the screen; one that is not sent fits no card."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _answer(request: HttpRequest, actor: Actor, client: Client, codes: Sequence[str]) -> HttpResponse:
    if not wants_fragment(request):
        return redirect("people:client-detail", client.public_id)
    answer = _page(request, actor, queries.get_client(actor, client.public_id), {})
    if "zone" in codes:  # the clock and the hours for calls are another's now
        answer.headers["HX-Refresh"] = "true"
    return answer


def _page(
    request: HttpRequest, actor: Actor, client: Client, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    context = {**addresses_context(actor, client), **context}
    if not wants_fragment(request):
        return render(request, "people/addresses.html", context, status=status)
    # htmx puts in what comes back only with 2xx; the refusal is shown at the field itself.
    return render(request, "people/_addresses.html", context)
