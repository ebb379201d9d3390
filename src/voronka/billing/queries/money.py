"""Payments and statements as screens show them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from voronka.billing.models import Allocation, Document, Payment, Statement
from voronka.billing.queries.debts import open_for
from voronka.billing.rules.matching import Incoming, Ledger, Proposal, propose
from voronka.kit.errors import NotFound


@dataclass(frozen=True, slots=True)
class Proposed:
    """A payment with the invoices it seems to be for, and those that may be meant."""

    payment: Payment
    proposal: Proposal
    parts: Sequence[tuple[Document, Decimal]]
    alike: Sequence[Document]


def list_payments() -> QuerySet[Payment]:
    """Return all payments, the newest first."""
    return Payment.objects.select_related("client", "account").order_by("-day", "-id")


def get_payment(public_id: str, *, lock: bool = False) -> Payment:
    """Return a payment. Raises NotFound."""
    rows = Payment.objects.select_for_update(of=("self",)) if lock else Payment.objects.all()
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such payment."))
    return found


def list_statements(*, most: int = 50) -> list[Statement]:
    """Return the statements loaded last, the newest first."""
    return list(Statement.objects.select_related("account").order_by("-id")[:most])


def get_statement(public_id: str) -> Statement:
    """Return a statement. Raises NotFound."""
    found = Statement.objects.select_related("account").filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such statement."))
    return found


def allocations_of(payments: Sequence[Payment]) -> dict[int, list[Allocation]]:
    """Return the allocations that hold, by payment, those taken back left out."""
    rows = (
        Allocation.objects.filter(payment__in=[one.pk for one in payments]).select_related("document").order_by("id")
    )
    return _standing(rows, lambda one: one.payment_id)


def allocations_on(document: Document) -> list[Allocation]:
    """Return the payments of a paper that hold."""
    rows = Allocation.objects.filter(document=document).select_related("payment").order_by("id")
    return _standing(rows, lambda one: one.document_id).get(document.pk, [])


def _standing(rows: QuerySet[Allocation], by: Callable[[Allocation], int]) -> dict[int, list[Allocation]]:
    held = list(rows)
    back = {one.reverses_id for one in held if one.reverses_id}
    found: dict[int, list[Allocation]] = {}
    for one in held:
        if one.reverses_id is None and one.pk not in back:
            found.setdefault(by(one), []).append(one)
    return found


def payments_on(papers: Sequence[Document]) -> list[Allocation]:
    """Return the parts of payments that lie on papers, the oldest first."""
    rows = Allocation.objects.filter(document__in=[one.pk for one in papers]).select_related("payment", "document")
    found = _standing(rows.order_by("id"), lambda one: one.document_id)
    return sorted((one for parts in found.values() for one in parts), key=lambda one: one.pk)


def incoming_of(payment: Payment) -> Incoming:
    """Return a payment as the search for its invoices takes it."""
    left = payment.amount - payment.allocated - payment.refunded
    return Incoming(left, payment.day, payment.purpose, payment.name, payment.inn)


def proposals(payments: Sequence[Payment]) -> list[Proposed]:
    """Return what each payment seems to be for: the surest choose first, and what they fill is taken."""
    incomings = [incoming_of(payment) for payment in payments]
    whole = Ledger(open_for(incomings))
    certain = [propose(one, whole.likely(one)).certainty for one in incomings]
    found: dict[int, Proposal] = {}
    for at in sorted(range(len(incomings)), key=lambda at: (-certain[at], at)):
        found[at] = propose(incomings[at], whole.likely(incomings[at]))
        if found[at].parts:
            whole.took(found[at].parts)
    made = [(payment, found[at]) for at, payment in enumerate(payments)]
    ids = {part.id for _payment, one in made for part in one.parts} | {
        pk for _payment, one in made for pk in one.alike
    }
    rows = Document.objects.select_related("client").in_bulk(ids)
    return [
        Proposed(payment, one, [(rows[part.id], part.amount) for part in one.parts], [rows[pk] for pk in one.alike])
        for payment, one in made
    ]


def waiting(statement: Statement | None = None, *, limit: int = 100) -> list[Payment]:
    """Return payments that nobody has decided on, the oldest first."""
    rows = Payment.objects.filter(is_income=True, settled="")
    if statement is not None:
        rows = rows.filter(statement=statement)
    return list(rows.select_related("client").order_by("id")[:limit])
