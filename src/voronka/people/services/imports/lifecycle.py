"""A loading from the file to its result: started, mapped, checked, run, paused, stopped, taken back."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from django.conf import settings as django_settings
from django.db import transaction
from django.utils.translation import gettext as _

from voronka.kit import files, jobs, tables
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.tables import TableError
from voronka.kit.tenancy import current_company_id
from voronka.people import queries
from voronka.people.models import ImportMapping, ImportRun
from voronka.people.permissions import IMPORT_CLIENTS
from voronka.people.services.imports.layout import header_key, read_layout
from voronka.people.services.imports.mapping import check_consents, clean_mapping, clean_options, make_new_fields

SUBJECT = "import_run"
JOB_CHECK, JOB_RUN, JOB_UNDO = "people.import_check", "people.import_run", "people.import_undo"
# States in which a background job works, and the job.
WORKING = {"checking": JOB_CHECK, "running": JOB_RUN, "undoing": JOB_UNDO}


def may_read_files(actor: Actor, run_id: int) -> bool:
    """Tell whether the actor may have the files of imports."""
    return actor.may(IMPORT_CLIENTS)


files.register_reader(SUBJECT, may_read_files)


def most_mib() -> int:
    """Return the largest size of a file, in MiB."""
    return int(getattr(django_settings, "IMPORT_FILE_MIB", 200))


def start_import(*, actor: Actor, source: IO[bytes], name: str, content_type: str = "", now: datetime) -> ImportRun:
    """Keep a file and look at its shape; return the run, with its columns recognised.

    Columns of files with the same header as an earlier one are taken from there. Raises Denied, and Invalid with the
    reason at `file` when the file cannot be read; nothing is kept then. Reads a file: runs outside of a transaction.
    """
    actor.require(IMPORT_CLIENTS)
    with transaction.atomic():
        file = files.store_file(
            source,
            name=name,
            subject_kind=SUBJECT,
            subject_id=0,
            added_by=actor.employee_id,
            now=now,
            content_type=content_type or "application/octet-stream",
            most_mib=most_mib(),
        )
        run = ImportRun.objects.create(file=file, by_id=actor.employee_id, made_at=now)
        file.subject_id = run.pk
        file.save(update_fields=["subject_id"])
    try:
        with files.local_path(file) as path:
            layout = read_layout(path)
    except TableError as error:
        with transaction.atomic():
            run.delete()
            files.delete_file(file)
        message = tables.explain(error)
        raise Invalid(message, code=f"file_{error.code}", fields={"file": message}) from error
    with transaction.atomic():
        _take_layout(run, layout.as_json())
        run.save(update_fields=["layout", "sheet", "mapping", "options", "total", "preview"])
    return run


def _take_layout(run: ImportRun, layout: dict[str, object]) -> None:
    run.layout, run.sheet, run.total = layout, str(layout["sheet"])[:100], int(str(layout["estimated_rows"]))
    headers, targets = layout["headers"], layout["targets"]
    assert isinstance(headers, list)
    assert isinstance(targets, list)
    run.mapping = [{"target": target} for target in targets]
    run.options = clean_options({})
    known = ImportMapping.objects.filter(header_key=header_key(headers)).first() if any(headers) else None
    run.layout["remembered"] = known is not None
    if known is not None and len(known.mapping) == len(targets):
        run.mapping, run.options = clean_mapping(known.mapping), clean_options(known.options)


def choose_sheet(*, actor: Actor, public_id: str, sheet: str) -> ImportRun:
    """Look at another sheet of the same file. Raises NotFound, Invalid, Conflict. Runs outside of a transaction."""
    with transaction.atomic():
        run = get_run(actor, public_id)
        file = run.file
        _expect(run, "new", "ready")
    try:
        with files.local_path(file) as path:
            layout = read_layout(path, sheet=sheet)
    except TableError as error:
        message = tables.explain(error)
        raise Invalid(message, code=f"file_{error.code}", fields={"sheet": message}) from error
    with transaction.atomic():
        run = get_run(actor, public_id, lock=True)
        _expect(run, "new", "ready")
        _take_layout(run, layout.as_json())
        run.state, run.preview = "new", {}
        run.save(update_fields=["layout", "sheet", "mapping", "options", "total", "state", "preview"])
    return run


def get_run(actor: Actor, public_id: str, *, lock: bool = False) -> ImportRun:
    """Return a run by its public id. Raises Denied, NotFound."""
    actor.require(IMPORT_CLIENTS)
    runs = ImportRun.objects.select_related("file")
    found = (runs.select_for_update(of=("self",)) if lock else runs).filter(public_id=public_id).first()
    # A file shows whatever its owner loaded: one who may not see every field of clients opens his own files only.
    is_foreign = found is not None and found.by_id != actor.employee_id
    if found is None or (is_foreign and queries.hides_any(actor)):
        raise NotFound(_("There is no such import."))
    return found


def _expect(run: ImportRun, *states: str) -> None:
    if run.state not in states:
        raise Conflict(_("The import has moved on meanwhile. Look at it again."), code="import_moved_on")


@transaction.atomic
def choose_columns(
    *,
    actor: Actor,
    public_id: str,
    mapping: Sequence[Mapping[str, object]],
    options: Mapping[str, object],
    in_background: bool = True,
) -> ImportRun:
    """Say what each column means and what to do with doubtful rows; the whole file is then checked in the background.

    `mapping` has one entry a column: `target` (see mapping.TARGETS, `custom:CODE`, `new`, empty to leave out) and for
    `new` the `name` and `kind` of the field to be made. Raises Denied, NotFound, Invalid, Conflict.
    """
    run = get_run(actor, public_id, lock=True)
    _expect(run, "new", "ready", "checking", "failed")
    if run.state == "failed" and run.done_rows:
        _expect(run, "new")
    headers = run.layout["headers"]
    run.mapping = clean_mapping(mapping, width=len(headers), actor=actor)
    run.options = clean_options(options)
    run.state, run.preview, run.error = "checking", {}, ""
    run.save(update_fields=["mapping", "options", "state", "preview", "error"])
    if any(headers):
        ImportMapping.objects.update_or_create(
            company_id=current_company_id(),
            header_key=header_key(headers),
            defaults={"mapping": run.mapping, "options": run.options},
        )
    if in_background:
        _defer(run)
    return run


@transaction.atomic
def begin_run(
    *,
    actor: Actor,
    public_id: str,
    options: Mapping[str, object] | None = None,
    now: datetime,
    in_background: bool = True,
) -> ImportRun:
    """Load the checked file in the background. Raises Denied, NotFound, Invalid, Conflict."""
    run = get_run(actor, public_id, lock=True)
    if run.state == "running":
        return run  # the button was pressed twice
    _expect(run, "ready")
    if options is not None:
        run.options = clean_options({**run.options, **options})
    check_consents(run.options)
    run.mapping = make_new_fields(actor, run.mapping)
    run.state = "running"
    run.preview["run"] = {"started_at": now.isoformat(), "pauses": 0}
    run.save(update_fields=["options", "mapping", "state", "preview"])
    headers = run.layout["headers"]
    ImportMapping.objects.filter(header_key=header_key(headers)).update(mapping=run.mapping, options=run.options)
    if in_background:
        _defer(run)
    return run


@transaction.atomic
def pause_run(*, actor: Actor, public_id: str) -> ImportRun:
    """Stop after the chunk that is being written, to go on later. Raises Denied, NotFound, Conflict."""
    run = get_run(actor, public_id, lock=True)
    _expect(run, "running", "paused")
    run.state = "paused"
    run.save(update_fields=["state"])
    return run


@transaction.atomic
def resume_run(*, actor: Actor, public_id: str, now: datetime) -> ImportRun:
    """Go on with a paused or failed run from its next row. Raises Denied, NotFound, Conflict."""
    run = get_run(actor, public_id, lock=True)
    if run.state == "running":
        return run
    _expect(run, "paused", "failed")
    run.state, run.error = "running", ""
    progress = run.preview.setdefault("run", {"started_at": now.isoformat(), "pauses": 0})
    progress["pauses"] = progress.get("pauses", 0) + 1
    progress["resumed_at"], progress["resumed_rows"] = now.isoformat(), run.done_rows
    run.save(update_fields=["state", "error", "preview"])
    _defer(run)
    return run


@transaction.atomic
def undo_run(*, actor: Actor, public_id: str) -> ImportRun:
    """Take an import back, finished or not: what was edited since stays. Raises Denied, NotFound, Conflict."""
    run = get_run(actor, public_id, lock=True)
    if run.state == "undoing":
        return run
    _expect(run, "running", "paused", "failed", "stopped", "done")
    run.state = "undoing"
    run.save(update_fields=["state"])
    _defer(run)
    return run


@transaction.atomic
def drop_run(*, actor: Actor, public_id: str) -> None:
    """Forget an import that has loaded nothing, with its file. Raises Denied, NotFound, Conflict."""
    run = get_run(actor, public_id, lock=True)
    _expect(run, "new", "checking", "ready", "failed")
    if run.done_rows:
        _expect(run, "new")
    file = run.file
    run.delete()
    files.delete_file(file)


def _defer(run: ImportRun) -> None:
    name = WORKING[run.state]
    jobs.defer(name, company_id=current_company_id(), once=f"{name} {run.pk}", run_id=run.pk)


@contextmanager
def table_of(run: ImportRun) -> Iterator[tables.Table]:
    """Open the file of a run as it was understood. Raises kit.tables.TableError."""
    with files.local_path(run.file) as path, open_as(run.layout, path) as table:
        yield table


@contextmanager
def open_as(layout: Mapping[str, object], path: Path) -> Iterator[tables.Table]:
    """Open a file by a layout."""
    with tables.open_table(
        path,
        sheet=str(layout["sheet"]) or None,
        encoding=str(layout["encoding"]) or None,
        delimiter=str(layout["delimiter"]) or None,
    ) as table:
        yield table


def data_rows(run: ImportRun, table: tables.Table) -> Iterator[tables.Row]:
    """Yield the rows under the header."""
    header = int(run.layout["header_row"])
    return (row for row in table.rows() if row.number > header)
