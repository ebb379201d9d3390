"""Operations on the recycle bin of clients."""

from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Router

from voronka.connect.api.clients import router as clients
from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import Reply, operation
from voronka.connect.api.paging import bad_cursor, cursor_of, place_of
from voronka.connect.rules import scopes
from voronka.connect.schemas import bulk as docs
from voronka.connect.schemas.common import Cursor, IdInPath, Limit
from voronka.connect.schemas.outer import Outer
from voronka.kit.errors import Conflict
from voronka.people import queries as people
from voronka.people import services
from voronka.people.queries.bin import Binned, list_bin

router = Router(tags=["bulk"])
EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


@operation(
    clients,
    "DELETE",
    "/{client}",
    scope=scopes.CLIENTS_DELETE,
    status=204,
    summary=gettext_lazy("Put a client into the recycle bin"),
)
def bin_client(request: ApiRequest, client: IdInPath) -> Reply:
    """Put a card into the bin for thirty days. Refused while the client is held: by an open deal, by a colleague."""
    actor = request.auth.actor
    row = people.get_client(actor, client)
    if row.public_id != client:  # an old id would delete the card that stayed
        raise Conflict(_("This card was joined to another: delete that one by its own id."), code="joined")
    services.bin_client(actor=actor, client_id=row.pk, now=request.auth.now)
    return Reply(None)


@operation(
    router,
    "GET",
    "",
    scope=scopes.CLIENTS_DELETE,
    answer=docs.Bin,
    right="people.delete_clients",
    summary=gettext_lazy("List what lies in the recycle bin: who put it there, and when"),
)
def list_binned(request: ApiRequest, limit: Limit = 50, cursor: Cursor = "") -> docs.Bin:
    """Return a page of the bin, the newest first."""
    actor, key = request.auth.actor, {"bin": ""}
    found = list_bin(actor, now=request.auth.now, before=_before(place_of(cursor, key)), size=limit + 1)
    page, outer = found[:limit], Outer.load(actor)
    after = _place(page[-1]) if len(found) > limit else ""
    return docs.Bin(items=[docs.binned_out(one, outer) for one in page], next=cursor_of(after, key))


def _place(row: Binned) -> str:
    return f"{(row.at - EPOCH) // MICROSECOND}-{row.client.pk}"


def _before(place: str) -> tuple[datetime, int] | None:
    if not place:
        return None
    at, _dash, pk = place.partition("-")
    if not (at.isascii() and at.isdecimal() and pk.isascii() and pk.isdecimal() and max(len(at), len(pk)) < 18):
        raise bad_cursor()
    return EPOCH + int(at) * MICROSECOND, int(pk)


@operation(
    router,
    "POST",
    "/restore",
    scope=scopes.CLIENTS_DELETE,
    answer=docs.Restored,
    summary=gettext_lazy("Take clients out of the recycle bin, with all that went there along"),
)
def restore_clients(request: ApiRequest, sent: docs.RestoreGiven) -> docs.Restored:
    """Take clients out of the bin; those of the named that do not lie in it are passed over."""
    ids = services.restore_clients(actor=request.auth.actor, public_ids=sent.clients)
    known = people.public_ids("client", ids)
    return docs.Restored(clients=[known[one] for one in ids])
