"""Pages of clients and strangers, opened by a link without signing in: their language, limits, secrecy and refusals."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation

from voronka.kit import counters
from voronka.kit.origin import client_address, counted_as

LANGUAGES = ("ru", "en")
# Seconds and how many: of looking, of doing something, of links that lead nowhere.
LIMITS = {"look": ((60, 120),), "act": ((60, 20), (3600, 120)), "wrong": ((600, 30),)}


def private(response: HttpResponse) -> HttpResponse:
    """Keep a page out of search engines, caches and the addresses that other sites see."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def language_of(request: HttpRequest) -> str:
    """Return the language that the address asks for, else the browser's."""
    asked = request.GET.get("lang", "")
    if asked in LANGUAGES:
        return asked
    found = (translation.get_language() or "ru")[:2]
    return found if found in LANGUAGES else "ru"


def refused(request: HttpRequest, status: int, words: str) -> HttpResponse:
    """Say that a link leads nowhere (404), or that too much was asked (429); counters are kept, nothing is undone."""
    context = {"status": status, "words": words, "lang": language_of(request)}
    return private(render(request, "kit/public_refused.html", context, status=status))


def is_over(page: str, request: HttpRequest, what: str, *, counts: bool = True) -> bool:
    """Tell whether an address has asked a kind of page too often; with `counts` this time is counted too."""
    key = f"{page}:{what}:{counted_as(client_address(request))}"
    return counters.is_over(key, LIMITS[what], now=timezone.now(), counts=counts)
