"""Reactions of the reports to what other parts announce."""

from voronka.accounts.events import CompanyChanged
from voronka.audience import services
from voronka.audience.services.facts import LISTENER
from voronka.deals import events
from voronka.kit import jobs
from voronka.kit.events import RecordedEvent, listens


@listens(
    LISTENER,
    events.DealOpened,
    events.ButtonPressed,
    events.PressUndone,
    events.StageChanged,
    events.DealClosed,
    events.ResponsibleChanged,
    events.DealGoodsChanged,
    events.ExampleDealRemoved,
)
def keep_facts(event: RecordedEvent) -> None:
    """Bring the facts of the reports up to the event."""
    services.take_in(event)


@listens("audience.follow_zone", CompanyChanged)
def follow_zone(event: RecordedEvent) -> None:
    """Count the days anew when the company's own clock was changed: its days begin at other moments."""
    if "zone" in event.payload["fields"]:
        jobs.defer("audience.rebuild", company_id=event.company_id, once=f"audience rebuild {event.company_id}")
