"""What happens to messages, as others may hear it."""

from dataclasses import dataclass
from typing import ClassVar

from voronka.kit.events.log import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterWritten(Event):
    """A letter to a client waits for its way out."""

    subject: ClassVar = ("letter", "letter_id")
    letter_id: int
    client_id: int
    template_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterSettled(Event):
    """A letter was handed over to the mail server (sent), given up (failed) or broke in between (unknown)."""

    subject: ClassVar = ("letter", "letter_id")
    letter_id: int
    client_id: int
    state: str
