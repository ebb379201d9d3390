"""Everything that a worker does for a company full of data, as it does it: each sweep, each listener, each job.

Most tests stand in one transaction, so none of them sees a job that reads outside of one: in the worker it would be
shown nothing, and is refused (OutsideTransaction).
"""

import inspect
import json
from datetime import UTC, datetime

import pytest
import structlog
from django.db import connection, transaction
from procrastinate.contrib.django import app

from voronka.config.demo.filling import fill_company
from voronka.kit import pulse

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROUNDS = 6


def _take_jobs() -> list[tuple[str, dict[str, object]]]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "WITH due AS (DELETE FROM procrastinate_jobs WHERE status = 'todo'"
            " AND COALESCE(scheduled_at, now()) <= now() RETURNING id, task_name, args)"
            " SELECT task_name, args::text FROM due ORDER BY id"
        )
        return [(name, json.loads(args)) for name, args in cursor.fetchall()]


def _for_a_company(company_id: int) -> dict[str, dict[str, int]]:
    """Return the jobs that ask for nothing but a company, with it."""
    found = {}
    for name, task in app.tasks.items():
        if (function := getattr(task.func, "__wrapped__", None)) is not None:
            asked = inspect.signature(function).parameters
            needed = {one for one, given in asked.items() if given.default is given.empty}
            if needed <= {"of_company", "to_company"}:
                found[name] = dict.fromkeys(needed or {"company_id"}, company_id)
    return found


def test_no_sweep_listener_or_job_breaks_over_a_company_full_of_data(monkeypatch):
    now = datetime.now(UTC)
    with transaction.atomic():
        filled = fill_company(now=now, clients=120)
    for one in pulse._sweeps:
        monkeypatch.setattr(one, "last", float("-inf"))
    ran, broken = set(), []
    with structlog.testing.capture_logs() as said:
        for turn in range(ROUNDS):
            pulse.beat(now, float(turn))
            jobs = _take_jobs()
            for name, arguments in jobs:
                ran.add(name)
                try:
                    app.tasks[name].func(**arguments)
                except Exception as error:
                    broken.append((name, type(error).__name__))
            if not jobs:
                break
        for name, arguments in _for_a_company(filled.company_id).items():
            if name not in ran:
                ran.add(name)
                try:
                    app.tasks[name].func(**arguments)
                except Exception as error:
                    broken.append((name, type(error).__name__))
    assert broken == []
    assert [one for one in said if one["log_level"] == "error"] == []
    assert {"care.ask", "kit.drain", "people.find_doubles", "site.judge", "stock.judge", "trials.judge"} <= ran
