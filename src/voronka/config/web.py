"""The web server's application: takes the whole request first, then lets Django answer on its one thread.

Granian neither limits nor times bodies, and a slow client would hold Django's thread. So a thin ASGI application
receives (limits of length and time, spooling to disk), waits its turn, runs Django's WSGI handler into a buffer
and sends that at the client's pace. No client's slowness reaches the thread; too many at once are told 503.
"""

import asyncio
import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO, Any, cast
from urllib.parse import unquote_to_bytes

from voronka.config import env

# ASGI and WSGI messages are open dictionaries by specification.
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Environ = dict[str, Any]

_CHUNK = 65_536
_TOO_MANY = "Too many requests at once. Try again in a few seconds."


WsgiApplication = Callable[[Environ, Callable[..., object]], Iterable[bytes]]
# Tells by the Cookie header whether somebody who is signed in asks. Runs on Django's thread.
Doorkeeper = Callable[[str], bool]


@dataclass(frozen=True)
class Limits:
    """How much one client may take; sizes in bytes, times in seconds."""

    body: int = 25 * 2**20
    upload: int = 200 * 2**20
    upload_paths: tuple[str, ...] = ("/import",)
    silence: float = 15.0  # between two pieces of a body
    receiving: float = 300.0  # the whole body
    turn: float = 4.0  # waiting for Django's thread
    open_requests: int = 256  # being received, waiting or being sent in this process
    waiting: int = 64  # for Django's thread
    memory: int = 2**20  # of a body or an answer; the rest is spooled to disk

    def is_upload(self, path: str) -> bool:
        """Tell whether people who are signed in may send more to `path`."""
        return self.upload > self.body and any(part in path for part in self.upload_paths)


def limits_from_environment() -> Limits:
    """Return the limits with VORONKA_BODY_MB and VORONKA_UPLOAD_MB applied."""
    usual = Limits()
    return Limits(
        body=env.read("VORONKA_BODY_MB", env.count, default=usual.body // 2**20) * 2**20,
        upload=env.read("VORONKA_UPLOAD_MB", env.count, default=usual.upload // 2**20) * 2**20,
    )


class Unfit(Exception):
    """The request is refused before Django sees it."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


class Gone(Exception):
    """The client went away."""


@dataclass
class Answer:
    """What Django said, complete."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: IO[bytes]


class Web:
    """The ASGI application round one WSGI application."""

    def __init__(self, application: WsgiApplication, limits: Limits, doorkeeper: Doorkeeper) -> None:
        self.application = application
        self.limits = limits
        self.doorkeeper = doorkeeper
        self.thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="django")
        self.turn = asyncio.Semaphore(1)
        self.open = 0
        self.waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI connection."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.open += 1
        try:
            if self.open > self.limits.open_requests:
                raise Unfit(503, _TOO_MANY)
            answer = await self._run(scope, await self._take_body(scope, receive))
            with contextlib.closing(answer.body):
                await _send_answer(scope, send, answer)
        except Unfit as refusal:
            await _send_refusal(scope, send, refusal)
        except Gone:
            pass
        finally:
            self.open -= 1

    async def _take_body(self, scope: Scope, receive: Receive) -> IO[bytes]:
        announced, limit = _announced_length(scope), self.limits.body
        if self.limits.is_upload(scope["path"]) and (announced is None or announced > limit):
            limit = await self._limit_of_upload(scope)
        if announced is not None and announced > limit:
            raise _too_long(limit)
        body = tempfile.SpooledTemporaryFile(max_size=self.limits.memory)  # noqa: SIM115 - closed by the caller
        try:
            async with asyncio.timeout(self.limits.receiving):
                await self._fill(body, limit, receive)
        except TimeoutError:
            body.close()
            raise Unfit(408, "The request came too slowly.") from None
        except BaseException:
            body.close()
            raise
        body.seek(0)
        return body

    async def _limit_of_upload(self, scope: Scope) -> int:
        """Return how much may be sent: a file only by somebody who is signed in, nothing of it is taken before."""
        cookie = "; ".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie")
        if not cookie:
            return self.limits.body
        await self._wait_for_turn()
        asking = asyncio.get_running_loop().run_in_executor(self.thread, self.doorkeeper, cookie)
        asking.add_done_callback(lambda _: self.turn.release())
        return self.limits.upload if await asyncio.shield(asking) else self.limits.body

    async def _fill(self, body: IO[bytes], limit: int, receive: Receive) -> None:
        length, more = 0, True
        while more:
            async with asyncio.timeout(self.limits.silence):
                message = await receive()
            if message["type"] == "http.disconnect":
                raise Gone
            piece = message.get("body", b"")
            length += len(piece)
            if length > limit:
                raise _too_long(limit)
            body.write(piece)
            more = message.get("more_body", False)

    async def _run(self, scope: Scope, body: IO[bytes]) -> Answer:
        try:
            await self._wait_for_turn()
        except BaseException:
            body.close()
            raise
        running = asyncio.get_running_loop().run_in_executor(self.thread, self._call, _environ(scope, body))
        # The turn and the body end with the thread's work, even if this request is given up meanwhile.
        running.add_done_callback(lambda _: self.turn.release())
        running.add_done_callback(lambda _: body.close())
        return await asyncio.shield(running)

    async def _wait_for_turn(self) -> None:
        if self.waiting >= self.limits.waiting:
            raise Unfit(503, _TOO_MANY)
        self.waiting += 1
        try:
            async with asyncio.timeout(self.limits.turn):
                await self.turn.acquire()
        except TimeoutError:
            raise Unfit(503, _TOO_MANY) from None
        finally:
            self.waiting -= 1

    def _call(self, environ: Environ) -> Answer:
        """Run Django on its thread, to the last byte of the answer."""
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], _: object = None) -> None:
            started[:] = [(status, headers)]

        parts = self.application(environ, start_response)
        body = tempfile.SpooledTemporaryFile(max_size=self.limits.memory)  # noqa: SIM115 - closed after sending
        try:
            for part in parts:
                body.write(part)
        except BaseException:
            body.close()
            raise
        finally:
            if close := getattr(parts, "close", None):
                close()
        body.seek(0)
        status, headers = started[0]
        pairs = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        return Answer(int(status.split(" ", 1)[0]), pairs, body)


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def _too_long(limit: int) -> Unfit:
    return Unfit(413, f"The request is longer than {limit // 2**20} MB.")


