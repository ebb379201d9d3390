"""The figures of one employee in one period, and who stands out among colleagues."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from voronka.audience.rules.shares import ENOUGH, SURE, change, share

# Kinds of outcome that a button may have; `step` is no end of a call (docs/algorithms/reports.md).
RESULTS = (
    "no_answer", "call_back", "thinking", "meeting", "paid", "refused", "wrong_number", "talk", "step",
)  # fmt: skip
NO_CALL = frozenset({"step"})
NO_TALK = frozenset({"no_answer", "wrong_number"})
SLOWER = 1.5  # times the first answer before: worth saying, if it is also over the norm


@dataclass(slots=True)
class Figures:
    """What one employee, or all together, did in a period. `answer` is a median in seconds.

    `repeats` are orders of clients who had ordered before.
    """

    by_result: dict[str, int] = field(default_factory=dict)
    opened: int = 0
    won: int = 0
    lost: int = 0
    archived: int = 0
    sum: Decimal = Decimal(0)
    repeats: int = 0
    answered: int = 0
    answer: float | None = None

    @property
    def presses(self) -> int:
        """All presses that stand."""
        return sum(self.by_result.values())

    @property
    def calls(self) -> int:
        """Presses that ended a call."""
        return sum(count for result, count in self.by_result.items() if result not in NO_CALL)

    @property
    def talks(self) -> int:
        """Calls in which somebody was talked to."""
        return sum(n for result, n in self.by_result.items() if result not in NO_CALL | NO_TALK)

    @property
    def closed(self) -> int:
        """Deals closed in any way."""
        return self.won + self.lost + self.archived

    @property
    def conversion(self) -> float | None:
        """The share of closed deals that were won."""
        return share(self.won, self.closed)

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was done at all."""
        return not (self.presses or self.opened or self.closed or self.answered or self.repeats)


@dataclass(frozen=True, slots=True)
class Standout:
    """Who is named first: row `at`; what got worse: slower to answer, converts less."""

    at: int
    is_slower: bool
    converts_less: bool


def stand_out(rows: Sequence[tuple[Figures, Figures]], norm_seconds: float) -> Standout | None:
    """Return the employee (figures now and before) whose work got worse beyond chance, the worst one; else None."""
    found: list[tuple[float, Standout]] = []
    for at, (now, was) in enumerate(rows):
        fall = -change(now.won, now.closed, was.won, was.closed)
        slower = _is_slower(now, was, norm_seconds)
        if slower or fall > SURE:
            weight = max(fall, 0.0) + (now.answer or 0) / max(was.answer or 1, 1) * slower
            found.append((weight, Standout(at, slower, fall > SURE)))
    return max(found, key=lambda one: one[0])[1] if found else None


def _is_slower(now: Figures, was: Figures, norm: float) -> bool:
    if now.answer is None or was.answer is None or min(now.answered, was.answered) < ENOUGH:
        return False
    return now.answer > norm and now.answer > was.answer * SLOWER
