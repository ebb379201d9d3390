"""A paper filled by hand: goods found and added, numbers typed into its lines."""

import uuid
from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from voronka.catalogue import queries as catalogue
from voronka.catalogue.queries import VariantCard
from voronka.kit.errors import Conflict, Invalid
from voronka.kit.screens import actor_of, signed_in
from voronka.stock import services
from voronka.stock.models import Document
from voronka.stock.permissions import SEE_COST
from voronka.stock.queries import documents, on_hand
from voronka.stock.queries.documents import Line
from voronka.stock.services import Reading, Wanted
from voronka.stock.services.refusals import shown
from voronka.stock.views.documents import operation_of
from voronka.stock.views.words import read_cost, read_quantity

FOUND = 12


@signed_in
@require_GET
def paper_find(request: HttpRequest, public_id: str) -> HttpResponse:
    """Offer goods for a paper: by name, article or barcode, with what of them lies in its place."""
    actor = actor_of(request)
    row = documents.get_document(actor, public_id)
    text = request.GET.get("what", "")[:200].replace("\0", "")
    cards = [one for one in catalogue.find_variants(text, most=FOUND) if one.kind == "goods"]
    lying, place = on_hand([one.id for one in cards]), row.source_id or row.target_id or 0
    found = [(one, shown(lying[one.id].get(place, (Decimal(0),))[0])) for one in cards]
    return render(request, "stock/_found.html", {"found": found, "text": text})


@signed_in
@require_POST
def paper_add(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put goods on a paper: chosen from what was found, or named by an article or a barcode."""
    actor, given = actor_of(request), request.POST
    row = documents.get_document(actor, public_id)
    try:
        card = _named(given.get("variant", ""), given.get("what", ""))
        services.add_goods(
            row.pk,
            card.id,
            read_quantity(given.get("quantity", "") or "1"),
            actor=actor,
            now=timezone.now(),
            operation=operation_of(given.get("operation", "")) or uuid.uuid4(),
            cost=read_cost(given.get("cost", "")) if actor.may(SEE_COST) else None,
        )
    except (Invalid, Conflict) as refusal:
        messages.error(request, refusal.message)
    return redirect("stock:paper", public_id)


def _named(variant: str, text: str) -> VariantCard:
    line = text[:200].replace("\0", "").strip()
    card = catalogue.variant_by_public_id(variant[:40].replace("\0", "")) if variant else None
    if card is None and line:
        cards = catalogue.find_variants(code=line) or catalogue.find_variants(barcode=line)
        cards = cards or catalogue.find_variants(line, most=2)
        card = cards[0] if len(cards) == 1 else None
    if card is None:
        raise Invalid(_("Choose the goods from the list: the words fit several or none."))
    return card


@signed_in
@require_POST
def paper_lines(request: HttpRequest, public_id: str) -> HttpResponse:
    """Keep the numbers typed into the lines of a paper; those nobody changed stay as they are meanwhile."""
    actor, given = actor_of(request), request.POST
    view = documents.view_document(actor, public_id)
    operation = operation_of(given.get("operation", "")) or uuid.uuid4()
    try:
        sees_cost = actor.may(SEE_COST)
        wanted = [one for line in view.lines if (one := _wanted(line, given, sees_cost=sees_cost)) is not None]
        totals = [one for line in view.lines for one in _totals(view.row, line, given, operation)]
        services.fill(view.row.pk, wanted, totals, actor=actor, now=timezone.now())
    except (Invalid, Conflict) as refusal:
        messages.error(request, refusal.message)
    else:
        if wanted or totals:
            messages.success(request, _("Saved"))
    return redirect("stock:paper", public_id)


def _is_changed(given: QueryDict, name: str) -> bool:
    return name in given and given.get(name, "").strip() != given.get(f"was-{name}", "").strip()


def _wanted(line: Line, given: QueryDict, *, sees_cost: bool) -> Wanted | None:
    key = line.row.pk
    if given.get("drop") == str(key):
        return Wanted(line.card.id, Decimal(0))
    if not (_is_changed(given, f"wanted-{key}") or _is_changed(given, f"cost-{key}")):
        return None
    many = read_quantity(given.get(f"wanted-{key}", f"{line.wanted:f}"), nought=True)
    cost = read_cost(given.get(f"cost-{key}", "")) if sees_cost and f"cost-{key}" in given else line.row.cost
    return Wanted(line.card.id, many, cost)


def _totals(row: Document, line: Line, given: QueryDict, operation: uuid.UUID) -> list[Reading]:
    found = []
    for field in ("done", "damaged"):
        name = f"{field}-{line.row.pk}"
        if _is_changed(given, name):
            many = read_quantity(given.get(name, ""), nought=True)
            found.append(
                Reading(
                    uuid.uuid5(operation, name), many, variant_id=line.card.id, lot=line.row.lot_number,
                    is_damaged=field == "damaged", is_total=True,
                )
            )  # fmt: skip
    return found
