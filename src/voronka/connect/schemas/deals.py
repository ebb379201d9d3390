"""Deals, their buttons and presses, pipelines."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from voronka.connect.schemas.common import (
    Given,
    Moment,
    Money,
    Named,
    PublicId,
    Told,
    Values,
    named,
)
from voronka.connect.schemas.outer import Outer
from voronka.connect.schemas.tasks import Band
from voronka.deals import services
from voronka.deals.queries.shown import comment_shown, shown
from voronka.kit.actors import Actor
from voronka.kit.steps import Ask as AskedFor
from voronka.kit.steps import Effect as EffectDone

if TYPE_CHECKING:
    from voronka.deals.models import Deal as DealRow
    from voronka.deals.models import LossReason as ReasonRow
    from voronka.deals.models import Pipeline as PipelineRow
    from voronka.deals.models import Press as PressRow
    from voronka.deals.models import Stage as StageRow

State = Literal["open", "won", "lost", "archived"]
AskKind = Literal[
    "moment", "text", "money", "number", "date", "choice", "choices", "yes_no", "person", "file", "link"
]


class Step(Told):
    """The next step of a deal: what, when (`at`), and whether the client was told the time."""

    id: PublicId
    kind: Annotated[str, Field(examples=["call"])]
    title: Annotated[str, Field(examples=["Call: new request"])]
    at: Moment
    promised: bool


class Reason(Told):
    """Why deals are lost, in the company's own words."""

    code: Annotated[str, Field(examples=["expensive"])]
    name: Annotated[str, Field(examples=["Too expensive"])]


class Deal(Told):
    """A possible sale to a client. An open deal always has its next step."""

    id: PublicId
    client: Named
    pipeline: Named
    stage: Named
    title: Annotated[str, Field(examples=["Kitchen, oak"])]
    sum: Money | None
    currency: Annotated[str, Field(examples=["RUB"])]
    goods_count: int
    responsible: Named | None
    state: State
    next_step: Step | None
    misses: int
    tags: list[str]
    fields: Values
    loss_reason: Reason | None
    source: Annotated[str, Field(examples=["api"])]
    stage_since: Moment
    made_at: Moment
    closed_at: datetime | None


class DealList(Told):
    """A page of deals. `next` asks for the next page."""

    items: list[Deal]
    next: str | None


class NewDeal(Given):
    """A deal to be opened. Without a pipeline it is that of new requests; `first_call` says when it begins."""

    client: PublicId
    pipeline: PublicId | None = None
    title: Annotated[str, Field(max_length=200, examples=["Kitchen, oak"])] = ""
    sum: Annotated[Money, Field(ge=0, max_digits=16, decimal_places=2)] | None = None
    responsible: Annotated[str, Field(max_length=40, examples=["me"], description="me, pool or an employee.")] = "me"
    first_call: Literal["now", "morning"] = "now"
    fields: Annotated[Values, Field(max_length=100, examples=[{"delivery": "Courier"}])] = {}


class DealChanges(Given):
    """Only the own fields that are sent are changed, by their codes; null empties one."""

    fields: Annotated[Values, Field(max_length=100, examples=[{"delivery": "Courier"}])]


class Ask(Told):
    """What is answered before a press: the answer goes into `answers` under `key`, as text."""

    key: Annotated[str, Field(examples=["at"])]
    kind: AskKind
    label: str
    required: bool
    options: list[dict[str, str]]
    default: str | None
    hint: str


class OutcomeOut(Told):
    """A way that a press may end."""

    key: Annotated[str, Field(examples=["busy"])]
    label: str
    result: str
    asks: list[Ask]
    why_not: str


class ButtonOut(Told):
    """A button of the deal's stage. The first outcome is that of a plain press."""

    key: Annotated[str, Field(examples=["miss"])]
    label: str
    icon: str
    colour: str
    hotkey: int
    is_next: bool
    outcomes: list[OutcomeOut]


class ButtonList(Told):
    """The buttons that may be pressed now; `step` is the step they belong to."""

    items: list[ButtonOut]
    step: PublicId | None


class PressGiven(Given):
    """A press. With `step` it is refused where somebody has worked on the deal since you read it."""

    button: Annotated[str, Field(min_length=1, max_length=12, examples=["miss"])]
    outcome: Annotated[str, Field(max_length=12, examples=["busy"])] | None = None
    answers: Annotated[dict[Annotated[str, Field(max_length=60)], Annotated[str, Field(max_length=10_000)]],
                       Field(max_length=30)] = {}  # fmt: skip
    step: PublicId | None = None


class EffectOut(Told):
    """What a press did, in words."""

    code: str
    words: str
    at: datetime | None


class Pressed(Told):
    """A press that was made; until `undo_until` its presser may take it back."""

    id: Annotated[int, Field(examples=[1042])]
    label: str
    effects: list[EffectOut]
    undo_until: Moment
    deal: Deal


