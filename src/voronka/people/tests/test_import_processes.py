"""A large file read by a second process: the same rows in the same order, whoever has read them."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any

import pytest

from voronka.kit.tables import Row
from voronka.people.rules.import_plan import Plan
from voronka.people.rules.import_rows import read_rows
from voronka.people.services.imports import running

PLAN = Plan(targets=("name", "phone", "email", "city", "address_delivery"))
ENOUGH, PATIENCE_SECONDS = 5, 60.0


def row(number: int) -> Row:
    person = [f"Смирнова Анна {number}", f"8 913 {number:07}", f"anna{number}@example.com"]
    return Row(number, [*person, "Омск", "Ленина, 5"])


def test_rows_come_in_order_and_whole_from_here_and_from_the_other_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first chunks are read here while the process starts; the file lasts until it has read some, too."""
    given: list[Future[Any]] = []

    class Pool(ProcessPoolExecutor):
        def submit(self, *work: Any, **named: Any) -> Future[Any]:
            given.append(super().submit(*work, **named))
            return given[-1]

    def rows() -> Iterator[Row]:
        ends = time.monotonic() + PATIENCE_SECONDS
        number = 0
        while len(given) < ENOUGH and time.monotonic() < ends:
            number += 1
            yield row(number)

    monkeypatch.setattr(running, "ProcessPoolExecutor", Pool)
    found = list(running.read_chunks(PLAN, rows(), processes=1, chunk_rows=20))
    read = [one for chunk in found for one in chunk]
    assert len(given) >= ENOUGH
    assert [one.number for one in read] == list(range(1, len(read) + 1))
    last = read[-20:]
    alone = read_rows(PLAN, [row(one.number) for one in last])
    assert [(one.values, one.contacts, one.keys, one.notes, one.has_address) for one in last] == [
        (one.values, one.contacts, one.keys, one.notes, False) for one in alone
    ]
    assert [one.cells for one in last] == [row(one.number).cells for one in last]
