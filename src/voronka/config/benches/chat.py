"""Many open conversations on one wire process, while connections drop: how soon a message is on the other side.

Operators answer by the product's verb; each visitor is a connection to the wire and asks the web program, at a notice,
for the lines beyond his last. Whose connection drops is away for two seconds and comes back as a page does; who is told
that the program is busy comes again a little later, as a page does, too. Visitors write, each message sent twice under
one id, as after an answer that was lost; an operator's page hears of it by the same wire. A message takes from the
press of one side till the other has it, or is told of it at the desk. The control is a page that trusts its notices
alone and asks for nothing when it is back: what was said meanwhile it would not have.
"""

import asyncio
import contextlib
import json
import os
import random
import re
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.db import connections, transaction

from voronka.accounts import queries as accounts
from voronka.config.benches.frame import Result, Staff, owner_connection, p95
from voronka.config.benches.serving import served
from voronka.config.benches.staff import staff_of
from voronka.config.child import start_child
from voronka.config.env import SettingError
from voronka.kit.events import listeners
from voronka.kit.live import tickets
from voronka.kit.tenancy import company_context
from voronka.messaging.models import Talk, TalkLine
from voronka.messaging.services import chat as services
from voronka.messaging.views.chat import COOKIE

FULL_TALKS, LEAST_TALKS = 1_000, 10
EACH_SECONDS, LEAST_PACE = 100.0, 0.5  # how often each conversation has a message; at least two a second in all
OPENED_A_SECOND, BUSY_SECONDS, LONGEST_BUSY = 50.0, 1.0, 8.0
AWAY_SECONDS, DROPPED_SHARE = 2.0, 0.02  # of the connections, each second
MOST_MS = 150.0
_BEHIND = {"VORONKA_TRUSTED_PROXIES": "1"}
_NUMBER = re.compile(r'data-number="(\d+)"')
_TOKEN = "b" * 32  # of the form's own check; any will do where cookie and header agree


@dataclass(slots=True, eq=False)
class Visitor:
    """One visitor: the key to his talk, what he has, when he was away."""

    place: int
    talk: str
    cookie: str
    last: int
    got: dict[int, float] = field(default_factory=dict)
    doubled: int = 0
    missed: int = 0  # lines that no notice would have brought
    is_there: bool = False
    drop: asyncio.Event = field(default_factory=asyncio.Event)
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)


Written = tuple[Visitor, uuid.UUID, int, float]  # who wrote, under which id, which line it became, when he began


@dataclass(slots=True)
class Ground:
    """Where the bench runs: the company, its chat's address, the ports of the web program and of the wire."""

    staff: Staff
    form_key: str
    web: int
    wire: int
    turned_away: int = 0  # by the web program, which was busy


def run(*, scale: float, seconds: float) -> Result:
    """Measure one process of the wire with `scale` of a thousand conversations."""
    result = Result("chat", scale)
    count = round(FULL_TALKS * scale)
    if count < LEAST_TALKS:
        raise SettingError(f"--scale {scale:g} leaves {count} talks: take at least {LEAST_TALKS / FULL_TALKS:g}")
    staff = staff_of("chat", 4)
    with owner_connection() as owner:
        owner.execute("DELETE FROM procrastinate_jobs")  # what other benches put off
    form_key, visitors = _begin(staff, count)
    connections.close_all()
    log = Path(settings.HOME) / "log" / "bench-worker.log"
    with log.open("ab") as output, served("voronka.config.web:app", 2, _BEHIND) as web:
        command = [sys.executable, "-c", "from voronka.config import worker; worker.run()"]
        worker = start_child(command, env={**os.environ}, output=output, cwd=Path.cwd())
        try:
            _settle()
            with served("voronka.config.wire_app:app", 1, _BEHIND) as wire:
                asyncio.run(_measure(result, Ground(staff, form_key, web, wire), visitors, seconds))
        finally:
            worker.terminate()
            worker.wait(40)  # jobs have 15 seconds to end, and so has the pulse
    return result


