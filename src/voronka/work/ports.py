"""What the queue asks of the records its tasks are about; their parts offer it with their subject kind."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from voronka.kit.actors import Actor


@runtime_checkable
class HandsOver(Protocol):
    """A record whose open task may pass to another employee."""

    def hand_over(self, *, actor: Actor, to_employee_id: int, now: datetime) -> None:
        """Give the record and its open task to an employee. Raises Denied without the right."""


@dataclass(frozen=True, slots=True)
class About:
    """What a task for a person may be about: a record by kind and id, its client, its public id and name."""

    kind: str
    id: int
    public_id: str
    client_id: int | None
    name: str


# Finds a record that the actor may see by its public id; None for one he may not.
Finder = Callable[[Actor, str], About | None]
# Returns of these record ids those that the actor may see.
Viewer = Callable[[Actor, Sequence[int]], Sequence[About]]
_finders: dict[str, Finder] = {}
_viewers: dict[str, Viewer] = {}


def register_about(kind: str, find: Finder, view: Viewer) -> None:
    """Let tasks for people be about records of a kind; once each, at start."""
    if kind in _finders:
        raise ValueError(f"tasks may be about {kind} already")
    _finders[kind], _viewers[kind] = find, view


def find_about(actor: Actor, word: str) -> About | None:
    """Return the record named `kind:public_id` when the actor may see it, else None."""
    kind, _colon, public_id = word.partition(":")
    finder = _finders.get(kind)
    return finder(actor, public_id) if finder is not None and public_id.isalnum() else None


def view_about(actor: Actor, kind: str, ids: Sequence[int]) -> dict[int, About]:
    """Return of records of a kind those that the actor may see, by id."""
    viewer = _viewers.get(kind)
    return {one.id: one for one in viewer(actor, ids)} if viewer is not None and ids else {}
