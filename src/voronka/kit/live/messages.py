"""What of the log goes to open pages: an event becomes a named message of ids for some or all colleagues."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from voronka.kit.events.listeners import RecordedEvent
from voronka.kit.events.log import Event


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


def message_of(event: RecordedEvent) -> LiveMessage | None:
    """Return the message of an event, None when open pages do not care."""
    mapper = _mappers.get(event.name)
    return mapper(event) if mapper is not None else None


def shown_events() -> list[str]:
    """Return the names of the events that open pages hear of."""
    return list(_mappers)


def message_names() -> list[str]:
    """Return the names of all messages, for the browser to listen to."""
    return sorted(_names)
