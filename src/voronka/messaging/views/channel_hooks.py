"""Where messengers bring news: the signed address and the secret heading are the key, both known by a hash."""

import json
from datetime import UTC, datetime

from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from voronka.messaging.ports import Forged
from voronka.messaging.services import channels as services

MOST_BROUGHT = 256 * 1024
HEADING = "x-telegram-bot-api-secret-token"


@csrf_exempt  # a messenger posts without a session
@transaction.non_atomic_requests
@require_POST
def telegram_hook(request: HttpRequest, token: str) -> HttpResponse:
    """Take an update of Telegram. Without the secret of this address it is as if nothing were here."""
    if not services.is_ours(token, request.headers.get(HEADING, "")[:300]):
        raise Http404
    length = request.headers.get("content-length", "0")
    try:
        body = request.body if length.isdecimal() and int(length) <= MOST_BROUGHT else None
    except RequestDataTooBig:
        body = None
    if body is None:
        return HttpResponse(status=413)
    try:
        press = services.take_brought(token, body, now=datetime.now(UTC))
    except Forged:
        return HttpResponse(status=400)
    if not press:
        return HttpResponse(status=200)
    # A method may be called by the answer: the press is told that it has arrived without a request of ours.
    answer = json.dumps({"method": "answerCallbackQuery", "callback_query_id": press})
    return HttpResponse(answer, content_type="application/json")
