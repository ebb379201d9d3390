"""Papers of records that sell something, and what they are told of their money."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Sum

from voronka.billing.models import Document
from voronka.billing.rules.totals import ZERO
from voronka.billing.services.documents import DocumentDraft, LineDraft
from voronka.kit.sold import Lessened, Sold, SoldLine, TakesPaid
from voronka.kit.subjects import Subject, find_capability
from voronka.orders import services as orders


def draft_about(
    subject: Subject, *, kind: str, day: date, lines: Sequence[SoldLine] | None = None
) -> DocumentDraft | None:
    """Return a paper of a record with its buyer and lines as they were sold; None where it has no lines to sell.

    `lines` are a part of them: those of a shipment. An invoice asks for what stays where less stays than was sold, an
    act takes services alone where there are some. What the actor may see of the record is for the caller to know.
    """
    sold = find_capability(subject, Sold)  # type: ignore[type-abstract]  # a protocol
    lines = list(lines if lines is not None else _lines(sold, kind)) if sold is not None else []
    if sold is None or not lines:
        return None
    if kind == "act" and any(one.is_service for one in lines):
        lines = [one for one in lines if one.is_service]
    return DocumentDraft(
        kind=kind,
        day=day,
        lines=[
            LineDraft(
                name=one.name, quantity=one.quantity, price=one.price, unit=one.unit, vat=one.vat,
                discount=one.discount, code=one.code, is_service=one.is_service,
            )
            for one in lines
        ],
        client_id=sold.buyer_id(),
        basis=sold.paper_name(),
        subject=(subject.kind, subject.id),
        prices_with_tax=sold.with_tax(),
    )  # fmt: skip


def _lines(sold: Sold, kind: str) -> Sequence[SoldLine]:
    return sold.kept_lines() if kind == "invoice" and isinstance(sold, Lessened) else sold.sold_lines()


@transaction.atomic
def tell_paid(document_id: int, *, now: datetime) -> None:
    """Tell the record that a paper is about what has come for all its papers together; harmless when said again."""
    found = Document.objects.filter(pk=document_id, subject_id__isnull=False).first()
    if found is None or found.subject_id is None:
        return
    kind, subject_id = found.subject_kind, found.subject_id
    told = find_capability(Subject(kind, subject_id), TakesPaid)  # type: ignore[type-abstract]  # a protocol
    if told is not None:
        if kind == "order":
            orders.hold_order(subject_id)
        papers = Document.objects.filter(subject_kind=kind, subject_id=subject_id, kind="invoice")
        told.take_paid(papers.aggregate(whole=Sum("paid"))["whole"] or ZERO, now)


@transaction.atomic
def tell_of_back(order_id: int, *, now: datetime) -> None:
    """Tell an order that has invoices what lies on them, and that money may have gone back. It may be said again."""
    orders.hold_order(order_id)
    papers = Document.objects.filter(subject_kind="order", subject_id=order_id, kind="invoice")
    told = papers.aggregate(whole=Sum("paid"), many=Count("pk"))
    if told["many"]:
        orders.note_paid(order_id, told["whole"] or ZERO, now=now, is_back=True)
