"""Money of an order that pays another one: what was paid for exchanged goods pays what is given instead."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import structlog
from django.db import transaction
from django.db.models import QuerySet, Sum

from voronka.billing.models import Document, Payment
from voronka.billing.queries.debts import open_of_subject
from voronka.billing.queries.money import payments_on
from voronka.billing.rules.totals import ZERO
from voronka.billing.services import documents, payments
from voronka.billing.services.documents import DocumentDraft, LineDraft
from voronka.billing.services.subjects import draft_about, tell_paid
from voronka.kit.actors import Actor
from voronka.kit.errors import Refusal
from voronka.kit.sold import SoldLine
from voronka.kit.subjects import Subject
from voronka.kit.tenancy import current_company_id
from voronka.orders import services as orders

log = structlog.get_logger(__name__)


class OrderMoney:
    """The money of orders, as those who sell ask of it."""

    def on(self, order_id: int) -> Decimal:
        """Return what lies on the invoices of an order."""
        whole: Decimal | None = _invoices(order_id).aggregate(whole=Sum("paid"))["whole"]
        return whole or ZERO

    @transaction.atomic
    def carry(
        self, old_id: int, new_id: int, amount: Decimal, rest: Decimal, kept: Sequence[SoldLine], *, actor: Actor,
        now: datetime,
    ) -> Decimal:  # fmt: skip
        """Take money off the invoices of an order, the last to come first, and give it to that of another order.

        The rest lies on its payments then, among those that wait, to be given back. An invoice of the new order is
        issued where it has none; the old one is issued anew for what stays, or void where nothing does, so that nobody
        owes for what came back. Who may exchange goods moves the money of the same client with them, whatever else he
        may do with money. Payments are locked before papers, as everywhere.
        """
        keeper = replace(Actor.system(current_company_id()), employee_id=actor.employee_id)
        olds = list(_invoices(old_id).filter(state=Document.State.ISSUED).order_by("pk"))
        ids = sorted({one.payment_id for one in payments_on(olds)})
        list(Payment.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
        target = (open_of_subject("order", new_id) or _issued(new_id, olds, keeper, now)) if amount else None
        papers = [*olds, target] if target is not None else olds
        list(Document.objects.select_for_update().filter(pk__in=[one.pk for one in papers]).order_by("pk"))
        if target is not None:
            target.refresh_from_db()
            amount = min(amount, target.amount - target.paid)
        moved, left = ZERO, amount + rest
        for part in reversed(payments_on(olds)):
            taken = min(part.amount, left)
            if taken <= 0:
                break
            given = min(taken, amount - moved)
            stays = [(part.document.public_id, part.amount - taken)]
            parts = [(target.public_id, given), *stays] if target is not None else stays
            payments.take_back(actor=keeper, allocation_id=part.public_id, now=now)
            if wanted := [one for one in parts if one[1]]:
                payments.allocate(actor=keeper, public_id=part.payment.public_id, parts=wanted, now=now, is_auto=True)
            moved, left = moved + given, left - taken
        if len(olds) == 1:
            _lessen(olds[0], kept, keeper, now)
        for paper in papers[:1] + papers[-1:]:
            tell_paid(paper.pk, now=now)
        return moved


@transaction.atomic
def lessen_invoice(order_id: int, *, now: datetime) -> None:
    """Let the invoice of an order that was cancelled, or of which goods came back, ask for what stays, or for nothing.

    One on which more lies than that waits until the money has gone back; where an order has several, or others were
    made from it, a person decides. Said again, it changes nothing.
    """
    kept = orders.stays_of(order_id)
    paper = _only_invoice(order_id) if kept is not None else None
    if kept is not None and paper is not None:
        with _left_to_a_person(paper):
            _lessen(paper, kept, Actor.system(current_company_id()), now)


@transaction.atomic
def follow_invoice(order_id: int, was: Decimal, *, now: datetime) -> None:
    """Let the invoice that asked for all of an order, `was`, ask for what the order comes to since it was changed.

    One that asked for another sum, one of several, and one on which more lies than the order comes to stay as they are:
    a person decides. Said again, it changes nothing.
    """
    paper = _only_invoice(order_id)
    if paper is None or paper.amount != was:
        return
    draft = draft_about(Subject("order", order_id), kind="invoice", day=paper.day)
    if draft is not None:
        with _left_to_a_person(paper):
            _ask_for(paper, draft.lines, Actor.system(current_company_id()), now)


def _only_invoice(order_id: int) -> Document | None:
    """Lock the invoice of an order; None where it has none or several."""
    papers = list(_invoices(order_id).filter(state=Document.State.ISSUED).order_by("pk").select_for_update()[:2])
    return papers[0] if len(papers) == 1 else None


@contextmanager
def _left_to_a_person(paper: Document) -> Iterator[None]:
    """Leave a paper as it is where it cannot be issued anew: an order's news must not wait for its requisites."""
    try:
        with transaction.atomic():
            yield
    except Refusal as refusal:
        log.info("an invoice is left to a person", document=paper.pk, code=refusal.code)


def _invoices(order_id: int) -> QuerySet[Document]:
    return Document.objects.filter(subject_kind="order", subject_id=order_id, kind="invoice")


def _issued(order_id: int, like: Sequence[Document], actor: Actor, now: datetime) -> Document | None:
    """Issue the invoice of an order by the requisites of a paper of the one before; None where nothing can be asked."""
    draft = draft_about(Subject("order", order_id), kind="invoice", day=now.astimezone(actor.zone).date())
    if draft is None:
        return None
    own = next((one for one in like if one.requisites.is_active), None)
    if own is not None:
        account = own.account.public_id if own.account is not None and own.account.is_active else ""
        draft = replace(draft, requisites_id=own.requisites.public_id, account_id=account)
    return documents.issue_new(actor=actor, draft=draft, now=now)


def _lessen(paper: Document, kept: Sequence[SoldLine], actor: Actor, now: datetime) -> None:
    """Let an invoice of a whole order ask for what stays of it; one of a part, or of less, stays as it is."""
    paper.refresh_from_db()
    if not kept:
        if not paper.paid and not Document.objects.filter(source=paper, state=Document.State.ISSUED).exists():
            documents.void_document(actor=actor, public_id=paper.public_id, now=now)
        return
    stays = sum((_total(one) for one in kept), ZERO)
    if paper.paid <= stays < paper.amount:
        lines = [
            LineDraft(one.name, one.quantity, one.price, one.unit, one.vat, one.discount, one.code, one.is_service)
            for one in kept
        ]
        _ask_for(paper, lines, actor, now)


def _ask_for(paper: Document, lines: Sequence[LineDraft], actor: Actor, now: datetime) -> None:
    """Issue an invoice anew with other lines; one of requisites that are no longer used stays as it is."""
    if not paper.requisites.is_active:
        return
    draft = DocumentDraft(
        kind=paper.kind, day=paper.day, client_id=paper.client_id, requisites_id=paper.requisites.public_id,
        account_id=paper.account.public_id if paper.account else "", due_on=paper.due_on, title=paper.title,
        basis=paper.body.get("basis", ""), terms=paper.body.get("terms", ""), prices_with_tax=True,
        transport=paper.body.get("transport", {}), template_id=paper.template.public_id if paper.template else "",
        lines=lines,
    )  # fmt: skip
    documents.change_issued(actor=actor, public_id=paper.public_id, draft=draft, version=paper.version, now=now)


def _total(line: SoldLine) -> Decimal:
    return (line.price * line.quantity).quantize(ZERO, rounding="ROUND_HALF_UP") - line.discount
