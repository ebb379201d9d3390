"""Operations on sites and the visits of them."""

from typing import Annotated

from django.utils.translation import gettext_lazy
from ninja import Query, Router

from voronka.catalogue import queries as catalogue
from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import operation
from voronka.connect.api.paging import bad_cursor, cursor_of, place_of
from voronka.connect.rules import scopes
from voronka.connect.schemas import sites as docs
from voronka.connect.schemas.common import Cursor, IdInPath, Limit
from voronka.kit.keyed import BadPlace
from voronka.site.queries import sites as queries
from voronka.site.queries import visitors, widgets
from voronka.trials import queries as trials

router, visits = Router(tags=["sites"]), Router(tags=["sites"])
SEE = "site.see"
Named = Annotated[str, Query(max_length=80)]


@operation(
    router, "GET", "", scope=scopes.SITE_READ, answer=docs.SiteList, right=SEE, summary=gettext_lazy("List sites")
)
def list_sites(request: ApiRequest) -> docs.SiteList:
    """Return the sites of the company."""
    return docs.SiteList(items=[docs.site_out(one) for one in queries.list_sites(request.auth.actor)])


@operation(
    router, "GET", "/{site}/widgets", scope=scopes.SITE_READ, answer=docs.WidgetList, right=SEE,
    summary=gettext_lazy("List widgets of a site with their numbers"),
)  # fmt: skip
def list_widgets(request: ApiRequest, site: IdInPath) -> docs.WidgetList:
    """Return the widgets of a site, those that are on first, with what came of each in the last thirty days.

    Variants of a widget that is or was tested come with their own funnel; the test itself is read by `get_test`.
    """
    actor = request.auth.actor
    rows = widgets.list_widgets(actor, widgets.get_site(actor, site))
    ids = [one.pk for one in rows]
    numbers, newest = widgets.numbers_of(ids, request.auth.now), trials.trials_of("widget", ids)
    variants = widgets.variants_of(ids, [0, *(one.pk for one in newest.values())])
    funnels = widgets.funnels_of(each for found in variants.values() for each in found)
    signs = {pk: one.public_id for pk, one in newest.items()}
    items = [docs.widget_out(one, numbers[one.pk], signs.get(one.pk), variants[one.pk], funnels) for one in rows]
    return docs.WidgetList(items=items)


@operation(
    visits, "GET", "", scope=scopes.SITE_READ, answer=docs.VisitList, right=SEE,
    summary=gettext_lazy("List visits of sites"),
)  # fmt: skip
def list_visits(
    request: ApiRequest,
    client: Named = "",
    visitor: Named = "",
    site: Named = "",
    source: Annotated[str, Query(max_length=200, description="`utm_source` of the first page.")] = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> docs.VisitList:
    """Return a page of visits of people, the last heard of first: those of clients within reach, and of nobody's."""
    actor = request.auth.actor
    asked = {"client": client, "visitor": visitor, "site": site, "source": source}
    wanted = visitors.Wanted(when="all", site=site, source=source, client=client, visitor=visitor)
    try:
        rows, after = visitors.read_visits(
            actor, wanted, now=request.auth.now, place=place_of(cursor, asked), size=limit
        )  # fmt: skip
    except BadPlace as error:
        raise bad_cursor() from error
    held = [one for one in rows if visitors.is_filled(one)]
    baskets = visitors.baskets_of(held, at=request.auth.now)
    goods = [line.variant_id for lines in baskets.values() for line in lines if line.variant_id is not None]
    signs = catalogue.public_ids("variant", goods) if goods else {}
    sums = {one.pk: visitors.sum_of(one) for one in held}
    return docs.VisitList(items=docs.visits_out(rows, baskets, sums, signs), next=cursor_of(after, asked))
