"""The press: the one way a deal moves.

One press is one transaction: the deal's row is locked, the outcome's steps run on a draft, and what they
ask for is written at once: task, deal, press, events. A repeated request id finds the press of the first
one. See docs/algorithms/press.md.
"""

import uuid
from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from voronka.deals import events
from voronka.deals.models import ButtonSet, Deal, Press
from voronka.deals.permissions import PRESS, UNDO_LATER
from voronka.deals.rules.buttons import Button, Buttons, Outcome
from voronka.deals.rules.limits import field_of_ask
from voronka.deals.services import required
from voronka.deals.services.answers import typed_answers
from voronka.deals.services.drafts import DealDraft, as_json
from voronka.deals.services.locking import calling_hours, locked_deal, require_seen, team_of
from voronka.deals.services.next_steps import write_next_step
from voronka.deals.services.own_fields import field_codes, put_fields
from voronka.kit import modules, outbox
from voronka.kit.actors import Actor
from voronka.kit.db.hot import HotQuery
from voronka.kit.errors import Conflict, Denied, NotFound, Refusal
from voronka.kit.events import Event, publish
from voronka.kit.steps import Ask, BadStep, Effect, Step, StepContext, parse_steps, run_steps, working
from voronka.kit.subjects import Subject
from voronka.people import services as people
from voronka.work import queries as hours

UNDO = timedelta(seconds=outbox.UNDO_SECONDS)


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a press did, for the toast: its words, and until when it may be taken back."""

    press_id: int
    deal_public_id: str
    label: str
    client_name: str
    result: str
    effects: Sequence[Effect]
    undo_until: datetime
    was_repeated: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """A press that was read but not run: the button, its steps, what it asks.

    `asks` are the steps' own questions and the fields that stages demand: `needs`, of which `own` are asked by steps.
    """

    deal: Deal
    button_set: ButtonSet
    button: Button
    outcome: Outcome
    steps: Sequence[Step]
    asks: Sequence[Ask]
    context: StepContext
    draft: DealDraft = field(repr=False)
    needs: Sequence[required.Need] = ()
    own: Sequence[Ask] = ()


class NeedsAnswers(Refusal):
    """The press asks something first: `prepared.asks`; the screen shows the strip or the fields."""

    status = 422
    code = "needs_answers"

    def __init__(self, prepared: Prepared, fields: Mapping[str, str]) -> None:
        super().__init__(_("Answer first."), fields=fields)
        self.prepared = prepared


def prepare(
    *, actor: Actor, deal_public_id: str, button: str, outcome: str | None, now: datetime, dry: bool = False
) -> Prepared:
    """Lock the deal, find the button of its stage, and say what a press of it asks.

    Raises NotFound for a deal the actor may not see, Denied without the right, Conflict when the deal has
    been closed or its stage has no such button any more.
    """
    deal = locked_deal(deal_public_id)
    actor.require(PRESS, owner_id=deal.responsible_id, team_id=team_of(deal))
    if deal.state != Deal.State.OPEN:
        raise Conflict(_("The deal is closed already. Open the next client."), code="deal_closed")
    _require_hold(actor, deal, now)
    button_set = LIVE.first(stage_id=deal.stage_id)
    found = Buttons.model_validate({"buttons": button_set.buttons}).button(button) if button_set else None
    chosen = found.outcome(outcome) if found else None
    if button_set is None or found is None or chosen is None:
        raise Conflict(_("This button has been changed meanwhile. Here is the card anew."), code="button_gone")
    if not modules.uses(actor, f"press:{chosen.result}"):
        raise Denied(_("Your role does not use this button. Ask your administrator."))
    return prepared_of(deal, button_set, found, chosen, actor=actor, now=now, dry=dry)


def prepared_of(
    deal: Deal, button_set: ButtonSet, button: Button, outcome: Outcome, *, actor: Actor, now: datetime, dry: bool
) -> Prepared:
    """Read the steps of an outcome and what they ask. Raises Refusal for a broken step."""
    try:
        steps = working(parse_steps(outcome.steps), actor)
    except BadStep as bad:
        message = _("Step %(number)s of this button is broken. Ask the head of sales to mend it.")
        raise Refusal(message % {"number": bad.number + 1}, code="bad_step") from bad
    draft = DealDraft(deal, calling_hours(deal), now)
    context = StepContext(
        subject=Subject("deal", deal.pk),
        client_id=deal.client_id,
        actor=actor,
        now=now,
        cause=uuid.uuid4(),
        draft=draft,
        dry=dry,
        facts={"title": deal.title, "sum": str(deal.sum or ""), "stage": deal.stage.name},
        own=ChainMap(draft.own, deal.fields),
    )
    own = [ask for step in steps for ask in step.asks(context) if actor.writes(field_of_ask(ask.key))]
    needs = required.needs_of(deal, steps, actor)
    required.require_fillable(needs, actor)
    asks = required.joined(own, needs)
    return Prepared(deal, button_set, button, outcome, steps, asks, context, draft, needs, own)


def _run(prepared: Prepared, typed: Mapping[str, Any]) -> list[Effect]:
    """Run the steps on the draft with typed answers, after the demanded fields have been filled in."""
    prepared.context.answers = typed
    filled = required.fill(prepared.draft, prepared.needs, prepared.own, typed)
    return [*filled, *run_steps(prepared.steps, prepared.context)]


@transaction.atomic
def press(
    *,
    actor: Actor,
    deal_public_id: str,
    button: str,
    outcome: str | None,
    request_id: uuid.UUID,
    answers: Mapping[str, str],
    now: datetime,
    seen_task_id: int | None = None,
) -> Pressed:
    """Press a button of a deal: all its steps happen, or none.

    `request_id` comes from the page; the same one again, for the same button of the same deal by the same
    person, returns the first press. `seen_task_id` is the step that the page showed: where another one stands
    since, somebody has worked on the client and the press is refused. `answers` are raw texts by the key of
    their Ask. Raises NeedsAnswers while something is not answered, Refusal when a step refuses.
    """
    try:
        prepared = prepare(actor=actor, deal_public_id=deal_public_id, button=button, outcome=outcome, now=now)
    except (Conflict, Denied, NotFound):
        repeated = _find_repeated(request_id)
        if repeated is not None and _is_of(repeated, actor, deal_public_id, button):
            return _told_again(repeated)
        raise
    repeated = _find_repeated(request_id)
    if repeated is not None:
        if not _is_of(repeated, actor, deal_public_id, button):
            raise _id_taken()
        return _told_again(repeated)
    require_seen(prepared.deal, seen_task_id)
    typed, problems = typed_answers(
        prepared.asks, answers, now=now, client_zone=prepared.deal.client.zone, my_zone=str(actor.zone)
    )
    if problems:
        raise NeedsAnswers(prepared, problems)
    effects = _run(prepared, typed)
    _keep_owner(prepared, actor)
    return _write(prepared, effects, actor=actor, request_id=request_id, now=now)


def dry_run(
    *,
    actor: Actor,
    deal: Deal,
    outcome: Outcome,
    answers: Mapping[str, str],
    now: datetime,
    misses: int | None = None,
) -> list[Effect]:
    """Tell what an outcome would do to a deal, changing nothing: the editor's check on a chosen client."""
    button = Button(key="dry", label="dry", hotkey=1, outcomes=[outcome])
    if misses is not None:
        deal.misses = misses
    prepared = prepared_of(deal, ButtonSet(), button, outcome, actor=actor, now=now, dry=True)
    typed, problems = typed_answers(
        prepared.asks, answers, now=now, client_zone=deal.client.zone, my_zone=str(actor.zone), fill=True
    )
    if problems:
        raise NeedsAnswers(prepared, problems)
    return _run(prepared, typed)


