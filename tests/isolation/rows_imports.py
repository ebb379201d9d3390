"""Addresses of the import of clients: one loading of the owner's, whose columns are not chosen yet."""

from datetime import UTC, datetime
from io import BytesIO

from isolation_table import SECRET, Row, World

from voronka.people.services import imports

LOADS = "owner head marketer"
# A loading that is not at that step answers with a conflict, or goes on to the step it is at.
STEP = (200, 302, 404, 409, 422)


def build(world: World) -> None:
    """Start a loading of one row."""
    body = f"ФИО;Телефон\n{SECRET};8 913 123-45-67\n".encode()
    run = imports.start_import(
        actor=world.owner, source=BytesIO(body), name="clients.csv", content_type="text/csv", now=datetime.now(UTC)
    )
    world.kept["run"] = run.public_id


def _run(world: World) -> dict[str, str]:
    return {"public_id": world.kept["run"]}


def _row(world: World) -> dict[str, str | int]:
    return {"public_id": world.kept["run"], "row": 1}


ROWS = [
    Row("people:imports", roles=LOADS),
    Row("people:import-upload", "POST", roles=LOADS, answer=(200, 302, 422)),
    Row("people:import", roles=LOADS, args=_run),
    Row("people:import-columns", roles=LOADS, args=_run),
    Row("people:import-columns", "POST", roles=LOADS, args=_run, answer=STEP, data=lambda w: {"column_0": "name"}),
    Row("people:import-sheet", "POST", roles=LOADS, args=_run, answer=STEP),
    Row("people:import-remarks", roles=LOADS, args=_run, answer=STEP),
    Row("people:import-start", "POST", roles=LOADS, args=_run, answer=STEP),
    Row("people:import-progress", roles=LOADS, args=_run, answer=STEP),
    Row("people:import-pause", "POST", roles=LOADS, args=_run, answer=STEP),
    Row("people:import-resume", "POST", roles=LOADS, args=_run, answer=STEP),
    Row("people:import-undo", "POST", roles=LOADS, args=_run, answer=STEP),
    Row("people:import-drop", "POST", roles=LOADS, args=_run, answer=STEP),
    Row("people:import-rejected", roles=LOADS, args=_run, answer=STEP),
    Row("people:import-file", roles=LOADS, args=_run, answer=STEP),
    Row("people:import-questions", roles=LOADS, args=_run, answer=STEP),
    Row("people:import-answer", "POST", roles=LOADS, args=_row, answer=STEP),
]
