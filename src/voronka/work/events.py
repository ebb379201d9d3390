"""What happens in the queue, as others may hear it."""

from dataclasses import dataclass
from typing import ClassVar

from voronka.kit.events.log import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class CardTaken(Event):
    """The feed gave an employee a client: the task, its band (0 promised .. 3 backlog) and how late it was."""

    subject: ClassVar = ("task", "task_id")
    task_id: int
    client_id: int
    band: int
    waited_seconds: int
