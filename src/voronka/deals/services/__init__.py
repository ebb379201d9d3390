"""The verbs of deals."""

from voronka.deals.services.feed import Turn, hold_deal, look_ahead, release_deal, take_next
from voronka.deals.services.offering import Offered, OfferedOutcome, offered_buttons
from voronka.deals.services.opening import FirstStep, Planned, open_deal, open_many, promise_call
from voronka.deals.services.pressing import NeedsAnswers, Pressed, dry_run, prepare, press
from voronka.deals.services.undoing import Undone, undo, why_not_undone

__all__ = [
    "FirstStep",
    "NeedsAnswers",
    "Offered",
    "OfferedOutcome",
    "Planned",
    "Pressed",
    "Turn",
    "Undone",
    "dry_run",
    "hold_deal",
    "look_ahead",
    "offered_buttons",
    "open_deal",
    "open_many",
    "prepare",
    "press",
    "promise_call",
    "release_deal",
    "take_next",
    "undo",
    "why_not_undone",
]