class Press(Told):
    """A press in the history of a deal."""

    id: Annotated[int, Field(examples=[1042])]
    button: str
    outcome: str
    result: str
    label: str
    employee: Named | None
    at: Moment
    comment: str
    undone_at: datetime | None


class PressList(Told):
    """A page of presses, newest first."""

    items: list[Press]
    next: str | None


class UndoGiven(Given):
    """`agreed` takes the rest back although something has left the company already."""

    agreed: bool = False


class Undone(Told):
    """A press that was taken back, and what could not be called back."""

    label: str
    stays: list[str]
    deal: Deal


class StageOut(Told):
    """A stage: how likely a sale is there, in percent, and how many days a deal should stay."""

    id: PublicId
    name: Annotated[str, Field(examples=["Thinking"])]
    probability: int
    norm_days: int | None


class PipelineOut(Told):
    """A way that deals of one sort go."""

    id: PublicId
    code: str
    name: Annotated[str, Field(examples=["New requests"])]
    is_active: bool
    stages: list[StageOut]


class PipelineList(Told):
    """The pipelines in their order."""

    items: list[PipelineOut]


class Turn(Told):
    """The client whose turn it is, held for 90 seconds; all empty when nobody is due, or the maker has a day off."""

    deal: Deal | None
    band: Band | None
    waiting_since: datetime | None
    is_day_off: bool


def deals_out(actor: Actor, rows: Sequence["DealRow"]) -> list[Deal]:
    """Return deals, each read with its client, stage, pipeline, people and step, as they go out to the actor."""
    outer = Outer.load(actor) if any(one.fields for one in rows) else None
    return [_deal_out(actor, one, outer) for one in rows]


def deal_out(actor: Actor, row: "DealRow") -> Deal:
    """Return one deal as `deals_out` does."""
    return deals_out(actor, [row])[0]


def _deal_out(actor: Actor, row: "DealRow", outer: Outer | None) -> Deal:
    row = shown(actor, row)
    task, owner, reason = row.open_task, row.responsible, row.loss_reason
    plain = (
        "title", "sum", "currency", "goods_count", "state", "misses", "source", "stage_since", "made_at", "closed_at",
    )  # fmt: skip
    return Deal(
        id=row.public_id,
        client=Named(id=row.client.public_id, name=row.client.name),
        pipeline=Named(id=row.pipeline.public_id, name=row.pipeline.name),
        stage=Named(id=row.stage.public_id, name=row.stage.name),
        responsible=named(owner.public_id, owner.name) if owner is not None else None,
        next_step=Step(id=task.public_id, kind=task.kind, title=task.title, at=task.ready_at, promised=task.band == 0)
        if task is not None
        else None,
        tags=list(row.tags),
        fields=outer.values_out(row.fields, of_deal=True) if outer is not None else {},
        loss_reason=reason_out(reason) if reason is not None else None,
        **{name: getattr(row, name) for name in plain},
    )


def reason_out(row: "ReasonRow") -> Reason:
    """Return a reason of loss as it goes out."""
    return Reason(code=row.code, name=row.name)


def ask_out(ask: AskedFor) -> Ask:
    """Return a question as it goes out."""
    return Ask(
        key=ask.key,
        kind=ask.kind,
        label=str(ask.label),
        required=ask.required,
        options=[{"value": value, "words": str(words)} for value, words in ask.options],
        default=None if ask.default is None else str(ask.default),
        hint=str(ask.hint),
    )


def button_out(one: services.Offered) -> ButtonOut:
    """Return a button with its outcomes and questions as it goes out."""
    names = ("key", "label", "icon", "colour", "hotkey", "is_next")
    return ButtonOut(
        **{name: getattr(one.button, name) for name in names},
        outcomes=[
            OutcomeOut(
                key=way.outcome.key,
                label=way.outcome.label,
                result=way.outcome.result,
                asks=[ask_out(ask) for ask in way.asks],
                why_not=way.why_not,
            )
            for way in one.outcomes
        ],
    )


def effects_out(effects: Sequence[EffectDone]) -> list[EffectOut]:
    """Return what a press did as it goes out."""
    return [EffectOut(code=one.code, words=str(one.words), at=one.at) for one in effects if one.happens]


def press_out(actor: Actor, row: "PressRow") -> Press:
    """Return a press as it goes out to the actor."""
    names = ("button", "outcome", "result", "label", "at", "undone_at")
    who = named(row.employee.public_id, row.employee.name) if row.employee is not None else None
    comment = comment_shown(actor, row.comment)
    return Press(id=row.pk, employee=who, comment=comment, **{name: getattr(row, name) for name in names})


def pipeline_out(row: "PipelineRow", stages: Sequence["StageRow"]) -> PipelineOut:
    """Return a pipeline with its stages as it goes out."""
    return PipelineOut(
        id=row.public_id,
        code=row.code,
        name=row.name,
        is_active=row.is_active,
        stages=[
            StageOut(id=one.public_id, name=one.name, probability=one.probability, norm_days=one.norm_days)
            for one in stages
        ],
    )
