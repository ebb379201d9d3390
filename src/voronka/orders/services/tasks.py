"""Tasks of departments behind the parts of orders."""

from collections.abc import Sequence
from datetime import datetime

from voronka.kit.errors import Conflict
from voronka.work import services as work


def close_tasks(task_ids: Sequence[int], now: datetime, *, outcome: str = "done") -> None:
    """Close the tasks that are still open; somebody may have closed some by hand."""
    for task_id in sorted(task_ids):
        try:
            work.close_task(task_id, now=now, outcome=outcome)
        except Conflict:
            continue
