"""The production calendar of Russia: public holidays, moved days off, moved working days.

Sources: Labour Code of Russia, article 112 (the holidays; one that falls on a weekend moves to the next working
day, except those of January, which the Government moves); Decree of the Government of Russia of 24.09.2025 No 1466
for 2026; of 17.09.2026 No 1187 for 2027. Five-day week.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

HOLIDAYS: Mapping[tuple[int, int], str] = {
    **dict.fromkeys(((1, day) for day in (1, 2, 3, 4, 5, 6, 8)), "new_year"),
    (1, 7): "christmas",
    (2, 23): "defender",
    (3, 8): "women",
    (5, 1): "spring",
    (5, 9): "victory",
    (6, 12): "russia",
    (11, 4): "unity",
}
# Day off moved from the first to the second. A weekend that gives its rest away is worked, unless it is a holiday.
MOVED: Mapping[int, tuple[tuple[date, date], ...]] = {
    2026: ((date(2026, 1, 3), date(2026, 1, 9)), (date(2026, 1, 4), date(2026, 12, 31))),
    2027: (
        (date(2027, 1, 2), date(2027, 11, 5)),
        (date(2027, 1, 3), date(2027, 12, 31)),
        (date(2027, 2, 20), date(2027, 2, 22)),
    ),
}
YEARS = tuple(MOVED)


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day out of the usual week. `code` names the holiday, or is `moved` (day off) or `worked`."""

    on: date
    code: str
    works: bool


def production_calendar(year: int) -> list[SpecialDay]:
    """Return the days out of the usual in order. Raises ValueError for a year whose decree is not known here."""
    if year not in MOVED:
        raise ValueError(f"no production calendar of {year}")
    found = {date(year, *day): SpecialDay(date(year, *day), code, works=False) for day, code in HOLIDAYS.items()}
    for source, target in MOVED[year]:
        found[target] = SpecialDay(target, "moved", works=False)
        if source not in found:
            found[source] = SpecialDay(source, "worked", works=True)
    for month, number in HOLIDAYS:
        holiday = date(year, month, number)
        if month == 1 or holiday.weekday() < 5:
            continue
        rest = holiday + timedelta(days=1)
        while rest.weekday() >= 5 or rest in found:
            rest += timedelta(days=1)
        found[rest] = SpecialDay(rest, "moved", works=False)
    return sorted(found.values(), key=lambda one: one.on)
