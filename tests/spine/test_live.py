"""Live updates over the wire: what happened elsewhere reaches an open page, and a page that was away misses nothing."""

import asyncio
import contextlib
import json
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connections, transaction
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from voronka.accounts.testing import Cast
from voronka.deals import services
from voronka.deals.testing import make_client, make_shop
from voronka.kit.events import publish
from voronka.kit.events.listeners import RecordedEvent, number_events
from voronka.kit.live import LiveMessage, messages, tickets, whispers, wire
from voronka.kit.tenancy import company_context
from voronka.messaging.events import TalkChanged, TalkSaid

pytestmark = pytest.mark.django_db(transaction=True)


class Page:
    """An open page: an ASGI connection whose stream is read message by message."""

    def __init__(self, ticket: str, last: str = "", address: str = "127.0.0.1") -> None:
        self.gone = asyncio.Event()
        self.sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        query = f"ticket={ticket}&last={last}".encode()
        scope = {"type": "http", "method": "GET", "path": "/live", "query_string": query, "client": (address, 1),
                 "headers": [(b"origin", b"http://localhost:8000")]}  # fmt: skip
        self.task = asyncio.create_task(wire.app(scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        await self.sent.put(message)

    async def start(self) -> dict[str, Any]:
        return await asyncio.wait_for(self.sent.get(), 5)

    async def messages(self) -> AsyncIterator[tuple[int, str, dict[str, int]]]:
        while True:
            part = await asyncio.wait_for(self.sent.get(), 8)
            text = part.get("body", b"").decode()
            if text.startswith("id:"):
                lines = dict(line.split(": ", 1) for line in text.strip().splitlines())
                yield int(lines["id"]), lines["event"], json.loads(lines["data"])

    async def close(self) -> None:
        self.gone.set()
        await asyncio.wait_for(self.task, 5)


def lead(cast: Cast) -> int:
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        deal = services.open_deal(actor=cast.owner, client_id=make_client().pk, now=datetime.now(UTC))
    number_events()
    return deal.pk


def ticket_of(cast: Cast) -> str:
    assert cast.owner.employee_id is not None
    return tickets.sign(tickets.Ticket(cast.company_id, cast.owner.employee_id))


def in_loop(story: Callable[[], Awaitable[None]]) -> None:
    wire.hub = wire.Hub()
    asyncio.run(story())


async def aside(act: Callable[[], Any]) -> Any:
    """Run Django's synchronous work in a thread of its own, and leave no connection behind."""

    def run() -> Any:
        try:
            return act()
        finally:
            connections.close_all()

    return await asyncio.to_thread(run)


def test_an_open_page_hears_of_a_new_deal_within_seconds() -> None:
    cast = make_shop().cast

    async def story() -> None:
        page = Page(ticket_of(cast))
        assert (await page.start())["status"] == 200
        await asyncio.sleep(0.5)
        deal = await aside(lambda: lead(cast))
        async for _seq, name, data in page.messages():
            assert (name, data["deal"]) == ("queue", deal)
            break
        await page.close()

    in_loop(story)


def test_a_page_that_was_away_gets_what_it_missed_once() -> None:
    cast = make_shop().cast

    async def story() -> None:
        first = await aside(lambda: lead(cast))
        page = Page(ticket_of(cast), last="0")
        seen = [(seq, data["deal"]) async for seq, _name, data in _first(page, 2)]
        assert {deal for _seq, deal in seen} == {first}
        await page.close()
        second, third = await aside(lambda: lead(cast)), await aside(lambda: lead(cast))
        again = Page(ticket_of(cast), last=str(seen[-1][0]))
        missed = [(seq, data["deal"]) async for seq, _name, data in _first(again, 4)]
        assert [deal for _seq, deal in missed] == [second, second, third, third]
        assert len({seq for seq, _deal in missed}) == 4
        await again.close()

    in_loop(story)


def said_in(cast: Cast, talk: str, number: int) -> None:
    with company_context(cast.company_id), transaction.atomic():
        publish(TalkSaid(talk_id=1, talk=talk, number=number, by="operator"))
        publish(TalkChanged(talk_id=1, talk=talk, number=number + 1, code="note"))
    number_events()


def test_an_event_that_cannot_be_shown_keeps_pages_from_none_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    cast, broken = make_shop().cast, set[int]()

    def breaking(mapper: messages.Mapper) -> messages.Mapper:
        def shown(event: RecordedEvent) -> LiveMessage | None:
            if event.subject_id in broken or not broken:
                broken.add(event.subject_id)
                raise KeyError("a fault of the program")
            return mapper(event)

        return shown

    usual = dict(messages._mappers)
    monkeypatch.setattr(messages, "_mappers", {name: breaking(mapper) for name, mapper in usual.items()})

    async def story() -> None:
        page = Page(ticket_of(cast))
        await page.start()
        await asyncio.sleep(0.5)
        first = await aside(lambda: lead(cast))
        second = await aside(lambda: lead(cast))
        async for _seq, _name, data in page.messages():
            assert data["deal"] == second
            break
        assert broken == {first}
        await page.close()
        late = Page(ticket_of(cast), last="0")
        await late.start()
        async for _seq, _name, data in late.messages():
            assert data["deal"] == second
            break
        await late.close()

    in_loop(story)


def test_who_listens_in_a_room_hears_what_is_said_in_it_and_no_numbers_of_the_log() -> None:
    cast = make_shop().cast

    async def story() -> None:
        # A colleague's `last`, left in the same browser, brings a visitor nothing.
        page = Page(tickets.sign(tickets.Ticket(cast.company_id, 0, "talk mine")), last="0")
        assert (await page.start())["status"] == 200
        # No wait here: what happens once the stream has opened comes.
        await aside(lambda: said_in(cast, "other", 1))
        await aside(lambda: lead(cast))
        await aside(lambda: said_in(cast, "mine", 7))
        heard = ""
        while "event:" not in heard:
            heard = (await asyncio.wait_for(page.sent.get(), 8)).get("body", b"").decode()
        assert heard == 'event: talk\ndata: {"talk": "mine", "number": 7}\n\n'
        await asyncio.sleep(2)
        assert page.sent.empty()
        await page.close()

    in_loop(story)


def test_one_room_holds_few_places_and_leaves_the_others_free() -> None:
    cast = make_shop().cast

    async def story() -> None:
        ticket = tickets.sign(tickets.Ticket(cast.company_id, 0, "talk mine"))
        pages = [Page(ticket) for _number in range(wire.ONE_ROOM_LIMIT)]
        assert {(await page.start())["status"] for page in pages} == {200}
        others = [Page(ticket), Page(tickets.sign(tickets.Ticket(cast.company_id, 0, "talk other")))]
        assert [(await page.start())["status"] for page in others] == [503, 200]
        for page in [*pages, *others]:
            await page.close()

    in_loop(story)


def test_one_address_holds_few_places_in_rooms_whatever_keys_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "ONE_ADDRESS_LIMIT", 2)
    cast = make_shop().cast

    async def story() -> None:
        def room(number: int, address: str) -> Page:
            return Page(tickets.sign(tickets.Ticket(cast.company_id, 0, f"talk {number}")), address=address)

        pages = [room(1, "203.0.113.7"), room(2, "203.0.113.7"), room(3, "2001:db8::1"), room(4, "2001:db8::2")]
        assert {(await page.start())["status"] for page in pages} == {200}
        assert [(await room(5, one).start())["status"] for one in ("203.0.113.7", "2001:db8::3")] == [503, 503]
        # Others, and colleagues at the same address, have place; so has he, once he has left one.
        others = [room(5, "203.0.113.8"), Page(ticket_of(cast), address="203.0.113.7")]
        assert {(await page.start())["status"] for page in others} == {200}
        await pages[0].close()
        pages[0] = room(6, "203.0.113.7")
        assert (await pages[0].start())["status"] == 200
        for page in [*pages, *others]:
            await page.close()
        assert not +wire.hub.places

    in_loop(story)


def test_a_crowd_that_comes_back_at_once_leaves_the_database_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the wire was started anew all pages come at the same moment: all are let in, by few connections."""
    cast = make_shop().cast
    real, now, most = wire.psycopg.AsyncConnection.connect, [0], [0]

    async def counted(*given: Any, **named: Any) -> Any:
        now[0] += 1
        most[0] = max(most[0], now[0])
        await asyncio.sleep(0.02)
        database = await real(*given, **named)
        now[0] -= 1
        return database

    monkeypatch.setattr(wire.psycopg.AsyncConnection, "connect", counted)

    async def story() -> None:
        rooms = [Page(tickets.sign(tickets.Ticket(cast.company_id, 0, f"talk {n}"))) for n in range(150)]
        staff = [Page(ticket_of(cast), last="0") for _n in range(30)]
        assert {(await page.start())["status"] for page in [*rooms, *staff]} == {200}
        await asyncio.sleep(1)
        for page in [*rooms, *staff]:
            await page.close()

    in_loop(story)
    assert most[0] <= wire.RESUMES_AT_ONCE + 2, "one a page"


def test_many_whispers_read_no_log_close_no_page_and_break_no_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = make_shop().cast
    real, reads = wire._read, [0]

    async def counted(*given: Any) -> Any:
        reads[0] += 1
        return await real(*given)

    monkeypatch.setattr(wire, "_read", counted)

    def flood() -> None:
        with company_context(cast.company_id):
            whispers.whisper(LiveMessage("typing", {"talk": "x" * 9_000}))  # longer than a notice may be
            for number in range(60):
                whispers.whisper(LiveMessage("typing", {"talk": str(number)}))

    async def story() -> None:
        page = Page(ticket_of(cast))
        assert (await page.start())["status"] == 200
        await asyncio.sleep(0.5)
        before = reads[0]
        await aside(flood)
        heard = ""
        while '"59"' not in heard:
            heard = (await asyncio.wait_for(page.sent.get(), 8)).get("body", b"").decode()
        assert reads[0] - before < 20
        deal = await aside(lambda: lead(cast))
        async for _seq, _name, data in page.messages():
            assert data["deal"] == deal
            break
        await page.close()

    in_loop(story)
    slow = wire.Stream(tickets.Ticket(1, 1))
    for number in range(wire.QUEUE_LIMIT + 1):
        slow.offer(wire.WHISPERED, LiveMessage("typing", {"talk": str(number)}))
    assert (slow.queue.qsize(), slow.queue.get_nowait()[1].ids["talk"]) == (wire.QUEUE_LIMIT, "0")  # type: ignore[index]


async def _first(page: Page, count: int) -> AsyncIterator[tuple[int, str, dict[str, int]]]:
    async for message in page.messages():
        yield message
        count -= 1
        if count == 0:
            return


def test_another_company_hears_nothing() -> None:
    cast, other = make_shop().cast, make_shop().cast

    async def story() -> None:
        page = Page(ticket_of(other), last="0")
        await page.start()
        await asyncio.sleep(0.3)
        await aside(lambda: lead(cast))
        with pytest.raises(asyncio.TimeoutError):
            async for _message in page.messages():
                raise AssertionError("heard of another company")
        await page.close()

    in_loop(story)


@pytest.mark.parametrize("ticket", ["", "forged", "a:b:c"])
def test_a_forged_ticket_is_refused(ticket: str) -> None:
    async def story() -> None:
        page = Page(ticket)
        assert (await page.start())["status"] == 403
        await page.close()

    in_loop(story)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_cut_listener_comes_back_within_six_seconds() -> None:
    cast = make_shop().cast

    async def story() -> None:
        page = Page(ticket_of(cast))
        await page.start()
        await asyncio.sleep(0.5)
        await aside(_cut_listeners)
        deal, started = await aside(lambda: lead(cast)), time.monotonic()
        async for _seq, _name, data in page.messages():
            assert data["deal"] == deal
            break
        assert time.monotonic() - started < 6
        await page.close()

    in_loop(story)


class Line:
    """A line to the database that may go silent: it takes what is sent, and gives neither answers nor notices back."""

    def __init__(self, path: str, host: str, port: int) -> None:
        # A host that is a folder holds the socket of the server.
        self.family = socket.AF_UNIX if host.startswith("/") else socket.AF_INET
        self.server: str | tuple[str, int] = f"{host}/.s.PGSQL.{port}" if host.startswith("/") else (host, port)
        self.joined, self.sockets = 0, []
        self.silent = threading.Event()
        self.door = socket.socket(socket.AF_UNIX)
        self.door.bind(path)
        self.door.listen()
        self.threads = [threading.Thread(target=self._accept)]
        self.threads[0].start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                here, there = self.door.accept()[0], socket.socket(self.family)
                there.connect(self.server)
                self.joined += 1
                self.sockets += [here, there]
                for pair in ((here, there, self.joined > 1), (there, here, self.joined > 1)):
                    self.threads.append(threading.Thread(target=self._carry, args=pair))
                    self.threads[-1].start()

    def _carry(self, source: socket.socket, target: socket.socket, is_later: bool) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                if is_later or not self.silent.is_set():
                    target.sendall(piece)

    def close(self) -> None:
        for one in [self.door, *self.sockets]:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        for one in self.threads:
            one.join(5)


def test_a_listener_whose_line_went_silent_is_replaced_within_six_seconds(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    cast, real = make_shop().cast, conninfo_to_dict(wire.database_address())
    folder = tempfile.mkdtemp(prefix="voronka-line-")  # the path of a socket is short
    line = Line(f"{folder}/.s.PGSQL.5432", str(real["host"]), int(real.get("port", 5432)))
    monkeypatch.setattr(
        wire, "database_address", lambda: make_conninfo("", **{**real, "host": folder, "port": "5432"})
    )

    async def story() -> None:
        page = Page(ticket_of(cast))
        await page.start()
        await asyncio.sleep(0.5)
        line.silent.set()
        deal, started = await aside(lambda: lead(cast)), time.monotonic()
        async for _seq, _name, data in page.messages():
            assert data["deal"] == deal
            break
        assert time.monotonic() - started < 6
        assert line.joined == 2
        await page.close()

    try:
        in_loop(story)
    finally:
        line.close()
        shutil.rmtree(folder)


def _cut_listeners() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND usename = 'voronka_app' AND state = 'idle' AND pid <> pg_backend_pid()"
        )
