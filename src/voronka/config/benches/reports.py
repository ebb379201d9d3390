"""Bench `reports`: the pages of the reports over 90 days of work of a company with a million clients.

The limit beside each page is its own statements, sent bare by the application's role in one transaction. `cpu_ms` is
the processor's time of a page in the program, `best_ms` its fastest: what a busy machine tells of a quiet one.
The control counts presses that were taken back too, and must come out above the days that the reports read.
"""

import time
from collections.abc import Callable
from functools import partial

import psycopg
from django.db import connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from voronka.config.benches.frame import (
    Result,
    Staff,
    app_connection,
    in_turns,
    middle,
)
from voronka.config.benches.office import office_of
from voronka.config.benches.serving import browser_of
from voronka.kit.tenancy import company_context

P95_MS, STATEMENTS = 150.0, 20
PAGES = {
    "funnel": "/reports/?period=quarter",
    "month": "/reports/?period=last-month",
    "managers": "/reports/managers/?period=quarter",
    "behind": "/reports/behind/?period=quarter&what=presses",
}


def run(*, scale: float, seconds: float) -> Result:
    """Measure each page and its bare statements in turns; figures in milliseconds."""
    result = Result("reports", scale)
    staff = office_of(scale)
    browser, plain = browser_of(staff.owner), app_connection()
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
