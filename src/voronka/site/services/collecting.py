"""What visitors did, written down: many requests in one transaction, each answered after its commit.

While one transaction of a company runs, what comes meanwhile gathers for the next: the busier the site, the larger
the groups. No thread of Django is asked; the statement is one call of `site_collect` (sql/collect.sql).
"""

import asyncio
import contextlib
import json
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
import structlog

from voronka.kit.db.address import database_address
from voronka.kit.ids import ALPHABET, PUBLIC_ID_LENGTH
from voronka.kit.live import LiveMessage, whispers
from voronka.site.rules.batches import CONTACTS, Batch, Happened

log = structlog.get_logger(__name__)

GROUP = 200  # requests in one transaction
CONNECTIONS = 4
WAITING = 2_000  # requests that are not written yet; more are told to come again
TRIES = 3
TELL_SECONDS = 3.0  # how late open pages of colleagues hear of it, and how often at most
PAUSE = 1_800.0  # seconds without anything that end a visit, as site_collect has them
MODULE = "site"
SOMEBODY_IS_THERE = "visit"  # the live message: no numbers, of whomever it is
# Where the module is off, all sites of the company are.
_SITE = """
SELECT s.origins, s.is_on AND NOT %s = ANY (c.modules_off), s.asks_consent, s.takes_contacts
FROM site_site s JOIN accounts_company c ON c.id = s.company_id WHERE s.company_id = %s AND s.id = %s
"""


class Busy(Exception):
    """There is no place for one more, or the database does not take it: the browser keeps it and comes again."""


@dataclass(frozen=True, slots=True)
class OpenSite:
    """What the collector must know of a site."""

    company_id: int
    site_id: int
    origins: frozenset[str]
    is_on: bool
    asks_consent: bool
    takes_contacts: bool


@dataclass(slots=True)
class Came:
    """A request that is to be written. `at` is its moment in seconds of our clock."""

    site: OpenSite
    batch: Batch
    at: float
    is_bot: bool
    device: str
    done: "asyncio.Future[int]"


@dataclass(slots=True)
class Collector:
    """The writers of this process: one at a time for a company, a few for all."""

    queues: dict[int, list[Came]] = field(default_factory=dict)
    tasks: dict[int, "asyncio.Task[None]"] = field(default_factory=dict)
    idle: list["psycopg.AsyncConnection[Any]"] = field(default_factory=list)
    telling: dict[int, "asyncio.Task[None]"] = field(default_factory=dict)
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CONNECTIONS))
    waiting: int = 0

    async def write(self, site: OpenSite, batch: Batch, *, at: float, is_bot: bool, device: str) -> None:
        """Return once what came is committed. Raises Busy."""
        if self.waiting >= WAITING:
            raise Busy
        came = Came(site, batch, at, is_bot, device, asyncio.get_running_loop().create_future())
        self.waiting += 1
        try:
            self.queues.setdefault(site.company_id, []).append(came)
            if site.company_id not in self.tasks:
                self.tasks[site.company_id] = asyncio.create_task(self._drain(site.company_id))
            await came.done
        finally:
            self.waiting -= 1

    async def find_site(self, public_id: str) -> OpenSite | None:
        """Return the site that a page names."""
        async with self.connection() as database, database.transaction():
            found = await (await database.execute("SELECT company, site FROM site_open(%s)", [public_id])).fetchone()
            if found is None:
                return None
            await database.execute("SELECT set_config('app.company_id', %s, true)", [str(found[0])])
            rows = await database.execute(_SITE, [MODULE, *found])
            row = await rows.fetchone()
        return None if row is None else OpenSite(found[0], found[1], frozenset(row[0]), *row[1:])

    @contextlib.asynccontextmanager
    async def connection(self) -> AsyncIterator["psycopg.AsyncConnection[Any]"]:
        """Lend a connection; one that broke is not lent again. Raises Busy where the database does not answer."""
        async with self.places:
            database = self.idle.pop() if self.idle else await self._connect()
            try:
                yield database
            except psycopg.OperationalError as error:
                if not database.closed:
                    raise
                log.warning("the collector lost the database", reason=type(error).__name__)
                raise Busy from error
            finally:
                if not database.closed:
                    self.idle.append(database)

    async def _connect(self) -> "psycopg.AsyncConnection[Any]":
        try:
            return await psycopg.AsyncConnection.connect(database_address(), autocommit=True, connect_timeout=5)
        except psycopg.OperationalError as error:
            log.warning("the collector has no database", reason=type(error).__name__)
            raise Busy from error

    async def _drain(self, company_id: int) -> None:
        try:
            while queue := self.queues.get(company_id):
                group, self.queues[company_id] = next_group(queue)
                await self._settle(company_id, group)
        finally:
            del self.tasks[company_id]
            self.queues.pop(company_id, None)

    async def _settle(self, company_id: int, group: list[Came]) -> None:
        """Write a group; where that breaks, each of it alone, so that one spoils nothing of others.

        Whatever it breaks by, each request is answered: nobody else would, and it would be waited for in vain.
        """
        try:
            written = await self._put(company_id, group)
        except Busy:
            _refuse(group)
            return
        except Exception as error:  # noqa: BLE001 - as above
            if len(group) > 1:
                for one in group:
                    await self._settle(company_id, [one])
                return
            log.warning("a batch was not written", reason=type(error).__name__)
            _refuse(group)
            return
        for one in group:
            if not one.done.done():
                one.done.set_result(written)
        if written and company_id not in self.telling and any(not one.is_bot for one in group):
            self.telling[company_id] = asyncio.create_task(self._tell(company_id))

    async def _tell(self, company_id: int) -> None:
        """Tell the open pages of a company that somebody is on its sites: once for all that comes within a while."""
        await asyncio.sleep(TELL_SECONDS)
        del self.telling[company_id]  # what comes from here on is told anew
        try:
            async with self.connection() as database:
                said = whispers.written(company_id, LiveMessage(SOMEBODY_IS_THERE, {}))
                await database.execute("SELECT pg_notify(%s, %s)", [whispers.CHANNEL, said])
        except (Busy, psycopg.Error) as error:
            log.warning("pages were not told of visitors", reason=type(error).__name__)

    async def _put(self, company_id: int, group: list[Came]) -> int:
        came, events = as_documents(group)
        for turn in range(TRIES):
            try:
                async with self.connection() as database, database.transaction():
                    await database.execute("SELECT set_config('app.company_id', %s, true)", [str(company_id)])
                    rows = await database.execute("SELECT site_collect(%s, %s, %s)", [company_id, came, events])
                    found = await rows.fetchone()
                    return int(found[0]) if found else 0
            except psycopg.errors.DeadlockDetected:
                await asyncio.sleep(0.02 * (turn + 1))
        raise Busy


