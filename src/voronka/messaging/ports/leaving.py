"""What one who unsubscribes is asked, by the part that asks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class LeftAsk:
    """What one who has just left is asked on the very page: a question, and what he presses; posted to `url`."""

    question: str
    url: str
    name: str
    choices: tuple[tuple[str, str], ...]


# Message and client, the moment, and whether something may be written: looking at the page writes nothing.
AskLeft = Callable[[int, int, datetime, bool], LeftAsk | None]

_left: list[AskLeft] = []


def register_left_ask(ask: AskLeft) -> None:
    """Say who asks those who left why."""
    _left[:] = [ask]


def left_ask(message_id: int, client_id: int, now: datetime, *, writes: bool) -> LeftAsk | None:
    """Return what one who left by this message is asked, None for nothing."""
    return _left[0](message_id, client_id, now, writes) if _left else None
