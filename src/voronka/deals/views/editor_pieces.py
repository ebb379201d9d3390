"""The pieces of the button editor: the stage as managers see it, the chosen button, its steps as sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import ValidationError

from voronka.deals.models import Deal, Stage
from voronka.deals.queries import editor as queries
from voronka.deals.rules import edits
from voronka.deals.rules.buttons import LABEL_LIMIT, Button
from voronka.deals.rules.ladder import ARCHIVE
from voronka.deals.services import editing
from voronka.deals.services.settings import WHOLE, StepChecker
from voronka.deals.steps.planning import minutes_in_words
from voronka.deals.views import words
from voronka.kit import modules, wording
from voronka.kit.actors import Actor
from voronka.kit.step_forms import sentence_pieces, setting_pieces
from voronka.kit.steps import Step

STATS_DAYS = 30
MOST_MISSES = 99


@dataclass(frozen=True, slots=True)
class Here:
    """What of the editor is looked at: button, outcome, the open step (from 0), and what was typed into it."""

    draft: editing.Draft
    button: edits.Json | None
    outcome: edits.Json | None
    opened: int | None
    actor: Actor
    now: datetime
    client: str = ""
    misses: int = 0
    problems: Sequence[editing.Problem] = ()
    raw: Mapping[str, object] | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    moved: Mapping[str, object] | None = None

    def query(self, **changed: object) -> str:
        """Return the query of an address that looks at the same place, or at a changed one."""
        at: dict[str, object] = {
            "button": self.button["key"] if self.button else None,
            "outcome": self.outcome["key"] if self.outcome else None,
            "open": self.opened,
            "client": self.client or None,
            "misses": self.misses or None,
        }
        return urlencode({name: value for name, value in (at | changed).items() if value is not None})


def look_at(draft: editing.Draft, asked: QueryDict, actor: Actor, now: datetime, **more: Any) -> Here:  # Here's own
    """Find the asked button, outcome and step; the first ones where they are gone."""
    button = next((one for one in draft.buttons if one["key"] == asked.get("button")), None)
    button = button or (draft.buttons[0] if draft.buttons else None)
    outcomes = button["outcomes"] if button else []
    outcome = next((one for one in outcomes if one["key"] == asked.get("outcome")), None)
    outcome = outcome or (outcomes[0] if outcomes else None)
    opened = whole(asked.get("open"))
    if outcome is None or opened is None or opened >= len(outcome["steps"]):
        opened = None
    client, misses = asked.get("client", "")[:12], min(whole(asked.get("misses")) or 0, MOST_MISSES)
    client = client if client.isalnum() else ""
    return Here(draft, button, outcome, opened, actor, now, client, misses, **more)


def whole(text: str | None) -> int | None:
    """Return a whole number of an address, None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else None


def address(here: Here, name: str = "stage-buttons", **changed: object) -> str:
    """Return the address of a page of this stage's editor, looking at the same place."""
    query = here.query(**changed)
    return reverse(f"deals:{name}", args=[here.draft.stage.public_id]) + (f"?{query}" if query else "")


def editor_context(here: Here) -> dict[str, object]:
    """Return everything the editor shows."""
    checker = StepChecker(here.draft.stage)
    return {
        "here": here,
        "stage": here.draft.stage,
        "rev": here.draft.rev,
        "saved": saved_piece(here),
        "stages": stage_pieces(here),
        "presses": press_pieces(here),
        "can_add": edits.free_hotkey(here.draft.buttons),
        "add_url": address(here, "stage-buttons-change"),
        "look": look_piece(here),
        "facts": facts_piece(here),
        "outcomes": outcome_pieces(here),
        "results": result_names(),
        "rules": rule_pieces(here, checker),
        "steps": [(one.kind, str(one.title), one.icon) for one in editing.offered_steps(here.actor)],
        "ending": ending_piece(here, checker),
        "problems": [
            (one, address(here, button=one.button, outcome=one.outcome, open=one.step)) for one in here.problems
        ],
        "moved": here.moved,
        "errors": here.errors,
        "urls": {
            "change": address(here, "stage-buttons-change"),
            "enable": address(here, "stage-buttons-enable"),
            "drop": address(here, "stage-buttons-drop"),
            "history": reverse("deals:stage-buttons-history", args=[here.draft.stage.public_id]),
        },
    }


