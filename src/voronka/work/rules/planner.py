"""The planner's grid: days of the viewer's clock cut into hours, with what was done, is planned and is promised.

See docs/algorithms/planner.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from voronka.kit.clocks import wall
from voronka.work.rules.hours import Span
from voronka.work.rules.load import FULL, hours_of
from voronka.work.rules.schedule import Schedule

SHORTEST_FREE_HOURS = 2
USUAL_FIRST, USUAL_LAST = 9, 18


@dataclass(frozen=True, slots=True)
class Planned:
    """A task on the grid: its id, when, and whether the client was promised that time."""

    task_id: int
    at: datetime
    promised: bool


@dataclass(slots=True)
class PlanHour:
    """An hour of one day. `span` is None where the clock skips it; an hour that comes twice is one cell."""

    hour: int
    span: Span | None = None
    done: int = 0
    cards: list[Planned] = field(default_factory=list)
    ticks: int = 0
    is_off: bool = False
    is_lunch: bool = False
    is_gone: bool = False
    is_now: bool = False

    @property
    def planned(self) -> int:
        """How many tasks are ahead in the hour."""
        return self.ticks + len(self.cards)

    @property
    def is_full(self) -> bool:
        """Whether more is planned than an hour holds well."""
        return self.planned >= FULL and not self.is_gone


@dataclass(frozen=True, slots=True)
class PlanDay:
    """A day of the grid. `norm` is how many tasks its working hours hold well, 0 on a day off."""

    day: date
    hours: Sequence[PlanHour]
    is_today: bool
    is_off: bool
    norm: int

    @property
    def total(self) -> int:
        """Done and planned together."""
        return sum(hour.done + hour.planned for hour in self.hours)

    @property
    def ahead(self) -> int:
        """How many tasks are planned."""
        return sum(hour.planned for hour in self.hours)


@dataclass(frozen=True, slots=True)
class Free:
    """The longest stretch of working hours with nothing planned; `to_end` when it lasts till the end of the day."""

    day: date
    from_hour: int
    to_hour: int
    to_end: bool


def week_of(day: date) -> list[date]:
    """Return the seven days from Monday that hold a day."""
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=number) for number in range(7)]


def plan_grid(
    days: Sequence[date],
    schedule: Schedule,
    *,
    done: Iterable[datetime],
    planned: Sequence[Planned],
    now: datetime,
    all_cards: bool = False,
) -> list[PlanDay]:
    """Return the days cut into the same hours: the working ones, and those outside that hold something.

    Promised tasks are cards; the others ticks, unless `all_cards`.
    """
    zone = schedule.zone
    done_local = [wall(at, zone) for at in done]
    local = [(wall(one.at, zone), one) for one in sorted(planned, key=lambda one: (one.at, one.task_id))]
    shown = set(days)
    held = [at.hour for at in done_local if at.date() in shown] + [at.hour for at, _ in local if at.date() in shown]
    first, last = _edges(days, schedule, held)
    cells = {day: _cells(day, schedule, first, last, now) for day in days}
    for at in done_local:
        if at.date() in shown:
            cells[at.date()][at.hour].done += 1
    for at, one in local:
        if at.date() not in shown:
            continue
        if one.promised or all_cards:
            cells[at.date()][at.hour].cards.append(one)
        else:
            cells[at.date()][at.hour].ticks += 1
    today = wall(now, zone).date()
    return [
        PlanDay(
            day,
            [cells[day][hour] for hour in range(first, last + 1)],
            day == today,
            schedule.hours_on(day) is None,
            _norm(schedule, day),
        )
        for day in days
    ]


def _edges(days: Sequence[date], schedule: Schedule, held: Sequence[int]) -> tuple[int, int]:
    """Return the first and the last hour of the grid."""
    worked = [hours for day in days if (hours := schedule.hours_on(day)) is not None]
    starts = [hours.opens // 60 for hours in worked] or [USUAL_FIRST]
    ends = [23 if hours.closes <= hours.opens else min(23, hours.closes // 60) for hours in worked] or [USUAL_LAST]
    return min([*starts, *held]), max([*ends, *held])


def _cells(day: date, schedule: Schedule, first: int, last: int, now: datetime) -> dict[int, PlanHour]:
    shift, lunch = schedule.shift_on(day), schedule.lunch_on(day)
    cells = {hour: PlanHour(hour) for hour in range(first, last + 1)}
    for span in hours_of(day, schedule.zone):
        hour = wall(span.start, schedule.zone).hour
        if hour not in cells:
            continue
        cell = cells[hour]
        cell.span = Span(cell.span.start, span.end) if cell.span else span
        cell.is_off = shift is None or not _meet(shift, cell.span)
        cell.is_lunch = lunch is not None and lunch.start <= cell.span.start and cell.span.end <= lunch.end
        cell.is_gone = cell.span.end <= now
        cell.is_now = cell.span.start <= now.astimezone(UTC) < cell.span.end
    return cells


def _meet(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _norm(schedule: Schedule, day: date) -> int:
    shift, lunch = schedule.shift_on(day), schedule.lunch_on(day)
    if shift is None:
        return 0
    worked = (shift.end - shift.start) - ((lunch.end - lunch.start) if lunch else timedelta())
    return max(1, round(worked / timedelta(hours=1) * FULL))


def freest(days: Sequence[PlanDay]) -> Free | None:
    """Return the longest run of free working hours still ahead, the earliest of equals; None below two hours."""
    best: Free | None = None
    for day in days:
        working = [hour for hour in day.hours if hour.span and not hour.is_off and not hour.is_lunch]
        run: list[PlanHour] = []
        for hour in working:
            if hour.is_gone or hour.is_now or hour.planned:
                run = []
                continue
            run.append(hour)
            if len(run) >= SHORTEST_FREE_HOURS and (best is None or len(run) > best.to_hour - best.from_hour):
                best = Free(day.day, run[0].hour, run[-1].hour + 1, hour is working[-1])
    return best


@dataclass(frozen=True, slots=True)
class Overload:
    """The first run of overfull hours of a day: from, to (hours of the clock), and how many tasks are too many."""

    from_hour: int
    to_hour: int
    over: int


def overload(hours: Sequence[tuple[int, int]], *, now_hour: int) -> Overload | None:
    """Return the first run of hours ahead (hour, planned) that hold more than they hold well."""
    run: list[tuple[int, int]] = []
    for hour, planned in hours:
        if planned > FULL and hour >= now_hour:
            run.append((hour, planned))
        elif run:
            break
    if not run:
        return None
    return Overload(run[0][0], run[-1][0] + 1, sum(planned - FULL for _hour, planned in run))
