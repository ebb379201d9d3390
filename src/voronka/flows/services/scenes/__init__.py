"""Scenarios: what the bot says in talks by a map of its own (docs/adr/0055)."""

from voronka.flows.services.scenes.hearing import (
    BUTTON,
    Beginning,
    Overtaken,
    asks_phone,
    begin,
    bound,
    chosen_by,
    fits_hours,
    forget,
    hear,
    inside,
    scenes_on,
    stop,
    stop_all,
    wake,
)

__all__ = [
    "BUTTON",
    "Beginning",
    "Overtaken",
    "asks_phone",
    "begin",
    "bound",
    "chosen_by",
    "fits_hours",
    "forget",
    "hear",
    "inside",
    "scenes_on",
    "stop",
    "stop_all",
    "wake",
]
