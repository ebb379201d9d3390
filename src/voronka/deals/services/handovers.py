"""Everything open of one employee passes to others: he is away, or works here no longer.

Deals go by the rules of their pipelines, to the common pools, or to one chosen colleague; tasks that people set for
him go to the colleague only. What was given is written down, so that all of it can be given back.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.deals import events
from voronka.deals.models import Deal, HandOver
from voronka.deals.permissions import ASSIGN
from voronka.deals.rules.sharing import Decision
from voronka.deals.services.opening import shared_events
from voronka.deals.services.sharing import Case, Sharer
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.events import Event, publish
from voronka.work import services as work

MOST = 2_000  # deals given in one transaction
CHUNK = 500
WAYS = ("rules", "pool", "person")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a hand-over would do: deals by the employee they go to (None: the common pool), tasks, whether all fit."""

    to: Mapping[int | None, int]
    tasks: int
    is_more: bool

    @property
    def deals(self) -> int:
        """How many deals would pass."""
        return sum(self.to.values())


def plan(*, actor: Actor, employee_id: int, way: str, to_employee_id: int | None, now: datetime) -> Plan:
    """Tell what a hand-over would do now, changing nothing. Raises Denied, NotFound, Invalid."""
    _require(actor, employee_id, way, to_employee_id)
    deals = list(_open_of(employee_id)[: MOST + 1])
    decided = _decide(deals[:MOST], employee_id, way, to_employee_id, now=now, lock=False)
    tasks = work.count_set_tasks(employee_id) if way == "person" else 0
    return Plan(Counter(one.employee_id for one in decided), tasks, len(deals) > MOST)


@transaction.atomic
def hand_over_all(*, actor: Actor, employee_id: int, way: str, to_employee_id: int | None, now: datetime) -> HandOver:
    """Give the open deals of an employee to others (`way`: rules, pool, person), his tasks too when to a person.

    Up to MOST deals at once. Raises Denied, NotFound, Invalid, Conflict when he has nothing open.
    """
    _require(actor, employee_id, way, to_employee_id)
    deals = _locked(employee_id, MOST)
    tasks: list[int] = []
    if way == "person" and to_employee_id is not None:
        tasks = work.pass_set_tasks(from_employee_id=employee_id, to_employee_id=to_employee_id, now=now)
    if not deals and not tasks:
        raise Conflict(_("Nothing of his is open any more."), code="nothing_open")
    moved = _pass(deals, employee_id, way, to_employee_id, now=now)
    return _write(employee_id, way, to_employee_id, moved, tasks, author_id=actor.employee_id, now=now)


@transaction.atomic
def undo_hand_over(*, actor: Actor, public_id: str, now: datetime) -> tuple[int, int]:
    """Give back what was handed over and still stands as it was given; return how many deals and tasks came back.

    Deals closed since, or given on to somebody else, stay. Raises Denied, NotFound, Conflict.
    """
    actor.require(ASSIGN)
    row = HandOver.objects.select_for_update().filter(public_id=public_id).first()
    if row is None:
        raise NotFound(_("There is no such hand-over."))
    if row.undone_at is not None:
        return 0, 0
    if not accounts.is_working(row.employee_id):
        raise Conflict(_("He works here no longer: take him back first."), code="employee_gone")
    given = {int(deal_id): to for deal_id, to in row.moved}
    rows = Deal.objects.filter(pk__in=given, state=Deal.State.OPEN).select_for_update(of=("self",)).order_by("id")
    back = [one for one in rows if one.responsible_id == given[one.pk]]
    _give([(one, row.employee_id) for one in back], now=now)
    tasks = 0
    if row.to_employee_id is not None:
        tasks = work.pass_tasks_back(row.tasks, from_employee_id=row.to_employee_id, to_employee_id=row.employee_id)
    row.undone_at = now
    row.save(update_fields=["undone_at"])
    publish(_told(row, len(back), tasks, undone=True), at=now)
    return len(back), tasks


def after_dismissal(employee_id: int, *, now: datetime) -> int:
    """Give the open deals of a dismissed employee by the rules of their pipelines, else to the pools; return how many.

    Nobody would ever be given his tasks otherwise. Closed deals and cards stay his. Chunk by chunk; ends when he
    works here again.
    """
    given = 0
    while not accounts.is_working(employee_id):
        with transaction.atomic():
            deals = _locked(employee_id, CHUNK)
            moved = _pass(deals, employee_id, "rules", None, now=now)
            if moved:
                _write(employee_id, "rules", None, moved, [], author_id=None, now=now)
        given += len(deals)
        if len(deals) < CHUNK:
            break
    return given


def list_hand_overs(actor: Actor, employee_id: int) -> Sequence[HandOver]:
    """Return the latest hand-overs of an employee. Raises Denied."""
    actor.require(ASSIGN)
    rows = HandOver.objects.filter(employee_id=employee_id).select_related("employee", "to_employee", "author")
    return list(rows.order_by("-id")[:20])


