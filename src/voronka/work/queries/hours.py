"""When clients may be called and people are at work."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q

from voronka.kit.actors import Actor
from voronka.kit.tenancy import current_company_id
from voronka.people.ports import MyDay
from voronka.work.models import DayOff, Leave
from voronka.work.models import Schedule as DbSchedule
from voronka.work.rules.clock import DayScale, Stretch, day_scale
from voronka.work.rules.days import Away, worked_days
from voronka.work.rules.hours import CallWindow, Hours, snapped
from voronka.work.rules.schedule import USUAL_WEEK, Schedule, flat_hours, schedule_from_rows


class Called(Protocol):
    """A client as his calling hours ask: his zone, and his own hours where he has them."""

    zone: str
    call_opens_minute: int | None
    call_closes_minute: int | None


class Calling(Protocol):
    """A company as calling hours ask: the hours of clients without hours of their own (`CompanyRules`, `Company`)."""

    @property
    def call_opens_minute(self) -> int:
        """The minute of the client's day from which he may be called."""

    @property
    def call_closes_minute(self) -> int:
        """The minute of the client's day by which calls stop."""


@dataclass(frozen=True, slots=True)
class CallingHours:
    """When one client may be called, by his clock; minutes of the local day, snapped to half-hours."""

    window: CallWindow

    @classmethod
    def of(cls, zone: str, opens_minute: int, closes_minute: int) -> "CallingHours":
        """Return the calling hours of a zone."""
        return cls(snapped(CallWindow(zone, opens_minute, closes_minute)))

    @classmethod
    def of_client(cls, client: Called, company: Calling) -> "CallingHours":
        """Return the calling hours of a client by his clock: his own where both ends are set, else the company's."""
        opens, closes = client.call_opens_minute, client.call_closes_minute
        if opens is None or closes is None:
            opens, closes = company.call_opens_minute, company.call_closes_minute
        return cls.of(client.zone, opens, closes)

    def next_open(self, at: datetime) -> datetime:
        """Return `at` when the client may be called then, else the next moment when he may."""
        return at if self.window.is_open(at) else self.window.next_open(at)

    def is_open(self, at: datetime) -> bool:
        """Tell whether the client may be called."""
        return self.window.is_open(at)

    def closes_at(self, at: datetime) -> datetime | None:
        """Return when calls must stop; None when they are closed at `at` or never close."""
        return self.window.closes_at(at)


def next_client_morning(hours: CallingHours, now: datetime) -> datetime:
    """Return the opening of the client's next calling day that the company works on.

    By the client's calendar: the company's working week, its days off and moved working days.
    """
    zone = hours.window.zone
    company = schedule_of(None, zone)
    day = now.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    for _ in range(40):
        if company.hours_on(day) is not None:
            break
        day += timedelta(days=1)
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    return hours.next_open(midnight.astimezone(now.tzinfo))


def schedule_of(employee_id: int | None, zone: str) -> Schedule:
    """Return when an employee works: his own week or the company's (Mon-Fri 9-18), with days off of both."""
    return schedules_of([(employee_id, zone)])[employee_id]


def schedules_of(people: Sequence[tuple[int | None, str]]) -> dict[int | None, Schedule]:
    """Return the schedules of employees (id and zone; None is the company itself): one statement for all."""
    weeks: dict[int | None, _Week] = {}
    days: dict[int | None, dict[date, bool]] = {}
    away: dict[int | None, list[Away]] = {}
    ids = [one for one, _zone in people if one is not None]
    with connection.cursor() as cursor:
        cursor.execute(_HOURS, {"company": current_company_id(), "who": ids})
        for who, week, lunch_starts, lunch_ends, day, until, works in cursor.fetchall():
            if week is not None:
                weeks[who] = _Week(week, lunch_starts, lunch_ends)
            elif until is None:
                days.setdefault(who, {})[day] = works
            else:
                away.setdefault(who, []).append(Away(day, until))
    found: dict[int | None, Schedule] = {}
    for who, zone in people:
        own = who is not None
        row = weeks.get(who) or weeks.get(None)
        found[who] = schedule_from_rows(
            zone,
            _sound(row.hours) if row is not None else flat_hours(USUAL_WEEK),
            worked_days(
                company_days=days.get(None, {}),
                company_away=away.get(None, []),
                own_days=days.get(who) if own else None,
                own_away=away.get(who, []) if own else [],
            ),
            lunch_of(row),
        )
    return found


def _sound(flat: Sequence[int]) -> list[int]:
    """Return the stored week with hours that hold nothing taken as a day off."""
    pairs = zip(flat[::2], flat[1::2], strict=True)
    return [minute for opens, closes in pairs for minute in ((-1, -1) if opens == closes else (opens, closes))]


class _Week(NamedTuple):
    """A stored week as the schedules read it."""

    hours: list[int]
    lunch_starts_minute: int | None
    lunch_ends_minute: int | None


