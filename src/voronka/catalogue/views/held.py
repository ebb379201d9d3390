"""Prices that the guard holds: a list worked through by keys."""

from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from voronka.catalogue import services
from voronka.catalogue.models import HeldPrice
from voronka.catalogue.permissions import RELEASE_PRICES, SEE_COST
from voronka.catalogue.queries.goods import count_held, list_held
from voronka.catalogue.rules import markups
from voronka.catalogue.services.words import REASON_WORDS, SOURCE_WORDS
from voronka.kit.errors import Conflict
from voronka.kit.screens import actor_of, signed_in, wants_fragment

SHOWN = 100


@dataclass(frozen=True, slots=True)
class HeldView:
    """A held price in words."""

    row: HeldPrice
    moved: Decimal | None
    margin: Decimal | None
    reasons: str
    source: str


def _views(*, sees_cost: bool) -> list[HeldView]:
    return [
        HeldView(
            one,
            markups.moved_percent(one.amount, one.was) if one.was else None,
            markups.margin_percent(one.amount, one.cost) if one.cost and sees_cost else None,
            ", ".join(str(REASON_WORDS[code]) for code in one.reasons),
            str(SOURCE_WORDS[one.source]),
        )
        for one in list_held(most=SHOWN)
    ]


@signed_in
@require_GET
def held_list(request: HttpRequest) -> HttpResponse:
    """Show the prices that wait, the oldest first."""
    actor = actor_of(request)
    actor.require(RELEASE_PRICES)
    sees_cost = actor.may(SEE_COST)
    context = {"rows": _views(sees_cost=sees_cost), "count": count_held(), "sees_cost": sees_cost}
    return render(request, "catalogue/held_list.html", context)


@signed_in
@require_POST
def held_settle(request: HttpRequest) -> HttpResponse:
    """Release or refuse the chosen prices; the list comes back without them."""
    actor, now = actor_of(request), timezone.now()
    ids = request.POST.getlist("id")[:1_000]
    is_release = request.POST.get("act") == "release"
    verb = services.release_prices if is_release else services.refuse_prices
    try:
        count = verb(actor=actor, public_ids=ids, now=now)
    except Conflict as conflict:
        messages.error(request, conflict.message)
    else:
        said = (
            ngettext("%(n)d price is in force", "%(n)d prices are in force", count)
            if is_release
            else ngettext("%(n)d price is refused", "%(n)d prices are refused", count)
        )
        if not wants_fragment(request):
            messages.success(request, said % {"n": count} if ids else _("Choose a price first."))
    if not wants_fragment(request):
        return redirect("catalogue:held")
    sees_cost = actor.may(SEE_COST)
    context = {"rows": _views(sees_cost=sees_cost), "count": count_held(), "sees_cost": sees_cost}
    return render(request, "catalogue/_held_rows.html", context)
