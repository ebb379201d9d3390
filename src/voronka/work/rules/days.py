"""Which single days are worked, out of the usual week: holidays, leave, days moved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

LONGEST_LEAVE_DAYS = 366


@dataclass(frozen=True, slots=True)
class Away:
    """Days in a row that are not worked, both ends included."""

    starts_on: date
    ends_on: date

    def days(self) -> Iterable[date]:
        """Yield the days, a year at most."""
        length = min((self.ends_on - self.starts_on).days, LONGEST_LEAVE_DAYS)
        return (self.starts_on + timedelta(days=number) for number in range(length + 1))


def worked_days(
    *,
    company_days: Mapping[date, bool],
    company_away: Sequence[Away] = (),
    own_days: Mapping[date, bool] | None = None,
    own_away: Sequence[Away] = (),
) -> dict[date, bool]:
    """Return of each day out of the usual whether it is worked.

    The nearer word wins: a single day over a stretch, and the employee's own over the company's.
    """
    known = {day: False for away in company_away for day in away.days()}
    known |= company_days
    known |= {day: False for away in own_away for day in away.days()}
    return known | dict(own_days or {})
