"""What happens to automations and to those who walk them, as others may hear it."""

from dataclasses import dataclass
from typing import ClassVar

from voronka.kit.events.log import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class AutomationSaved(Event):
    """An automation was made, renamed, published, switched on or off, as `change` says; `version` is the live one."""

    subject: ClassVar = ("automation", "automation_id")
    automation_id: int
    change: str
    version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RunEntered(Event):
    """Somebody came into an automation; `trigger` is the kind of what brought him."""

    subject: ClassVar = ("automation", "automation_id")
    automation_id: int
    walk_id: int
    client_id: int | None
    trigger: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RunEnded(Event):
    """Somebody is out of an automation: `state` done, left or stopped, `why` the code of the cause."""

    subject: ClassVar = ("automation", "automation_id")
    automation_id: int
    walk_id: int
    client_id: int | None
    state: str
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RunStuck(Event):
    """A step of an automation failed for somebody time after time and waits for a person."""

    subject: ClassVar = ("automation", "automation_id")
    automation_id: int
    walk_id: int
    client_id: int | None
    node: str
