"""What parts offer to automations, kept by kind; known once all parts are loaded."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from voronka.flows.ports import EventTrigger, Maker, MomentTrigger, Talks, Traveller, Trigger
from voronka.kit import modules
from voronka.kit.actors import Actor
from voronka.kit.events.listeners import listen_further

LISTENER = "flows.note"
T = TypeVar("T", bound=type[Trigger])

_travellers: dict[str, Traveller] = {}
_triggers: dict[str, type[Trigger]] = {}
_makers: dict[str, Maker] = {}
_talks: list[Talks] = []


def offer_traveller(traveller: Traveller) -> None:
    """Let records of a kind walk automations. Raises ValueError for a second of the kind."""
    if traveller.kind in _travellers:
        raise ValueError(f"traveller {traveller.kind} is registered twice")
    _travellers[traveller.kind] = traveller


def trigger(kind: T) -> T:
    """Register what may begin an automation; a decorator of `triggers.py`.

    Raises ValueError for a second of the kind, and where its records walk nothing.
    """
    if kind.kind in _triggers:
        raise ValueError(f"trigger {kind.kind} is registered twice")
    if kind.subject not in _travellers:
        raise ValueError(f"trigger {kind.kind}: records of the kind {kind.subject} walk no automation")
    _triggers[kind.kind] = kind
    if issubclass(kind, EventTrigger):
        listen_further(LISTENER, kind.event)
    return kind


def offer_maker(code: str, maker: Maker) -> None:
    """Let ready processes have something written for them before their steps name it: a letter."""
    if code in _makers:
        raise ValueError(f"maker {code} is registered twice")
    _makers[code] = maker


def maker_of(code: str) -> Maker | None:
    """Return what writes things of a kind for ready processes."""
    return _makers.get(code)


def traveller_of(kind: str) -> Traveller:
    """Return how records of a kind walk. Raises KeyError."""
    return _travellers[kind]


def find_traveller(kind: str) -> Traveller | None:
    """Return how records of a kind walk, None where they do not."""
    return _travellers.get(kind)


def travellers() -> Mapping[str, Traveller]:
    """Return all that may walk, by kind."""
    return _travellers


def all_triggers() -> Mapping[str, type[Trigger]]:
    """Return all triggers by kind, in the order of registration."""
    return _triggers


def triggers_for(actor: Actor) -> list[type[Trigger]]:
    """Return the triggers that the actor may choose: those of switched-off modules are left out."""
    return list(modules.switched_on(_triggers.values(), actor, by=lambda kind: kind))


def event_triggers() -> list[type[EventTrigger]]:
    """Return the triggers that the log tells of."""
    return [one for one in _triggers.values() if issubclass(one, EventTrigger)]


def moment_triggers(subject: str) -> list[type[MomentTrigger]]:
    """Return what live records of a kind may be seen doing."""
    return [one for one in _triggers.values() if issubclass(one, MomentTrigger) and one.subject == subject]


def is_live(subject: str) -> bool:
    """Tell whether records of a kind are watched as they act."""
    found = _travellers.get(subject)
    return found is not None and found.is_live


def awaited(subject: str) -> list[type[EventTrigger] | type[MomentTrigger]]:
    """Return the events that somebody may be waited for to bring about: those that need no settings."""
    found: list[type[EventTrigger] | type[MomentTrigger]] = list(moment_triggers(subject))
    for kind in event_triggers():
        is_near = kind.subject == subject or kind.subject == "client" or subject == "client"
        if is_near and not any(one.is_required() for one in kind.model_fields.values()):
            found.append(kind)
    return found


def find_trigger(stored: Mapping[str, Any]) -> Trigger | None:
    """Return a trigger of its stored form, None where its kind is unknown or its settings are wrong."""
    kind = _triggers.get(str(stored.get("kind", "")))
    if kind is None:
        return None
    try:
        return kind.model_validate({name: value for name, value in stored.items() if name != "kind"})
    except ValidationError:
        return None


def offer_talks(talks: Talks) -> None:
    """Let scenarios speak in talks. Raises ValueError for a second offer."""
    if _talks:
        raise ValueError("talks are offered to scenarios already")
    _talks.append(talks)


def find_talks() -> Talks | None:
    """Return what the part of talks gives to scenarios, None where there is no such part."""
    return _talks[0] if _talks else None