# Weeks, single days and stretches off of some employees and of the company, told apart by what is given.
_HOURS = """
SELECT employee_id, hours, lunch_starts_minute, lunch_ends_minute, NULL::date, NULL::date, NULL::boolean
FROM work_schedule WHERE company_id = %(company)s AND (employee_id = ANY (%(who)s) OR employee_id IS NULL)
UNION ALL
SELECT employee_id, NULL, NULL, NULL, "on", NULL, works
FROM work_dayoff WHERE company_id = %(company)s AND (employee_id = ANY (%(who)s) OR employee_id IS NULL)
UNION ALL
SELECT employee_id, NULL, NULL, NULL, starts_on, ends_on, NULL
FROM work_leave WHERE company_id = %(company)s AND (employee_id = ANY (%(who)s) OR employee_id IS NULL)
"""


def lunch_of(row: "DbSchedule | _Week | None") -> Hours | None:
    """Return the lunch of a stored schedule."""
    if row is None or row.lunch_starts_minute is None or row.lunch_ends_minute is None:
        return None
    return Hours(row.lunch_starts_minute, row.lunch_ends_minute)


def list_days(employee_id: int | None, *, year: int) -> list[DayOff]:
    """Return the single days of the company (None) or an employee in a year, in order."""
    return list(DayOff.objects.filter(_whose(employee_id), on__year=year).order_by("on"))


def list_named_days(employee_id: int, days: Sequence[date]) -> list[DayOff]:
    """Return the days off with a name among these days, the company's before the employee's own."""
    mine = Q(employee_id=employee_id) | Q(employee=None)
    found = DayOff.objects.filter(mine, on__in=days, works=False).exclude(name="")
    return sorted(found, key=lambda one: one.employee_id is not None)


def list_leaves(employee_ids: Iterable[int | None], *, since: date) -> list[Leave]:
    """Return the stretches off that have not ended before a day, of the company (None) and employees, in order."""
    ids = list(employee_ids)
    whose = Q(employee_id__in=[one for one in ids if one is not None])
    if None in ids:
        whose |= Q(employee=None)
    return list(Leave.objects.filter(whose, ends_on__gte=since).order_by("starts_on", "id"))


def find_week(employee_id: int | None) -> DbSchedule | None:
    """Return the stored week of the company (None) or an employee's own, None where there is none."""
    return DbSchedule.objects.filter(_whose(employee_id)).first()


def week_of(row: DbSchedule | None) -> tuple[tuple[Hours | None, ...], Hours | None]:
    """Return the seven days and the lunch of a stored week, the usual ones where there is none."""
    if row is None:
        return tuple(USUAL_WEEK), None
    return schedule_from_rows("UTC", _sound(row.hours)).week, lunch_of(row)


def _whose(employee_id: int | None) -> Q:
    return Q(employee=None) if employee_id is None else Q(employee_id=employee_id)


def scale_of(hours: CallingHours, schedule: Schedule | None, now: datetime) -> DayScale:
    """Return the client's local day for the scale under his clock."""
    return day_scale(hours.window, schedule, now)


def flat_stretches(stretches: Iterable[Stretch]) -> tuple[float, ...]:
    """Return stretches of a dial as beginnings and ends in hours, as the scale of a clock is drawn from."""
    return tuple(minute / 60 for one in stretches for minute in (one.start, one.end))


def my_day_of(actor: Actor, zone: str, opens: int, closes: int, now: datetime) -> MyDay:
    """Return the actor's working day on the clock of a client who may be called between two minutes of his day."""
    found = scale_of(CallingHours.of(zone, opens, closes), schedule_of(actor.employee_id, actor.zone.key), now)
    return MyDay(flat_stretches(found.work), flat_stretches(found.both))


def next_shared_moment(hours: CallingHours, schedule: Schedule, now: datetime) -> datetime:
    """Return the next moment good for both: the client may be called and I am at work; else his next opening."""
    at = hours.next_open(now)
    for _attempt in range(60):
        mine = at if schedule.is_working(at) else schedule.next_working_moment(at)
        if mine is None:
            break
        theirs = hours.next_open(mine)
        if theirs == mine:
            return mine
        at = theirs
    return hours.next_open(now)


def after_shared_minutes(hours: CallingHours, schedule: Schedule, at: datetime, minutes: int) -> datetime:
    """Return the moment by which so many minutes have passed in which the client may be called and people work.

    Where the two never meet, the client's hours alone count.
    """
    left = timedelta(minutes=minutes)
    start = next_shared_moment(hours, schedule, at)
    for _attempt in range(60):
        ends = [one for one in (hours.closes_at(start), schedule.ends_at(start)) if one is not None]
        end = min(ends, default=start + left)
        if start + left <= end:
            return start + left
        left -= max(end - start, timedelta(0))
        start = next_shared_moment(hours, schedule, end + timedelta(seconds=1))
    return start + left
