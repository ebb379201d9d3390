"""What of the log goes to open pages: an event becomes a named message of ids for some or all colleagues."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog

from voronka.kit.events.listeners import RecordedEvent
from voronka.kit.events.log import Event

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LiveMessage:
    """A message to open pages: its name, ids, and the employees it is for (None: all of the company).

    Somebody without an account hears it too, if he listens in its `room`, and nothing else.
    """

    name: str
    ids: Mapping[str, int | str]
    to: frozenset[int] | None = None
    room: str = ""


Mapper = Callable[[RecordedEvent], LiveMessage | None]
_mappers: dict[str, Mapper] = {}
_names: set[str] = set()


def shows(name: str, *events: type[Event]) -> Callable[[Mapper], Mapper]:
    """Register a function of `subscribers.py` that turns events into the live message `name`."""

    def register(mapper: Mapper) -> Mapper:
        _names.add(name)
        for event in events:
            if event.name() in _mappers:
                raise ValueError(f"{event.name()} is shown twice")
            _mappers[event.name()] = mapper
        return mapper

    return register


def call_name(name: str) -> None:
    """Let pages listen to a message that comes from no event (whispers)."""
    _names.add(name)


def message_of(event: RecordedEvent) -> LiveMessage | None:
    """Return the message of an event, None when open pages do not care.

    None, too, where its part cannot tell it: that is logged, and the pages of everybody hear of the next event.
    """
    mapper = _mappers.get(event.name)
    if mapper is None:
        return None
    try:
        return mapper(event)
    except Exception:
        log.exception("an event could not be shown to open pages", kind=event.name, seq=event.seq)
        return None


def shown_events() -> list[str]:
    """Return the names of the events that open pages hear of."""
    return list(_mappers)


def message_names() -> list[str]:
    """Return the names of all messages, for the browser to listen to."""
    return sorted(_names)
