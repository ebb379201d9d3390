"""Addresses of imports: one import at each step."""

from datetime import UTC, datetime
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from isolation_table import SECRET, Row, World

from voronka.people.services import imports

LOADS = "owner head marketer"
HEAD = "ФИО;Телефон;Город;Сумма покупок\n"
FIRST = f"{HEAD}{SECRET} Галина Дмитриевна;;Кемерово;16\n"
SECOND = f"{HEAD}{SECRET} Галина Дмитриевна;8 902 187-21-08;Кемерово;19\n;;;abc\n"
STEPS = ("new", "ready", "running", "paused", "done")


def build(world: World) -> None:
    """Make an import at each step; the done one has a question and a rejected row."""
    now = datetime.now(UTC)
    _load(world, FIRST, "done", now)
    world.kept |= {f"import_{step}": _load(world, SECOND, step, now) for step in STEPS}


def _load(world: World, text: str, step: str, now: datetime) -> str:
    source, name = BytesIO(text.encode()), f"{SECRET}.csv"
    run = imports.start_import(actor=world.owner, source=source, name=name, now=now)
    who = {"actor": world.owner, "public_id": run.public_id}
    if step != "new":
        imports.choose_columns(**who, mapping=run.mapping, options=run.options, in_background=False)
        imports.check(run.pk)
    if step not in ("new", "ready"):
        imports.begin_run(**who, now=now, in_background=False)
    if step == "paused":
        imports.pause_run(**who)
    if step == "done":
        imports.load(run.pk)
    return run.public_id


def _at(step: str):
    return lambda world: {"public_id": world.kept[f"import_{step}"]}


def _question(world: World) -> dict[str, object]:
    return {"public_id": world.kept["import_done"], "row": 2}


def _columns(world: World) -> dict[str, str]:
    return {"column_0": "name", "column_1": "phone", "column_2": "city", "column_3": "purchases_sum"}


def _file(world: World) -> dict[str, object]:
    return {"file": SimpleUploadedFile("base.csv", FIRST.encode())}


ROWS = [
    Row("people:imports", roles=LOADS),
    Row("people:import-upload", "POST", roles=LOADS, answer=(302,), data=_file),
    *(Row("people:import", roles=LOADS, args=_at(step)) for step in STEPS),
    Row("people:import-columns", roles=LOADS, args=_at("new")),
    Row("people:import-columns", "POST", roles=LOADS, answer=(302,), args=_at("new"), data=_columns),
    Row("people:import-sheet", "POST", roles=LOADS, answer=(302,), args=_at("new"), data=lambda w: {"sheet": ""}),
    Row("people:import-remarks", roles=LOADS, args=_at("ready")),
    Row("people:import-start", "POST", roles=LOADS, answer=(302,), args=_at("ready")),
    Row("people:import-progress", roles=LOADS, args=_at("running")),
    Row("people:import-pause", "POST", roles=LOADS, answer=(302,), args=_at("running")),
    Row("people:import-resume", "POST", roles=LOADS, answer=(302,), args=_at("paused")),
    Row("people:import-undo", "POST", roles=LOADS, answer=(302,), args=_at("done")),
    Row("people:import-drop", "POST", roles=LOADS, answer=(302,), args=_at("new")),
    Row("people:import-rejected", roles=LOADS, args=_at("done")),
    Row("people:import-file", roles=LOADS, args=_at("done")),
    Row("people:import-questions", roles=LOADS, args=_at("done")),
    Row(
        "people:import-answer", "POST", roles=LOADS, answer=(302,), args=_question, data=lambda w: {"answer": "same"}
    ),
]
