"""Take next out of a million open tasks, by eight processes: the application's function beside the same sent bare.

Each take is finished outside of the measured time, so that the next one finds other heads of the queue; both sides do
the same. The control takes without a lock and must give tasks twice.
"""

import json
import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
from django.db import connections, transaction

from voronka.config.benches.frame import (
    ROUNDS,
    Result,
    Staff,
    app_connection,
    fill_quickly,
    middle,
    owner_connection,
    p95,
    rows_of,
)
from voronka.config.benches.staff import staff_of
from voronka.kit.tenancy import company_context
from voronka.work import services as work

FULL, PROCESSES = 1_000_000, 8
LIMIT = 2.0  # p95 of the application to that of the bare transaction
# Half of the round the world, so that at any hour some windows are open and some closed.
ZONES = ("Europe/Kaliningrad", "Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Omsk", "Asia/Krasnoyarsk",
         "Asia/Irkutsk", "Asia/Yakutsk", "Asia/Vladivostok", "Asia/Magadan", "Asia/Kamchatka", "America/Denver",
         "America/Los_Angeles", "America/New_York", "America/Sao_Paulo", "Atlantic/Azores")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Queue:
    """The tasks of the bench: who takes, from which pools."""

    staff: Staff
    pools: Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class Run:
    """What one round of eight processes did: seconds of each take, tasks given, length in seconds."""

    seconds: list[float]
    tasks: list[int]
    length: float
    dry: int


@dataclass(frozen=True, slots=True)
class Limits:
    """When one process of a round stops: after so many seconds or takes, whichever comes first."""

    seconds: float
    takes: int