def _require(actor: Actor, employee_id: int, way: str, to_employee_id: int | None) -> None:
    actor.require(ASSIGN)
    if way not in WAYS:
        message = _("This choice is no longer in the list.")
        raise Invalid(message, fields={"way": message})
    if way == "person":
        known = {one.pk for one in accounts.list_employees()}
        if to_employee_id not in known or to_employee_id == employee_id:
            message = _("Choose a colleague.")
            raise Invalid(message, fields={"to": message})


def _open_of(employee_id: int) -> QuerySet[Deal]:
    rows = Deal.objects.filter(responsible_id=employee_id, state=Deal.State.OPEN)
    return rows.order_by("pipeline_id", "id")


def _locked(employee_id: int, most: int) -> list[Deal]:
    """Lock deals in key order, read them again, and return them pipeline by pipeline."""
    rows = Deal.objects.filter(responsible_id=employee_id, state=Deal.State.OPEN).order_by("id")
    ids = list(rows.select_for_update(of=("self",)).values_list("id", flat=True)[:most])
    return list(Deal.objects.filter(pk__in=ids, state=Deal.State.OPEN).order_by("pipeline_id", "id"))


def _decide(
    deals: Sequence[Deal], employee_id: int, way: str, to_employee_id: int | None, *, now: datetime, lock: bool
) -> list[Decision]:
    if way != "rules":
        target = to_employee_id if way == "person" else None
        return [Decision(target) for _deal in deals]
    sharers: dict[int, Sharer] = {}
    decided = []
    for deal in deals:
        if deal.pipeline_id not in sharers:
            sharers[deal.pipeline_id] = Sharer.of(deal.pipeline_id, now=now, lock=lock, besides=[employee_id])
            sharers[deal.pipeline_id].foresee([one.client_id for one in deals if one.pipeline_id == deal.pipeline_id])
        decided.append(sharers[deal.pipeline_id].decide(Case(deal.client_id, deal.source, deal.sum)))
    if lock:
        for sharer in sharers.values():
            sharer.save()
    return decided


def _pass(
    deals: Sequence[Deal], employee_id: int, way: str, to_employee_id: int | None, *, now: datetime
) -> list[list[int | None]]:
    decided = _decide(deals, employee_id, way, to_employee_id, now=now, lock=True)
    told: list[Event] = []
    for deal, one in zip(deals, decided, strict=True):
        told += shared_events(deal, one, why="hand_over")
    _give([(deal, one.employee_id) for deal, one in zip(deals, decided, strict=True)], now=now, more=told)
    return [[deal.pk, one.employee_id] for deal, one in zip(deals, decided, strict=True)]


def _give(moves: Sequence[tuple[Deal, int | None]], *, now: datetime, more: Sequence[Event] = ()) -> None:
    """Write new responsible employees for locked deals, their tasks with them: a few statements for each of them."""
    told: list[Event] = []
    by_owner: dict[int | None, list[int]] = defaultdict(list)
    tasks: dict[tuple[str, int | None], list[int]] = defaultdict(list)
    for deal, to in moves:
        told.append(
            events.ResponsibleChanged(
                deal_id=deal.pk,
                client_id=deal.client_id,
                from_employee_id=deal.responsible_id,
                to_employee_id=to,
            )
        )
        by_owner[to].append(deal.pk)
        if deal.open_task_id is not None:
            key = f"employee:{to}" if to is not None else f"pipeline:{deal.pipeline_id}"
            tasks[key, to].append(deal.open_task_id)
    for to, ids in by_owner.items():
        Deal.objects.filter(pk__in=ids).update(responsible_id=to)
    for (key, to), ids in tasks.items():
        work.hand_tasks(ids, pool_id=work.pool_for(key), employee_id=to)
    publish(*told, *more, at=now)


def _write(
    employee_id: int,
    way: str,
    to_employee_id: int | None,
    moved: Sequence[Sequence[int | None]],
    tasks: Sequence[int],
    *,
    author_id: int | None,
    now: datetime,
) -> HandOver:
    row = HandOver.objects.create(
        employee_id=employee_id,
        to_employee_id=to_employee_id if way == "person" else None,
        way=way,
        author_id=author_id,
        made_at=now,
        moved=list(moved),
        tasks=list(tasks),
    )
    publish(_told(row, len(moved), len(tasks), undone=False), at=now)
    return row


def _told(row: HandOver, deals: int, tasks: int, *, undone: bool) -> events.DealsHandedOver:
    return events.DealsHandedOver(
        hand_over_id=row.pk,
        from_employee_id=row.employee_id,
        to_employee_id=row.to_employee_id,
        deals=deals,
        tasks=tasks,
        undone=undone,
    )


def employee_of(actor: Actor, public_id: str) -> str:
    """Return the public id of the employee whose deals a hand-over gave away. Raises Denied, NotFound."""
    actor.require(ASSIGN)
    row = HandOver.objects.select_related("employee").filter(public_id=public_id).first()
    if row is None:
        raise NotFound(_("There is no such hand-over."))
    return str(row.employee.public_id)
