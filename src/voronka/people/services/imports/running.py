"""A run from its first row to its last: read beside the writing, chunk by chunk, able to go on after any stop.

Reading a row (phones, names, zones, signs) costs about as much of a processor as writing it costs the database, so
large files are read by a second process, and a chunk is judged while the one before it is being written. Memory stays
flat: at most a few chunks are under way at once.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from itertools import chain, islice
from multiprocessing import get_context

from django.db import connection

from voronka.kit.children import help_parent, rare_collection
from voronka.kit.tables import Row
from voronka.kit.tenancy import Place, company_context, current_place
from voronka.people.rules.import_plan import Plan, ReadRow
from voronka.people.rules.import_rows import read_rows
from voronka.people.services.imports.chunks import CHUNK_ROWS, do_chunk, judge_ahead
from voronka.people.services.imports.judging import Settings
from voronka.people.services.imports.writing import Chunk

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
        chunks = read_chunks(plan, rest, processes=processes, chunk_rows=chunk_rows)
        first = list(islice(chunks, 2))
        if len(first) < 2:
            for chunk in first:
                do_chunk(settings, chunk, done_before=done, now=clock())
                done += len(chunk)
            return done
        return _write_beside(settings, chain(first, chunks), done, clock)


def _write_beside(settings: Settings, chunks: Iterable[list[ReadRow]], done: int, clock: Clock) -> int:
    """Judge each chunk while a second thread, with a connection of its own, writes the one before."""
    writing: Future[Chunk] | None = None
    before: Chunk | None = None
    with ThreadPoolExecutor(1, thread_name_prefix="import-writer") as writer:
        try:
            for rows in chunks:
                judged = judge_ahead(settings, rows, before=before)
                if writing is not None and writing.result() is not before:
                    # The chunk before was judged again, and stands in the base now: what was built upon it is void.
                    before = None
                    judged = judge_ahead(settings, rows, before=None)
                write = partial(do_chunk, settings, rows, done_before=done, now=clock(), judged=judged, before=before)
                writing = writer.submit(_in_place, current_place(), write)
                before = judged
                done += len(rows)
            if writing is not None:
                writing.result()
        finally:
            writer.submit(_close).result()
    return done


def _close() -> None:
    connection.close()  # the connection of the thread that runs this


def _in_place(place: Place | None, write: Callable[[], Chunk]) -> Chunk:
    """Write in the company of another thread."""
    if place is None:
        return write()
    with company_context(
        place.company_id, employee_id=place.employee_id, origin=place.origin, strict=place.is_strict
    ):
        return write()


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
        # Another process takes a second or two to start: what is read here meanwhile need not wait for it.
        begun = pool.submit(read_rows, plan, ())
        for batch in batches:
            if not begun.done():
                yield _with_cells(read_rows(plan, batch), batch)
                continue
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
