"""Periods of a report: whole days of the company, one held against another.

Days are calendar days; the moments at which they begin come from the zone (kit.clocks), so a day in which the clock
is moved is 23 or 25 hours long and no moment falls between two days.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from voronka.kit.clocks import place

FIRST, LAST = date(2000, 1, 1), date(2100, 12, 31)
LONGEST_DAYS = 800
PERIODS = ("month", "last-month", "week", "quarter", "own")
AGAINST = ("before", "year", "own")


class BadPeriod(ValueError):
    """A period that cannot be: `code` says why, `field` where."""

    def __init__(self, code: str, field: str) -> None:
        super().__init__(code)
        self.code, self.field = code, field


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both of them in it."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def bounds(self, zone: str) -> tuple[datetime, datetime]:
        """Return the first moment of the period and the first one after it."""
        return place(self.first, 0, zone).at, place(self.last + timedelta(days=1), 0, zone).at

    def walk(self) -> list[date]:
        """Return its days."""
        return [self.first + timedelta(days=n) for n in range(self.days)]


def period_of(code: str, today: date, *, first: str = "", last: str = "") -> Period:
    """Return the period of a code as of today, or the one that was typed (ISO days; turned round when reversed).

    Raises BadPeriod for days that are none, lie outside of 2000-2100 or make a stretch of more than 800 days.
    """
    if code == "last-month":
        end = today.replace(day=1) - timedelta(days=1)
        return Period(end.replace(day=1), end)
    if code == "week":
        return Period(today - timedelta(days=6), today)
    if code == "quarter":
        return Period(_quarter(today), today)
    if code == "own":
        return _typed(first, last, ("from", "to"))
    return Period(today.replace(day=1), today)


def _typed(first: str, last: str, fields: tuple[str, str]) -> Period:
    begin, end = _day(first, fields[0]), _day(last, fields[1])
    found = Period(min(begin, end), max(begin, end))
    if found.days > LONGEST_DAYS:
        raise BadPeriod("long", fields[0])
    return found


def _day(text: str, field: str) -> date:
    if not text:
        raise BadPeriod("empty", field)
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise BadPeriod("no_day", field) from None
    if not FIRST <= found <= LAST:
        raise BadPeriod("far", field)
    return found


def _quarter(day: date) -> date:
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def against_of(code: str, period: Period, chosen: str, *, first: str = "", last: str = "") -> Period:
    """Return what a period is held against: the like stretch before it, the same days a year ago, or typed days.

    The like stretch of a month or a quarter that is under way are the same days of the one before, cut at its end;
    of a whole month the month before; of anything else as many days just before it.
    """
    if code == "own":
        return _typed(first, last, ("vs_from", "vs_to"))
    if code == "year":
        return Period(_months_back(period.first, 12), _months_back(period.last, 12))
    if chosen == "last-month":
        end = period.first - timedelta(days=1)
        return Period(end.replace(day=1), end)
    if chosen in ("month", "quarter"):
        back = 1 if chosen == "month" else 3
        begin = _months_back(period.first, back)
        return Period(begin, min(begin + timedelta(days=period.days - 1), period.first - timedelta(days=1)))
    return Period(period.first - timedelta(days=period.days), period.first - timedelta(days=1))


def _months_back(day: date, months: int) -> date:
    """Return the same day some months ago, or the last one of that month."""
    number = day.year * 12 + day.month - 1 - months
    year, month = divmod(number, 12)
    after = date(year + month // 11, (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), after - timedelta(days=1))
