"""What happens to deals, as others may hear it."""

from dataclasses import dataclass
from typing import ClassVar

from voronka.kit.events.log import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class DealOpened(Event):
    """A deal was opened from `source` (hand, form, import, api, list); `responsible_id` is empty in the common pool.

    `callable_at` is the first moment at which its client might be called, where somebody waited for a call.
    """

    subject: ClassVar = ("deal", "deal_id")
    deal_id: int
    client_id: int
    pipeline_id: int
    stage_id: int
    source: str
    responsible_id: int | None = None
    callable_at: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DealShared(Event):
    """A deal was given to an employee by a rule of its pipeline; None is the common pool.

    `why` is the way of the rule (owner, turn, load, pool), or escalation and hand_over for those; `figure` the load
    that won or how many the turn goes round; `skipped` says who was passed over: `reason:employee`.
    """

    subject: ClassVar = ("deal", "deal_id")
    deal_id: int
    client_id: int
    employee_id: int | None
    rule_id: int | None
    why: str
    figure: int
    skipped: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerLate(Event):
    """A new deal was not answered in time: step 1 was told to the head, step 2 gave it to somebody else."""

    subject: ClassVar = ("deal", "deal_id")
    deal_id: int
    client_id: int
    step: int
    waited_minutes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ExampleDealRemoved(Event):
    """A deal of an invented client was taken away: what the log says of it is counted nowhere any more."""

    subject: ClassVar = ("deal", "deal_id")
    deal_id: int
    client_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DealsHandedOver(Event):
    """Deals and tasks of an employee were given to others at once, or taken back."""

    subject: ClassVar = ("hand_over", "hand_over_id")
    hand_over_id: int
    from_employee_id: int
    to_employee_id: int | None
    deals: int
    tasks: int
    undone: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class DealChanged(Event):
    """Fields of the deal's own were changed without a press; the values are in the history."""

    subject: ClassVar = ("deal", "deal_id")
    deal_id: int
    client_id: int
    fields: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class DealGoodsChanged(Event):
    """What is sold in the deal was changed: how many lines it has now, and its sum, None where it has none.

    `product_sums` are the goods of the catalogue among them by product: [product, quantity, total].
    """

    subject: ClassVar = ("deal", "deal_id")
    deal_id: int
    client_id: int
    lines: int
    sum: str | None
    product_sums: list[list[int | str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class ButtonPressed(Event):
    """A button was pressed: one row a press, whatever its steps did; they carry its id as their cause."""

    subject: ClassVar = ("deal", "deal_id")
    deal_id: int
    client_id: int
    press_id: int
    button: str
    outcome: str
    result: str
    pipeline_id: int
    stage_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PressUndone(Event):
    """A press was taken back, within seconds or later."""

    subject: ClassVar = ("deal", "deal_id")
    deal_id: int
    client_id: int
    press_id: int
    result: str
    late: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class StageChanged(Event):
    """The deal moved to another stage."""

    subject: ClassVar = ("deal", "deal_id")
    deal_id: int
    client_id: int
    from_stage_id: int
    to_stage_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class NextStepSet(Event):
    """The deal got its next step."""

    subject: ClassVar = ("deal", "deal_id")
    deal_id: int
    client_id: int
    task_id: int
    kind: str
    at: str
    promised: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class MissCounted(Event):
    """A call was not got through; `count` is how many in a row by now."""

    subject: ClassVar = ("deal", "deal_id")
    deal_id: int
    client_id: int
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DealClosed(Event):
    """The deal was closed as won (with its sum), lost (with the code of the reason) or archived."""

    subject: ClassVar = ("deal", "deal_id")
    deal_id: int
    client_id: int
    state: str
    sum: str | None
    currency: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ResponsibleChanged(Event):
    """Another employee answers for the deal; None is the common pool."""

    subject: ClassVar = ("deal", "deal_id")
    deal_id: int
    client_id: int
    from_employee_id: int | None
    to_employee_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ButtonsEnabled(Event):
    """A version of a stage's buttons was put before everybody."""

    subject: ClassVar = ("stage", "stage_id")
    stage_id: int
    version: int
