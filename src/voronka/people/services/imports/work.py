"""What the background jobs do: check, load, take back. Each may be killed at any moment and called again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import structlog
from django.db import transaction

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor
from voronka.kit.events import publish
from voronka.kit.tables import TableError
from voronka.kit.tenancy import company_context, current_company_id
from voronka.people.events import ImportFinished
from voronka.people.models import ImportRun
from voronka.people.rules.import_plan import Plan
from voronka.people.services.imports import lifecycle
from voronka.people.services.imports.checking import Findings, check_rows
from voronka.people.services.imports.chunks import Overtaken
from voronka.people.services.imports.judging import Settings
from voronka.people.services.imports.mapping import CONSENTS, make_plan
from voronka.people.services.imports.running import POOL_FROM_ROWS, run_rows
from voronka.people.services.imports.undoing import undo_rows

log = structlog.get_logger(__name__)


def plan_of(run: ImportRun) -> Plan:
    """Return what reads the rows of a run; the same for each reading of it."""
    company = accounts.get_company_rules()
    return make_plan(run.mapping, run.options, country=company.country, zone=company.zone, today=run.made_at.date())


def settings_of(run: ImportRun) -> Settings:
    """Return what a run does with its rows."""
    options = run.options
    return Settings(
        company_id=current_company_id(),
        run_id=run.pk,
        policy=options["duplicates"],
        source=options["source"],
        consents=tuple(one for one in CONSENTS if one[0] in options["consents"]),
        consent_source=options["consent_source"] or f"{run.file.name}"[:200],
    )


def check(run_id: int) -> None:
    """Check the whole file of a run."""
    run = _find(run_id, "checking")
    if run is None:
        return
    with _working(run), lifecycle.table_of(run) as table:
        with transaction.atomic():
            plan = plan_of(run)
        findings = check_rows(
            company_id=current_company_id(),
            plan=plan,
            rows=lifecycle.data_rows(run, table),
            processes=_processes(run),
            progress=lambda done: _note_checked(run_id, done),
        )
        _end_check(run_id, run.mapping, findings)


def _note_checked(run_id: int, done: int) -> bool:
    with transaction.atomic():
        run = ImportRun.objects.select_for_update().get(pk=run_id)
        if run.state != "checking":
            return False
        run.preview = {"checked": done}
        run.save(update_fields=["preview"])
    return True


@transaction.atomic
def _end_check(run_id: int, mapping: list[dict[str, str]], findings: Findings) -> None:
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    if run.state != "checking" or run.mapping != mapping:
        return  # the person went back to the columns meanwhile
    run.preview, run.total, run.state = findings.as_json(), findings.rows, "ready"
    run.save(update_fields=["preview", "total", "state"])


def load(run_id: int) -> None:
    """Load the file of a run from its next row on."""
    run = _find(run_id, "running")
    if run is None:
        return
    with _working(run), lifecycle.table_of(run) as table:
        with transaction.atomic():
            plan, settings = plan_of(run), settings_of(run)
        run_rows(
            settings=settings,
            plan=plan,
            rows=lifecycle.data_rows(run, table),
            done=run.done_rows,
            processes=_processes(run),
        )
        finish(run_id, now=datetime.now(UTC))


@transaction.atomic
def finish(run_id: int, *, now: datetime) -> None:
    """Close a run whose last row is done."""
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    if run.state != "running":
        return
    run.state, run.finished_at, run.total = "done", now, run.done_rows
    run.save(update_fields=["state", "finished_at", "total"])
    publish(ImportFinished(run_id=run.pk, made=run.made, updated=run.updated, rejected=run.rejected, asked=run.asked))


def undo(run_id: int) -> None:
    """Take a run back."""
    run = _find(run_id, "undoing")
    if run is None:
        return
    with _working(run):
        undo_rows(run_id=run_id, now=datetime.now(UTC))


def _processes(run: ImportRun) -> int:
    return 1 if run.total - run.done_rows >= POOL_FROM_ROWS else 0


@contextmanager
def _working(run: ImportRun) -> Iterator[None]:
    """Tell an error of the file on the run; another one too, and raise it."""
    run_id, state = run.pk, run.state
    try:
        yield
    except Overtaken:
        log.info("import goes on elsewhere or was stopped", run=run_id)
    except TableError as error:
        _fail(run_id, state, f"file:{error.code}:{error.row}:{error.detail}")
    except Exception:
        _fail(run_id, state, "internal")
        raise


@transaction.atomic
def _find(run_id: int, state: str) -> ImportRun | None:
    """Return the run if it is still in the state the job was made for."""
    return ImportRun.objects.select_related("file").filter(pk=run_id, state=state).first()


@transaction.atomic
def _fail(run_id: int, state: str, error: str) -> None:
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    if run.state == state:
        run.state, run.error = "failed", error
        run.save(update_fields=["state", "error"])


def import_file(*, actor: Actor, path: Path, duplicates: str = "fill", now: datetime) -> ImportRun:
    """Load a file from the command line or a script, with the columns as they are recognised; return the finished run.

    Works in the caller's process; must run outside of a transaction, in the company of the actor. Raises Denied,
    and Invalid when the file cannot be read or no column can be recognised.
    """
    with company_context(actor.company_id, employee_id=actor.employee_id, origin="import"):
        with path.open("rb") as source:
            run = lifecycle.start_import(actor=actor, source=source, name=path.name, now=now)
        options = {**run.options, "duplicates": duplicates}
        lifecycle.choose_columns(
            actor=actor, public_id=run.public_id, mapping=run.mapping, options=options, in_background=False
        )
        with company_context(actor.company_id, origin="import"):
            check(run.pk)
        lifecycle.begin_run(actor=actor, public_id=run.public_id, now=now, in_background=False)
        # What the program does by itself is nobody's work on the cards, so that an undo may take them away.
        with company_context(actor.company_id, origin="import"):
            load(run.pk)
        with transaction.atomic():
            return ImportRun.objects.get(pk=run.pk)
