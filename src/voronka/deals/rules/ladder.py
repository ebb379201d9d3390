"""The ladder of calls not got through: each miss has its delay, the last one may archive the deal.

A retry never lands outside the client's calling hours: what would, goes to the next moment when calls are
allowed. See docs/algorithms/ladder.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from voronka.deals.rules.sides import CallHours

MAX_RUNGS = 12
MIN_DELAY = 1
MAX_DELAY = 60 * 24 * 60
ARCHIVE: Literal["archive"] = "archive"

Rung = int | Literal["archive"]
"""Minutes to the next call, or `archive`."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with an edited ladder: a code, and the row (from 0) unless it is about the whole table."""

    code: str
    row: int | None = None


class BadLadder(ValueError):
    """The rows cannot be a ladder; `problems` say why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Ladder:
    """Rungs in order. Raises BadLadder for rows that cannot be one."""

    rungs: tuple[Rung, ...]

    def __post_init__(self) -> None:
        if problems := ladder_problems(self.rungs):
            raise BadLadder(problems)


@dataclass(frozen=True, slots=True)
class Retry:
    """When to call again, or that the deal goes to the archive.

    `rung` is counted from 1, `at` is None for the archive; `asked_at` is the moment the rung names and `moved`
    tells that calling hours put `at` later.
    """

    rung: int
    archive: bool
    at: datetime | None
    asked_at: datetime | None
    moved: bool


def ladder_problems(rows: Sequence[object]) -> list[Problem]:
    """Return what is wrong with the rows of a ladder as typed: nothing when it may be saved.

    Codes: `no_rungs`, `too_many`, and for a row `not_a_number`, `too_short`, `too_long`, `archive_not_last`.
    """
    found: list[Problem] = []
    if not rows:
        found.append(Problem("no_rungs"))
    if len(rows) > MAX_RUNGS:
        found.append(Problem("too_many"))
    last = len(rows) - 1
    for row, value in enumerate(rows[: MAX_RUNGS + 1]):
        if code := _row_problem(value, is_last=row == last):
            found.append(Problem(code, row))
    return found


def _row_problem(value: object, *, is_last: bool) -> str | None:
    if value == ARCHIVE:
        return None if is_last else "archive_not_last"
    if isinstance(value, bool) or not isinstance(value, int):
        return "not_a_number"
    if value < MIN_DELAY:
        return "too_short"
    return "too_long" if value > MAX_DELAY else None


DEFAULT_LADDER = Ladder((5, 30, 3 * 60, 24 * 60, ARCHIVE))


def next_rung(ladder: Ladder, misses: int) -> int:
    """Return the rung, from 1, for a miss that comes after `misses` earlier ones.

    Above the top the last rung holds: the archive, or the same delay again.
    """
    return min(max(misses, 0) + 1, len(ladder.rungs))


def retry_at(ladder: Ladder, misses: int, now: datetime, window: CallHours) -> Retry:
    """Return what a miss at `now` leads to, `misses` being the deal's counter before it."""
    number = next_rung(ladder, misses)
    rung = ladder.rungs[number - 1]
    if isinstance(rung, str):
        return Retry(number, archive=True, at=None, asked_at=None, moved=False)
    asked = now.astimezone(UTC) + timedelta(minutes=rung)
    at = window.next_open(asked)
    return Retry(number, archive=False, at=at, asked_at=asked, moved=at > asked)
