"""What happens around every request: its log line, its language, and refusals told to people."""

import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils import translation

from voronka.kit import screens
from voronka.kit.errors import Refusal

Next = Callable[[HttpRequest], HttpResponse]
log = structlog.get_logger("voronka.request")
_TEXTS = frozenset(("text/html", "application/json", "application/problem+json", "application/manifest+json"))


class RequestLogMiddleware:
    """One log line a request: route, status, milliseconds; never the address itself, which may hold names."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Bind a request id to all logs of the request and log its end."""
        began = time.monotonic()
        request_id = uuid.uuid4().hex[:12]
        with structlog.contextvars.bound_contextvars(request=request_id):
            response = self.get_response(request)
            route = request.resolver_match.route if request.resolver_match else "?"
            if not route.startswith("static"):
                log.info(
                    "request",
                    method=request.method,
                    route=route,
                    status=response.status_code,
                    ms=round((time.monotonic() - began) * 1000, 1),
                )
        response.headers["X-Request-Id"] = request_id
        return response


class CompressMiddleware(GZipMiddleware):
    """Compresses pages and answers in JSON for clients that take it, with random padding (BREACH: Django's own way).

    Files have their own compression, and an answer with an ETag keeps it strong: the API compares it in If-Match.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress what is text."""
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if kind not in _TEXTS or response.has_header("ETag"):
            return response
        return super().process_response(request, response)


class LanguageMiddleware:
    """Speaks the language of the signed-in person, else the one the browser asks for, Russian by default."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Activate the language for the request."""
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            language = user.language
        else:
            language = translation.get_language_from_request(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class RefusalMiddleware:
    """Turns a Refusal of a service into a page, a fragment or JSON, and rolls its transaction back."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; refusals come back through `process_exception`."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a refusal. Django has rolled the transaction of the view back by then."""
        if not isinstance(error, Refusal):
            return None
        return screens.refusal_response(request, error)
