"""The outer gate of the API: what is done for every request before and after its operation.

Views of the API are not run in one transaction each: `operations` opens its own, so that a refusal rolls back.
"""

import functools
import json
import logging
from collections.abc import Callable, Collection
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.db import DEFAULT_DB_ALIAS
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from ninja.parser import Parser

from voronka.connect.api import problems
from voronka.connect.api.door import OverLimit, rate_headers

log = logging.getLogger("django.request")
View = Callable[..., HttpResponse]
DEEPEST = 20


def gated(view: View, methods: Collection[str]) -> View:
    """Return the view of an address with its refusals, headers and methods looked after."""

    @functools.wraps(view)
    def gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # the address's own
        response = _tried(view, methods, request, args, kwargs)
        known = getattr(request, "api_known", None)
        if known is not None:
            for name, value in rate_headers(*known).items():
                response.headers[name] = value
        patch_vary_headers(response, ["Accept-Language", "Authorization"])
        return response

    gate.csrf_exempt = True  # type: ignore[attr-defined]  # the door asks sessions for it
    gate._non_atomic_requests = {DEFAULT_DB_ALIAS}  # type: ignore[attr-defined]  # read by Django's handler
    return gate


def _tried(
    view: View, methods: Collection[str], request: HttpRequest, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> HttpResponse:
    if request.method not in methods:
        allowed = ", ".join(sorted(methods))
        message = _("This address takes %(methods)s.") % {"methods": allowed}
        return problems.problem(405, "method_not_allowed", message, headers={"Allow": allowed})
    try:
        if "\x00" in request.path_info or any("\x00" in text for pair in _query(request) for text in pair):
            raise problems.Unreadable(_("The address holds a sign that no text has."))
        return view(request, *args, **kwargs)
    except Exception as error:  # noqa: BLE001  (every end of a request of the API is a problem, a fault of ours too)
        return answer_error(error)


def _query(request: HttpRequest) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, values in request.GET.lists() for value in values]


def answer_error(error: Exception) -> HttpResponse:
    """Return any error as a problem; one that nobody expected is logged and told without its words."""
    match error:
        case OverLimit():
            response = problems.of_refusal(error)
            response.headers["Retry-After"] = rate_headers(error.known, error.now)["RateLimit-Reset"]
            return response
        case RequestDataTooBig():
            return problems.of_refusal(problems.TooLarge(_("The body is larger than any request needs.")))
        case (
            MultiPartParserError()
            | TooManyFieldsSent()
            | UnreadablePostError()
            | SuspiciousOperation()
            | BadRequest()
        ):
            return problems.of_refusal(problems.Unreadable(_("The body could not be read.")))
    known = problems.of_error(error)
    if known is not None:
        return known
    if settings.DEBUG:
        raise error
    log.error("The API failed", exc_info=error)
    return problems.problem(500, "internal", _("It is our fault; it has been written down. Try again later."))


class StrictParser(Parser):
    """JSON as RFC 8259 has it: no NaN, nothing that cannot be stored as text, not deeper than anybody needs."""

    def parse_body(self, request: HttpRequest) -> Any:  # Any: whatever JSON holds
        """Return the body. Raises ValueError."""
        read = json.loads(request.body.decode("utf-8"), parse_constant=_refuse)
        _check(read, 0)
        return read


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


def _check(value: object, depth: int) -> None:
    if depth > DEEPEST:
        raise ValueError("nested too deeply")
    match value:
        case str():
            if "\x00" in value:
                raise ValueError("a sign that no text has")
            value.encode("utf-8")  # half a pair of UTF-16 is no text
        case dict():
            for key, one in value.items():
                _check(key, depth)
                _check(one, depth + 1)
        case list():
            for one in value:
                _check(one, depth + 1)
