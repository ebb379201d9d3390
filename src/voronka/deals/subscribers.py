"""Reactions of deals to what other parts announce, and what open pages hear of deals."""

from datetime import UTC, datetime

from voronka.accounts import queries as accounts
from voronka.accounts.events import CompanyChanged, CompanyFounded, EmployeeDismissed, EmployeeJoined
from voronka.deals import events
from voronka.deals.models import Pipeline
from voronka.deals.services import escalating, holding, opening, watching
from voronka.deals.services.following import follow_client
from voronka.deals.services.shipped import FEED_ROLES, join, ship
from voronka.kit import jobs
from voronka.kit.actors import Actor
from voronka.kit.events import RecordedEvent, listens
from voronka.kit.live import LiveMessage, shows
from voronka.people.events import (
    ClientChanged,
    ClientParted,
    ClientsMerged,
    LeadReceived,
    LeadSorted,
    LeadWaits,
    MergeUndone,
)


@listens("deals.ship", CompanyFounded)
def ship_pipelines(event: RecordedEvent) -> None:
    """Give a new company its pipelines and buttons, unless whoever founded it has done so."""
    ship(actor=Actor.system(event.company_id, origin="listener"), now=datetime.now(UTC))


@listens("deals.join_pipelines", EmployeeJoined)
def join_pipelines(event: RecordedEvent) -> None:
    """Let a new colleague who works through the feed take clients of every pipeline's common pool."""
    joined = [event.payload["employee_id"]]
    if set(joined) & {one.pk for one in accounts.list_employees() if one.role.code in FEED_ROLES}:
        join(Pipeline.objects.all(), joined)


@listens("deals.open_for_lead", LeadReceived)
def open_for_lead(event: RecordedEvent) -> None:
    """Open a deal with a fresh call for somebody who asked for contact, unless one is open already."""
    if event.payload.get("by_hand"):
        return  # whoever sorted it has opened its deal
    opening.open_for_lead(
        actor=Actor.system(event.company_id, origin="listener"),
        client_id=event.payload["client_id"],
        source=event.payload["channel"],
        asked_at=event.at,
        now=datetime.now(UTC),
    )


@listens("deals.answered", events.ButtonPressed, events.DealClosed)
def answered(event: RecordedEvent) -> None:
    """End the wait of a new deal that somebody has worked on."""
    watching.settle_deal(event.payload["deal_id"], now=datetime.now(UTC))


@listens("deals.let_goods_go", events.DealClosed)
def let_goods_go(event: RecordedEvent) -> None:
    """Let go of goods that are held for a deal which was lost or put away; what is ordered or paid is not touched."""
    if event.payload["state"] in ("lost", "archived"):
        actor = Actor.system(event.company_id, origin="listener")
        holding.let_go(event.payload["deal_id"], actor=actor, now=datetime.now(UTC))


@listens("deals.unanswered", events.PressUndone)
def unanswered(event: RecordedEvent) -> None:
    """Let a new deal wait again whose only answer was taken back."""
    watching.wait_again(event.payload["deal_id"])


@listens("deals.lead_sorted", LeadSorted)
def lead_sorted(event: RecordedEvent) -> None:
    """Tell the heads no more that a request waits which somebody has sorted."""
    if event.payload["state"] != "waiting":
        escalating.forget_lead(event.payload["lead_id"])


@listens("deals.follow_client", ClientChanged)
def follow(event: RecordedEvent) -> None:
    """Move the open tasks of a client whose zone, calling hours or VIP mark was changed."""
    if {"zone", "call_opens_minute", "call_closes_minute", "is_vip"} & set(event.payload["fields"]):
        follow_client(event.payload["client_id"])


@listens("deals.follow_merge", ClientsMerged, MergeUndone, ClientParted)
def follow_merge(event: RecordedEvent) -> None:
    """Let the open tasks of cards that were joined, or parted again, follow the hours of the card they are of now."""
    follow_client(event.payload["client_id"])


@listens("deals.follow_company", CompanyChanged)
def follow_company(event: RecordedEvent) -> None:
    """Let the open tasks of all clients without hours of their own follow the company's calling hours."""
    if {"call_opens_minute", "call_closes_minute"} & set(event.payload["fields"]):
        jobs.defer(
            "deals.follow_company", company_id=event.company_id, once=f"follow_company {event.company_id} {event.seq}"
        )


@listens("deals.hand_over", EmployeeDismissed)
def hand_over(event: RecordedEvent) -> None:
    """Give the open deals of a dismissed employee to the common pools, so that his clients wait for nobody."""
    jobs.defer(
        "deals.hand_over",
        company_id=event.company_id,
        once=f"hand_over {event.company_id} {event.subject_id}",
        employee_id=event.subject_id,
    )


@shows("inbox", LeadWaits, LeadSorted)
def inbox_changed(event: RecordedEvent) -> LiveMessage:
    """Tell open inboxes that a request came or was sorted."""
    return LiveMessage("inbox", {"lead": event.subject_id, "by": event.employee_id or 0})


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
