"""Pipelines, stages, reasons: the company's own set-up of selling."""

from collections.abc import Iterable, Sequence

from django.db.models import Count

from voronka.deals.models import Deal, LossReason, Pipeline, PipelineMember, Stage


def list_pipelines(*, active: bool = True) -> list[Pipeline]:
    """Return the pipelines in their order, those in use; with `active` off, all."""
    found = Pipeline.objects.order_by("position", "id")
    return list(found.filter(is_active=True) if active else found)


def list_stages(pipeline_id: int) -> list[Stage]:
    """Return the stages of a pipeline in their order."""
    return list(Stage.objects.filter(pipeline_id=pipeline_id).order_by("position"))


def count_stages(pipeline_ids: Iterable[int]) -> dict[int, int]:
    """Return how many stages each of the pipelines has."""
    stages = Stage.objects.filter(pipeline_id__in=set(pipeline_ids)).order_by()
    return dict(stages.values_list("pipeline_id").annotate(count=Count("id")))


def list_stages_beside(stage_id: int) -> list[Stage]:
    """Return the stages of the pipeline that the stage belongs to, in their order."""
    beside = Stage.objects.filter(pipeline__stages=stage_id)
    return list(beside.order_by("position"))


def stage_name(public_id: str) -> str:
    """Return the name of a stage, empty when it is gone."""
    return Stage.objects.filter(public_id=public_id).values_list("name", flat=True).first() or ""


def list_stage_names() -> list[Stage]:
    """Return the stages of every pipeline with it, in the order of both."""
    rows = Stage.objects.select_related("pipeline")
    return list(rows.order_by("pipeline__position", "pipeline_id", "position"))


def stage_ids(public_ids: Iterable[str]) -> set[int]:
    """Return the ids of stages named by their public ids."""
    return set(Stage.objects.filter(public_id__in=list(public_ids)).values_list("id", flat=True))


def list_stages_with_norm() -> list[Stage]:
    """Return the stages that say how many days a deal should stay in them."""
    return list(Stage.objects.filter(norm_days__isnull=False).order_by("id"))


def list_loss_reasons(*, active: bool = True) -> list[LossReason]:
    """Return the reasons of refusal in their order; `active` leaves out those put away."""
    found = LossReason.objects.order_by("position", "id")
    return list(found.filter(is_active=True) if active else found)


def list_members(pipeline_id: int) -> list[int]:
    """Return the ids of the employees who work in a pipeline's common pool."""
    return list(PipelineMember.objects.filter(pipeline_id=pipeline_id).values_list("employee_id", flat=True))


def public_ids(kind: str, ids: Sequence[int]) -> dict[int, str]:
    """Return the public ids of rows by id: of a deal, a pipeline or a stage. Raises KeyError."""
    models: dict[str, type[Deal | Pipeline | Stage]] = {"deal": Deal, "pipeline": Pipeline, "stage": Stage}
    return dict(models[kind].objects.filter(pk__in=ids).values_list("id", "public_id"))


def stages_by_pipeline() -> dict[int, list[Stage]]:
    """Return the stages of every pipeline in their order, by pipeline."""
    found: dict[int, list[Stage]] = {}
    for stage in Stage.objects.order_by("pipeline_id", "position"):
        found.setdefault(stage.pipeline_id, []).append(stage)
    return found
