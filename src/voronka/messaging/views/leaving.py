"""The public page by which a client leaves advertising: looking changes nothing, one press is enough."""

from datetime import UTC, datetime

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from voronka.accounts import queries as accounts
from voronka.kit.tenancy import company_context
from voronka.messaging.services import leaving, tracking


@csrf_exempt  # RFC 8058: the mail program posts without a session; the signed address is the key
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.non_atomic_requests
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Show the page with its button (scanners look at every link: GET and HEAD change nothing); posted, leave."""
    found = leaving.find_leaving(token)
    if found is None:
        raise Http404
    with company_context(found.company_id, origin="unsubscribe"), transaction.atomic():
        if request.method == "POST":
            if request.POST.get("what") == "tracking":
                tracking.refuse_tracking(found, now=datetime.now(UTC))
            else:
                leaving.leave(found, now=datetime.now(UTC))
        rules = accounts.get_company_rules()
        with translation.override(rules.language):
            has_left = leaving.has_left(found)
            # A mail program that posts by itself shows the page to nobody (RFC 8058): nobody is asked anything then.
            is_seen = request.method == "POST" and "List-Unsubscribe" not in request.POST
            context = {
                "company": rules.name,
                "has_left": has_left,
                "why": leaving.asked_why(found, now=datetime.now(UTC), writes=is_seen) if has_left else None,
                "is_tracked": tracking.is_tracked(found),
                "token": token,
            }
            answer = render(request, "messaging/leave.html", context)
    answer["Referrer-Policy"] = "no-referrer"
    answer["Cache-Control"] = "no-store"
    answer["X-Robots-Tag"] = "noindex"
    return answer
