"""Editing the buttons of a stage: one draft at a time, checked and then enabled for everybody.

A draft carries a sign of its state (`rev`). Whoever edits sends the sign he saw; when the draft has moved on
since, nothing is written and DraftMoved brings the present draft, so that his edit can be made on it again.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.deals import events
from voronka.deals.models import ButtonSet, Stage
from voronka.deals.permissions import EDIT_BUTTONS
from voronka.deals.rules import edits
from voronka.deals.rules.buttons import Buttons, ending_problem
from voronka.deals.services.drafts import DealDraft
from voronka.deals.services.settings import StepChecker
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.events import publish
from voronka.kit.steps import Step, all_steps, steps_for

NOTHING = "0"
USUAL_STEPS = (
    "deals.change_stage",
    "deals.set_task",
    "deals.ask",
    "messaging.send_letter",
    "deals.assign",
    "deals.miss_ladder",
)
_KEY_SIGNS = "abcdefghijkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Draft:
    """The buttons of a stage as they are edited: the draft, or the live set where nobody has begun one."""

    stage: Stage
    buttons: edits.Document
    rev: str
    is_draft: bool
    live_version: int | None
    saved_at: datetime | None
    author: str
    live: edits.Document


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the buttons cannot be enabled yet, and where; `step` counts from 0, None is the whole outcome."""

    button: str
    outcome: str
    step: int | None
    where: str
    message: str


class DraftMoved(Conflict):
    """Somebody else has changed the draft since; `draft` is as it is now."""

    code = "draft_moved"

    def __init__(self, draft: Draft) -> None:
        who = draft.author or _("somebody")
        super().__init__(_("%(who)s has changed these buttons meanwhile.") % {"who": who})
        self.draft = draft


class NotReady(Invalid):
    """The buttons cannot be enabled; `problems` say where and why."""

    code = "not_ready"

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(_("Not enabled: mend the marked places."))
        self.problems = list(problems)


def offered_steps(actor: Actor | None = None) -> list[type[Step]]:
    """Return the steps that a button of a deal may have, the usual ones first: those whose needs a deal meets.

    For an actor, those that he may add: steps of switched-off modules are known, and offered to nobody.
    """
    order = {kind: number for number, kind in enumerate(USUAL_STEPS)}
    known = all_steps() if actor is None else steps_for(actor)
    found = [one for one in known if all(issubclass(DealDraft, need) for need in one.needs)]
    return sorted(found, key=lambda one: order.get(one.kind, len(order)))


def new_key(taken: Sequence[str] = ()) -> str:
    """Return a stable key for a new button or outcome."""
    while True:
        key = "".join(secrets.choice(_KEY_SIGNS) for _at in range(8))
        if key not in taken:
            return key


def get_draft(actor: Actor, stage_id: str) -> Draft:
    """Return the buttons under edit of a stage by its public id. Raises Denied or NotFound."""
    actor.require(EDIT_BUTTONS)
    stage = Stage.objects.select_related("pipeline", "company").filter(public_id=stage_id).first()
    if stage is None:
        raise NotFound(_("There is no such stage."))
    return _read(stage)


def _read(stage: Stage) -> Draft:
    rows = ButtonSet.objects.select_related("author").filter(stage=stage).exclude(state=ButtonSet.State.PAST)
    found = {row.state: row for row in rows}
    live, draft = found.get(ButtonSet.State.LIVE), found.get(ButtonSet.State.DRAFT)
    row = draft or live
    rev = NOTHING if row is None else f"{row.state[0]}{row.version}-{row.saved_at.timestamp():.6f}"
    return Draft(
        stage=stage,
        buttons=row.buttons if row is not None else [],
        rev=rev,
        is_draft=draft is not None,
        live_version=live.version if live is not None else None,
        saved_at=row.saved_at if row is not None else None,
        author=row.author.name if row is not None and row.author is not None else "",
        live=live.buttons if live is not None else [],
    )


def _locked(actor: Actor, stage_id: str, rev: str) -> Draft:
    """Lock the stage, read its draft after the lock, and refuse an edit of an older state."""
    actor.require(EDIT_BUTTONS)
    stage = (
        Stage.objects.select_related("pipeline", "company")
        .select_for_update(of=("self",), no_key=True)
        .filter(public_id=stage_id)
        .first()
    )
    if stage is None:
        raise NotFound(_("There is no such stage."))
    draft = _read(stage)
    if draft.rev != rev:
        raise DraftMoved(draft)
    return draft


