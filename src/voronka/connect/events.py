"""What happens to keys and webhooks, as others may hear it."""

from dataclasses import dataclass
from typing import ClassVar

from voronka.kit.events.log import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiKeyMade(Event):
    """A key of the API was made for a program; `scopes` are the codes of what it may do."""

    subject: ClassVar = ("api_key", "key_id")
    key_id: int
    scopes: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiKeyRevoked(Event):
    """A key of the API opens nothing any more."""

    subject: ClassVar = ("api_key", "key_id")
    key_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookChanged(Event):
    """A webhook was added, changed, given a new secret, paused, resumed or removed, as `change` says."""

    subject: ClassVar = ("webhook", "webhook_id")
    webhook_id: int
    change: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookPaused(Event):
    """A webhook gets nothing any more, as `reason` says.

    Its address failed for three days (failing) or said that it is gone (gone), or we broke on it (broken).
    """

    subject: ClassVar = ("webhook", "webhook_id")
    webhook_id: int
    reason: str
