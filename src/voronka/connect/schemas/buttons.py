"""The buttons of a stage: live, under edit, their versions, kinds of steps, a try on a client."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import ConfigDict, Field

from voronka.connect.schemas.common import Given, Named, PublicId, Told
from voronka.deals.services.drafting import Json, tone_of, toned
from voronka.deals.services.editing import Draft, Problem
from voronka.kit.steps import Setting, Step

if TYPE_CHECKING:
    from voronka.deals.models import ButtonSet
    from voronka.deals.services.settings import StepChecker

Tone = Literal["ink", "next", "gain", "late"]
Result = Literal["no_answer", "call_back", "thinking", "meeting", "paid", "refused", "wrong_number", "talk", "step"]
Key = Annotated[
    str,
    Field(
        max_length=12,
        pattern=r"^[a-z0-9]*$",
        examples=["measure"],
        description="Stays for ever: reports and undo know the button by it. Empty: one is given.",
    ),
]
StepsGiven = Annotated[
    list[dict[str, Any]],  # each kind of step has settings of its own
    Field(
        max_length=30,
        examples=[[{"kind": "deals.set_task", "when": "client_morning"}]],
        description="`kind` and its settings: see `GET /stages/{stage}/step-kinds`.",
    ),
]
Rev = Annotated[
    str, Field(max_length=60, examples=["d3-1764064200.000000"], description="`rev` of the buttons as you read them.")
]


class OutcomeSetup(Told):
    """A way that a press may end, and its steps."""

    key: Annotated[str, Field(examples=["main"])]
    label: Annotated[str, Field(examples=["Measuring agreed"])]
    result: Annotated[Result, Field(examples=["meeting"])]
    steps: Annotated[list[dict[str, Any]], Field(examples=[[{"kind": "deals.set_task", "when": "client_morning"}]])]


class ButtonSetup(Told):
    """A button as it is set up. `tone`: plain ink, the way forward (next), money (gain) or refusal (late)."""

    key: Annotated[str, Field(examples=["measure"])]
    label: Annotated[str, Field(examples=["Measuring"])]
    icon: Annotated[str, Field(examples=["ruler-measure"])]
    tone: Annotated[Tone, Field(examples=["next"])]
    hotkey: Annotated[int, Field(examples=[1])]
    outcomes: list[OutcomeSetup]


class ButtonProblem(Told):
    """What keeps the draft from being enabled, and where: `buttons.0.outcomes.1.steps.2`."""

    place: Annotated[str, Field(examples=["buttons.0.outcomes.0"])]
    message: Annotated[str, Field(examples=["The deal is left without a next step."])]


class StageButtons(Told):
    """The live buttons of a stage and the draft, null where nobody has begun one. Send `rev` back to change it."""

    stage: Annotated[Named, Field(examples=[{"id": "k7m2p9x4w3ab", "name": "New"}])]
    rev: Annotated[str, Field(examples=["d3-1764064200.000000"])]
    live_version: Annotated[int, Field(examples=[2])] | None
    live: list[ButtonSetup]
    draft: list[ButtonSetup] | None
    saved_at: datetime | None
    author: Annotated[str, Field(examples=["Olga Orlova"])]
    problems: list[ButtonProblem]


class OutcomeGiven(Given):
    """A way that a press may end; the first of a button is that of a plain press."""

    key: Key = ""
    label: Annotated[str, Field(min_length=1, max_length=60, examples=["Measuring agreed"])]
    result: Annotated[Result, Field(examples=["meeting"])] = "step"
    steps: StepsGiven = []


class ButtonGiven(Given):
    """A button to be. `hotkey` null: the lowest digit that is free."""

    key: Key = ""
    label: Annotated[str, Field(min_length=1, max_length=18, examples=["Measuring"])]
    icon: Annotated[str, Field(max_length=40, pattern=r"^[a-z0-9-]+$", examples=["ruler-measure"])] = "hand-click"
    tone: Tone = "ink"
    hotkey: Annotated[int, Field(ge=1, le=8)] | None = None
    outcomes: Annotated[list[OutcomeGiven], Field(min_length=1, max_length=12)]


class DraftGiven(Given):
    """The whole draft, all buttons in their order, over the one that you read (`rev`)."""

    rev: Rev
    buttons: Annotated[list[ButtonGiven], Field(max_length=8)]


class RevGiven(Given):
    """The draft that is meant."""

    rev: Rev


class Version(Told):
    """A version of the buttons that is or was live."""

    version: Annotated[int, Field(examples=[3])]
    is_live: bool
    live_since: datetime | None
    saved_at: datetime
    author: Annotated[str, Field(examples=["Olga Orlova"])]
    buttons: list[ButtonSetup]


class VersionList(Told):
    """The versions of a stage's buttons, newest first; a hundred at most."""

    items: list[Version]


class TryGiven(Given):
    """Which outcome is tried on whom. `misses`: how many of his calls were missed before."""

    client: PublicId
    button: Annotated[str, Field(max_length=12, examples=["miss"])]
    outcome: Annotated[str, Field(max_length=12, examples=["busy"])] | None = None
    which: Literal["live", "draft"] = "draft"
    misses: Annotated[int, Field(ge=0, le=99)] = 0
    answers: Annotated[
        dict[Annotated[str, Field(max_length=60)], Annotated[str, Field(max_length=10_000)]], Field(max_length=30)
    ] = {}


