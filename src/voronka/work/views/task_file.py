"""Lists of tasks as files: what the tab shows, whole."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from voronka.accounts import services as accounts
from voronka.kit.actors import Actor
from voronka.kit.listfile import MOST_ROWS, ListFile, handed_over
from voronka.kit.screens import actor_of, signed_in
from voronka.kit.tables.writers import Writable
from voronka.work import ports
from voronka.work.models import Assignment, Task
from voronka.work.queries import tasks
from voronka.work.queries.planner import cards_of
from voronka.work.views.tasks import TABS, asked_of, tab_names

Row = Sequence[Writable]


@require_GET
@signed_in
def task_export(request: HttpRequest, code: str) -> HttpResponse:
    """Give a tab of the tasks as a file, with the people and records that the actor may see."""
    actor, now = actor_of(request), datetime.now(UTC)
    tab = request.GET.get("tab", "focus")
    tab = tab if tab in TABS else "focus"
    made = _focus(actor, now) if tab == "focus" else _by_hand(actor, tab, request.GET.dict())
    return handed_over(accounts.take_list_out(actor=actor, made=made, code=code, now=now))


def _focus(actor: Actor, now: datetime) -> ListFile:
    found = tasks.list_focus(actor, now=now, most=MOST_ROWS + 1)
    return ListFile(
        what="task",
        name=_("tasks"),
        heads=[_("Task"), _("About"), _("By when"), _("Urgent")],
        count=lambda most: min(len(found), most),
        rows=lambda: (_focus_row(card.task, card.name, actor) for card in cards_of(actor, found)),
        query=[tab_names()["focus"]],
    )


def _focus_row(task: Task, name: str, actor: Actor) -> Row:
    at = task.due_at if task.kind == "hand" else task.ready_at
    about = name if name != task.title else ""
    return [task.title or name, about, _local(at, actor), _yes(task.priority < 2)]


def _by_hand(actor: Actor, tab: str, values: Mapping[str, str]) -> ListFile:
    asked = asked_of(values)
    found = tasks.search_tasks(actor, whose=tab, state=asked.state, employee_id=asked.who)
    heads = [_("Task"), _("About"), _("Kind"), _("Who does it"), _("Who set it"), _("By when"), _("Urgent")]
    return ListFile(
        what="task",
        name=_("tasks"),
        heads=[*heads, _("State"), _("Ended"), _("Result")],
        count=lambda most: found.order_by()[:most].count(),
        rows=lambda: _rows(actor, tab, asked.state, asked.who),
        query=[tab_names()[tab], _("Open ones") if asked.state == "open" else _("Done ones")],
    )


def _rows(actor: Actor, tab: str, state: str, who: int | None) -> Iterator[Row]:
    for chunk in tasks.walk_tasks(actor, whose=tab, state=state, employee_id=who):
        names = _about_names(actor, [one.task for one in chunk])
        for one in chunk:
            yield _row(one, names.get((one.task.subject_kind, one.task.subject_id), ""), actor)


def _about_names(actor: Actor, found: Sequence[Task]) -> dict[tuple[str, int], str]:
    """Return the names of what tasks are about, of the records that the actor may see."""
    by_kind: dict[str, list[int]] = {}
    for task in found:
        by_kind.setdefault(task.subject_kind, []).append(task.subject_id)
    return {
        (kind, pk): about.name
        for kind, ids in by_kind.items()
        for pk, about in ports.view_about(actor, kind, ids).items()
    }


def _row(one: Assignment, about: str, actor: Actor) -> Row:
    task = one.task
    outcome = "open" if task.is_open else task.outcome
    words = {"open": pgettext("task", "open"), "done": pgettext("task", "done")}
    return [
        task.title,
        about,
        one.kind.name if one.kind is not None else "",
        task.employee.name if task.employee is not None else "",
        one.author.name if one.author is not None else "",
        _local(task.due_at, actor),
        _yes(task.priority < 2),
        words.get(outcome, pgettext("task", "withdrawn")),
        _local(task.closed_at, actor),
        one.result,
    ]


def _local(at: datetime | None, actor: Actor) -> datetime | None:
    return at.astimezone(actor.zone) if at is not None else None


def _yes(is_so: bool) -> str:
    return _("yes") if is_so else ""
