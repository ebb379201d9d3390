"""Operations on promo codes."""

from decimal import Decimal
from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Query, Router

from voronka.catalogue.queries import picked
from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import Reply, filters_of, operation, refuse_filters
from voronka.connect.api.paging import cursor_of, place_of
from voronka.connect.rules import scopes
from voronka.connect.schemas import promo as docs
from voronka.connect.schemas.common import Cursor, IdInPath, Limit
from voronka.kit.errors import Invalid
from voronka.loyalty import services
from voronka.loyalty.queries import promos
from voronka.people import queries as people

router = Router(tags=["promo codes"])
SEE, SET_UP, REDEEM = "loyalty.see", "loyalty.set_up", "loyalty.redeem"


@operation(
    router, "GET", "", scope=scopes.PROMO_READ, answer=docs.PromoList, facets_of="promo", right=SEE,
    summary=gettext_lazy("List promo codes, by the filters of the screen"),
)  # fmt: skip
def list_promos(
    request: ApiRequest,
    q: Annotated[str, Query(max_length=200, description="Part of a name, or a whole code.")] = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> docs.PromoList:
    """Return a page of promos with what was taken off by them."""
    filters = filters_of(request)
    asked = {**filters, "q": q}
    place = place_of(cursor, asked)
    after = int(place) if place.isascii() and place.isdecimal() and len(place) < 7 else 0
    ask = promos.Ask(q.replace("\0", ""), filters, after)
    page = promos.read_page(request.auth.actor, ask, now=request.auth.now, size=limit)
    refuse_filters(page.problems)
    following = cursor_of(str(page.after) if page.after else "", asked)
    return docs.PromoList(items=[docs.promo_out(row) for row in page.rows], next=following)


@operation(
    router, "POST", "/quote", scope=scopes.PROMO_READ, answer=docs.Quote, right=REDEEM,
    summary=gettext_lazy("Ask what a code takes off a sale"),
)  # fmt: skip
def quote_promo(request: ApiRequest, sent: docs.QuoteGiven) -> docs.Quote:
    """Return what the code would take off each line, or why not; nothing is used up. Guesses are counted."""
    actor = request.auth.actor
    wanted = [one.variant for one in sent.lines if one.variant]
    known = picked.variant_ids(wanted)
    if set(wanted) - set(known):
        message = _("Some of the goods are gone: choose anew.")
        raise Invalid(message, fields={"lines": message})
    client_id = people.get_client(actor, sent.client).pk if sent.client else None
    lines = [services.Line(known[one.variant] if one.variant else None, one.sum) for one in sent.lines]
    return docs.quote_out(services.quote(sent.code, client_id, lines, request.auth.now, actor=actor))


@operation(
    router, "GET", "/{promo}", scope=scopes.PROMO_READ, answer=docs.Promo, right=SEE,
    summary=gettext_lazy("Get a promo code"),
)  # fmt: skip
def get_promo(request: ApiRequest, promo: IdInPath) -> docs.Promo:
    """Return a promo."""
    return _out(request, promo)


def _out(request: ApiRequest, public_id: str) -> docs.Promo:
    row = promos.get_promo(request.auth.actor, public_id)
    return docs.promo_out(promos.row_of(row, now=request.auth.now))


@operation(
    router, "POST", "", scope=scopes.PROMO_WRITE, answer=docs.Promo, status=201, right=SET_UP,
    summary=gettext_lazy("Make a promo code"),
)  # fmt: skip
def make_promo(request: ApiRequest, sent: docs.PromoGiven) -> Reply:
    """Make a promo; a shared one has its code at once."""
    row = services.save_promo(actor=request.auth.actor, draft=_draft(sent), now=request.auth.now)
    return Reply(_out(request, row.public_id), headers={"Location": f"/api/v1/promos/{row.public_id}"})


@operation(
    router, "PUT", "/{promo}", scope=scopes.PROMO_WRITE, answer=docs.Promo, right=SET_UP,
    summary=gettext_lazy("Change a promo code"),
)  # fmt: skip
def change_promo(request: ApiRequest, promo: IdInPath, sent: docs.PromoGiven) -> docs.Promo:
    """Write all conditions anew; what was taken off already stays so."""
    services.save_promo(actor=request.auth.actor, draft=_draft(sent), now=request.auth.now, public_id=promo)
    return _out(request, promo)


def _draft(sent: docs.PromoGiven) -> services.PromoDraft:
    if (sent.percent is None) == (sent.sum is None):
        message = _("Give a percent or a sum.")
        raise Invalid(message, fields={"percent": message})
    return services.PromoDraft(
        name=sent.name, amount=sent.percent or sent.sum or Decimal(0), is_batch=sent.kind == "batch",
        is_percent=sent.percent is not None, cap=sent.cap, minimum=sent.minimum, per_client=sent.uses_by_client,
        since=sent.since, until=sent.until, with_terms=sent.with_personal_prices, categories=sent.categories,
        variants=sent.variants, note=sent.note, code=sent.code, most=sent.uses, client=sent.client or "",
    )  # fmt: skip


@operation(
    router, "POST", "/{promo}/switch", scope=scopes.PROMO_WRITE, answer=docs.Promo, right=SET_UP,
    summary=gettext_lazy("Switch a promo code on or off"),
)  # fmt: skip
def switch_promo(request: ApiRequest, promo: IdInPath, sent: docs.PromoSwitch) -> docs.Promo:
    """Switch a promo with all its codes."""
    services.set_promo_on(actor=request.auth.actor, public_id=promo, is_on=sent.is_on, now=request.auth.now)
    return _out(request, promo)


@operation(
    router, "POST", "/{promo}/codes", scope=scopes.PROMO_WRITE, answer=docs.CodeList, status=201, right=SET_UP,
    summary=gettext_lazy("Make codes for single use"),
)  # fmt: skip
def make_promo_codes(request: ApiRequest, promo: IdInPath, sent: docs.CodesGiven) -> docs.CodeList:
    """Make codes of a batch and return them."""
    made = services.make_codes(
        actor=request.auth.actor, public_id=promo, count=sent.count, now=request.auth.now, prefix=sent.prefix,
        client=sent.client or "",
    )  # fmt: skip
    return docs.CodeList(items=[docs.code_out(one) for one in made])


@operation(
    router, "GET", "/{promo}/codes", scope=scopes.PROMO_READ, answer=docs.CodeList, right=SET_UP,
    summary=gettext_lazy("List the codes of a promo"),
)  # fmt: skip
def list_promo_codes(request: ApiRequest, promo: IdInPath, limit: Limit = 50, cursor: Cursor = "") -> docs.CodeList:
    """Return a page of codes, in the order of making."""
    row = promos.get_promo(request.auth.actor, promo)
    place = place_of(cursor, {"promo": promo})
    after = int(place) if place.isascii() and place.isdecimal() and len(place) < 19 else 0
    found = promos.list_codes(row, after=after, size=limit)
    following = cursor_of(str(found[limit - 1].pk) if len(found) > limit else "", {"promo": promo})
    return docs.CodeList(items=[docs.code_out(one) for one in found[:limit]], next=following)
