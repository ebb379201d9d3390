"""What orders do when something happens elsewhere, and what open pages hear of orders."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from voronka.accounts.events import CompanyFounded
from voronka.kit.actors import Actor
from voronka.kit.events import RecordedEvent, listens
from voronka.kit.live import LiveMessage, shows
from voronka.loyalty.services import referring
from voronka.messaging.services import campaigns
from voronka.orders import events, queries, services
from voronka.people.events import ClientParted, ClientsMerged, MergeUndone
from voronka.stock import queries as stock
from voronka.stock.events import GoodsMoved, ReservationEnded
from voronka.trials import services as trials


@listens("orders.ship_settings", CompanyFounded)
def ship_settings(event: RecordedEvent) -> None:
    """Give a new company its statuses and ways of delivery and payment."""
    services.ship_settings()


@listens("orders.figures", events.OrderPlaced, events.OrderChanged, events.OrderStatusChanged, events.OrderReturned)
def keep_figures(event: RecordedEvent) -> None:
    """Keep what the client has bought; reckoned anew each time, so that an event seen twice does no harm."""
    services.refresh_figures([int(event.payload["client_id"])])


@listens(
    "orders.facts", events.OrderPlaced, events.OrderChanged, events.OrderStatusChanged, events.OrderCancelled,
    events.OrderShipped, events.OrderDelivered, events.OrderReturned, events.OrderPaid,
)  # fmt: skip
def keep_facts(event: RecordedEvent) -> None:
    """Keep what the report reads of the order; reckoned anew each time, so that an event seen twice does no harm."""
    services.refresh_facts([event.subject_id])


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


@listens(
    "orders.trial_gains", events.OrderPlaced, events.OrderChanged, events.OrderCancelled, events.OrderReturned
)  # fmt: skip
def tell_trials(event: RecordedEvent) -> None:
    """Let an order count for what its client was shown before it, with what it is worth by now."""
    found = queries.worth_of(event.subject_id)
    if found is None:
        return
    key = f"order:{event.subject_id}"
    if event.name == events.OrderPlaced.name():
        trials.note_gain(
            key=key,
            money=found.worth,
            at=found.at,
            client_id=found.client_id,
            currency=found.currency,
            now=datetime.now(UTC),
        )
    else:
        trials.restate_gain(key, found.worth)


@listens(
    "orders.referral_gains", events.OrderPlaced, events.OrderChanged, events.OrderStatusChanged, events.OrderCancelled,
    events.OrderDelivered, events.OrderReturned, events.OrderPaid,
)  # fmt: skip
def tell_referrals(event: RecordedEvent) -> None:
    """Let what a friend bought count for whoever brought him; reckoned anew each time."""
    made = queries.made_in(event.subject_id)
    if made is not None:
        referring.recount(made[0], now=datetime.now(UTC))  # the card that the event names may have been merged since
    referring.recount_nameless(event.subject_id, now=datetime.now(UTC))


@listens("orders.referral_cards", ClientsMerged, MergeUndone, ClientParted)
def recount_joined(event: RecordedEvent) -> None:
    """Let orders that came to a card, or left it, with another one count for whoever brought its client."""
    referring.recount(event.subject_id, now=datetime.now(UTC))


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
