"""Operations on handing over: everything open of one employee given to others, and back."""

from typing import Annotated

from django.utils.translation import gettext_lazy
from ninja import Query, Router

from voronka.accounts import queries as accounts
from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import Reply, operation
from voronka.connect.api.staff import router
from voronka.connect.rules import scopes
from voronka.connect.schemas import staff as docs
from voronka.connect.schemas.common import IdInPath, Named
from voronka.deals.services import handovers

done = Router(tags=["staff"])


def _to_id(public_id: str | None) -> int | None:
    """Return the id of a colleague who works here; the verb refuses None where one is needed."""
    known = {one.public_id: one.pk for one in accounts.list_employees() if one.joined_at is not None}
    return known.get(public_id or "")


@operation(
    router,
    "GET",
    "/{employee}/hand-over",
    scope=scopes.STAFF_READ,
    answer=docs.HandOverPlan,
    right="deals.assign",
    summary=gettext_lazy("Look at what handing over everything open of an employee would do"),
)
def plan_hand_over(
    request: ApiRequest,
    employee: IdInPath,
    way: docs.Way = "rules",
    to: Annotated[str, Query(max_length=40, description="The colleague, where the way is a person.")] = "",
) -> docs.HandOverPlan:
    """Return to whom how much would go now, changing nothing."""
    caller = request.auth
    plan = handovers.plan(
        actor=caller.actor,
        employee_id=accounts.get_employee(employee).pk,
        way=way,
        to_employee_id=_to_id(to),
        now=caller.now,
    )
    names = {one.pk: Named(id=one.public_id, name=one.name) for one in accounts.list_employees(active=False)}
    return docs.plan_out(plan, names)


@operation(
    router,
    "POST",
    "/{employee}/hand-over",
    scope=scopes.STAFF_WRITE,
    answer=docs.HandOver,
    status=201,
    summary=gettext_lazy("Hand over everything open of an employee"),
)
def hand_over(request: ApiRequest, employee: IdInPath, sent: docs.HandOverGiven) -> Reply:
    """Give the open deals of an employee to others, his tasks too when to a person."""
    caller = request.auth
    row = handovers.hand_over_all(
        actor=caller.actor,
        employee_id=accounts.get_employee(employee).pk,
        way=sent.way,
        to_employee_id=_to_id(sent.to),
        now=caller.now,
    )
    return Reply(docs.hand_over_out(row))


@operation(
    router,
    "GET",
    "/{employee}/hand-overs",
    scope=scopes.STAFF_READ,
    answer=docs.HandOverList,
    right="deals.assign",
    summary=gettext_lazy("List what was handed over from an employee"),
)
def list_hand_overs(request: ApiRequest, employee: IdInPath) -> docs.HandOverList:
    """Return the latest hand-overs, newest first."""
    rows = handovers.list_hand_overs(request.auth.actor, accounts.get_employee(employee).pk)
    return docs.HandOverList(items=[docs.hand_over_out(one) for one in rows])


@operation(
    done,
    "POST",
    "/{hand_over}/undo",
    scope=scopes.STAFF_WRITE,
    answer=docs.HandOverUndone,
    summary=gettext_lazy("Give back what was handed over"),
)
def undo_hand_over(request: ApiRequest, hand_over: IdInPath) -> docs.HandOverUndone:
    """Give back what still stands as it was given; repeating it gives nothing more."""
    deals, tasks = handovers.undo_hand_over(actor=request.auth.actor, public_id=hand_over, now=request.auth.now)
    return docs.HandOverUndone(deals=deals, tasks=tasks)
