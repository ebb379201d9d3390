"""Operations on many clients at once: chosen, looked at beforehand, changed in the background, taken back."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Router

from voronka.connect.api.asking import require_list
from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import Reply, operation
from voronka.connect.rules import scopes
from voronka.connect.schemas import bulk as docs
from voronka.connect.schemas.common import IdInPath
from voronka.connect.schemas.outer import Outer
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.people.services import bulk

if TYPE_CHECKING:
    from voronka.people.models import BulkRun

router = Router(tags=["bulk"])


def _told(actor: Actor, run: "BulkRun") -> docs.BulkChange:
    return docs.change_out(run, Outer.load(actor), bulk.actions_for(actor))


@operation(
    router,
    "POST",
    "",
    scope=scopes.CLIENTS_BULK,
    answer=docs.BulkChange,
    status=201,
    summary=gettext_lazy("Choose clients to be changed at once; nothing is changed yet"),
)
def choose_clients(request: ApiRequest, sent: docs.BulkStart) -> Reply:
    """Note which clients are meant. Choices of the key's maker that led to nothing are forgotten."""
    actor, now = request.auth.actor, request.auth.now
    if (sent.clients is None) == (sent.query is None):
        message = _("Name the clients, or the query of a list: one of the two.")
        raise Invalid(message, fields={"query": message})
    if sent.query is not None:
        require_list(actor, "client", sent.query, now=now)
    try:
        run = bulk.begin_bulk(actor=actor, public_ids=sent.clients or (), query=sent.query or "", now=now)
    except Invalid as wrong:
        raise Invalid(wrong.message, fields=_places(wrong, "clients" if sent.query is None else "query")) from wrong
    return Reply(_told(actor, run), headers={"Location": f"/api/v1/bulk-changes/{run.public_id}"})


def _places(wrong: Invalid, chosen: str) -> dict[str, str]:
    if not wrong.fields or "id" in wrong.fields:
        return {chosen: wrong.message}
    return wrong.fields


@operation(
    router,
    "GET",
    "/{change}",
    scope=scopes.CLIENTS_BULK,
    answer=docs.BulkChange,
    summary=gettext_lazy("Show how far a change of many clients has come"),
)
def get_change(request: ApiRequest, change: IdInPath) -> docs.BulkChange:
    """Return a change of one's own."""
    actor = request.auth.actor
    return _told(actor, bulk.get_bulk(actor, change))


def _action(actor: Actor, sent: docs.BulkAction) -> bulk.Action:
    return bulk.read_action(actor, **docs.action_in(sent, Outer.load(actor)))


@operation(
    router,
    "POST",
    "/{change}/preview",
    scope=scopes.CLIENTS_BULK,
    answer=docs.BulkPreview,
    summary=gettext_lazy("Show what an action would do to the chosen clients"),
)
def preview_change(request: ApiRequest, change: IdInPath, sent: docs.BulkAction) -> docs.BulkPreview:
    """Return how many clients would change, some of them before and after, who is left out and why."""
    actor = request.auth.actor
    run = bulk.get_bulk(actor, change)
    return docs.preview_out(bulk.preview(actor, run, _action(actor, sent)))


@operation(
    router,
    "POST",
    "/{change}/start",
    scope=scopes.CLIENTS_BULK,
    answer=docs.BulkChange,
    summary=gettext_lazy("Change the chosen clients in the background"),
)
def start_change(request: ApiRequest, change: IdInPath, sent: docs.BulkAction) -> docs.BulkChange:
    """Begin a change that is a draft; `delete` also takes the scope clients:delete."""
    actor = request.auth.actor
    return _told(actor, bulk.start_bulk(actor=actor, public_id=change, action=_action(actor, sent)))


@operation(
    router,
    "POST",
    "/{change}/stop",
    scope=scopes.CLIENTS_BULK,
    answer=docs.BulkChange,
    summary=gettext_lazy("Stop a change of many clients where it is"),
)
def stop_change(request: ApiRequest, change: IdInPath) -> docs.BulkChange:
    """Stop after the piece that is being written."""
    actor = request.auth.actor
    return _told(actor, bulk.stop_bulk(actor=actor, public_id=change, now=request.auth.now))


@operation(
    router,
    "POST",
    "/{change}/undo",
    scope=scopes.CLIENTS_BULK,
    answer=docs.BulkChange,
    summary=gettext_lazy("Take a change of many clients back"),
)
def undo_change(request: ApiRequest, change: IdInPath) -> docs.BulkChange:
    """Take a change back in the background; what was changed again since stays."""
    actor = request.auth.actor
    return _told(actor, bulk.undo_bulk(actor=actor, public_id=change))
