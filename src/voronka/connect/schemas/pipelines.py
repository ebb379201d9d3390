"""Pipelines, their stages and people, reasons of loss."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from voronka.connect.schemas.common import Given, Named, PublicId, Told

if TYPE_CHECKING:
    from voronka.deals.models import LossReason as ReasonRow
    from voronka.deals.models import Pipeline as PipelineRow
    from voronka.deals.models import Stage as StageRow

PipelineName = Annotated[str, Field(min_length=1, max_length=100, examples=["Kitchens"])]
StageName = Annotated[str, Field(min_length=1, max_length=60, examples=["Measuring"])]
ReasonName = Annotated[str, Field(min_length=1, max_length=100, examples=["Too expensive"])]
Place = Annotated[int, Field(ge=0, le=1_000, examples=[1], description="The place in the list, counted from 0.")]
Minutes = Annotated[
    int, Field(ge=1, le=10_000, examples=[10], description="Within how many working minutes a new deal is answered.")
]
Percent = Annotated[int, Field(ge=0, le=100, examples=[40])]
Days = Annotated[int, Field(ge=1, le=1_000, examples=[5])]
FieldCodes = Annotated[
    list[Annotated[str, Field(max_length=60)]],
    Field(
        max_length=100,
        examples=[["deal.sum"]],
        description="Codes of clients' own fields, `deal.custom.CODE` of deals', and `deal.sum`.",
    ),
]


class StageSetup(Told):
    """A stage with all its settings. `norm_days`: how long a deal should stay, null for no norm."""

    id: PublicId
    pipeline: Annotated[Named, Field(examples=[{"id": "k7m2p9x4w3ab", "name": "Kitchens"}])]
    name: Annotated[str, Field(examples=["Measuring"])]
    place: Annotated[int, Field(examples=[1])]
    probability: Annotated[int, Field(examples=[40])]
    norm_days: Annotated[int, Field(examples=[5])] | None
    required_fields: Annotated[list[str], Field(examples=[["deal.sum"]])]
    buttons: Annotated[int, Field(examples=[7], description="How many buttons work there.")]


class PipelineSetup(Told):
    """A pipeline with all its settings: its people are those of its common pool."""

    id: PublicId
    code: str
    name: Annotated[str, Field(examples=["Kitchens"])]
    place: Annotated[int, Field(examples=[0])]
    is_active: Annotated[bool, Field(examples=[True])]
    answer_minutes: Annotated[int, Field(examples=[10])]
    members: list[Named]
    stages: list[StageSetup]


class NewPipeline(Given):
    """A pipeline to be made; it begins with one stage that has the usual buttons of a call."""

    name: PipelineName
    answer_minutes: Minutes | None = None
    members: Annotated[list[PublicId], Field(max_length=1_000)] | None = None


class PipelineChanges(Given):
    """Only what is sent is changed; `members` is the whole list of employees."""

    name: PipelineName | None = None
    answer_minutes: Minutes | None = None
    is_active: bool | None = None
    place: Place | None = None
    members: Annotated[list[PublicId], Field(max_length=1_000)] | None = None


class NewStage(Given):
    """A stage to be put at the end, or at a place; it begins with the usual buttons of a call."""

    name: StageName
    probability: Percent | None = None
    norm_days: Days | None = None
    required_fields: FieldCodes | None = None
    place: Place | None = None


class StageChanges(Given):
    """Only what is sent is changed; `norm_days` null takes the norm away."""

    name: StageName | None = None
    probability: Percent | None = None
    norm_days: Days | None = None
    required_fields: FieldCodes | None = None
    place: Place | None = None


class StageEnd(Given):
    """The stage of the same pipeline that the deals go to."""

    move_to: Annotated[str, Field(max_length=40, examples=["k7m2p9x4w3ab"])] = ""


class StageEnded(Told):
    """Whether the stage is gone; else its deals are still being moved, and it goes when all have left."""

    is_gone: Annotated[bool, Field(examples=[True])]


class ReasonSetup(Told):
    """A reason for which deals are lost. One put away cannot be chosen; deals lost for it keep it."""

    code: Annotated[str, Field(examples=["price"])]
    name: Annotated[str, Field(examples=["Too expensive"])]
    is_active: Annotated[bool, Field(examples=[True])]


class ReasonSetupList(Told):
    """The reasons in their order."""

    items: list[ReasonSetup]


class NewReason(Given):
    """A reason to be added."""

    name: ReasonName


class ReasonChanges(Given):
    """Only what is sent is changed."""

    name: ReasonName | None = None
    is_active: bool | None = None


def stage_setup(row: "StageRow", pipeline: "PipelineRow", place: int, buttons: int) -> StageSetup:
    """Return a stage with its settings as it goes out."""
    names = ("name", "probability", "norm_days")
    return StageSetup(
        id=row.public_id,
        pipeline=Named(id=pipeline.public_id, name=pipeline.name),
        place=place,
        required_fields=list(row.required_fields),
        buttons=buttons,
        **{name: getattr(row, name) for name in names},
    )


def pipeline_setup(
    row: "PipelineRow", place: int, stages: Sequence["StageRow"], buttons: Mapping[int, int], members: Sequence[Named]
) -> PipelineSetup:
    """Return a pipeline with its settings as it goes out."""
    return PipelineSetup(
        id=row.public_id,
        code=row.code,
        name=row.name,
        place=place,
        is_active=row.is_active,
        answer_minutes=row.answer_minutes,
        members=list(members),
        stages=[stage_setup(one, row, at, buttons.get(one.pk, 0)) for at, one in enumerate(stages)],
    )


def reason_setup(row: "ReasonRow") -> ReasonSetup:
    """Return a reason as it goes out."""
    return ReasonSetup(code=row.code, name=row.name, is_active=row.is_active)
