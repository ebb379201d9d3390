"""Tasks of the queue."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from voronka.connect.schemas.common import Moment, Named, PublicId, Told, named

if TYPE_CHECKING:
    from voronka.work.models import Task as TaskRow

BANDS: Sequence[Literal["promised", "fresh", "due", "backlog"]] = ("promised", "fresh", "due", "backlog")
Band = Literal["promised", "fresh", "due", "backlog"]


class Task(Told):
    """A task of the queue. `band` is its place: promised times first, the backlog last."""

    id: PublicId
    kind: str
    title: str
    deal: PublicId | None
    client: Named | None
    employee: Named | None
    band: Band
    priority: Literal["vip", "high", "usual"]
    ready_at: Moment
    is_open: bool
    made_at: Moment
    closed_at: datetime | None


class TaskList(Told):
    """A page of tasks, newest first."""

    items: list[Task]
    next: str | None


def task_out(row: "TaskRow", deals: dict[int, str], clients: dict[int, tuple[str, str]]) -> Task:
    """Return a task as it goes out; ids of deals, ids and names of clients are given by inner id."""
    owner, client = row.employee, clients.get(row.client_id or 0)
    names = ("kind", "title", "ready_at", "is_open", "made_at", "closed_at")
    return Task(
        id=row.public_id,
        deal=deals.get(row.subject_id) if row.subject_kind == "deal" else None,
        client=named(*client) if client else None,
        employee=named(owner.public_id, owner.name) if owner is not None else None,
        band=BANDS[row.band],
        priority=("vip", "high", "usual")[row.priority],
        **{name: getattr(row, name) for name in names},
    )