def _find_repeated(request_id: uuid.UUID) -> Press | None:
    return _REPEATED.first(request_id=request_id)


def _is_of(found: Press, actor: Actor, deal_public_id: str, button: str) -> bool:
    """Whether the press is the same one come again; another's, or of another deal, is told nobody."""
    return (found.employee_id, found.deal.public_id, found.button) == (actor.employee_id, deal_public_id, button)


def _told_again(found: Press) -> Pressed:
    effects = [
        Effect(one["code"], one["words"], datetime.fromisoformat(one["at"]) if one["at"] else None)
        for one in found.effects
    ]
    name = found.deal.client.name
    return Pressed(
        found.pk, found.deal.public_id, found.label, name, found.result, effects, found.at + UNDO, was_repeated=True
    )


def _id_taken() -> Conflict:
    return Conflict(_("The page is broken: reload it and press again."), code="request_id_taken")


LIVE = HotQuery(lambda stage_id: ButtonSet.objects.filter(stage_id=stage_id, state="live"), stage_id=int)
_REPEATED = HotQuery(
    lambda request_id: Press.objects.select_related("deal__client").filter(request_id=request_id),
    request_id=uuid.UUID,
)


def _require_hold(actor: Actor, deal: Deal, now: datetime) -> None:
    """In strict mode the feed alone chooses: only the client it gave may be pressed on."""
    if not actor.is_led or actor.may(UNDO_LATER):
        return
    if hours.find_holder(deal.client_id, now=now) != actor.employee_id:
        raise Denied(_("In strict mode you work with the client the feed gives. Open the next one."), code="not_held")


def _keep_owner(prepared: Prepared, actor: Actor) -> None:
    """A deal of the common pool becomes the presser's own once there was a talk; a miss leaves it to all."""
    deal = prepared.deal
    was_talk = prepared.outcome.result != "no_answer" and not prepared.draft.closed
    if deal.responsible_id is None and was_talk and "responsible_id" not in prepared.draft.before():
        deal.responsible_id = actor.employee_id


