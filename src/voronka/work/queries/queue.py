"""What others may ask of the queue: what waits, what is planned, who holds whom."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count, Q, QuerySet

from voronka.kit.actors import Actor, Reach
from voronka.kit.clocks import MINUTES_A_DAY
from voronka.kit.tenancy import current_company_id
from voronka.work.models import CallWindow as CallWindowRow
from voronka.work.models import Lease, Pool, Task
from voronka.work.permissions import SEE_LOAD
from voronka.work.rules.bands import Band, Candidate, Priority, Why, why
from voronka.work.rules.load import HourLoad, my_day, quarters
from voronka.work.rules.schedule import Schedule


def pools_of(employee_id: int, more_keys: "QuerySet[Any, Any]") -> list[int]:
    """Return the ids of an employee's own pool and of those whose keys a query of another part gives."""
    found = Pool.objects.filter(Q(key=f"employee:{employee_id}") | Q(key__in=more_keys))
    return list(found.values_list("id", flat=True))


def count_waiting(pool_ids: Sequence[int], *, now: datetime) -> dict[int, int]:
    """Return how many open tasks are ready in the pools, by band; closed windows are counted too."""
    rows = (
        Task.objects.filter(pool_id__in=pool_ids, is_open=True, ready_at__lte=now)
        .values_list("band")
        .annotate(n=Count("id"))
    )
    return dict(rows)


def count_done(employee_id: int, *, since: datetime) -> int:
    """Return how many tasks the employee has done since a moment."""
    done = Task.objects.filter(is_open=False, closed_by_id=employee_id, closed_at__gte=since)
    return done.filter(outcome="done").count()


def is_always_open(window_id: int) -> bool:
    """Tell whether a call window never closes: its tasks are set for moments that a person has chosen."""
    return CallWindowRow.objects.filter(pk=window_id, opens_minute=0, closes_minute=MINUTES_A_DAY).exists()


def find_holder(client_id: int, *, now: datetime) -> int | None:
    """Return the employee who holds the client at this moment."""
    return Lease.objects.filter(client_id=client_id, until__gt=now).values_list("employee_id", flat=True).first()


def open_until(employee_ids: Sequence[int], *, until: datetime) -> dict[int, int]:
    """Return how many open tasks of each employee are due before a moment; who has none is left out."""
    rows = Task.objects.filter(employee_id__in=employee_ids, is_open=True, ready_at__lt=until)
    return {row["employee_id"]: row["n"] for row in rows.values("employee_id").annotate(n=Count("id"))}


def planned_moments(employee_id: int, *, start: datetime, end: datetime) -> list[datetime]:
    """Return when the employee's open tasks of a stretch of time are due."""
    rows = Task.objects.filter(employee_id=employee_id, is_open=True, ready_at__gte=start, ready_at__lt=end)
    return list(rows.values_list("ready_at", flat=True))


def load_by_quarters(employee_id: int, *, start: datetime, end: datetime) -> Mapping[datetime, int]:
    """Return the employee's planned tasks counted by quarters of an hour of UTC."""
    return quarters(planned_moments(employee_id, start=start, end=end))


def my_day_load(
    schedule: Schedule, *, done: Iterable[datetime], planned: Iterable[datetime], now: datetime
) -> list[HourLoad]:
    """Return today's hours with what was done and what is planned in each."""
    day = now.astimezone(ZoneInfo(schedule.zone)).date()
    return my_day(day, schedule, done=quarters(done), planned=quarters(planned), now=now)


def why_now(
    *, band: int, priority: int, ready_at: datetime, window_is_open: bool, held: bool, turn: int, now: datetime,
    grace_minutes: int = 10,
) -> Why:  # fmt: skip
    """Return the reason why a task was given or opened now."""
    task = Candidate(0, Band(band), Priority(priority), ready_at, window_is_open)
    return why(task, turn=turn, now=now, held=held, grace=timedelta(minutes=grace_minutes))


def held_by_others(client_id: int, employee_id: int, *, now: datetime) -> int | None:
    """Return the colleague who holds the client now."""
    return (
        Lease.objects.filter(client_id=client_id, until__gt=now)
        .exclude(employee_id=employee_id)
        .values_list("employee_id", flat=True)
        .first()
    )


def clients_held_by_others(employee_id: int, *, now: datetime) -> list[int]:
    """Return the clients that colleagues hold now."""
    return list(
        Lease.objects.filter(until__gt=now).exclude(employee_id=employee_id).values_list("client_id", flat=True)
    )


@dataclass(frozen=True, slots=True)
class Ahead:
    """The task that will most likely come next."""

    client_id: int
    band: int
    ready_at: datetime
    title: str = ""


