"""What to order: buffers by colour, proposals with their reasons, one press for all of them."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from voronka.accounts import services as accounts
from voronka.kit import pieces
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.listfile import ListFile, file_links, handed_over
from voronka.kit.screens import actor_of, addresses, signed_in
from voronka.stock import services
from voronka.stock.models import Document, Place
from voronka.stock.permissions import ORDER, SEE, SEE_COST
from voronka.stock.queries import places as own_places
from voronka.stock.queries import replenishing as queries
from voronka.stock.queries.buffer_board import read_board
from voronka.stock.rules import quantities
from voronka.stock.rules import replenishing as rules
from voronka.stock.services.refusals import quantity_words, shown
from voronka.stock.services.replenish_words import cause, reason, zone_words
from voronka.stock.views import buffer_pictures as pictures
from voronka.stock.views.words import tabs as stock_tabs

PAGE = 100
_NONE = Decimal(0)


def place_asked(request: HttpRequest, places: Sequence[Place]) -> Place | None:
    """Return the place whose public id is asked for, else the first; None where there are none. Raises NotFound."""
    asked = request.GET.get("place", "") or request.POST.get("place", "")
    if not asked:
        return places[0] if places else None
    found = next((one for one in places if one.public_id == asked), None)
    if found is None:
        raise NotFound(_("There is no such place."))
    return found


def zones_asked(request: HttpRequest) -> list[str]:
    """Return the colours that are asked for; all of them where none is."""
    return [one for one in request.GET.getlist("zone") if one in rules.ZONES] or list(rules.ZONES)


@signed_in
@require_GET
def replenish(request: HttpRequest) -> HttpResponse:
    """Show the buffers of a place: first those that ask for an order, the emptiest first."""
    actor, now = actor_of(request), timezone.now()
    places = queries.places_with_buffers(actor)
    place, zones = place_asked(request, places), zones_asked(request)
    text = request.GET.get("from", "")
    skip = int(text) if text.isdecimal() and len(text) < 7 else 0
    context: dict[str, Any] = {
        "place": place, "may_order": actor.may(ORDER), "stock_tabs": stock_tabs(actor, "replenish"),
    }  # fmt: skip
    if place is None:
        context["places"] = _places_to_begin(actor) if actor.may(ORDER) else []
        return render(request, "stock/replenish.html", context)
    counts, plan, levels = read_board(place.pk, zones, now=now, size=PAGE + 1, skip=skip)
    today = now.astimezone(actor.zone).date()
    sees_cost = actor.may(SEE_COST)
    opened, words = addresses("stock:replenish-open"), _words()
    rows = [
        _row(one, plan.by_id.get(one.id), today, opened(one.public_id), words, sees_cost=sees_cost)
        for one in levels[:PAGE]
    ]
    mine = [one for one in plan.proposals if one.shares]
    context |= {
        "counts": counts,
        "zones": _zone_chips(request, zones),
        "tabs": _tabs(request, places, place),
        "rows": rows,
        "groups": _groups(plan, place, sees_cost=sees_cost),
        "ahead": _ahead(mine, sees_cost=sees_cost),
        "asking": mine,
        "rest": max(len(mine) - sum(1 for row in rows if row["quantity"]), 0),
        "totals": _totals(rows),
        "operation": uuid.uuid4(),
        "sees_cost": sees_cost,
        "more_url": _address(request, {"from": skip + PAGE}) if len(levels) > PAGE else "",
        "files": file_links(actor, "stock:replenish-export", request.GET.urlencode()),
    }
    return render(request, "stock/replenish.html", context)


def _places_to_begin(actor: Actor) -> list[Place]:
    return [one for one in own_places(actor) if one.kind in ("warehouse", "shop")]


def _address(request: HttpRequest, changed: Mapping[str, Any]) -> str:
    query = {"place": request.GET.get("place", ""), "zone": request.GET.getlist("zone"), **changed}
    return f"{reverse('stock:replenish')}?{urlencode({key: one for key, one in query.items() if one}, doseq=True)}"


def _tabs(request: HttpRequest, places: Sequence[Place], place: Place) -> list[pieces.Tab]:
    return [
        pieces.Tab(one.name, _address(request, {"place": one.public_id, "from": ""}), active=one.pk == place.pk)
        for one in places
    ]


def _zone_chips(request: HttpRequest, zones: Sequence[str]) -> list[tuple[str, str, bool, str]]:
    """Return code, word, whether it is shown, and the address that turns it."""
    chips = []
    for code in rules.ZONES:
        turned = [one for one in rules.ZONES if (one in zones) != (one == code)]
        chosen = turned if 0 < len(turned) < len(rules.ZONES) else []
        chips.append((code, zone_words(code), code in zones, _address(request, {"zone": chosen, "from": ""})))
    return chips


@dataclass(frozen=True, slots=True)
class _Words:
    """Words that every row has, looked up once for a page."""

    zones: Mapping[str, str]
    order: str
    many: str
    takes: str


def _words() -> _Words:
    zones = {one: zone_words(one) for one in rules.ZONES}
    return _Words(zones, _("Order %(name)s"), _("How many: %(name)s"), _("%(n)s d"))


def _row(
    level: queries.Level, proposal: queries.Proposal | None, today: date, url: str, words: _Words, *, sees_cost: bool
) -> dict[str, Any]:
    tone, why = cause(level, proposal, today)
    zone, named = words.zones[level.zone], {"name": level.name}
    quantity = proposal.quantity if proposal else _NONE
    bought = proposal.bought if proposal else _NONE
    moved = quantity - bought
    return {
        "level": level,
        "url": url,
        "order_it": words.order % named,
        "how_many": words.many % named,
        "takes": words.takes % {"n": level.lead_days},
        "picture": pictures.buffer(level),
        "told": pictures.told(level, zone),
        "free": shown(max(level.free, _NONE)),
        "target": shown(level.target),
        "zone": zone,
        "tone": {"red": "late", "yellow": "heed", "green": "gain"}.get(level.zone, ""),
        "from": level.source or level.supplier,
        "per_day": shown(level.per_day.quantize(Decimal("0.1"))) if level.per_day else "",
        "cause": why,
        "cause_tone": tone,
        "quantity": quantity,
        "quantity_text": _plain(quantity),
        "step": _plain(level.multiple),
        "packs": _packs(quantity, bought, level),
        "groups": " ".join(sorted({_group_key(one, level) for one in (proposal.shares if proposal else ())})),
        "cost": _plain(proposal.cost) if sees_cost and proposal and proposal.cost and bought else "",
        "moved": _plain(moved),
        "sum": proposal.sum if sees_cost and proposal else None,
    }


def _totals(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what is ticked at first: all of the page; the script reckons it anew at each change."""
    asked = [row for row in rows if row["quantity"]]
    groups = {group for row in asked for group in row["groups"].split()}
    return {
        "sum": sum((row["sum"] for row in asked if row["sum"]), _NONE),
        "goods": len(asked),
        "orders": sum(1 for one in groups if one.startswith("s")),
        "transfers": sum(1 for one in groups if one.startswith("p")),
    }


