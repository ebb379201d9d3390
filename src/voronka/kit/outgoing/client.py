"""Sending over HTTP to a judged address: pinned, without redirects, within a time and a size.

httpcore (what httpx stands on) is used directly, since httpx offers no place to say which number a name
stands for. Names still stand in the request, so certificates are checked against them.
"""

import functools
import ssl
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import httpcore
import httpx

from .addresses import Resolver, Target, judge, resolve

BODY_START = 64 * 1024
# Set by the client itself; from a caller they could split the message or name another host.
OWN_HEADERS = {"host", "content-length", "transfer-encoding", "connection", "upgrade", "expect", "te", "trailer"}
AGENT = "Voronka/1 (+outgoing)"


class Failure(StrEnum):
    """What went wrong on the way."""

    TIMEOUT = "timeout"
    CONNECTION = "connection"
    PROTOCOL = "protocol"


class OutgoingFailed(Exception):
    """The address may be spoken to, but no answer came; what was sent may have arrived.

    `is_sent` is False where not even a connection came about: then surely nothing was.
    """

    def __init__(self, reason: Failure, *, is_sent: bool = True) -> None:
        super().__init__(reason.value)
        self.reason, self.is_sent = reason, is_sent


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said.

    Header names are in lower case; `body_start` is cut at the limit, `is_whole` tells.
    """

    status: int
    headers: Mapping[str, str]
    body_start: bytes
    is_whole: bool


class Deadline:
    """The moment by which all must be over."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds left; raises OutgoingFailed when there are none."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise OutgoingFailed(Failure.TIMEOUT)
        return left


class TimedStream(httpcore.NetworkStream):
    """A connection on which no step may outlast the whole: a server that drips bytes gains nothing."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return the next bytes."""
        return self._inner.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send the bytes, a piece at a time, so that a slow reader cannot stretch the time."""
        for start in range(0, len(buffer), BODY_START):
            self._inner.write(buffer[start : start + BODY_START], self._deadline.left())

    def close(self) -> None:
        """Close the connection."""
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Go over to TLS."""
        return TimedStream(self._inner.start_tls(ssl_context, server_hostname, self._deadline.left()), self._deadline)

    def get_extra_info(self, info: str) -> Any:  # Any: as httpcore declares it
        """Return what the inner connection says."""
        return self._inner.get_extra_info(info)


class PinnedBackend(httpcore.NetworkBackend):
    """Connects to the judged addresses, whatever name it is asked for."""

    def __init__(self, target: Target, deadline: Deadline) -> None:
        self._target = target
        self._deadline = deadline
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,  # Any: as httpcore declares it
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers."""
        last: Exception | None = None
        for address in self._target.addresses:
            try:
                stream = self._inner.connect_tcp(
                    address, self._target.port, self._deadline.left(), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
            else:
                return TimedStream(stream, self._deadline)
        raise last or httpcore.ConnectError("no address")


@functools.cache
def public_trust() -> ssl.SSLContext:
    """Return the usual certificate authorities, loaded once: that takes 20 ms."""
    return httpx.create_ssl_context(trust_env=False)


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    timeout: float,
    allow_private: Sequence[str] = (),
    **options: Any,  # Any: the keywords of `send`, checked there
) -> Answer:
    """Send the body and return what came back; see `send`."""
    return send("POST", url, body=body, headers=headers, timeout=timeout, allow_private=allow_private, **options)


def send(
    method: str,
    url: str,
    *,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    timeout: float = 10.0,
    allow_private: Sequence[str] = (),
    body_limit: int = BODY_START,
    resolver: Resolver = resolve,
    trust: ssl.SSLContext | None = None,
) -> Answer:
    """Send one request and return its answer, whatever the status; a redirect is returned, never followed.

    `timeout` in seconds bounds all from the connection to the last byte (the system's resolver has its own
    limit). Raises OutgoingRefused before anything is sent, OutgoingFailed after. Call it outside of
    transactions.
    """
    target = judge(url, allow_private=allow_private, resolver=resolver)
    deadline = Deadline(timeout)
    request = httpcore.Request(
        method,
        httpcore.URL(scheme=target.scheme.encode(), host=target.host.encode(), port=target.port, target=target.path),
        headers=_headers(target, headers or {}, len(body) if body or method != "GET" else None),
        content=body or None,
    )
    pool = httpcore.ConnectionPool(
        ssl_context=trust or (public_trust() if target.scheme == "https" else None),
        max_connections=1,
        network_backend=PinnedBackend(target, deadline),
    )
    try:
        with pool:
            return _read(pool.handle_request(request), body_limit)
    except httpcore.ConnectTimeout as error:
        raise OutgoingFailed(Failure.TIMEOUT, is_sent=False) from error
    except httpcore.ConnectError as error:
        raise OutgoingFailed(Failure.CONNECTION, is_sent=False) from error
    except httpcore.TimeoutException as error:
        raise OutgoingFailed(Failure.TIMEOUT) from error
    except (httpcore.ProtocolError, UnicodeError) as error:
        raise OutgoingFailed(Failure.PROTOCOL) from error
    except (httpcore.NetworkError, OSError) as error:
        raise OutgoingFailed(Failure.CONNECTION) from error


def _headers(target: Target, given: Mapping[str, str], length: int | None) -> list[tuple[str, str]]:
    usual = 443 if target.scheme == "https" else 80
    host = f"[{target.host}]" if ":" in target.host else target.host
    headers = {"user-agent": AGENT, "accept-encoding": "identity"}
    if length is not None:
        headers["content-length"] = str(length)
    headers |= {name.lower(): value for name, value in given.items() if name.lower() not in OWN_HEADERS}
    return [("host", host if target.port == usual else f"{host}:{target.port}"), *headers.items()]


def _read(response: httpcore.Response, limit: int) -> Answer:
    pieces, size, whole = [], 0, True
    try:
        for piece in response.iter_stream():
            pieces.append(piece[: limit - size])
            size += len(piece)
            if size > limit:
                whole = False
                break
    finally:
        response.close()
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
    return Answer(response.status, headers, b"".join(pieces), whole)