def list_promised(pool_ids: Sequence[int], *, start: datetime, end: datetime, most: int) -> list[Ahead]:
    """Return the promised tasks of a stretch of time, earliest first."""
    rows = Task.objects.filter(
        pool_id__in=pool_ids, is_open=True, band=0, ready_at__gte=start, ready_at__lt=end, client_id__isnull=False
    )
    found = rows.order_by("ready_at", "id")[:most].values_list("client_id", "band", "ready_at", "title")
    return [Ahead(client or 0, band, at, title) for client, band, at, title in found]


@dataclass(frozen=True, slots=True)
class Figures:
    """What the desk says of the queue and of the day.

    `waiting` counts open tasks of the pools that are ready, by band; closed windows are counted too. `promised` are
    those due within a day; `planned` the moments of the employee's own steps of a stretch of time. `ahead` is a look
    ahead: the nearest promised task of the next hours, else the oldest fresh one; calling hours are left to the feed,
    which chooses anew. `holder` is the colleague who holds the client in hand.
    """

    waiting: Mapping[int, int]
    promised: int
    planned: Sequence[datetime]
    holder: int | None
    ahead: Ahead | None


_FIGURES = """
SELECT
  (SELECT jsonb_object_agg(band, n)::text FROM (
    SELECT band, count(*) AS n FROM work_task WHERE company_id = %(company)s AND is_open AND pool_id = ANY (%(pools)s)
      AND ready_at <= %(now)s GROUP BY band) w),
  (SELECT count(*) FROM work_task WHERE company_id = %(company)s AND is_open AND pool_id = ANY (%(pools)s) AND band = 0
    AND ready_at <= %(now)s + interval '1 day'),
  ARRAY (SELECT ready_at FROM work_task WHERE company_id = %(company)s AND is_open AND employee_id = %(me)s
    AND ready_at >= %(now)s AND ready_at < %(until)s),
  (SELECT employee_id FROM work_lease WHERE company_id = %(company)s AND client_id = %(client)s AND until > %(now)s
    AND employee_id <> %(me)s LIMIT 1),
  a.client_id, a.band, a.ready_at
FROM (VALUES (1)) one LEFT JOIN LATERAL (
  (SELECT client_id, band, ready_at FROM work_task WHERE company_id = %(company)s AND is_open
     AND pool_id = ANY (%(pools)s) AND client_id IS NOT NULL AND client_id IS DISTINCT FROM %(client)s
     AND band = 0 AND ready_at <= %(now)s + interval '12 hours' ORDER BY ready_at, id LIMIT 1)
  UNION ALL
  (SELECT client_id, band, ready_at FROM work_task WHERE company_id = %(company)s AND is_open
     AND pool_id = ANY (%(pools)s) AND client_id IS NOT NULL AND client_id IS DISTINCT FROM %(client)s
     AND band = 1 AND ready_at <= %(now)s ORDER BY ready_at, id LIMIT 1)
  ORDER BY band LIMIT 1) a ON true
"""


def read_figures(
    employee_id: int, pool_ids: Sequence[int], *, client_id: int | None, until: datetime, now: datetime
) -> Figures:
    """Return the figures of the desk by one statement; `client_id` is in hand, steps are planned up to `until`."""
    given: dict[str, Any] = {  # parameters are of many types
        "company": current_company_id(),
        "me": employee_id,
        "pools": list(pool_ids),
        "client": client_id,
        "until": until,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, given)
        waiting, promised, planned, holder, *ahead = cursor.fetchone()
    return Figures(
        waiting={int(band): count for band, count in json.loads(waiting or "{}").items()},
        promised=promised,
        planned=planned,
        holder=holder,
        ahead=Ahead(*ahead) if ahead[0] is not None else None,
    )


def list_queue(
    actor: Actor,
    pool_ids: Sequence[int],
    *,
    is_open: bool = True,
    kind: str = "",
    employee_id: int | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Task]:
    """Return tasks of the queue that the actor may know of, newest first, from the id `before` on.

    His own and those of his pools; with the right to see the load of colleagues, theirs too, as far as it reaches.
    """
    found = Task.objects.select_related("employee").filter(_known_to(actor, pool_ids), is_open=is_open)
    if kind:
        found = found.filter(kind=kind)
    if employee_id is not None:
        found = found.filter(employee_id=employee_id)
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found.order_by("-id")[:limit])


def _known_to(actor: Actor, pool_ids: Sequence[int]) -> Q:
    own = Q(employee_id=actor.employee_id) | Q(pool_id__in=pool_ids)
    match actor.reach(SEE_LOAD):
        case Reach.ALL:
            return Q()
        case Reach.TEAM if actor.team_id is not None:
            return own | Q(employee__team_id=actor.team_id)
    return own


def public_ids_of_tasks(ids: Sequence[int]) -> dict[int, str]:
    """Return the public ids of tasks by id; unknown ids are left out."""
    return dict(Task.objects.filter(pk__in=ids).values_list("id", "public_id"))