def _announced_length(scope: Scope) -> int | None:
    """Return the length that the request says it has; None when it says none."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            if not value.isdigit():
                raise Unfit(400, "The length of the request is not a number.")
            return int(value)
    return None


def _environ(scope: Scope, body: IO[bytes]) -> Environ:
    """Return the WSGI environment of an ASGI scope; `body` is complete."""
    body.seek(0, os.SEEK_END)
    length = body.tell()
    body.seek(0)
    path = unquote_to_bytes(scope["raw_path"]) if scope.get("raw_path") else scope["path"].encode()
    server = scope.get("server") or ("localhost", 0)
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": path.split(b"?", 1)[0].decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": (scope.get("client") or ("", 0))[0],
        "CONTENT_LENGTH": str(length),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        # A name with an underscore could pass for another header: X_Forwarded_For.
        if "_" in name or name in {"content-length", "transfer-encoding"}:
            continue
        key = "CONTENT_TYPE" if name == "content-type" else "HTTP_" + name.upper().replace("-", "_")
        divider = "; " if name == "cookie" else ","
        environ[key] = environ[key] + divider + value if key in environ else value
    return environ


async def _send_answer(scope: Scope, send: Send, answer: Answer) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    if scope["method"] != "HEAD":
        while piece := answer.body.read(_CHUNK):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _send_refusal(scope: Scope, send: Send, refusal: Unfit) -> None:
    kind, body = b"text/plain; charset=utf-8", refusal.text.encode()
    if scope["path"].startswith("/api/"):  # programs read problems, also where Django is not asked
        code = {400: "unreadable", 408: "too_slow", 413: "too_large", 503: "busy"}.get(refusal.status, "refused")
        problem = {"type": "/api/#problems", "status": refusal.status, "code": code}
        problem |= {"title": refusal.text, "detail": refusal.text}
        kind, body = b"application/problem+json", json.dumps(problem).encode()
    headers = [(b"content-type", kind), (b"connection", b"close")]
    if refusal.status == 503:
        headers.append((b"retry-after", b"3"))
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def is_signed_in(cookie: str) -> bool:
    """Tell whether the Cookie header is of a living session of an account. Asks the database."""
    from django.conf import settings
    from django.contrib.auth import get_user
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import close_old_connections
    from django.http import HttpRequest, parse_cookie

    key = parse_cookie(cookie).get(settings.SESSION_COOKIE_NAME, "")
    if not (key.isascii() and key.isalnum() and len(key) <= 40):
        return False
    close_old_connections()
    request = HttpRequest()
    request.session = SessionStore(key)
    return bool(get_user(request).is_authenticated)


_web: Web | None = None


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one connection; Django is loaded by the first one of the process, the server's lifespan."""
    global _web
    if _web is None:
        from voronka.config.wsgi import application

        # The stubs of Django name the class of its answers, which are iterable as WSGI asks.
        _web = Web(cast("WsgiApplication", application), limits_from_environment(), is_signed_in)
    await _web(scope, receive, send)
