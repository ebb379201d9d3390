"""The worker against SIGTERM and kill -9: a job ends, or is run again by another worker."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from procrastinate.contrib.django import app

SOURCE = Path(__file__).resolve().parents[3]
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


class Workers:
    """Workers of one test, with the job that sleeps."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "log"
        self.output = folder / "output"
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self, sleep_seconds: float) -> "subprocess.Popen[bytes]":
        env = {
            **os.environ,
            "PYTHONPATH": str(SOURCE),
            "SLEEPY_LOG": str(self.log),
            "SLEEPY_SECONDS": str(sleep_seconds),
        }
        with self.output.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "voronka.config.tests.sleepy_worker"], env=env, stdout=output, stderr=output
            )
        self.started.append(process)
        return process

    def wait_for(self, text: str) -> None:
        deadline = time.monotonic() + 60
        while not self.log.exists() or self.log.read_text() != text:
            assert time.monotonic() < deadline, self.output.read_text()[-3000:]
            time.sleep(0.05)


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Workers]:
    workers = Workers(tmp_path)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    yield workers
    for process in workers.started:
        process.kill()
        process.wait()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def defer() -> None:
    app.configure_task("tests.sleep", allow_unknown=True, lock="tests", queueing_lock="tests").defer()


def left() -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text, attempts FROM procrastinate_jobs WHERE task_name = 'tests.sleep'")
        return cursor.fetchall()


def test_a_job_of_a_killed_worker_is_run_by_another(workers: Workers) -> None:
    defer()
    first = workers.start(sleep_seconds=600)
    workers.wait_for("begun\n")
    first.kill()
    first.wait()
    assert left()[0][0] == "doing"
    workers.start(sleep_seconds=600)
    workers.wait_for("begun\nbegun\ndone\n")


def test_a_dead_workers_job_gives_way_to_one_that_waits_for_the_same(workers: Workers) -> None:
    defer()
    first = workers.start(sleep_seconds=600)
    workers.wait_for("begun\n")
    defer()  # as a beat does when a listener has something to read again
    first.kill()
    first.wait()
    workers.start(sleep_seconds=600)
    workers.wait_for("begun\nbegun\ndone\n")
    deadline = time.monotonic() + 20
    while left():
        assert time.monotonic() < deadline, left()
        time.sleep(0.05)


def test_a_job_that_raises_is_run_again_some_seconds_later(workers: Workers) -> None:
    app.configure_task("tests.break", allow_unknown=True).defer()
    workers.start(sleep_seconds=0)
    workers.wait_for("begun\n")
    begun = time.monotonic()
    workers.wait_for("begun\nbegun\ndone\n")
    assert time.monotonic() - begun > 4, "a mail server that refuses is seldom back at once"


def test_sigterm_lets_a_running_job_end(workers: Workers) -> None:
    defer()
    process = workers.start(sleep_seconds=2)
    workers.wait_for("begun\n")
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert workers.log.read_text() == "begun\ndone\n"
    assert left() == []
