"""What follows when a paper is issued, and what open pages hear of documents and money."""

from voronka.billing import events
from voronka.billing.services.keeping import keep_file
from voronka.kit.actors import Actor
from voronka.kit.events import RecordedEvent, listens
from voronka.kit.live import LiveMessage, shows


@listens("billing.keep_file", events.DocumentIssued)
def keep_issued(event: RecordedEvent) -> None:
    """Keep the file of each version of a paper as it was issued."""
    actor = Actor.system(event.company_id, origin="listener")
    keep_file(actor=actor, document_id=event.subject_id, version=int(event.payload["version"]), now=event.at)


@shows("money", events.PaymentReceived, events.PaymentAllocated, events.DocumentIssued, events.StatementLoaded)
def money_moved(event: RecordedEvent) -> LiveMessage:
    """Tell open pages that papers or payments have changed."""
    return LiveMessage("money", {"by": event.employee_id or 0})
