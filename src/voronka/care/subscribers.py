"""What surveys do when something happens elsewhere."""

from datetime import UTC, datetime

from voronka.care import services
from voronka.care.services.asking import About
from voronka.kit.events import RecordedEvent, listens
from voronka.messaging.events import LetterClicked, LetterOpened, MessageFailed, MessageRefused
from voronka.orders.events import OrderCancelled, OrderDelivered, OrderStatusChanged


@listens("care.invite", OrderDelivered, OrderStatusChanged, OrderCancelled)
def invite(event: RecordedEvent) -> None:
    """Write down whom to ask: an order came whole or is done, or was cancelled; seen twice, he is asked once."""
    told = event.payload
    if event.name == OrderCancelled.name():
        moment = "cancelled"
    elif told.get("whole") or told.get("phase") == "done":
        moment = "delivered"
    else:
        return
    services.invite(moment, About(int(told["client_id"]), "order", event.subject_id), at=event.at)


@listens("care.ask_otherwise", MessageFailed, MessageRefused)
def ask_otherwise(event: RecordedEvent) -> None:
    """Ask by SMS whom the letter of a survey did not reach."""
    services.ask_otherwise([event.subject_id], now=datetime.now(UTC))


@listens("care.opened", LetterOpened, LetterClicked)
def note_opened(event: RecordedEvent) -> None:
    """Note that the letter of a survey was opened by a person."""
    services.note_opened(event.subject_id, at=event.at)
