"""Sample data of the component page: one invented furniture maker on 12 March 2026. Used by no other page."""

from voronka.kit.samples.pages import CLIENT, EDITOR, IMPORT
from voronka.kit.samples.states import DONE, STATES
from voronka.kit.samples.today import (
    ANNA_FEED,
    ANNA_TABS,
    MISSES,
    MOSCOW,
    NAV,
    NEEDED,
    NOON,
    PRESSES,
    REASONS,
    SEARCH,
    WHEN,
    frame,
)

__all__ = [
    "ANNA_FEED",
    "ANNA_TABS",
    "CLIENT",
    "DONE",
    "EDITOR",
    "IMPORT",
    "MISSES",
    "MOSCOW",
    "NAV",
    "NEEDED",
    "NOON",
    "PRESSES",
    "REASONS",
    "SEARCH",
    "STATES",
    "WHEN",
    "frame",
]
