"""Panels: a part's block on another part's page, loaded by itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voronka.kit import modules
from voronka.kit.actors import Actor, Right

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Panel:
    """A block on the page of a subject.

    `place` is main or side; `address` gives the fragment's address for a record's public id; a panel is
    shown to those who have `right`.
    """

    subject: str
    code: str
    title: "str | _StrPromise"
    place: str
    order: int
    address: Callable[[str], str]
    right: Right | None = None


_panels: list[Panel] = []


def register_panel(panel: Panel) -> None:
    """Register a panel; the pair of subject and code is unique."""
    if any((known.subject, known.code) == (panel.subject, panel.code) for known in _panels):
        raise ValueError(f"panel {panel.subject}.{panel.code} is registered twice")
    _panels.append(panel)


def panels_for(subject: str, actor: Actor, *, place: str) -> list[Panel]:
    """Return the panels that this actor sees at one place of a subject's page, in their order."""
    found: Sequence[Panel] = [panel for panel in _panels if panel.subject == subject and panel.place == place]
    found = modules.switched_on(found, actor, by=lambda panel: panel.address)
    return sorted((p for p in found if p.right is None or actor.may(p.right)), key=lambda panel: panel.order)
