"""Reactions of deals to what other parts announce, and what open pages hear of deals."""

from datetime import UTC, datetime

from voronka.deals import events
from voronka.deals.services import opening
from voronka.deals.services.following import follow_client
from voronka.kit.actors import Actor
from voronka.kit.events import RecordedEvent, listens
from voronka.kit.live import LiveMessage, shows
from voronka.people.events import ClientChanged, LeadReceived


@listens("deals.open_for_lead", LeadReceived)
def open_for_lead(event: RecordedEvent) -> None:
    """Open a deal with a fresh call for somebody who asked for contact, unless one is open already."""
    opening.open_for_lead(
        actor=Actor.system(event.company_id, origin="listener"),
        client_id=event.payload["client_id"],
        source=event.payload["channel"],
        asked_at=event.at,
        now=datetime.now(UTC),
    )


@listens("deals.follow_client", ClientChanged)
def follow(event: RecordedEvent) -> None:
    """Move the open tasks of a client whose zone, calling hours or VIP mark was changed."""
    if {"zone", "call_opens_minute", "call_closes_minute", "is_vip"} & set(event.payload["fields"]):
        follow_client(event.payload["client_id"])


@shows("queue", events.DealOpened, events.NextStepSet, events.DealClosed)
def queue_changed(event: RecordedEvent) -> LiveMessage:
    """Tell pages that somebody's queue has changed."""
    return LiveMessage("queue", {"deal": event.subject_id})


@shows("pressed", events.ButtonPressed, events.PressUndone)
def deal_changed(event: RecordedEvent) -> LiveMessage:
    """Tell pages of this client that a press changed him."""
    return LiveMessage(
        "pressed", {"deal": event.subject_id, "client": event.client_id or 0, "by": event.employee_id or 0}
    )
