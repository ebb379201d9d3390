"""What open pages hear of talks: colleagues all of it, the visitor what is said to him."""

from voronka.kit.events.listeners import RecordedEvent
from voronka.kit.live import LiveMessage, shows
from voronka.messaging import events


@shows("talk", events.TalkBegun, events.TalkSaid, events.TalkSeen, events.TalkChanged)
def talk_moved(event: RecordedEvent) -> LiveMessage:
    """Tell open pages that a talk has gone on; the visitor's, where a line is for him."""
    is_said = event.name == events.TalkSaid.name()
    ids = {"talk": event.payload["talk"], "number": event.payload.get("number", 0)}
    return LiveMessage("talk", ids, room=f"talk {event.payload['talk']}" if is_said else "")
