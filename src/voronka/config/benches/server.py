"""The web program of the press bench: the product as it is served, and beside it one bare Django view."""

from collections.abc import Callable, Iterable
from typing import cast

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.test.utils import override_settings

from voronka.config.web import (
    Environ,
    Receive,
    Scope,
    Send,
    Web,
    WsgiApplication,
    is_signed_in,
    limits_from_environment,
)
from voronka.config.wsgi import application


class _BareRequest(WSGIRequest):
    urlconf = "voronka.config.benches.bare"


class _BareHandler(WSGIHandler):
    request_class = _BareRequest

    def load_middleware(self, is_async: bool = False) -> None:
        """Take none: the bare view stands for what any Django page costs at least."""
        with override_settings(MIDDLEWARE=[]):
            super().load_middleware(is_async)


_bare = _BareHandler()


def _choose(environ: Environ, start: Callable[..., object]) -> Iterable[bytes]:
    handler = _bare if environ["PATH_INFO"].startswith("/bench/") else application
    return cast("WsgiApplication", handler)(environ, start)


_web = Web(_choose, limits_from_environment(), is_signed_in)


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one connection."""
    await _web(scope, receive, send)
