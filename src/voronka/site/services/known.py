"""What the wire server knows of sites: kept for half a minute, and forgotten at once where somebody changes it.

Who changes a site says so by a notice of the database when his transaction ends. A notice may be missed while the
database is away, and some of what pages are told is changed elsewhere (a module switched off, a scenario switched on,
the chat of the whole company): half a minute bounds that.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import psycopg
import structlog
from django.db import connection

from voronka.kit.db.address import database_address
from voronka.site.services.calling import Desk
from voronka.site.services.collecting import Collector, OpenSite

log = structlog.get_logger(__name__)

CHANNEL = "voronka_site"
KEPT_SECONDS, KEPT_SITES = 30.0, 5_000
AGAIN_SECONDS = 1.0  # until the database is asked for notices again
Told = TypeVar("Told")


def say_changed(public_id: str) -> None:
    """Tell the wire servers that a site is not as they know it, when this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, public_id])


@dataclass(slots=True)
class Shelf(Generic[Told]):
    """Answers of the database by the public id of their site: the newest ones only, so that it cannot grow."""

    kept: OrderedDict[str, tuple[float, Told]] = field(default_factory=OrderedDict)
    changes: int = 0  # heard of so far

    async def get(self, public_id: str, ask: Callable[[], Awaitable[Told]]) -> Told:
        """Return what is known of a site, or ask. Raises what asking raises."""
        now = time.monotonic()
        found = self.kept.get(public_id)
        if found is not None and found[0] >= now:
            return found[1]
        before = self.changes
        said = await ask()
        if self.changes == before:  # else it may be what was there before the change
            self.kept[public_id] = now + KEPT_SECONDS, said
            self.kept.move_to_end(public_id)
            if len(self.kept) > KEPT_SITES:
                self.kept.popitem(last=False)
        return said

    def forget(self, public_id: str = "") -> None:
        """Forget what is known of a site, or of all."""
        self.changes += 1
        if public_id:
            self.kept.pop(public_id, None)
        else:
            self.kept.clear()


class Known:
    """What this process knows of sites, and the one connection by which it hears of their changes."""

    def __init__(self, collector: Collector, desk: Desk) -> None:
        self.collector, self.desk = collector, desk
        self.sites = Shelf[OpenSite | None]()
        self.parts = Shelf[Mapping[str, Any]]()
        self.ear: asyncio.Task[None] | None = None

    async def site(self, public_id: str) -> OpenSite | None:
        """Return the site that a page names, None where there is none. Raises Busy."""
        self._listen()
        return await self.sites.get(public_id, lambda: self.collector.find_site(public_id))

    async def told(self, public_id: str, site: OpenSite) -> Mapping[str, Any]:
        """Return what the modules of a site are told. Raises Busy."""
        self._listen()
        return await self.parts.get(public_id, lambda: self.desk.tell(site))

    def forget(self, public_id: str = "") -> None:
        """Forget what is known of a site, or of all."""
        self.sites.forget(public_id)
        self.parts.forget(public_id)

    def _listen(self) -> None:
        """Have changes heard of from the first question on."""
        if self.ear is None or self.ear.done():
            self.ear = asyncio.create_task(self._hear())

    async def _hear(self) -> None:
        while True:
            try:
                address = database_address()
                async with await psycopg.AsyncConnection.connect(address, autocommit=True, connect_timeout=5) as ear:
                    await ear.execute(f"LISTEN {CHANNEL}")
                    self.forget()  # nobody told of what was changed before this
                    async for notice in ear.notifies():
                        self.forget(notice.payload)
            except psycopg.Error as error:
                log.warning("the wire does not hear of changed sites", reason=type(error).__name__)
            except Exception:  # a task that ends here ends unseen, and begins anew with the next question only
                log.exception("hearing of changed sites broke")
            await asyncio.sleep(AGAIN_SECONDS)
