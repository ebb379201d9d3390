"""Tests, who was shown what, what it brought, and the looks that were taken."""

from voronka.trials.models.shown import Credit, Exposure, Gain, Tally
from voronka.trials.models.trials import Look, Trial, TrialArm

__all__ = ["Credit", "Exposure", "Gain", "Look", "Tally", "Trial", "TrialArm"]
