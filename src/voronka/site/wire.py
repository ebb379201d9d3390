"""The script's addresses on the wire server: it and its modules, what it must know of its site, what visitors did
and what they ask.

Everything that need not be asked of the database is refused before it is: too long, too often, of no known shape, from
a page that is not the site's. What is known of a site is kept (services.known).
"""

import asyncio
import gzip
import json
import re
import tempfile
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast

import brotli  # type: ignore[import-untyped]  # it has no types

from voronka.kit.origin import address_of, counted_as
from voronka.site.ports import Call, OpenCall, find_call
from voronka.site.rules.batches import MOST_BYTES, PUBLIC_ID, BadBatch, Batch, is_bot, read_batch
from voronka.site.rules.calls import MOST_CALL_BYTES, Asked, read_call
from voronka.site.services.calling import Desk
from voronka.site.services.collecting import Busy, Collector, OpenSite
from voronka.site.services.known import Known

# ASGI messages are open dictionaries by specification.
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]
Said = TypeVar("Said", Batch, Asked)

BUILT = Path(__file__).resolve().parent / "built" / "w.js"
MODULES = BUILT.parent / "modules"
_MODULE = re.compile(r"/w/([a-z]{2,20})\.js")
PER_MINUTE, PER_MINUTE_WRONG, KEPT_ADDRESSES = 1_200, 120, 20_000
# Files at once, in either direction; seconds for a piece of one and for all of it; how many asks it counts for.
HEAVY, PIECE_SECONDS, FILE_SECONDS, FILE_COSTS = 8, 20.0, 180.0, 20
SCRIPT_AGE, SETTINGS_AGE = 3_600, 60
_NO_STORE: Headers = [(b"cache-control", b"no-store")]
_STATUS = {"long": 413, "site": 404}


