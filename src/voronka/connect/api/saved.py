"""Operations on saved lists: which there are, made, changed, shared, deleted; the clients or deals of one."""

from typing import TYPE_CHECKING, Annotated

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Query, Router

from voronka.accounts import services
from voronka.accounts.queries.views import get_view, list_views
from voronka.connect.api.asking import require_list
from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import Reply, operation, refuse_filters
from voronka.connect.api.paging import bad_cursor, cursor_of, place_of
from voronka.connect.queries.walking import SORTED_BY_ID, BadPlace, read_keyed_page
from voronka.connect.rules import scopes
from voronka.connect.schemas import clients as client_docs
from voronka.connect.schemas import deals as deal_docs
from voronka.connect.schemas import saved as docs
from voronka.connect.schemas.common import Cursor, IdInPath, Limit
from voronka.connect.schemas.outer import Outer
from voronka.deals.queries import lists as deal_lists
from voronka.deals.queries.asked import asked_of
from voronka.kit import facets
from voronka.kit.actors import Actor, Reach
from voronka.kit.errors import NotFound
from voronka.kit.lists import find_list
from voronka.people.queries import lists as client_lists
from voronka.people.queries.asked import ask_of

if TYPE_CHECKING:
    from voronka.accounts.models import SavedView

router = Router(tags=["saved"])
SUBJECTS: tuple[docs.Subject, ...] = ("client", "deal")


def _may_open(actor: Actor, subject: str) -> bool:
    kind = find_list(subject)
    return kind is not None and actor.reach(kind.right) is not Reach.NONE


@operation(
    router,
    "GET",
    "",
    scope=scopes.LISTS_READ,
    answer=docs.SavedLists,
    summary=gettext_lazy("List the saved lists: one's own, and those that colleagues share"),
)
def list_saved(
    request: ApiRequest,
    subject: Annotated[docs.Subject | None, Query(description="All where nothing is said.")] = None,
) -> docs.SavedLists:
    """Return the saved lists of clients, then of deals, as far as the actor may open such lists."""
    actor = request.auth.actor
    wanted = [one for one in SUBJECTS if subject in (None, one) and _may_open(actor, one)]
    rows = [row for one in wanted for row in list_views(actor, one)]
    return docs.SavedLists(items=[docs.saved_out(row, actor.employee_id) for row in rows])


@operation(
    router,
    "GET",
    "/{saved}",
    scope=scopes.LISTS_READ,
    answer=docs.SavedList,
    summary=gettext_lazy("Show a saved list: what it asks for"),
)
def get_saved(request: ApiRequest, saved: IdInPath) -> docs.SavedList:
    """Return a saved list, one's own or a shared one."""
    return docs.saved_out(get_view(request.auth.actor, saved), request.auth.actor.employee_id)


@operation(
    router,
    "POST",
    "",
    scope=scopes.LISTS_WRITE,
    answer=docs.SavedList,
    status=201,
    summary=gettext_lazy("Save a list of clients or deals under a name"),
)
def save_list(request: ApiRequest, sent: docs.NewSavedList) -> Reply:
    """Keep a list under a name, for oneself or for all. A condition that the list does not know is refused."""
    caller = request.auth
    require_list(caller.actor, sent.subject, sent.query, now=caller.now)
    view = services.save_view(
        actor=caller.actor,
        subject=sent.subject,
        name=sent.name,
        query=sent.query,
        is_shared=sent.is_shared,
        now=caller.now,
    )
    told = docs.saved_out(view, caller.actor.employee_id)
    return Reply(told, headers={"Location": f"/api/v1/saved-lists/{view.public_id}"})


