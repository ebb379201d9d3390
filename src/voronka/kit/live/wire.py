"""The wire server's streams: one listener on the database, one reader a company, many open pages.

PostgreSQL says "look" with company and number; the log is read from where each company's pages stand, so a
lost notice costs seconds, never a message. A page that comes back brings the number it saw last.

Who listens in a room alone is told no numbers of the company's log: whenever his stream opens he asks the web server
what he has not got. The stream is fed before it says so, so nothing falls in between.
"""

import asyncio
import contextlib
import json
import os
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import psycopg
import structlog
from django.conf import settings

from voronka.kit.db.address import database_address
from voronka.kit.events.listeners import RecordedEvent, recorded
from voronka.kit.live import tickets, whispers
from voronka.kit.live.messages import LiveMessage, message_of, shown_events
from voronka.kit.origin import address_of, counted_as

log = structlog.get_logger(__name__)

# ASGI messages are open dictionaries by specification.
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

POLL_SECONDS = 1.5
ANSWER_SECONDS = 2.5  # a server that says nothing for so long is taken for gone
BEAT_SECONDS = 15.0
RESUME_LIMIT = 500
QUEUE_LIMIT = 200
STREAM_LIMIT = 5_000
ROOM_LIMIT = 4_000  # of them, those without an account: they leave place for colleagues
ONE_ROOM_LIMIT = 10  # nobody holds many places by one key
ONE_ADDRESS_LIMIT = 200  # nor by many keys: an office behind one address has place, one machine does not take all
RESUMES_AT_ONCE = 8  # connections to the database for pages that come back: all of them may come at the same moment
WHISPERED = 0  # in place of a number of the log: it is in none
LIFE_SECONDS = 900.0  # then the page comes with a new ticket, so a dismissed person does not listen on


@dataclass(eq=False, slots=True)
class Stream:
    """One open page. `address` is where it comes from, as tries from there are counted."""

    ticket: tickets.Ticket
    address: str = ""
    queue: asyncio.Queue[tuple[int, LiveMessage] | None] = field(default_factory=lambda: asyncio.Queue(QUEUE_LIMIT))

    def hears(self, message: LiveMessage) -> bool:
        """Tell whether the message is for this page."""
        if self.ticket.room:
            return message.room == self.ticket.room
        return message.to is None or self.ticket.employee_id in message.to

    def offer(self, seq: int, message: LiveMessage) -> None:
        """Queue a message for the page; a page that reads too slowly is closed and will resume.

        It misses a whisper for which there is no place: nobody needs it later.
        """
        if not self.hears(message):
            return
        try:
            self.queue.put_nowait((seq, message))
        except asyncio.QueueFull:
            if seq == WHISPERED:
                return
            while not self.queue.empty():
                self.queue.get_nowait()
            self.queue.put_nowait(None)


