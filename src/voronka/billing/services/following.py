"""Invoices of orders follow what their orders come to, and what was paid beyond that is the client's again."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from itertools import accumulate

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from voronka.billing.models import Allocation, Document, Payment
from voronka.billing.queries.money import payments_on
from voronka.billing.queries.surplus import surpluses_of
from voronka.billing.rules.asking import asked_anew
from voronka.billing.rules.totals import ZERO
from voronka.billing.services import documents, payments, surplus
from voronka.billing.services.documents import DocumentDraft, LineDraft
from voronka.billing.services.subjects import draft_about
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Refusal
from voronka.kit.sold import SoldLine
from voronka.kit.subjects import Subject
from voronka.kit.tenancy import current_company_id
from voronka.orders import services as orders

log = structlog.get_logger(__name__)
TRIES = 5


class _Moved(Exception):
    """Another payment has come for the papers between the look at them and their locks."""


@dataclass(slots=True)
class _Money:
    """What comes off papers, by payment; rows of payments are locked."""

    rows: dict[int, Payment]
    freed: dict[int, Decimal] = field(default_factory=dict)


def lessen_invoice(order_id: int, *, now: datetime) -> None:
    """Let the invoices of an order that was cancelled, or of which goods came back, ask for what stays, or for nothing.

    What lies on them beyond that is taken off by counter-entries, the last to come first, and is to be given back.
    Where they ask for more than the order ever came to, or what stays cannot be divided among several, a person
    decides; what he issued since is left alone, he knew what he asked for. Said again, it changes nothing.
    """
    _bring(order_id, None, now)


def follow_invoice(order_id: int, was: Decimal, *, now: datetime) -> None:
    """Let the invoice that asked for all of an order, `was`, ask for what the order comes to since it was changed.

    What was paid beyond that is freed as by `lessen_invoice`; what waits to be given back pays first what the order
    costs more. Invoices that ask for less than the order are left alone so long as it costs no less than they ask for;
    where they ask for more, a person decides. Said again, it changes nothing.
    """
    _bring(order_id, was, now)


def _bring(order_id: int, was: Decimal | None, now: datetime) -> None:
    for _turn in range(TRIES):
        try:
            with transaction.atomic():  # what it has locked goes with it
                _settle(order_id, was, now)
        except _Moved:
            continue
        return
    log.warning("the money of an order does not stand still", order=order_id)


def _settle(order_id: int, was: Decimal | None, now: datetime) -> None:
    """Lock payments, then papers, as everywhere; look at the order, and bring both to what it comes to."""
    asking = invoices_of(order_id).filter(state=Document.State.ISSUED)
    if was is None:
        since = orders.lessened_at(order_id)
        if since is None:
            return
        asking = asking.filter(issued_at__lte=since)
    seen = list(asking)
    ids = {one.payment_id for one in payments_on(seen)}
    ids |= {one.payment_id for one in surpluses_of(order_id)} if was is not None else set()
    if not seen and not ids:
        return
    money = _Money({one.pk: one for one in Payment.objects.select_for_update().filter(pk__in=ids).order_by("pk")})
    papers = list(asking.order_by("pk").select_for_update(of=("self",)))
    parts = payments_on(papers)
    if any(one.payment_id not in money.rows for one in parts):
        raise _Moved
    stays = orders.stays_of(order_id)
    if stays is not None and not papers and was is not None and stays.total > was:
        _ask_again(order_id, stays, money, now)
    if stays is None or not papers:
        return
    wants = _wanted(papers, stays, was)
    if wants is None or (wants == [one.amount for one in papers] and was is None):
        return
    with left_to_a_person(papers[0]):
        actor = Actor.system(current_company_id())
        _take_off(papers, wants, parts, money, actor, now)
        for paper, amount in zip(papers, wants, strict=True):
            ask_for(paper, stays.lines, amount, actor, now)
        _give_anew(papers, money, actor, now)
        for payment_id, amount in sorted(money.freed.items()):
            if amount:
                surplus.free(_fresh(payment_id), order_id, amount, now=now)
        if was is not None:
            _give_surplus(order_id, papers, money, actor, now)


def _ask_again(order_id: int, stays: "orders.Stays", money: _Money, now: datetime) -> None:
    """Issue the invoice of an order of which nothing was to be paid and which costs more again, for what waits to be
    given back of it to pay; where nothing waits, nobody owes anything by itself.
    """
    paper = invoices_of(order_id).filter(state=Document.State.VOID).order_by("-pk").first()
    if paper is None or not stays.due or not any(one.payment_id in money.rows for one in surpluses_of(order_id)):
        return
    with left_to_a_person(paper):
        actor = Actor.system(current_company_id())
        made = issue_like([paper], order_id, actor=actor, now=now, lines=stays.lines)
        if made is not None:
            _give_surplus(order_id, [made], money, actor, now)


def _wanted(papers: Sequence[Document], stays: "orders.Stays", was: Decimal | None) -> list[Decimal] | None:
    """Return what each invoice is to ask for; None where a person decides."""
    asked, due = sum((one.amount for one in papers), ZERO), stays.due
    before = stays.total if was is None else was
    # All of the order as it was, without as many of its returns as had been heard of when the papers were written.
    is_whole = any(asked == before - back for back in accumulate(stays.backs, initial=ZERO))
    most = before if was is None else before - sum(stays.backs, ZERO)
    if asked > most and asked > due and not is_whole and not stays.is_cancelled:
        return None  # more was asked for on purpose
    return asked_anew([one.amount for one in papers], due, follows=was is not None and is_whole)


def _take_off(
    papers: Sequence[Document], wants: Sequence[Decimal], parts: Sequence[Allocation], money: _Money, actor: Actor,
    now: datetime,
) -> None:  # fmt: skip
    for paper, amount in zip(papers, wants, strict=True):
        over = paper.paid - amount
        for part in reversed([one for one in parts if one.document_id == paper.pk]):
            taken = min(part.amount, over)
            if taken <= 0:
                break
            row = money.rows[part.payment_id]
            payments.take_back(actor=actor, allocation_id=part.public_id, now=now)
            if part.amount > taken:
                rest = [(paper.public_id, part.amount - taken)]
                payments.allocate(actor=actor, public_id=row.public_id, parts=rest, now=now, is_auto=True)
            money.freed[row.pk] = money.freed.get(row.pk, ZERO) + taken
            over -= taken


def _give_anew(papers: Sequence[Document], money: _Money, actor: Actor, now: datetime) -> None:
    """Let what came off one paper pay the others, as far as they still ask."""
    for paper in papers:
        paper.refresh_from_db()
        left = paper.amount - paper.paid if paper.state == Document.State.ISSUED else ZERO
        for payment_id in sorted(money.freed):
            given = min(left, money.freed[payment_id])
            if given > 0:
                _give(money.rows[payment_id], paper, given, actor, now)
                money.freed[payment_id] -= given
                left -= given


def _give_surplus(order_id: int, papers: Sequence[Document], money: _Money, actor: Actor, now: datetime) -> None:
    """Let what waits to be given back of an order pay what it costs more since."""
    for paper in papers:
        paper.refresh_from_db()
        left = paper.amount - paper.paid if paper.state == Document.State.ISSUED else ZERO
        for row in [one for one in surpluses_of(order_id) if one.payment_id in money.rows]:
            given = min(left, row.amount)
            if given > 0:
                surplus.spend(row.payment, given, "given", now=now, first=row)
                _give(row.payment, paper, given, actor, now)
                left -= given


def _give(payment: Payment, paper: Document, amount: Decimal, actor: Actor, now: datetime) -> None:
    payments.allocate(
        actor=actor, public_id=payment.public_id, parts=[(paper.public_id, amount)], now=now, is_auto=True
    )


def _fresh(payment_id: int) -> Payment:
    return Payment.objects.get(pk=payment_id)


def invoices_of(order_id: int) -> QuerySet[Document]:
    """Return the invoices of an order, whatever became of them."""
    return Document.objects.filter(subject_kind="order", subject_id=order_id, kind="invoice")


@contextmanager
def left_to_a_person(paper: Document) -> Iterator[None]:
    """Leave papers and money as they are where a paper cannot be issued anew: an order's news must not wait for it."""
    try:
        with transaction.atomic():
            yield
    except Refusal as refusal:
        log.info("an invoice is left to a person", document=paper.pk, code=refusal.code)


