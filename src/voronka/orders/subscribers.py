"""What orders do when something happens elsewhere, and what open pages hear of orders."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from voronka.accounts.events import CompanyFounded
from voronka.kit.actors import Actor
from voronka.kit.events import RecordedEvent, listens
from voronka.kit.live import LiveMessage, shows
from voronka.messaging.services import campaigns
from voronka.orders import events, queries, services
from voronka.stock import queries as stock
from voronka.stock.events import GoodsMoved, ReservationEnded


@listens("orders.ship_settings", CompanyFounded)
def ship_settings(event: RecordedEvent) -> None:
    """Give a new company its statuses and ways of delivery and payment."""
    services.ship_settings()


@listens("orders.figures", events.OrderPlaced, events.OrderChanged, events.OrderStatusChanged, events.OrderReturned)
def keep_figures(event: RecordedEvent) -> None:
    """Keep what the client has bought; reckoned anew each time, so that an event seen twice does no harm."""
    services.refresh_figures([int(event.payload["client_id"])])


@listens("orders.campaign_gains", events.OrderPlaced, events.OrderChanged, events.OrderCancelled)
def tell_campaigns(event: RecordedEvent) -> None:
    """Let an order count for the campaign that reached its client last before it, with its sum as it is by now."""
    subject, total = ("order", event.subject_id), Decimal(event.payload["total"])
    if event.name == events.OrderPlaced.name():
        made = queries.made_in(event.subject_id)
        if made is not None:
            client_id, at, currency = made  # the card that the event names may have been merged since
            campaigns.attribute(campaigns.Gain(subject, client_id, total, at, currency))
    else:
        campaigns.restate(subject, total=total, is_lost=event.name == events.OrderCancelled.name())


@listens("orders.reserve_waiting", GoodsMoved, ReservationEnded)
def reserve_waiting(event: RecordedEvent) -> None:
    """Promise goods that have come, or came free, to the orders that wait for them: those promised first go first."""
    told = event.payload
    if "operation" in told:
        found = [one.variant_id for one in stock.moves_of(UUID(str(told["operation"])))]
    else:
        found = stock.let_go_of(str(told["holder_kind"]), int(told["holder_id"]))
    actor = Actor.system(event.company_id, origin="listener")
    for order_id in services.waiting_orders(sorted(set(found))):
        services.reserve_waiting(order_id, actor=actor, now=datetime.now(UTC))


@shows(
    "order", events.OrderPlaced, events.OrderChanged, events.OrderStatusChanged, events.OrderCancelled,
    events.OrderShipped, events.OrderDelivered, events.OrderReturned, events.OrderPaid,
)  # fmt: skip
def order_moved(event: RecordedEvent) -> LiveMessage:
    """Tell open pages that an order has changed."""
    return LiveMessage("order", {"order": event.subject_id, "by": event.employee_id or 0})