class Hub:
    """All open pages of this process and the one reader that feeds them."""

    def __init__(self) -> None:
        self.streams: dict[int, set[Stream]] = {}
        self.seen: dict[int, int] = {}
        self.places: Counter[str] = Counter()  # taken in rooms, by address
        self.task: asyncio.Task[None] | None = None
        self.asking: dict[int, asyncio.Task[None]] = {}
        self._doors: tuple[asyncio.AbstractEventLoop, asyncio.Semaphore] | None = None

    def join(self, stream: Stream) -> None:
        """Add a page; the first one starts the reader."""
        self.streams.setdefault(stream.ticket.company_id, set()).add(stream)
        if stream.ticket.room:
            self.places[stream.address] += 1
        if self.task is None or self.task.done():
            self.task = asyncio.create_task(self._run())

    def leave(self, stream: Stream) -> None:
        """Remove a page."""
        company = self.streams.get(stream.ticket.company_id, set())
        if stream in company and stream.ticket.room:
            self.places[stream.address] -= 1
            self.places += Counter()  # those that hold none are not kept
        company.discard(stream)
        if not company:
            self.streams.pop(stream.ticket.company_id, None)
            self.seen.pop(stream.ticket.company_id, None)

    def count(self) -> int:
        """Return how many pages are open."""
        return sum(len(company) for company in self.streams.values())

    def is_full(self, ticket: tickets.Ticket, address: str = "") -> bool:
        """Tell whether there is no place for one more page, which comes from an address."""
        if not ticket.room:
            return self.count() >= STREAM_LIMIT
        if address and self.places[address] >= ONE_ADDRESS_LIMIT:
            return True
        same = sum(one.ticket.room == ticket.room for one in self.streams.get(ticket.company_id, ()))
        return same >= ONE_ROOM_LIMIT or self.count() >= ROOM_LIMIT

    async def ready(self, company_id: int) -> None:
        """Return when whatever happens from now on in the company will be offered to its pages.

        However many ask at once, the database is asked by one of them.
        """
        if company_id not in self.seen:
            asking = self.asking.get(company_id)
            if asking is None or asking.done():
                asking = self.asking[company_id] = asyncio.create_task(self._find_head(company_id))
            await asyncio.shield(asking)

    async def _find_head(self, company_id: int) -> None:
        async with await psycopg.AsyncConnection.connect(database_address(), autocommit=True) as database:
            head = await _head(database, company_id)
        self.seen.setdefault(company_id, head)

    async def missed(self, company_id: int, last: int) -> list[RecordedEvent]:
        """Read what a page has missed; few at once, so that a thousand that come back leave the database to others."""
        loop = asyncio.get_running_loop()
        if self._doors is None or self._doors[0] is not loop:
            self._doors = loop, asyncio.Semaphore(RESUMES_AT_ONCE)
        async with (
            self._doors[1],
            await psycopg.AsyncConnection.connect(database_address(), autocommit=True) as database,
        ):
            return await _read(database, company_id, last)

    async def _run(self) -> None:
        while self.streams:
            try:
                async with await psycopg.AsyncConnection.connect(database_address(), autocommit=True) as database:
                    await database.execute("LISTEN voronka_live")
                    await database.execute(f"LISTEN {whispers.CHANNEL}")
                    while self.streams:
                        async with _answering(database):
                            for company_id in list(self.streams):
                                await self._feed(database, company_id)
                        await self._listen(database)
            except psycopg.Error as error:
                log.warning("wire lost the database", reason=type(error).__name__)
                await asyncio.sleep(0.5)
            except Exception:  # a task that ends here ends unseen: pages would stay open and hear of nothing
                log.exception("the wire's reader broke")
                await asyncio.sleep(0.5)

    async def _listen(self, database: psycopg.AsyncConnection[Any]) -> None:
        """Pass whispers on until the log has something new, or it is time to look all the same.

        A whisper is in no log: however many there are, nothing is read for them.
        """
        ends, is_new = time.monotonic() + POLL_SECONDS, False
        while not is_new and (left := ends - time.monotonic()) > 0:
            async for notice in database.notifies(timeout=left, stop_after=1):
                if notice.channel == whispers.CHANNEL:
                    self._pass_on(notice)
                else:
                    is_new = True

    def _pass_on(self, notice: psycopg.Notify) -> None:
        found = whispers.heard(notice.payload)
        if found is not None:
            for stream in list(self.streams.get(found[0], ())):
                stream.offer(WHISPERED, found[1])

    async def _feed(self, database: psycopg.AsyncConnection[Any], company_id: int) -> None:
        if company_id not in self.seen:
            self.seen[company_id] = await _head(database, company_id)
            return
        for event in await _read(database, company_id, self.seen[company_id]):
            self.seen[company_id] = event.seq
            message = message_of(event)
            if message is not None:
                for stream in list(self.streams.get(company_id, ())):
                    stream.offer(event.seq, message)


hub = Hub()


@contextlib.asynccontextmanager
async def _answering(database: psycopg.AsyncConnection[Any]) -> AsyncIterator[None]:
    """Cut a connection that gives no answer in time, so that waiting for it ends with an error of the database.

    A half-open connection loses every notice and never says so; waiting for it would last a quarter of an hour.
    """
    line = socket.socket(fileno=os.dup(database.fileno()))
    timer = asyncio.get_running_loop().call_later(ANSWER_SECONDS, line.shutdown, socket.SHUT_RDWR)
    try:
        yield
    finally:
        timer.cancel()
        line.close()


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one connection of the wire server."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    if scope["type"] != "http":
        return
    origin = _header(scope, b"origin")
    if scope["path"] != "/live" or scope["method"] != "GET":
        await _answer(send, 404, origin)
        return
    query = parse_qs(scope["query_string"].decode("latin-1"))
    ticket = tickets.read(query.get("ticket", [""])[0])
    if ticket is None or (ticket.origin and ticket.origin != origin):
        await _answer(send, 403, origin)
        return
    client = (scope.get("client") or ("", 0))[0]
    address = counted_as(address_of(client, _header(scope, b"x-forwarded-for")))
    if hub.is_full(ticket, address):
        await _answer(send, 503, origin, to=ticket.origin)
        return
    last = "" if ticket.room else _header(scope, b"last-event-id") or query.get("last", [""])[0]
    number = int(last) if last.isdecimal() and len(last) < 19 else None
    await _stream(Stream(ticket, address), number, receive, send, origin)


