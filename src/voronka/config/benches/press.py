"""A press over HTTP on a million deals by eight clients, beside a bare view that sends the same statements.

Both are served by the same processes of the same server, in turns. The control repeats presses without their request
ids, and must make two of one.
"""

import http.client
import json
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection, transaction
from django.test.utils import override_settings

from voronka.config.benches import bare
from voronka.config.benches.feed import ZONES
from voronka.config.benches.frame import (
    ROUNDS,
    Result,
    Staff,
    fill_quickly,
    middle,
    owner_connection,
    p95,
    rows_of,
)
from voronka.config.benches.serving import browser_of, cookie_of, served
from voronka.config.benches.staff import staff_of
from voronka.config.env import SettingError
from voronka.deals.models import Deal, Pipeline, Press, Stage
from voronka.kit.actors import Actor
from voronka.kit.tenancy import company_context
from voronka.work import services as work
from voronka.work.models import Task

FULL, CLIENTS, PROCESSES = 1_000_000, 8, 3
LIMIT, STATEMENTS = 2.5, 12
_TWICE = 20
# Ids of one sort never meet those of another, so that a recorded value says what it names.
_DEALS, _CLIENTS, _TASKS = 100_000_000, 200_000_000, 300_000_000


@dataclass(frozen=True, slots=True)
class Aim:
    """A deal to be pressed on."""

    deal: int
    public: str
    client: int
    task: int


@dataclass(slots=True)
class Hand:
    """One signed-in client with the deals that are his to press on, each once."""

    cookie: str
    aims: Iterator[Aim]
    requests: list[uuid.UUID]


def run(*, scale: float, seconds: float) -> Result:
    """Measure; figures in milliseconds and presses a second."""
    result = Result("press", scale)
    rows = rows_of(scale, FULL)
    staff = staff_of(f"press{rows}", CLIENTS)
    prepare(staff, rows)
    hands = [_hand(staff, one) for one in staff.workers]
    statements = record_press(staff.workers[0], next(hands[0].aims))
    each = max(seconds / 2, 1.0)
    runs: dict[str, list[tuple[list[float], float]]] = {"bare": [], "app": []}
    with served("voronka.config.benches.server:app", PROCESSES) as port:
        for take in (_bare_press, _app_press):
            _warm(port, hands[0], take)
            _crowd(port, hands, take, 2.0)
        for _round in range(ROUNDS):
            for name, take in (("bare", _bare_press), ("app", _app_press)):
                runs[name].append(_crowd(port, hands, take, each))
        doubled, control = _press_twice(port, hands[0], keep_id=True), _press_twice(port, hands[1], keep_id=False)
    figures = result.figures
    figures["p95_ms"] = middle([p95(times) for times, _length in runs["app"]])
    figures["bare_p95_ms"] = middle([p95(times) for times, _length in runs["bare"]])
    figures["presses_per_s"] = middle([len(times) / length for times, length in runs["app"]])
    figures["bare_per_s"] = middle([len(times) / length for times, length in runs["bare"]])
    figures["statements"] = statements
    figures["lost"] = _count_lost(staff, hands)
    figures["doubled"] = doubled
    figures["control_doubled"] = control
    pairs = zip(runs["app"], runs["bare"], strict=True)
    result.ratios["p95_to_bare_view"] = middle([p95(app[0]) / p95(plain[0]) for app, plain in pairs])
    result.demand(figures["lost"] == 0, "a press that was answered is not in the table")
    result.demand(doubled == 0, "a repeated request made two presses")
    result.demand(control > 0, "the control, without request ids, made no press twice")
    result.demand(statements <= STATEMENTS, f"a press sends more than {STATEMENTS} statements")
    result.demand(scale < 1 or result.ratios["p95_to_bare_view"] <= LIMIT, f"p95_to_bare_view is over {LIMIT}")
    return result


