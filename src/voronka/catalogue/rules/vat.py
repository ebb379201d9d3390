"""Rates of VAT as data with dates of force: `data/vat.csv`. Russian tax code, articles 164 and 145.

A product keeps a code, the percent is found by the day of the sale; a return or correction takes the day of its sale.
Codes that end in `_of` are the calculated rates (22/122): they come with advances, goods never have them.
"""

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

_FILE = Path(__file__).resolve().parent.parent / "data" / "vat.csv"
NONE = "none"  # not taxed: no rate at all, which is not the rate of nought


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate from a day on. `divisor` is the lower number of a calculated rate: 22/122."""

    since: date
    percent: Decimal
    divisor: Decimal | None = None


@cache
def rates() -> dict[str, tuple[Rate, ...]]:
    """Return the rates of each code, the newest first."""
    found: dict[str, list[Rate]] = {}
    with _FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            divisor = Decimal(row["divisor"]) if row["divisor"] else None
            rate = Rate(date.fromisoformat(row["since"]), Decimal(row["percent"]), divisor)
            found.setdefault(row["code"], []).append(rate)
    return {code: tuple(sorted(rows, key=lambda one: one.since, reverse=True)) for code, rows in found.items()}


def codes() -> tuple[str, ...]:
    """Return the codes that goods may have."""
    return (*(code for code in rates() if not code.endswith("_of")), NONE)


def rate_on(code: str, day: date) -> Rate | None:
    """Return the rate of a code on a day; None where nothing is taxed.

    Raises KeyError for an unknown code, ValueError for a day before the rate came into force.
    """
    if code == NONE:
        return None
    for rate in rates()[code]:
        if rate.since <= day:
            return rate
    raise ValueError(f"VAT {code} was not in force on {day.isoformat()}")


def percent_on(code: str, day: date) -> Decimal | None:
    """Return the percent of a code on a day; None where nothing is taxed. Raises as `rate_on` does."""
    rate = rate_on(code, day)
    return None if rate is None else rate.percent


def calculated(code: str) -> str:
    """Return the code by which the tax inside an advance is counted (`main_of`), the code itself without one."""
    return f"{code}_of" if f"{code}_of" in rates() else code
