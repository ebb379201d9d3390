"""What clients wanted and was not there: looked at, written down, taken out as a file."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from voronka.accounts import services as accounts
from voronka.catalogue import queries as catalogue
from voronka.kit import pieces
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.listfile import ListFile, file_links, handed_over
from voronka.kit.screens import actor_of, signed_in
from voronka.stock import services
from voronka.stock.models import Place
from voronka.stock.permissions import RESERVE
from voronka.stock.queries import lost as queries
from voronka.stock.queries import places as own_places
from voronka.stock.rules import quantities
from voronka.stock.services.refusals import quantity_words, shown
from voronka.stock.views.words import tabs

CAUSES = {
    "short": gettext_lazy("was not there"),
    "off_sale": gettext_lazy("off sale"),
    "late": gettext_lazy("would come too late"),
    "dear": gettext_lazy("too dear"),
}


def _ask(request: HttpRequest, places: Sequence[Place]) -> queries.LostAsk:
    days, place, cause = (request.GET.get(name, "") for name in ("days", "place", "cause"))
    found = next((one for one in places if one.public_id == place), None)
    if place and found is None:
        raise NotFound(_("There is no such place."))
    return queries.LostAsk(
        int(days) if days in {str(one) for one in queries.PERIODS} else 30,
        found.pk if found else None,
        cause if cause in CAUSES else "",
    )


def _tabs(request: HttpRequest, name: str, choices: Sequence[tuple[str, str]], chosen: str) -> list[pieces.Tab]:
    known = {key: request.GET.get(key, "") for key in ("days", "place", "cause")}

    def url(value: str) -> str:
        query = {key: one for key, one in {**known, name: value}.items() if one}
        return f"{reverse('stock:lost-sales')}?{urlencode(query)}"

    return [pieces.Tab(label, url(value), active=value == chosen) for value, label in choices]


@signed_in
@require_http_methods(["GET", "POST"])
def lost_sales(request: HttpRequest) -> HttpResponse:
    """Show what was lost in a period, the greatest sums first; write one more down."""
    actor, now = actor_of(request), timezone.now()
    fields: dict[str, str] = {}
    if request.method == "POST":
        fields = _write(request, actor)
        if not fields:
            messages.success(request, _("Written down"))
            return redirect(request.get_full_path())
    places = [one for one in own_places(actor) if not one.name.startswith("@")]
    ask = _ask(request, places)
    rows = queries.list_lost(actor, ask, now=now)
    periods = [(str(days), ngettext("%(n)d day", "%(n)d days", days) % {"n": days}) for days in queries.PERIODS]
    place = next((one.public_id for one in places if one.pk == ask.place_id), "")
    named = [(one.public_id, one.name) for one in places]
    causes = [(code, str(one)) for code, one in CAUSES.items()]
    context: dict[str, Any] = {
        "rows": [(one, shown(one.quantity), CAUSES.get(one.cause, one.cause)) for one in rows],
        "sum": sum((one.sum for one in rows if one.sum), Decimal(0)),
        "quantity": shown(sum((one.quantity for one in rows), Decimal(0))),
        "periods": _tabs(request, "days", periods, str(ask.days)),
        "places": _tabs(request, "place", [("", _("everywhere")), *named], place),
        "causes": _tabs(request, "cause", [("", _("any cause")), *causes], ask.cause),
        "cause_choices": list(CAUSES.items()),
        "place_choices": [("", "–"), *named],
        "may_write": actor.may(RESERVE),
        "stock_tabs": tabs(actor, "lost"),
        "fields": fields,
        "typed": {name: request.POST.get(name, "") for name in ("code", "quantity", "cause", "place")},
        "files": file_links(actor, "stock:lost-sales-export", request.GET.urlencode()),
    }  # fmt: skip
    return render(request, "stock/lost_sales.html", context, status=422 if fields else 200)


def _write(request: HttpRequest, actor: Actor) -> dict[str, str]:
    """Write a lost sale down; return what is wrong by field, nothing when it stands."""
    actor.require(RESERVE)
    code, fields = request.POST.get("code", "").strip()[:60].replace("\0", ""), {}
    variant = catalogue.ids_by_codes([code]).get(code) if code else None
    if variant is None:
        fields["code"] = _("There are no goods of this article.")
    quantity = Decimal(0)
    try:
        quantity = quantities.parse(request.POST.get("quantity", ""))
    except ValueError as error:
        fields["quantity"] = quantity_words(str(error))
    asked = request.POST.get("place", "")
    place = Place.objects.filter(public_id=asked[:40], is_external=False).values_list("id", flat=True).first()
    if asked and place is None:
        fields["place"] = _("There is no such place.")
    if fields or variant is None:
        return fields
    try:
        services.lose_sale(
            variant, quantity, actor=actor, now=timezone.now(), cause=request.POST.get("cause", ""), place_id=place
        )
    except Invalid as refused:
        return refused.fields or {"code": refused.message}
    return {}


@signed_in
@require_GET
def lost_sales_export(request: HttpRequest, code: str) -> HttpResponse:
    """Give the lost sales that the page shows as a file."""
    actor, now = actor_of(request), timezone.now()
    rows = queries.list_lost(actor, _ask(request, own_places(actor)), now=now, most=50_001)
    heads = [_("Article"), _("Goods"), _("Place"), _("Cause"), _("How many"), _("Times"), _("Sum, ₽")]
    made = ListFile(
        what="lost_sales",
        name=_("lost-sales"),
        heads=heads,
        count=lambda most: min(len(rows), most),
        rows=lambda: (
            [one.code, one.name, one.place, str(CAUSES.get(one.cause, "")), one.quantity, one.times, one.sum]
            for one in rows
        ),
    )
    return handed_over(accounts.take_list_out(actor=actor, made=made, code=code, now=now))
