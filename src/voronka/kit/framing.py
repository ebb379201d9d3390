"""A page that is looked at inside of one of ours: a letter, as its reader would get it."""

from django.conf import settings
from django.http import HttpResponse


def framed(page: HttpResponse) -> HttpResponse:
    """Let a page stand in a frame of ours only: no script runs, nothing is asked for elsewhere, nothing leads out.

    Its own styles may stand at its elements, as in letters.
    """
    page["Content-Security-Policy"] = (
        f"default-src 'none'; img-src 'self' {settings.SITE} data:; style-src 'unsafe-inline'; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox"
    )
    page["X-Frame-Options"] = "SAMEORIGIN"
    page["Cache-Control"] = "no-store"
    return page
