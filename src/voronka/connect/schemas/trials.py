"""A/B tests and what they have come to."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from voronka.connect.schemas.common import Money, PublicId, Told
from voronka.trials.queries import Figures

if TYPE_CHECKING:
    from voronka.trials.queries import Result


class Band(Told):
    """How much more than the control an arm brings by head shown: as it looks, and between what it surely lies."""

    estimate: Annotated[float, Field(examples=[36.1])]
    low: Annotated[float, Field(examples=[2.4])]
    high: Annotated[float, Field(examples=[68.0])]


class Arm(Told):
    """An arm. `band` is null for the control, and while too few have bought; `verdict` tells what is sure."""

    number: Annotated[int, Field(examples=[2])]
    name: str
    share: int
    is_control: bool
    shown: int
    buyers: int
    orders: int
    money: Money
    returned: Money
    verdict: Literal["better", "worse", "same", "open"] | None
    band: Band | None


class Test(Told):
    """An A/B test. `code` says how it ended, `winner` is the number of an arm; `sentence` is for people."""

    id: PublicId
    kind: Literal["letter", "flow", "widget"]
    name: str
    metric: Literal["money", "buyers"]
    currency: str
    window_days: int
    state: Literal["draft", "running", "decided", "stopped"]
    code: Annotated[str, Field(examples=["win"])]
    winner: Annotated[int | None, Field(examples=[2])]
    shares_hold: bool
    started_at: datetime | None
    ended_at: datetime | None
    days_left: int | None
    sentence: str
    arms: list[Arm]


class TestList(Told):
    """A page of tests, the newest first."""

    items: list[Test]
    next: str | None


def test_out(found: "Result", sentence: str) -> Test:
    """Return a test as a document."""
    row = found.trial
    return Test(
        id=row.public_id, kind=row.kind, name=row.name, metric=row.metric, currency=row.currency,
        window_days=row.window_days, state=row.state, code=row.code, winner=row.winner or None,
        shares_hold=not found.is_skewed, started_at=row.started_at, ended_at=row.ended_at, days_left=found.days_left,
        sentence=sentence, arms=[_arm_out(found, one.number, one.name, one.share) for one in found.arms],
    )  # fmt: skip


def _arm_out(found: "Result", number: int, name: str, share: int) -> Arm:
    held, band = found.figures.get(number, Figures()), found.reading.bands.get(number)
    return Arm(
        number=number, name=name, share=share, is_control=number == found.control, shown=held.shown,
        buyers=held.buyers, orders=held.orders, money=Decimal(held.money), returned=Decimal(held.returned),
        verdict=found.reading.verdicts.get(number),
        band=Band(estimate=band.estimate, low=band.low, high=band.high) if band is not None else None,
    )  # fmt: skip
