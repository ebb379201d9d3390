"""A change of a table under load: users wait seconds at most, and nothing is left half done."""

import threading
import time

import psycopg
import pytest
from django.db import connections

from voronka.config.migrating import LOCK_SECONDS, StillLocked, work_patiently


@pytest.fixture
def table() -> str:
    return "procrastinate_workers"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_change_beside_an_idle_transaction_stalls_nobody_for_long(table: str) -> None:
    owner = connections["owner"]
    parameters = {**owner.get_connection_params()}
    for django_only in ("cursor_factory", "context", "prepare_threshold"):
        parameters.pop(django_only, None)
    idle = psycopg.connect(**parameters)
    idle.execute(f"SELECT count(*) FROM {table}")  # holds its lock until it ends
    stalls: list[float] = []
    stop = threading.Event()

    def use_the_table() -> None:
        with psycopg.connect(**parameters, autocommit=True) as user:
            while not stop.is_set():
                started = time.monotonic()
                user.execute(f"SELECT count(*) FROM {table}")
                stalls.append(time.monotonic() - started)
                time.sleep(0.01)

    def end_the_idle_one() -> None:
        time.sleep(5)
        idle.close()

    threads = [threading.Thread(target=use_the_table), threading.Thread(target=end_the_idle_one)]
    for thread in threads:
        thread.start()

    def change() -> None:
        with owner.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS tried int")

    work_patiently(owner, change, pause=0.5)
    stop.set()
    for thread in threads:
        thread.join()
    with owner.cursor() as cursor:
        cursor.execute(f"SELECT tried FROM {table}")
        cursor.execute(f"ALTER TABLE {table} DROP COLUMN tried")
    assert max(stalls) < 3
    assert max(stalls) > LOCK_SECONDS / 2  # the control: the change did stand in the way


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_lock_that_stays_is_told(table: str) -> None:
    owner = connections["owner"]
    parameters = {**owner.get_connection_params()}
    for django_only in ("cursor_factory", "context", "prepare_threshold"):
        parameters.pop(django_only, None)
    with psycopg.connect(**parameters) as idle:
        idle.execute(f"SELECT count(*) FROM {table}")

        def change() -> None:
            with owner.cursor() as cursor:
                cursor.execute(f"ALTER TABLE {table} ADD COLUMN tried int")

        with pytest.raises(StillLocked, match="nothing was half done"):
            work_patiently(owner, change, attempts=1, pause=0)