def prepare(staff: Staff, rows: int) -> None:
    """See to it that the company has `rows` deals, each with its client and its open step."""
    with company_context(staff.company_id), transaction.atomic():
        pipeline = Pipeline.objects.get(code="new_lead")
        stage = Stage.objects.filter(pipeline=pipeline).order_by("position")[0]
        values = {
            "company": staff.company_id,
            "rows": rows,
            "pipeline": pipeline.pk,
            "stage": stage.pk,
            "people": [one.employee_id for one in staff.workers],
            "pools": [work.pool_for(f"employee:{one.employee_id}") for one in staff.workers],
            "windows": [work.window_for(zone, 540, 1200) for zone in ZONES],
            "zones": list(ZONES),
            "deals": _DEALS + staff.company_id * 2_000_000,
            "clients": _CLIENTS + staff.company_id * 2_000_000,
            "tasks": _TASKS + staff.company_id * 2_000_000,
        }
    with owner_connection() as owner, owner.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM deals_deal WHERE company_id = %s)", [staff.company_id])
        if not (cursor.fetchone() or (False,))[0]:
            fill_quickly(cursor)
            with owner.transaction():
                for statement in _FILL:
                    cursor.execute(statement, values)
            cursor.execute("VACUUM (ANALYZE) people_client, work_task, deals_deal")
        # New tasks take ids above those of the fill, which no other table has.
        cursor.execute("SELECT setval(pg_get_serial_sequence('work_task', 'id'), max(id)) FROM work_task")


_FILL = (
    """
    INSERT INTO people_client (id, company_id, public_id, kind, name, name_key, last_name, first_name, middle_name,
      gender, city, address, position, zone, zone_source, zone_sure, is_vip, comment, inn, kpp, ogrn, bik, account,
      fields, responsible_id, external_id, first_source, version, made_at)
    SELECT %(clients)s + n, %(company)s, 'c' || substr(md5(%(company)s || '/' || n), 1, 11), 'person', 'Client ' || n,
      '', '', '', '', '', '', '', '', (%(zones)s::text[])[1 + n %% 16], 'phone', true, n %% 50 = 0, '', '', '', '', '',
      '', '{}', (%(people)s::bigint[])[1 + n %% 8], '', '', 1, now() - interval '30 days'
    FROM generate_series(1, %(rows)s) AS n
    """,
    """
    INSERT INTO work_task (id, company_id, public_id, kind, title, subject_kind, subject_id, client_id, pool_id,
      employee_id, window_id, band, priority, ready_at, is_open, made_at, outcome)
    SELECT %(tasks)s + n, %(company)s, 't' || substr(md5(%(company)s || '/' || n), 1, 11), 'call', 'Call', 'deal',
      %(deals)s + n, %(clients)s + n, (%(pools)s::bigint[])[1 + n %% 8], (%(people)s::bigint[])[1 + n %% 8],
      (%(windows)s::bigint[])[1 + n %% 16], 2, CASE WHEN n %% 50 = 0 THEN 0 ELSE 2 END,
      now() - random() * interval '20 days', true, now() - interval '21 days', ''
    FROM generate_series(1, %(rows)s) AS n
    """,
    """
    INSERT INTO deals_deal (id, company_id, public_id, client_id, pipeline_id, stage_id, title, sum, currency,
      responsible_id, state, open_task_id, task_open, misses, tags, fields, source, stage_since, made_at)
    SELECT %(deals)s + n, %(company)s, 'd' || substr(md5(%(company)s || '/' || n), 1, 11), %(clients)s + n,
      %(pipeline)s, %(stage)s, 'Deal ' || n, 1000 + n %% 500000, 'RUB', (%(people)s::bigint[])[1 + n %% 8], 'open',
      %(tasks)s + n, true, 0, '{}', '{}', 'import', now() - interval '21 days', now() - interval '21 days'
    FROM generate_series(1, %(rows)s) AS n
    """,
)


def _hand(staff: Staff, worker: Actor) -> Hand:
    """Sign a worker in and find him deals that nobody has pressed on."""
    with owner_connection() as owner:
        rows = owner.execute(
            "SELECT id, public_id, client_id, open_task_id FROM deals_deal WHERE company_id = %s AND state = 'open'"
            " AND misses = 0 AND responsible_id = %s ORDER BY random() LIMIT 30000",
            [staff.company_id, worker.employee_id],
        ).fetchall()
    return Hand(cookie_of(worker), iter([Aim(*row) for row in rows]), [])


def record_press(worker: Actor, aim: Aim) -> int:
    """Press once in this process, leave the statements for the bare view; return how many come after signing in."""
    marks = [*settings.MIDDLEWARE, "voronka.config.benches.bare.MarkMiddleware"]
    with override_settings(MIDDLEWARE=marks):
        browser = browser_of(worker)
        browser.get("/work/")
        bare.seen.clear()
        with connection.execute_wrapper(bare.record):
            answer = browser.post(f"/deals/{aim.public}/press/miss", {"outcome": "busy"}, HTTP_HX_REQUEST="true")
    if answer.status_code != 200:
        raise SettingError(f"The press to be recorded was answered {answer.status_code}")
    mark = bare.seen.index(None)
    sent = [one for one in bare.seen if one is not None]
    with company_context(worker.company_id), transaction.atomic():
        row = Press.objects.filter(deal_id=aim.deal).order_by("-id")[0]
        made = Task.objects.get(pk=row.made_task_id or 0)
        assert Deal.objects.get(pk=aim.deal).open_task_id == made.pk
    names = {
        aim.deal: "deal", aim.public: "public", aim.client: "client", aim.task: "task", row.request_id: "request",
        row.cause: "cause", made.pk: "made", made.public_id: "made_public",
    }  # fmt: skip
    who = json.dumps({"employee": worker.employee_id, "origin": "127.0.0.1"})
    bare.Script(worker.company_id, who, sent, names).save(Path(settings.HOME))
    return len(sent) - mark


