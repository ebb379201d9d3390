"""The whole draft of a stage's buttons put at once, as a program does: checked as the editor checks each edit."""

import json
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from voronka.deals.rules import edits
from voronka.deals.rules.buttons import LABEL_LIMIT
from voronka.deals.rules.edits import Json, tone_of, toned
from voronka.deals.services import editing
from voronka.deals.services.settings import WHOLE, StepChecker
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.kit.steps import Step

__all__ = ["Json", "put_draft", "tone_of", "toned"]


def put_draft(*, actor: Actor, stage_id: str, rev: str, buttons: edits.Document, now: datetime) -> editing.Draft:
    """Make these buttons (in their stored form) the draft of a stage; keys and digits left empty are given here.

    A step has settings that its type allows there, or none yet: enabling asks for the rest. What stood in the draft
    before may stay as it was. Raises Denied, NotFound, DraftMoved, Invalid with the places at fault.
    """
    draft = editing.get_draft(actor, stage_id)

    def edit(held: edits.Document) -> edits.Document:
        judge = _Judge(StepChecker(draft.stage), actor, held)
        made = judge.judged(buttons)
        if judge.problems:
            raise Invalid(_("Not saved: mend the marked places."), fields=judge.problems)
        return made

    return editing.change(actor=actor, stage_id=stage_id, rev=rev, edit=edit, now=now)


@dataclass
class _Judge:
    """Reads a document as it came, notes what is wrong by place, and returns it as it is stored."""

    checker: StepChecker
    actor: Actor
    held: edits.Document
    problems: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.icons = {*edits.ICONS, *(one.get("icon", "") for one in self.held)}
        self.steps = {_sign(step) for step in _steps_of(self.held)}
        self.known = {one.kind: one for one in editing.offered_steps()}
        self.offered = {one.kind for one in editing.offered_steps(self.actor)}

    def judged(self, given: edits.Document) -> edits.Document:
        """Return the document to be stored."""
        made = deepcopy(given)
        if len(made) > len(edits.HOTKEYS):
            message = _("No more than %(limit)s fit here.") % {"limit": len(edits.HOTKEYS)}
            self.problems["buttons"] = message
            return []
        self._give_keys(made, "buttons")
        self._give_digits(made)
        for at, button in enumerate(made):
            place = f"buttons.{at}"
            button["label"] = self._line(button["label"], LABEL_LIMIT, f"{place}.label")
            if button["icon"] not in self.icons:
                self.problems[f"{place}.icon"] = _("This choice is no longer in the list.")
            self._give_keys(button["outcomes"], f"{place}.outcomes")
            for number, outcome in enumerate(button["outcomes"]):
                self._judge_outcome(outcome, f"{place}.outcomes.{number}")
        return made

    def _judge_outcome(self, outcome: Json, place: str) -> None:
        outcome["label"] = self._line(outcome["label"], edits.OUTCOME_LABEL_LIMIT, f"{place}.label")
        outcome["steps"] = [
            self._judged_step(step, f"{place}.steps.{number}") for number, step in enumerate(outcome["steps"])
        ]

    def _judged_step(self, step: Json, place: str) -> Json:
        if _sign(step) in self.steps:
            return step
        name = step.get("kind", "")
        kind = self.known.get(name) if isinstance(name, str) else None
        if kind is None or kind.kind not in self.offered:
            self.problems[f"{place}.kind"] = _("There is no such step.")
            return step
        typed = {key: value for key, value in step.items() if key != "kind"}
        return self._typed(kind, typed, place) if typed else {"kind": kind.kind}

    def _typed(self, kind: type[Step], typed: Json, place: str) -> Json:
        for name in [name for name in typed if not self.checker.matters(kind, name, typed)]:
            del typed[name]
        wrong = self.checker.problems(kind, typed)
        for name, message in wrong.items():
            self.problems[place if name == WHOLE else f"{place}.{name}"] = message
        return {"kind": kind.kind, **typed} if wrong else kind.model_validate(typed).to_json()

    def _line(self, text: str, limit: int, place: str) -> str:
        words = edits.clean_line(text)
        if not words:
            self.problems[place] = _("A name is needed.")
        elif len(words) > limit:
            self.problems[place] = _("Longer than %(limit)s signs.") % {"limit": limit}
        return words

    def _give_keys(self, rows: Sequence[Json], place: str) -> None:
        taken = [one["key"] for one in rows if one["key"]]
        for at, one in enumerate(rows):
            if not one["key"]:
                one["key"] = editing.new_key(taken)
                taken.append(one["key"])
            elif taken.count(one["key"]) > 1:
                self.problems[f"{place}.{at}.key"] = _("Two are alike.")

    def _give_digits(self, buttons: edits.Document) -> None:
        taken = [one["hotkey"] for one in buttons if one["hotkey"]]
        for at, one in enumerate(buttons):
            if not one["hotkey"]:
                one["hotkey"] = next(digit for digit in edits.HOTKEYS if digit not in taken)
                taken.append(one["hotkey"])
            elif taken.count(one["hotkey"]) > 1:
                self.problems[f"buttons.{at}.hotkey"] = _("Two are alike.")


def _steps_of(buttons: edits.Document) -> Iterator[Json]:
    for button in buttons:
        for outcome in button["outcomes"]:
            yield from outcome["steps"]


def _sign(step: Json) -> str:
    return json.dumps(step, sort_keys=True, ensure_ascii=False)
