"""What the planner shows: the viewer's days, tasks without a time, the team's day."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.accounts.queries import CompanyRules
from voronka.kit.actors import Actor
from voronka.kit.clocks import day_bounds, wall
from voronka.kit.errors import NotFound
from voronka.people import queries as people
from voronka.work.models import Task
from voronka.work.permissions import PLAN, SEE_LOAD
from voronka.work.queries.hours import CallingHours, schedules_of
from voronka.work.rules.bands import Band
from voronka.work.rules.load import HourLoad, my_day, quarters
from voronka.work.rules.planner import Overload, PlanDay, Planned, overload, plan_grid
from voronka.work.rules.schedule import Schedule

MOST_ROWS = 2_000
MOST_MATES = 12


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose planner is open."""

    employee_id: int
    public_id: str
    name: str
    zone: str
    team_id: int | None


@dataclass(frozen=True, slots=True)
class Card:
    """A task as the planner shows it. `hours` and `zone` are its client's; without a client both are empty."""

    task: Task
    name: str
    zone: str = ""
    place: str = ""
    hours: CallingHours | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The days of a planner with their cards by task id."""

    days: Sequence[PlanDay]
    cards: dict[int, Card]
    schedule: Schedule


@dataclass(frozen=True, slots=True)
class Loose:
    """Tasks without a time ahead, the most pressing first, and how many there are."""

    cards: Sequence[Card]
    total: int


@dataclass(frozen=True, slots=True)
class MateDay:
    """A colleague's day by his own clock: hours with what was done and what is planned."""

    whose: Whose
    hours: Sequence[HourLoad]
    done: int
    planned: int
    over: Overload | None = field(default=None)


def get_whose(actor: Actor, public_id: str = "") -> Whose:
    """Return whose planner the actor opens: his own, or a colleague's that he may plan. Raises NotFound."""
    if not public_id:
        own_id = accounts.public_ids_of_employees([actor.person_id])[actor.person_id]
        return Whose(actor.person_id, own_id, actor.name, actor.zone.key, actor.team_id)
    for one in accounts.list_employees():
        if one.public_id == public_id:
            if one.pk != actor.employee_id and not actor.may(PLAN, owner_id=one.pk, team_id=one.team_id):
                break
            return Whose(one.pk, one.public_id, one.name, one.zone, one.team_id)
    raise NotFound(_("There is no such employee."))


def get_plan(
    actor: Actor,
    whose: Whose,
    days: Sequence[date],
    *,
    now: datetime,
    all_cards: bool = False,
    each: int | None = None,
    rules: CompanyRules | None = None,
) -> Plan:
    """Return the planner of an employee for days of his clock, as the actor may see it: six statements in all.

    With `each` only so many cards of an hour are read, the first ones. `rules` are the company's, where the caller
    has them.
    """
    schedule = schedules_of([(whose.employee_id, whose.zone)])[whose.employee_id]
    start, end = day_bounds(days[0], whose.zone)[0], day_bounds(days[-1], whose.zone)[1]
    done = Task.objects.filter(
        is_open=False, closed_by_id=whose.employee_id, outcome="done", closed_at__gte=start, closed_at__lt=end
    )
    ahead = _open(whose.employee_id).filter(ready_at__gte=start, ready_at__lt=end)
    ahead = ahead.filter(Q(band=Band.PROMISED) | Q(ready_at__gte=now)).exclude(band=Band.BACKLOG, ready_at__lt=now)
    rows = ahead.order_by("ready_at", "id").values_list("id", "ready_at", "band")[:MOST_ROWS]
    planned = [Planned(pk, at, band == Band.PROMISED) for pk, at, band in rows]
    grid = plan_grid(
        days,
        schedule,
        done=[at for at in done.values_list("closed_at", flat=True)[:MOST_ROWS] if at is not None],
        planned=planned,
        now=now,
        all_cards=all_cards,
    )
    named = [one.task_id for day in grid for hour in day.hours for one in hour.cards[:each]]
    tasks = list(Task.objects.filter(pk__in=named)) if named else []
    return Plan(grid, {card.task.pk: card for card in cards_of(actor, tasks, rules)}, schedule)


def list_loose(actor: Actor, whose: Whose, *, now: datetime, most: int, rules: CompanyRules | None = None) -> Loose:
    """Return the open tasks that have no time ahead of them: overdue first, then fresh, due, backlog."""
    loose = _open(whose.employee_id).filter(ready_at__lt=now)
    first = loose.order_by(F("due_at").asc(nulls_last=True), "band", "priority", "ready_at", "id")[:most]
    return Loose(cards_of(actor, list(first), rules), loose.count())


def _open(employee_id: int) -> QuerySet[Task]:
    return Task.objects.filter(employee_id=employee_id, is_open=True)


