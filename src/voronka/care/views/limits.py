"""How often one address may ask; the counters lie in the cache that all processes share."""

from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from voronka.kit.origin import client_address

# Seconds and how many: of looking, of answering, of links that lead nowhere.
LIMITS = {"look": ((60, 120),), "act": ((60, 20), (3600, 120)), "wrong": ((600, 30),)}


def is_over(request: HttpRequest, what: str, *, counts: bool = True) -> bool:
    """Tell whether an address has asked too often; with `counts` this time is counted too."""
    over = False
    for seconds, most in LIMITS[what]:
        turn = int(timezone.now().timestamp()) // seconds
        key = f"survey-page:{what}:{client_address(request)}:{seconds}:{turn}"
        if not counts:
            over = over or int(cache.get(key, 0)) >= most
            continue
        cache.add(key, 0, timeout=seconds)
        try:
            count = cache.incr(key)
        except ValueError:
            count = 1  # it ran out just now
        over = over or count > most
    return over
