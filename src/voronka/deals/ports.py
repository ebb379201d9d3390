"""What steps may ask of the record in hand: a press gives them a draft, written once. What deals ask of upper parts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol, runtime_checkable
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class NextStep:
    """The next task of a deal. `promised` means that the client was told the time."""

    kind: str
    title: str
    at: datetime
    promised: bool = False


class CallHours(Protocol):
    """When the client may be called."""

    def is_open(self, at: datetime) -> bool:
        """Tell whether the client may be called at the moment."""

    def next_open(self, at: datetime) -> datetime:
        """Return the first moment, `at` or later, when calls are allowed."""


@runtime_checkable
class HasStage(Protocol):
    """Moves along stages of a pipeline."""

    def stage_name(self) -> str:
        """Return the name of the present stage."""

    def change_stage(self, public_id: str) -> str:
        """Move to a stage of the same pipeline and return its name; Refusal when it is gone."""


@runtime_checkable
class HasNextStep(Protocol):
    """Always has exactly one next step while it is open."""

    def set_next(self, step: NextStep) -> None:
        """Replace the next step; Refusal when one was set by this press already."""

    def calling_hours(self) -> CallHours:
        """Return when the client may be called."""

    def within_calling_hours(self, at: datetime) -> datetime:
        """Return `at`, or the next moment at which the client may be called."""

    def next_client_morning(self, now: datetime) -> datetime:
        """Return the beginning of the client's next calling day that is a working day of the company."""


@runtime_checkable
class KnowsClientZone(Protocol):
    """Knows by which clock its client lives."""

    def client_zone(self) -> ZoneInfo:
        """Return the client's zone."""


@runtime_checkable
class CountsMisses(Protocol):
    """Counts calls not got through in a row."""

    def miss_count(self) -> int:
        """Return how many calls in a row were missed."""

    def set_misses(self, count: int) -> None:
        """Set the count; 0 after a conversation."""


@runtime_checkable
class HasTags(Protocol):
    """Carries tags."""

    def add_tag(self, tag: str) -> bool:
        """Add a tag; False when it was there."""

    def remove_tag(self, tag: str) -> bool:
        """Remove a tag; False when it was not there."""


@runtime_checkable
class HasResponsible(Protocol):
    """Somebody is responsible for it."""

    def assign(self, employee_id: int | None) -> None:
        """Make an employee responsible; None gives it back to the common pool."""


@runtime_checkable
class HasFields(Protocol):
    """Holds what a press asks for."""

    def present_sum(self) -> Decimal | None:
        """Return the sum as it is, None when nobody knows it yet."""

    def set_sum(self, amount: Decimal) -> None:
        """Set the sum, in the record's currency."""

    def set_field(self, code: str, value: object) -> None:
        """Set a custom field of the client to a validated JSON value."""

    def set_own_field(self, code: str, value: object) -> None:
        """Set an own field of the record itself to a validated JSON value."""

    def comment(self, text: str) -> None:
        """Keep what the person wrote as a note on the client."""


@dataclass(frozen=True, slots=True)
class GoodsLine:
    """So much of something at a price; `discount` is a sum off the whole line. `variant_id` is empty for words."""

    name: str
    quantity: Decimal
    price: Decimal
    discount: Decimal
    unit: str = "796"
    vat: str = ""
    variant_id: int | None = None
    is_service: bool = False


@runtime_checkable
class HasGoods(Protocol):
    """Knows what is sold, line by line."""

    def goods(self) -> Sequence[GoodsLine]:
        """Return the lines in their order, none where nothing is named."""


@runtime_checkable
class Closes(Protocol):
    """Can be closed."""

    def win(self) -> None:
        """Close as won; Refusal without a positive sum."""

    def lose(self, reason_code: str) -> str:
        """Close as lost for a reason of the company's list and return its name; Refusal when unknown."""

    def archive(self) -> None:
        """Close without a result."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How deals usually pass a stage: the median of seconds spent in it, the share that went on (0-1); None unknown."""

    seconds: float | None = None
    passed: float | None = None


PaceOf = Callable[[int, Sequence[int], datetime], Mapping[int, Pace]]
_pace: list[PaceOf] = []


def register_pace(pace: PaceOf) -> None:
    """Offer how deals of a pipeline (id, ids of its stages in order, now) usually pass its stages, by stage."""
    _pace.append(pace)


def pace_of(pipeline_id: int, stage_ids: Sequence[int], now: datetime) -> Mapping[int, Pace]:
    """Return how deals usually pass the stages of a pipeline, as far as anybody knows."""
    return next((one(pipeline_id, stage_ids, now) for one in _pace), {})
