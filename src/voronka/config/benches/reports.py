"""Bench `reports`: the pages of the reports over 90 days of work of a company with a million clients.

The limit beside each page is its own statements, sent bare by the application's role in one transaction. `cpu_ms` is
the processor's time of a page in the program, `best_ms` its fastest: what a busy machine tells of a quiet one.
The control counts presses that were taken back too, and must come out above the days that the reports read.
"""

import time
from collections.abc import Callable
from functools import partial

import psycopg
from django.conf import settings
from django.db import connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from voronka.accounts.models import Employee, User
from voronka.config.benches.frame import (
    Result,
    Staff,
    app_connection,
    fill_quickly,
    in_turns,
    middle,
    owner_connection,
    rows_of,
)
from voronka.config.benches.staff import staff_of
from voronka.deals.models import Stage
from voronka.kit.actors import Actor
from voronka.kit.tenancy import company_context

CLIENTS, OPEN, CLOSED, PRESSES, MANAGERS = 1_000_000, 10_000, 36_000, 300_000, 40
P95_MS, STATEMENTS = 150.0, 20
PAGES = {
    "funnel": "/reports/?period=quarter",
    "month": "/reports/?period=last-month",
    "managers": "/reports/managers/?period=quarter",
    "behind": "/reports/behind/?period=quarter&what=presses",
}
_AT = 7_000_000_000  # ids of the fill, which no other table's rows have


def run(*, scale: float, seconds: float) -> Result:
    """Measure each page and its bare statements in turns; figures in milliseconds."""
    result = Result("reports", scale)
    rows = rows_of(scale, CLIENTS)
    staff = staff_of(f"reports{rows}", MANAGERS)
    prepare(staff, scale)
    browser, plain = _browser(staff.owner), app_connection()
    each = max(seconds / len(PAGES), 1.0)
    measures: dict[str, Callable[[], list[float]]] = {}
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in PAGES}
    for name, address in PAGES.items():
        statements = _statements(browser, address)
        result.figures[f"{name}_statements"] = len(statements)
        result.demand(len(statements) <= STATEMENTS, f"{name} sends more than {STATEMENTS} statements")
        measures[name] = _repeated(partial(_page, browser, address), each, spent[name])
        measures[f"bare_{name}"] = _repeated(partial(_bare, plain, staff, statements), each, [])
    found = in_turns(measures)
    for name in PAGES:
        result.figures[f"{name}_p95_ms"] = middle(found[name])
        result.figures[f"bare_{name}_p95_ms"] = middle(found[f"bare_{name}"])
        result.figures[f"{name}_best_ms"] = min(wall for wall, _cpu in spent[name]) * 1000
        result.figures[f"{name}_cpu_ms"] = middle([cpu for _wall, cpu in spent[name]]) * 1000
        pairs = zip(found[name], found[f"bare_{name}"], strict=True)
        result.ratios[f"{name}_p95_to_bare"] = middle([page / bare for page, bare in pairs])
        slow = f"{name}: p95 is over {P95_MS:g} ms"
        result.demand(scale < 1 or result.figures[f"{name}_p95_ms"] <= P95_MS, slow)
    _control(result, staff)
    return result


def _control(result: Result, staff: Staff) -> None:
    """Count the presses again from their own table, with and without those that were taken back."""
    with company_context(staff.company_id), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT sum(presses) FROM audience_pressday")
        days = int(cursor.fetchone()[0])
        cursor.execute("SELECT count(*) FILTER (WHERE undone_at IS NULL), count(*) FROM deals_press")
        standing, every = cursor.fetchone()
    result.figures["presses_off"] = days - standing
    result.figures["control_presses_off"] = every - days
    result.demand(days == standing, "the days of presses differ from the presses that stand")
    result.demand(every > days, "the control, with presses that were taken back, came out equal")


def _browser(owner: Actor) -> Browser:
    with company_context(owner.company_id), transaction.atomic():
        user = User.objects.get(pk=Employee.objects.get(pk=owner.person_id).user_id)
    browser = Browser(HTTP_HOST=settings.ALLOWED_HOSTS[0])
    browser.force_login(user)
    session = browser.session
    session["place"] = [owner.company_id, owner.employee_id]
    session["seen"] = int(time.time())
    session.save()
    return browser


def _page(browser: Browser, address: str) -> None:
    answer = browser.get(address)
    assert answer.status_code == 200, f"{address} answers {answer.status_code}"


