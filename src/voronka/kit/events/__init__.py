"""The event log: announced in the transaction of the change, numbered after commit, read by position."""

from voronka.kit.events.listeners import Listener, RecordedEvent, listens
from voronka.kit.events.log import Event, all_kinds, caused_by, packed, publish, teller, wake

__all__ = [
    "Event", "Listener", "RecordedEvent", "all_kinds", "caused_by", "listens", "packed", "publish", "teller", "wake",
]  # fmt: skip
