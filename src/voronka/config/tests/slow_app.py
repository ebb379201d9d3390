"""A small WSGI program behind the real receiving application, with limits that a test can reach."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from voronka.config.web import Limits, Web

KB = 1024


def answer(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    """Sleep as the path says, then tell the length of the body and the headers that came."""
    if environ["PATH_INFO"].startswith("/sleep/"):
        time.sleep(float(environ["PATH_INFO"].rsplit("/", 1)[1]))
    length = len(environ["wsgi.input"].read())
    headers = [environ.get(name, "-") for name in ("HTTP_X_FORWARDED_FOR", "HTTP_COOKIE")]
    said = " ".join([str(length), environ["PATH_INFO"], *headers])
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [said.encode("latin-1")]


def doorkeeper(cookie: str) -> bool:
    """Know one visitor, after a moment of looking."""
    time.sleep(0.01)
    return cookie == "sessionid=known"


web = Web(
    answer,
    Limits(
        body=256 * KB,
        upload=512 * KB,
        silence=2.0,
        receiving=4.0,
        turn=1.0,
        waiting=8,
        open_requests=200,
        memory=64 * KB,
    ),
    doorkeeper,
)


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answer by the limited web."""
    await web(scope, receive, send)
