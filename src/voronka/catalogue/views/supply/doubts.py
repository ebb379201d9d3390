"""Lines in doubt: one at a time, one key an answer, the next drawn with the answer, the last one taken back by Z."""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from voronka.catalogue.models import Supplier, SupplierItem
from voronka.catalogue.queries import supply as queries
from voronka.catalogue.rules.matching import Comparison, Piece, Said, cut
from voronka.catalogue.services import lists
from voronka.catalogue.views.supply import pictures
from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.kit.screens import actor_of, signed_in, wants_fragment

_HUNDRED = Decimal(100)


@signed_in
@require_GET
def doubt(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask about the next line of a supplier."""
    supplier = lists.get_supplier(actor_of(request), public_id)
    return render(request, "catalogue/supply_doubts.html", _context(supplier))


def _context(supplier: Supplier) -> dict[str, Any]:
    now = timezone.now()
    found, tally = queries.next_doubt(supplier, now), queries.tally_of(supplier)
    context: dict[str, Any] = {
        "supplier": supplier,
        "tally": tally,
        "share": pictures.share(tally.by_itself, tally.by_hand + tally.refused, tally.left),
    }
    if found is None:
        return context
    first = found.offers[0] if found.offers else None
    pieces = lists.pieces_for(found.item, first.variant) if first else 1
    each = None if found.item.price is None else found.item.price / pieces
    return context | {
        "answers": _answers(),
        "doubt": found,
        "item": found.item,
        "parse": _parse(found.item.name, first.told if first else None, is_pack=pieces > 1),
        "offers": _offers(found.item, found.offers),
        "pieces": pieces,
        "each": each,
        "rise": _rise(found.past),
        "was": found.past[-2].price if len(found.past) > 1 else None,
        "curve": pictures.curve(found.past) if len(found.past) > 1 else None,
        "guard": _guard(first.price if first else None, each, found.margin_percent),
        "just": found.just,
        "ahead": found.ahead,
    }


def _answers() -> list[tuple[str, str, str, str, str]]:
    """Return the answers besides binding: what is sent, key, icon, name, what will happen."""
    return [
        ("new", "N", "plus", _("New goods"), _("made of the list's line")),
        ("skip", "S", "player-skip-forward", _("Later"), _("asked at the end")),
        ("refuse", "R", "x", _("We do not take it"), _("not asked any more")),
    ]


def _parse(name: str, told: Comparison | None, *, is_pack: bool) -> list[dict[str, str]]:
    """Return the name in the pieces that were understood, each with what it is."""
    pieces = told.theirs if told else (Piece(cut(name).text, Said.DIFFERENT),)
    found: list[dict[str, str]] = []
    for piece in pieces:
        text = piece.text.strip(" ,;")
        if not any(sign.isalnum() for sign in text):
            continue
        kind = "size" if any(sign.isdigit() for sign in text) else "word"
        if found and found[-1]["said"] == piece.said and found[-1]["kind"] == kind == "word":
            found[-1]["text"] += f" {text}"
        else:
            found.append({"text": text, "said": piece.said, "kind": kind})
    for one in found:
        if one["kind"] == "size" and is_pack and one["said"] == Said.DIFFERENT:
            one["said"], one["means"] = Said.SAME, _("a pack")
        elif one["said"] == Said.DIFFERENT:
            one["means"] = _("not the same") if one["kind"] == "size" else _("do not know")
        else:
            one["means"] = _("size, as ours") if one["kind"] == "size" else _("as ours")
    return found


def _offers(item: SupplierItem, offers: list[queries.Offer]) -> list[dict[str, Any]]:
    return [
        {
            "variant": offer.variant,
            "pieces": offer.told.ours,
            "price": offer.price,
            "likeness": offer.likeness,
            "ticks": [number < offer.likeness for number in range(10)],
            "why": _why(item, offer),
        }
        for offer in offers
    ]


def _why(item: SupplierItem, offer: queries.Offer) -> list[tuple[str, str, str]]:
    """Return what speaks for, against, or makes one ask: tone, icon, words."""
    said: list[tuple[str, str, str]] = []
    same = queries.same_words(offer.told) - len(offer.told.agreed)
    if same > 0:
        said.append(("yes", "check", ngettext("%(count)s word", "%(count)s words", same) % {"count": same}))
    said += [("yes", "check", size) for size in dict.fromkeys(offer.told.agreed)]
    said += [
        ("no", "x", _("%(ours)s, in the list %(theirs)s") % {"ours": ours, "theirs": theirs})
        for theirs, ours in offer.told.against
    ]
    if offer.variant.maker_code and item.maker_code:
        same_code = offer.variant.maker_code == item.maker_code
        said.append(
            ("yes", "check", _("maker's article")) if same_code else ("no", "x", _("another maker's article"))
        )
    if not (offer.variant.is_on_sale and offer.variant.product.is_on_sale):
        said.append(("ask", "question-mark", _("off sale")))
    cost = item.price / lists.pieces_for(item, offer.variant) if item.price else None
    if cost and offer.price and cost >= offer.price:
        said.append(("ask", "question-mark", _("costs more than we ask for it")))
    return said


def _rise(past: list[queries.PastPrice]) -> Decimal | None:
    if len(past) < 2:
        return None
    return (past[-1].price / past[-2].price - 1) * _HUNDRED


def _guard(price: Decimal | None, cost: Decimal | None, least: Decimal | None) -> dict[str, Decimal] | None:
    """Return the margin that would be left of our price when the guard would not let it be."""
    if price is None or cost is None or least is None or not price:
        return None
    margin = (price - cost) / price * _HUNDRED
    return {"margin": margin, "least": least, "price": price} if margin < least else None


@transaction.non_atomic_requests
@signed_in
@require_POST
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take an answer about a line: ours, new, later, not taken; draw the next one."""
    actor, now = actor_of(request), timezone.now()
    item, said = request.POST.get("item", "")[:40], request.POST.get("said", "")[:10]
    undo = True
    if said == "bind":
        variant, pieces = request.POST.get("variant", "")[:40], request.POST.get("pieces", "")
        told = lists.bind_item(
            actor=actor, item=item, variant=variant, pieces=int(pieces[:5]) if pieces.isdecimal() else 0, now=now
        )
        what = _("Bound: %(name)s") % {"name": told.item.variant.name if told.item.variant else ""}
    elif said == "new":
        what = _("Added: %(name)s") % {"name": lists.make_goods(actor=actor, item=item, now=now).item.name}
    elif said == "skip":
        lists.skip_item(actor=actor, item=item)
        what, undo = _("It will be asked about at the end."), False
    elif said == "refuse":
        lists.refuse_item(actor=actor, item=item, now=now)
        what = _("Not taken; it is not asked about any more.")
    else:
        raise NotFound(_("There is no such answer."))
    back = reverse("catalogue:supply-answer-back", args=[public_id]) if undo else ""
    return _drawn(request, actor, public_id, {"what": what, "undo": back, "item": item})


@transaction.non_atomic_requests
@signed_in
@require_POST
def answer_back(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take an answer back; the line is asked about again."""
    actor = actor_of(request)
    lists.take_answer_back(actor=actor, item=request.POST.get("item", "")[:40], now=timezone.now())
    return _drawn(request, actor, public_id, {"what": _("Taken back; it is asked about again.")})


@transaction.atomic
def _drawn(request: HttpRequest, actor: Actor, public_id: str, toast: dict[str, str]) -> HttpResponse:
    supplier = lists.get_supplier(actor, public_id)
    if not wants_fragment(request):
        return redirect("catalogue:supply-doubts", public_id)
    hidden = {"item": toast.get("item", "")}
    return render(request, "catalogue/_doubt.html", {**_context(supplier), "toast": toast, "hidden": hidden})


@signed_in
@require_GET
def find(request: HttpRequest, public_id: str) -> HttpResponse:
    """Find goods of ours by hand for the line that is asked about."""
    supplier = lists.get_supplier(actor_of(request), public_id)
    row = SupplierItem.objects.filter(supplier=supplier, public_id=request.GET.get("item", "")[:40]).first()
    if row is None:
        raise NotFound(_("There is no such line."))
    text = request.GET.get("q", "").strip()[:100]
    now = timezone.now()
    offers = queries.search_offers(row, text, now) if text else queries.offers_for(row, now)
    context = {"supplier": supplier, "item": row, "offers": _offers(row, offers), "text": text}
    return render(request, "catalogue/_doubt_offers.html", context)
