"""What the client's own page of an order shows of billing: a link to pay its invoice, its papers as files."""

from collections.abc import Sequence

from django.db.models import F, QuerySet
from django.urls import reverse

from voronka.billing.models import Document, PayLink
from voronka.billing.queries.papers import NAMES, file_name, form_of
from voronka.billing.services.links import sign_of
from voronka.billing.services.printing import PrintFailed, to_pdf
from voronka.kit.actors import Actor
from voronka.kit.tenancy import current_company_id
from voronka.kit.texts import TextError
from voronka.orders.ports import PaperFile, PaperShown, PayWay

# What is the client's to have; cash orders and notes of ours are not.
FOR_CLIENTS = (
    "invoice",
    "contract",
    "upd",
    "torg12",
    "factura",
    "correction",
    "advance",
    "act",
    "waybill",
    "back",
    "receipt",
)
MOST = 50


def ways(order_id: int) -> Sequence[PayWay]:
    """Return the links of the order's invoices that are issued, wait for money and may be paid without signing in."""
    rows = PayLink.objects.filter(
        is_on=True, document__in=_issued(order_id).filter(kind="invoice", paid__lt=F("amount"))
    ).select_related("document")
    return [PayWay(reverse("billing:pay", args=[sign_of(one)]), _name(one.document)) for one in rows.order_by("-id")]


def papers(order_id: int) -> Sequence[PaperShown]:
    """Return the issued papers of an order that its client may have, the oldest first."""
    rows = _issued(order_id).filter(kind__in=FOR_CLIENTS).order_by("day", "id")[:MOST]
    return [PaperShown(one.public_id, _name(one), f"PDF, {one.day:%d.%m.%Y}") for one in rows]


def open_paper(order_id: int, key: str) -> PaperFile | None:
    """Return a paper of the order as a file; None where it has none of this key, or it cannot be drawn."""
    row = (
        _issued(order_id)
        .filter(kind__in=FOR_CLIENTS, public_id=key)
        .select_related("client", "requisites", "account", "source")
        .first()
    )
    if row is None:
        return None
    try:
        body = to_pdf(form_of(Actor.system(current_company_id(), origin="client page"), row), day=row.day)
    except (TextError, PrintFailed):
        return None
    return PaperFile(file_name(row, "pdf"), "application/pdf", body)


def _issued(order_id: int) -> QuerySet[Document]:
    return Document.objects.filter(subject_kind="order", subject_id=order_id, state=Document.State.ISSUED)


def _name(row: Document) -> str:
    return f"{NAMES[row.kind]} № {row.number}"
