"""Operations on requests that wait to be sorted: list, show, accept, attach, reject, put back."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Query

from voronka.connect.api.door import ApiRequest
from voronka.connect.api.leads import router
from voronka.connect.api.operations import operation
from voronka.connect.api.paging import bad_cursor, cursor_of, place_of
from voronka.connect.queries.walking import BadPlace, read_page_by
from voronka.connect.rules import scopes
from voronka.connect.schemas import inbox as docs
from voronka.connect.schemas.common import Cursor, IdInPath, Limit
from voronka.connect.schemas.outer import Outer
from voronka.deals.queries.inbox import deals_seen, likely_clients
from voronka.deals.services import inbox
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.people import queries as people
from voronka.people import services as requests

if TYPE_CHECKING:
    from voronka.people.models import InboxLead


def _told(request: ApiRequest, rows: "Sequence[InboxLead]") -> list[docs.InboxRequest]:
    """Return requests with the clients and deals that the actor may see, each asked for at once."""
    actor, now = request.auth.actor, request.auth.now
    ids = {one.client_id for one in rows if one.client_id is not None}
    known = dict(people.list_clients(actor).filter(pk__in=ids).values_list("id", "public_id")) if ids else {}
    deals = deals_seen(actor, [str(one.outcome["deal"]) for one in rows if one.outcome.get("deal")])
    outer, fields = Outer.load(actor), {one.code for one in people.fields_shown(actor)}
    return [docs.request_out(one, outer, now, clients=known, deals=deals, fields=fields) for one in rows]


def _one(request: ApiRequest, public_id: str) -> docs.InboxRequest:
    return _told(request, [people.find_lead(request.auth.actor, public_id)])[0]


@operation(
    router,
    "GET",
    "",
    scope=scopes.LEADS_READ,
    answer=docs.InboxRequestList,
    right="people.sort_leads",
    summary=gettext_lazy("List the requests of the inbox: those that wait, or how they were sorted"),
)
def list_leads(
    request: ApiRequest,
    state: Annotated[docs.LeadState, Query(description="waiting, or how it was sorted.")] = "waiting",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> docs.InboxRequestList:
    """Return a page of requests: waiting ones the oldest first, sorted ones the newest first."""
    rows, key = people.search_leads(request.auth.actor, state=state), {"leads": state}
    try:
        page, after = read_page_by(rows, F("pk"), place_of(cursor, key), limit, down=state != "waiting", is_id=True)
    except BadPlace as error:
        raise bad_cursor() from error
    return docs.InboxRequestList(items=_told(request, page), next=cursor_of(after, key))


@operation(
    router,
    "GET",
    "/{lead}",
    scope=scopes.LEADS_READ,
    answer=docs.InboxRequest,
    summary=gettext_lazy("Show a request of the inbox, with all that came"),
)
def get_lead(request: ApiRequest, lead: IdInPath) -> docs.InboxRequest:
    """Return a request, waiting or sorted."""
    return _one(request, lead)


@operation(
    router,
    "GET",
    "/{lead}/likely",
    scope=scopes.LEADS_READ,
    answer=docs.LikelyClientList,
    summary=gettext_lazy("List the clients who may have sent a request"),
)
def list_likely(request: ApiRequest, lead: IdInPath) -> docs.LikelyClientList:
    """Return the clients who may have sent a request, the surest first, with their open deals."""
    return docs.LikelyClientList(items=[docs.likely_out(one) for one in likely_clients(request.auth.actor, lead)])


@operation(
    router,
    "POST",
    "/{lead}/accept",
    scope=scopes.LEADS_SORT,
    answer=docs.SortedRequest,
    summary=gettext_lazy("Accept a request: a card by its contacts, a deal by the rules"),
)
def accept_lead(request: ApiRequest, lead: IdInPath) -> docs.SortedRequest:
    """Make a request a deal; a client who has an open one keeps it. Sorted already, it is only told."""
    done = inbox.accept(actor=request.auth.actor, public_id=lead, now=request.auth.now)
    return _sorted(request, lead, done)


def _sorted(request: ApiRequest, lead: str, done: inbox.Sorted) -> docs.SortedRequest:
    return docs.SortedRequest(request=_one(request, lead), is_new_deal=done.is_new_deal, was_sorted=done.was_repeated)


@operation(
    router,
    "POST",
    "/{lead}/attach",
    scope=scopes.LEADS_SORT,
    answer=docs.SortedRequest,
    summary=gettext_lazy("Give a request to a client, whatever its contacts say"),
)
def attach_lead(request: ApiRequest, lead: IdInPath, sent: docs.AttachGiven) -> docs.SortedRequest:
    """Give a request to a client and his open deal; without one a deal is opened."""
    actor = request.auth.actor
    people.find_lead(actor, lead)
    try:
        card = people.get_client(actor, sent.client)
    except NotFound as missing:
        raise Invalid(missing.message, fields={"client": missing.message}) from missing
    done = inbox.attach(actor=actor, public_id=lead, client=card.public_id, now=request.auth.now)
    return _sorted(request, lead, done)


@operation(
    router,
    "POST",
    "/{lead}/reject",
    scope=scopes.LEADS_SORT,
    answer=docs.InboxRequest,
    summary=gettext_lazy("Reject a request as spam, its sender blocked if wanted"),
)
def reject_lead(request: ApiRequest, lead: IdInPath, sent: docs.RejectGiven) -> docs.InboxRequest:
    """Reject a waiting request as spam; one that is spam already stays so."""
    actor = request.auth.actor
    people.find_lead(actor, lead)
    requests.reject(actor=actor, public_ids=[lead], now=request.auth.now, block=sent.block)
    told = _one(request, lead)
    if told.state != "spam":
        raise Conflict(_("This request has become a deal already: put it back first."), code="sorted_already")
    return told


@operation(
    router,
    "POST",
    "/{lead}/put-back",
    scope=scopes.LEADS_SORT,
    answer=docs.InboxRequest,
    summary=gettext_lazy("Let a sorted request wait again; the deal it opened is archived"),
)
def put_back_lead(request: ApiRequest, lead: IdInPath) -> docs.InboxRequest:
    """Let a request wait again. Refused once somebody has worked on the deal it opened; senders stay blocked."""
    inbox.take_back(actor=request.auth.actor, public_id=lead, now=request.auth.now)
    return _one(request, lead)
