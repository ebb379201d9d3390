"""What surveys do when something happens elsewhere."""

from datetime import UTC, datetime

from voronka.care import services
from voronka.care.services.asking import About
from voronka.kit.events import RecordedEvent, listens
from voronka.messaging.events import LetterClicked, LetterOpened, MessageFailed, MessageRefused
from voronka.orders import queries as orders
from voronka.orders.events import OrderCancelled, OrderDelivered, OrderPlaced, OrderStatusChanged


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
    # The card that the event names may have been merged since: the order is on the one that stays.
    order = orders.asked_about(event.subject_id)
    if order is not None:
        services.invite(moment, About(order.client_id, "order", order.id), at=event.at)


@listens("care.order_known", OrderPlaced)
def know_order(event: RecordedEvent) -> None:
    """Say of which order it was that somebody was asked on the site before the order came to us."""
    services.know_order(event.subject_id, now=datetime.now(UTC))


@listens("care.ask_otherwise", MessageFailed, MessageRefused)
def ask_otherwise(event: RecordedEvent) -> None:
    """Ask by SMS whom the letter of a survey did not reach."""
    services.ask_otherwise([event.subject_id], now=datetime.now(UTC))


@listens("care.opened", LetterOpened, LetterClicked)
def note_opened(event: RecordedEvent) -> None:
    """Note that the letter of a survey was opened by a person."""
    services.note_opened(event.subject_id, at=event.at)
