"""Operations on personal prices: what single clients pay."""

from django.utils.translation import gettext_lazy
from ninja import Router

from voronka.catalogue import services
from voronka.catalogue.queries.terms import terms_of_client
from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import Reply, operation
from voronka.connect.rules import scopes
from voronka.connect.schemas import terms as docs
from voronka.connect.schemas.common import IdInPath
from voronka.people import queries as people

router = Router(tags=["prices"])
CHANGE = "catalogue.change_prices"


def _told(request: ApiRequest, client: str) -> docs.TermsList:
    card = people.get_client(request.auth.actor, client)
    return docs.TermsList(items=[docs.terms_out(one) for one in terms_of_client(card.pk, request.auth.now)])


@operation(
    router,
    "GET",
    "/{client}",
    scope=scopes.PRICES_WRITE,
    answer=docs.TermsList,
    right=CHANGE,
    summary=gettext_lazy("Show the personal prices of a client, planned ones too"),
)
def list_terms(request: ApiRequest, client: IdInPath) -> docs.TermsList:
    """Return what is agreed with a client, the earliest first; nothing where he pays as everybody does."""
    return _told(request, client)


@operation(
    router,
    "PUT",
    "/{client}",
    scope=scopes.PRICES_WRITE,
    answer=docs.TermsList,
    right=CHANGE,
    summary=gettext_lazy("Agree on personal prices with a client, from now or for a time to come"),
)
def set_terms(request: ApiRequest, client: IdInPath, sent: docs.TermsGiven) -> docs.TermsList:
    """Set a kind of price, a discount, or both; with `until` what held before comes back afterwards."""
    services.set_terms(
        actor=request.auth.actor, client=client, kind=sent.kind, discount_percent=sent.discount_percent,
        now=request.auth.now, since=sent.since, until=sent.until,
    )  # fmt: skip
    return _told(request, client)


@operation(
    router,
    "DELETE",
    "/{client}",
    scope=scopes.PRICES_WRITE,
    status=204,
    right=CHANGE,
    summary=gettext_lazy("End the personal prices of a client, planned ones included"),
)
def end_terms(request: ApiRequest, client: IdInPath) -> Reply:
    """Let a client pay as everybody does from now on; what was agreed stays known."""
    services.end_terms(actor=request.auth.actor, client=client, now=request.auth.now)
    return Reply(None)
