"""How often one address looks, writes and sends files: on the page of the chat and from pages of sites together."""

from datetime import datetime

from django.utils.translation import gettext as _

from voronka.kit import counters
from voronka.kit.errors import TooMany
from voronka.kit.origin import counted_as

# Seconds and how many, by address: of looking and of writing.
LIMITS = {"look": ((60, 240),), "write": ((60, 40), (3600, 600)), "file": ((60, 10), (3600, 60))}


def count_try(what: str, *, company_id: int, address: str, now: datetime) -> None:
    """Count what one address asks for; the counters lie in the cache that all processes share. Raises TooMany."""
    if counters.is_over(f"chat:{what}:{company_id}:{counted_as(address)}", LIMITS[what], now=now):
        raise TooMany(_("Too many messages from one place. Wait a little and send again."))
