"""Cards of one client made one: side by side, field by field, and taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from voronka.accounts import queries as accounts
from voronka.kit import stakes, wording
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, Refusal
from voronka.kit.screens import actor_of, signed_in, wants_fragment
from voronka.people import queries, services
from voronka.people.models import Client, ContactPoint, CustomField, MergeRun
from voronka.people.permissions import EDIT_CLIENTS
from voronka.people.queries.clients import may_touch
from voronka.people.queries.merging import cards_for_merging, get_merge, newer_merge
from voronka.people.rules import merging as rules
from voronka.people.rules.limits import COLUMNS, custom_code
from voronka.people.rules.merging import BOTH, CUSTOM, MergeCard
from voronka.people.services import MOST_CARDS, NewerMerge
from voronka.people.services.words import FIELD_NAMES, zone_words
from voronka.people.views.columns import custom_value


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of one field on one card; `value` is what the form sends, empty where the card says nothing."""

    card: str
    words: str
    value: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field in which the cards differ."""

    code: str
    name: str
    choices: Sequence[Choice]
    both: str = ""
    both_chosen: bool = False


@signed_in
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest) -> HttpResponse:
    """Show cards side by side with the best values chosen, and join them; a single card asks for its double first."""
    actor = actor_of(request)
    actor.require(EDIT_CLIENTS)
    asked = request.POST if request.method == "POST" else request.GET
    wanted = [one for one in asked.get("ids", "")[:1000].split(",") if one]
    cards = cards_for_merging(actor, wanted, most=MOST_CARDS + 1)
    for card in cards:
        queries.get_client_for(actor, EDIT_CLIENTS, client_id=card.pk)
    if len(cards) < 2:
        return _find_page(request, actor, cards)
    if request.method != "POST":
        return _merge_page(request, actor, cards)
    by_id = {card.public_id: card.pk for card in cards}
    survivor = by_id.get(request.POST.get("survivor", ""), 0)
    try:
        with transaction.atomic():
            run = services.merge_clients(
                actor=actor,
                survivor_id=survivor or cards[0].pk,
                other_ids=[card.pk for card in cards],
                chosen=_choices(request, by_id),
                seen=_seen(request, by_id),
                now=timezone.now(),
            )
    except Conflict as conflict:
        return _again(request, actor, wanted, conflict)
    except (Invalid, Refusal) as wrong:
        return _merge_page(request, actor, cards, why=wrong.message, status=wrong.status)
    return redirect("people:merge-run", run.public_id)


def _choices(request: HttpRequest, by_id: Mapping[str, int]) -> dict[str, int | str]:
    """Return what was chosen; a card that is none of these is refused by the verb."""
    found: dict[str, int | str] = {}
    for name, value in request.POST.items():
        if name.startswith("choice-"):
            chosen = str(value)
            found[name.removeprefix("choice-")] = BOTH if chosen == BOTH else by_id.get(chosen, 0)
    return found


def _seen(request: HttpRequest, by_id: Mapping[str, int]) -> dict[int, int]:
    found = {}
    for one in request.POST.getlist("seen")[: MOST_CARDS + 1]:
        public_id, _colon, version = one.partition(":")
        if public_id in by_id and version.isdecimal() and len(version) < 10:
            found[by_id[public_id]] = int(version)
    return found


def _again(request: HttpRequest, actor: Actor, wanted: Sequence[str], conflict: Conflict) -> HttpResponse:
    """Show what is left of the cards after somebody else was quicker."""
    cards = cards_for_merging(actor, wanted, most=MOST_CARDS + 1)
    if len(cards) < 2:
        return _find_page(request, actor, cards, why=conflict.message, status=409)
    return _merge_page(request, actor, cards, why=conflict.message, status=409)


def _find_page(
    request: HttpRequest, actor: Actor, cards: Sequence[Client], *, why: str = "", status: int = 200
) -> HttpResponse:
    """Ask for the other card: the only one is known, or none."""
    text = request.GET.get("q", "")
    known = {card.pk for card in cards}
    found = [one for one in queries.find_clients(actor, text) if one.pk not in known] if text else []
    first = cards[0] if cards else None
    context = {
        "card": queries.shown(actor, first) if first else None,
        "text": text,
        "found": found,
        "why": why,
    }
    return render(request, "people/merge_find.html", context, status=status)


def _merge_page(
    request: HttpRequest, actor: Actor, clients: Sequence[Client], *, why: str = "", status: int = 200
) -> HttpResponse:
    if len(clients) > MOST_CARDS:
        why, status = why or _("Choose two to ten different cards."), 422
        clients = clients[:MOST_CARDS]
    cards = services.merge_cards(clients)
    survivor_id = rules.survivor_of(cards)
    fields = {one.code: one for one in queries.list_custom_fields(active=False)}
    people = accounts.employee_names(sorted({one.responsible_id for one in clients if one.responsible_id}))
    rows = [
        _row(code, clients, cards, survivor_id, actor, fields, people)
        for code in services.open_codes(actor, cards)
        if rules.differs(cards, code) and actor_sees(actor, code)
    ]
    contacts = queries.list_contacts(actor, [one.pk for one in clients])
    ids = [one.pk for one in clients]
    heads = [
        {
            "card": one,
            "name": queries.name_shown(actor, one.name),
            "since": one.made_at.astimezone(actor.zone).date(),
            "contacts": [_contact(contact) for contact in contacts[one.pk]],
            "stays": one.pk == survivor_id,
        }
        for one in clients
    ]
    context = {
        "heads": heads,
        "rows": rows,
        "ids": ",".join(one.public_id for one in clients),
        "moving": [words for stake in stakes.stakes_in("client")[::-1] for words in stake.tell(ids)],
        "why": why,
    }
    return render(request, "people/merge.html", context, status=status)


def _contact(contact: ContactPoint) -> str:
    is_phone = contact.kind in ("phone", "whatsapp") and contact.value.startswith("+")
    return wording.phone(contact.value) if is_phone else contact.value


def actor_sees(actor: Actor, code: str) -> bool:
    """Tell whether the actor sees a field of the merge."""
    if code.startswith(CUSTOM):
        return actor.sees(custom_code(code.removeprefix(CUSTOM)))
    return all(actor.sees(COLUMNS[column]) for column in rules.GROUPS[code] if column in COLUMNS)


def _row(
    code: str,
    clients: Sequence[Client],
    cards: Sequence[MergeCard],
    survivor_id: int,
    actor: Actor,
    fields: Mapping[str, CustomField],
    people: Mapping[int, str],
) -> FieldRow:
    best = rules.best_of(cards, code, survivor_id)
    chosen_id = best if isinstance(best, int) else 0
    choices = [
        Choice(
            queries.name_shown(actor, client.name),
            value_words(client, code, actor, fields, people) if rules.is_filled(card, code) else "",
            client.public_id if rules.is_filled(card, code) else "",
            client.pk == chosen_id,
        )
        for client, card in zip(clients, cards, strict=True)
    ]
    both = code == "comment" and len(rules.joined_comment(cards, survivor_id)) <= rules.COMMENT_LIMIT
    return FieldRow(code, code_name(code, fields), choices, BOTH if both else "", best == BOTH)


def code_name(code: str, fields: Mapping[str, CustomField]) -> str:
    """Return the name of a field of the merge."""
    if code.startswith(CUSTOM):
        own = fields.get(code.removeprefix(CUSTOM))
        return own.name if own else code.removeprefix(CUSTOM)
    words = {"call_hours": _("Hours for calls"), "bank": _("Bank account")}
    return words.get(code) or str(FIELD_NAMES[code])


def value_words(
    client: Client, code: str, actor: Actor, fields: Mapping[str, CustomField], people: Mapping[int, str]
) -> str:
    """Say what a card holds in a field."""
    if code.startswith(CUSTOM):
        name = code.removeprefix(CUSTOM)
        kind = fields[name].kind if name in fields else "text"
        held = client.fields.get(name)
        if kind == "person" and held:
            return accounts.employee_names([int(str(held))]).get(int(str(held)), "")
        return _("a file") if kind == "file" else str(custom_value(held, kind, actor))
    match code:
        case "name":
            return queries.name_shown(actor, client.name)
        case "birthday":
            return f"{client.birthday:%d.%m.%Y}" if client.birthday else ""
        case "zone":
            return f"{wording.place_of(client.zone, actor.language)}, {zone_words(client)}"
        case "call_hours":
            return " – ".join(_clock(one) for one in (client.call_opens_minute, client.call_closes_minute))
        case "is_vip":
            return _("VIP")
        case "responsible":
            return people.get(client.responsible_id or 0, "")
        case "bank":
            return " / ".join(one for one in (client.bik, client.account) if one)
        case "purchases_sum":
            currency = accounts.get_company_rules().currency
            return wording.money(client.purchases_sum or 0, currency, actor.language)
    return str(getattr(client, code))


def _clock(minute: int | None) -> str:
    return f"{(minute or 0) // 60}:{(minute or 0) % 60:02d}"


@signed_in
@require_GET
def merge_run(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show what was joined, and let it be taken back."""
    actor = actor_of(request)
    run = get_merge(actor, public_id)
    return render(request, "people/merge_run.html", _run_context(actor, run))


