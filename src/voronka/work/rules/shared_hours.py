"""Hours good for both sides: the client may be called, and the caller is at work."""

from datetime import UTC, date, datetime, timedelta

from voronka.kit.clocks import day_bounds
from voronka.work.rules.hours import CallWindow, Span
from voronka.work.rules.schedule import Schedule

LOOK_AHEAD_DAYS = 14
SETTLE = timedelta(minutes=5)


def shared_hours(window: CallWindow, schedule: Schedule, day: date) -> list[Span]:
    """Return the stretches of the client's local day that suit both sides, in order."""
    start, end = day_bounds(day, window.zone)
    found: list[Span] = []
    for shift in schedule.stretches(start, days=3):
        if shift.start >= end:
            break
        found += window.spans(max(shift.start, start), min(shift.end, end))
    return found


def good_moment(window: CallWindow, at: datetime, working: Schedule | None = None) -> datetime:
    """Return the next moment, `at` or later, to be proposed for a call.

    A moment that has to wait for somebody's hours to begin comes five minutes after they do, where there is
    room. When two weeks hold no hours for both, or no schedule is known, the client's window alone decides.
    """
    at = at.astimezone(UTC)
    if working is not None:
        for shift in working.stretches(at, days=LOOK_AHEAD_DAYS):
            both = next(iter(window.spans(max(shift.start, at), shift.end)), None)
            if both:
                return _settled(both, at)
    opens = window.next_open(at)
    return _settled(Span(opens, window.closes_at(opens) or opens + 2 * SETTLE), at)


def _settled(span: Span, at: datetime) -> datetime:
    if span.start <= at or span.start + SETTLE >= span.end:
        return span.start
    return span.start + SETTLE
