"""Tasks for people as the actor may see them: lists, one with all about it, loads, counts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor, Reach
from voronka.kit.clocks import day_bounds
from voronka.kit.errors import NotFound
from voronka.kit.files import get_file
from voronka.kit.models import StoredFile
from voronka.work.models import SHELVED, Assignment, CheckItem, Remark, Task, TaskKind
from voronka.work.permissions import SEE_LOAD, SEE_TASKS, SET_TASKS
from voronka.work.queries.hours import schedules_of
from voronka.work.rules.bands import Band
from voronka.work.rules.load import FULL

PAGE = 50


def visible(actor: Actor) -> Q:
    """Return the condition of tasks by hand within reach: those the actor set or does, his team's, all."""
    reach = actor.reach(SEE_TASKS)
    if reach is Reach.ALL:
        return Q()
    own = Q(author_id=actor.employee_id) | Q(task__employee_id=actor.employee_id)
    if reach is Reach.TEAM and actor.team_id is not None:
        return own | Q(task__employee__team_id=actor.team_id)
    return own


def get_assignment(actor: Actor, public_id: str) -> Assignment:
    """Return a task by hand with its people. Raises NotFound for one that the actor may not see."""
    found = (
        Assignment.objects.select_related("task", "task__employee", "task__pool", "kind", "author", "parent")
        .filter(visible(actor), task__public_id=public_id)
        .first()
        if public_id.isalnum()
        else None
    )
    if found is None:
        raise NotFound(_("There is no such task, or it is not yours."))
    return found


def get_assignment_row(public_id: str) -> Assignment:
    """Return a task by hand as its changer left it, also where the change has put it out of his sight."""
    rows = Assignment.objects.select_related("task", "task__employee", "kind", "author", "parent")
    return rows.get(task__public_id=public_id)


def list_tasks(
    actor: Actor, *, whose: str, state: str = "open", employee_id: int | None = None, after: int = 0
) -> list[Assignment]:
    """Return a page of tasks by hand: `mine`, `set` (by me for others) or `team` (all within reach).

    Open ones by deadline, closed ones newest first; `after` is how many have been seen.
    """
    found = search_tasks(actor, whose=whose, state=state, employee_id=employee_id)
    return list(found.order_by(*_order(state))[after : after + PAGE])


def _order(state: str) -> tuple[str, str]:
    return ("task__due_at", "id") if state == "open" else ("-task__closed_at", "-id")


def walk_tasks(
    actor: Actor, *, whose: str, state: str, employee_id: int | None, chunk: int = 500
) -> Iterator[list[Assignment]]:
    """Yield all tasks of a list in its order, in chunks: those found at the beginning, as they are when read."""
    found = search_tasks(actor, whose=whose, state=state, employee_id=employee_id)
    ids = list(found.order_by(*_order(state)).values_list("id", flat=True))
    for at in range(0, len(ids), chunk):
        rows = {one.pk: one for one in found.filter(pk__in=ids[at : at + chunk])}
        yield [rows[pk] for pk in ids[at : at + chunk] if pk in rows]


def search_tasks(
    actor: Actor, *, whose: str, state: str = "open", employee_id: int | None = None
) -> QuerySet[Assignment]:
    """Return tasks by hand, `open` or closed, in no order: `mine`, `set` (by me for others) or `team`, as in a list."""
    found = Assignment.objects.select_related("task", "task__employee", "author", "kind").filter(visible(actor))
    if whose == "mine":
        found = found.filter(task__employee_id=actor.person_id)
    elif whose == "set":
        found = found.filter(author_id=actor.employee_id).exclude(task__employee_id=actor.person_id)
    if employee_id is not None:
        found = found.filter(task__employee_id=employee_id)
    return found.filter(task__is_open=state == "open").exclude(task__outcome=SHELVED)


def find_tasks(actor: Actor, text: str, *, most: int) -> list[Assignment]:
    """Return open tasks by hand within reach whose title holds every word of the text, the soonest first."""
    found = Assignment.objects.select_related("task", "task__employee").filter(visible(actor), task__is_open=True)
    for word in text.replace("\0", " ").split()[:6]:
        found = found.filter(task__title__icontains=word)
    return list(found.order_by("task__due_at", "id")[:most])


def list_focus(actor: Actor, *, now: datetime, most: int = 30) -> list[Task]:
    """Return what matters now to the actor: open tasks of every sort by when they become overdue, marked ones first.

    Overdue, promised and due within a day; one read of the index of deadlines.
    """
    found = Task.objects.filter(employee_id=actor.person_id, is_open=True, due_at__lt=now + timedelta(days=1))
    rows = list(found.order_by("due_at", "id")[:most])
    return sorted(rows, key=lambda one: (one.due_at is None or one.due_at >= now, one.priority > 1, one.due_at))


def about_client(actor: Actor, client_id: int) -> list[Assignment]:
    """Return the open tasks by hand about a client that the actor may see, the soonest first."""
    found = Assignment.objects.select_related("task", "task__employee").filter(visible(actor))
    return list(found.filter(task__client_id=client_id, task__is_open=True).order_by("task__due_at", "id")[:20])