def _write(
    prepared: Prepared, effects: Sequence[Effect], *, actor: Actor, request_id: uuid.UUID, now: datetime
) -> Pressed:
    """Write what the steps asked for: the task, the deal, the press and its events."""
    deal, draft, cause = prepared.deal, prepared.draft, prepared.context.cause
    old_task_id, old_stage = deal.open_task_id, draft.before().get("stage_id", deal.stage_id)
    made_task_id = write_next_step(deal, draft, now)
    changed = draft.before()
    deal.open_task_id = made_task_id
    own_before = put_fields(deal, draft.own)
    columns = [column.removesuffix("_id") for column in changed] + (["fields"] if own_before else [])
    deal.save(update_fields=[*columns, "open_task"])
    custom_before: dict[str, object] = {}
    if draft.custom:
        custom_before = people.set_custom_fields(actor=actor, client_id=deal.client_id, values=draft.custom, now=now)
    row = make_press(
        prepared,
        effects,
        changed,
        employee_id=actor.employee_id,
        request_id=request_id,
        old_task_id=old_task_id,
        made_task_id=made_task_id,
        custom_before=custom_before,
        own_before=own_before,
    )
    try:
        row.save(force_insert=True)
    except IntegrityError as error:  # a press of another deal came with the same id at the same moment
        if "deals_press_once" in str(error):
            raise _id_taken() from error
        raise
    publish(*press_events(prepared, row, old_stage, changed), cause=cause, at=now)
    name = deal.client.name
    return Pressed(row.pk, deal.public_id, row.label, name, row.result, happened(effects), now + UNDO)


def happened(effects: Sequence[Effect]) -> list[Effect]:
    """Return the effects that happened."""
    return [one for one in effects if one.happens]


def make_press(
    prepared: Prepared,
    effects: Sequence[Effect],
    changed: Mapping[str, Any],
    *,
    employee_id: int | None,
    request_id: uuid.UUID,
    old_task_id: int | None,
    made_task_id: int | None,
    custom_before: Mapping[str, object],
    own_before: Mapping[str, object],
) -> Press:
    """Return the row of a press whose steps have run on the draft, not saved yet; `changed` are the old columns."""
    deal, label = prepared.deal, prepared.button.label
    if len(prepared.button.outcomes) > 1:
        label = f"{label}: {prepared.outcome.label}"
    return Press(
        request_id=request_id,
        deal=deal,
        client_id=deal.client_id,
        button_set=prepared.button_set,
        button=prepared.button.key,
        outcome=prepared.outcome.key,
        result=prepared.outcome.result,
        label=label,
        employee_id=employee_id,
        at=prepared.context.now,
        cause=prepared.context.cause,
        comment="\n".join(prepared.draft.comments),
        before={
            "deal": as_json(dict(changed)),
            "after": as_json({column: getattr(deal, column) for column in changed}),
            "task_id": old_task_id,
            "custom": dict(custom_before),
            "custom_after": dict(prepared.draft.custom),
            "own": dict(own_before),
            "own_after": {code: prepared.draft.own[code] for code in own_before},
        },
        effects=[
            {"code": e.code, "words": e.words, "at": e.at.isoformat() if e.at else None} for e in happened(effects)
        ],
        made_task_id=made_task_id,
    )


def press_events(prepared: Prepared, row: Press, old_stage: int, changed: Mapping[str, Any]) -> list[Event]:
    """Return the press's own event first, then those of its steps."""
    deal, draft = prepared.deal, prepared.draft
    ids: dict[str, Any] = {"deal_id": deal.pk, "client_id": deal.client_id}  # shared keyword arguments
    found: list[Event] = [
        events.ButtonPressed(
            **ids,
            press_id=row.pk,
            button=row.button,
            outcome=row.outcome,
            result=row.result,
            pipeline_id=deal.pipeline_id,
            stage_id=old_stage,
        )
    ]
    if "stage_id" in changed:
        found.append(events.StageChanged(**ids, from_stage_id=old_stage, to_stage_id=deal.stage_id))
    if row.before["own"]:
        found.append(events.DealChanged(**ids, fields=field_codes(row.before["own"])))
    if deal.misses and "misses" in changed:
        found.append(events.MissCounted(**ids, count=deal.misses))
    if "responsible_id" in changed:
        found.append(
            events.ResponsibleChanged(
                **ids, from_employee_id=changed["responsible_id"], to_employee_id=deal.responsible_id
            )
        )
    if draft.next_step is not None and row.made_task_id is not None:
        step = draft.next_step
        found.append(
            events.NextStepSet(
                **ids, task_id=row.made_task_id, kind=step.kind, at=step.at.isoformat(), promised=step.promised
            )
        )
    if draft.closed:
        found.append(
            events.DealClosed(
                **ids,
                state=deal.state,
                sum=str(deal.sum) if deal.sum is not None else None,
                currency=deal.currency,
                reason=draft.loss_code,
            )
        )
    return found
