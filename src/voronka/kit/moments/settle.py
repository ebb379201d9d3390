"""From what a phrase says to the moment that is meant."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from voronka.kit.clocks import place, wall
from voronka.kit.moments.draft import Draft, Edge, Hour, Misread
from voronka.kit.moments.words import Part, Unit

FARTHEST_DAYS = 5 * 366
USUAL_MINUTE = 10 * 60
SENSIBLE = range(8, 21)
HALF_HOUR = 30

# When a part of the day is proposed, and until when it lasts, in minutes.
_PARTS: dict[Part, tuple[int, int]] = {
    Part.EARLY: (8 * 60, 10 * 60),
    Part.MORNING: (10 * 60, 12 * 60),
    Part.BEFORE_LUNCH: (11 * 60, 13 * 60),
    Part.LUNCH: (13 * 60, 14 * 60),
    Part.DAY: (14 * 60, 18 * 60),
    Part.AFTERNOON: (14 * 60, 18 * 60),
    Part.END_OF_DAY: (17 * 60, 19 * 60),
    Part.EVENING: (18 * 60, 22 * 60),
    Part.AFTER_WORK: (18 * 60 + 30, 22 * 60),
    Part.NIGHT: (22 * 60, 24 * 60),
}
_MORNINGS = (Part.EARLY, Part.MORNING, Part.BEFORE_LUNCH, Part.AM)


@dataclass(frozen=True, slots=True)
class Settled:
    """The moment, whether its hour was assumed, and whether the clock skips the hour that was said."""

    at: datetime
    assumed: bool
    moved: bool


def settled(draft: Draft, now: datetime, zone: str) -> Settled:
    """Lay a draft on the calendar and the clock of the zone. Raises Misread: `past`, `no_such_date`, `too_far`..."""
    if draft.minutes is not None:
        return _distance(draft, now)
    clock = wall(now, zone)
    found = _on_day(draft, now, zone, clock) if draft.has_day else _next_time(draft, now, zone, clock)
    if found.at <= now:
        raise Misread("past")
    if found.at - now > timedelta(days=FARTHEST_DAYS):
        raise Misread("too_far")
    return found


def _distance(draft: Draft, now: datetime) -> Settled:
    if draft.has_day or draft.time or draft.part or draft.minutes is None:
        raise Misread
    if draft.minutes <= 0:
        raise Misread("past")
    if draft.minutes > FARTHEST_DAYS * 1440:
        raise Misread("too_far")
    return Settled(now + timedelta(minutes=draft.minutes), assumed=False, moved=False)


def _on_day(draft: Draft, now: datetime, zone: str, clock: datetime) -> Settled:
    today = clock.date()
    for day in _days(draft, today):
        if (day - today).days > FARTHEST_DAYS + 366:
            raise Misread("too_far")
        said = draft.time is not None or draft.part is not None
        for minute in _minutes(draft, clock, is_today=day == today):
            placed = place(day, minute, zone)
            if placed.at > now:
                return Settled(placed.at, not said or draft.time is None, placed.moved)
    raise Misread("past")


def _next_time(draft: Draft, now: datetime, zone: str, clock: datetime) -> Settled:
    """Return the next such time when no day is said."""
    today = clock.date()
    for number in range(3):
        day = today + timedelta(days=number)
        for minute in _minutes(draft, clock, is_today=number == 0, day_said=False):
            placed = place(day, minute, zone)
            if placed.at > now:
                return Settled(placed.at, draft.time is None, placed.moved)
    raise Misread("past")


def _minutes(draft: Draft, clock: datetime, *, is_today: bool, day_said: bool = True) -> list[int]:
    """Return minutes of the day that may be meant, the likeliest first."""
    present = clock.hour * 60 + clock.minute
    if draft.time is not None:
        return _of_time(draft.time, draft.part, is_today=is_today, day_said=day_said)
    if draft.part is not None:
        return _of_part(draft.part, present, is_today=is_today)
    if draft.units and draft.weekday is None:
        return [present]
    if not is_today:
        return [USUAL_MINUTE]
    soon = -(-(present + 2 * HALF_HOUR) // HALF_HOUR) * HALF_HOUR
    return [soon] if soon < 24 * 60 else []


def _of_part(part: Part, present: int, *, is_today: bool) -> list[int]:
    if part not in _PARTS:
        raise Misread  # "pm" without an hour
    usual, until = _PARTS[part]
    if not is_today or present < usual:
        return [usual]
    soon = -(-(present + 1) // HALF_HOUR) * HALF_HOUR
    return [soon] if soon < until else []


def _of_time(time: Hour, part: Part | None, *, is_today: bool, day_said: bool) -> list[int]:
    if part is not None:
        return [_by_part(time, part)]
    minute = time.hour * 60 + time.minute
    later = minute + 12 * 60
    if time.bare:
        if time.hour == 12:
            return [minute]
        first, second = (minute, later) if time.hour in SENSIBLE else (later, minute)
        if not is_today:
            return [first]
        both = sorted((minute, later))
        return both if day_said else [one for one in both if one // 60 in SENSIBLE] or [second]
    if is_today and time.hour < 12 and later // 60 in SENSIBLE:
        return [minute, later]
    return [minute]


def _by_part(time: Hour, part: Part) -> int:
    """Return the minute of the day for "7 вечера", "3 ночи", "9 am"."""
    hour = time.hour
    if part in (Part.AM, Part.PM) and not 1 <= hour <= 12:
        raise Misread("no_such_time")
    if part in _MORNINGS:
        if hour > 12:
            raise Misread("no_such_time")
        hour = 0 if hour == 12 and part is Part.AM else hour
    elif part is Part.NIGHT:
        hour = 24 if hour == 12 else hour + 12 if 8 < hour < 12 else hour
    elif part is Part.EVENING and hour == 12:
        hour = 24
    elif hour < 12 and not (part in (Part.DAY, Part.LUNCH) and hour > 8):
        hour += 12
    return hour * 60 + time.minute


def _days(draft: Draft, today: date) -> list[date]:
    """Return days that may be meant, the first that is not past by the hour said is taken."""
    if draft.year is not None or draft.month is not None or draft.month_day is not None:
        if draft.units or draft.period or draft.day is not None:
            raise Misread
        return _calendar_days(draft, today)
    if draft.day is not None:
        if draft.units or draft.period or draft.weekday is not None:
            raise Misread
        return [today + timedelta(days=draft.day)]
    if draft.units:
        return [_far(draft, today)]
    if draft.period is not None:
        return _period_days(draft, today)
    return _weekdays(draft, today)


def _weekdays(draft: Draft, today: date) -> list[date]:
    weekday = draft.weekday
    if weekday is None:
        raise Misread
    monday = today - timedelta(days=today.weekday())
    this = monday + timedelta(days=weekday)
    if draft.week == "next":
        return [this + timedelta(days=7)]
    if draft.week == "this":
        return [this]
    nearest = today + timedelta(days=(weekday - today.weekday()) % 7)
    if nearest == today and draft.time is None:
        return [today + timedelta(days=7)]
    return [nearest, nearest + timedelta(days=7)]


def _far(draft: Draft, today: date) -> date:
    months = draft.units.get(Unit.MONTH, 0) + 12 * draft.units.get(Unit.YEAR, 0)
    days = draft.units.get(Unit.DAY, 0) + 7 * draft.units.get(Unit.WEEK, 0)
    if months > 12 * 10 or days > 2 * FARTHEST_DAYS:
        raise Misread("too_far")
    if months + days <= 0:
        raise Misread("past")
    day = _in_month(today.year, today.month + months, today.day) + timedelta(days=days)
    if draft.weekday is not None:
        day += timedelta(days=draft.weekday - day.weekday())
    return day


def _period_days(draft: Draft, today: date) -> list[date]:
    if draft.period is None:
        raise Misread
    edge, unit, ahead = draft.period
    if unit is Unit.MONTH:
        if draft.weekday is not None:
            raise Misread
        firsts = range(today.month + ahead, today.month + ahead + 2)
        return [_month_edge(today.year, month, edge) for month in firsts]
    monday = today - timedelta(days=today.weekday()) + timedelta(days=7 * ahead)
    if draft.weekday is not None:
        return [monday + timedelta(days=draft.weekday)]
    number = 5 if unit is Unit.DAY else {Edge.END: 4, Edge.MIDDLE: 2}.get(edge, 0)
    first = monday + timedelta(days=number)
    return [first, first + timedelta(days=7)]


def _month_edge(year: int, month: int, edge: Edge) -> date:
    return _in_month(year, month, {Edge.END: 31, Edge.MIDDLE: 15}.get(edge, 1))


def _in_month(year: int, month: int, day: int) -> date:
    """Return the day of the month, its last one when it has fewer; months beyond 12 run into the next years."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _calendar_days(draft: Draft, today: date) -> list[date]:
    if draft.month is None:
        return _month_days(draft, today)
    if not 1 <= draft.month <= 12:
        raise Misread("no_such_date")
    if draft.month_day is None and draft.month_edge is Edge.START and draft.month == today.month:
        raise Misread  # "in March", said in March
    ahead = 9 if (draft.month, draft.month_day) == (2, 29) else 2
    years = [draft.year] if draft.year is not None else range(today.year, today.year + ahead)
    found: list[date] = []
    for year in years:
        if draft.month_day is None:
            found.append(_month_edge(year, draft.month, draft.month_edge))
        elif 1 <= draft.month_day <= calendar.monthrange(year, draft.month)[1]:
            found.append(date(year, draft.month, draft.month_day))
    if not found:
        raise Misread("no_such_date")
    return _checked_weekday(draft, found, today)


def _month_days(draft: Draft, today: date) -> list[date]:
    """Return the next days with this number: "15 числа", "31-го"."""
    number = draft.month_day or 0
    if not 1 <= number <= 31:
        raise Misread("no_such_date")
    days = (_in_month(today.year, today.month + month, number) for month in range(4))
    return _checked_weekday(draft, [day for day in days if day.day == number], today)


def _checked_weekday(draft: Draft, days: list[date], today: date) -> list[date]:
    """Return the days; with a weekday said beside the date, the nearest of them, which must fall on it."""
    if draft.weekday is None:
        return days
    nearest = [day for day in days if day >= today][:1]
    if any(day.weekday() != draft.weekday for day in nearest):
        raise Misread("no_such_date")
    return nearest
