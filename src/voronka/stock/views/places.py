"""Places: the list in the order of selling, one of them, how the stock is kept."""

from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from voronka.kit.errors import Invalid, NotFound
from voronka.kit.screens import actor_of, signed_in
from voronka.stock import services
from voronka.stock.models import Place
from voronka.stock.permissions import SEE, SET_UP
from voronka.stock.queries import lists
from voronka.stock.queries.settings import stock_settings
from voronka.stock.services import PlaceDraft
from voronka.stock.services.places import OWN_KINDS
from voronka.stock.services.refusals import shown
from voronka.stock.services.words import PLACE_KINDS, place_name
from voronka.stock.views.words import tabs

_TEXTS = ("name", "kind", "address", "city", "zone")


@signed_in
@require_GET
def place_list(request: HttpRequest) -> HttpResponse:
    """Show the places, first those that are asked first when goods are sold."""
    actor = actor_of(request)
    actor.require(SEE)
    sums = lists.sums_by_place()
    rows = [
        (one, place_name(one), PLACE_KINDS[one.kind], *_lying(sums.get(one.pk)))
        for one in lists.places_shown(only_on=False, with_kept=True)
    ]
    context = {"tabs": tabs(actor, "places"), "rows": rows, "may_set_up": actor.may(SET_UP)}
    return render(request, "stock/places.html", context)


def _lying(found: tuple[int, Decimal] | None) -> tuple[int, str]:
    return (0, "—") if found is None else (found[0], shown(found[1]))


@signed_in
@require_http_methods(["GET", "POST"])
def place_edit(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """Add a place, or change it."""
    actor = actor_of(request)
    actor.require(SET_UP)
    row = Place.objects.filter(public_id=public_id, is_external=False).first() if public_id else None
    if public_id and (row is None or row.name.startswith("@")):
        raise NotFound(_("There is no such place."))
    typed, errors = _values(row), dict[str, str]()
    if request.method == "POST":
        typed = {name: request.POST.get(name, "")[:400].replace("\0", "") for name in (*_TEXTS, "priority")}
        typed |= {name: request.POST.get(name, "") for name in ("is_selling", "is_on")}
        try:
            draft = _draft(typed)
            services.save_place(draft, actor=actor, place_id=row.pk if row is not None else None)
        except Invalid as wrong:
            errors = wrong.fields or {"name": wrong.message}
        else:
            messages.success(request, _("The place is saved"))
            return redirect("stock:places")
    context = {
        "tabs": tabs(actor, "places"),
        "row": row,
        "typed": typed,
        "errors": errors,
        "kinds": [(code, str(PLACE_KINDS[code])) for code in OWN_KINDS if code != "transit"],
    }
    return render(request, "stock/place_edit.html", context, status=422 if errors else 200)


def _values(row: Place | None) -> dict[str, str]:
    if row is None:
        return {"kind": "warehouse", "is_selling": "on", "is_on": "on", "priority": "100"}
    found = {name: str(getattr(row, name)) for name in (*_TEXTS, "priority")}
    return found | {name: "on" if getattr(row, name) else "" for name in ("is_selling", "is_on")}


def _draft(typed: dict[str, str]) -> PlaceDraft:
    plain = typed["priority"].strip()
    is_number = plain.isascii() and plain.isdigit() and len(plain) < 6
    return PlaceDraft(
        typed["name"],
        typed["kind"],
        typed["address"][:300],
        typed["city"][:120],
        typed["zone"][:60],
        is_selling=bool(typed["is_selling"]),
        is_on=bool(typed["is_on"]),
        priority=int(plain) if is_number else -1,
    )


@signed_in
@require_POST
def place_order(request: HttpRequest) -> HttpResponse:
    """Put the places into the order in which they are asked for goods: the ids in their order."""
    services.order_places(request.POST.getlist("place")[:500], actor=actor_of(request))
    messages.success(request, _("The order of selling is saved"))
    return redirect("stock:places")


@signed_in
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Say by what cost goods leave, and where what comes damaged goes."""
    actor = actor_of(request)
    actor.require(SET_UP)
    places = [one for one in lists.places_shown() if not one.is_selling]
    errors: dict[str, str] = {}
    if request.method == "POST":
        chosen = {one.public_id: one.pk for one in places}.get(request.POST.get("damaged_place", ""))
        try:
            services.set_cost_method(request.POST.get("cost_method", "")[:20], actor=actor)
            services.choose_damaged_place(chosen, actor=actor)
        except Invalid as wrong:
            errors = wrong.fields
        else:
            messages.success(request, _("Saved"))
            return redirect("stock:settings")
    method, damaged = stock_settings()
    context = {
        "tabs": tabs(actor, "settings"),
        "method": method,
        "methods": [("average", _("Average cost of all pieces")), ("fifo", _("First in, first out"))],
        "damaged": damaged,
        "places": [("", _("Its own place, “Damaged goods”")), *((one.public_id, one.name) for one in places)],
        "errors": errors,
    }
    return render(request, "stock/settings.html", context, status=422 if errors else 200)
