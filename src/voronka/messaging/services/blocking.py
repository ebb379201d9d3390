"""Addresses that are not written to any more."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.messaging.models import BlockedAddress
from voronka.messaging.permissions import MANAGE
from voronka.messaging.queries.facts import address_key

# What a provider may tell of an address, after which it is not written to any more.
BLOCKING = ("bounce", "complaint", "stop")


def block(channel: str, address: str, reason: str, *, words: str = "", at: datetime) -> None:
    """Write to an address no more: it bounced, its owner complained or sent STOP. A blocked one stays as it is."""
    row = BlockedAddress(
        channel=channel,
        key=address_key(channel, address),
        hint=hint_of(address),
        reason=reason,
        words=words[:300],
        at=at,
    )
    BlockedAddress.objects.bulk_create([row], ignore_conflicts=True)


def hint_of(address: str) -> str:
    """Return as much of an address as tells people which it is, and nobody else whose: `an…@ex….ru`, `+79…01`."""
    name, sign, domain = address.strip().rpartition("@")
    if not sign:
        return f"{address[:3]}…{address[-2:]}" if len(address) > 6 else "…"
    first, _dot, last = domain.rpartition(".")
    return f"{name[:2]}…@{first[:2]}….{last}"[:60]


@transaction.atomic
def unblock(*, actor: Actor, public_id: str) -> None:
    """Let an address be written to again, because its owner asked or mended it. Raises Denied, NotFound."""
    actor.require(MANAGE)
    found = BlockedAddress.objects.filter(public_id=public_id)
    if not found.delete()[0]:
        raise NotFound(_("There is no such address."))