def saved_piece(here: Here) -> dict[str, object]:
    """Return what stands beside the button that enables: the draft's moment and author, or that all is live."""
    draft = here.draft
    if not draft.is_draft:
        version = {"n": draft.live_version}
        text = _("version %(n)s works for everybody") % version if draft.live_version else _("no buttons yet")
        return {"text": text, "is_draft": False}
    at = wording.moment(draft.saved_at or here.now, here.actor.zone.key, here.now, here.actor.language)
    return {"text": _("draft saved %(at)s") % {"at": at}, "who": draft.author, "is_draft": True}


def stage_pieces(here: Here) -> list[dict[str, object]]:
    """Return the stages of the pipeline with the number of their buttons."""
    counts = queries.button_counts(here.draft.stage.pipeline_id)
    counts[here.draft.stage.pk] = len(here.draft.buttons)
    found: list[dict[str, object]] = []
    kind = "is-past"
    for one in queries.list_stages(here.draft.stage.pipeline_id):
        is_now = one.pk == here.draft.stage.pk
        count = counts.get(one.pk, 0)
        found.append(
            {
                "name": one.name,
                "count": ngettext("%(n)s button", "%(n)s buttons", count) % {"n": count},
                "kind": "is-now" if is_now else kind,
                "url": reverse("deals:stage-buttons", args=[one.public_id]),
            }
        )
        kind = "is-ahead" if is_now else kind
    return found


def press_pieces(here: Here) -> list[dict[str, object]]:
    """Return the buttons as a manager sees them."""
    deal = Deal(misses=0, currency="RUB")
    bad = {one.button for one in here.problems}
    found = []
    for at, one in enumerate(here.draft.buttons):
        tone = edits.tone_of(one)
        try:
            then = words.button_then(Button.model_validate(one), deal, here.actor)
        except (ValidationError, KeyError, TypeError):
            then = ""
        found.append(
            {
                "key": one["key"],
                "at": at,
                "name": one["label"],
                "icon": one.get("icon", "circle"),
                "hotkey": one["hotkey"],
                "then": then,
                "kind": "" if tone == "ink" else tone,
                "is_on": here.button is not None and one["key"] == here.button["key"],
                "is_bad": one["key"] in bad,
                "has_menu": len(one["outcomes"]) > 1,
                "url": address(here, button=one["key"], outcome=None, open=None),
            }
        )
    return found


def look_piece(here: Here) -> dict[str, object] | None:
    """Return how the chosen button looks, ready to be changed."""
    button = here.button
    if button is None:
        return None
    number = here.draft.buttons.index(button)
    count = len(button["outcomes"])
    label = str(here.errors.get("typed_label", "")) or button["label"]
    return {
        "number": number + 1,
        "key": button["key"],
        "label": label,
        "limit": LABEL_LIMIT,
        "length": len(label),
        "icon": button.get("icon", "circle"),
        "icons": [*([] if button.get("icon") in edits.ICONS else [button.get("icon", "circle")]), *edits.ICONS],
        "tone": edits.tone_of(button),
        "tones": [("ink", _("plain")), ("next", _("forward")), ("gain", _("money")), ("late", _("refusal"))],
        "hotkey": button["hotkey"],
        "hotkeys": [*edits.HOTKEYS],
        "outcomes": ngettext("%(n)s outcome", "%(n)s outcomes", count) % {"n": count},
        "before": number - 1 if number else None,
        "after": number + 1 if number + 1 < len(here.draft.buttons) else None,
    }


def facts_piece(here: Here) -> str:
    """Say how often the chosen button was pressed and taken back lately."""
    if here.button is None:
        return ""
    since = here.now - timedelta(days=STATS_DAYS)
    count = queries.press_counts(here.draft.stage.pk, here.button["key"], since=since)
    if not count.pressed:
        return _("Nobody has pressed it in 30 days.")
    pressed = ngettext("pressed %(n)s time", "pressed %(n)s times", count.pressed)
    text = _("In 30 days: %(pressed)s, taken back %(undone)s.") % {
        "pressed": pressed % {"n": wording.number(count.pressed, here.actor.language)},
        "undone": wording.number(count.undone, here.actor.language),
    }
    if count.reached is not None:
        text += " " + _("After it the client was reached in %(share)s %% of cases.") % {"share": count.reached}
    return text


def outcome_pieces(here: Here) -> list[dict[str, object]]:
    """Return the outcomes of the chosen button as tabs."""
    if here.button is None or here.outcome is None:
        return []
    bad = {one.outcome for one in here.problems if one.button == here.button["key"]}
    outcomes = here.button["outcomes"]
    return [
        {
            "key": one["key"],
            "label": one["label"],
            "result": one.get("result", "step"),
            "is_on": one["key"] == here.outcome["key"],
            "is_bad": one["key"] in bad,
            "url": address(here, outcome=one["key"], open=None),
            "before": at - 1 if at else None,
            "after": at + 1 if at + 1 < len(outcomes) else None,
        }
        for at, one in enumerate(outcomes)
    ]


