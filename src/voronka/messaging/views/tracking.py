"""Public addresses of letters: the picture that tells of an opening, links that lead over us. HEAD changes nothing."""

from base64 import b64decode
from datetime import UTC, datetime

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.views.decorators.http import require_safe

from voronka.messaging.services import tracking

# A picture of one clear point.
_POINT = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_AHEAD = ("Purpose", "Sec-Purpose", "X-Purpose", "X-Moz")


class _Away(HttpResponseRedirectBase):
    """Leads to a site that a letter of ours names."""

    status_code = 302
    allowed_schemes = ["http", "https"]


@require_safe
@transaction.non_atomic_requests
def opened(request: HttpRequest, token: str) -> HttpResponse:
    """Give the picture of a letter, and keep that it was asked for."""
    if not tracking.is_ours("open", token):
        raise Http404
    if request.method == "GET":
        _note(request, "open", token)
    return _bare(HttpResponse(_POINT, content_type="image/gif"))


@require_safe
@transaction.non_atomic_requests
def clicked(request: HttpRequest, token: str) -> HttpResponse:
    """Lead to the site of a link of a letter, and keep that it was followed; an address not signed by us is none."""
    url, given = request.GET.get("to", ""), request.GET.get("n", "0")
    number = int(given) if given.isascii() and given.isdecimal() and len(given) < 5 else 0
    if number and tracking.is_ours("click", token, number, url):
        if request.method == "GET":
            _note(request, "click", token, number, url)
        return _bare(_Away(url))
    if tracking.is_ours("trap", token):
        if request.method == "GET":
            _note(request, "trap", token)
        return _bare(HttpResponse(status=204))
    raise Http404


def _note(request: HttpRequest, kind: str, token: str, number: int = 0, url: str = "") -> None:
    is_ahead = any(
        "prefetch" in (said := request.headers.get(name, "").lower()) or "preview" in said for name in _AHEAD
    )
    tracking.note_touch(
        kind, token, agent=request.headers.get("User-Agent", ""), is_ahead=is_ahead, now=datetime.now(UTC),
        number=number, url=url,
    )  # fmt: skip


def _bare(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "no-store"
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer
