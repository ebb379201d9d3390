"""Operations of the desk: the client in hand is held and let go; new deals that wait for their first answer."""

from django.db.models import F
from django.utils.translation import gettext_lazy
from ninja import Router

from voronka.connect.api.deals import router as deals
from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import Reply, operation
from voronka.connect.api.paging import bad_cursor, cursor_of, place_of
from voronka.connect.queries.walking import BadPlace, read_page_by
from voronka.connect.rules import scopes
from voronka.connect.schemas import walks as docs
from voronka.connect.schemas.common import Cursor, IdInPath, Limit
from voronka.deals import services
from voronka.deals.queries import waiting as queries

waiting = Router(tags=["deals"])


@operation(
    deals,
    "POST",
    "/{deal}/hold",
    scope=scopes.TASKS_WORK,
    answer=docs.Held,
    summary=gettext_lazy("Hold the client of a deal for 90 seconds, or for 90 more"),
)
def hold_deal(request: ApiRequest, deal: IdInPath) -> docs.Held:
    """Hold a client, so that nobody else is given him; whoever else was in hand is let go."""
    until = services.hold_deal(actor=request.auth.actor, deal_public_id=deal, now=request.auth.now)
    return docs.Held(until=until)


@operation(
    deals,
    "DELETE",
    "/{deal}/hold",
    scope=scopes.TASKS_WORK,
    status=204,
    summary=gettext_lazy("Let the client of a deal go"),
)
def release_deal(request: ApiRequest, deal: IdInPath) -> Reply:
    """Let a client go before his 90 seconds are over."""
    services.release_deal(actor=request.auth.actor, deal_public_id=deal)
    return Reply(None)


@operation(
    waiting,
    "GET",
    "",
    scope=scopes.DEALS_READ,
    answer=docs.WaitingList,
    right="deals.see",
    summary=gettext_lazy("List the new deals that wait for their first answer"),
)
def list_waiting(request: ApiRequest, limit: Limit = 50, cursor: Cursor = "") -> docs.WaitingList:
    """Return a page of deals that nobody has answered, the one due first at the top."""
    actor, now, key = request.auth.actor, request.auth.now, {"waiting": ""}
    try:
        page, after = read_page_by(
            queries.search_waiting(actor), F("due_at"), place_of(cursor, key), limit, down=False
        )
    except BadPlace as error:
        raise bad_cursor() from error
    items = [docs.waiting_out(one, now) for one in queries.tell(actor, page)]
    return docs.WaitingList(items=items, next=cursor_of(after, key))