def _statements(browser: Browser, address: str) -> list[str]:
    """Return the statements of a page after signing in, those of transactions and of the company's setting left out."""
    _page(browser, address)  # what a process reads once is not counted
    with CaptureQueriesContext(connection) as caught:
        _page(browser, address)
    aside = ("SAVEPOINT", "RELEASE", "SELECT set_config", "BEGIN", "COMMIT")
    told = [one["sql"] for one in caught if not one["sql"].startswith(aside)]
    signing_in = next(at for at, one in enumerate(told) if 'FROM "accounts_employee"' in one)
    return told[signing_in + 1 :]


def _bare(plain: psycopg.Connection, staff: Staff, statements: list[str]) -> None:
    with plain.transaction(), plain.cursor() as cursor:
        cursor.execute("SELECT set_config('app.company_id', %s, true)", [str(staff.company_id)])
        for one in statements:
            cursor.execute(one.encode())  # as it was sent, its values in it
            cursor.fetchall()


def _repeated(act: Callable[[], None], seconds: float, spent: list[tuple[float, float]]) -> Callable[[], list[float]]:
    """Return a measure: the act again and again for so long, its times in seconds; `spent` gathers both clocks."""

    def measure() -> list[float]:
        times: list[float] = []
        ends = time.perf_counter() + seconds
        while not times or time.perf_counter() < ends:
            began, worked = time.perf_counter(), time.process_time()
            act()
            times.append(time.perf_counter() - began)
            spent.append((times[-1], time.process_time() - worked))
        return times

    return measure


def prepare(staff: Staff, scale: float) -> None:
    """See to it that the company has its clients, deals, presses and facts."""
    with company_context(staff.company_id), transaction.atomic():
        stages = list(Stage.objects.filter(pipeline__code="new_lead").order_by("position"))
    values = {
        "company": staff.company_id,
        "clients": round(CLIENTS * scale),
        "open": round(OPEN * scale),
        "closed": round(CLOSED * scale),
        "presses": round(PRESSES * scale),
        "pipeline": stages[0].pipeline_id,
        "stages": [one.pk for one in stages],
        "people": [one.employee_id for one in staff.workers],
        "at": _AT + staff.company_id * 10_000_000,
    }
    with owner_connection() as owner, owner.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM audience_dealfact WHERE company_id = %s)", [staff.company_id])
        if (cursor.fetchone() or (False,))[0]:
            return
        fill_quickly(cursor)
        with owner.transaction():
            cursor.execute("SELECT setseed(0.4)")
            for statement in _FILL:
                cursor.execute(statement, values)
        cursor.execute(
            "VACUUM (ANALYZE) people_client, work_task, work_pool, work_callwindow, deals_deal, deals_press,"
            " audience_dealfact, audience_stagetime, audience_pressday"
        )


