"""Where providers of SMS post what they know: the signed address is the key, and nothing that is posted is believed."""

from datetime import UTC, datetime

from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from voronka.messaging.ports import Forged
from voronka.messaging.services import sms_hooks

MOST_NOTICE = 64 * 1024


@csrf_exempt  # a provider posts without a session
@transaction.non_atomic_requests
@require_POST
def hook(request: HttpRequest, token: str) -> HttpResponse:
    """Take a provider's notice. A forged one is refused; one that came before changes nothing."""
    found = sms_hooks.find_hook(token)
    if found is None:
        raise Http404
    length = request.headers.get("content-length", "0")
    try:
        body = request.body if length.isdecimal() and int(length) <= MOST_NOTICE else None
    except RequestDataTooBig:
        body = None
    if body is None:
        return HttpResponse(status=413)
    try:
        sms_hooks.take_notice(found, body, now=datetime.now(UTC))
    except Forged:
        return HttpResponse(status=400)
    return HttpResponse(status=200)
