"""A run from its first row to its last: read beside the writing, chunk by chunk, able to go on after any stop.

Reading a row (phones, names, zones, signs) costs about as much of a processor as writing it costs the database, so
large files are read by a second process. Memory stays flat: at most a few chunks are under way at once.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import UTC, datetime
from itertools import islice
from multiprocessing import get_context

from voronka.kit.children import help_parent, rare_collection
from voronka.kit.tables import Row
from voronka.people.rules.import_rows import Plan, ReadRow, read_rows
from voronka.people.services.imports.chunks import CHUNK_ROWS, Settings, do_chunk

POOL_FROM_ROWS = 5_000  # a smaller file is read sooner than another process starts

Clock = Callable[[], datetime]


def run_rows(
    *,
    settings: Settings,
    plan: Plan,
    rows: Iterable[Row],
    done: int = 0,
    processes: int = 0,
    chunk_rows: int = CHUNK_ROWS,
    clock: Clock = lambda: datetime.now(UTC),
) -> int:
    """Take the rows into the base and return how many of the file are done; the first `done` were taken before.

    `processes` read rows beside this one. Must run outside of a transaction. Raises chunks.Overtaken when somebody
    stopped the run or another worker goes on with it.
    """
    rest = islice(rows, done, None)
    with rare_collection():
        for chunk in read_chunks(plan, rest, processes=processes, chunk_rows=chunk_rows):
            do_chunk(settings, chunk, done_before=done, now=clock())
            done += len(chunk)
    return done


def read_chunks(
    plan: Plan, rows: Iterable[Row], *, processes: int = 0, chunk_rows: int = CHUNK_ROWS
) -> Iterator[list[ReadRow]]:
    """Yield the rows as the rules read them, by chunks, in order."""
    batches = _batches(rows, chunk_rows)
    if processes < 1:
        for batch in batches:
            yield _with_cells(read_rows(plan, batch), batch)
        return
    waiting: deque[tuple[list[Row], Future[list[ReadRow]]]] = deque()
    pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=help_parent)
    try:
        for batch in batches:
            waiting.append((batch, pool.submit(read_rows, plan, batch)))
            if len(waiting) > processes + 1:
                first, reading = waiting.popleft()
                yield _with_cells(reading.result(), first)
        while waiting:
            first, reading = waiting.popleft()
            yield _with_cells(reading.result(), first)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _batches(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, size)):
        yield batch


def _with_cells(read: list[ReadRow], batch: Sequence[Row]) -> list[ReadRow]:
    for row, given in zip(read, batch, strict=True):
        row.cells = given.cells
    return read