_FILL = (
    """
    INSERT INTO people_client (id, company_id, public_id, kind, name, name_key, last_name, first_name, middle_name,
      gender, city, address, position, zone, zone_source, zone_sure, is_vip, comment, inn, kpp, ogrn, bik, account,
      fields, responsible_id, external_id, first_source, version, made_at)
    SELECT %(at)s + n, %(company)s, 'c' || substr(md5(%(company)s || '/' || n), 1, 11), 'person', 'Client ' || n,
      '', '', '', '', '', '', '', '', 'Europe/Moscow', 'phone', true, n %% 50 = 0, '', '', '', '', '',
      '', '{}', (%(people)s::bigint[])[1 + n %% 40], '', '', 1, now() - interval '100 days'
    FROM generate_series(1, %(clients)s) AS n
    """,
    """
    INSERT INTO work_pool (id, company_id, key) VALUES (%(at)s, %(company)s, 'bench')
    """,
    """
    INSERT INTO work_callwindow (id, company_id, zone, opens_minute, closes_minute)
    VALUES (%(at)s, %(company)s, 'Europe/Moscow', 0, 1440)
    """,
    """
    INSERT INTO audience_dealfact (company_id, deal_id, pipeline_id, source, opened_at, responsible_id,
      stage_id, stage_since, state, closed_at, closed_by, sum, currency, reason, answered_at, answered_by, wait_seconds)
    SELECT %(company)s, %(at)s + n, %(pipeline)s, (ARRAY['form', 'hand', 'import', 'call'])[1 + n %% 4], opened,
      who, (%(stages)s::bigint[])[stage], COALESCE(closed, opened), state, closed,
      CASE WHEN closed IS NULL THEN NULL ELSE who END, amount,
      'RUB',
      CASE WHEN state = 'lost' THEN (ARRAY['price', 'rival', 'no_need', 'terms', 'later'])[1 + n %% 5] ELSE '' END,
      opened + interval '1 second' * wait, who, wait
    FROM (SELECT n, who, amount, stage, state, opened, wait,
        CASE WHEN state = 'open' THEN NULL ELSE least(now(), opened + interval '1 hour' * (1 + n %% 300)) END AS closed
      FROM (SELECT n, (%(people)s::bigint[])[1 + n %% 40] AS who, 1000 + n %% 500000 AS amount,
          1 + floor(power(random(), 1.5) * 5)::int AS stage,
          CASE WHEN n <= %(open)s THEN 'open' ELSE
            (ARRAY['won', 'lost', 'lost', 'archived', 'won', 'lost'])[1 + n %% 6] END AS state,
          now() - interval '1 minute' * floor(random() * 129600) AS opened,
          60 + floor(power(random(), 3) * 5400) AS wait
        FROM generate_series(1, %(open)s + %(closed)s) AS n) AS a) AS b
    """,
    """
    INSERT INTO work_task (id, company_id, public_id, kind, title, subject_kind, subject_id, client_id, pool_id,
      employee_id, window_id, band, priority, ready_at, is_open, made_at, outcome)
    SELECT f.deal_id, f.company_id, 't' || substr(md5(f.deal_id::text), 1, 11), 'call', 'Call', 'deal', f.deal_id,
      f.deal_id, %(at)s, f.responsible_id, %(at)s, f.deal_id %% 4, 2,
      now() + interval '1 hour' * (f.deal_id %% 90 - 30), true,
      f.opened_at, ''
    FROM audience_dealfact f WHERE f.company_id = %(company)s AND f.state = 'open'
    """,
    """
    INSERT INTO deals_deal (id, company_id, public_id, client_id, pipeline_id, stage_id, title, sum, currency,
      responsible_id, state, open_task_id, task_open, misses, tags, fields, source, stage_since, made_at, closed_at)
    SELECT f.deal_id, f.company_id, 'd' || substr(md5(f.deal_id::text), 1, 11), f.deal_id,
      f.pipeline_id, f.stage_id, 'Deal', f.sum, 'RUB', f.responsible_id, f.state,
      CASE WHEN f.state = 'open' THEN f.deal_id END, true, 0, '{}', '{}', f.source, f.stage_since, f.opened_at,
      f.closed_at
    FROM audience_dealfact f WHERE f.company_id = %(company)s
    """,
    """
    INSERT INTO audience_stagetime (company_id, deal_id, stage_id, seconds, closed_at)
    SELECT f.company_id, f.deal_id, s.id, 600 + random() * 400000, f.closed_at
    FROM audience_dealfact f JOIN unnest(%(stages)s::bigint[]) AS s (id)
      ON s.id < f.stage_id OR (s.id = f.stage_id AND f.state <> 'open') OR f.state = 'won'
    WHERE f.company_id = %(company)s
    """,
    """
    INSERT INTO deals_press (id, company_id, request_id, deal_id, client_id, button, outcome, result, label,
      employee_id, at, cause, comment, before, effects, undone_at)
    SELECT %(at)s + n, %(company)s, gen_random_uuid(), deal, deal, 'miss', 'busy',
      (ARRAY['no_answer', 'no_answer', 'call_back', 'thinking', 'meeting', 'step', 'step', 'refused'])[1 + n %% 8],
      'Press', (%(people)s::bigint[])[1 + n %% 40], now() - interval '1 minute' * floor(random() * 129600),
      gen_random_uuid(), '', '{}', '[]', CASE WHEN n %% 80 = 0 THEN now() END
    FROM (SELECT n, %(at)s + 1 + floor(random() * (%(open)s + %(closed)s))::int AS deal
      FROM generate_series(1, %(presses)s) AS n) AS a
    """,
    """
    INSERT INTO audience_pressday (company_id, "on", employee_id, result, presses)
    SELECT company_id, (at AT TIME ZONE 'Europe/Moscow')::date, employee_id, result, count(*)
    FROM deals_press WHERE company_id = %(company)s AND undone_at IS NULL GROUP BY 1, 2, 3, 4
    """,
)