@transaction.atomic
def change(
    *,
    actor: Actor,
    stage_id: str,
    rev: str,
    edit: Callable[[edits.Document], edits.Document],
    now: datetime,
) -> Draft:
    """Make one edit of the draft, which begins as a copy of the live buttons. Raises BadEdit, DraftMoved."""
    draft = _locked(actor, stage_id, rev)
    changed = edit(draft.buttons)
    Buttons.model_validate({"buttons": changed})
    _write(draft, changed, actor=actor, now=now)
    return _read(draft.stage)


def _write(draft: Draft, buttons: edits.Document, *, actor: Actor, now: datetime) -> None:
    """Keep the draft; its moment always grows, since it is the sign of its state."""
    if draft.saved_at is not None and now <= draft.saved_at:
        now = draft.saved_at + timedelta(microseconds=1)
    rows = ButtonSet.objects.filter(stage=draft.stage)
    values = {"buttons": buttons, "author_id": actor.employee_id, "saved_at": now}
    if not rows.filter(state=ButtonSet.State.DRAFT).update(**values):
        last = rows.order_by("-version").values_list("version", flat=True).first() or 0
        ButtonSet.objects.create(stage=draft.stage, version=last + 1, state=ButtonSet.State.DRAFT, **values)


@transaction.atomic
def drop_draft(*, actor: Actor, stage_id: str, rev: str) -> Draft:
    """Throw the draft away: the live buttons are edited anew."""
    draft = _locked(actor, stage_id, rev)
    ButtonSet.objects.filter(stage=draft.stage, state=ButtonSet.State.DRAFT).delete()
    return _read(draft.stage)


@transaction.atomic
def restore(*, actor: Actor, stage_id: str, version: int, rev: str, now: datetime) -> Draft:
    """Make an earlier version of a stage's buttons the draft; it becomes live only when it is enabled.

    `rev` is the state of the draft that the editor saw. Raises Denied, NotFound, DraftMoved where it has changed since.
    """
    draft = _locked(actor, stage_id, rev)
    old = ButtonSet.objects.filter(stage=draft.stage, version=version).exclude(state=ButtonSet.State.DRAFT).first()
    if old is None:
        raise NotFound(_("There is no such version."))
    _write(draft, old.buttons, actor=actor, now=now)
    return _read(draft.stage)


@transaction.atomic
def enable(*, actor: Actor, stage_id: str, rev: str, now: datetime) -> Draft:
    """Make the draft live for everybody; the version before it stays in the history.

    Raises NotReady with every problem at its place. Without a draft there is nothing to do.
    """
    draft = _locked(actor, stage_id, rev)
    if not draft.is_draft:
        return draft
    problems = list_problems(draft.stage, draft.buttons)
    if problems:
        raise NotReady(problems)
    rows = ButtonSet.objects.filter(stage=draft.stage)
    rows.filter(state=ButtonSet.State.LIVE).update(state=ButtonSet.State.PAST)
    rows.filter(state=ButtonSet.State.DRAFT).update(state=ButtonSet.State.LIVE, live_since=now)
    live = rows.get(state=ButtonSet.State.LIVE)
    publish(events.ButtonsEnabled(stage_id=draft.stage.pk, version=live.version), at=now)
    return _read(draft.stage)


def list_problems(stage: Stage, buttons: edits.Document) -> list[Problem]:
    """Return what keeps the buttons from being enabled, outcome by outcome."""
    checker = StepChecker(stage)
    return [
        problem
        for button in buttons
        for outcome in button["outcomes"]
        for problem in outcome_problems(checker, button, outcome)
    ]


def outcome_problems(checker: StepChecker, button: edits.Json, outcome: edits.Json) -> list[Problem]:
    """Return what is wrong with one outcome: its steps, and how it leaves the deal."""
    where = button["label"] if len(button["outcomes"]) == 1 else f"{button['label']}: {outcome['label']}"
    found, endings = [], []
    known = {one.kind: one for one in offered_steps()}
    for number, step in enumerate(outcome["steps"]):
        kind = known.get(step.get("kind", ""))
        if kind is None:
            message = _("Nobody knows this step any more: remove it.")
            found.append(Problem(button["key"], outcome["key"], number, where, message))
            continue
        if kind.ending:
            endings.append(kind.ending)
        found += [
            Problem(button["key"], outcome["key"], number, where, message)
            for message in checker.problems(kind, _settings(step)).values()
        ]
    code = ending_problem(endings)
    if code is not None:
        found.append(Problem(button["key"], outcome["key"], None, where, ending_words(code)))
    return found


def ending_words(code: str) -> str:
    """Say how an outcome fails to leave the deal with exactly one next step."""
    return {
        "no_next_step": _(
            "The deal is left without a next step: add “set a task”, the ladder, or a way to close it."
        ),
        "two_endings": _("Two steps decide what comes next: leave one of them."),
    }[code]


def _settings(step: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in step.items() if name != "kind"}
