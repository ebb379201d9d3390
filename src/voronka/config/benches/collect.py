"""What visitors do, collected: ten events a request, each answered after its commit, by one process of the wire server.

The bare side is COPY of as many such rows into the same table with its indexes, by the owner whom no policy holds, in
one transaction; both sides take turns. `lost` are events whose request was answered and which are not there, `doubled`
what is there twice of requests sent twice: none may be. The control sends its requests again under new keys, and must
find all of them there twice.
"""

import asyncio
import json
import random
import time
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

import psycopg
from django.db import transaction

from voronka.config.benches.frame import ROUNDS, Result, middle, owner_connection, rows_of
from voronka.config.benches.serving import served
from voronka.config.benches.staff import staff_of
from voronka.kit.tenancy import company_context
from voronka.site.models import Site
from voronka.site.services import SiteDraft, save_site

FULL, A_REQUEST, LINES, VISITORS = 100_000, 10, 48, 500
LEAST_SHARE = 0.2
LEAST_ROWS = FULL // 50  # of fewer the ratio measures how a server starts: it is told and binds nobody
ORIGIN = "https://bench.example"
_AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


def run(*, scale: float, seconds: float) -> Result:
    """Measure; the figures are events a second."""
    count = rows_of(scale, FULL)
    result = Result("collect", scale)
    staff = staff_of("sites", 1)
    with company_context(staff.company_id, employee_id=staff.owner.employee_id), transaction.atomic():
        found = Site.objects.filter(name="Bench").first()
        draft = SiteDraft(name="Bench", origins=ORIGIN)
        site = found or save_site(actor=staff.owner, draft=draft, now=datetime.now(UTC))
    speeds: dict[str, list[float]] = {"events": [], "copy": []}
    lost = doubled = control = again = 0
    # The visitors of the bench come from many places, as its requests say.
    proxied = {"VORONKA_TRUSTED_PROXIES": "1"}
    with owner_connection() as owner, served("voronka.config.wire_app:app", 1, proxied) as port:
        for number in range(ROUNDS):
            draw = random.Random(number)  # noqa: S311 - not a secret
            requests = [_request(site.public_id, draw) for _one in range(count // A_REQUEST)]
            before = _rows(owner, staff.company_id)
            took = asyncio.run(_send(port, requests))
            there = _rows(owner, staff.company_id) - before
            lost += max(count // A_REQUEST * A_REQUEST - there, 0)
            asyncio.run(_send(port, requests[: len(requests) // 20]))
            doubled += _rows(owner, staff.company_id) - before - there
            before = _rows(owner, staff.company_id)
            afresh = [_request(site.public_id, draw) for _one in range(count // A_REQUEST // 20)]
            asyncio.run(_send(port, afresh))
            control += _rows(owner, staff.company_id) - before
            again += len(afresh) * A_REQUEST
            speeds["events"].append(there / took)
            speeds["copy"].append(_copy(owner, staff.company_id, count))
    result.figures |= {"events_per_s": middle(speeds["events"]), "copy_per_s": middle(speeds["copy"])}
    result.figures |= {"lost": lost, "doubled": doubled, "control_doubled": control}
    pairs = zip(speeds["events"], speeds["copy"], strict=True)
    result.ratios["events_to_copy"] = middle([ours / bare for ours, bare in pairs])
    if count >= LEAST_ROWS:
        result.demand(result.ratios["events_to_copy"] >= LEAST_SHARE, f"events_to_copy is under {LEAST_SHARE}")
    result.demand(control == again, "the control, requests sent again under new keys, is not there twice")
    result.demand(lost == 0, "events that were answered are lost")
    result.demand(doubled == 0, "events that were sent twice are there twice")
    return result


def _rows(owner: psycopg.Connection, company_id: int) -> int:
    found = owner.execute("SELECT count(*) FROM site_visitevent WHERE company_id = %s", [company_id]).fetchone()
    return int(found[0]) if found else 0


def _about(draw: random.Random) -> dict[str, object]:
    path = f"/catalogue/{draw.randrange(5_000)}"
    return {"url": path, "title": f"Товар {draw.randrange(5_000)} — Лавка", "from": "https://ya.ru/"}


def _request(site: str, draw: random.Random) -> bytes:
    sent = int(time.time() * 1000)
    visitor = uuid.UUID(int=draw.randrange(VISITORS) + 1).hex
    events = [
        {
            "id": f"{sent:012x}"[-12:] + uuid.uuid4().hex[12:],
            "kind": "page",
            "at": sent - place * 1000,
            **_about(draw),
        }
        for place in range(A_REQUEST)
    ]
    body = json.dumps({"site": site, "visitor": visitor, "sent": sent, "events": events}, ensure_ascii=False).encode()
    address = f"10.{draw.randrange(256)}.{draw.randrange(256)}.{draw.randrange(1, 255)}"
    head = (
        f"POST /collect HTTP/1.1\r\nHost: bench\r\nOrigin: {ORIGIN}\r\nUser-Agent: {_AGENT}\r\n"
        f"X-Forwarded-For: {address}\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _send(port: int, requests: Sequence[bytes]) -> float:
    """Send the requests over many lines, each after the answer to the one before it; return the seconds."""
    queue = iter(requests)

    async def line() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in queue:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(2)
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(f"the collector answered {head[:60]!r}")
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(line() for _one in range(LINES)))
    return time.perf_counter() - began


def _copy(owner: psycopg.Connection, company_id: int, count: int) -> float:
    """Copy ready lines of as many events; return how many a second."""
    found = owner.execute("SELECT array_agg(id) FROM site_visit WHERE company_id = %s", [company_id]).fetchone()
    visits = found[0] if found else []
    draw = random.Random(7)  # noqa: S311 - not a secret
    now, moment = datetime.now(UTC).isoformat(), f"{int(time.time() * 1000):012x}"[-12:]
    lines = "".join(
        f"{company_id}\t{draw.choice(visits)}\t{moment}{uuid.uuid4().hex[12:]}\tpage\t{now}\t"
        f"{json.dumps(_about(draw), ensure_ascii=False)}\n"
        for _one in range(count)
    ).encode()
    began = time.perf_counter()
    statement = "COPY site_visitevent (company_id, visit_id, key, kind, at, about) FROM STDIN"
    with owner.cursor() as cursor, owner.transaction(), cursor.copy(statement) as copy:
        copy.write(lines)
    return count / (time.perf_counter() - began)
