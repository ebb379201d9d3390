"""Likely doubles over the whole base: one key joins a pair, one key says that they are different people."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from voronka.accounts import services as accounts
from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.listfile import ListFile, file_links, handed_over
from voronka.kit.screens import actor_of, signed_in, wants_fragment
from voronka.kit.tables.writers import Writable
from voronka.people import queries, services
from voronka.people.models import Client, ContactPoint
from voronka.people.permissions import EDIT_CLIENTS
from voronka.people.queries.doubles import Double, list_doubles, search_pairs, walk_doubles
from voronka.people.queries.merging import cards_for_merging
from voronka.people.rules import merging as rules
from voronka.people.services.words import match_words


@signed_in
@require_http_methods(["GET", "POST"])
def double_list(request: HttpRequest) -> HttpResponse:
    """Show the likeliest pairs; a POST lets the whole base be searched in the background."""
    actor = actor_of(request)
    if request.method == "POST":
        services.order_search(actor=actor)
        messages.success(request, _("The base is being searched. Pairs come up here as they are found."))
        return redirect("people:double-list")
    return render(request, "people/double_list.html", _context(actor))


def _context(actor: Actor) -> dict[str, Any]:
    found, more = list_doubles(actor)
    return {
        "pairs": [
            {
                "cards": [_side(client, contacts, actor) for client, contacts in one.cards],
                "signs": ", ".join(match_words(sign) for sign in one.signs),
                "ids": ",".join(client.public_id for client, _contacts in one.cards),
                "compare": f"{reverse('people:merge')}?ids={','.join(card.public_id for card, _c in one.cards)}",
            }
            for one in found
        ],
        "more": more,
        "files": file_links(actor, "people:double-export"),
    }


@signed_in
@require_GET
def double_export(request: HttpRequest, code: str) -> HttpResponse:
    """Give all likely doubles as a file: both cards of a pair in one row, as far as the actor may see them."""
    actor = actor_of(request)
    pairs = search_pairs(actor)
    fields = _file_fields(actor)
    heads = [f"{title} {number}" for number in (1, 2) for title in (_("Client"), *fields.values())]
    made = ListFile(
        what="double",
        name=_("doubles"),
        heads=[*heads, _("What is alike")],
        count=lambda most: pairs.order_by()[:most].count(),
        rows=lambda: (_file_row(one, list(fields), actor) for chunk in walk_doubles(actor) for one in chunk),
    )
    return handed_over(accounts.take_list_out(actor=actor, made=made, code=code, now=timezone.now()))


def _file_fields(actor: Actor) -> dict[str, str]:
    names = {"phone": _("Phone"), "email": _("E-mail"), "city": _("City"), "birthday": _("Birthday")}
    return {code: name for code, name in names.items() if actor.sees(f"client.{code}")} | {"made_at": _("Since")}


def _file_row(one: Double, fields: Sequence[str], actor: Actor) -> list[Writable]:
    row: list[Writable] = []
    for client, contacts in one.cards:
        values: dict[str, Writable] = {
            "phone": ", ".join(way.value for way in contacts if way.kind == "phone"),
            "email": ", ".join(way.value for way in contacts if way.kind == "email"),
            "city": client.city,
            "birthday": client.birthday,
            "made_at": client.made_at.astimezone(actor.zone).date(),
        }
        row += [client.name, *(values[code] for code in fields)]
    return [*row, ", ".join(match_words(sign) for sign in one.signs)]


def _side(client: Client, contacts: Sequence[ContactPoint], actor: Actor) -> dict[str, Any]:
    ways = [
        wording.phone(one.value) if one.kind == "phone" and one.value.startswith("+") else one.value
        for one in contacts[:4]
    ]
    return {
        "id": client.public_id,
        "name": client.name,
        "lines": [*ways, *filter(None, (client.city, f"{client.birthday:%d.%m.%Y}" if client.birthday else ""))],
        "since": client.made_at.astimezone(actor.zone).date(),
    }


@signed_in
@require_POST
def double_merge(request: HttpRequest) -> HttpResponse:
    """Join a pair at once, by the rules; the toast takes it back."""
    actor = actor_of(request)
    clients = _pair(request, actor)
    if len(clients) < 2:
        return _answer(request, actor, {"what": _("These cards are one already.")})
    cards = services.merge_cards(clients)
    with transaction.atomic():
        run = services.merge_clients(
            actor=actor,
            survivor_id=rules.survivor_of(cards),
            other_ids=[card.id for card in cards],
            chosen={},
            now=timezone.now(),
        )
    name = queries.name_shown(actor, run.survivor.name)
    toast = {
        "what": _("Joined: %(name)s") % {"name": name},
        "undo": reverse("people:merge-undo", args=[run.public_id]),
    }
    if not wants_fragment(request):
        return redirect("people:merge-run", run.public_id)
    return _answer(request, actor, toast)


@signed_in
@require_POST
def different(request: HttpRequest) -> HttpResponse:
    """Remember that a pair is two people; it is not asked about again."""
    actor = actor_of(request)
    clients = _pair(request, actor)
    if len(clients) == 2:
        services.mark_different(actor=actor, one_id=clients[0].pk, other_id=clients[1].pk)
    return _answer(request, actor, {"what": _("Noted: different people")})


def _pair(request: HttpRequest, actor: Actor) -> list[Client]:
    actor.require(EDIT_CLIENTS)
    clients = cards_for_merging(actor, request.POST.get("ids", "")[:100].split(",")[:2], most=2)
    for client in clients:
        queries.get_client_for(actor, EDIT_CLIENTS, client_id=client.pk)
    return clients


def _answer(request: HttpRequest, actor: Actor, toast: dict[str, str]) -> HttpResponse:
    if not wants_fragment(request):
        messages.success(request, toast["what"])
        return redirect("people:double-list")
    return render(request, "people/_doubles.html", {**_context(actor), "toast": toast})
