"""Deals that were closed, by what was sold in them: plain values."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(slots=True)
class Sold:
    """A product or a category: deals won and gone, the money of the won ones, and where the others died, by stage."""

    won: int = 0
    gone: int = 0
    sum: Decimal = Decimal(0)
    died: dict[int, int] = field(default_factory=dict)

    @property
    def closed(self) -> int:
        """How many deals were closed in all."""
        return self.won + self.gone

    @property
    def share(self) -> float | None:
        """The share of closed deals that were won, None without any."""
        return self.won / self.closed if self.closed else None

    @property
    def dies_at(self) -> int | None:
        """The stage where most of them died, the first of equals; None where none did."""
        return min(self.died, key=lambda stage: (-self.died[stage], stage)) if self.died else None

    def add(self, stage: int, state: str, count: int, amount: Decimal) -> None:
        """Count deals closed alike."""
        if state == "won":
            self.won += count
            self.sum += amount
        else:
            self.gone += count
            self.died[stage] = self.died.get(stage, 0) + count


def gathered(rows: Iterable[tuple[int, int, str, int, Decimal]]) -> dict[int, Sold]:
    """Return what was sold by its key: rows of (key, stage, state, count, sum)."""
    found: dict[int, Sold] = {}
    for key, stage, state, count, amount in rows:
        found.setdefault(key, Sold()).add(stage, state, count, amount)
    return found
