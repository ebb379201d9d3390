"""Many cards changed at once: chosen, looked at beforehand, changed in the background, taken back."""

from voronka.people.services.bulk.actions import ACTIONS, Action, actions_for, read_action
from voronka.people.services.bulk.lifecycle import (
    begin_bulk,
    get_bulk,
    start_bulk,
    stop_bulk,
    undo_bulk,
)
from voronka.people.services.bulk.preview import Preview, preview
from voronka.people.services.bulk.work import run, undo

__all__ = [
    "ACTIONS",
    "Action",
    "Preview",
    "actions_for",
    "begin_bulk",
    "get_bulk",
    "preview",
    "read_action",
    "run",
    "start_bulk",
    "stop_bulk",
    "undo",
    "undo_bulk",
]
