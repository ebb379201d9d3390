"""Who is writing at this moment, and how far the visitor's lines are read: whispered, kept nowhere."""

from voronka.kit.live import LiveMessage, call_name, whisper
from voronka.messaging.models import Talk

call_name("typing")


def room_of(talk: Talk) -> str:
    """Return the room in which the visitor of a talk hears."""
    return f"talk {talk.public_id}"


def tell_typing(talk: Talk, *, name: str) -> None:
    """Tell the visitor that somebody of ours writes to him."""
    whisper(LiveMessage("typing", {"talk": talk.public_id, "name": name}, frozenset(), room_of(talk)))


def tell_read(talk: Talk) -> None:
    """Tell the visitor that what he wrote has been read."""
    whisper(LiveMessage("read", {"talk": talk.public_id}, frozenset(), room_of(talk)))


def types(talk: Talk) -> None:
    """Tell the desks of colleagues that the visitor writes."""
    whisper(LiveMessage("typing", {"talk": talk.public_id}))
