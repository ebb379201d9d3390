"""What screens and other parts may ask of A/B tests."""

from voronka.trials.permissions import RUN, SEE
from voronka.trials.queries.results import (
    Figures,
    Result,
    public_ids,
    results_of,
    shares_of,
    told_at,
    told_in_all,
    trial_of,
    trials_of,
)
from voronka.trials.queries.trials import get_trial, list_trials
from voronka.trials.queries.words import sentence, told_of, verdict
from voronka.trials.rules.arms import letter_of

__all__ = [
    "RUN",
    "SEE",
    "Figures",
    "Result",
    "get_trial",
    "letter_of",
    "list_trials",
    "public_ids",
    "results_of",
    "sentence",
    "shares_of",
    "told_at",
    "told_in_all",
    "told_of",
    "trial_of",
    "trials_of",
    "verdict",
]
