"""What automations hear: every event that a part offers as a trigger (services.offering)."""

from datetime import UTC, datetime

from voronka.flows.services.entering import note_event
from voronka.flows.services.offering import LISTENER
from voronka.kit.events import RecordedEvent, listens


@listens(LISTENER)
def note(event: RecordedEvent) -> None:
    """Bring people in, end waits, reach goals."""
    note_event(event, now=datetime.now(UTC))
