"""Calls of pages, answered by the product's own services in a few threads of the wire server.

Each is one transaction in the site's company. The threads are few and so is what may wait for them: a flood is told to
come again, and streams and the collector beside go on.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Barrier
from typing import Any, TypeVar

import structlog
from django.core.serializers.json import DjangoJSONEncoder
from django.db import Error, close_old_connections, connections, transaction
from django.utils import timezone, translation

from voronka.kit.db.again import again
from voronka.kit.errors import Refusal
from voronka.kit.tenancy import company_context
from voronka.site.ports import Bytes, Call, OpenCall, tellers
from voronka.site.services.collecting import Busy, OpenSite

log = structlog.get_logger(__name__)

THREADS, WAITING = 4, 200
Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call brought: the status of HTTP and JSON, or plain bytes."""

    status: int
    body: bytes
    kind: bytes = b"application/json"


@dataclass(slots=True)
class Desk:
    """The threads of this process."""

    threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(THREADS, thread_name_prefix="call")
    )
    waiting: int = 0

    async def answer(self, call: Call, asked: OpenCall) -> Answer:
        """Answer a call. Raises Busy where too many wait."""
        return await self._run(lambda: _answered(call, asked))

    async def tell(self, site: OpenSite) -> Mapping[str, Any]:
        """Return what the modules of a site are told, by their names. Raises Busy."""
        return await self._run(lambda: _told(site))

    def close(self) -> None:
        """End the threads, each with its connection to the database."""
        met = Barrier(THREADS)

        def leave() -> None:
            met.wait(5)
            connections.close_all()

        for _thread in range(THREADS):
            self.threads.submit(leave)
        self.threads.shutdown()

    async def _run(self, act: Callable[[], Done]) -> Done:
        if self.waiting >= WAITING:
            raise Busy
        self.waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self.threads, lambda: _in_thread(act))
        except Error as error:
            log.warning("a call was not answered", reason=type(error).__name__)
            raise Busy from error
        finally:
            self.waiting -= 1


def _in_thread(act: Callable[[], Done]) -> Done:
    close_old_connections()
    try:
        return act()
    finally:
        close_old_connections()


@again
def _acted(call: Call, asked: OpenCall) -> Mapping[str, Any] | Bytes:
    """Do what a call wants, anew where it met another in a deadlock: visitors and counters are locked as they come."""
    if asked.file is not None:
        asked.file.seek(0)
    with transaction.atomic():
        return call.act(asked)


def _answered(call: Call, asked: OpenCall) -> Answer:
    try:
        with company_context(asked.company_id, origin="site"), translation.override(asked.language):
            said = _acted(call, asked)
            if isinstance(said, Bytes):
                return Answer(200, said.body, b"application/octet-stream")
            return _json(200, said)
    except Refusal as refusal:
        why = {"code": refusal.code, "message": str(refusal.message), "fields": refusal.fields}
        return _json(refusal.status, why)
    except Error:
        raise
    except Exception as error:  # one broken answer must not take the thread's others along
        log.exception("a call broke", call=call.name, reason=type(error).__name__)
        return _json(500, {"code": "broken"})


def _told(site: OpenSite) -> Mapping[str, Any]:
    now = timezone.now()
    with company_context(site.company_id, origin="site"), transaction.atomic():
        found = {name: tells(site.site_id, now) for name, tells in tellers().items()}
    return {name: said for name, said in found.items() if said is not None}


def _json(status: int, said: Mapping[str, Any]) -> Answer:
    return Answer(status, json.dumps(said, ensure_ascii=False, separators=(",", ":"), cls=DjangoJSONEncoder).encode())
