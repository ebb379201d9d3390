"""Sample data of the component page: one invented furniture maker on 12 March 2026. Used by no other page."""

from voronka.kit.samples.states import DONE, STATES
from voronka.kit.samples.today import MISSES, MOSCOW, NAV, NOON, PRESSES, REASONS, SEARCH, WHEN, frame

__all__ = ["DONE", "MISSES", "MOSCOW", "NAV", "NOON", "PRESSES", "REASONS", "SEARCH", "STATES", "WHEN", "frame"]