class TriedEffect(Told):
    """Something that would happen, or not (`happens`), in words."""

    code: Annotated[str, Field(examples=["stage"])]
    words: Annotated[str, Field(examples=["stage: New → Measuring"])]
    at: datetime | None
    happens: Annotated[bool, Field(examples=[True])]


class Tried(Told):
    """What the outcome would do now; nothing has been done. What is not answered is taken as people mostly answer."""

    effects: list[TriedEffect]


class Option(Told):
    """A value that a setting may have here, and its words."""

    value: Annotated[str, Field(examples=["k7m2p9x4w3ab"])]
    words: Annotated[str, Field(examples=["Measuring"])]


class StepSetting(Told):
    """A setting of a step. `options`: what may be picked at this stage, null where the type says it.

    `matters_when`: the values of another setting with which it matters at all.
    """

    name: Annotated[str, Field(examples=["stage"])]
    label: Annotated[str, Field(examples=["Stage"])]
    help: str
    words: dict[str, str]
    options: list[Option] | None
    matters_when: dict[str, list[str]]


class StepKind(Told):
    """A kind of step with the JSON Schema of its settings. `ending`: what it does to the next step of the deal.

    next sets one, close ends the deal, maybe does one or the other; each outcome has exactly one such step.
    """

    model_config = ConfigDict(populate_by_name=True)

    kind: Annotated[str, Field(examples=["deals.change_stage"])]
    name: Annotated[str, Field(examples=["change the stage"])]
    ending: Literal["", "next", "close", "maybe"]
    schema_: Annotated[dict[str, Any], Field(alias="schema", examples=[{"type": "object", "properties": {}}])]
    settings: list[StepSetting]


class StepKindList(Told):
    """The kinds of steps that buttons of the stage may have, the usual ones first."""

    items: list[StepKind]


def buttons_out(buttons: Sequence[Json]) -> list[ButtonSetup]:
    """Return stored buttons as they go out."""
    return [
        ButtonSetup(
            key=one["key"],
            label=one["label"],
            icon=one.get("icon", "circle"),
            tone=tone_of(one),
            hotkey=one["hotkey"],
            outcomes=[
                OutcomeSetup(key=way["key"], label=way["label"], result=way.get("result", "step"), steps=way["steps"])
                for way in one["outcomes"]
            ],
        )
        for one in buttons
    ]


def buttons_in(sent: Sequence[ButtonGiven]) -> list[Json]:
    """Return buttons as they are stored."""
    made = []
    for one in sent:
        button = one.model_dump(exclude={"tone"})
        toned(button, one.tone)
        made.append(button)
    return made


def problem_place(buttons: Sequence[Json], problem: Problem) -> str:
    """Return where a problem is, by places in the document."""
    at = [one["key"] for one in buttons].index(problem.button)
    outcome = [one["key"] for one in buttons[at]["outcomes"]].index(problem.outcome)
    place = f"buttons.{at}.outcomes.{outcome}"
    return place if problem.step is None else f"{place}.steps.{problem.step}"


def stage_buttons_out(draft: Draft, problems: Sequence[Problem]) -> StageButtons:
    """Return the buttons of a stage with what is wrong with the draft."""
    return StageButtons(
        stage=Named(id=draft.stage.public_id, name=draft.stage.name),
        rev=draft.rev,
        live_version=draft.live_version,
        live=buttons_out(draft.live),
        draft=buttons_out(draft.buttons) if draft.is_draft else None,
        saved_at=draft.saved_at,
        author=draft.author,
        problems=[ButtonProblem(place=problem_place(draft.buttons, one), message=one.message) for one in problems],
    )


def version_out(row: "ButtonSet") -> Version:
    """Return a version as it goes out."""
    return Version(
        version=row.version,
        is_live=row.state == "live",
        live_since=row.live_since,
        saved_at=row.saved_at,
        author=row.author.name if row.author is not None else "",
        buttons=buttons_out(row.buttons),
    )


def step_kind_out(kind: type[Step], checker: "StepChecker") -> StepKind:
    """Return a kind of step with what may be picked for its settings at the checker's stage."""
    return StepKind(
        kind=kind.kind,
        name=str(kind.title),
        ending=kind.ending,
        schema_=kind.model_json_schema(),
        settings=[_setting(name, one, checker) for name, one in kind.settings.items()],
    )


def _setting(name: str, setting: Setting, checker: "StepChecker") -> StepSetting:
    when: Mapping[str, list[str]] = {setting.when[0]: sorted(setting.when[1])} if setting.when is not None else {}
    options = [Option(value=value, words=str(words)) for value, words in checker.options(setting)]
    return StepSetting(
        name=name,
        label=str(setting.label),
        help=str(setting.help),
        words={value: str(words) for value, words in setting.words.items()},
        options=options if setting.is_picked else None,
        matters_when=dict(when),
    )
