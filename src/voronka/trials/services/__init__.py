"""The verbs of A/B tests; README.md says how other parts use them."""

from voronka.trials.services.gaining import join_gain, note_gain, restate_gain
from voronka.trials.services.judging import companies_running, judge
from voronka.trials.services.running import ArmDraft, TrialDraft, give_up, make_trial, open_trial, start, stop
from voronka.trials.services.showing import Shown, assign, choose, know, note_shown, note_shown_in

__all__ = [
    "ArmDraft",
    "Shown",
    "TrialDraft",
    "assign",
    "choose",
    "companies_running",
    "give_up",
    "join_gain",
    "judge",
    "know",
    "make_trial",
    "note_gain",
    "note_shown",
    "note_shown_in",
    "open_trial",
    "restate_gain",
    "start",
    "stop",
]
