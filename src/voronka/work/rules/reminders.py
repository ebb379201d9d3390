"""When a reminder comes again: the snoozes, and typed own reminders."""

from datetime import UTC, datetime, timedelta

from voronka.kit.clocks import place, wall
from voronka.work.rules.schedule import Schedule

SNOOZES = ("10m", "1h", "morning")
MORNING_MINUTE = 9 * 60
LEADS = (0, 5, 10, 15, 30, 60)
# What was promised or asked for comes at its time, be it night; what colleagues do can wait for the morning.
TIMED = ("promise", "deadline", "own")


def snoozed_until(word: str, now: datetime, schedule: Schedule) -> datetime:
    """Return when a reminder put off comes again: in ten minutes, in an hour, or with the next working day.

    Raises ValueError for another word. A morning that the clock skips is the first moment after the gap.
    """
    if word == "10m":
        return now + timedelta(minutes=10)
    if word == "1h":
        return now + timedelta(hours=1)
    if word != "morning":
        raise ValueError(word)
    tomorrow = wall(now, schedule.zone).date() + timedelta(days=1)
    for number in range(60):
        day = tomorrow + timedelta(days=number)
        shift = schedule.shift_on(day)
        if shift is not None:
            return shift.start
    return place(tomorrow, MORNING_MINUTE, schedule.zone).at


def is_morning(now: datetime, schedule: Schedule, *, hours: int = 6) -> bool:
    """Tell whether the letter of the day may go: work has begun today, or, on a day off, it is not a day for letters.

    Only within six hours of the beginning: a worker that was down all day does not write in the evening.
    """
    shift = schedule.shift_on(wall(now, schedule.zone).date())
    return shift is not None and shift.start <= now.astimezone(UTC) < shift.start + timedelta(hours=hours)


def may_push(kind: str, now: datetime, schedule: Schedule, *, is_always: bool) -> bool:
    """Tell whether a device may be told now: in working hours of anything, out of them of what is timed."""
    if is_always or kind in TIMED:
        return True
    shift = schedule.shift_on(wall(now, schedule.zone).date())
    return shift is not None and shift.start <= now.astimezone(UTC) < shift.end