class Refused(Exception):
    """The request is refused; `code` tells the page's developer why."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


@dataclass(frozen=True, slots=True)
class Script:
    """A script as it is served: its mark, and its bytes by how they are squeezed."""

    mark: str
    bodies: dict[str, bytes]


class Counter:
    """How often an address asked in this minute: of the newest addresses only, so that it cannot grow."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.turn = 0
        self.counts: OrderedDict[str, int] = OrderedDict()

    def is_over(self, address: str, *, add: int = 1) -> bool:
        """Count one more and tell whether that is too many."""
        address = counted_as(address)
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
        self.asked, self.wrong = Counter(PER_MINUTE), Counter(PER_MINUTE_WRONG)
        self.desk = Desk()
        self.known = Known(self.collector, self.desk)
        self.heavy = 0
        self.scripts: dict[Path, Script] = {}
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
        module = _MODULE.fullmatch(path)
        if path == "/w.js" and method in ("GET", "HEAD"):
            await self._script(BUILT, headers, send, method)
        elif module is not None and method in ("GET", "HEAD"):
            await self._script(MODULES / f"{module[1]}.js", headers, send, method)
        elif path.startswith("/w/call/") and method == "POST":
            await self._call(path[8:], scope, headers, receive, send)
        elif path.startswith("/w/file/") and method == "POST":
            await self._file(path[8:], scope, headers, receive, send)
        elif path.startswith("/w/") and path.endswith(".json") and method == "GET":
            await self._settings(path[3:-5], scope, headers, send)
        elif path == "/collect" and method == "POST":
            await self._collect(scope, headers, receive, send)
        else:
            raise Refused(404 if method != "OPTIONS" else 403, "address")

    async def _script(self, path: Path, headers: dict[bytes, str], send: Send, method: str) -> None:
        script = self._load(path)
        kind = next((one for one in ("br", "gzip") if one in headers.get(b"accept-encoding", "")), "")
        mark = f'"{script.mark}-{kind}"'
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
        body = script.bodies[kind] if method == "GET" else b""
        await _answer(send, 200, body, shared + encoding, b"text/javascript; charset=utf-8")

    def _load(self, path: Path) -> "Script":
        """Return a script, squeezed once. Raises Refused where there is none."""
        if path not in self.scripts:
            if not path.exists():
                raise Refused(503 if path == BUILT else 404, "not_built" if path == BUILT else "address")
            plain = path.read_bytes()
            bodies = {"": plain, "gzip": gzip.compress(plain, 9), "br": brotli.compress(plain)}
            self.scripts[path] = Script(sha256(plain).hexdigest()[:16], bodies)
        return self.scripts[path]

    def _mark(self) -> str:
        """Return the mark of all modules: with it in their address a page never gets an old one to a new core."""
        if not self.mark:
            marks = [self._load(one).mark for one in sorted(MODULES.glob("*.js"))]
            self.mark = sha256("".join(marks).encode()).hexdigest()[:8]
        return self.mark

    async def _settings(self, public_id: str, scope: Scope, headers: dict[bytes, str], send: Send) -> None:
        self._count(scope, headers)
        site = await self._site(public_id, scope, headers)
        told = {"on": site.is_on, "ask": site.asks_consent, "forms": site.takes_contacts, "mark": self._mark()}
        if site.is_on:
            told["parts"] = await self._parts(public_id, site)
        body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
        kept = [(b"cache-control", f"max-age={SETTINGS_AGE}".encode())]
        await _answer(send, 200, body, _open_to(headers.get(b"origin", "")) + kept)

    async def _parts(self, public_id: str, site: OpenSite) -> Mapping[str, Any]:
        """Return what the modules of a site are told. Raises Refused."""
        try:
            return await self.known.told(public_id, site)
        except Busy:
            raise Refused(503, "busy") from None

    async def _call(
        self, name: str, scope: Scope, headers: dict[bytes, str], receive: Receive, send: Send
    ) -> None:  # fmt: skip
        """Answer what a page asks or does. A refusal of ours reaches it with its words."""
        self._count(scope, headers)
        call = find_call(name)
        if call is None or call.most_bytes:
            raise Refused(404, "address")
        asked = self._read(read_call, await _body(receive, MOST_CALL_BYTES), scope, headers)
        site = await self._open_site(call, asked, scope, headers)
        if not call.is_heavy:
            await self._act(call, _open_call(site, asked, scope, headers), headers, send)
            return
        async with self._place():
            await asyncio.wait_for(
                self._act(call, _open_call(site, asked, scope, headers), headers, send), FILE_SECONDS
            )  # fmt: skip

    async def _file(
        self, name: str, scope: Scope, headers: dict[bytes, str], receive: Receive, send: Send
    ) -> None:  # fmt: skip
        """Take a file along with a call: a line of its JSON, then the bytes, which are never held in memory."""
        self._count(scope, headers, costs=FILE_COSTS)
        call = find_call(name)
        if call is None or not call.most_bytes:
            raise Refused(404, "address")
        length = headers.get(b"content-length", "")
        if not length.isdecimal() or len(length) > 12 or int(length) > call.most_bytes + MOST_CALL_BYTES:
            raise Refused(413, "long")
        async with self._place():
            with tempfile.TemporaryFile() as kept:
                try:
                    async with asyncio.timeout(FILE_SECONDS):
                        pieces = _pieces(receive, call.most_bytes + MOST_CALL_BYTES)
                        head, first = await _head_of(pieces)
                        asked = self._read(read_call, head, scope, headers)
                        # A foreign page is refused before its file is taken.
                        site = await self._open_site(call, asked, scope, headers)
                        kept.write(first)
                        async for piece in pieces:
                            kept.write(piece)
                except TimeoutError:
                    raise Refused(408, "slow") from None
                kept.seek(0)
                file = cast("BinaryIO", kept)  # the stubs leave it open
                await self._act(call, _open_call(site, asked, scope, headers, file), headers, send)

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        """Take a place among the few that carry files. Raises Refused where there is none."""
        if self.heavy >= HEAVY:
            raise Refused(503, "busy")
        self.heavy += 1
        try:
            yield
        finally:
            self.heavy -= 1

    async def _open_site(self, call: Call, asked: Asked, scope: Scope, headers: dict[bytes, str]) -> OpenSite:
        """Return the site of a call that may be made from where it came. Raises Refused."""
        site = await self._site(asked.site, scope, headers)
        if not site.is_on:
            raise Refused(403, "off")
        if call.needs_tracking:
            self._require_tracking(site, headers, has_consent=asked.has_consent)
            if not asked.visitor:
                raise Refused(400, "key")  # it is about a visitor, and tells none
        return site

    async def _act(self, call: Call, asked: OpenCall, headers: dict[bytes, str], send: Send) -> None:
        try:
            answer = await self.desk.answer(call, asked)
        except Busy:
            raise Refused(503, "busy") from None
        more = [*_open_to(headers.get(b"origin", "")), *_NO_STORE, (b"x-content-type-options", b"nosniff")]
        await _answer(send, answer.status, answer.body, more, answer.kind)

    def _require_tracking(self, site: OpenSite, headers: dict[bytes, str], *, has_consent: bool) -> None:
        reason = _why_unfollowed(site, headers, has_consent=has_consent)
        if reason:
            raise Refused(403, reason)

    async def _collect(self, scope: Scope, headers: dict[bytes, str], receive: Receive, send: Send) -> None:
        self._count(scope, headers)
        length = headers.get(b"content-length", "0")
        if not length.isdecimal() or len(length) > 9 or int(length) > MOST_BYTES:
            raise Refused(413, "long")
        batch = self._read(read_batch, await _body(receive, MOST_BYTES), scope, headers)
        site = await self._site(batch.site, scope, headers)
        if not site.is_on:
            raise Refused(403, "off")
        self._require_tracking(site, headers, has_consent=batch.has_consent)
        agent = headers.get(b"user-agent", "")
        if batch.events:
            try:
                await self.collector.write(
                    site, batch, at=time.time(), is_bot=is_bot(agent), device=_device(agent)
                )  # fmt: skip
            except Busy:
                raise Refused(503, "busy") from None
        await _answer(send, 200, b"{}", _open_to(headers.get(b"origin", "")))

    def _read(
        self, reader: Callable[[bytes], Said], body: bytes, scope: Scope, headers: dict[bytes, str]
    ) -> Said:  # fmt: skip
        try:
            return reader(body)
        except BadBatch as bad:
            self._note_wrong(scope, headers)
            raise Refused(_STATUS.get(bad.code, 400), bad.code) from None

    async def _site(self, public_id: str, scope: Scope, headers: dict[bytes, str]) -> OpenSite:
        """Return the site of a page that is its own. Raises Refused: an unknown site and a foreign page alike."""
        if not PUBLIC_ID.fullmatch(public_id):
            raise Refused(404, "site")
        try:
            found = await self.known.site(public_id)
        except Busy:
            raise Refused(503, "busy") from None
        if found is None or headers.get(b"origin", "") not in found.origins:
            self._note_wrong(scope, headers)
            raise Refused(404, "site")
        return found

    def _count(self, scope: Scope, headers: dict[bytes, str], *, costs: int = 1) -> None:
        address = _address(scope, headers)
        if self.wrong.is_over(address, add=0) or self.asked.is_over(address, add=costs):
            raise Refused(429, "often")

    def _note_wrong(self, scope: Scope, headers: dict[bytes, str]) -> None:
        self.wrong.is_over(_address(scope, headers))


