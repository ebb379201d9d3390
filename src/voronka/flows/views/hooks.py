"""The open address by which another program brings somebody into an automation."""

import json
from datetime import UTC, datetime

from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from voronka.flows.services import hooks
from voronka.kit.errors import Refusal

MOST_SENT, MOST_FIELD = 64 * 1024, 254
FIELDS = ("client", "phone", "email")
FORM = "application/x-www-form-urlencoded"


@never_cache
@csrf_exempt  # a program posts without a session
@transaction.non_atomic_requests
@require_POST
def hook(request: HttpRequest, token: str) -> HttpResponse:
    """Bring in whom the body names, JSON or a form of `client`, `phone`, `email`; other fields are passed over."""
    if hooks.read_token(token) is None:
        raise Http404
    length = request.headers.get("content-length", "0")
    try:
        body = request.body if length.isdecimal() and len(length) < 9 and int(length) <= MOST_SENT else None
    except RequestDataTooBig:
        body = None
    if body is None:
        return _refused("too_large", 413)
    told = _read(body, is_form=request.content_type == FORM)
    if told is None:
        return _refused("unreadable", 400)
    try:
        run = hooks.bring_in_by(token, told, now=datetime.now(UTC))
    except Refusal as refusal:
        return _refused(refusal.code, refusal.status)
    return JsonResponse({"entered": run is not None, "walk": run.public_id if run is not None else None})


def _read(body: bytes, *, is_form: bool) -> dict[str, str] | None:
    """Return the fields that are known, clean; None for what is neither JSON nor a form."""
    try:
        said = QueryDict(body).dict() if is_form else json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    return {name: text for name in FIELDS if (text := _text(said.get(name)))}


def _text(value: object) -> str:
    """Return a text as a database can hold it; a number of a phone may come as a number."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    if isinstance(value, int) and abs(value) >= 10**20:
        return ""
    return str(value)[:MOST_FIELD].encode("utf-8", "ignore").decode().replace("\0", "").strip()


def _refused(code: str, status: int) -> JsonResponse:
    answer = JsonResponse({"entered": False, "code": code}, status=status)
    if status == 429:
        answer.headers["Retry-After"] = "60"
    return answer
