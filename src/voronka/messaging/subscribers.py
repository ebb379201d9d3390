"""What open pages hear of talks (colleagues all of it, the visitor what is said to him) and of campaigns."""

from datetime import UTC, datetime

from voronka.kit.events import RecordedEvent, listens
from voronka.kit.live import LiveMessage, shows
from voronka.messaging import events
from voronka.messaging.services.chat import tending

COMES = ("called", "moved", "passed", "reopened")  # what brings a talk to other hands


@listens("messaging.tend_talks", events.TalkSaid, events.TalkChanged)
def tend_talk(event: RecordedEvent) -> None:
    """Look after a visitor who waits, and keep how long the first answer took."""
    told, talk_id = event.payload, event.subject_id
    if told.get("by") == "visitor" or told.get("code") in COMES:
        tending.tend(talk_id, number=int(told["number"]), now=datetime.now(UTC))
    elif told.get("by") == "operator":
        tending.count_first(talk_id)


@shows("talk", events.TalkBegun, events.TalkSaid, events.TalkSeen, events.TalkChanged)
def talk_moved(event: RecordedEvent) -> LiveMessage:
    """Tell open pages that a talk has gone on; the visitor's, where a line is for him."""
    is_said = event.name == events.TalkSaid.name()
    ids = {"talk": event.payload["talk"], "number": event.payload.get("number", 0)}
    return LiveMessage("talk", ids, room=f"talk {event.payload['talk']}" if is_said else "")


@shows("campaign", events.CampaignMoved)
def campaign_moved(event: RecordedEvent) -> LiveMessage:
    """Tell open pages that a campaign came to another state."""
    return LiveMessage("campaign", {"campaign": event.subject_id, "by": event.employee_id or 0})
