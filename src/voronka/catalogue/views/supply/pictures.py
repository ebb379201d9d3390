"""Geometry of the pictures beside a line in doubt: the list as ticks, prices over time as bars."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from voronka.catalogue.queries.supply import PastPrice

TICKS, WIDTH = 172, 1376
_BARS, _STEP, _FLOOR, _ROOM = 8, 60, 72, 46


@dataclass(frozen=True, slots=True)
class Tick:
    """A stroke of the list: its kind (done, hand, now, ahead) and its path."""

    kind: str
    d: str


def share(by_itself: int, by_hand: int, left: int) -> list[Tick]:
    """Return the list as ticks: bound by itself, by people, asked about now, left."""
    total = by_itself + by_hand + left
    if not total:
        return []
    done = round(by_itself / total * TICKS)
    hand = max(round(by_hand / total * TICKS), min(by_hand, 1))
    ticks = []
    for place in range(TICKS):
        kind = "is-done" if place < done else "is-hand" if place < done + hand else ""
        if left and place == min(done + hand, TICKS - 1):
            kind = "is-now"
        ticks.append(Tick(kind, f"M{place * 8 + 4} {0 if kind == 'is-now' else 6}V24"))
    return ticks


@dataclass(frozen=True, slots=True)
class Bar:
    """A price: the bar's place and size, its moment, whether it is today's and whether it differs from the last."""

    x: int
    y: float
    height: float
    at: datetime
    price: Decimal
    is_now: bool
    is_new: bool

    @property
    def middle(self) -> int:
        """Return where its words stand."""
        return self.x + 8

    @property
    def above(self) -> float:
        """Return where its sum stands."""
        return self.y - 5


def curve(past: Sequence[PastPrice]) -> list[Bar]:
    """Return the prices as bars over a floor of their own: differences are what is looked at."""
    shown = list(past[-_BARS:])
    most, least = max(one.price for one in shown), min(one.price for one in shown)
    base = least - (most - least) * Decimal("0.4") if most > least else least / 2
    bars = []
    for place, one in enumerate(shown):
        height = float((one.price - base) / (most - base)) * _ROOM
        is_new = place == 0 or one.price != shown[place - 1].price
        bars.append(
            Bar(place * _STEP + 6, round(_FLOOR - height, 1), round(height, 1), one.at, one.price,
                is_now=place == len(shown) - 1, is_new=is_new)
        )  # fmt: skip
    return bars
