"""What the demo's deals move along: managers with their hours, pipelines with their buttons, a draft in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from voronka.deals.models import ButtonSet, Deal, LossReason, Pipeline, Stage
from voronka.deals.rules.buttons import Button, Buttons, Outcome
from voronka.deals.services.drafts import DealDraft
from voronka.kit.actors import Actor
from voronka.kit.steps import Step, parse_steps
from voronka.messaging.models import Template

OPENS, CLOSES = 9 * 60, 18 * 60  # of a manager's day, by his own clock


@dataclass(slots=True)
class Worker:
    """A manager of the demo: as actor, with his own pool and how many clients he was given."""

    actor: Actor
    pool_id: int
    turns: int = 0

    @property
    def zone(self) -> ZoneInfo:
        """His clock."""
        return self.actor.zone

    def is_at_work(self, at: datetime) -> bool:
        """Tell whether it is a working hour of his."""
        local = at.astimezone(self.zone)
        return local.weekday() < 5 and OPENS <= local.hour * 60 + local.minute < CLOSES

    def next_start(self, at: datetime) -> datetime:
        """Return when his next working day begins."""
        local = at.astimezone(self.zone)
        day = local.replace(hour=9, minute=0, second=0, microsecond=0)
        while day <= local or day.weekday() > 4:
            day = (day + timedelta(days=1)).replace(hour=9)
        return day.astimezone(UTC)


@dataclass(slots=True)
class Rails:
    """The set-up that deals move along, read once: pipelines, stages, buttons, reasons, letters."""

    pipelines: Mapping[str, Pipeline]
    stages: Mapping[int, Sequence[Stage]]
    sets: Mapping[int, ButtonSet]
    reasons: Mapping[str, LossReason]
    templates: Mapping[str, Template]
    pools: Mapping[int, int]
    _buttons: dict[int, Buttons] = field(default_factory=dict)
    _steps: dict[tuple[int, str, str], Sequence[Step]] = field(default_factory=dict)

    def find(self, stage_id: int, button: str, outcome: str) -> tuple[Button, Outcome, Sequence[Step]] | None:
        """Return a button of a stage with its outcome and steps; None where the stage has none."""
        buttons = self._buttons.get(stage_id)
        if buttons is None:
            buttons = Buttons.model_validate({"buttons": self.sets[stage_id].buttons})
            self._buttons[stage_id] = buttons
        found = buttons.button(button)
        way = found.outcome(outcome) if found else None
        if found is None or way is None:
            return None
        key = (stage_id, button, outcome)
        if key not in self._steps:
            self._steps[key] = parse_steps(way.steps)
        return found, way, self._steps[key]


class StoryDraft(DealDraft):
    """A deal in hand that knows its stages and reasons by heart: thousands of presses ask the database nothing."""

    rails: Rails

    def change_stage(self, public_id: str) -> str:
        """Move to a stage of the deal's pipeline."""
        stage = next(one for one in self.rails.stages[self.deal.pipeline_id] if one.public_id == public_id)
        self.stage_names[stage.pk] = stage.name
        self.deal.stage, self.deal.stage_since = stage, self.now
        return stage.name

    def lose(self, reason_code: str) -> str:
        """Close as lost for a reason of the list."""
        reason = self.rails.reasons[reason_code]
        self.deal.loss_reason, self.loss_code = reason, reason.code
        self._close(Deal.State.LOST)
        return reason.name

    def next_client_morning(self, now: datetime) -> datetime:
        """Return the opening of the client's next working day; the demo knows no holidays."""
        zone = self.client_zone()
        day = now.astimezone(zone).date() + timedelta(days=1)
        while day.weekday() > 4:
            day += timedelta(days=1)
        return self.hours.next_open(_midnight(day, zone))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