Line = http.client.HTTPConnection


def _app_press(line: Line, hand: Hand, aim: Aim) -> int:
    request_id = uuid.uuid4()
    hand.requests.append(request_id)
    return _send_press(line, hand, aim, str(request_id))


def _send_press(line: Line, hand: Hand, aim: Aim, request_id: str) -> int:
    token = "b" * 32
    headers = {
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={hand.cookie}; {settings.CSRF_COOKIE_NAME}={token}",
        "X-CSRFToken": token,
        "HX-Request": "true",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    body = urlencode({"outcome": "busy", "request_id": request_id})
    return _post(line, f"/deals/{aim.public}/press/miss", body, headers)


def _bare_press(line: Line, hand: Hand, aim: Aim) -> int:
    body = urlencode({"public": aim.public, "deal": aim.deal, "client": aim.client, "task": aim.task})
    return _post(line, "/bench/bare", body, {"Content-Type": "application/x-www-form-urlencoded"})


def _post(line: Line, path: str, body: str, headers: dict[str, str]) -> int:
    line.request("POST", path, body, headers)
    answer = line.getresponse()
    answer.read()
    return answer.status


def _warm(port: int, hand: Hand, press: "object") -> None:
    """Press one after another on new lines, until every process has loaded what it needs; a crowd would not wait."""
    for _number in range(PROCESSES * 4):
        line = Line("127.0.0.1", port, timeout=60)
        try:
            status = press(line, hand, next(hand.aims))  # type: ignore[operator]  # one of the two above
        finally:
            line.close()
        if status != 200:
            raise SettingError(f"A press of the bench was answered wrongly: {status}")


def _crowd(port: int, hands: Sequence[Hand], press: "object", seconds: float) -> tuple[list[float], float]:
    """Let eight clients press for so many seconds; return the seconds of each press and the length of it all."""
    times: list[list[float]] = [[] for _hand in hands]
    wrong: list[str] = []
    until = time.perf_counter() + seconds

    def work_on(number: int) -> None:
        line = Line("127.0.0.1", port, timeout=60)
        try:
            while time.perf_counter() < until:
                aim = next(hands[number].aims)
                at = time.perf_counter()
                status = press(line, hands[number], aim)  # type: ignore[operator]  # one of the two above
                times[number].append(time.perf_counter() - at)
                if status != 200:
                    wrong.append(f"{status}")
                    return
        except (OSError, http.client.HTTPException, StopIteration) as error:
            wrong.append(repr(error))
        finally:
            line.close()

    began = time.perf_counter()
    threads = [threading.Thread(target=work_on, args=(number,)) for number in range(len(hands))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise SettingError(f"A press of the bench was answered wrongly: {', '.join(wrong[:3])}")
    return [one for own in times for one in own], time.perf_counter() - began


def _press_twice(port: int, hand: Hand, *, keep_id: bool) -> int:
    """Send presses twice, as a page on a bad line does; return how many were made twice."""
    line, doubled = Line("127.0.0.1", port, timeout=60), 0
    for _number in range(_TWICE):
        aim = next(hand.aims)
        request_id = str(uuid.uuid4()) if keep_id else ""
        for _again in range(2):
            _send_press(line, hand, aim, request_id)
        with owner_connection() as owner:
            row = owner.execute("SELECT count(*) FROM deals_press WHERE deal_id = %s", [aim.deal]).fetchone()
        doubled += int((row or (0,))[0]) > 1
    line.close()
    return doubled


def _count_lost(staff: Staff, hands: Sequence[Hand]) -> int:
    """Return how many of the answered presses are not in the table."""
    sent = [one for hand in hands for one in hand.requests]
    with owner_connection() as owner:
        row = owner.execute(
            "SELECT count(*) FROM deals_press WHERE company_id = %s AND request_id = ANY(%s)",
            [staff.company_id, sent],
        ).fetchone()
    return len(sent) - int((row or (0,))[0])