def get_card(actor: Actor, public_id: str) -> Card:
    """Return a task that the actor may plan. Raises NotFound."""
    task = Task.objects.select_related("employee", "pool").filter(public_id=public_id).first()
    owner = task.employee if task is not None else None
    if task is None or not actor.may(PLAN, owner_id=task.employee_id, team_id=owner.team_id if owner else None):
        raise NotFound(_("There is no such task, or it is not yours."))
    return cards_of(actor, [task])[0]


def cards_of(actor: Actor, tasks: Sequence[Task], rules: CompanyRules | None = None) -> list[Card]:
    """Return tasks with what the actor may see of their clients, and their calling hours: two statements for all.

    One less where the caller has the company's `rules`.
    """
    ids = sorted({one.client_id for one in tasks if one.client_id is not None})
    clients = people.client_rows(ids) if ids else {}
    rules = rules or (accounts.get_company_rules() if clients else None)
    found = []
    for task in tasks:
        client = clients.get(task.client_id or 0)
        if client is None or rules is None:
            found.append(Card(task, task.title))
        else:
            client = people.shown(actor, client)
            hours = CallingHours.of_client(client, rules)
            found.append(Card(task, client.name, client.zone, client.city, hours))
    return found


def list_team_day(actor: Actor, *, now: datetime) -> list[MateDay]:
    """Return today's load of the actor and the colleagues within his reach, himself first; five statements."""
    mates = list_mates(actor)
    if not mates:
        return []
    schedules = schedules_of([(one.employee_id, one.zone) for one in mates])
    ids = [one.employee_id for one in mates]
    start, end = now - timedelta(hours=38), now + timedelta(hours=38)  # today by any clock
    done: dict[int, list[datetime]] = {}
    rows = Task.objects.filter(is_open=False, closed_by_id__in=ids, closed_at__gte=start, outcome="done")
    for who, at in rows.values_list("closed_by_id", "closed_at")[: MOST_ROWS * 2]:
        done.setdefault(who or 0, []).extend([at] if at is not None else [])
    planned: dict[int, list[datetime]] = {}
    open_rows = Task.objects.filter(employee_id__in=ids, is_open=True, ready_at__gte=now, ready_at__lt=end)
    for who, at in open_rows.values_list("employee_id", "ready_at")[: MOST_ROWS * 2]:
        planned.setdefault(who or 0, []).append(at)
    return [_mate_day(one, schedules[one.employee_id], done, planned, now) for one in mates]


def _mate_day(
    one: Whose,
    schedule: Schedule,
    done: dict[int, list[datetime]],
    planned: dict[int, list[datetime]],
    now: datetime,
) -> MateDay:
    today = wall(now, one.zone).date()
    hours = my_day(
        today,
        schedule,
        done=quarters(done.get(one.employee_id, [])),
        planned=quarters(planned.get(one.employee_id, [])),
        now=now,
    )
    over = overload([(hour.hour, hour.planned) for hour in hours], now_hour=wall(now, one.zone).hour)
    return MateDay(one, hours, sum(hour.done for hour in hours), sum(hour.planned for hour in hours), over)


def list_mates(actor: Actor) -> list[Whose]:
    """Return the actor and the colleagues whose load he may see, himself first; those of the feed before others."""
    found = [
        one
        for one in accounts.list_employees()
        if one.pk == actor.employee_id or actor.may(SEE_LOAD, owner_id=one.pk, team_id=one.team_id)
    ]
    found.sort(key=lambda one: (one.pk != actor.employee_id, one.role.code not in ("manager", "head")))
    return [Whose(one.pk, one.public_id, one.name, one.zone, one.team_id) for one in found[:MOST_MATES]]


def team_load_by_quarters(actor: Actor, *, start: datetime, end: datetime) -> tuple[int, dict[datetime, int]]:
    """Return how many people the actor's team counts, and their planned tasks by quarters of an hour of UTC."""
    mates = list_mates(actor)
    rows = Task.objects.filter(
        employee_id__in=[one.employee_id for one in mates], is_open=True, ready_at__gte=start, ready_at__lt=end
    )
    return len(mates), dict(quarters(rows.values_list("ready_at", flat=True)))


def list_to_take(actor: Actor, public_id: str, *, now: datetime) -> tuple[MateDay, list[Card]]:
    """Return a colleague's day and his tasks of today that may be taken: unpromised, about deals, soonest first.

    Raises NotFound for somebody whose load the actor may not see.
    """
    mate = next((one for one in list_team_day(actor, now=now) if one.whose.public_id == public_id), None)
    if mate is None or mate.whose.employee_id == actor.employee_id:
        raise NotFound(_("There is no such employee."))
    end = day_bounds(wall(now, mate.whose.zone).date(), mate.whose.zone)[1]
    rows = _open(mate.whose.employee_id).filter(
        band__gt=Band.PROMISED, ready_at__gte=now, ready_at__lt=end, subject_kind="deal"
    )
    return mate, cards_of(actor, list(rows.order_by("ready_at", "id")[:50]))
