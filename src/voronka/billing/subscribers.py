"""What open pages hear of documents and money."""

from voronka.billing import events
from voronka.kit.events import RecordedEvent
from voronka.kit.live import LiveMessage, shows


@shows("money", events.PaymentReceived, events.PaymentAllocated, events.DocumentIssued, events.StatementLoaded)
def money_moved(event: RecordedEvent) -> LiveMessage:
    """Tell open pages that papers or payments have changed."""
    return LiveMessage("money", {"by": event.employee_id or 0})
