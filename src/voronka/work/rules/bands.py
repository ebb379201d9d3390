"""The order of the queue and the reason for each choice. The database takes by the same order: sql/take_next.sql.

See docs/algorithms/feed.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

OLDEST_EVERY = 10
PROMISE_GRACE = timedelta(minutes=10)
STEP_GRACE = timedelta(days=1)


class Band(IntEnum):
    """What comes before what, whatever the priority."""

    PROMISED = 0
    FRESH = 1
    DUE = 2
    BACKLOG = 3


class Priority(IntEnum):
    """What comes before what inside a band."""

    VIP = 0
    HIGH = 1
    USUAL = 2


class Reason(StrEnum):
    """Why this client, now."""

    HELD = "held"
    QUIET = "quiet"
    PROMISED = "promised"
    PROMISED_LATE = "promised_late"
    FRESH = "fresh"
    FRESH_LATE = "fresh_late"
    DUE = "due"
    DUE_VIP = "due_vip"
    DUE_HIGH = "due_high"
    BACKLOG = "backlog"
    BACKLOG_TURN = "backlog_turn"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A task as the queue sees it. `callable_now`: the client's window is open and no colleague holds him."""

    task_id: int
    band: Band
    priority: Priority
    ready_at: datetime
    callable_now: bool = True


@dataclass(frozen=True, slots=True)
class Why:
    """Why a task was given: the reason, the moment it was set for, how long ago that was, and which turn this is."""

    code: Reason
    at: datetime
    waited_minutes: int
    priority: Priority
    turn: int


def band_for(*, promised: bool, asked: bool, dated: bool) -> Band:
    """Return the band of a new task.

    `promised`: a time was agreed with the client. `asked`: the client came to us (form, call, chat) and nobody
    has answered yet. `dated`: somebody set a time, as a ladder or a stage does.
    """
    if promised:
        return Band.PROMISED
    if asked:
        return Band.FRESH
    return Band.DUE if dated else Band.BACKLOG


def due_at_for(band: int, ready_at: datetime) -> datetime | None:
    """Return when an undone task becomes overdue: a promise ten minutes after its time, a dated step a day after.

    None for fresh requests, which have their pipeline's own norm, and for the backlog, which has no time.
    """
    if band == Band.PROMISED:
        return ready_at + PROMISE_GRACE
    return ready_at + STEP_GRACE if band == Band.DUE else None


def priority_for(*, vip: bool, high: bool = False) -> Priority:
    """Return the priority of a task: VIP clients first, then what is marked as high."""
    if vip:
        return Priority.VIP
    return Priority.HIGH if high else Priority.USUAL


def is_oldest_turn(turn: int) -> bool:
    """Tell whether this turn, counted from 1, begins with the oldest of the backlog."""
    return turn > 0 and turn % OLDEST_EVERY == 0


def queue_key(task: Candidate, turn: int) -> tuple[int, int, datetime, int]:
    """Return what the queue is sorted by at this turn: band, priority, readiness, number.

    At every tenth turn the backlog comes first and by age alone, so that nothing in it starves.
    """
    if is_oldest_turn(turn) and task.band is Band.BACKLOG:
        return (-1, 0, task.ready_at, task.task_id)
    return (task.band, task.priority, task.ready_at, task.task_id)


def choose(tasks: Iterable[Candidate], *, turn: int, now: datetime) -> Candidate | None:
    """Return the one right task at this turn, None when nothing is due: the feed's rule in its plain form."""
    due = (task for task in tasks if task.callable_now and task.ready_at <= now)
    return min(due, key=lambda task: queue_key(task, turn), default=None)


def why(
    task: Candidate, *, turn: int, now: datetime, held: bool = False, grace: timedelta = timedelta(minutes=10)
) -> Why:
    """Return the reason to show for a task that was given or opened.

    `held`: the card never left the employee's hands. `grace` is how long a promise or a fresh lead may wait before
    it counts as late (a pipeline's `answer_minutes`).
    """
    waited = now - task.ready_at
    minutes = max(0, int(waited.total_seconds() // 60))
    return Why(_reason(task, turn, waited, held, grace), task.ready_at, minutes, task.priority, turn)


def _reason(task: Candidate, turn: int, waited: timedelta, held: bool, grace: timedelta) -> Reason:
    if not task.callable_now:
        return Reason.QUIET
    if held:
        return Reason.HELD
    if waited < timedelta(0):
        return Reason.AHEAD
    late = waited > grace
    match task.band:
        case Band.PROMISED:
            return Reason.PROMISED_LATE if late else Reason.PROMISED
        case Band.FRESH:
            return Reason.FRESH_LATE if late else Reason.FRESH
        case Band.DUE:
            marked = {Priority.VIP: Reason.DUE_VIP, Priority.HIGH: Reason.DUE_HIGH}
            return marked.get(task.priority, Reason.DUE)
        case Band.BACKLOG:
            return Reason.BACKLOG_TURN if is_oldest_turn(turn) else Reason.BACKLOG
