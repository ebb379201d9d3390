"""Operations on papers, payments and debts."""

from typing import TYPE_CHECKING, Annotated, Literal

from django.utils.translation import gettext_lazy
from ninja import Query, Router

from voronka.billing import services
from voronka.billing.queries import debts as find_debts
from voronka.billing.queries import documents as billing
from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import Reply, filters_of, operation, refuse_filters
from voronka.connect.api.paging import before_of, cursor_of
from voronka.connect.rules import scopes
from voronka.connect.schemas import money as docs
from voronka.connect.schemas.common import Cursor, IdInPath, Limit, Named, named
from voronka.kit import facets
from voronka.people import queries as people

if TYPE_CHECKING:
    from voronka.billing.models import Document as DocumentRow
    from voronka.kit.actors import Actor

documents = Router(tags=["documents"])
payments = Router(tags=["payments"])
debts = Router(tags=["payments"])


def _client(actor: "Actor", row: "DocumentRow") -> Named | None:
    return named(row.client.public_id, people.name_shown(actor, row.client.name)) if row.client else None


@operation(
    documents,
    "GET",
    "",
    scope=scopes.DOCUMENTS_READ,
    answer=docs.DocumentList,
    facets_of="document",
    right="billing.see_documents",
    summary=gettext_lazy("List documents"),
)
def list_documents(
    request: ApiRequest,
    state: Literal["", "draft", "issued", "void"] = "",
    kind: Annotated[str, Query(max_length=20, description="Kind of paper.")] = "",
    client: Annotated[str, Query(max_length=60, description="Of whom.")] = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> docs.DocumentList:
    """Return a page of papers within reach, those made last first."""
    actor = request.auth.actor
    filters = filters_of(request)
    key = {"documents": kind, "state": state, "client": client, **filters}
    wanted, problems = facets.condition("document", dict(filters), actor, now=request.auth.now)
    refuse_filters(problems)
    rows = billing.list_documents(actor).filter(wanted).order_by("-id")
    asked = {"kind": kind, "state": state}
    rows = rows.filter(**{name: value for name, value in asked.items() if value})
    if client:
        rows = rows.filter(client_id=people.get_client(actor, client).pk)
    before = before_of(cursor, key)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: limit + 1])
    page = found[:limit]
    after = str(page[-1].pk) if len(found) > limit else ""
    return docs.DocumentList(
        items=[docs.document_out(one, _client(actor, one)) for one in page], next=cursor_of(after, key)
    )


@operation(
    documents,
    "GET",
    "/{document}",
    scope=scopes.DOCUMENTS_READ,
    answer=docs.Document,
    summary=gettext_lazy("Get a document"),
)
def get_document(request: ApiRequest, document: IdInPath) -> docs.Document:
    """Return a paper within reach."""
    actor = request.auth.actor
    row = billing.get_document(actor, document)
    return docs.document_out(row, _client(actor, row))


@operation(
    documents,
    "POST",
    "",
    scope=scopes.DOCUMENTS_WRITE,
    answer=docs.Document,
    status=201,
    summary=gettext_lazy("Issue a document"),
)
def issue_document(request: ApiRequest, sent: docs.DocumentGiven) -> Reply:
    """Write a paper and give it its number at once; taxes are those of its day."""
    actor, now = request.auth.actor, request.auth.now
    lines = [
        services.LineDraft(
            name=one.name, quantity=one.quantity, price=one.price, unit=one.unit, vat=one.vat, discount=one.discount
        )
        for one in sent.lines
    ]
    draft = services.DocumentDraft(
        kind=sent.kind,
        day=sent.day or now.astimezone(actor.zone).date(),
        lines=lines,
        client_id=people.get_client(actor, sent.client).pk,
        due_on=sent.due_on,
        title=sent.title,
        basis=sent.basis,
    )
    row = services.issue_new(actor=actor, draft=draft, now=now)
    made = docs.document_out(row, _client(actor, billing.get_document(actor, row.public_id)))
    return Reply(made, headers={"Location": f"/api/v1/documents/{row.public_id}"})


@operation(
    documents,
    "POST",
    "/{document}/void",
    scope=scopes.DOCUMENTS_WRITE,
    answer=docs.Document,
    summary=gettext_lazy("Void a document"),
)
def void_document(request: ApiRequest, document: IdInPath, sent: docs.VoidGiven) -> docs.Document:
    """Let a paper hold no more; its number stays taken. Refused while money lies on it."""
    actor = request.auth.actor
    row = services.void_document(actor=actor, public_id=document, reason=sent.reason, now=request.auth.now)
    return docs.document_out(row, _client(actor, row))


@operation(
    payments,
    "POST",
    "",
    scope=scopes.PAYMENTS_WRITE,
    answer=docs.Payment,
    status=201,
    right="billing.take_money",
    summary=gettext_lazy("Enter a payment"),
)
def add_payment(request: ApiRequest, sent: docs.PaymentGiven) -> Reply:
    """Enter money that came; what its invoice does not wait for is left to be decided on."""
    actor, now = request.auth.actor, request.auth.now
    target = billing.get_document(actor, sent.document) if sent.document else None
    draft = services.PaymentDraft(
        day=sent.day or now.astimezone(actor.zone).date(),
        amount=sent.sum,
        method=sent.method,
        number=sent.number,
        purpose=sent.purpose,
        client_id=target.client_id if target else None,
    )
    parts = [(target.public_id, min(sent.sum, target.amount - target.paid))] if target else []
    row = services.record_payment(actor=actor, draft=draft, documents=[one for one in parts if one[1] > 0], now=now)
    return Reply(docs.payment_out(row))


@operation(
    debts,
    "GET",
    "",
    scope=scopes.PAYMENTS_READ,
    answer=docs.DebtList,
    right="billing.see_money",
    summary=gettext_lazy("List debts by age"),
)
def list_debts(request: ApiRequest) -> docs.DebtList:
    """Return who owes how much by unpaid invoices: due, 7, 30, 60, 90 days late and older."""
    actor = request.auth.actor
    found = find_debts(request.auth.now.astimezone(actor.zone).date())
    clients = people.client_rows([one.client_id for one in found if one.client_id])
    rows = []
    for one in found:
        client = clients.get(one.client_id or 0)
        told = named(client.public_id, people.name_shown(actor, client.name)) if client else None
        rows.append(docs.Debt(client=told, sum=one.amount, late=one.late, ages=one.ages))
    return docs.DebtList(items=rows)