@operation(
    router,
    "PATCH",
    "/{saved}",
    scope=scopes.LISTS_WRITE,
    answer=docs.SavedList,
    summary=gettext_lazy("Rename a saved list, share it or not, keep another list under its name"),
)
def change_saved(request: ApiRequest, saved: IdInPath, sent: docs.SavedListChanges) -> docs.SavedList:
    """Change what is sent of a list of one's own, or of a shared one with the right to share."""
    actor = request.auth.actor
    if sent.query is not None:
        require_list(actor, get_view(actor, saved).subject, sent.query, now=request.auth.now)
    view = services.change_view(
        actor=actor, public_id=saved, name=sent.name, query=sent.query, is_shared=sent.is_shared
    )
    return docs.saved_out(view, actor.employee_id)


@operation(
    router,
    "DELETE",
    "/{saved}",
    scope=scopes.LISTS_WRITE,
    status=204,
    summary=gettext_lazy("Delete a saved list; it can be taken back"),
)
def drop_saved(request: ApiRequest, saved: IdInPath) -> None:
    """Delete a list; its clients and deals stay."""
    services.drop_view(actor=request.auth.actor, public_id=saved, now=request.auth.now)


@operation(
    router,
    "POST",
    "/{saved}/restore",
    scope=scopes.LISTS_WRITE,
    answer=docs.SavedList,
    summary=gettext_lazy("Take a deleted saved list back"),
)
def restore_saved(request: ApiRequest, saved: IdInPath) -> docs.SavedList:
    """Take a list back. Refused where its owner has made another of its name meanwhile."""
    view = services.restore_view(actor=request.auth.actor, public_id=saved)
    return docs.saved_out(view, request.auth.actor.employee_id)


def _of(actor: Actor, public_id: str, subject: docs.Subject) -> "SavedView":
    view = get_view(actor, public_id)
    if view.subject != subject:
        raise NotFound(_("There is no such list."))
    return view


@operation(
    router,
    "GET",
    "/{saved}/clients",
    scope=scopes.CLIENTS_READ,
    answer=client_docs.ClientList,
    summary=gettext_lazy("List the clients of a saved list, in its order"),
)
def list_saved_clients(
    request: ApiRequest, saved: IdInPath, limit: Limit = 50, cursor: Cursor = ""
) -> client_docs.ClientList:
    """Return a page of the clients that a saved list finds now. A condition that is none any more is refused."""
    actor = request.auth.actor
    view = _of(actor, saved, "client")
    key = {"saved": saved, "query": view.query}
    kept = ask_of(QueryDict(view.query))
    ask = client_lists.Ask(kept.text, kept.filters, kept.sort, place_of(cursor, key))
    page = client_lists.read_page(actor, ask, size=limit, known=facets.facets_of("client", actor))
    refuse_filters(page.problems)
    outer = Outer.load(actor)
    items = [client_docs.client_out(row.client, row.contacts, outer) for row in page.rows]
    return client_docs.ClientList(items=items, next=cursor_of(page.after, key), is_cut=page.is_cut)


@operation(
    router,
    "GET",
    "/{saved}/deals",
    scope=scopes.DEALS_READ,
    answer=deal_docs.DealList,
    summary=gettext_lazy("List the deals of a saved list, newest first"),
)
def list_saved_deals(
    request: ApiRequest, saved: IdInPath, limit: Limit = 50, cursor: Cursor = ""
) -> deal_docs.DealList:
    """Return a page of the deals that a saved list finds now. A condition that is none any more is refused."""
    actor = request.auth.actor
    view = _of(actor, saved, "deal")
    key = {"saved": saved, "query": view.query}
    found = deal_lists.search_deals(actor, asked_of(QueryDict(view.query).dict()), now=request.auth.now)
    refuse_filters(found.problems)
    rows = found.rows.select_related("client", "stage", "pipeline", "responsible", "open_task", "loss_reason")
    try:
        page, after = read_keyed_page(actor, rows, "deal", f"-{SORTED_BY_ID}", place_of(cursor, key), limit)
    except BadPlace as error:
        raise bad_cursor() from error
    return deal_docs.DealList(items=deal_docs.deals_out(actor, page), next=cursor_of(after, key))
