"""One deal's facts, folded from its own events: docs/algorithms/reports.md.

Presses that were taken back leave no trace: whatever carries their cause is passed over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from voronka.deals import events
from voronka.kit.events import RecordedEvent

OPENED = events.DealOpened.name()
PRESSED = events.ButtonPressed.name()
UNDONE = events.PressUndone.name()
MOVED = events.StageChanged.name()
CLOSED = events.DealClosed.name()
GIVEN = events.ResponsibleChanged.name()
GOODS = events.DealGoodsChanged.name()
INVENTED = events.ExampleDealRemoved.name()
NAMES = (OPENED, PRESSED, UNDONE, MOVED, CLOSED, GIVEN, GOODS, INVENTED)


@dataclass(slots=True)
class Facts:
    """What the log says of one deal; `seconds` are its finished stays by stage, `callable_at` when one could call.

    `goods` are quantity and total by product, as they were last told.
    """

    deal_id: int
    pipeline_id: int
    source: str
    opened_at: datetime
    callable_at: datetime
    responsible_id: int | None
    stage_id: int
    stage_since: datetime
    state: str = "open"
    closed_at: datetime | None = None
    closed_by: int | None = None
    sum: Decimal | None = None
    currency: str = ""
    reason: str = ""
    answered_at: datetime | None = None
    answered_by: int | None = None
    wait_seconds: int | None = None
    seconds: dict[int, int] = field(default_factory=dict)
    goods: dict[int, tuple[Decimal, Decimal]] = field(default_factory=dict)

    def row(self) -> dict[str, object]:
        """Return the columns of the deal's fact."""
        return {name: getattr(self, name) for name in COLUMNS}


COLUMNS = tuple(name for name in Facts.__slots__ if name not in ("seconds", "goods", "callable_at"))


def fold(told: Sequence[RecordedEvent]) -> Facts | None:
    """Return the facts of a deal from its events in their order; None before it was opened, and of an invented one."""
    if is_invented(told):
        return None
    undone = {one.cause for one in told if one.name == UNDONE and one.cause is not None}
    facts: Facts | None = None
    for one in told:
        if one.cause is not None and one.cause in undone:
            continue
        if one.name == OPENED:
            facts = facts or _opened(one)
        elif facts is not None:
            _apply(facts, one)
    return facts


def is_invented(told: Sequence[RecordedEvent]) -> bool:
    """Tell whether the deal was one of the example and is taken away: nothing of it is counted."""
    return any(one.name == INVENTED for one in told)


def standing_presses(told: Sequence[RecordedEvent]) -> list[RecordedEvent]:
    """Return the presses of a deal that were not taken back, in their order."""
    undone = {one.payload["press_id"] for one in told if one.name == UNDONE}
    return [one for one in told if one.name == PRESSED and one.payload["press_id"] not in undone]


def _opened(one: RecordedEvent) -> Facts:
    told = one.payload
    return Facts(
        deal_id=told["deal_id"],
        pipeline_id=told["pipeline_id"],
        source=told["source"],
        opened_at=one.at,
        callable_at=datetime.fromisoformat(told["callable_at"]) if told.get("callable_at") else one.at,
        responsible_id=told.get("responsible_id"),
        stage_id=told["stage_id"],
        stage_since=one.at,
    )


def _apply(facts: Facts, one: RecordedEvent) -> None:
    if one.name == PRESSED:
        if facts.answered_at is None and one.employee_id is not None:
            facts.answered_at, facts.answered_by = one.at, one.employee_id
            facts.wait_seconds = max(0, int((one.at - facts.callable_at).total_seconds()))
    elif one.name == MOVED:
        _leave(facts, one.at)
        facts.stage_id, facts.stage_since = one.payload["to_stage_id"], one.at
    elif one.name == GIVEN:
        facts.responsible_id = one.payload["to_employee_id"]
    elif one.name == GOODS:
        facts.goods = {
            int(product): (Decimal(str(quantity)), Decimal(str(total)))
            for product, quantity, total in one.payload["product_sums"]
        }
    elif one.name == CLOSED:
        _leave(facts, one.at)
        _close(facts, one, one.payload)


def _leave(facts: Facts, at: datetime) -> None:
    """End the stay in the present stage; a closed deal stands nowhere, so its moves take no time."""
    if facts.state == "open":
        stood = int((at - facts.stage_since).total_seconds())
        facts.seconds[facts.stage_id] = facts.seconds.get(facts.stage_id, 0) + max(0, stood)


def _close(facts: Facts, one: RecordedEvent, told: Mapping[str, str | None]) -> None:
    amount = told["sum"]
    facts.state, facts.closed_at = str(told["state"]), one.at
    facts.closed_by = one.employee_id if one.employee_id is not None else facts.responsible_id
    facts.sum = Decimal(amount) if amount is not None else None
    facts.currency, facts.reason = told["currency"] or "", told["reason"] or ""
