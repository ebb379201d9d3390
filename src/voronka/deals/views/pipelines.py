"""Settings: pipelines, their stages and people, the reasons of refusal."""

from datetime import UTC, datetime

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from voronka.deals.forms import (
    LeavingForm,
    MembersForm,
    NewPipelineForm,
    NewReasonForm,
    NewStageForm,
    PipelineForm,
    StageForm,
    take,
    typed,
)
from voronka.deals.models import Deal, LossReason, PipelineMember, Stage
from voronka.deals.permissions import EDIT_BUTTONS
from voronka.deals.queries import editor as queries
from voronka.deals.queries.pipelines import list_pipelines, list_stages
from voronka.deals.services import pipelines
from voronka.kit.errors import Refusal
from voronka.kit.screens import actor_of, signed_in


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


@require_http_methods(["GET", "POST"])
@signed_in
def pipeline_list(request: HttpRequest) -> HttpResponse:
    """List the pipelines with their stages, and the reasons of refusal; take a new pipeline."""
    actor = actor_of(request)
    actor.require(EDIT_BUTTONS)
    form = NewPipelineForm(typed(request))
    made: list[str] = []

    def add() -> None:
        name = form.cleaned_data["name"]
        made.append(pipelines.add_pipeline(actor=actor, name=name, now=datetime.now(UTC)).public_id)

    if request.method == "POST" and take(form, add):
        return redirect("deals:pipeline", made[0])
    return _list_page(request, form, NewReasonForm())


def _list_page(request: HttpRequest, form: NewPipelineForm, reason_form: NewReasonForm) -> HttpResponse:
    rows = list_pipelines(active=False)
    stages: dict[int, list[Stage]] = {one.pk: [] for one in rows}
    for stage in Stage.objects.order_by("position"):
        stages.setdefault(stage.pipeline_id, []).append(stage)
    people = dict(PipelineMember.objects.values_list("pipeline_id").annotate(n=Count("id")))
    context = {
        "rows": [
            {
                "pipeline": one,
                "stages": stages[one.pk],
                "people": people.get(one.pk, 0),
                "before": at - 1 if at else None,
                "after": at + 1 if at + 1 < len(rows) else None,
            }
            for at, one in enumerate(rows)
        ],
        "reasons": LossReason.objects.order_by("-is_active", "position", "id"),
        "form": form,
        "reason_form": reason_form,
    }
    bad = form.is_bound or reason_form.is_bound
    return render(request, "deals/pipelines.html", context, status=422 if bad else 200)


