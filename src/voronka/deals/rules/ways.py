"""Which buttons of a stage lead to another one: a deal moves by buttons only, whatever hand moves it."""

from collections.abc import Sequence
from dataclasses import dataclass

from voronka.deals.rules.buttons import Button, Outcome


@dataclass(frozen=True, slots=True)
class Way:
    """A button and the outcome of it that leads to a stage."""

    button: Button
    outcome: Outcome

    @property
    def name(self) -> str:
        """The button as it is named on the screen, with its outcome where it has several."""
        if len(self.button.outcomes) == 1:
            return self.button.label
        return f"{self.button.label}: {self.outcome.label}"


def ways_to(buttons: Sequence[Button], stage: str) -> list[Way]:
    """Return the ways to a stage by its public id, in the order of the screen."""
    return [Way(one, out) for one in buttons for out in one.outcomes if _leads(out, stage)]


def _leads(outcome: Outcome, stage: str) -> bool:
    return any(step.get("kind") == "deals.change_stage" and step.get("stage") == stage for step in outcome.steps)
