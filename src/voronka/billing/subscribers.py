"""What follows when a paper is issued, and what open pages hear of documents and money."""

from decimal import Decimal

from voronka.billing import events
from voronka.billing.models import Document
from voronka.billing.services.correcting import draft_corrections
from voronka.billing.services.debts import refresh_debts
from voronka.billing.services.following import follow_invoice, lessen_invoice
from voronka.billing.services.notices import tell_of_surplus
from voronka.billing.services.subjects import tell_of_back, tell_paid
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


@listens("billing.lessen", OrderCancelled, OrderReturned)
def lessen(event: RecordedEvent) -> None:
    """Let nobody owe for what he has not got: of a cancelled order, or of goods that came back."""
    if event.payload.get("state", "received") == "received":
        lessen_invoice(event.subject_id, now=event.at)


@listens("billing.follow", OrderChanged)
def follow(event: RecordedEvent) -> None:
    """Let the invoice of an order that was changed ask for its new sum."""
    if event.payload["was"] != event.payload["total"]:
        follow_invoice(event.subject_id, Decimal(event.payload["was"]), now=event.at)


@listens("billing.tell_back", OrderReturned, events.SurplusChanged)
def tell_order(event: RecordedEvent) -> None:
    """Tell an order that money of it may have gone back: its returns wait for no more than is owed for them."""
    tell_of_back(int(event.payload["order_id"]), now=event.at)


@listens("billing.correct", OrderReturned)
def correct(event: RecordedEvent) -> None:
    """Draft what corrects the tax invoice of goods that came back; what was thrown away comes anew with the next."""
    if event.payload["state"] == "received":
        draft_corrections(event.subject_id, now=event.at)


@listens("billing.tell_surplus", events.SurplusChanged)
def tell_people(event: RecordedEvent) -> None:
    """Tell whoever gives money back that some waits for it."""
    if event.payload["way"] in ("freed", "refused"):
        tell_of_surplus(event.subject_id, int(event.payload["order_id"]), now=event.at)


@shows("money", events.PaymentReceived, events.PaymentAllocated, events.DocumentIssued, events.StatementLoaded,
       events.SurplusChanged)  # fmt: skip
def money_moved(event: RecordedEvent) -> LiveMessage:
    """Tell open pages that papers or payments have changed."""
    return LiveMessage("money", {"by": event.employee_id or 0})
