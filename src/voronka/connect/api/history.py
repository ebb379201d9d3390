"""Operations on the history of clients' cards."""

from django.utils.translation import gettext_lazy

from voronka.connect.api.clients import router as clients
from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import operation
from voronka.connect.api.paging import before_of, cursor_of
from voronka.connect.rules import scopes
from voronka.connect.schemas import history as docs
from voronka.connect.schemas.common import Cursor, IdInPath, Limit
from voronka.connect.schemas.outer import Outer
from voronka.kit.actors import SEE_HISTORY
from voronka.people import queries as people
from voronka.people.queries.history import read_changes


@operation(
    clients,
    "GET",
    "/{client}/history",
    scope=scopes.CLIENTS_HISTORY,
    answer=docs.CardHistory,
    right="kit.see_history",
    summary=gettext_lazy("Show who changed what on a client's card, and when"),
)
def read_history(request: ApiRequest, client: IdInPath, limit: Limit = 50, cursor: Cursor = "") -> docs.CardHistory:
    """Return a page of changes, newest first; `limit` counts changes, each of which may be of several fields."""
    actor, key = request.auth.actor, {"history": client}
    card = people.get_client_for(actor, SEE_HISTORY, client_id=people.get_client(actor, client).pk)
    rows, after = read_changes(card, actor, before=before_of(cursor, key), limit=limit)
    outer = Outer.load(actor)
    return docs.CardHistory(
        items=[docs.change_out(one, outer) for one in rows], next=cursor_of(str(after or ""), key)
    )