def result_names() -> list[tuple[str, str]]:
    """Return what an outcome may count as, for reports."""
    return [
        ("step", _("a move, not a call")),
        ("no_answer", _("call not got through")),
        ("call_back", _("call back")),
        ("thinking", _("thinking")),
        ("meeting", _("meeting")),
        ("paid", _("paid")),
        ("refused", _("refused")),
        ("wrong_number", _("wrong number")),
        ("talk", _("talk")),
    ]


def ending_piece(here: Here, checker: StepChecker) -> str:
    """Say how the chosen outcome fails to leave the deal with one next step, empty when it is right."""
    if here.button is None or here.outcome is None:
        return ""
    found = editing.outcome_problems(checker, here.button, here.outcome)
    return next((one.message for one in found if one.step is None), "")


def rule_pieces(here: Here, checker: StepChecker) -> list[dict[str, object]]:
    """Return the steps of the chosen outcome as sentences, the open one with its settings."""
    if here.outcome is None:
        return []
    return [rule_piece(here, checker, number) for number in range(len(here.outcome["steps"]))]


def rule_piece(here: Here, checker: StepChecker, number: int) -> dict[str, object]:
    """Return one step as a sentence with slots, its problems, and its settings when it is open."""
    assert here.outcome is not None
    steps = here.outcome["steps"]
    stored: edits.Json = steps[number]
    kind = {one.kind: one for one in editing.offered_steps()}.get(stored.get("kind", ""))
    is_open = here.opened == number
    piece: dict[str, object] = {
        "number": number,
        "n": number + 1,
        "is_open": is_open,
        "url": address(here, open=None if is_open else number),
        "change": address(here, "stage-buttons-change", open=number),
        "before": number - 1 if number else None,
        "after": number + 1 if number + 1 < len(steps) else None,
    }
    if kind is None:
        return piece | {
            "pieces": [(stored.get("kind", ""), "", "")],
            "problems": [_("Nobody knows this step any more: remove it.")],
        }
    typed = {name: value for name, value in stored.items() if name != "kind"}
    problems = checker.problems(kind, typed)
    shown = here.raw if is_open and here.raw is not None else typed
    errors = here.errors if is_open and here.raw is not None else {k: v for k, v in problems.items() if k != WHOLE}
    return piece | {
        "kind": kind.kind,
        "icon": kind.icon,
        "pieces": sentence_pieces(kind, typed, address(here, open=number)),
        "problems": [] if is_open and here.raw is not None else _problems_of(kind, problems, here),
        "rungs": rung_pieces(kind, typed),
        "fields": setting_pieces(kind, shown, checker, errors, number) if is_open else [],
        "has_settings": bool(kind.model_fields),
    }


def _problems_of(kind: type[Step], problems: Mapping[str, str], here: Here) -> list[str]:
    """Return what is wrong with a step; one of a switched-off module rests until the module is on again."""
    found = sorted(set(problems.values()))
    if modules.owner_of(kind) in here.actor.off_in_company:
        found.append(_("This module is switched off: the step rests, presses pass it by."))
    return found


def rung_pieces(kind: type[Step], typed: Mapping[str, object]) -> list[dict[str, object]]:
    """Return the ladder of a step, if it has one, as the row of tries under its sentence."""
    name = next((name for name, setting in kind.settings.items() if setting.look == "ladder"), None)
    if name is None:
        return []
    rungs = typed.get(name) or kind.model_fields[name].get_default(call_default_factory=True)
    return [
        {
            "name": wording_nth(at + 1),
            "text": _("to the archive") if rung == ARCHIVE else _("in %(time)s") % {"time": minutes_in_words(rung)},
            "is_end": rung == ARCHIVE,
        }
        for at, rung in enumerate(rungs if isinstance(rungs, list) else [])
    ]


def wording_nth(n: int) -> str:
    """Return the number of a try: 1st, 2nd, 1-й."""
    from django.utils.translation import pgettext

    return pgettext("try", "no. %(n)s") % {"n": n}


def stage_of(stage: Stage) -> str:
    """Return the name of a stage with its pipeline."""
    return f"{stage.pipeline.name} · {stage.name}"