def issue_like(
    like: Sequence[Document], order_id: int, *, actor: Actor, now: datetime, lines: Sequence[SoldLine] | None = None
) -> Document | None:
    """Issue the invoice of an order, or of these lines of it, by the requisites of one of other papers; None where
    nothing can be asked.
    """
    day = now.astimezone(actor.zone).date()
    draft = draft_about(Subject("order", order_id), kind="invoice", day=day, lines=lines)
    if draft is None:
        return None
    own = next((one for one in like if one.requisites.is_active), None)
    if own is not None:
        account = own.account.public_id if own.account is not None and own.account.is_active else ""
        draft = replace(draft, requisites_id=own.requisites.public_id, account_id=account)
    return documents.issue_new(actor=actor, draft=draft, now=now)


def ask_for(paper: Document, lines: Sequence[SoldLine], amount: Decimal, actor: Actor, now: datetime) -> None:
    """Issue an invoice anew for what the lines come to, or void one that is to ask for nothing, whatever was made of
    it: what was sold once is told by those papers, not by this one. Raises Conflict for requisites no longer used.
    """
    paper.refresh_from_db()
    if amount == paper.amount:
        return
    if not amount:
        documents.void_document(
            actor=actor, public_id=paper.public_id, reason=_("Nothing of the order is to be paid"), now=now,
            is_sole=False,
        )  # fmt: skip
        return
    if not paper.requisites.is_active:
        raise Conflict(_("The requisites of this invoice are not used any more."), code="old_requisites")
    draft = DocumentDraft(
        kind=paper.kind, day=paper.day, client_id=paper.client_id, requisites_id=paper.requisites.public_id,
        account_id=paper.account.public_id if paper.account else "", due_on=paper.due_on, title=paper.title,
        basis=paper.body.get("basis", ""), terms=paper.body.get("terms", ""), prices_with_tax=True,
        transport=paper.body.get("transport", {}), template_id=paper.template.public_id if paper.template else "",
        lines=[
            LineDraft(one.name, one.quantity, one.price, one.unit, one.vat, one.discount, one.code, one.is_service)
            for one in lines
        ],
    )  # fmt: skip
    documents.change_issued(actor=actor, public_id=paper.public_id, draft=draft, version=paper.version, now=now)
