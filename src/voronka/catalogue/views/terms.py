"""What single clients pay: a block on the client's card, changed in place, and the list of all of them."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from voronka.catalogue import services
from voronka.catalogue.models import ClientTerms
from voronka.catalogue.permissions import CHANGE_PRICES, SEE, SET_UP_PRICES
from voronka.catalogue.queries import terms as queries
from voronka.catalogue.queries.goods import list_kinds
from voronka.catalogue.services.words import read_percent
from voronka.catalogue.views.days import read_moment
from voronka.catalogue.views.settings import tabs_of
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.kit.screens import actor_of, signed_in, wants_fragment
from voronka.people import queries as people

_MOST_PERCENT = Decimal("99.99")


@signed_in
@require_http_methods(["GET", "POST"])
def client_terms(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give the block of a client's card; posted, set his terms, end them or call planned ones off."""
    actor, now = actor_of(request), timezone.now()
    actor.require(SEE)
    client = people.get_client(actor, public_id)
    why, said = "", ""
    if request.method == "POST":
        try:
            with transaction.atomic():
                said = _act(actor, client.public_id, request, now)
        except Invalid as wrong:
            why = wrong.message
        if not wants_fragment(request):
            (messages.error if why else messages.success)(request, why or said)
            return redirect("people:client-detail", client.public_id)
    rows = queries.terms_of_client(client.pk, now)
    context = {
        "client": client,
        "rows": [told(actor, one, now) for one in rows],
        "kinds": list_kinds() if actor.may(CHANGE_PRICES) else [],
        "may_change": actor.may(CHANGE_PRICES),
        "why": why,
        "said": said,
        "typed": request.POST if why else {},
    }
    return render(request, "catalogue/_client_terms.html", context, status=422 if why else 200)


def told(actor: Actor, row: ClientTerms, now: datetime) -> dict[str, Any]:
    """Return terms as pages show them: first and last day by the reader's clock."""
    return {
        "row": row,
        "since": _day(actor, row.since),
        "until": _day(actor, row.until - timedelta(microseconds=1)) if row.until else None,
        "is_planned": row.since is not None and row.since > now,
    }


def _day(actor: Actor, moment: datetime | None) -> date | None:
    return moment.astimezone(actor.zone).date() if moment else None


def _act(actor: Actor, client: str, request: HttpRequest, now: datetime) -> str:
    """Do what the form asks for; return what is said of it. Raises Denied, NotFound, Invalid."""
    post = {name: request.POST.get(name, "").replace("\0", "")[:40] for name in ("act", "kind", "discount", "terms")}
    if post["act"] == "end":
        number = post["terms"]
        row = int(number) if number.isascii() and number.isdigit() and len(number) < 18 else 0
        services.end_terms(actor=actor, client=client, terms_id=row, now=now)
        return _("The usual prices again")
    percent = Decimal(0)
    if post["discount"].strip():
        try:
            percent = read_percent(post["discount"], least=Decimal(0), most=_MOST_PERCENT)
        except ValueError as error:
            raise Invalid(str(error), fields={"discount": str(error)}) from error
    since, until = (read_moment(request.POST.get(name, ""), next_day=name == "until") for name in ("since", "until"))
    if since is not None and since <= now < since + timedelta(days=1):
        since = None  # today is from now on
    changed = services.set_terms(
        actor=actor, client=client, kind=post["kind"], discount_percent=percent, now=now, since=since, until=until
    )
    return _("It is agreed") if changed else _("It is this already")


@signed_in
@require_GET
def terms_list(request: HttpRequest) -> HttpResponse:
    """Show whose prices differ, and until when, those agreed last first."""
    actor, now = actor_of(request), timezone.now()
    actor.require(SET_UP_PRICES)
    number = request.GET.get("before", "")
    before = int(number) if number.isascii() and number.isdigit() and len(number) < 18 else 0
    rows, after = queries.list_terms(actor, now, before=before)
    here = reverse("catalogue:terms")
    context = {
        "tabs": tabs_of("terms"),
        "rows": [told(actor, one, now) | {"name": people.name_shown(actor, one.client.name)} for one in rows],
        "before": here if before else "",
        "after": f"{here}?before={after}" if after else "",
    }
    return render(request, "catalogue/terms.html", context)
