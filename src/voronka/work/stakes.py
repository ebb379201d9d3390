"""What the queue does with its rows when the client they are about changes fate."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from voronka.kit.stakes import Stake, register_stake
from voronka.work.models import Lease, Task


def touched(ids: Sequence[int]) -> set[int]:
    """Return the clients in somebody's hands now."""
    return set(Lease.objects.filter(client_id__in=ids, until__gt=timezone.now()).values_list("client_id", flat=True))


@transaction.atomic
def withdraw(ids: Sequence[int]) -> None:
    """Delete the tasks about clients whose import is undone; upper parts have let go of them before."""
    Lease.objects.filter(client_id__in=ids).delete()
    Task.objects.filter(client_id__in=ids).delete()


@transaction.atomic
def move(ids: Sequence[int], to: int) -> None:
    """Give the tasks of merged clients to the survivor; whoever holds one of them lets go."""
    Lease.objects.filter(client_id__in=ids).delete()
    Task.objects.filter(client_id__in=ids).update(client_id=to)


def erase(ids: Sequence[int]) -> None:
    """Blank the words of closed tasks; open ones are the company's own plan."""
    Task.objects.filter(client_id__in=ids, is_open=False).update(title="")


def export(ids: Sequence[int]) -> Iterable[dict[str, Any]]:
    """Give the tasks about the clients as plain values, for the data's owner."""
    for one in Task.objects.filter(client_id__in=ids).order_by("id"):
        yield {"task": one.public_id, "kind": one.kind, "title": one.title, "at": one.ready_at.isoformat()}


register_stake(
    Stake(
        "client",
        "work",
        frozenset({"work.Task", "work.Lease"}),
        touched=touched,
        withdraw=withdraw,
        move=move,
        erase=erase,
        export=export,
    )
)
