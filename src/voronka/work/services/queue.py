"""Verbs of the queue: open, close, take, hold, let go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DataError, connection, transaction
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.db.hot import HotQuery
from voronka.kit.errors import Conflict, Refusal
from voronka.kit.events import publish
from voronka.kit.ids import new_public_id
from voronka.kit.subjects import Subject
from voronka.kit.tenancy import current_company_id, current_place
from voronka.work.events import CardTaken
from voronka.work.models import CallWindow, Lease, Pool, Task
from voronka.work.permissions import SEE_LOAD, WORK_FEED
from voronka.work.rules.bands import Band, due_at_for
from voronka.work.rules.hours import CallWindow as Window
from voronka.work.rules.hours import snapped

LEASE_SECONDS = 90


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task to be opened; ids are of rows of the current company."""

    kind: str
    title: str
    subject: Subject
    client_id: int
    pool_id: int
    employee_id: int | None
    window_id: int
    band: int
    priority: int
    ready_at: datetime

    @property
    def due_at(self) -> datetime | None:
        """When it becomes overdue."""
        return due_at_for(self.band, self.ready_at)


@dataclass(frozen=True, slots=True)
class Taken:
    """What the feed gave and why: enough to say "почему этот клиент" without asking again."""

    task_id: int
    client_id: int
    subject: Subject
    band: int
    priority: int
    ready_at: datetime
    window_id: int
    was_held: bool
    turn: int


_WINDOW = HotQuery(
    lambda zone, opens_minute, closes_minute: CallWindow.objects.filter(
        zone=zone, opens_minute=opens_minute, closes_minute=closes_minute
    ),
    zone=str,
    opens_minute=int,
    closes_minute=int,
)


def window_for(zone: str, opens_minute: int, closes_minute: int) -> int:
    """Return the id of the shared call window with these hours, made if it is the first of its kind.

    Minutes are of the client's local day and are snapped inward to half-hours.
    """
    window = snapped(Window(zone, opens_minute, closes_minute))
    key = {"zone": zone, "opens_minute": window.opens_minute, "closes_minute": window.closes_minute}
    found = _WINDOW.first(**key)
    if found is not None:
        return int(found.pk)
    _require_known(window.zone)
    CallWindow.objects.bulk_create([CallWindow(**key)], ignore_conflicts=True)
    return CallWindow.objects.values_list("id", flat=True).get(**key)


def _require_known(zone: str) -> None:
    """Refuse a zone that the database has no clock for: the feed asks it for the clock of every window.

    Its list may be older than ours; one such window would stop the feed of the whole company.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT now() AT TIME ZONE %s", [zone])
    except DataError as error:
        message = _("The database does not know the time zone %(zone)s: choose another one of the same clock.")
        raise Refusal(message % {"zone": zone}, code="zone_unknown") from error


def pool_for(key: str) -> int:
    """Return the id of the pool with this key (`employee:7`, `pipeline:3`), made when first named."""
    found = Pool.objects.filter(key=key).values_list("id", flat=True).first()
    if found is not None:
        return found
    Pool.objects.bulk_create([Pool(key=key)], ignore_conflicts=True)
    return Pool.objects.values_list("id", flat=True).get(key=key)


def open_task(new: NewTask, *, now: datetime) -> int:
    """Open a task and return its id."""
    return replace_task(None, new, now=now)


def replace_task(old_id: int | None, new: NewTask, *, now: datetime, outcome: str = "done") -> int:
    """Close the old task, let its client go, and open the new one: one statement, one row read.

    The caller holds the lock of the subject. Raises Conflict when the old task is no longer open.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH closed AS (UPDATE work_task SET is_open = false, closed_at = %(now)s, outcome = %(outcome)s,"
            " closed_by_id = %(me)s"
            " WHERE company_id = %(company)s AND id = %(old)s AND is_open RETURNING client_id),"
            " freed AS (DELETE FROM work_lease WHERE company_id = %(company)s AND task_id = %(old)s)"
            " INSERT INTO work_task (company_id, public_id, kind, title, subject_kind, subject_id, client_id, pool_id,"
            " employee_id, window_id, band, priority, ready_at, due_at, is_open, made_at, outcome)"
            " SELECT %(company)s, %(public_id)s, %(kind)s, %(title)s, %(subject_kind)s, %(subject_id)s, %(client)s,"
            " %(pool)s, %(employee)s, %(window)s, %(band)s, %(priority)s, %(ready_at)s, %(due_at)s, true, %(now)s, ''"
            " WHERE %(old)s::bigint IS NULL OR EXISTS (SELECT 1 FROM closed) RETURNING id",
            {
                "now": now,
                "outcome": outcome,
                "company": current_company_id(),
                "old": old_id,
                "public_id": new_public_id(),
                "kind": new.kind,
                "title": new.title,
                "subject_kind": new.subject.kind,
                "subject_id": new.subject.id,
                "client": new.client_id,
                "pool": new.pool_id,
                "employee": new.employee_id,
                "window": new.window_id,
                "band": new.band,
                "priority": new.priority,
                "ready_at": new.ready_at,
                "due_at": new.due_at,
                "me": _me(),
            },
        )
        row = cursor.fetchone()
    if row is None:
        raise Conflict(_("This task is done already."), code="task_closed")
    return int(row[0])


def close_task(task_id: int, *, now: datetime, outcome: str = "done") -> None:
    """Close an open task and let its client go. Raises Conflict when it is closed already."""
    closed = Task.objects.filter(pk=task_id, is_open=True).update(
        is_open=False, closed_at=now, outcome=outcome, closed_by_id=_me()
    )
    if not closed:
        raise Conflict(_("This task is done already."), code="task_closed")
    Lease.objects.filter(task_id=task_id).delete()


