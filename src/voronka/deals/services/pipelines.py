"""Setting up pipelines, their stages, their people and the reasons of refusal."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from voronka.accounts import queries as accounts
from voronka.deals import events
from voronka.deals.models import ButtonSet, Deal, LossReason, Pipeline, PipelineMember, Press, Stage
from voronka.deals.permissions import EDIT_BUTTONS
from voronka.deals.rules.edits import clean_line
from voronka.deals.rules.required import SUM
from voronka.deals.rules.trades import ShippedStage
from voronka.deals.services.required import known_fields
from voronka.deals.services.shipped import join, shipped_buttons
from voronka.kit import jobs
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, NotFound, Refusal
from voronka.kit.events import publish
from voronka.kit.ids import new_public_id

PIPELINE_LIMIT, STAGE_LIMIT, REASON_LIMIT = 50, 30, 100
CHUNK = 500


def get_pipeline(actor: Actor, public_id: str, *, lock: bool = False) -> Pipeline:
    """Return a pipeline for its set-up. Raises Denied or NotFound."""
    actor.require(EDIT_BUTTONS)
    rows = Pipeline.objects.select_for_update() if lock else Pipeline.objects.all()
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such pipeline."))
    return found


def get_stage(actor: Actor, public_id: str, *, lock: bool = False) -> Stage:
    """Return a stage for its set-up. Raises Denied or NotFound."""
    actor.require(EDIT_BUTTONS)
    rows = Stage.objects.select_related("pipeline")
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such stage."))
    return found


@transaction.atomic
def add_pipeline(*, actor: Actor, name: str, now: datetime) -> Pipeline:
    """Make a pipeline with a first stage that has the usual buttons of a call; its maker works in its pool.

    Raises Denied, Refusal `too_many`, Invalid for a name that is empty, too long or taken.
    """
    actor.require(EDIT_BUTTONS)
    rows = Pipeline.objects.select_for_update().order_by("id")
    if len(rows) >= PIPELINE_LIMIT:
        raise Refusal(_("No more than %(limit)s fit here.") % {"limit": PIPELINE_LIMIT}, code="too_many")
    last = max((one.position for one in rows), default=-1)
    pipeline = Pipeline(name=_name("name", name, 100), position=last + 1)
    _save(pipeline)
    if actor.employee_id is not None:
        join([pipeline], [actor.employee_id])
    with override(accounts.get_company_rules().language):
        first = _("New")
    add_stage(actor=actor, pipeline_id=pipeline.public_id, name=first, now=now)
    return pipeline


@transaction.atomic
def change_pipeline(
    *, actor: Actor, pipeline_id: str, changes: Mapping[str, object], seen: Mapping[str, str] | None = None
) -> Pipeline:
    """Change `name`, `answer_minutes` (norm of the first answer) or `is_active`; `seen` are the values that were shown.

    Raises Denied, NotFound, Conflict where one has changed since it was seen, Invalid; one pipeline stays in use.
    """
    pipeline = get_pipeline(actor, pipeline_id, lock=True)
    _require_unchanged(pipeline, changes, seen)
    for field, value in changes.items():
        setattr(pipeline, field, _name("name", str(value), 100) if field == "name" else value)
    if not pipeline.is_active and not Pipeline.objects.filter(is_active=True).exclude(pk=pipeline.pk).exists():
        message = _("One pipeline has to stay in use.")
        raise Invalid(message, fields={"is_active": message})
    _save(pipeline, [*changes])
    return pipeline


@transaction.atomic
def move_pipeline(*, actor: Actor, pipeline_id: str, to: int) -> None:
    """Put a pipeline at another place of the list."""
    get_pipeline(actor, pipeline_id, lock=True)
    rows = list(Pipeline.objects.select_for_update().order_by("position", "id"))
    _reorder(rows, pipeline_id, to)
    Pipeline.objects.bulk_update(rows, ["position"])


@transaction.atomic
def set_members(*, actor: Actor, pipeline_id: str, employees: Sequence[str]) -> int:
    """Say by public ids of employees who works in the pipeline's common pool, all of them; return how many do.

    Raises Denied, NotFound, Invalid for somebody who no longer works here.
    """
    pipeline = get_pipeline(actor, pipeline_id, lock=True)
    known = {one.public_id: one.pk for one in accounts.list_employees()}
    if set(employees) - known.keys():
        message = _("This employee no longer works here: choose another.")
        raise Invalid(message, fields={"members": message})
    wanted = {known[one] for one in employees}
    PipelineMember.objects.filter(pipeline=pipeline).exclude(employee_id__in=wanted).delete()
    join([pipeline], sorted(wanted))
    return len(wanted)


@transaction.atomic
def add_stage(*, actor: Actor, pipeline_id: str, name: str, now: datetime) -> Stage:
    """Put a stage at the end of a pipeline; it begins with the usual buttons of a call.

    Its probability is ten percent above that of the stage before it. Raises Denied, NotFound, Refusal `too_many`,
    Invalid for its name.
    """
    pipeline = get_pipeline(actor, pipeline_id, lock=True)
    rows = list(Stage.objects.filter(pipeline=pipeline).order_by("position"))
    if len(rows) >= STAGE_LIMIT:
        raise Refusal(_("No more than %(limit)s fit here.") % {"limit": STAGE_LIMIT}, code="too_many")
    stage = Stage.objects.create(
        pipeline=pipeline,
        name=_name("name", name, 60),
        position=rows[-1].position + 1 if rows else 0,
        probability=min(90, rows[-1].probability + 10) if rows else 10,
    )
    with override(accounts.get_company_rules().language):
        buttons = shipped_buttons(ShippedStage(stage.name, 0, 0), None)
    ButtonSet.objects.create(
        stage=stage,
        version=1,
        state=ButtonSet.State.LIVE,
        buttons=buttons,
        author_id=actor.employee_id,
        saved_at=now,
        live_since=now,
    )
    return stage


@transaction.atomic
def change_stage(
    *, actor: Actor, stage_id: str, changes: Mapping[str, object], seen: Mapping[str, str] | None = None
) -> Stage:
    """Change name, probability (percent), norm_days (None for no norm) or required_fields.

    Those are codes of the client's custom fields, `deal.sum` and `deal.custom.CODE` (rules.required). Raises Denied,
    Invalid, Conflict.
    """
    stage = get_stage(actor, stage_id, lock=True)
    _require_unchanged(stage, changes, seen)
    for field, value in changes.items():
        setattr(stage, field, _name("name", str(value), 60) if field == "name" else value)
    unknown = set(stage.required_fields) - {SUM, *known_fields()}
    if unknown and "required_fields" in changes:
        message = _("The field is gone: choose another.")
        raise Invalid(message, fields={"required_fields": message})
    stage.save(update_fields=[*changes])
    return stage


@transaction.atomic
def move_stage(*, actor: Actor, stage_id: str, to: int) -> None:
    """Put a stage at another place of its pipeline."""
    stage = get_stage(actor, stage_id)
    get_pipeline(actor, stage.pipeline.public_id, lock=True)
    rows = list(Stage.objects.filter(pipeline=stage.pipeline).order_by("position"))
    _reorder(rows, stage_id, to)
    Stage.objects.bulk_update(rows, ["position"])


@transaction.atomic
def delete_stage(*, actor: Actor, stage_id: str, move_to: str, now: datetime) -> bool:
    """Delete a stage; its deals go to the stage `move_to` first. False while a job still moves them.

    Raises Refusal when it is the only stage or buttons lead to it, Invalid when it has deals and no place for them.
    """
    stage = get_stage(actor, stage_id, lock=True)
    _require_dispensable(stage)
    target = Stage.objects.filter(pipeline=stage.pipeline, public_id=move_to).exclude(pk=stage.pk).first()
    count = Deal.objects.filter(stage=stage)[: CHUNK + 1].count()
    if count and target is None:
        message = _("Choose the stage that its deals go to.")
        raise Invalid(message, fields={"move_to": message})
    if count > CHUNK or Press.objects.filter(button_set__stage=stage)[: CHUNK + 1].count() > CHUNK:
        jobs.defer(
            "deals.empty_stage",
            company_id=actor.company_id,
            once=f"empty_stage {stage.pk}",
            stage_id=stage.pk,
            target_id=target.pk if target is not None else 0,
        )
        return False
    _empty(stage, target, now)
    stage.delete()
    return True


def empty_stage(*, stage_id: int, target_id: int, now: datetime) -> None:
    """Move the deals of a stage in chunks, each a transaction of its own, then delete the stage."""
    while True:
        with transaction.atomic():
            stage = Stage.objects.select_for_update().filter(pk=stage_id).first()
            if stage is None:
                return
            target = Stage.objects.filter(pipeline_id=stage.pipeline_id, pk=target_id).first()
            if _empty(stage, target, now):
                continue
            stage.delete()
            return


def _empty(stage: Stage, target: Stage | None, now: datetime) -> bool:
    """Move a chunk of deals and let go a chunk of presses; tell whether there may be more."""
    deals = list(Deal.objects.select_for_update().filter(stage=stage).order_by("id").only("id", "client_id")[:CHUNK])
    if deals and target is None:
        raise Refusal(_("Choose the stage that its deals go to."), code="stage_has_deals")
    if target is not None:
        Deal.objects.filter(pk__in=[one.pk for one in deals]).update(stage=target, stage_since=now)
        publish(
            *(
                events.StageChanged(
                    deal_id=one.pk, client_id=one.client_id, from_stage_id=stage.pk, to_stage_id=target.pk
                )
                for one in deals
            ),
            at=now,
        )
    presses = list(Press.objects.filter(button_set__stage=stage).values_list("id", flat=True)[:CHUNK])
    Press.objects.filter(pk__in=presses).update(button_set=None)
    return len(deals) == CHUNK or len(presses) == CHUNK


def _require_dispensable(stage: Stage) -> None:
    others = Stage.objects.filter(pipeline=stage.pipeline).exclude(pk=stage.pk)
    if not others.exists():
        raise Refusal(_("A pipeline needs at least one stage."), code="last_stage")
    sets = ButtonSet.objects.filter(stage__in=others).exclude(state=ButtonSet.State.PAST)
    leading = sorted(
        {one.stage.name for one in sets.select_related("stage") if stage.public_id in _stages_named(one.buttons)}
    )
    if leading:
        message = ngettext(
            "Buttons of the stage %(names)s lead here: change them first.",
            "Buttons of the stages %(names)s lead here: change them first.",
            len(leading),
        )
        raise Refusal(message % {"names": ", ".join(f"“{name}”" for name in leading)}, code="buttons_lead_here")


def _stages_named(buttons: Sequence[Mapping[str, object]]) -> set[object]:
    outcomes = [outcome for one in buttons for outcome in one["outcomes"]]  # type: ignore[attr-defined]  # stored JSON
    return {step.get("stage") for outcome in outcomes for step in outcome["steps"]}


@transaction.atomic
def add_reason(*, actor: Actor, name: str) -> LossReason:
    """Add a reason of refusal to the end of the list. Raises Denied, Refusal `too_many`, Invalid for its name."""
    actor.require(EDIT_BUTTONS)
    if LossReason.objects.count() >= REASON_LIMIT:
        raise Refusal(_("No more than %(limit)s fit here.") % {"limit": REASON_LIMIT}, code="too_many")
    last = LossReason.objects.aggregate(last=Max("position"))["last"]
    return LossReason.objects.create(
        code=new_public_id(), name=_name("reason", name, 100), position=0 if last is None else last + 1
    )


@transaction.atomic
def change_reason(*, actor: Actor, code: str, name: str | None = None, is_active: bool | None = None) -> LossReason:
    """Rename a reason or put it away, as far as given; deals that were lost for it keep it.

    Raises Denied, NotFound, Invalid for its name, Refusal `last_reason`: one stays in use.
    """
    actor.require(EDIT_BUTTONS)
    reason = LossReason.objects.select_for_update().filter(code=code).first()
    if reason is None:
        raise NotFound(_("There is no such reason."))
    reason.name = reason.name if name is None else _name("reason", name, 100)
    reason.is_active = reason.is_active if is_active is None else is_active
    if not reason.is_active and not LossReason.objects.filter(is_active=True).exclude(pk=reason.pk).exists():
        raise Refusal(_("One reason has to stay in use."), code="last_reason")
    reason.save(update_fields=["name", "is_active"])
    return reason


def _name(field: str, text: str, limit: int) -> str:
    name = clean_line(text[: limit * 50])
    if not name:
        raise Invalid(_("A name is needed."), fields={field: _("A name is needed.")})
    if len(name) > limit:
        message = _("Longer than %(limit)s signs.") % {"limit": limit}
        raise Invalid(message, fields={field: message})
    return name


def _save(pipeline: Pipeline, fields: Sequence[str] | None = None) -> None:
    try:
        with transaction.atomic():
            pipeline.save(update_fields=fields)
    except IntegrityError:
        message = _("There is a pipeline with this name already.")
        raise Invalid(message, fields={"name": message}) from None


def _require_unchanged(row: Pipeline | Stage, changes: Mapping[str, object], seen: Mapping[str, str] | None) -> None:
    """Refuse to write over what somebody else has changed since the person saw it."""
    for field in changes:
        now = plain(getattr(row, field))
        if seen is not None and field in seen and seen[field] != now:
            message = _("Somebody has changed this meanwhile; now it is: %(value)s") % {"value": now or "—"}
            raise Conflict(message, code="changed_meanwhile", fields={field: message})


def plain(value: object) -> str:
    """Return a value as a form sends it back unchanged."""
    if isinstance(value, list):
        return ",".join(str(one) for one in value)
    return "" if value is None else str(value)


def _reorder(rows: Sequence[Pipeline] | Sequence[Stage], public_id: str, to: int) -> None:
    ordered: list[Pipeline | Stage] = [one for one in rows if one.public_id != public_id]
    moved = next(one for one in rows if one.public_id == public_id)
    ordered.insert(max(0, min(to, len(ordered))), moved)
    for position, one in enumerate(ordered):
        one.position = position
