"""The collector's addresses on the wire server: the script, what it must know of its site, what visitors did.

Everything that need not be asked of the database is refused before it is: too long, too often, of no known shape, from
a page that is not the site's. What is known of a site is kept for half a minute.
"""

import gzip
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, MutableMapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]  # it has no types

from voronka.kit.origin import address_of
from voronka.site.rules.batches import MOST_BYTES, PUBLIC_ID, BadBatch, Batch, is_bot, read_batch
from voronka.site.services.collecting import Busy, Collector, OpenSite

# ASGI messages are open dictionaries by specification.
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

BUILT = Path(__file__).resolve().parent / "built" / "w.js"
KEPT_SECONDS, KEPT_SITES = 30.0, 5_000
PER_MINUTE, PER_MINUTE_WRONG, KEPT_ADDRESSES = 1_200, 120, 20_000
SCRIPT_AGE, SETTINGS_AGE = 3_600, 60
_STATUS = {"long": 413, "site": 404}


class Refused(Exception):
    """The request is refused; `code` tells the page's developer why."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


class Counter:
    """How often an address asked in this minute: of the newest addresses only, so that it cannot grow."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.turn = 0
        self.counts: OrderedDict[str, int] = OrderedDict()

    def is_over(self, address: str, *, add: int = 1) -> bool:
        """Count one more and tell whether that is too many."""
        turn = int(time.monotonic() // 60)
        if turn != self.turn:
            self.turn = turn
            self.counts.clear()
        count = self.counts.pop(address, 0) + add
        self.counts[address] = count
        if len(self.counts) > KEPT_ADDRESSES:
            self.counts.popitem(last=False)
        return count > self.most


class Edge:
    """The addresses of this process."""

    def __init__(self) -> None:
        self.collector = Collector()
        self.sites: OrderedDict[str, tuple[float, OpenSite | None]] = OrderedDict()
        self.asked, self.wrong = Counter(PER_MINUTE), Counter(PER_MINUTE_WRONG)
        self.script: dict[str, bytes] = {}
        self.mark = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        origin = headers.get(b"origin", "")
        try:
            await self._route(scope, headers, receive, send)
        except Refused as refusal:
            # A page of another origin reads the refusal too: it must know what is not to be sent again.
            body = f'{{"code":"{refusal.code}"}}'.encode()
            more = [(b"retry-after", b"30")] if refusal.status in (429, 503) else []
            await _answer(send, refusal.status, body, _open_to(origin) + more)

    async def _route(self, scope: Scope, headers: dict[bytes, str], receive: Receive, send: Send) -> None:
        path, method = scope["path"], scope["method"]
        if path == "/w.js" and method in ("GET", "HEAD"):
            await self._script(headers, send, method)
        elif path.startswith("/w/") and path.endswith(".json") and method == "GET":
            await self._settings(path[3:-5], scope, headers, send)
        elif path == "/collect" and method == "POST":
            await self._collect(scope, headers, receive, send)
        else:
            raise Refused(404 if method != "OPTIONS" else 403, "address")

    async def _script(self, headers: dict[bytes, str], send: Send, method: str) -> None:
        if not self.script:
            self._load()
        kind = next((one for one in ("br", "gzip") if one in headers.get(b"accept-encoding", "")), "")
        mark = f'"{self.mark}-{kind}"'
        shared: Headers = [
            (b"etag", mark.encode()),
            (b"cache-control", f"public, max-age={SCRIPT_AGE}, stale-while-revalidate=86400".encode()),
            (b"vary", b"accept-encoding"),
            (b"access-control-allow-origin", b"*"),
            (b"cross-origin-resource-policy", b"cross-origin"),
            (b"x-content-type-options", b"nosniff"),
        ]
        if headers.get(b"if-none-match") == mark:
            await _answer(send, 304, b"", shared)
            return
        encoding = [(b"content-encoding", kind.encode())] if kind else []
        body = self.script[kind] if method == "GET" else b""
        await _answer(send, 200, body, shared + encoding, b"text/javascript; charset=utf-8")

    def _load(self) -> None:
        if not BUILT.exists():
            raise Refused(503, "not_built")
        plain = BUILT.read_bytes()
        self.script = {"": plain, "gzip": gzip.compress(plain, 9), "br": brotli.compress(plain)}
        self.mark = sha256(plain).hexdigest()[:16]

    async def _settings(self, public_id: str, scope: Scope, headers: dict[bytes, str], send: Send) -> None:
        self._count(scope, headers)
        site = await self._site(public_id, scope, headers)
        body = (
            f'{{"on":{_word(site.is_on)},"ask":{_word(site.asks_consent)},"forms":{_word(site.takes_contacts)}}}'
        ).encode()
        kept = [(b"cache-control", f"max-age={SETTINGS_AGE}".encode())]
        await _answer(send, 200, body, _open_to(headers.get(b"origin", "")) + kept)

    async def _collect(self, scope: Scope, headers: dict[bytes, str], receive: Receive, send: Send) -> None:
        self._count(scope, headers)
        length = headers.get(b"content-length", "0")
        if not length.isdecimal() or len(length) > 9 or int(length) > MOST_BYTES:
            raise Refused(413, "long")
        batch = self._read(await _body(receive), scope, headers)
        site = await self._site(batch.site, scope, headers)
        if not site.is_on:
            raise Refused(403, "off")
        if headers.get(b"sec-gpc") == "1":
            raise Refused(403, "privacy")  # the visitor's browser says that he is not to be followed
        if site.asks_consent and not batch.has_consent:
            raise Refused(403, "consent")
        agent = headers.get(b"user-agent", "")
        if batch.events:
            try:
                await self.collector.write(
                    site, batch, at=time.time(), is_bot=is_bot(agent), device=_device(agent)
                )  # fmt: skip
            except Busy:
                raise Refused(503, "busy") from None
        await _answer(send, 200, b"{}", _open_to(headers.get(b"origin", "")))

    def _read(self, body: bytes, scope: Scope, headers: dict[bytes, str]) -> Batch:
        try:
            return read_batch(body)
        except BadBatch as bad:
            self._note_wrong(scope, headers)
            raise Refused(_STATUS.get(bad.code, 400), bad.code) from None

    async def _site(self, public_id: str, scope: Scope, headers: dict[bytes, str]) -> OpenSite:
        """Return the site of a page that is its own. Raises Refused: an unknown site and a foreign page alike."""
        now = time.monotonic()
        found = self.sites.get(public_id)
        if found is None or found[0] < now:
            if not PUBLIC_ID.fullmatch(public_id):
                raise Refused(404, "site")
            try:
                found = (now + KEPT_SECONDS, await self.collector.find_site(public_id))
            except Busy:
                raise Refused(503, "busy") from None
            self.sites[public_id] = found
            self.sites.move_to_end(public_id)
            if len(self.sites) > KEPT_SITES:
                self.sites.popitem(last=False)
        if found[1] is None or headers.get(b"origin", "") not in found[1].origins:
            self._note_wrong(scope, headers)
            raise Refused(404, "site")
        return found[1]

    def _count(self, scope: Scope, headers: dict[bytes, str]) -> None:
        address = _address(scope, headers)
        if self.wrong.is_over(address, add=0) or self.asked.is_over(address):
            raise Refused(429, "often")

    def _note_wrong(self, scope: Scope, headers: dict[bytes, str]) -> None:
        self.wrong.is_over(_address(scope, headers))


edge = Edge()


def takes(path: str) -> bool:
    """Tell whether a path of the wire server is answered here."""
    return path in ("/w.js", "/collect") or path.startswith("/w/")


async def _body(receive: Receive) -> bytes:
    """Return the whole body. Raises Refused where it is longer than it said."""
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "gone")
        piece: bytes = message.get("body", b"")
        body += piece
        if len(body) > MOST_BYTES:
            raise Refused(413, "long")
        if not message.get("more_body"):
            return body


def _address(scope: Scope, headers: dict[bytes, str]) -> str:
    return address_of((scope.get("client") or ("", 0))[0], headers.get(b"x-forwarded-for", ""))


def _device(agent: str) -> str:
    return "phone" if "Mobi" in agent else "tablet" if "iPad" in agent or "Tablet" in agent else "computer"


def _word(value: bool) -> str:
    return "true" if value else "false"


def _open_to(origin: str) -> Headers:
    """Return the headers by which the asking page may read the answer: it holds nothing of anybody."""
    if not origin or not origin.isascii() or not origin.isprintable():
        return []
    return [(b"access-control-allow-origin", origin.encode("ascii")), (b"vary", b"origin")]


async def _answer(send: Send, status: int, body: bytes, headers: Headers, kind: bytes = b"application/json") -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", kind), *headers]})
    await send({"type": "http.response.body", "body": body})