async def _stream(stream: Stream, last: int | None, receive: Receive, send: Send, origin: str) -> None:
    ticket = stream.ticket
    hub.join(stream)
    gone = asyncio.create_task(_disconnected(receive))
    try:
        if ticket.room:
            await hub.ready(ticket.company_id)
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": _headers(origin, "text/event-stream", to=ticket.origin),
            }
        )
        await _write(send, ": welcome\n\n")
        async for text in _texts(stream, last, gone):
            await _write(send, text)
    except (OSError, psycopg.Error, asyncio.CancelledError):
        pass  # the page comes again
    finally:
        hub.leave(stream)
        gone.cancel()
        with contextlib.suppress(Exception):
            await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _texts(stream: Stream, last: int | None, gone: "asyncio.Task[None]") -> AsyncIterator[str]:
    """Yield what was missed, then what comes, and a beat when nothing does; end when the page is gone."""
    shown = 0
    if last is not None:
        for event in await hub.missed(stream.ticket.company_id, last):
            shown = event.seq
            message = message_of(event)
            if message is not None and stream.hears(message):
                yield _text(event.seq, message)
    ends = time.monotonic() + LIFE_SECONDS
    while not gone.done() and time.monotonic() < ends:
        waiting = asyncio.create_task(stream.queue.get())
        done, _pending = await asyncio.wait(
            {waiting, gone}, timeout=BEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        if waiting not in done:
            waiting.cancel()
            if gone in done:
                return
            yield ": beat\n\n"
            continue
        item = waiting.result()
        if item is None:
            return
        if item[0] > shown or item[0] == WHISPERED:
            yield _text(item[0] if item[0] != WHISPERED and not stream.ticket.room else None, item[1])


def _text(seq: int | None, message: LiveMessage) -> str:
    number = "" if seq is None else f"id: {seq}\n"
    return f"{number}event: {message.name}\ndata: {json.dumps(dict(message.ids))}\n\n"


async def _disconnected(receive: Receive) -> None:
    while True:
        if (await receive())["type"] == "http.disconnect":
            return


async def _read(database: psycopg.AsyncConnection[Any], company_id: int, after: int) -> list[RecordedEvent]:
    async with database.transaction():
        await database.execute("SELECT set_config('app.company_id', %s, true)", [str(company_id)])
        rows = await database.execute(
            "SELECT seq, company_id, name, at, employee_id, cause, subject_kind, subject_id, client_id, payload::text"
            " FROM kit_event WHERE company_id = %s AND seq > %s AND name = ANY (%s) ORDER BY seq LIMIT %s",
            [company_id, after, shown_events(), RESUME_LIMIT],
        )
        return [recorded(row) for row in await rows.fetchall()]


async def _head(database: psycopg.AsyncConnection[Any], company_id: int) -> int:
    async with database.transaction():
        await database.execute("SELECT set_config('app.company_id', %s, true)", [str(company_id)])
        rows = await database.execute(
            "SELECT COALESCE(max(seq), 0) FROM kit_event WHERE company_id = %s", [company_id]
        )
        row = await rows.fetchone()
        return int(row[0]) if row else 0


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def _headers(origin: str, content_type: str, *, to: str = "") -> list[tuple[bytes, bytes]]:
    """Return the headers of an answer; only pages of our own hosts, and the one `to`, may read it from elsewhere."""
    headers = [
        (b"content-type", content_type.encode()),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
    ]
    host = origin.partition("://")[2].rpartition(":")[0] or origin.partition("://")[2]
    if origin and (origin == to or host in settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS):
        headers += [(b"access-control-allow-origin", origin.encode("latin-1")), (b"vary", b"origin")]
    return headers


async def _answer(send: Send, status: int, origin: str, *, to: str = "") -> None:
    await send({"type": "http.response.start", "status": status, "headers": _headers(origin, "text/plain", to=to)})
    await send({"type": "http.response.body", "body": b""})


async def _write(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        else:
            await send({"type": "lifespan.shutdown.complete"})
            return
