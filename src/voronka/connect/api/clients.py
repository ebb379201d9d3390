"""Operations on clients: lists, the card itself, likely doubles of it."""

from typing import TYPE_CHECKING, Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Query, Router

from voronka.connect.api.cards import card_reply, stale_copies, version_of
from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import Reply, filters_of, operation, refuse_filters, require_sort
from voronka.connect.api.paging import cursor_of, place_of
from voronka.connect.api.problems import DuplicateFound
from voronka.connect.rules import scopes
from voronka.connect.schemas import clients as docs
from voronka.connect.schemas.common import Cursor, IdInPath, Limit
from voronka.connect.schemas.outer import Outer
from voronka.kit import facets
from voronka.kit.errors import Invalid
from voronka.people import queries as people
from voronka.people import services
from voronka.people.queries import lists

if TYPE_CHECKING:
    from voronka.people.models import Client as ClientRow

router = Router(tags=["clients"])
SearchText = Annotated[str, Query(max_length=200, description="Part of a name, end of a phone, e-mail or INN.")]


def client_of(request: ApiRequest, client: str) -> "ClientRow":
    """Return the row of a client within the caller's reach, by public id. Raises NotFound."""
    return people.get_client(request.auth.actor, client)


@operation(
    router,
    "GET",
    "",
    scope=scopes.CLIENTS_READ,
    answer=docs.ClientList,
    facets_of="client",
    right="people.see_clients",
    summary=gettext_lazy("List clients, by the filters and orders of the screen"),
)
def list_clients(
    request: ApiRequest,
    q: SearchText = "",
    sort: Annotated[str, Query(max_length=80)] = lists.DEFAULT_SORT,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> docs.ClientList:
    """Return a page of clients."""
    filters = filters_of(request)
    require_sort("client", sort, request.auth.actor)
    asked = {**filters, "q": q, "sort": sort}
    ask = lists.Ask(text=q, filters=filters, sort=sort, after=place_of(cursor, asked))
    page = lists.read_page(request.auth.actor, ask, size=limit, known=facets.facets_of("client", request.auth.actor))
    refuse_filters(page.problems)
    outer = Outer.load(request.auth.actor)
    items = [docs.client_out(row.client, row.contacts, outer) for row in page.rows]
    return docs.ClientList(items=items, next=cursor_of(page.after, asked), is_cut=page.is_cut)


@operation(
    router,
    "GET",
    "/search",
    scope=scopes.CLIENTS_READ,
    answer=docs.ClientList,
    right="people.see_clients",
    summary=gettext_lazy("Find clients by part of a name, the end of a phone, an e-mail or an INN"),
)
def search_clients(
    request: ApiRequest, q: SearchText, limit: Annotated[int, Query(ge=1, le=50)] = 10
) -> docs.ClientList:
    """Return the clients that a text finds, best first."""
    found = people.find_clients(request.auth.actor, q, most=limit)
    contacts = people.list_contacts(request.auth.actor, [one.pk for one in found])
    outer = Outer.load(request.auth.actor)
    return docs.ClientList(items=[docs.client_out(one, contacts[one.pk], outer) for one in found], next=None)


@operation(
    router,
    "POST",
    "",
    scope=scopes.CLIENTS_WRITE,
    answer=docs.ClientMade,
    status=201,
    summary=gettext_lazy("Add a client; cards that may be the same one are reported"),
)
def create_client(request: ApiRequest, sent: docs.NewClient) -> Reply:
    """Make a card. With `if_duplicate` refuse, a sure duplicate is a conflict that names it."""
    caller, outer = request.auth, Outer.load(request.auth.actor)
    draft = docs.draft_in(sent, outer)
    found = services.likely_duplicates(actor=caller.actor, draft=draft)
    duplicates = [_duplicate(one, outer) for one in found]
    if sent.if_duplicate == "refuse" and any(one.verdict == "same" for one in duplicates):
        known = [one.client.id for one in duplicates if one.verdict == "same"]
        raise DuplicateFound(_("This client is there already."), more={"duplicates": known})
    try:
        row = services.create_client(actor=caller.actor, draft=draft, now=caller.now, channel="api")
    except Invalid as wrong:
        raise _said(wrong) from wrong
    contacts = people.list_contacts(caller.actor, [row.pk])[row.pk]
    made = docs.ClientMade(
        client=docs.client_out(row, contacts, outer),
        duplicates=duplicates,
        warnings=services.warnings_about(client_id=row.pk),
    )
    return Reply(made, headers={"Location": f"/api/v1/clients/{row.public_id}"})


def _duplicate(one: services.Candidate, outer: Outer) -> docs.Duplicate:
    card = docs.client_out(one.client, one.contacts, outer)
    return docs.Duplicate(client=card, verdict=one.verdict, signs=list(one.signs))


def _said(wrong: Invalid) -> Invalid:
    return Invalid(wrong.message, code=wrong.code, fields=docs.places_out(wrong.fields))


@operation(
    router,
    "POST",
    "/duplicates",
    scope=scopes.CLIENTS_WRITE,
    answer=docs.Duplicates,
    summary=gettext_lazy("Report the cards that may be a client, without adding him"),
)
def find_duplicates(request: ApiRequest, sent: docs.ClientFields) -> docs.Duplicates:
    """Return the cards that may be the same client, surest first."""
    outer = Outer.load(request.auth.actor)
    found = services.likely_duplicates(actor=request.auth.actor, draft=docs.draft_in(sent, outer), most=20)
    return docs.Duplicates(items=[_duplicate(one, outer) for one in found])


@operation(
    router,
    "GET",
    "/{client}",
    scope=scopes.CLIENTS_READ,
    answer=docs.ClientCard,
    summary=gettext_lazy("Show a client's card"),
)
def get_client(request: ApiRequest, client: IdInPath) -> Reply:
    """Return a card; its ETag goes into If-Match when it is changed."""
    return card_reply(request.auth.actor, client_of(request, client))


@operation(
    router,
    "PATCH",
    "/{client}",
    scope=scopes.CLIENTS_WRITE,
    answer=docs.ClientCard,
    needs_match=True,
    summary=gettext_lazy("Change a client's card as you read it"),
)
def update_client(request: ApiRequest, client: IdInPath, sent: docs.ClientChanges) -> Reply:
    """Change the fields that are sent, if nobody changed the card since its version was read."""
    caller, row = request.auth, client_of(request, client)
    version = version_of(request, sent.version)
    changes = docs.draft_values(sent, Outer.load(request.auth.actor), sent.model_fields_set - {"version"})
    try:
        with stale_copies(request):
            services.update_client(
                actor=caller.actor, client_id=row.pk, changes=changes, version=version, now=caller.now
            )
    except Invalid as wrong:
        raise _said(wrong) from wrong
    return card_reply(request.auth.actor, client_of(request, client))