edge = Edge()


def takes(path: str) -> bool:
    """Tell whether a path of the wire server is answered here."""
    return path in ("/w.js", "/collect") or path.startswith("/w/")


async def _body(receive: Receive, most: int) -> bytes:
    """Return the whole body. Raises Refused where it is longer than it said."""
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "gone")
        piece: bytes = message.get("body", b"")
        body += piece
        if len(body) > most:
            raise Refused(413, "long")
        if not message.get("more_body"):
            return body


async def _pieces(receive: Receive, most: int) -> AsyncIterator[bytes]:
    """Yield a body as it comes. Raises Refused where it is too long, TimeoutError where it stands still."""
    size = 0
    while True:
        message = await asyncio.wait_for(receive(), PIECE_SECONDS)
        if message["type"] == "http.disconnect":
            raise Refused(400, "gone")
        piece: bytes = message.get("body", b"")
        size += len(piece)
        if size > most:
            raise Refused(413, "long")
        yield piece
        if not message.get("more_body"):
            return


async def _head_of(pieces: AsyncIterator[bytes]) -> tuple[bytes, bytes]:
    """Return the first line of a body, and what has come of the rest. Raises Refused."""
    held = b""
    async for piece in pieces:
        held += piece
        head, line, rest = held.partition(b"\n")
        if len(head) > MOST_CALL_BYTES:
            break
        if line:
            return head, rest
    raise Refused(400, "shape")


def _address(scope: Scope, headers: dict[bytes, str]) -> str:
    return address_of((scope.get("client") or ("", 0))[0], headers.get(b"x-forwarded-for", ""))


def _device(agent: str) -> str:
    return "phone" if "Mobi" in agent else "tablet" if "iPad" in agent or "Tablet" in agent else "computer"


def _why_unfollowed(site: OpenSite, headers: dict[bytes, str], *, has_consent: bool) -> str:
    """Return why a visitor may not be followed, "" where he may."""
    if headers.get(b"sec-gpc") == "1":
        return "privacy"  # his browser says so
    return "consent" if site.asks_consent and not has_consent else ""


def _open_call(
    site: OpenSite, asked: Asked, scope: Scope, headers: dict[bytes, str], file: BinaryIO | None = None
) -> OpenCall:
    agent = headers.get(b"user-agent", "")
    # Who may not be followed has no key, whatever his page sends: what he asks for is not joined to what he looked at.
    visitor = "" if _why_unfollowed(site, headers, has_consent=asked.has_consent) else asked.visitor
    return OpenCall(
        site.company_id, site.site_id, visitor, asked.has_consent, is_bot(agent), headers.get(b"origin", ""),
        _address(scope, headers), asked.zone, _device(agent), asked.width, asked.language, datetime.now(UTC),
        asked.about, file,
    )  # fmt: skip


def _open_to(origin: str) -> Headers:
    """Return the headers by which the asking page may read the answer: it holds nothing of anybody."""
    if not origin or not origin.isascii() or not origin.isprintable():
        return []
    return [(b"access-control-allow-origin", origin.encode("ascii")), (b"vary", b"origin")]


async def _answer(send: Send, status: int, body: bytes, headers: Headers, kind: bytes = b"application/json") -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", kind), *headers]})
    await send({"type": "http.response.body", "body": body})
