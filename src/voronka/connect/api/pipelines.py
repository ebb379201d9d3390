"""Operations on the set-up of selling: pipelines, stages, reasons of loss."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Query, Router
from pydantic import BaseModel

from voronka.accounts import queries as accounts
from voronka.connect.api.deals import reasons, ways
from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import Reply, operation
from voronka.connect.rules import scopes
from voronka.connect.schemas import pipelines as docs
from voronka.connect.schemas.common import IdInPath, Named
from voronka.deals.queries import editor
from voronka.deals.queries import pipelines as queries
from voronka.deals.services import pipelines
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid

stages = Router(tags=["pipelines"])
SETS_UP = "deals.edit_buttons"


def _pipeline(actor: Actor, public_id: str) -> docs.PipelineSetup:
    row = pipelines.get_pipeline(actor, public_id)
    inside = set(queries.list_members(row.pk))
    members = [Named(id=one.public_id, name=one.name) for one in accounts.list_employees() if one.pk in inside]
    place = [one.pk for one in queries.list_pipelines(active=False)].index(row.pk)
    return docs.pipeline_setup(row, place, queries.list_stages(row.pk), editor.button_counts(row.pk), members)


def _stage(actor: Actor, public_id: str) -> docs.StageSetup:
    row = pipelines.get_stage(actor, public_id)
    place = [one.pk for one in queries.list_stages(row.pipeline_id)].index(row.pk)
    return docs.stage_setup(row, row.pipeline, place, editor.button_counts(row.pipeline_id).get(row.pk, 0))


def _sent(sent: BaseModel, *names: str, nullable: str = "") -> Mapping[str, object]:
    """Return those of the named values that were sent; null only where it means something. Raises Invalid."""
    given = {name: getattr(sent, name) for name in names if name in sent.model_fields_set}
    empty = [name for name, value in given.items() if value is None and name != nullable]
    if empty:
        raise Invalid(_("Look at the named fields."), fields=dict.fromkeys(empty, _("Fill this in.")))
    return given


@operation(
    ways,
    "GET",
    "/{pipeline}",
    scope=scopes.SETTINGS_READ,
    answer=docs.PipelineSetup,
    right=SETS_UP,
    summary=gettext_lazy("Show a pipeline with all its settings"),
)
def get_pipeline(request: ApiRequest, pipeline: IdInPath) -> docs.PipelineSetup:
    """Return a pipeline with its stages and people."""
    return _pipeline(request.auth.actor, pipeline)


@operation(
    ways,
    "POST",
    "",
    scope=scopes.SETTINGS_WRITE,
    answer=docs.PipelineSetup,
    status=201,
    summary=gettext_lazy("Make a pipeline"),
)
def add_pipeline(request: ApiRequest, sent: docs.NewPipeline) -> Reply:
    """Make a pipeline with a first stage."""
    actor = request.auth.actor
    made = pipelines.add_pipeline(actor=actor, name=sent.name, now=request.auth.now)
    if sent.answer_minutes is not None:
        changes = {"answer_minutes": sent.answer_minutes}
        pipelines.change_pipeline(actor=actor, pipeline_id=made.public_id, changes=changes)
    if sent.members is not None:
        pipelines.set_members(actor=actor, pipeline_id=made.public_id, employees=sent.members)
    location = {"Location": f"/api/v1/pipelines/{made.public_id}"}
    return Reply(_pipeline(actor, made.public_id), headers=location)


@operation(
    ways,
    "PATCH",
    "/{pipeline}",
    scope=scopes.SETTINGS_WRITE,
    answer=docs.PipelineSetup,
    summary=gettext_lazy("Change a pipeline: its name, place, people, time to answer, whether it is in use"),
)
def change_pipeline(request: ApiRequest, pipeline: IdInPath, sent: docs.PipelineChanges) -> docs.PipelineSetup:
    """Change what is sent."""
    actor = request.auth.actor
    changes = _sent(sent, "name", "answer_minutes", "is_active")
    more = _sent(sent, "place", "members")
    pipelines.change_pipeline(actor=actor, pipeline_id=pipeline, changes=changes)
    if sent.members is not None:
        pipelines.set_members(actor=actor, pipeline_id=pipeline, employees=sent.members)
    if "place" in more:
        pipelines.move_pipeline(actor=actor, pipeline_id=pipeline, to=sent.place or 0)
    return _pipeline(actor, pipeline)


def _arrange(actor: Actor, public_id: str, sent: docs.NewStage | docs.StageChanges) -> docs.StageSetup:
    """Give a stage what was sent beside its name, and its place."""
    names = ("probability", "norm_days", "required_fields")
    changes = _sent(sent, *names, nullable="norm_days")
    more = _sent(sent, "place")
    pipelines.change_stage(actor=actor, stage_id=public_id, changes=changes)
    if "place" in more:
        pipelines.move_stage(actor=actor, stage_id=public_id, to=sent.place or 0)
    return _stage(actor, public_id)


@operation(
    ways,
    "POST",
    "/{pipeline}/stages",
    scope=scopes.SETTINGS_WRITE,
    answer=docs.StageSetup,
    status=201,
    summary=gettext_lazy("Add a stage to a pipeline"),
)
def add_stage(request: ApiRequest, pipeline: IdInPath, sent: docs.NewStage) -> Reply:
    """Put a stage at the end, or at a place."""
    actor = request.auth.actor
    made = pipelines.add_stage(actor=actor, pipeline_id=pipeline, name=sent.name, now=request.auth.now)
    location = {"Location": f"/api/v1/stages/{made.public_id}"}
    return Reply(_arrange(actor, made.public_id, sent), headers=location)


@operation(
    stages,
    "GET",
    "/{stage}",
    scope=scopes.SETTINGS_READ,
    answer=docs.StageSetup,
    right=SETS_UP,
    summary=gettext_lazy("Show a stage with all its settings"),
)
def get_stage(request: ApiRequest, stage: IdInPath) -> docs.StageSetup:
    """Return a stage."""
    return _stage(request.auth.actor, stage)


@operation(
    stages,
    "PATCH",
    "/{stage}",
    scope=scopes.SETTINGS_WRITE,
    answer=docs.StageSetup,
    summary=gettext_lazy("Change a stage: its name, place, probability, norm, demanded fields"),
)
def change_stage(request: ApiRequest, stage: IdInPath, sent: docs.StageChanges) -> docs.StageSetup:
    """Change what is sent."""
    actor = request.auth.actor
    pipelines.change_stage(actor=actor, stage_id=stage, changes=_sent(sent, "name"))
    return _arrange(actor, stage, sent)


@operation(
    stages,
    "POST",
    "/{stage}/delete",
    scope=scopes.SETTINGS_WRITE,
    answer=docs.StageEnded,
    summary=gettext_lazy("Delete a stage; its deals go to another one"),
)
def delete_stage(request: ApiRequest, stage: IdInPath, sent: docs.StageEnd) -> docs.StageEnded:
    """Delete a stage once its deals have somewhere to go."""
    caller = request.auth
    gone = pipelines.delete_stage(actor=caller.actor, stage_id=stage, move_to=sent.move_to, now=caller.now)
    return docs.StageEnded(is_gone=gone)


@operation(
    reasons,
    "GET",
    "",
    scope=scopes.COMPANY_READ,
    answer=docs.ReasonSetupList,
    summary=gettext_lazy("List the reasons for which deals are lost"),
)
def list_loss_reasons(
    request: ApiRequest,
    state: Annotated[Literal["active", "all"], Query(description="active: those that may be chosen.")] = "active",
) -> docs.ReasonSetupList:
    """Return the reasons in their order."""
    rows = queries.list_loss_reasons(active=state == "active")
    return docs.ReasonSetupList(items=[docs.reason_setup(one) for one in rows])


@operation(
    reasons,
    "POST",
    "",
    scope=scopes.SETTINGS_WRITE,
    answer=docs.ReasonSetup,
    status=201,
    summary=gettext_lazy("Add a reason of loss"),
)
def add_loss_reason(request: ApiRequest, sent: docs.NewReason) -> docs.ReasonSetup:
    """Add a reason to the end of the list."""
    with _reason_named():
        return docs.reason_setup(pipelines.add_reason(actor=request.auth.actor, name=sent.name))


@contextmanager
def _reason_named() -> Iterator[None]:
    """Tell what is wrong with the name of a reason at the place that the sender knows."""
    try:
        yield
    except Invalid as wrong:
        places = {"name" if place == "reason" else place: words for place, words in wrong.fields.items()}
        raise Invalid(wrong.message, fields=places) from wrong


@operation(
    reasons,
    "PATCH",
    "/{reason}",
    scope=scopes.SETTINGS_WRITE,
    answer=docs.ReasonSetup,
    summary=gettext_lazy("Rename a reason of loss, put it away or take it back"),
)
def change_loss_reason(request: ApiRequest, reason: IdInPath, sent: docs.ReasonChanges) -> docs.ReasonSetup:
    """Change what is sent of a reason by its code."""
    actor = request.auth.actor
    with _reason_named():
        changed = pipelines.change_reason(actor=actor, code=reason, name=sent.name, is_active=sent.is_active)
    return docs.reason_setup(changed)
