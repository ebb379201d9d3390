"""What follows when a paper is issued, and what open pages hear of documents and money."""

from decimal import Decimal

from voronka.billing import events
from voronka.billing.models import Document
from voronka.billing.services.carrying import follow_invoice, lessen_invoice
from voronka.billing.services.debts import refresh_debts
from voronka.billing.services.subjects import tell_paid
from voronka.kit.events import RecordedEvent, listens
from voronka.kit.jobs import defer
from voronka.kit.live import LiveMessage, shows
from voronka.orders.events import OrderCancelled, OrderChanged, OrderReturned


@listens("billing.keep_file", events.DocumentIssued)
def keep_issued(event: RecordedEvent) -> None:
    """Put off the drawing of each version of a paper: it takes longer than this transaction may stand."""
    version = int(event.payload["version"])
    defer("billing.keep_file", company_id=event.company_id, document_id=event.subject_id, version=version)


@listens("billing.tell_paid", events.PaymentAllocated)
def tell_subject(event: RecordedEvent) -> None:
    """Tell the order or whatever a paper is about what has come for it."""
    tell_paid(event.subject_id, now=event.at)


@listens("billing.debts", events.DocumentIssued, events.DocumentVoided, events.PaymentAllocated)
def keep_debts(event: RecordedEvent) -> None:
    """Keep what the client owes; reckoned anew each time, so that an event seen twice does no harm.

    His card may have been made one with another since: the paper says whose it is now.
    """
    now = Document.objects.filter(pk=event.subject_id).values_list("client_id", flat=True).first()
    refresh_debts([int(one) for one in (event.payload["client_id"], now) if one is not None])


@listens("billing.lessen", OrderCancelled, OrderReturned, events.PaymentAllocated)
def lessen(event: RecordedEvent) -> None:
    """Let nobody owe for what he has not got: of a cancelled order, or of goods that came back."""
    if event.subject_kind == "order":
        order_id: int | None = event.subject_id
    else:
        papers = Document.objects.filter(pk=event.subject_id, subject_kind="order", kind="invoice")
        order_id = papers.values_list("subject_id", flat=True).first()
    if order_id is not None:
        lessen_invoice(order_id, now=event.at)


@listens("billing.follow", OrderChanged)
def follow(event: RecordedEvent) -> None:
    """Let the invoice of an order that was changed ask for its new sum."""
    if event.payload["was"] != event.payload["total"]:
        follow_invoice(event.subject_id, Decimal(event.payload["was"]), now=event.at)


@shows("money", events.PaymentReceived, events.PaymentAllocated, events.DocumentIssued, events.StatementLoaded)
def money_moved(event: RecordedEvent) -> LiveMessage:
    """Tell open pages that papers or payments have changed."""
    return LiveMessage("money", {"by": event.employee_id or 0})
