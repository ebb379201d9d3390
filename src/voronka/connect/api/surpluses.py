"""Operations on what clients have paid beyond what their orders cost by now."""

import uuid
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy
from ninja import Router

from voronka.billing import queries as billing
from voronka.billing import services
from voronka.connect.api.door import ApiRequest
from voronka.connect.api.money import documents
from voronka.connect.api.operations import operation
from voronka.connect.api.paging import before_of, cursor_of
from voronka.connect.rules import scopes
from voronka.connect.schemas import money as docs
from voronka.connect.schemas.common import Cursor, IdInPath, Limit, named
from voronka.orders import queries as orders
from voronka.people import queries as people

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voronka.billing.models import Surplus as SurplusRow
    from voronka.kit.actors import Actor

surpluses = Router(tags=["payments"])


def _told(actor: "Actor", rows: "Sequence[SurplusRow]") -> list[docs.Surplus]:
    found = orders.named_orders(actor, [one.subject_id for one in rows])
    told = []
    for one in rows:
        client, order = one.payment.client, found.get(one.subject_id)
        name = named(client.public_id, people.name_shown(actor, client.name)) if client else None
        told.append(docs.surplus_out(one, order[1] if order else None, name))
    return told


@operation(
    surpluses,
    "GET",
    "",
    scope=scopes.PAYMENTS_READ,
    answer=docs.SurplusList,
    right="billing.see_money",
    summary=gettext_lazy("List what is to be given back to clients"),
)
def list_surpluses(request: ApiRequest, limit: Limit = 50, cursor: Cursor = "") -> docs.SurplusList:
    """Return a page of what was paid beyond what orders cost by now, and lies on no invoice any more."""
    key = {"surpluses": ""}
    rows = billing.waiting_surpluses().order_by("id")
    after = before_of(cursor, key)
    rows = rows if after is None else rows.filter(pk__gt=after)
    found = list(rows[: limit + 1])
    last = str(found[limit - 1].pk) if len(found) > limit else ""
    return docs.SurplusList(items=_told(request.auth.actor, found[:limit]), next=cursor_of(last, key))


@operation(
    surpluses,
    "POST",
    "/{surplus}/give-back",
    scope=scopes.PAYMENTS_WRITE,
    answer=docs.Surplus,
    right="billing.take_money",
    summary=gettext_lazy("Give a client back what he has paid too much"),
)
def give_surplus_back(request: ApiRequest, surplus: IdInPath, sent: docs.BackGiven) -> docs.Surplus:
    """Give it back, all of it unless a sum is said; what came by link is asked of its provider soon afterwards."""
    actor, now = request.auth.actor, request.auth.now
    services.give_surplus_back(
        actor=actor, public_id=surplus, day=sent.day or now.astimezone(actor.zone).date(), now=now,
        operation=uuid.uuid4(), amount=sent.sum, method=sent.method,
    )  # fmt: skip
    return _told(actor, [billing.get_surplus(surplus)])[0]


@operation(
    surpluses,
    "POST",
    "/{surplus}/keep",
    scope=scopes.PAYMENTS_WRITE,
    answer=docs.Surplus,
    right="billing.take_money",
    summary=gettext_lazy("Leave a client what he has paid too much"),
)
def keep_surplus(request: ApiRequest, surplus: IdInPath) -> docs.Surplus:
    """Leave it to the client for what he buys next: it is an advance of his then."""
    actor = request.auth.actor
    services.keep_surplus(actor=actor, public_id=surplus, now=request.auth.now)
    return _told(actor, [billing.get_surplus(surplus)])[0]


@operation(
    documents,
    "POST",
    "/{document}/pay-from-credit",
    scope=scopes.PAYMENTS_WRITE,
    answer=docs.Document,
    right="billing.take_money",
    summary=gettext_lazy("Pay an invoice with its client's own money"),
)
def pay_from_credit(request: ApiRequest, document: IdInPath) -> docs.Document:
    """Give an invoice the money of its client that lies on nothing, as much as it waits for, the oldest first."""
    actor = request.auth.actor
    services.pay_from_credit(actor=actor, public_id=document, now=request.auth.now)
    row = billing.get_document(actor, document)
    client = named(row.client.public_id, people.name_shown(actor, row.client.name)) if row.client else None
    return docs.document_out(row, client)
