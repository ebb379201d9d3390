"""What the queue does with its rows when the client they are about changes fate."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from voronka.kit.files import delete_file
from voronka.kit.models import StoredFile
from voronka.kit.stakes import Moved, Stake, move_rows, register_stake
from voronka.work.models import SHELVED, Assignment, CheckItem, Lease, Remark, Reminder, Task


def touched(ids: Sequence[int]) -> set[int]:
    """Return the clients in somebody's hands now, and those about whom a person has set a task."""
    held = Lease.objects.filter(client_id__in=ids, until__gt=timezone.now()).values_list("client_id", flat=True)
    asked = Assignment.objects.filter(task__client_id__in=ids).values_list("task__client_id", flat=True)
    return {one for one in (*held, *asked) if one is not None}


def lock(ids: Sequence[int]) -> None:
    """Lock the open tasks about clients in key order: who changes a task, or sets one under it, comes to them first."""
    rows = Task.objects.select_for_update().filter(client_id__in=ids, is_open=True).order_by("id")
    list(rows.values_list("id", flat=True))


@transaction.atomic
def withdraw(ids: Sequence[int]) -> None:
    """Delete the tasks about clients whose import is undone; upper parts have let go of them before."""
    Lease.objects.filter(client_id__in=ids).delete()
    tasks = Task.objects.filter(client_id__in=ids)
    Assignment.objects.filter(parent__in=tasks).exclude(task__in=tasks).update(parent=None)
    Assignment.objects.filter(task__in=tasks).update(parent=None)
    for file in StoredFile.objects.filter(subject_kind="task", subject_id__in=tasks.values("id")):
        delete_file(file)
    tasks.delete()


def tell(ids: Sequence[int]) -> list[str]:
    """Say how many open tasks there are."""
    count = Task.objects.filter(client_id__in=ids, is_open=True).count()
    return [ngettext("%(n)d open task", "%(n)d open tasks", count) % {"n": count}] if count else []


def hold(ids: Sequence[int]) -> Mapping[int, str]:
    """Keep clients out of the recycle bin who are in somebody's hands now."""
    held = Lease.objects.filter(client_id__in=ids, until__gt=timezone.now()).values_list("client_id", flat=True)
    return dict.fromkeys(held, _("a colleague is working with this client now"))


def shelve(ids: Sequence[int]) -> None:
    """Take the open tasks about binned clients out of the queue and off everybody's lists."""
    found = Task.objects.filter(client_id__in=ids, is_open=True)
    found.update(is_open=False, closed_at=timezone.now(), outcome=SHELVED)


def unshelve(ids: Sequence[int]) -> None:
    """Put the tasks about restored clients back where they were."""
    Task.objects.filter(client_id__in=ids, outcome=SHELVED).update(is_open=True, closed_at=None, outcome="")


@transaction.atomic
def move(ids: Sequence[int], to: int) -> list[Moved]:
    """Give the tasks of merged clients to the survivor; he is in one employee's hands, so the others let go."""
    held = Lease.objects.filter(client_id__in=[*ids, to], until__gt=timezone.now()).order_by("-until").first()
    Lease.objects.filter(client_id__in=[*ids, to]).exclude(pk=held.pk if held else 0).delete()
    return [
        *move_rows(Lease, "client_id", ids, to),
        *move_rows(Task, "client_id", ids, to),
        *move_rows(Task, "subject_id", ids, to, where={"subject_kind": "client"}),
    ]


def erase(ids: Sequence[int]) -> None:
    """Blank the words of closed tasks and what was said on them; open ones are the company's own plan."""
    closed = Task.objects.filter(client_id__in=ids, is_open=False)
    Assignment.objects.filter(task__in=closed).update(why="", answers={}, result="")
    Remark.objects.filter(task__in=closed).update(text="")
    CheckItem.objects.filter(task__in=closed).update(text="")
    Reminder.objects.filter(task__in=closed).update(text="")
    for file in StoredFile.objects.filter(subject_kind="task", subject_id__in=closed.values("id")):
        delete_file(file)
    closed.update(title="")


def export(ids: Sequence[int]) -> Iterable[dict[str, Any]]:
    """Give the tasks about the clients as plain values, for the data's owner."""
    said = {one.task_id: one for one in Assignment.objects.filter(task__client_id__in=ids)}
    for one in Task.objects.filter(client_id__in=ids).order_by("id"):
        row = {"task": one.public_id, "kind": one.kind, "title": one.title, "at": one.ready_at.isoformat()}
        more = said.get(one.pk)
        yield row | ({"why": more.why, "answers": more.answers, "result": more.result} if more else {})


register_stake(
    Stake(
        "client",
        "work",
        frozenset({"work.Task", "work.Lease"}),
        touched=touched,
        withdraw=withdraw,
        tell=tell,
        lock=lock,
        move=move,
        erase=erase,
        export=export,
        hold=hold,
        shelve=shelve,
        unshelve=unshelve,
    )
)
