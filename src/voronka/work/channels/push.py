"""Notices to devices leave the company by the outbox."""

from datetime import UTC, datetime

from voronka.kit import webpush
from voronka.kit.models import OutgoingItem
from voronka.kit.outbox import GiveUp, TryLater, outgoing_channel
from voronka.work import services


@outgoing_channel(services.PUSH_CHANNEL)
def send(item: OutgoingItem) -> None:
    """Tell one device; a push service that is busy or silent is asked again."""
    said = item.payload
    try:
        services.hand_over_push(
            said["device"], said["of"], said["row"], posted_at=item.made_at, now=datetime.now(UTC)
        )
    except webpush.Later as later:
        raise TryLater(str(later)) from later
    except ValueError as wrong:
        raise GiveUp(str(wrong)) from wrong
