"""How often one address may ask; the counters lie in the cache that all processes share."""

from django.http import HttpRequest
from django.utils import timezone

from voronka.kit import counters
from voronka.kit.origin import client_address

# Seconds and how many: of looking, of doing something, of links that lead nowhere.
LIMITS = {"look": ((60, 120),), "act": ((60, 20), (3600, 120)), "wrong": ((600, 30),)}


def is_over(request: HttpRequest, what: str, *, counts: bool = True) -> bool:
    """Tell whether an address has asked too often; with `counts` this time is counted too."""
    key = f"order-page:{what}:{client_address(request)}"
    return counters.is_over(key, LIMITS[what], now=timezone.now(), counts=counts)
