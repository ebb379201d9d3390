"""One chunk of rows, judged and written: each in one short transaction, its place in the file along with it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from voronka.people.models import ImportRun
from voronka.people.rules.import_plan import ReadRow
from voronka.people.services.imports.ahead import Carried, still_holds
from voronka.people.services.imports.judging import Settings, sort_rows
from voronka.people.services.imports.staging import lock_imports
from voronka.people.services.imports.writing import Chunk, lines_of, write_chunk

CHUNK_ROWS = 1000


class Overtaken(Exception):
    """Another worker goes on with the run, or a person stopped it: this one must leave it alone."""


@transaction.atomic
def judge_ahead(settings: Settings, rows: Sequence[ReadRow], *, before: Chunk | None) -> Chunk:
    """Judge a chunk and make its rows ready while `before` is being written, or stands in the base; writes nothing."""
    chunk = sort_rows(settings, rows, carried=Carried(before))
    chunk.lines = lines_of(chunk)
    return chunk


@transaction.atomic
def do_chunk(
    settings: Settings,
    rows: Sequence[ReadRow],
    *,
    done_before: int,
    now: datetime,
    judged: Chunk | None = None,
    before: Chunk | None = None,
) -> Chunk:
    """Write one chunk; its place in the file is written with it, so that no row is done twice or left out.

    `judged` is what judge_ahead made of the rows, knowing `before`: it is written where it still holds, and judged
    again where not. Return what was written. Raises Overtaken, with nothing written, when the run is no longer where
    the caller believes.
    """
    # A crash of the machine may take back the last chunks whole, with the place in the file: the run does them again.
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
    run = ImportRun.objects.select_for_update().get(pk=settings.run_id)
    if run.state != "running" or run.done_rows != done_before:
        raise Overtaken
    lock_imports(settings.company_id)
    chunk = judged
    if chunk is None or not still_holds(chunk, before, company_id=settings.company_id, run_id=run.pk):
        chunk = sort_rows(settings, rows)
    write_chunk(
        chunk,
        company_id=settings.company_id,
        run_id=settings.run_id,
        consent_source=settings.consent_source,
        text_version=settings.consent_text,
        now=now,
    )
    _count(run, chunk, len(rows), now)
    return chunk


def _count(run: ImportRun, chunk: Chunk, rows: int, now: datetime) -> None:
    run.done_rows += rows
    run.made += chunk.count("made")
    run.updated += chunk.count("updated")
    run.rejected += chunk.count("rejected")
    run.asked += chunk.count("asked")
    run.skipped += chunk.skipped
    progress = run.preview.setdefault("run", {})
    progress["last"] = _last(chunk)
    late = progress.setdefault("late", [])
    late += [one.number for one in chunk.outcomes if one.outcome == "rejected"][: 200 - len(late)]
    progress["at"] = now.isoformat()
    run.save(update_fields=["done_rows", "made", "updated", "rejected", "asked", "skipped", "preview"])


def _last(chunk: Chunk) -> list[list[object]]:
    """Return what the page of progress shows of the last rows: number, id of the card, what became of it."""
    told = [one for one in chunk.outcomes if one.card is not None][-3:]
    return [[one.number, one.card.id, one.outcome] for one in reversed(told) if one.card is not None]
