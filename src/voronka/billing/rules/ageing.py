"""Debts by their age."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

# The last day of each age, in days past the day of payment; what is older stands in the last.
AGES: tuple[tuple[str, int | None], ...] = (
    ("due", 0), ("7", 7), ("30", 30), ("60", 60), ("90", 90), ("older", None),
)  # fmt: skip


def age_of(due: date, today: date) -> str:
    """Return the age of a debt: due (its day has not passed), 7 (1 to 7 days late), 30, 60, 90, older."""
    late = (today - due).days
    return next(name for name, last in AGES if last is None or late <= last)


def aged(debts: Iterable[tuple[date, Decimal]], today: date) -> dict[str, Decimal]:
    """Return sums by age, every age named, zeros too."""
    sums = {name: Decimal("0.00") for name, _last in AGES}
    for due, amount in debts:
        sums[age_of(due, today)] += amount
    return sums