def _group_key(share: rules.Share, level: queries.Level) -> str:
    return f"s{level.supplier_id}" if share.source_id is None else f"p{share.source_id}"


def _plain(number: Decimal) -> str:
    """Return a number as a field and a script read it."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _packs(quantity: Decimal, bought: Decimal, level: queries.Level) -> str:
    if not quantity:
        return ""
    if not bought:
        return _("transfer")
    if bought < quantity:
        return _("%(n)s by transfer") % {"n": shown(quantity - bought)}
    if level.multiple == 1:
        return _("by 1")
    return f"{shown(quantity / level.multiple)} × {shown(level.multiple)}"


def _groups(plan: queries.Plan, place: Place, *, sees_cost: bool) -> list[dict[str, Any]]:
    mine = [one for one in plan.groups if one.target_id == place.pk]
    most = max((one.sum for one in mine), default=_NONE)
    return [
        {
            "name": one.name,
            "is_transfer": one.source_id is not None,
            "goods": one.goods,
            "quantity": shown(one.quantity),
            "sum": one.sum if sees_cost else None,
            "width": round(float(one.sum / most) * 336, 1) if sees_cost and most else 0,
            "lead_days": one.lead_days,
        }
        for one in mine
    ]


def _ahead(mine: Sequence[queries.Proposal], *, sees_cost: bool) -> dict[str, Any] | None:
    """Return what will be missing while an order comes: how many pieces of how many goods, at what cost."""
    missing = [
        (one, rules.missing_until(one.level.free, one.level.coming, one.level.per_day, one.level.lead_days))
        for one in mine
    ]
    missing = [(one, many) for one, many in missing if many >= Decimal("0.5")]
    if not missing:
        return None
    total = sum((one.cost * many for one, many in missing if one.cost), _NONE) if sees_cost else _NONE
    pieces_missing = sum((many for _one, many in missing), _NONE).quantize(Decimal(1))
    return {"goods": len(missing), "pieces": pieces_missing, "sum": total.quantize(Decimal(1))}


@signed_in
@require_GET
def replenish_open(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show how one buffer comes to its proposal, its weeks, and what it is advised to be."""
    actor, now = actor_of(request), timezone.now()
    actor.require(SEE)
    level = _level(public_id)
    today = now.astimezone(actor.zone).date()
    since = today - timedelta(days=pictures.WEEKS_BACK * 7)
    days = queries.levels_by_day(level, since, today, actor.zone)
    proposal = queries.propose(now=now, place_id=level.place_id, variant_id=level.variant_id).by_id.get(level.id)
    advised = level.advice(today)
    context = {
        "level": level,
        "reason": reason(level),
        "lacks": shown(max(level.target - level.position, _NONE)),
        "quantity": shown(proposal.quantity) if proposal and proposal.quantity else "",
        "values": {
            name: shown(getattr(level, name)) for name in ("target", "on_hand", "promised", "coming", "multiple")
        },
        "weeks": (shown(level.week_least), shown(level.week_most)),
        "lost": shown(proposal.lost) if proposal and proposal.lost else "",
        "chart": pictures.deep(level, days, queries.arrivals(level), today),
        "advised": advised,
        "advised_text": shown(advised) if advised is not None else "",
        "grows": advised is not None and advised > level.target,
        "may_order": actor.may(ORDER),
    }
    template = "_replenish_open" if request.headers.get("HX-Request") else "replenish_open"
    return render(request, f"stock/{template}.html", context)


