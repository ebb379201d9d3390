"""What is sold in a deal: the block beside the deal in hand, the page of its goods, and what is picked into them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from voronka.catalogue import queries as catalogue
from voronka.deals.models import Deal, DealLine
from voronka.deals.queries import desk
from voronka.deals.queries import goods as queries
from voronka.deals.queries.pipelines import list_stages
from voronka.deals.rules import goods as rules
from voronka.deals.services import goods as services
from voronka.deals.views.desk import press_pieces, usable
from voronka.deals.views.goods_pieces import (
    again_url,
    goods_block,
    goods_words,
    line_piece,
    offer_piece,
    sees_money,
    sum_words,
)
from voronka.deals.views.stage_fields import stage_fields
from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid
from voronka.kit.screens import actor_of, signed_in, wants_fragment
from voronka.people import queries as people

TYPED_LIMIT = 300


@require_GET
@signed_in
def goods(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the goods of a deal on a page of their own, each line to be changed in place."""
    actor = actor_of(request)
    deal = _deal(actor, public_id)
    return render(request, "deals/goods.html", _page(deal, actor))


@require_GET
@signed_in
def goods_pick(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show what a typed text, an article or a barcode finds, with the prices of the deal's client."""
    actor = actor_of(request)
    deal = _deal(actor, public_id)
    context = _found(deal, actor, _typed(request.GET.get("q", "")))
    if not wants_fragment(request):
        return render(request, "deals/goods.html", {**_page(deal, actor), **context})
    return render(request, "deals/goods_found.html", {**context, "deal": deal})


@require_POST
@signed_in
def goods_add(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put in what was picked, or the one thing that was typed; several that fit are offered."""
    actor, sent = actor_of(request), request.POST
    deal = _deal(actor, public_id)
    text, variant = _typed(sent.get("q", "")), _typed(sent.get("variant", ""))
    extra: dict[str, object] = {}
    try:
        if not variant and not sent.get("words"):
            offers = queries.find_offers(actor, deal, text, now=datetime.now(UTC))
            variant = _the_one(offers, text)
            extra = {} if variant else _found(deal, actor, text, offers)
        if variant or (sent.get("words") and text):
            draft = _draft(sent, variant, text)
            done = services.add_goods(actor=actor, deal_public_id=public_id, draft=draft, now=datetime.now(UTC))
            extra = _said(done, actor)
    except rules.BadLine as bad:
        extra = {"why": services.wrong(bad).message, "q": text}
    except (Invalid, Conflict) as refusal:
        extra = {"why": refusal.message, "q": text}
    return _answer(request, public_id, extra)


def _draft(sent: Mapping[str, str], variant: str, text: str) -> services.LineDraft:
    """Read a line as the form sends it. Raises BadLine."""
    price = _typed(sent.get("price", ""))
    return services.LineDraft(
        variant=variant,
        name="" if variant else text,
        quantity=rules.read_quantity(_typed(sent.get("quantity", "")) or "1"),
        price=rules.read_sum(price, "price") if price else None,
        discount=rules.read_sum(_typed(sent.get("discount", "")), "discount"),
    )


def _the_one(offers: Sequence[queries.Offer], text: str) -> str:
    """Return the variant that a text means: the only one found, or the one of this very article."""
    same = [one for one in offers if one.card.code.lower() == text.lower()]
    chosen = same or (offers if len(offers) == 1 else [])
    return chosen[0].card.public_id if chosen else ""


def _said(done: services.Changed, actor: Actor) -> dict[str, object]:
    """Say that goods took the place of a typed sum, once."""
    was = done.sum_before
    if was is None or done.deal.goods_count != 1 or not actor.sees("deal.sum") or was == done.deal.sum:
        return {}
    told = wording.money(was, done.deal.currency, actor.language)
    return {"said": _("The sum follows the goods now; it was %(sum)s.") % {"sum": told}}


@require_POST
@signed_in
def goods_line(request: HttpRequest, public_id: str, line: str) -> HttpResponse:
    """Change a line, move it up or down, or take it out."""
    actor, sent, now = actor_of(request), request.POST, datetime.now(UTC)
    act, at = sent.get("act", "save"), {"actor": actor, "deal_public_id": public_id, "line": line, "now": now}
    deal = _deal(actor, public_id)
    extra: dict[str, object] = {}
    try:
        if act == "drop":
            gone = next((one for one in queries.lines_shown(actor, deal) if one.public_id == line), None)
            services.drop_goods(**at)  # type: ignore[arg-type]  # the same four for each verb
            extra = _gone(gone, deal, actor)
        elif act in ("up", "down"):
            services.move_goods(**at, down=act == "down")  # type: ignore[arg-type]  # the same four
        else:
            services.change_goods(**at, **_figures(sent, actor), seen=sent.get("seen"))  # type: ignore[arg-type]  # as above
    except rules.BadLine as bad:
        extra = _wrong_line(line, services.wrong(bad), sent)
    except Invalid as refusal:
        extra = _wrong_line(line, refusal, sent)
    except Conflict as refusal:
        extra = {"why": refusal.message}
    return _answer(request, public_id, extra)


def _gone(line: DealLine | None, deal: Deal, actor: Actor) -> dict[str, object]:
    """Return what was taken out, for the way to put it back."""
    if line is None:
        return {}
    known = catalogue.public_ids("variant", [line.variant_id]) if line.variant_id is not None else {}
    return {"gone": line_piece(line, deal, actor), "gone_variant": known.get(line.variant_id or 0, "")}


def _figures(sent: Mapping[str, str], actor: Actor) -> dict[str, Decimal]:
    """Read the figures that were typed into a line. Raises BadLine."""
    figures = {"quantity": rules.read_quantity(_typed(sent.get("quantity", "")))} if "quantity" in sent else {}
    for name in ("price", "discount"):
        if name in sent and actor.writes("deal.sum"):
            figures[name] = rules.read_sum(_typed(sent[name]), name)
    return figures


def _wrong_line(line: str, refusal: Invalid, sent: Mapping[str, str]) -> dict[str, object]:
    typed = {name: _typed(sent.get(name, "")) for name in ("quantity", "price", "discount") if name in sent}
    return {"wrong": {line: (refusal.fields or {"quantity": refusal.message}, typed)}}


def _typed(text: str) -> str:
    return text.replace("\0", "")[:TYPED_LIMIT].strip()


def _deal(actor: Actor, public_id: str) -> Deal:
    """Return a deal whose goods the actor may see. Raises NotFound."""
    deal = desk.get_deal(actor, public_id)
    queries.require_goods(actor)
    return deal


def _found(deal: Deal, actor: Actor, text: str, offers: Sequence[queries.Offer] | None = None) -> dict[str, object]:
    """Return what a text finds, for the list under the input."""
    if not text:
        return {"q": "", "offers": [], "is_searched": False}
    known = queries.find_offers(actor, deal, text, now=datetime.now(UTC)) if offers is None else offers
    return {"q": text, "offers": [offer_piece(one, deal, actor) for one in known], "is_searched": True}


def _page(deal: Deal, actor: Actor, extra: Mapping[str, object] | None = None) -> dict[str, object]:
    more = dict(extra or {})
    wrong = more.pop("wrong", {})
    assert isinstance(wrong, dict)
    lines = queries.lines_shown(actor, deal)
    free = queries.free_of(actor, [one.variant_id for one in lines if one.variant_id is not None])
    pieces = []
    for one in lines:
        problems, typed = wrong.get(one.public_id, ({}, {}))
        pieces.append(line_piece(one, deal, actor, free.get(one.variant_id or 0), problems, typed))
    return {
        "deal": deal,
        "client_name": people.name_shown(actor, deal.client.name),
        "lines": pieces,
        "count": goods_words(len(lines)),
        "sum": sum_words(deal, actor) if lines else "",
        "sees_money": actor.sees("deal.sum"),
        "may_price": actor.writes("deal.sum"),
        "may": queries.may_change(actor, deal),
        "again_url": again_url(deal, actor) if lines else "",
        **more,
    }


def _answer(request: HttpRequest, public_id: str, extra: Mapping[str, object]) -> HttpResponse:
    """Draw the goods anew where they stand: beside the deal with its sum and buttons, or on their page."""
    actor = actor_of(request)
    deal = desk.get_deal(actor, public_id)
    status = 422 if extra.get("why") or extra.get("wrong") else 200
    if not wants_fragment(request):
        if status == 200 and not extra.get("is_searched"):
            return HttpResponseRedirect(reverse("deals:goods", args=[public_id]))
        return render(request, "deals/goods.html", _page(deal, actor, extra), status=status)
    if request.POST.get("where") != "side":
        return render(request, "deals/goods_lines.html", _page(deal, actor, extra))
    buttons = desk.live_buttons(deal.stage_id)
    stages, known = list_stages(deal.pipeline_id), people.fields_shown(actor, subject=None)
    fields = stage_fields(deal, actor, usable(buttons, actor), stages, known)
    presses = press_pieces(buttons, deal, actor, fields.needed)
    block = {**(goods_block(deal, actor) or {}), **extra}
    return render(
        request,
        "deals/goods_beside.html",
        {"deal": deal, "goods": block, "presses": presses, "money": sees_money(deal, actor)},
    )
