"""Automations and walks through them."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from voronka.connect.schemas.common import Given, PublicId, Told

if TYPE_CHECKING:
    from voronka.flows.models import Automation as AutomationRow
    from voronka.flows.models import Run as RunRow
    from voronka.flows.models import RunStep as StepRow
    from voronka.flows.queries import Figures, SceneFigures


class Automation(Told):
    """An automation. `trigger` is the kind of what begins it, `subject` the kind of record that walks it."""

    id: PublicId
    name: Annotated[str, Field(examples=["Thanks after an order"])]
    is_on: bool
    trigger: Annotated[str, Field(examples=["orders.paid"])]
    subject: Annotated[str, Field(examples=["order"])]
    inside: int
    stuck: int
    entered_lately: int
    goals_lately: int


class AutomationList(Told):
    """A page of automations, the newest first; figures are of thirty days."""

    items: list[Automation]
    next: str | None


class Scenario(Told):
    """A scenario of the bot; figures of thirty days. Dropped are those who fell silent."""

    id: PublicId
    name: Annotated[str, Field(examples=["Where is my order"])]
    is_on: bool
    inside: int
    started_lately: int
    finished_lately: int
    handed_over_lately: int
    dropped_lately: int


class ScenarioList(Told):
    """A page of scenarios, the newest first."""

    items: list[Scenario]
    next: str | None


class AutomationSwitch(Given):
    """Whether an automation is on."""

    is_on: bool


class WalkGiven(Given):
    """Whom to bring in: the public id of a record of the automation's kind, such as a client."""

    subject: PublicId


class WalkLine(Told):
    """A line of the log: what happened, at which node, what its steps did, in words."""

    at: datetime
    node: str
    what: Annotated[str, Field(examples=["did"])]
    way: str
    effects: list[str]


class Walk(Told):
    """Somebody on his way through an automation. `why` is the code of the cause for which he is out."""

    id: PublicId
    automation: PublicId
    state: Literal["running", "failed", "done", "left", "stopped"]
    why: Annotated[str, Field(examples=["goal"])]
    subject: Annotated[str, Field(examples=["client"])]
    name: Annotated[str, Field(examples=["Anna Smirnova"])]
    node: str
    entered_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    error: str
    log: list[WalkLine] = []


class WalkList(Told):
    """A page of walks, the newest first; those of records that the key does not reach are left out."""

    items: list[Walk]
    next: str | None


def automation_out(row: "AutomationRow", figures: "Figures") -> Automation:
    """Return an automation as a document."""
    return Automation(
        id=row.public_id, name=row.name, is_on=row.is_on, trigger=row.trigger, subject=row.subject,
        inside=figures.inside, stuck=figures.stuck, entered_lately=figures.entered, goals_lately=figures.goals,
    )  # fmt: skip


def scenario_out(row: "AutomationRow", figures: "SceneFigures") -> Scenario:
    """Return a scenario as a document."""
    return Scenario(
        id=row.public_id, name=row.name, is_on=row.is_on, inside=figures.inside, started_lately=figures.started,
        finished_lately=figures.finished, handed_over_lately=figures.handed, dropped_lately=figures.dropped,
    )  # fmt: skip


def walk_out(
    row: "RunRow", names: Mapping[tuple[str, int], tuple[str, str]], log: "list[StepRow] | None" = None
) -> Walk:
    """Return a walk as a document, with its log where it is given."""
    return Walk(
        id=row.public_id, automation=row.automation.public_id, state=row.state, why=row.why,
        subject=row.subject_kind, name=names.get((row.subject_kind, row.subject_id), ("", ""))[0], node=row.node,
        entered_at=row.entered_at, due_at=row.due_at, ended_at=row.ended_at, error=row.error,
        log=[
            WalkLine(
                at=one.at, node=one.node, what=one.code, way=one.way,
                effects=[str(each.get("words", "")) for each in one.effects],
            )
            for one in log or []
        ],
    )  # fmt: skip