def _refuse(group: list[Came]) -> None:
    """Tell requests that they were not written."""
    for one in group:
        if not one.done.done():
            one.done.set_exception(Busy())


def next_group(queue: list[Came]) -> tuple[list[Came], list[Came]]:
    """Return what is written next and what after it.

    A visitor has one visit in a group: what he left in the browser hours ago does not go with what he does now.
    """
    group, later = list[Came](), list[Came]()
    spans: dict[tuple[int, str], tuple[float, float]] = {}
    for came in queue[:GROUP]:
        key = (came.site.site_id, came.batch.visitor)
        moments = [came.at - one.ago for one in came.batch.events]
        first, last = spans.get(key, (moments[0], moments[0]))
        low, high = min(moments), max(moments)
        if low > last + PAUSE or high < first - PAUSE:
            later.append(came)
        else:
            group.append(came)
            spans[key] = (min(first, low), max(last, high))
    return group, later + queue[GROUP:]


def as_documents(group: list[Came]) -> tuple[str, str]:
    """Return who came and what happened as the two documents of `site_collect`; each visitor is there once."""
    places: dict[tuple[int, str], int] = {}
    heads: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    for came in group:
        batch, key = came.batch, (came.site.site_id, came.batch.visitor)
        moments = [came.at - one.ago for one in batch.events]
        place = places.setdefault(key, len(heads))
        if place == len(heads):
            head: dict[str, Any] = {"s": key[0], "v": key[1], "p": new_public_id(), "m": came.is_bot}
            heads.append(head | {"f": min(moments), "l": max(moments), "h": head_of(came)})
        else:
            head = heads[place]
            head["f"], head["l"] = min(head["f"], *moments), max(head["l"], *moments)
        for one, at in zip(batch.events, moments, strict=True):
            about = one.about if one.kind != "form" else _form(one, came.site)
            told = {"r": round(came.at, 3)} if "ref" in about else {}
            events.append({"b": place + 1, "k": one.key, "n": one.kind, "a": round(at, 3), **told, "d": about})
    return _DUMP(heads), _DUMP(events)


_DUMP = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_LETTERS = bytes(ord(ALPHABET[number % len(ALPHABET)]) for number in range(256))


def new_public_id() -> str:
    """Return a public id, quicker than `kit.ids` does: some letters are a bit likelier."""
    return secrets.token_bytes(PUBLIC_ID_LENGTH).translate(_LETTERS).decode("ascii")


def head_of(came: Came) -> dict[str, Any]:
    """Return what the first page said: where from, by which address, on what."""
    first = next((one for one in came.batch.events if one.kind == "page"), None)
    head = {"zone": came.batch.zone, "device": came.device, "width": came.batch.width}
    if first is not None:
        head |= {"landing": first.about.get("url", ""), "from": first.about.get("from", "")}
        head |= {"utm": first.about.get("utm", {})}
    return {name: value for name, value in head.items() if value}


def _form(one: Happened, site: OpenSite) -> dict[str, Any]:
    """Return a form without what was typed, where the owner has not allowed it: a script may be old or forged."""
    if site.takes_contacts:
        return one.about
    return {name: value for name, value in one.about.items() if name not in CONTACTS}