@dataclass(frozen=True, slots=True)
class TaskPage:
    """One task with all about it."""

    checks: Sequence[CheckItem]
    subtasks: Sequence[Assignment]
    files: Sequence[StoredFile]
    remarks: Sequence[Remark]


def get_page(assignment: Assignment) -> TaskPage:
    """Return what hangs on a task: four statements."""
    task = assignment.task
    below = Assignment.objects.select_related("task", "task__employee", "author", "kind", "parent")
    return TaskPage(
        list(CheckItem.objects.filter(task=task).order_by("position", "id")),
        list(below.filter(parent=task).order_by("task__due_at", "id")[:100]),
        list(StoredFile.objects.filter(subject_kind="task", subject_id=task.pk).order_by("id")),
        list(Remark.objects.select_related("author").filter(task=task).order_by("id")[:200]),
    )


def get_task_file(actor: Actor, public_id: str, file_id: str) -> StoredFile:
    """Return a file of a task by hand. Raises NotFound, also for a file of something else."""
    found = get_assignment(actor, public_id)
    file = get_file(actor, file_id) if file_id.isalnum() else None
    if file is None or (file.subject_kind, file.subject_id) != ("task", found.task_id):
        raise NotFound(_("There is no such file."))
    return file


def may_read_files(actor: Actor, task_id: int) -> bool:
    """Tell whether the actor may read the files of a task."""
    return Assignment.objects.filter(visible(actor), task_id=task_id).exists()


def list_kinds(*, active: bool = True) -> list[TaskKind]:
    """Return the kinds of tasks in their order."""
    found = TaskKind.objects.order_by("position", "name")
    return list(found.filter(is_active=True) if active else found)


def get_kind(public_id: str) -> TaskKind:
    """Return a kind of tasks, also one put away, by public id. Raises NotFound."""
    found = TaskKind.objects.filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such kind of tasks."))
    return found


@dataclass(frozen=True, slots=True)
class Load:
    """How busy somebody is: planned on a day beside what its hours hold, open in all, overdue. None: not told."""

    employee_id: int
    public_id: str
    name: str
    planned: int | None
    norm: int
    open: int | None
    overdue: int | None
    is_off: bool

    @property
    def is_over(self) -> bool:
        """Whether one more task is more than the day holds well."""
        return self.planned is not None and self.planned >= self.norm


def list_loads(actor: Actor, *, day: date | None, now: datetime) -> list[Load]:
    """Return those whom the actor may give tasks to, himself first, with their load of a day (today).

    The load is told to those who may see it, each his own; six statements, however many there are.
    """
    people = [
        one
        for one in accounts.list_employees()
        if one.pk == actor.employee_id or actor.may(SET_TASKS, owner_id=one.pk, team_id=one.team_id)
    ]
    people.sort(key=lambda one: one.pk != actor.employee_id)
    schedules = schedules_of([(one.pk, one.zone) for one in people])
    open_tasks = Task.objects.filter(employee_id__in=[one.pk for one in people], is_open=True)
    by_person = open_tasks.values_list("employee_id").annotate(
        all=Count("id"), late=Count("id", filter=Q(due_at__lt=now))
    )
    counts = {who: (count, late) for who, count, late in by_person}
    days = {one.pk: day or now.astimezone(ZoneInfo(one.zone)).date() for one in people}
    first, last = min(days.values(), default=now.date()), max(days.values(), default=now.date())
    start = day_bounds(first, "UTC")[0] - timedelta(hours=14)
    end = day_bounds(last, "UTC")[1] + timedelta(hours=14)
    moments: dict[int, list[datetime]] = {}
    by_deadline = Q(band=Band.BACKLOG, due_at__gte=start, due_at__lt=end)
    timed = open_tasks.filter(Q(band__lt=Band.BACKLOG, ready_at__gte=start, ready_at__lt=end) | by_deadline)
    for who, ready_at, due_at, band in timed.values_list("employee_id", "ready_at", "due_at", "band")[:5000]:
        moments.setdefault(who or 0, []).append(due_at if band == Band.BACKLOG and due_at is not None else ready_at)
    found = []
    for one in people:
        told = one.pk == actor.employee_id or actor.may(SEE_LOAD, owner_id=one.pk, team_id=one.team_id)
        on = days[one.pk]
        edge = day_bounds(on, one.zone)
        shift, lunch = schedules[one.pk].shift_on(on), schedules[one.pk].lunch_on(on)
        worked = (shift.end - shift.start) - ((lunch.end - lunch.start) if lunch else timedelta()) if shift else None
        open_count, late_count = counts.get(one.pk, (0, 0))
        found.append(
            Load(
                one.pk,
                one.public_id,
                one.name,
                sum(edge[0] <= at < edge[1] for at in moments.get(one.pk, [])) if told else None,
                round(worked / timedelta(hours=1) * FULL) if worked else 0,
                open_count if told else None,
                late_count if told else None,
                shift is None,
            )
        )
    return found


def count_overdue(employee_id: int, *, now: datetime) -> int:
    """Return how many of an employee's open tasks are overdue."""
    return Task.objects.filter(employee_id=employee_id, is_open=True, due_at__lt=now).count()
