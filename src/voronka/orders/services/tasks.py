"""Tasks of departments behind the parts of orders: opened with a part, closed with it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from voronka.kit.errors import Conflict
from voronka.kit.subjects import Subject
from voronka.orders.models import Order, OrderPart
from voronka.work import services as work

TASK_KIND = "order_part"
_DUE, _USUAL = 2, 2  # of the queue's bands and priorities
_HELD = timedelta(hours=4)


def pool_key(department: str) -> str:
    """Return the key under which the queue knows a department of orders: purchase, store:7, production, delivery."""
    return f"orders:{department}"


def department_of(kind: str, place_id: int | None) -> str:
    """Return whose work a part is."""
    match kind:
        case "purchase" | "production":
            return kind
        case "shipment" if place_id is None:
            return "delivery"
    return f"store:{place_id}" if place_id is not None else "store"


def open_tasks(order: Order, parts: Iterable[OrderPart], now: datetime) -> None:
    """Put each part that has no task into the queue of its department; the parts are written."""
    window = work.window_for("UTC", 0, 1440)
    for part in parts:
        if part.task_id is not None:
            continue
        part.department = part.department or department_of(part.kind, part.source_id)
        pool_id = work.pool_for(pool_key(part.department))
        new = work.NewTask(
            kind=TASK_KIND,
            title=title_of(part.kind) % {"number": order.number},
            subject=Subject("order", order.pk),
            client_id=order.client_id,
            pool_id=pool_id,
            employee_id=None,
            window_id=window,
            band=_DUE,
            priority=_USUAL,
            ready_at=part.due_at or now + _HELD,
        )
        part.task_id = work.open_task(new, now=now)
        part.save(update_fields=["task", "department"])


def title_of(kind: str) -> str:
    """Return what a part asks for, with a place for the number of its order."""
    return {
        "reserve": _("Reserve goods of order № %(number)d"),
        "purchase": _("Buy goods for order № %(number)d"),
        "production": _("Make goods for order № %(number)d"),
        "transfer": _("Bring goods of order № %(number)d over"),
        "pick": _("Pick order № %(number)d"),
        "shipment": _("Deliver order № %(number)d"),
    }[kind]


def end_parts(parts: Iterable[OrderPart], now: datetime, *, state: str = OrderPart.State.DONE) -> None:
    """Bring parts to their end, their tasks with them."""
    ending = list(parts)
    for part in ending:
        part.state, part.done_at = state, now
        part.save(update_fields=["state", "done_at", "quantity"])
    outcome = "done" if state == OrderPart.State.DONE else "withdrawn"
    close_tasks([one.task_id for one in ending if one.task_id is not None], now, outcome=outcome)


def close_tasks(task_ids: Sequence[int], now: datetime, *, outcome: str = "done") -> None:
    """Close the tasks that are still open; somebody may have closed some by hand."""
    for task_id in sorted(task_ids):
        try:
            work.close_task(task_id, now=now, outcome=outcome)
        except Conflict:
            continue
