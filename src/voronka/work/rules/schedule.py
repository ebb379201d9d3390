"""When a person, or a whole company, is at work."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from voronka.kit.clocks import is_zone, place, wall
from voronka.work.rules.hours import Hours, Span

NO_HOURS = -1
SEARCH_DAYS = 400


@dataclass(frozen=True, slots=True)
class Schedule:
    """Hours of seven weekdays from Monday in the zone, None for a day off.

    `days_off` are not worked whatever their weekday (holidays, leave); `extra_days` are worked although the
    week says no, with the hours of the first working weekday. Hours over midnight belong to the day they
    begin on. `lunch` is not worked; where it does not lie inside the hours of a day, that day has none.
    Raises ValueError("unknown_zone" or "not_a_week").
    """

    zone: str
    week: tuple[Hours | None, ...]
    days_off: frozenset[date] = frozenset()
    extra_days: frozenset[date] = frozenset()
    lunch: Hours | None = None

    def __post_init__(self) -> None:
        if not is_zone(self.zone):
            raise ValueError("unknown_zone")
        if len(self.week) != 7:
            raise ValueError("not_a_week")

    def hours_on(self, day: date) -> Hours | None:
        """Return the working hours of a local day, None for a day off."""
        if day in self.days_off:
            return None
        if day in self.extra_days and self.week[day.weekday()] is None:
            return next((hours for hours in self.week if hours), None)
        return self.week[day.weekday()]

    def takes_off(self, at: datetime) -> bool:
        """Tell whether the local day of a moment is off out of the usual week; an ordinary weekend is not."""
        return wall(at, self.zone).date() in self.days_off

    def shift_on(self, day: date) -> Span | None:
        """Return the working time that begins on a local day, None for a day off."""
        hours = self.hours_on(day)
        if hours is None:
            return None
        last_day = day if hours.opens < hours.closes else day + timedelta(days=1)
        start = place(day, hours.opens, self.zone).at
        end = place(last_day, hours.closes, self.zone).at
        return Span(start, end) if start < end else None

    def shifts(self, at: datetime, days: int = SEARCH_DAYS) -> Iterator[Span]:
        """Yield the shifts that end after the moment, in order, for so many days ahead."""
        first = wall(at, self.zone).date() - timedelta(days=1)
        for number in range(days + 2):
            shift = self.shift_on(first + timedelta(days=number))
            if shift and shift.end > at:
                yield shift

    def lunch_on(self, day: date) -> Span | None:
        """Return the lunch of a local day, None where there is none."""
        hours = self.hours_on(day)
        if hours is None or self.lunch is None or hours.opens >= hours.closes:
            return None
        if not hours.opens < self.lunch.opens < self.lunch.closes < hours.closes:
            return None
        return Span(place(day, self.lunch.opens, self.zone).at, place(day, self.lunch.closes, self.zone).at)

    def stretches(self, at: datetime, days: int = SEARCH_DAYS) -> Iterator[Span]:
        """Yield the stretches of work without lunch that end after the moment, in order, for so many days ahead."""
        for shift in self.shifts(at, days):
            lunch = self.lunch_on(wall(shift.start, self.zone).date())
            halves = [shift] if lunch is None else [Span(shift.start, lunch.start), Span(lunch.end, shift.end)]
            yield from (half for half in halves if half.end > at and half.start < half.end)

    def is_working(self, at: datetime) -> bool:
        """Tell whether the moment is working time."""
        stretch = next(self.stretches(at, days=1), None)
        return stretch is not None and stretch.start <= at

    def next_working_moment(self, at: datetime) -> datetime | None:
        """Return the first working moment, `at` or later; None when nobody works for over a year."""
        stretch = next(self.stretches(at), None)
        return max(stretch.start, at.astimezone(UTC)) if stretch else None

    def next_working_morning(self, at: datetime) -> datetime | None:
        """Return when the first shift after the moment begins; None when nobody works for over a year."""
        return next((shift.start for shift in self.shifts(at) if shift.start > at), None)

    def ends_at(self, at: datetime) -> datetime | None:
        """Return the end of the shift that is going on, None outside working time."""
        shift = next(self.shifts(at, days=1), None)
        return shift.end if shift and shift.start <= at else None


def schedule_from_rows(
    zone: str, flat: Sequence[int], days: Mapping[date, bool] | None = None, lunch: Hours | None = None
) -> Schedule:
    """Return a schedule from its stored form.

    `flat` has seven pairs of minutes from Monday, -1 for none; `days` says of single days whether they are
    worked (an employee's own days laid over the company's). Raises ValueError as Hours and Schedule do.
    """
    if len(flat) != 14:
        raise ValueError("not_a_week")
    pairs = zip(flat[::2], flat[1::2], strict=True)
    week = tuple(None if NO_HOURS in pair else Hours(*pair) for pair in pairs)
    known = days or {}
    return Schedule(
        zone,
        week,
        days_off=frozenset(day for day, works in known.items() if not works),
        extra_days=frozenset(day for day, works in known.items() if works),
        lunch=lunch,
    )


def flat_hours(week: Sequence[Hours | None]) -> list[int]:
    """Return a week in its stored form."""
    return [minute for hours in week for minute in ((hours.opens, hours.closes) if hours else (NO_HOURS, NO_HOURS))]


USUAL_WEEK: tuple[Hours | None, ...] = (Hours(9 * 60, 18 * 60),) * 5 + (None, None)