def run(*, scale: float, seconds: float) -> Result:
    """Measure; figures in milliseconds and takes a second."""
    result = Result("feed", scale)
    rows = rows_of(scale, FULL)
    queue = prepare(rows)
    # A quarter of the tasks in a round: of a small queue a quick machine would else read the empty end.
    each = Limits(max(seconds / 2, 1.0), max(rows // (4 * PROCESSES), 1))
    runs: dict[str, list[Run]] = {"bare": [], "app": []}
    for _round in range(ROUNDS):
        for name, take in (("bare", _take_bare), ("app", _take_by_application)):
            _settle(queue)
            runs[name].append(_race(queue, take, each))
    control = _race(queue, _take_carelessly, Limits(min(each.seconds, 3.0), each.takes))
    left = _count_open(queue)
    figures = result.figures
    figures["p95_ms"] = middle([p95(one.seconds) for one in runs["app"]])
    figures["bare_p95_ms"] = middle([p95(one.seconds) for one in runs["bare"]])
    figures["takes_per_s"] = middle([len(one.seconds) / one.length for one in runs["app"]])
    figures["bare_takes_per_s"] = middle([len(one.seconds) / one.length for one in runs["bare"]])
    figures["taken_twice"] = sum(_twice(one.tasks) for name in runs for one in runs[name])
    figures["control_taken_twice"] = _twice(control.tasks)
    figures["ran_dry"] = sum(one.dry for name in runs for one in runs[name])
    figures["tasks_left"] = left
    pairs = zip(runs["app"], runs["bare"], strict=True)
    result.ratios["p95_to_bare"] = middle([p95(app.seconds) / p95(bare.seconds) for app, bare in pairs])
    result.demand(figures["taken_twice"] == 0, "a task was given twice")
    result.demand(figures["ran_dry"] == 0, "the queue ran dry: the figures are of empty reads")
    result.demand(figures["control_taken_twice"] > 0, "the control, without a lock, gave no task twice")
    result.demand(scale < 1 or result.ratios["p95_to_bare"] <= LIMIT, f"p95_to_bare is over {LIMIT}")
    return result


def prepare(rows: int) -> Queue:
    """Return the queue with `rows` open tasks, brought back to that many when an earlier run has taken some."""
    staff = staff_of(f"feed{rows}", PROCESSES)
    with company_context(staff.company_id), transaction.atomic():
        common = work.pool_for("pipeline:bench")
        own = [work.pool_for(f"employee:{one.employee_id}") for one in staff.workers]
        windows = [work.window_for(zone, 540, 1200) for zone in ZONES] + [work.window_for("UTC", 0, 1440)]
    queue = Queue(staff, [[mine, common] for mine in own])
    with owner_connection() as owner, owner.cursor() as cursor:
        fill_quickly(cursor)
        cursor.execute("DELETE FROM work_task WHERE company_id = %s AND NOT is_open", [staff.company_id])
        cursor.execute("SELECT count(*) FROM work_task WHERE company_id = %s", [staff.company_id])
        missing = rows - int(_first(cursor))
        if missing > 0:
            people = [one.employee_id for one in staff.workers]
            cursor.execute(_FILL, {"company": staff.company_id, "rows": missing, "common": common, "own": own,
                                   "people": people, "windows": windows})  # fmt: skip
            cursor.execute("VACUUM (ANALYZE) work_task")
        cursor.execute("DELETE FROM work_turn WHERE company_id = %s", [staff.company_id])
    return queue


# Three quarters in the common pool, the rest with its owners; a tenth promised or fresh; one in fifty a VIP.
_FILL = """
INSERT INTO work_task (company_id, public_id, kind, title, subject_kind, subject_id, client_id, pool_id, employee_id,
                       window_id, band, priority, ready_at, is_open, made_at, outcome)
SELECT %(company)s, substr(md5(%(company)s || '/' || n || '/' || random()), 1, 12), 'call', 'Call', 'deal', n, n,
       CASE WHEN n %% 4 = 0 THEN (%(own)s::bigint[])[1 + n / 4 %% 8] ELSE %(common)s END,
       CASE WHEN n %% 4 = 0 THEN (%(people)s::bigint[])[1 + n / 4 %% 8] END,
       (%(windows)s::bigint[])[1 + (random() * 16)::int],
       CASE WHEN n %% 40 = 0 THEN 0 WHEN n %% 40 = 1 THEN 1 WHEN n %% 3 = 0 THEN 3 ELSE 2 END,
       CASE WHEN n %% 50 = 7 THEN 0 ELSE 2 END,
       now() - random() * interval '20 days', true, now() - interval '21 days', ''
FROM generate_series(
  (SELECT COALESCE(max(subject_id), 0) + 1 FROM work_task WHERE company_id = %(company)s),
  (SELECT COALESCE(max(subject_id), 0) + %(rows)s FROM work_task WHERE company_id = %(company)s)) AS n
"""


def _first(cursor: "psycopg.Cursor[Any]") -> Any:  # one value of a statement's first row
    row = cursor.fetchone()
    assert row is not None
    return row[0]


def _settle(queue: Queue) -> None:
    """Forget the leases of the round before, and open the tasks it has finished, so that every round meets as many."""
    with owner_connection() as owner:
        owner.execute("DELETE FROM work_lease WHERE company_id = %s", [queue.staff.company_id])
        owner.execute(
            "UPDATE work_task SET is_open = true, closed_at = NULL, outcome = ''"
            " WHERE company_id = %s AND NOT is_open",
            [queue.staff.company_id],
        )


def _count_open(queue: Queue) -> int:
    with owner_connection() as owner, owner.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM work_task WHERE company_id = %s AND is_open", [queue.staff.company_id])
        return int(_first(cursor))


def _twice(tasks: Sequence[int]) -> int:
    return sum(count - 1 for count in Counter(tasks).values() if count > 1)


# Makes what one process does once, and returns the take: a task's id, None when nothing is left.
Maker = Callable[[Queue, int, psycopg.Connection], Callable[[], int | None]]


def _take_by_application(queue: Queue, number: int, bare: psycopg.Connection) -> Callable[[], int | None]:
    actor, pools = queue.staff.workers[number], list(queue.pools[number])

    def take() -> int | None:
        with company_context(actor.company_id, employee_id=actor.employee_id):
            taken = work.take_next(actor=actor, pool_ids=pools, now=datetime.now(UTC))
        return taken.task_id if taken else None

    return take


def _take_bare(queue: Queue, number: int, bare: psycopg.Connection) -> Callable[[], int | None]:
    actor, pools = queue.staff.workers[number], list(queue.pools[number])
    who = json.dumps({"employee": actor.employee_id, "origin": ""})

    def take() -> int | None:
        with bare.transaction(), bare.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('app.company_id', %s, true), set_config('app.actor', %s, true)",
                [str(actor.company_id), who],
            )
            cursor.execute(
                "SELECT task_id, client_id, subject_kind, subject_id, band, priority, ready_at, window_id, was_held,"
                " turn FROM work_take_next(%s, %s, %s, %s)",
                [actor.employee_id, pools, datetime.now(UTC), work.LEASE_SECONDS],
            )
            row = cursor.fetchone()
            if row is None:
                return None
            waited = int((datetime.now(UTC) - row[6]).total_seconds())
            said = {"task_id": row[0], "client_id": row[1], "band": row[4], "waited_seconds": waited}
            cursor.execute(
                _EVENT,
                [actor.company_id, None, actor.employee_id, None, ["work.CardTaken"], ["task"], [row[0]], [row[1]],
                 [json.dumps(said)]],
            )  # fmt: skip
            return int(row[0])

    return take


# The statement of voronka.kit.events.log.publish.
_EVENT = (
    "WITH written AS (INSERT INTO kit_event"
    " (company_id, name, at, employee_id, cause, subject_kind, subject_id, client_id, payload)"
    " SELECT %s, name, COALESCE(%s, clock_timestamp()), %s, %s, kind, subject, client, payload"
    " FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::jsonb[])"
    " WITH ORDINALITY AS e (name, kind, subject, client, payload, n) ORDER BY n RETURNING 1)"
    " SELECT pg_notify('voronka_events', '') FROM written LIMIT 1"
)


def _take_carelessly(queue: Queue, number: int, bare: psycopg.Connection) -> Callable[[], int | None]:
    """Read the head and take it afterwards, as programs without a lock do."""
    company_id, pool = queue.staff.company_id, queue.pools[number][1]

    def take() -> int | None:
        with bare.transaction(), bare.cursor() as cursor:
            cursor.execute("SELECT set_config('app.company_id', %s, true)", [str(company_id)])
            cursor.execute(
                "SELECT id FROM work_task WHERE company_id = %s AND pool_id = %s AND is_open AND band = 2"
                " AND priority = 2 ORDER BY window_id, ready_at, id LIMIT 1",
                [company_id, pool],
            )
            row = cursor.fetchone()
            return int(row[0]) if row else None

    return take


def _race(queue: Queue, make: Maker, limits: Limits) -> Run:
    """Let eight processes take within the limits, all at once."""
    context = multiprocessing.get_context("fork")
    connections.close_all()
    gate = context.Barrier(PROCESSES)
    pipes = []
    started = []
    for number in range(PROCESSES):
        mine, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_work, args=(queue, make, number, limits, gate, theirs))
        process.start()
        theirs.close()
        started.append(process)
        pipes.append(mine)
    told = [pipe.recv() for pipe in pipes]
    for process in started:
        process.join()
    return Run(
        [one for taken, _tasks, _length, _dry in told for one in taken],
        [one for _taken, tasks, _length, _dry in told for one in tasks],
        max(length for _taken, _tasks, length, _dry in told),
        sum(dry for _taken, _tasks, _length, dry in told),
    )


