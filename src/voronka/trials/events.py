"""What happens to A/B tests, as others may hear it."""

from dataclasses import dataclass
from typing import ClassVar

from voronka.kit.events.log import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialStarted(Event):
    """A test began; `kind` and `subject_id` say of what: a letter (campaign), a flow, a widget."""

    subject: ClassVar = ("trial", "trial_id")
    trial_id: int
    kind: str
    subject_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialDecided(Event):
    """A test has ended: `code` is win, same, unclear (its days were over) or taken (a person chose); 0 is no winner."""

    subject: ClassVar = ("trial", "trial_id")
    trial_id: int
    kind: str
    subject_id: int
    code: str
    winner: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialStopped(Event):
    """A person stopped a test without a winner, or what it tested was changed (`code` is changed)."""

    subject: ClassVar = ("trial", "trial_id")
    trial_id: int
    code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialSkewed(Event):
    """The arms are not shown in their shares: the test is judged no more till somebody has looked."""

    subject: ClassVar = ("trial", "trial_id")
    trial_id: int
