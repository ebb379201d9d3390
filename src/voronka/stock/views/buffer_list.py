"""The list of buffers: filters, pages, many changed at once."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from voronka.catalogue import queries as catalogue
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.kit.screens import actor_of, signed_in
from voronka.stock import services
from voronka.stock.models import Buffer, Place
from voronka.stock.permissions import ORDER, SEE
from voronka.stock.queries import buffers
from voronka.stock.queries import places as own_places
from voronka.stock.queries.buffers import ZONES, BufferAsk
from voronka.stock.queries.replenishing import Level
from voronka.stock.rules import quantities
from voronka.stock.services import BufferChange
from voronka.stock.services.many_buffers import MOST
from voronka.stock.services.refusals import quantity_words, shown
from voronka.stock.services.replenish_words import zone_words
from voronka.stock.views.words import tabs

NAMES = ("place", "zone", "origin", "q")


@signed_in
@require_GET
def buffer_list(request: HttpRequest) -> HttpResponse:
    """Show buffers: of a place, in a colour, from a supplier or a place, whose goods a text names."""
    actor = actor_of(request)
    actor.require(SEE)
    return _page(request, actor, {}, {})


def _page(request: HttpRequest, actor: Actor, typed: Mapping[str, str], errors: Mapping[str, str]) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    asked = {name: given.get(name, "")[:100].replace("\0", "") for name in NAMES}
    places = [one for one in own_places(actor) if not one.name.startswith("@")]
    ask = _ask(asked, places, given.get("after", ""))
    rows, after = buffers.list_buffers(actor, ask)
    kept = {name: value for name, value in asked.items() if value}
    suppliers = [(f"s{pk}", name) for pk, _public, name in catalogue.supplier_choices()]
    context: dict[str, Any] = {
        "stock_tabs": tabs(actor, "replenish"),
        "rows": [_row(one) for one in rows],
        "count": buffers.count_buffers(ask),
        "asked": asked,
        "is_asked": bool(kept),
        "places": [("", _("All places")), *((one.public_id, one.name) for one in places)],
        "zones": [("", _("Any colour")), *((code, zone_words(code)) for code in ZONES)],
        "origins": [
            ("", _("From anywhere")), *suppliers,
            *((f"p{one.pk}", _("from “%(name)s”") % {"name": one.name}) for one in places),
        ],
        "next_url": f"?{urlencode(kept | {'after': after})}" if after else "",
        "first_url": f"?{urlencode(kept)}" if ask.after else "",
        "may_change": actor.may(ORDER),
        "typed": typed,
        "errors": errors,
        "most": MOST,
    }  # fmt: skip
    return render(request, "stock/buffers.html", context, status=422 if errors else 200)


def _ask(asked: Mapping[str, str], places: Sequence[Place], after: str) -> BufferAsk:
    place = next((one.pk for one in places if one.public_id == asked["place"]), None)
    side, number = asked["origin"][:1], asked["origin"][1:]
    origin = int(number) if number.isascii() and number.isdecimal() and len(number) < 18 else None
    return BufferAsk(
        place_id=place,
        zone=asked["zone"] if asked["zone"] in ZONES else "",
        supplier_id=origin if side == "s" else None,
        source_id=origin if side == "p" else None,
        text=asked["q"],
        after=int(after) if after.isascii() and after.isdecimal() and len(after) < 19 else 0,
    )


def _row(one: Level) -> dict[str, Any]:
    lot = _("from %(n)s") % {"n": shown(one.min_lot)} if one.min_lot else ""
    pack = _("by %(n)s") % {"n": shown(one.multiple)} if one.multiple != 1 else ""
    return {
        "one": one,
        "zone": zone_words(one.zone) if one.zone else "",
        "target": shown(one.target),
        "free": shown(one.free),
        "coming": shown(one.coming) if one.coming else "",
        "per_day": shown(one.per_day.quantize(Decimal("0.01"))) if one.per_day else "",
        "origin": _("from “%(name)s”") % {"name": one.source} if one.source_id else one.supplier,
        "lots": ", ".join(filter(None, [lot, pack])),
    }


@signed_in
@require_POST
def buffers_change(request: HttpRequest) -> HttpResponse:
    """Change the chosen buffers, or all that the list finds, or keep them no more."""
    actor, sent = actor_of(request), request.POST
    actor.require(ORDER)
    ids = _chosen(request, actor)
    kept = {name: value for name in NAMES if (value := sent.get(name, "")[:100].replace("\0", ""))}
    back = f"{reverse('stock:buffers')}?{urlencode(kept)}" if kept else reverse("stock:buffers")
    typed = {name: sent.get(name, "")[:20] for name in ("percent", "lead_days", "min_lot", "multiple")}
    try:
        if not ids:
            raise Invalid(
                _("Choose buffers by ticks first."), fields={"percent": _("Choose buffers by ticks first.")}
            )
        if sent.get("act") == "drop":
            many = services.drop_buffers(ids, actor=actor)
            said = ngettext("%(n)d buffer is kept no more", "%(n)d buffers are kept no more", many)
        else:
            many = services.change_buffers(ids, _change(typed), actor=actor, now=timezone.now())
            said = ngettext("%(n)d buffer is changed", "%(n)d buffers are changed", many)
    except Invalid as wrong:
        return _page(request, actor, typed, wrong.fields or {"percent": wrong.message})
    messages.success(request, said % {"n": many})
    return redirect(back)


def _chosen(request: HttpRequest, actor: Actor) -> list[int]:
    sent = request.POST
    if sent.get("all"):
        places = [one for one in own_places(actor) if not one.name.startswith("@")]
        asked = {name: sent.get(name, "")[:100].replace("\0", "") for name in NAMES}
        return list(buffers.ids_asked(_ask(asked, places, ""), most=MOST + 1))
    public = [one[:40].replace("\0", "") for one in sent.getlist("id")[: MOST + 1]]
    return list(Buffer.objects.filter(public_id__in=public).values_list("id", flat=True))


def _change(typed: Mapping[str, str]) -> BufferChange:
    fields: dict[str, str] = {}

    def whole(name: str, *, signed: bool = False) -> int | None:
        text = "".join(typed[name].split()).replace("−", "-").replace("+", "").rstrip("%")
        if not text:
            return None
        digits = text.removeprefix("-") if signed else text
        if digits.isascii() and digits.isdecimal() and len(digits) < 6:
            return int(text)
        fields[name] = _("Write a whole number.")
        return None

    def many(name: str) -> Decimal | None:
        if not typed[name].strip():
            return None
        if name == "min_lot" and typed[name].strip() == "0":
            return Decimal(0)
        try:
            return quantities.parse(typed[name])
        except ValueError as error:
            fields[name] = quantity_words(str(error))
            return None

    change = BufferChange(whole("percent", signed=True), whole("lead_days"), many("min_lot"), many("multiple"))
    if fields:
        raise Invalid(next(iter(fields.values())), fields=fields)
    return change