def _run_context(actor: Actor, run: MergeRun) -> dict[str, Any]:
    newer = newer_merge(run) if run.undone_at is None else None
    return {
        "run": run,
        "survivor": run.survivor.public_id,
        "name": queries.name_shown(actor, run.survivor.name),
        "cards": [queries.name_shown(actor, row["name"]) for row in run.plan.get("cards", [])],
        "at": run.at.astimezone(actor.zone),
        "undone_at": run.undone_at.astimezone(actor.zone) if run.undone_at else None,
        "newer": newer,
        "may_undo": run.undone_at is None
        and newer is None
        and bool(run.plan)
        and may_touch(actor, EDIT_CLIENTS, run.survivor),
    }


@signed_in
@require_POST
def merge_undo(request: HttpRequest, public_id: str) -> HttpResponse:
    """Part the cards again."""
    actor = actor_of(request)
    try:
        with transaction.atomic():
            run = services.undo_merge(actor=actor, public_id=public_id, now=timezone.now())
    except NewerMerge as refusal:
        messages.error(request, refusal.message)
        return redirect("people:merge-run", refusal.newer.public_id)
    messages.success(request, _("The cards stand by themselves again."))
    if wants_fragment(request):  # from a toast: the page that it stands on shows what there is now
        answer = HttpResponse()
        answer.headers["HX-Refresh"] = "true"
        return answer
    return redirect(reverse("people:client-detail", args=[run.survivor.public_id]))
