"""Clients from files: checked, loaded in the background, asked about where doubtful, taken back."""

from voronka.people.services.imports.chunks import Overtaken
from voronka.people.services.imports.judging import Settings
from voronka.people.services.imports.lifecycle import (
    begin_run,
    choose_columns,
    choose_sheet,
    drop_run,
    get_run,
    most_mib,
    pause_run,
    resume_run,
    start_import,
    undo_run,
)
from voronka.people.services.imports.questions import answer_question, read_question, read_questions
from voronka.people.services.imports.rejected import write_rejected
from voronka.people.services.imports.running import run_rows
from voronka.people.services.imports.work import check, finish, import_file, load, plan_of, settings_of, undo

__all__ = [
    "Overtaken",
    "Settings",
    "answer_question",
    "begin_run",
    "check",
    "choose_columns",
    "choose_sheet",
    "drop_run",
    "finish",
    "get_run",
    "import_file",
    "load",
    "most_mib",
    "pause_run",
    "plan_of",
    "read_question",
    "read_questions",
    "resume_run",
    "run_rows",
    "settings_of",
    "start_import",
    "undo",
    "undo_run",
    "write_rejected",
]