def _me() -> int | None:
    """Return the person on whose behalf the code runs, None for the system."""
    place = current_place()
    return place.employee_id if place else None


def reopen_task(task_id: int) -> None:
    """Open a closed task again exactly as it was: the undo of a press gives the deal its step back."""
    Task.objects.filter(pk=task_id, is_open=False).update(is_open=True, closed_at=None, closed_by_id=None, outcome="")


def take_next(*, actor: Actor, pool_ids: list[int], now: datetime) -> Taken | None:
    """Give the actor the one right task of his pools and hold its client for him; None when nothing is due.

    Safe with any number of managers: no two are ever given tasks of one client. See docs/algorithms/feed.md.
    """
    actor.require(WORK_FEED)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_id, client_id, subject_kind, subject_id, band, priority, ready_at, window_id, was_held, turn"
            " FROM work_take_next(%s, %s, %s, %s)",
            [actor.employee_id, pool_ids, now, LEASE_SECONDS],
        )
        row = cursor.fetchone()
        if row is None:
            return None
        taken = Taken(row[0], row[1], Subject(row[2], row[3]), *row[4:])
        if not taken.was_held:
            waited = max(0, int((now - taken.ready_at).total_seconds()))
            publish(
                CardTaken(task_id=taken.task_id, client_id=taken.client_id, band=taken.band, waited_seconds=waited)
            )
    return taken


def look_ahead(*, actor: Actor, pool_ids: list[int], besides: int | None, now: datetime) -> Taken | None:
    """Return who would come after the task `besides` if it were finished now; only reads, and promises nothing."""
    actor.require(WORK_FEED)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_id, client_id, subject_kind, subject_id, band, priority, ready_at, window_id, turn"
            " FROM work_look_ahead(%s, %s, %s, %s)",
            [actor.employee_id, pool_ids, now, besides],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    task_id, client_id, kind, subject_id, band, priority, ready_at, window_id, turn = row
    subject = Subject(kind, subject_id)
    return Taken(task_id, client_id, subject, band, priority, ready_at, window_id, was_held=False, turn=turn)


def hold(*, actor: Actor, task_id: int, client_id: int, now: datetime) -> bool:
    """Take the client of a card opened by hand; False when a colleague holds him."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO work_lease AS l (company_id, client_id, task_id, employee_id, until)"
            " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (company_id, client_id) DO UPDATE"
            " SET task_id = EXCLUDED.task_id, employee_id = EXCLUDED.employee_id, until = EXCLUDED.until"
            " WHERE l.until <= %s OR l.employee_id = EXCLUDED.employee_id RETURNING 1",
            [
                current_company_id(),
                client_id,
                task_id,
                actor.employee_id,
                now + timedelta(seconds=LEASE_SECONDS),
                now,
            ],
        )
        return cursor.fetchone() is not None


def renew(*, actor: Actor, task_id: int, now: datetime) -> bool:
    """Hold a taken client for another 90 seconds; False when the lease has ended or passed to a colleague."""
    return bool(
        Lease.objects.filter(task_id=task_id, employee_id=actor.person_id, until__gt=now).update(
            until=now + timedelta(seconds=LEASE_SECONDS)
        )
    )


def let_go(*, actor: Actor, task_id: int) -> None:
    """End the actor's lease: the page was closed."""
    Lease.objects.filter(task_id=task_id, employee_id=actor.person_id).delete()


def let_go_others(*, actor: Actor, task_id: int) -> None:
    """End the actor's other leases when he opens a card by hand: one person talks to one client."""
    Lease.objects.filter(employee_id=actor.person_id).exclude(task_id=task_id).delete()


def move_tasks(task_ids: Sequence[int], *, window_id: int, priority: int) -> int:
    """Give open tasks another call window and priority; return how many were open."""
    return Task.objects.filter(pk__in=task_ids, is_open=True).update(window_id=window_id, priority=priority)


def hand_tasks(task_ids: Sequence[int], *, pool_id: int, employee_id: int | None) -> int:
    """Let open tasks wait in another pool, for an employee or for whoever works there; return how many were open."""
    return Task.objects.filter(pk__in=task_ids, is_open=True).update(pool_id=pool_id, employee_id=employee_id)


def follow_subjects(kind: str, ids: Sequence[int], *, client_id: int) -> int:
    """Let the tasks about these records be about the client whose the records are now; return how many."""
    return Task.objects.filter(subject_kind=kind, subject_id__in=ids).update(client_id=client_id)


def freshen_task(task_id: int, *, at: datetime) -> int:
    """Make an open task fresh: its client asked again. A promised one keeps its place, which is higher."""
    return Task.objects.filter(pk=task_id, is_open=True, band__gt=1).update(band=1, ready_at=at, due_at=None)


def promise_task(task_id: int, *, at: datetime, window_id: int) -> int:
    """Move an open task to an hour that its client named himself: it is promised then."""
    return Task.objects.filter(pk=task_id, is_open=True).update(
        kind="call", band=Band.PROMISED, ready_at=at, due_at=due_at_for(Band.PROMISED, at), window_id=window_id
    )


def may_work(actor: Actor) -> bool:
    """Tell whether the actor works through the feed."""
    return actor.may(WORK_FEED)


def may_see_load(actor: Actor) -> bool:
    """Tell whether the actor may see the load of colleagues."""
    return actor.may(SEE_LOAD)
