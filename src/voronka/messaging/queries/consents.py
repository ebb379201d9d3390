"""Consents as people look at them: what holds, how it came to be, and the text that was read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from voronka.messaging.models import BlockedAddress, ConsentText
from voronka.people import queries as people


@dataclass(frozen=True, slots=True)
class Proof:
    """One act of a client: what he said when and where, and the text that he had before him."""

    id: int
    purpose: str
    channel: str
    given: bool
    at: datetime
    source: str
    version: str
    text: str


def text_sign(row: ConsentText) -> str:
    """Return how consents name the version of a text that was read: `advertising/email/3`."""
    return f"{row.purpose}/{row.channel}/{row.version}"


def list_texts() -> list[ConsentText]:
    """Return every version of the texts of consents, the newest first."""
    return list(ConsentText.objects.select_related("author").order_by("purpose", "channel", "-version"))


def newest_text(purpose: str, channel: str) -> ConsentText | None:
    """Return the text by which clients consent now: that of the channel, else that of any."""
    for one in dict.fromkeys((channel, "any")):
        found = ConsentText.objects.filter(purpose=purpose, channel=one).order_by("-version").first()
        if found is not None:
            return found
    return None


def list_proofs(client_id: int) -> list[Proof]:
    """Return what a client said of consents, newest first, with the texts."""
    rows = people.history_of_consents(client_id)
    texts = {text_sign(one): one.text for one in ConsentText.objects.all()} if rows else {}
    return [
        Proof(
            id=one.pk, purpose=one.purpose, channel=one.channel, given=one.given, at=one.at, source=one.source,
            version=one.text_version, text=texts.get(one.text_version, ""),
        )
        for one in rows
    ]  # fmt: skip


def list_blocked(*, most: int = 100) -> Sequence[BlockedAddress]:
    """Return the addresses that are not written to, the newest first."""
    return list(BlockedAddress.objects.order_by("-at", "-id")[:most])