def _settle() -> None:
    """Wait till the worker has read what other benches left in the log: they are not what is measured."""
    for _wait in range(1_200):
        if not listeners.all_waiting():
            break
        time.sleep(0.5)
    connections.close_all()


def _begin(staff: Staff, count: int) -> tuple[str, list[Visitor]]:
    """Begin the talks anew: one message of each visitor, each with its operator."""
    now = datetime.now(UTC)
    with company_context(staff.company_id, employee_id=staff.owner.employee_id), transaction.atomic():
        services.save_chat(actor=staff.owner, draft=services.ChatDraft(is_on=True))
        Talk.objects.all().delete()
        form_key = accounts.get_company_rules().form_key
        visitors = []
        for place in range(count):
            talk = services.write(talk=None, written=services.Written(uuid.uuid4(), "Is the table there?"), now=now)
            worker = staff.workers[place % len(staff.workers)]
            talk = services.take(actor=worker, public_id=talk.public_id, now=now)
            visitors.append(Visitor(place, talk.public_id, services.talk_token(talk), talk.last_number))
    return form_key, visitors


async def _measure(result: Result, ground: Ground, visitors: list[Visitor], seconds: float) -> None:
    for _warm in range(8):  # each of the web processes reads its addresses at its first request
        await _post(ground, visitors[0], "lines", {"after": "0", "seen": "0"})
    before = _memory_of(ground.wire)
    stop = asyncio.Event()
    held = [asyncio.create_task(_listen(ground, one, stop)) for one in visitors]
    for _wait in range(2_400):
        if all(one.is_there for one in visitors) or any(task.done() for task in held):
            break
        await asyncio.sleep(0.05)
    figures = result.figures
    figures["open"] = float(sum(one.is_there for one in visitors))
    result.demand(figures["open"] == len(visitors), "some connections never opened")
    after = _memory_of(ground.wire)
    desk: dict[tuple[str, int], float] = {}
    held.append(asyncio.create_task(_sit(ground, desk)))
    await _hear_one(ground, visitors[0], desk)
    desk.clear()
    sent, wrote = await _talk(ground, visitors, seconds)
    await asyncio.sleep(AWAY_SECONDS + 3)
    stop.set()
    for one in visitors:
        one.drop.set()
    for task in held:
        task.cancel()
    for broken in await asyncio.gather(*held, return_exceptions=True):
        if isinstance(broken, Exception):
            raise broken
    late = [
        one.got[number] - at for (one, number), (at, was_there) in sent.items() if was_there and number in one.got
    ]
    heard = [desk[one.talk, number] - at for one, _key, number, at in wrote if (one.talk, number) in desk]
    lost = sum(number not in one.got for one, number in sent) + len(wrote) - len(heard)
    ids = [key for _one, key, _number, _at in wrote]
    lines = await asyncio.to_thread(_count, ground.staff.company_id, ids)
    figures |= {
        "talks": len(visitors), "messages": len(sent), "written": len(ids), "p95_ms": p95([*late, *heard]),
        "p50_ms": sorted([*late, *heard])[(len(late) + len(heard)) // 2] * 1000 if late or heard else 0.0,
        "to_visitor_p95_ms": p95(late), "to_desk_p95_ms": p95(heard),
        "lost": lost + max(0, len(ids) - lines),
        "doubled": sum(one.doubled for one in visitors) + max(0, lines - len(ids)),
        "kib_per_connection": max(0, after - before) / len(visitors),
        "turned_away": ground.turned_away,
        "control_lost": sum(one.missed for one in visitors),
    }  # fmt: skip
    result.demand(figures["lost"] == 0, "messages were lost")
    result.demand(figures["doubled"] == 0, "messages were doubled")
    result.demand(
        figures["control_lost"] > 0, "the control, a page that asks for nothing when it is back, lost nothing"
    )
    result.demand(result.scale < 1 or figures["p95_ms"] <= MOST_MS, f"p95_ms is over {MOST_MS:g}")


async def _hear_one(ground: Ground, one: Visitor, desk: dict[tuple[str, int], float]) -> None:
    """Let one message arrive at the desk before anything is measured: each program on its way has then begun."""
    for _try in range(60):
        values = {"key": str(uuid.uuid4()), "text": "Hello?", "after": str(one.last)}
        number = int((await _post(ground, one, "", values))["last"])
        for _wait in range(20):
            if (one.talk, number) in desk:
                return
            await asyncio.sleep(0.05)
    raise SettingError("Nothing arrives at the desk")


def _count(company_id: int, ids: list[uuid.UUID]) -> int:
    with company_context(company_id), transaction.atomic():
        found = TalkLine.objects.filter(key__in=ids).count()
    connections.close_all()
    return found


async def _talk(
    ground: Ground, visitors: list[Visitor], seconds: float
) -> tuple[dict[tuple["Visitor", int], tuple[float, bool]], list[Written]]:
    """Let operators answer, visitors write, and connections drop; return what was said, when, and who was there."""
    draw = random.Random(7)  # noqa: S311 - not a secret
    sent: dict[tuple[Visitor, int], tuple[float, bool]] = {}
    wrote: list[Written] = []
    loop, pool = asyncio.get_running_loop(), ThreadPoolExecutor(2)
    pending: list[asyncio.Task[None]] = []

    async def answer(one: Visitor) -> None:
        at, was_there = time.perf_counter(), one.is_there
        number = await loop.run_in_executor(pool, _reply, ground.staff, one)
        sent[one, number] = (at, was_there and one.is_there)

    async def write(one: Visitor) -> None:
        key, at = uuid.uuid4(), time.perf_counter()
        values = {"key": str(key), "text": "And the chair?", "after": str(one.last)}
        first = await _post(ground, one, "", values)
        await _post(ground, one, "", values)
        wrote.append((one, key, int(first["last"]), at))

    pace, end = min(EACH_SECONDS / len(visitors), LEAST_PACE), time.perf_counter() + seconds
    turn = 0
    while time.perf_counter() < end:
        await asyncio.sleep(pace)
        one = draw.choice(visitors)
        pending.append(asyncio.create_task(write(one) if turn % 5 == 4 else answer(one)))
        if draw.random() < DROPPED_SHARE * len(visitors) * pace:
            draw.choice(visitors).drop.set()
        if turn % 10 == 0:
            one = draw.choice(visitors)
            one.drop.set()  # and one who is answered while he is away
            while one.is_there:
                await asyncio.sleep(0)
            pending.append(asyncio.create_task(answer(one)))
        turn += 1
    await asyncio.gather(*pending)
    await loop.run_in_executor(pool, connections.close_all)
    pool.shutdown()
    return sent, wrote


def _reply(staff: Staff, one: Visitor) -> int:
    """Answer as an operator; return the number of the line."""
    worker, key = staff.workers[one.place % len(staff.workers)], uuid.uuid4()
    with company_context(staff.company_id, employee_id=worker.employee_id), transaction.atomic():
        draft = services.Reply(key, "Yes, it is.", anyway=True)
        talk = services.reply(actor=worker, public_id=one.talk, draft=draft, now=datetime.now(UTC))
        return TalkLine.objects.get(talk=talk, key=key).number


async def _listen(ground: Ground, one: Visitor, stop: asyncio.Event) -> None:
    """Hold a connection open as the page does; when it drops, come back two seconds later and ask for what is new."""
    await asyncio.sleep(one.place / OPENED_A_SECOND)
    while not stop.is_set():
        one.drop.clear()
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await _stream(ground, one)
        one.is_there = False
        await asyncio.sleep(AWAY_SECONDS)


async def _sit(ground: Ground, desk: dict[tuple[str, int], float]) -> None:
    """Hold an operator's page open, and note when it is told of each line."""
    person = ground.staff.workers[0]
    ticket = tickets.sign(tickets.Ticket(ground.staff.company_id, person.employee_id or 0))
    reader, writer = await asyncio.open_connection("127.0.0.1", ground.wire)
    try:
        writer.write(f"GET /live?ticket={ticket} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        while said := await reader.readline():
            if said.startswith(b"data: ") and b'"talk"' in said:
                told = json.loads(said[6:])
                desk.setdefault((told["talk"], int(told.get("number", 0))), time.perf_counter())
    finally:
        writer.close()


def _from(one: Visitor) -> str:
    """Return the header of a visitor's own address: one address may not hold all lines."""
    return f"X-Forwarded-For: 10.{one.place >> 16 & 255}.{one.place >> 8 & 255}.{one.place & 255}"


async def _stream(ground: Ground, one: Visitor) -> None:
    ticket = tickets.sign(tickets.Ticket(ground.staff.company_id, 0, f"talk {one.talk}"))
    reader, writer = await asyncio.open_connection("127.0.0.1", ground.wire)
    dropped = asyncio.create_task(one.drop.wait())
    try:
        writer.write(f"GET /live?ticket={ticket} HTTP/1.1\r\nHost: 127.0.0.1\r\n{_from(one)}\r\n\r\n".encode())
        await writer.drain()
        while True:
            line = asyncio.create_task(reader.readline())
            await asyncio.wait({line, dropped}, return_when=asyncio.FIRST_COMPLETED)
            if dropped.done():
                line.cancel()
                return
            said = line.result()
            if not said:
                return
            if said.startswith(b"event: talk"):
                await _ask(ground, one)
            elif not one.is_there and said.startswith((b"event: open", b":", b"retry:")):
                await _ask(ground, one, is_back=True)
                one.is_there = True
    finally:
        dropped.cancel()
        writer.close()


async def _ask(ground: Ground, one: Visitor, *, is_back: bool = False) -> None:
    """Ask for the lines beyond the last."""
    async with one.asking:
        body = await _post(ground, one, "lines", {"after": str(one.last), "seen": str(one.last)})
        at = time.perf_counter()
        for number in map(int, _NUMBER.findall(body["html"])):
            one.doubled += number in one.got or number <= one.last
            one.missed += is_back
            one.got[number] = at
        one.last = max(one.last, int(body["last"]))


async def _post(ground: Ground, one: Visitor, what: str, values: dict[str, str]) -> dict[str, str]:
    """Send a form as the page does, each visitor from an address of his own; again while the program is busy."""
    pause = BUSY_SECONDS
    while True:
        told, answer = await _ask_once(ground, one, what, values)
        if not told.startswith(b"HTTP/1.1 503"):
            break
        ground.turned_away += 1
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_BUSY)  # all who ask again at the same pace would keep it busy
    if not told.startswith(b"HTTP/1.1 200"):
        raise SettingError(f"The chat does not answer: {told[:80].decode('latin-1')}")
    found: dict[str, str] = json.loads(answer)
    return found


async def _ask_once(ground: Ground, one: Visitor, what: str, values: dict[str, str]) -> tuple[bytes, bytes]:
    body = urlencode(values).encode()
    head = (
        f"POST /chat/{ground.form_key}/{what} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nAccept: application/json\r\n"
        f"{_from(one)}\r\n"
        f"X-CSRFToken: {_TOKEN}\r\nCookie: csrftoken={_TOKEN}; {COOKIE}={one.cookie}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", ground.web)
    try:
        writer.write(head.encode() + body)
        await writer.drain()
        told, _blank, answer = (await reader.read()).partition(b"\r\n\r\n")
    finally:
        writer.close()
    return told, answer


def _memory_of(port: int) -> float:
    """Return the KiB that the program at a port of this machine holds, with its children; 0 where nobody tells."""
    inodes = {
        parts[9]
        for parts in map(str.split, _lines(Path("/proc/net/tcp")))
        if parts[1].endswith(f":{port:04X}") and parts[3] == "0A"
    }
    total = 0.0
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if any(
                os.readlink(one).removeprefix("socket:[").rstrip("]") in inodes for one in (process / "fd").iterdir()
            ):
                pages = int((process / "statm").read_text().split()[1])
                total += pages * os.sysconf("SC_PAGE_SIZE") / 1024
    return total


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text().splitlines()[1:]
    except OSError:
        return []
