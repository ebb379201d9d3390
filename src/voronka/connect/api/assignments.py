"""Operations on tasks that people set for people: list, set, change, tick, discuss, end."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Literal

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Query, Router

from voronka.accounts import queries as accounts
from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import Reply, operation
from voronka.connect.api.paging import bad_cursor, cursor_of, place_of
from voronka.connect.queries.walking import BadPlace, read_page_by
from voronka.connect.rules import scopes
from voronka.connect.schemas import assignments as docs
from voronka.connect.schemas.common import Cursor, IdInPath, Limit
from voronka.connect.schemas.outer import Outer
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.people import queries as people
from voronka.work import ports, services
from voronka.work.queries import tasks

if TYPE_CHECKING:
    from voronka.work.models import Assignment as AssignmentRow

router = Router(tags=["assignments"])


@operation(
    router,
    "GET",
    "",
    scope=scopes.TASKS_READ,
    answer=docs.AssignmentList,
    summary=gettext_lazy("List the tasks that people set: one's own, those set for others, the team's"),
)
def list_assignments(
    request: ApiRequest,
    whose: Annotated[
        Literal["mine", "set", "team"],
        Query(description="mine: to be done by me; set: by me for others; team: all within reach."),
    ] = "mine",
    state: Literal["open", "overdue", "closed"] = "open",
    employee: Annotated[str, Query(max_length=40, description="Who is to do it: me or an employee.")] = "",
    client: Annotated[str, Query(max_length=60, description="Whom it is about.")] = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> docs.AssignmentList:
    """Return a page of tasks: open ones the soonest first, ended ones the latest first."""
    actor, now = request.auth.actor, request.auth.now
    is_closed = state == "closed"
    found = tasks.search_tasks(
        actor,
        whose=whose,
        state="closed" if is_closed else "open",
        employee_id=_employee(actor, employee) if employee else None,
    )
    if state == "overdue":
        found = found.filter(task__due_at__lt=now)
    if client:
        found = found.filter(task__client_id=people.get_client(actor, client).pk)
    key = {"assignments": whose, "state": state, "employee": employee, "client": client}
    order = F("task__closed_at") if is_closed else F("task__due_at")
    rows = found.select_related("task", "task__employee", "author", "kind", "parent")
    try:
        page, after = read_page_by(rows, order, place_of(cursor, key), limit, down=is_closed)
    except BadPlace as error:
        raise bad_cursor() from error
    about = _about(actor, page)
    return docs.AssignmentList(
        items=[docs.assignment_out(one, about, now) for one in page], next=cursor_of(after, key)
    )


def _employee(actor: Actor, word: str) -> int:
    return actor.person_id if word == "me" else accounts.get_employee(word).pk


def _about(actor: Actor, rows: "Iterable[AssignmentRow]") -> dict[tuple[str, int], ports.About]:
    """Return what the actor may see of the records that tasks are about: a statement for each kind of record."""
    ids: dict[str, set[int]] = {}
    for one in rows:
        ids.setdefault(one.task.subject_kind, set()).add(one.task.subject_id)
    return {
        (kind, pk): found for kind, of in ids.items() for pk, found in ports.view_about(actor, kind, list(of)).items()
    }


def _told(request: ApiRequest, row: "AssignmentRow") -> docs.AssignmentDetail:
    actor, page = request.auth.actor, tasks.get_page(row)
    return docs.detail_out(row, page, _about(actor, [row, *page.subtasks]), request.auth.now)


def _left(request: ApiRequest, public_id: str) -> docs.AssignmentDetail:
    return _told(request, tasks.get_assignment_row(public_id))


@operation(
    router,
    "POST",
    "",
    scope=scopes.TASKS_WRITE,
    answer=docs.AssignmentDetail,
    status=201,
    summary=gettext_lazy("Set a task for an employee or oneself"),
)
def set_task(request: ApiRequest, sent: docs.NewAssignment) -> Reply:
    """Set a task; whoever is to do it is told."""
    actor, now = request.auth.actor, request.auth.now
    if sent.client and sent.deal:
        message = _("A task is about a client or a deal, not both.")
        raise Invalid(message, fields={"deal": message})
    asks = next((one.asks for one in tasks.list_kinds() if one.public_id == sent.kind), [])
    draft = services.TaskDraft(
        title=sent.title,
        employee_id=_executor(actor, sent.employee),
        due_at=sent.due_at,
        why=sent.why,
        about=f"client:{sent.client}" if sent.client else f"deal:{sent.deal}" if sent.deal else "",
        kind=sent.kind or "",
        answers=sent.answers,
        checks=sent.checks,
        high=sent.is_high,
        parent=sent.parent or "",
    )
    unasked = sorted(set(sent.answers) - set(asks))
    if unasked:
        message = _("This kind of tasks does not ask that.")
        raise Invalid(message, fields={f"answers.{label}": message for label in unasked})
    try:
        task = services.set_task(actor=actor, draft=draft, now=now)
    except Invalid as wrong:
        places = docs.places_out(wrong.fields, asks, "deal" if sent.deal else "client")
        raise Invalid(wrong.message, fields=places) from wrong
    location = {"Location": f"/api/v1/assignments/{task.public_id}"}
    return Reply(_left(request, task.public_id), headers=location)


def _executor(actor: Actor, word: str) -> int:
    return actor.person_id if word == "me" else Outer.load(actor).inner(word, "employee")


@operation(
    router,
    "GET",
    "/{task}",
    scope=scopes.TASKS_READ,
    answer=docs.AssignmentDetail,
    summary=gettext_lazy("Show a task with its checklist, the tasks under it and its discussion"),
)
def get_assignment(request: ApiRequest, task: IdInPath) -> docs.AssignmentDetail:
    """Return a task with all that hangs on it."""
    return _told(request, tasks.get_assignment(request.auth.actor, task))


@operation(
    router,
    "PATCH",
    "/{task}",
    scope=scopes.TASKS_WRITE,
    answer=docs.AssignmentDetail,
    summary=gettext_lazy("Change what a task asks for, by when and of whom"),
)
def change_task(request: ApiRequest, task: IdInPath, sent: docs.AssignmentChanges) -> docs.AssignmentDetail:
    """Change what is sent of a task; those concerned are told of a new deadline or executor."""
    actor = request.auth.actor
    held = services.locked(actor, task, as_author=True)
    try:
        services.change_task(
            actor=actor,
            public_id=task,
            title=held.task.title if sent.title is None else sent.title,
            why=held.why if sent.why is None else sent.why,
            due_at=sent.due_at or held.task.due_at,
            employee_id=(held.task.employee_id or 0) if sent.employee is None else _executor(actor, sent.employee),
            high=held.task.priority < 2 if sent.is_high is None else sent.is_high,
            now=request.auth.now,
        )
    except Invalid as wrong:
        raise Invalid(wrong.message, fields=docs.places_out(wrong.fields, [], "client")) from wrong
    return _left(request, task)


@operation(
    router,
    "POST",
    "/{task}/checks",
    scope=scopes.TASKS_WRITE,
    answer=docs.AssignmentDetail,
    status=201,
    summary=gettext_lazy("Add a line to the checklist of a task"),
)
def add_check(request: ApiRequest, task: IdInPath, sent: docs.CheckGiven) -> docs.AssignmentDetail:
    """Add a line at the end of the checklist."""
    services.add_check(actor=request.auth.actor, public_id=task, text=sent.text)
    return _left(request, task)


@operation(
    router,
    "POST",
    "/{task}/checks/{check}",
    scope=scopes.TASKS_WRITE,
    answer=docs.AssignmentDetail,
    summary=gettext_lazy("Tick a line of the checklist, or untick it"),
)
def tick_check(request: ApiRequest, task: IdInPath, check: IdInPath, sent: docs.TickGiven) -> docs.AssignmentDetail:
    """Tick a line, or untick it with `done: false`."""
    services.tick(actor=request.auth.actor, public_id=task, item=check, done=sent.done, now=request.auth.now)
    return _left(request, task)


@operation(
    router,
    "POST",
    "/{task}/remarks",
    scope=scopes.TASKS_WRITE,
    answer=docs.Remark,
    status=201,
    summary=gettext_lazy("Write in the discussion of a task"),
)
def add_remark(request: ApiRequest, task: IdInPath, sent: docs.RemarkGiven) -> docs.Remark:
    """Write in the discussion; the others who take part are told."""
    made = services.say(actor=request.auth.actor, public_id=task, text=sent.text, now=request.auth.now)
    return docs.remark_out(made)


@operation(
    router,
    "POST",
    "/{task}/finish",
    scope=scopes.TASKS_WRITE,
    answer=docs.AssignmentDetail,
    summary=gettext_lazy("End a task as done; its author is told"),
)
def finish_task(request: ApiRequest, task: IdInPath, sent: docs.ResultGiven) -> docs.AssignmentDetail:
    """End a task as done. Refused while tasks under it are open, or where its kind wants a result."""
    services.finish_task(actor=request.auth.actor, public_id=task, result=sent.result, now=request.auth.now)
    return _left(request, task)


@operation(
    router,
    "POST",
    "/{task}/withdraw",
    scope=scopes.TASKS_WRITE,
    answer=docs.AssignmentDetail,
    summary=gettext_lazy("Withdraw a task with those still open under it"),
)
def withdraw_task(request: ApiRequest, task: IdInPath) -> docs.AssignmentDetail:
    """Say that a task is no longer wanted."""
    services.withdraw_task(actor=request.auth.actor, public_id=task, now=request.auth.now)
    return _left(request, task)


@operation(
    router,
    "POST",
    "/{task}/reopen",
    scope=scopes.TASKS_WRITE,
    answer=docs.AssignmentDetail,
    summary=gettext_lazy("Take an ended task up again"),
)
def reopen_task(request: ApiRequest, task: IdInPath) -> docs.AssignmentDetail:
    """Open an ended task again; a deadline gone by becomes a day from now."""
    services.take_up_again(actor=request.auth.actor, public_id=task, now=request.auth.now)
    return _left(request, task)
