"""The document of a stage's buttons, as it is edited, stored and pressed.

Plain values validated by pydantic; steps stay in their stored form here, since their classes live in the
registry of steps. Keys are stable: reports and undo refer to buttons and outcomes by them.
"""

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

LABEL_LIMIT = 18
BUTTON_LIMIT = 9

Colour = Literal["ink", "accent", "gain", "late"]
# The seven outcomes of a usual call, and `step` for moves that are not the end of a call.
Result = Literal["no_answer", "call_back", "thinking", "meeting", "paid", "refused", "wrong_number", "talk", "step"]

RESULTS_WITHOUT_TALK = frozenset({"no_answer", "wrong_number"})


class Outcome(BaseModel):
    """One way a press can end, with its own steps."""

    model_config = ConfigDict(extra="forbid")

    key: str = Field(min_length=1, max_length=12, pattern=r"^[a-z0-9]+$")
    label: str = Field(min_length=1, max_length=60)
    result: Result = "step"
    steps: list[dict[str, Any]] = Field(default_factory=list, max_length=30)  # Any: parsed by the step registry

    @field_validator("label")
    @classmethod
    def _no_blank(cls, label: str) -> str:
        return _words(label)


class Button(BaseModel):
    """A button as the manager sees it; the first outcome is the one of a plain press."""

    model_config = ConfigDict(extra="forbid")

    key: str = Field(min_length=1, max_length=12, pattern=r"^[a-z0-9]+$")
    label: str = Field(min_length=1, max_length=LABEL_LIMIT)
    icon: str = Field(default="circle", max_length=40, pattern=r"^[a-z0-9-]+$")
    colour: Colour = "ink"
    hotkey: int = Field(ge=1, le=BUTTON_LIMIT)
    is_next: bool = False
    outcomes: list[Outcome] = Field(min_length=1, max_length=12)

    @field_validator("label")
    @classmethod
    def _no_blank(cls, label: str) -> str:
        return _words(label)

    def outcome(self, key: str | None) -> Outcome | None:
        """Return the outcome by key, the first one for no key, None for an unknown one."""
        if key is None:
            return self.outcomes[0]
        return next((one for one in self.outcomes if one.key == key), None)


class Buttons(BaseModel):
    """All buttons of a stage, in the order of the screen."""

    model_config = ConfigDict(extra="forbid")

    buttons: list[Button] = Field(max_length=BUTTON_LIMIT)

    @model_validator(mode="after")
    def _no_two_alike(self) -> "Buttons":
        checked: list[tuple[str, list[str]]] = [
            ("keys", [one.key for one in self.buttons]),
            ("hotkeys", [str(one.hotkey) for one in self.buttons]),
            *(("outcome keys", [out.key for out in one.outcomes]) for one in self.buttons),
        ]
        for what, values in checked:
            if len(set(values)) != len(values):
                raise ValueError(f"two {what} are alike")
        return self

    def button(self, key: str) -> Button | None:
        """Return a button by key."""
        return next((one for one in self.buttons if one.key == key), None)


def _words(label: str) -> str:
    label = " ".join(label.split())
    if not label:
        raise ValueError("a name is needed")
    return label


def ending_problem(endings: Sequence[str]) -> str | None:
    """Return what is wrong with how an outcome leaves the deal, as a code; None when it is right.

    `endings` names, per step, what the step does to the deal's next step: `next` sets one, `close` ends
    the deal, `maybe` does one or the other (the ladder). A deal must be left with a next step or closed,
    once.
    """
    if not endings:
        return "no_next_step"
    if len(endings) > 1:
        return "two_endings"
    return None