def _work(queue: Queue, make: Maker, number: int, limits: Limits, gate: Any, pipe: Any) -> None:  # multiprocessing's
    with app_connection() as bare:
        take = make(queue, number, bare)
        gate.wait()
        began = time.perf_counter()
        taken: list[float] = []
        tasks: list[int] = []
        dry = 0
        while time.perf_counter() - began < limits.seconds and len(tasks) < limits.takes:
            at = time.perf_counter()
            task_id = take()
            taken.append(time.perf_counter() - at)
            if task_id is None:
                dry += 1
                break
            tasks.append(task_id)
            _finish(bare, queue, task_id)
        pipe.send((taken, tasks, time.perf_counter() - began, dry))
    connections.close_all()


def _finish(bare: psycopg.Connection, queue: Queue, task_id: int) -> None:
    """Do the task and let its client go; not measured, the same on both sides."""
    with bare.transaction():
        bare.execute("SELECT set_config('app.company_id', %s, true)", [str(queue.staff.company_id)])
        bare.execute(
            "UPDATE work_task SET is_open = false, closed_at = now(), outcome = 'done'"
            " WHERE company_id = %s AND id = %s",
            [queue.staff.company_id, task_id],
        )
        bare.execute(
            "DELETE FROM work_lease WHERE company_id = %s AND task_id = %s", [queue.staff.company_id, task_id]
        )
