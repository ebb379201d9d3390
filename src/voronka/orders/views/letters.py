"""Letters in which clients order: the list, one as it came, and the form of an order begun with it."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from voronka.catalogue import queries as catalogue
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.kit.screens import actor_of, signed_in
from voronka.orders.models import OrderLetter
from voronka.orders.permissions import MAKE
from voronka.orders.queries import letters as queries
from voronka.orders.services import mail
from voronka.orders.services.entering import NewClient
from voronka.orders.views.letter_words import line_words, reason_words, state_words
from voronka.orders.views.typed import Typed, choose
from voronka.orders.views.words import day_words


@dataclass(frozen=True, slots=True)
class LetterPiece:
    """A letter as a reader may see it: what tells contacts is left out for whoever may not see them."""

    row: OrderLetter
    who: str
    address: str
    subject: str
    text: str
    came: str
    reasons: list[str]
    state: str
    kind: str
    understood: int


def piece_of(row: OrderLetter, actor: Actor) -> LetterPiece:
    """Return a letter for a page."""
    is_open = queries.sees_contacts(actor)
    at = row.came_at.astimezone(actor.zone)
    came = f"{day_words(row.came_at, actor, timezone.now())}, {at:%H:%M}"
    state, kind = state_words(row)
    return LetterPiece(
        row, queries.writer_of(row, actor) or _("Somebody"), row.sender if is_open else "",
        row.subject if is_open else "", row.text if is_open else "", came, [reason_words(one) for one in row.reasons],
        state, kind, queries.sure_count(row),
    )  # fmt: skip


@signed_in
@require_GET
def letter_list(request: HttpRequest) -> HttpResponse:
    """Show the letters that wait, or those that were placed or put aside."""
    actor = actor_of(request)
    actor.require(MAKE, owner_id=actor.employee_id)
    asked, after = request.GET.get("state", "waiting"), request.GET.get("after", "")
    state = asked if asked in queries.STATES else "waiting"
    page = queries.read_letters(actor, state, after=int(after) if after.isdecimal() and len(after) < 18 else 0)
    names = {"waiting": _("Waiting"), "placed": _("Placed"), "dropped": pgettext("letters", "Put aside")}
    context = {
        "rows": [piece_of(one, actor) for one in page.rows],
        "state": state,
        "tabs": [(f"?state={code}", name, code == state) for code, name in names.items()],
        "waiting": queries.count_waiting(actor),
        "next_url": f"?state={state}&after={page.after}" if page.after else "",
    }
    return render(request, "orders/letter_list.html", context)


@signed_in
@require_GET
def letter(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a letter as it came, as plain text, with what was understood of it."""
    actor = actor_of(request)
    row = mail.get_letter(actor, public_id)
    cards = {one.public_id: one for one in catalogue.variants_by_public_ids([one["variant"] for one in row.lines])}
    context = {
        "letter": piece_of(row, actor),
        "lines": [
            (one["text"], cards[one["variant"]].name if one["variant"] in cards else "", one["quantity"],
             line_words(one["why"]))
            for one in row.lines
        ],
    }  # fmt: skip
    return render(request, "orders/letter.html", context)


@signed_in
@require_POST
def letter_act(request: HttpRequest, public_id: str, act: str) -> HttpResponse:
    """Put a letter aside, or take it up again."""
    actor, now = actor_of(request), timezone.now()
    if act == "back":
        row = mail.take_up_letter(actor=actor, public_id=public_id, now=now)
        messages.success(request, _("The letter waits again"))
        return redirect(f"{reverse('orders:order-new')}?letter={row.public_id}")
    mail.drop_letter(actor=actor, public_id=public_id, now=now)
    messages.success(request, _("Put aside: it is no order"))
    return redirect("orders:letters")


def begin_with(typed: Typed, row: OrderLetter, actor: Actor) -> None:
    """Fill the form of a new order with what a letter says; what is not understood stands there in its words."""
    typed.fields |= {"letter": row.public_id, "operation": str(row.operation), "channel": "mail"}
    if row.client is not None:
        choose(typed, row.client.public_id, actor)
        last = mail.last_order(row.client_id or 0)
        if last is not None:
            for name, way in (("delivery", last.delivery_method), ("payment", last.payment_method)):
                typed.fields[name] = way.public_id if way is not None and way.is_on else typed.fields[name]
    elif "several" in row.reasons and actor.sees("client.email"):
        typed.fields["who"] = row.sender
    else:
        typed.fields |= {"is_new": "1", "new_name": row.sender_name}
    cards = {one.public_id: one for one in catalogue.variants_by_public_ids([one["variant"] for one in row.lines])}
    for at, one in enumerate(row.lines):
        card = cards.get(one["variant"])
        typed.lines.append(
            {"variant": card.public_id if card else "", "name": card.name if card else one["name"],
             "quantity": one["quantity"] or "?", "price": "", "position": "", "said": str(at)}
        )  # fmt: skip


def letter_of_form(typed: Typed, actor: Actor) -> OrderLetter | None:
    """Return the letter that a form was begun with. Raises NotFound."""
    return mail.get_letter(actor, typed.fields["letter"][:20]) if typed.fields["letter"].isalnum() else None


def said_line(row: OrderLetter | None, line: dict[str, str]) -> dict[str, Any]:
    """Return the line of a letter that a line of the form came from; nothing for one that was added."""
    place = line.get("said", "")
    if row is None or not (place.isdecimal() and len(place) < 5 and int(place) < len(row.lines)):
        return {}
    return dict(row.lines[int(place)])


def offers_for(row: OrderLetter | None, typed: Typed) -> list[dict[str, Any]]:
    """Return for each line of the form what its letter says and which goods it may mean. One statement."""
    said = [said_line(row, one) for one in typed.lines]
    wanted = {one for line in said for one in line.get("candidates", ())}
    cards = {one.public_id: one for one in catalogue.variants_by_public_ids(sorted(wanted))} if wanted else {}
    return [
        {
            "text": line.get("text", ""),
            "why": line_words(line.get("why", "")) if line else "",
            "offers": [
                cards[one] for one in line.get("candidates", ()) if one in cards and one != typed_line["variant"]
            ] if line.get("why") or not typed_line["variant"] else [],
        }
        for line, typed_line in zip(said, typed.lines, strict=True)
    ]  # fmt: skip


def named_by(row: OrderLetter, typed: Typed) -> list[tuple[str, int]]:
    """Return what the letter calls goods that a person has chosen. Raises Invalid at lines left as they were."""
    wrong: dict[str, str] = {}
    found = []
    chosen = catalogue.variants_by_public_ids([one["variant"] for one in typed.lines if one["variant"]])
    ids = {one.public_id: one.id for one in chosen}
    for at, line in enumerate(typed.lines, 1):
        said = said_line(row, line)
        if not said:
            continue
        if not line["variant"] and not line["price"].strip():
            wrong[f"variant-{at}"] = _("Choose the goods, or write a price for these words.")
        elif line["variant"] in ids and line["variant"] != said["variant"]:
            found.append((said["name"], ids[line["variant"]]))
    if wrong:
        raise Invalid(_("Some lines of the letter are not put right yet."), code="lines", fields=wrong)
    return found


def sender_of(row: OrderLetter, fields: dict[str, str]) -> NewClient:
    """Return who wrote a letter as a client who is not known yet."""
    name = fields["new_name"][:300] or row.sender_name
    return NewClient(name, fields["new_phone"][:60], fields["city"][:120], row.sender, "mail")
