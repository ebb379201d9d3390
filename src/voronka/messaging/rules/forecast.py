"""On which day the money at a provider ends, by what was spent lately."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

LOOKED_BACK = timedelta(days=14)
SHORTEST = timedelta(days=1)
LONGEST = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is left, what a day costs, and when it ends; None where nothing is spent or too little is known."""

    left: Decimal
    a_day: Decimal
    ends_at: datetime | None


def forecast(readings: Sequence[tuple[datetime, Decimal]], now: datetime) -> Forecast | None:
    """Return the forecast by readings of a balance, oldest first; None without a reading.

    Spent is what the balance went down between readings of the last fourteen days: topping up is no saving.
    """
    if not readings:
        return None
    left = readings[-1][1]
    lately = [one for one in readings if now - one[0] <= LOOKED_BACK]
    spent = sum((max(before[1] - after[1], Decimal(0)) for before, after in pairwise(lately)), Decimal(0))
    known = now - lately[0][0] if lately else timedelta(0)
    if known < SHORTEST or not spent:
        return Forecast(left, Decimal(0), None)
    a_day = spent / Decimal(known / timedelta(days=1))
    days = float(max(left, Decimal(0)) / a_day)
    ends = now + timedelta(days=days) if days < LONGEST.days else None
    return Forecast(left, a_day.quantize(Decimal("0.01")), ends)