@require_POST
@signed_in
def pipeline_move(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put a pipeline at another place of the list."""
    pipelines.move_pipeline(actor=actor_of(request), pipeline_id=public_id, to=_whole(request.POST.get("to", "")))
    return redirect("deals:pipelines")


@require_http_methods(["GET", "POST"])
@signed_in
def pipeline(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a pipeline's set-up; take one of its forms, told by `part`."""
    actor = actor_of(request)
    found = pipelines.get_pipeline(actor, public_id)
    part, posted = request.POST.get("part", ""), typed(request)
    form = PipelineForm.of(found, posted if part == "own" else None)
    members = MembersForm.of(found, posted if part == "members" else None)
    stage_form = NewStageForm(posted if part == "stage" else None)
    acts = {
        "own": (
            form,
            lambda: pipelines.change_pipeline(
                actor=actor, pipeline_id=public_id, changes=form.cleaned_data, seen=form.seen()
            ),
        ),
        "members": (
            members,
            lambda: pipelines.set_members(
                actor=actor, pipeline_id=public_id, employees=members.cleaned_data["members"]
            ),
        ),
        "stage": (
            stage_form,
            lambda: pipelines.add_stage(
                actor=actor, pipeline_id=public_id, name=stage_form.cleaned_data["name"], now=datetime.now(UTC)
            ),
        ),
    }
    if part in acts and take(*acts[part]):
        messages.success(request, _("Saved"))
        return redirect("deals:pipeline", public_id)
    stages = list_stages(found.pk)
    counts = queries.button_counts(found.pk)
    deals = dict(Deal.objects.filter(pipeline=found, state="open").values_list("stage_id").annotate(n=Count("id")))
    context = {
        "pipeline": found,
        "stages": [
            {
                "stage": one,
                "buttons": counts.get(one.pk, 0),
                "deals": deals.get(one.pk, 0),
                "before": at - 1 if at else None,
                "after": at + 1 if at + 1 < len(stages) else None,
            }
            for at, one in enumerate(stages)
        ],
        "form": form,
        "members": members,
        "stage_form": stage_form,
    }
    return render(request, "deals/pipelines_one.html", context, status=422 if part in acts else 200)


@require_http_methods(["GET", "POST"])
@signed_in
def stage(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a stage's settings and take them."""
    actor = actor_of(request)
    found = pipelines.get_stage(actor, public_id)
    form = StageForm.of(found, typed(request))

    def change() -> None:
        pipelines.change_stage(actor=actor, stage_id=public_id, changes=form.cleaned_data, seen=form.seen())

    if request.method == "POST" and take(form, change):
        messages.success(request, _("Saved"))
        return redirect("deals:pipeline", found.pipeline.public_id)
    return _stage_page(request, found, form, status=422 if form.is_bound else 200)


def _stage_page(
    request: HttpRequest, found: Stage, form: StageForm, *, leaving: LeavingForm | None = None, status: int = 200
) -> HttpResponse:
    others = [one for one in list_stages(found.pipeline_id) if one.pk != found.pk]
    count = Deal.objects.filter(stage=found).count()
    context = {
        "stage": found,
        "form": form,
        "count": count,
        "leaving": leaving or LeavingForm(others=others),
        "is_last": not others,
    }
    return render(request, "deals/pipelines_stage.html", context, status=status)


@require_POST
@signed_in
def stage_move(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put a stage at another place of its pipeline."""
    actor = actor_of(request)
    pipelines.move_stage(actor=actor, stage_id=public_id, to=_whole(request.POST.get("to", "")))
    return redirect("deals:pipeline", pipelines.get_stage(actor, public_id).pipeline.public_id)


@require_POST
@signed_in
def stage_delete(request: HttpRequest, public_id: str) -> HttpResponse:
    """Delete a stage once its deals have somewhere to go."""
    actor = actor_of(request)
    found = pipelines.get_stage(actor, public_id)
    others = [one for one in list_stages(found.pipeline_id) if one.pk != found.pk]
    form, done = LeavingForm(request.POST, others=others), []

    def delete() -> None:
        done.append(
            pipelines.delete_stage(
                actor=actor, stage_id=public_id, move_to=form.cleaned_data["move_to"], now=datetime.now(UTC)
            )
        )

    if not take(form, delete):
        return _stage_page(request, found, StageForm.of(found, None), leaving=form, status=422)
    if done[0]:
        messages.success(request, _("The stage is deleted."))
    else:
        messages.success(request, _("The deals are being moved; the stage goes when all have left."))
    return redirect("deals:pipeline", found.pipeline.public_id)


@require_POST
@signed_in
def reason_add(request: HttpRequest) -> HttpResponse:
    """Add a reason of refusal."""
    actor = actor_of(request)
    actor.require(EDIT_BUTTONS)
    form = NewReasonForm(request.POST)
    if take(form, lambda: pipelines.add_reason(actor=actor, name=form.cleaned_data["reason"])):
        return redirect("deals:pipelines")
    return _list_page(request, NewPipelineForm(), form)


@require_POST
@signed_in
def reason_change(request: HttpRequest, code: str) -> HttpResponse:
    """Rename a reason or put it away."""
    try:
        pipelines.change_reason(
            actor=actor_of(request),
            code=code,
            name=request.POST.get("reason", ""),
            is_active=request.POST.get("is_active", "") == "1",
        )
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        messages.error(request, refusal.message)
    return redirect("deals:pipelines")