def _level(public_id: str) -> queries.Level:
    found = queries.find_level(public_id)
    if found is None:
        raise NotFound(_("There is no such buffer."))
    return found


@signed_in
@require_POST
def replenish_advice(request: HttpRequest, public_id: str) -> HttpResponse:
    """Raise or lower a buffer as it is advised, or leave it for thirty days."""
    actor, now = actor_of(request), timezone.now()
    accepts = request.POST.get("act") == "take"
    target = _quantity(request.POST.get("target", "")) if accepts else None
    services.answer_advice(public_id, target, actor=actor, now=now)
    level = _level(public_id)
    if accepts:
        messages.success(request, _("Buffer of %(name)s: %(n)s") % {"name": level.name, "n": shown(level.target)})
    else:
        messages.success(request, _("Not asked about for thirty days"))
    return redirect(_back(level.place_id))


def _back(place_id: int) -> str:
    place = Place.objects.values_list("public_id", flat=True).get(pk=place_id)
    return f"{reverse('stock:replenish')}?{urlencode({'place': place})}"


def _quantity(text: str) -> Decimal:
    try:
        return quantities.parse(text)
    except ValueError as error:
        words = quantity_words(str(error))
        raise Invalid(words, code="quantity", fields={"quantity": words}) from error


@signed_in
@require_POST
def replenish_order(request: HttpRequest) -> HttpResponse:
    """Make orders and transfers of what is ticked; with `rest` of everything else that the place asks for as well."""
    actor, now = actor_of(request), timezone.now()
    actor.require(ORDER)
    place = place_asked(request, queries.places_with_buffers(actor))
    if place is None:
        raise NotFound(_("There is no such place."))
    ticked = request.POST.getlist("pick")[:PAGE]
    picks = [services.Pick(one, _quantity(request.POST.get(f"many_{one}", ""))) for one in ticked]
    if request.POST.get("rest"):
        shown_ids = set(request.POST.getlist("shown"))
        picks += [
            services.Pick(one.level.public_id)
            for one in queries.propose(now=now, place_id=place.pk).proposals
            if one.shares and one.level.public_id not in shown_ids
        ]
    if not picks:
        raise Invalid(_("Tick what to order."), code="nothing_picked")
    made = services.order_proposed(picks, actor=actor, now=now, operation=_operation(request))
    messages.success(request, _said(made))
    return redirect(_back(place.pk))


def _operation(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("operation", ""))
    except ValueError as error:
        raise Invalid(_("The page is too old: open it anew."), code="operation") from error


def _said(made: services.Ordered) -> str:
    if not made.papers:
        return _("All of it is ordered already")
    names = {
        Document.Kind.PURCHASE: _("order № %(number)d"),
        Document.Kind.TRANSFER: _("transfer № %(number)d"),
    }
    said = [names[Document.Kind(one.kind)] % {"number": one.number} for one in made.papers[:6]]
    more = [_("and %(n)d more") % {"n": len(made.papers) - 6}] if len(made.papers) > 6 else []
    return _("Made: %(papers)s") % {"papers": ", ".join([*said, *more])}


@signed_in
@require_GET
def replenish_export(request: HttpRequest, code: str) -> HttpResponse:
    """Give what a place asks for as a file."""
    actor, now = actor_of(request), timezone.now()
    place = place_asked(request, queries.places_with_buffers(actor))
    place_id = place.pk if place else 0
    asked = queries.propose(now=now, place_id=place_id).proposals
    sees_cost = actor.may(SEE_COST)
    heads = [
        _("Article"), _("Goods"), _("Place"), _("Buffer"), _("On hand"), _("Promised"), _("Coming"), _("Colour"),
        _("To order"), _("Comes from"), _("Why"),
    ]  # fmt: skip

    def cells(one: queries.Proposal) -> list[Any]:
        level = one.level
        more = [one.cost, one.sum] if sees_cost else []
        return [
            level.code, level.name, level.place, level.target, level.on_hand, level.promised, level.coming,
            zone_words(level.zone), one.quantity, level.source or level.supplier, reason(level), *more,
        ]  # fmt: skip

    made = ListFile(
        what="replenishment",
        name=_("to-order"),
        heads=[*heads, *([_("Cost"), _("Sum")] if sees_cost else [])],
        count=lambda most: min(len(asked), most),
        rows=lambda: (cells(one) for one in asked),
        query=[place.name] if place else [],
    )
    return handed_over(accounts.take_list_out(actor=actor, made=made, code=code, now=now))
